"""Planning on networks so small that each figure can be reckoned by hand, or each choice tried."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations
from math import inf
from random import Random

import pytest

from netmon.model import Inventory
from netmon.topology.planning.augmented import Exposure, Growth, entrances, with_spans
from netmon.topology.planning.candidates import Candidate
from netmon.topology.planning.darkness import Darkness, Offer
from netmon.topology.planning.plan import Plan, Standing, make_plan
from netmon.topology.planning.protect import protect
from tests.unit.topology.all_choices import AllChoices
from tests.unit.topology.drawn import draw
from tests.unit.topology.townscape import townscape

HOME = {"centre": "noc gw"}


def scenes(drawn: Inventory) -> tuple[Darkness, list[tuple[dict[str, int], dict[int, str]]]]:
    """Return the darkness of a drawing, and each failure: where sites lie under it, and who speaks from a patch."""
    dark = Darkness.of(Exposure.of(drawn), entrances(drawn))
    names = [site.removeprefix("site-") for site in dark.sites]
    told = [
        (
            {names[site]: places[failure] for site, places in enumerate(dark.at) if failure in places},
            {
                place: " ".join(names[site] for site in members)
                for (one, place), members in dark.members.items()
                if one == failure
            },
        )
        for failure in range(dark.failures)
    ]
    return dark, sorted(told, key=lambda one: sorted(one[0].items()))


def test_darkness_of_a_chain() -> None:
    """The line to b fails too, which darkens what the node a does, and leaves a lit: who survives that node's failure
    survives the line's."""
    dark, told = scenes(draw("noc-gw-a-b", sites=HOME))
    assert told == [({"a": -1, "b": 1}, {1: "b"}), ({"a": 1, "b": 1}, {1: "a b"})]
    assert dict(zip(dark.sites, dark.needs, strict=True)) == {"centre": 0, "site-a": 1, "site-b": 2}
    assert sorted(map(sorted, dark.doors)) == [[1, 2], [2]]


def test_darkness_lies_in_patches_that_hang_together() -> None:
    """Where a fails, what hung on it lies in two patches; where the cable fails, in three."""
    _, told = scenes(draw("noc-gw-a; a-b-c; a-d", sites=HOME, cables={"k": "gw-a a-b a-d"}))
    assert ({"a": -1, "b": 1, "c": 1, "d": 2}, {1: "b c", 2: "d"}) in told
    assert ({"a": 1, "b": 2, "c": 2, "d": 3}, {1: "a", 2: "b c", 3: "d"}) in told
    assert ({"b": -1, "c": 1}, {1: "c"}) in told
    lines = [({"a": 1, "b": 1, "c": 1, "d": 1}, "a b c d"), ({"b": 1, "c": 1}, "b c"), ({"d": 1}, "d")]
    assert all((places, {1: speaking}) in told for places, speaking in lines)
    assert len(told) == 6, "what the line to c darkens alone, the node b does too"


@pytest.mark.parametrize(
    ("drawn", "passive", "at_s", "node"),
    [
        ("noc-a; x-y; x-z", "", "a x", "a"),
        ("noc-p; p-q; p-r; noc-m", "p", "m p", "m"),
        ("noc-a; a-b; noc-c; c-d; c-e", "", "a c", "c"),
        ("noc-a; noc-b", "", "a b", "a"),
        ("noc-a; noc-b", "", "a noc", "a"),
        ("noc-a; noc-b", "a", "a noc", "a"),
        ("noc-a; x-y", "", "x noc", "noc"),
    ],
    ids=["reached", "watched", "more lines", "first", "not the vantage", "rather a splitter", "else the vantage"],
)
def test_where_a_span_arrives(drawn: str, passive: str, at_s: str, node: str) -> None:
    inventory = draw(drawn, passive=passive, sites={"s": at_s})
    assert entrances(inventory)["s"] == node


def test_a_second_vantage_reaches_too_and_a_site_without_a_node_gets_one() -> None:
    drawn = draw("noc-a; x-y-z", sites={"s": "a y"})
    two = replace(drawn, vantage=replace(drawn.vantage, also=("x",)))
    assert (entrances(drawn)["s"], entrances(two)["s"]) == ("a", "y")
    spans = [Candidate("s", "v", 1.0, 1.0)]
    assert entrances(drawn, spans) == {**entrances(drawn), "v": "plan~v"}


def test_exposure_of_a_chain_with_a_part_that_nothing_joins() -> None:
    """The lines to a and b and the node a darken others: two sites at most, none of them at the centre."""
    exposure = Exposure.of(draw("noc-gw-a-b; gw-c; c-d; gw-d; x-y", sites=HOME, cables={"k": "noc-gw"}))
    sites = {f"site-{name}" for name in "abcd"}
    assert exposure.joined == sites
    assert exposure.hung == {"site-a", "site-b"}
    assert exposure.protected == {"site-c", "site-d"}
    assert (exposure.spofs, exposure.worst) == (3, 2)
    assert exposure.touched == {"centre", *sites}
    assert exposure.unmade == (("site-x", "site-y"),)


def test_what_leaves_the_centre_in_a_cable_is_held_against_it() -> None:
    exposure = Exposure.of(draw("noc-gw-a", sites=HOME, cables={"k": "noc-gw gw-a"}))
    assert exposure.spofs == 2, "the line to a, and the cable that it is in"
    assert exposure.hung == {"site-a"}


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_what_is_built_stands_as_if_the_rest_had_never_been_thought_of(seed: int) -> None:
    random = Random(seed)
    inventory = townscape(random, 8)
    pairs = random.sample(list(combinations(sorted(inventory.sites), 2)), 6)
    spans = [Candidate(a, b, 1.0, 1.0) for a, b in pairs]
    growth = Growth(inventory, spans)
    for numbers in ((), (0, 3), (5, 1, 2)):
        now = growth.built(numbers)
        alone = Exposure.of(with_spans(inventory, [spans[number] for number in sorted(numbers)]))
        for part in ("joined", "hung", "touched", "spofs", "worst"):
            assert getattr(now, part) == getattr(alone, part), part


def both(budget: float) -> Plan:
    """Plan on a chain to which a village may be joined, and whose end may be joined to the centre."""
    drawn = draw("noc-gw-a-b", sites=HOME)
    village = replace(drawn.sites["site-b"], id="v", name="V", served=False)
    spans = [Candidate("site-b", "v", 1.0, 7.0), Candidate("centre", "site-b", 2.0, 10.0)]
    inventory = replace(drawn, sites={**drawn.sites, "v": village})
    return make_plan(inventory, spans, budget=budget, per_site=2.0)


def test_what_joining_costs_is_not_left_for_protection() -> None:
    """7 and 2 for the village, 10 for the ring; the village hangs on its own span and on b even then."""
    plan = both(19.0)
    assert [(step.cost, step.connects, step.protects) for step in plan.steps] == [
        (9.0, ("v",), ()),
        (10.0, (), ("site-a", "site-b")),
    ]
    assert plan.before == Standing(joined=2, unjoined=1, protected=0, single_failures=3, worst_sites=2)
    assert plan.after == Standing(joined=3, unjoined=0, protected=2, single_failures=2, worst_sites=1)
    assert (plan.bound, plan.protect_bound, plan.weight, plan.most_weight) == (9.0, 10.0, 2.0, 2.0)
    assert (plan.most_protected, plan.is_complete) == (2, True)
    short = both(18.0)
    assert [step.cost for step in short.steps] == [9.0]
    assert (short.most_protected, short.weight, short.is_complete) == (2, 0.0, False)
    assert [step.cost for step in both(8.0).steps] == []


def test_a_plan_tells_how_far_it_is_and_does_only_what_it_is_for() -> None:
    drawn = draw("noc-gw-a-b; gw-c", sites=HOME)
    spans = [Candidate("centre", "site-b", 1.0, 10.0), Candidate("centre", "site-c", 1.0, 20.0)]
    told: list[tuple[int, int]] = []
    plan = make_plan(drawn, spans, goal="protect", told=lambda done, of: told.append((done, of)))
    assert told == [(0, 3), (2, 3)]
    assert (plan.bound, plan.unreachable) == (plan.protect_bound, ())
    joined = make_plan(drawn, spans, goal="connect")
    assert (joined.steps, joined.bound, joined.protect_bound, joined.most_weight) == ((), 0.0, 0.0, 0.0)
    assert (joined.most_protected, joined.is_complete) == (3, True)


def in_order(choices: AllChoices, groups: Sequence[Sequence[Offer]]) -> bool:
    """Tell whether each group is worth something, no part of it is, and what is worth most for its cost is first."""
    built: list[Sequence[Offer]] = []

    def gain(spans: Sequence[Offer]) -> float:
        return choices.worth_of([*built, spans]) - choices.worth_of(built)

    for number, group in enumerate(groups):
        left = [span for later in groups[number:] for span in later]
        parts = [part for size in range(1, len(group)) for part in combinations(group, size)]
        if len(group) == 1:
            rates = [gain([span]) / span.cost for span in left]
            is_first = gain(group) / group[0].cost == max(rates)
        else:
            is_first = not any(gain([span]) for span in left)
        if not (is_first and gain(group) and not any(map(gain, parts))):
            return False
        built.append(group)
    return True


@pytest.mark.parametrize(
    ("seed", "budget", "bound", "most"),
    [
        (16, inf, 9.0, 1.0),
        (61, 45.0, 36.5, 6.0),
        (41, 25.0, 25.0, 3.0),
        (56, inf, 41.0, 5.0),
        (40, 45.0, 35.0, 7.5556),
    ],
)
def test_of_all_choices_the_best_is_found_and_bounds_are_as_tight_as_they_were(
    seed: int, budget: float, bound: float, most: float
) -> None:
    """Networks in which much of the search, and of the bound, is needed to find this."""
    random = Random(seed)
    choices = AllChoices(random, random.randint(4, 12), random.randint(6, 10))
    found = protect(choices.dark, choices.offers, choices.worth, budget)
    worth, cost = choices.best(budget)
    assert (found.worth, choices.worth_of(found.groups), choices.cost(found.groups)) == (worth, worth, cost)
    assert in_order(choices, found.groups)
    assert bound <= found.bound + 1e-6 <= choices.least(worth) + 2e-6
    assert worth <= found.most + 1e-6 <= most + 2e-6
    assert found.is_complete == (worth == choices.best(inf)[0])
