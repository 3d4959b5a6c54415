"""Planning on networks so small that each figure can be reckoned by hand."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations
from random import Random

import pytest

from netmon.topology.graph import Graph
from netmon.topology.planning.augmented import Exposure, Growth, entrances, unmade, with_spans
from netmon.topology.planning.candidates import Candidate
from netmon.topology.planning.darkness import Darkness, Lighting, Offer
from netmon.topology.planning.plan import Plan, Standing, make_plan, weights
from netmon.topology.robustness.footing import Footing
from tests.unit.topology.drawn import draw
from tests.unit.topology.planning_scenes import HOME, scenes
from tests.unit.topology.townscape import townscape


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


def test_the_same_patches_count_once_and_a_line_that_is_not_there_joins_none() -> None:
    """What the cable takes is the line to a; where the line between b and c is cut, a is all that both have."""
    dark, _ = scenes(draw("noc-gw-a-b", sites=HOME, cables={"k": "gw-a"}))
    assert dark.failures == 2
    drawn = draw("noc-gw-a-b; a-c-b", sites=HOME)
    for cut, patches in (((), 1), (("c-b",), 2)):
        footing = Footing.of(Graph.from_inventory(drawn), cut=cut)
        dark = Darkness.of(Exposure.on(drawn, footing), entrances(drawn))
        assert max(place for _, place in dark.members) == patches


def test_a_span_matters_where_its_ends_lie_apart_and_stand() -> None:
    dark, _ = scenes(draw("noc-gw-a-b-c", sites=HOME))
    centre, a, b, c = range(4)
    assert list(dark.apart(Offer(b, c, 1.0, 0))) == [], (
        "where a fails, they lie together; where b fails, it has failed"
    )
    assert [places for _, *places in dark.apart(Offer(c, a, 1.0, 0))] == [[1, 0]], "where b fails"
    assert sorted(places for _, *places in dark.apart(Offer(centre, c, 1.0, 0))) == [[0, 1]] * 3
    assert sorted(places for _, *places in dark.apart(Offer(c, centre, 1.0, 0))) == [[1, 0]] * 3


def test_what_a_span_joins_and_lights_is_counted_while_somebody_is_dark() -> None:
    """The cable leaves a, b and c each by itself; else the line to a fails, or the node a or b."""
    dark, _ = scenes(draw("noc-gw-a-b-c", sites=HOME, cables={"k": "gw-a a-b b-c"}))
    centre, a, b, c = range(4)
    lighting = Lighting(dark)

    def told(one: int, other: int) -> tuple[int, dict[int, int]]:
        span = Offer(one, other, 1.0, 9)
        return lighting.joins(span), dict(lighting.lights(span))

    assert (dark.failures, sum(lighting.open)) == (4, 3 + 3 + 2 + 1)
    assert told(b, c) == (1, {})
    assert told(centre, a) == (2, {a: 2, b: 1, c: 1}), "by the cable a alone, by the line all three"
    lighting.add(Offer(b, c, 1.0, 0))
    assert told(b, c) == told(c, b) == (0, {})
    assert told(centre, b) == (3, {a: 1, b: 3, c: 3})
    assert lighting.add(Offer(centre, a, 1.0, 1)) == [a]
    assert told(centre, b) == (2, {b: 2, c: 2}), "where the line to a fails, nobody is dark any more"
    assert lighting.add(Offer(centre, c, 1.0, 2)) == [b, c]
    assert (sum(lighting.open), lighting.saved, lighting.waiting) == (0, {a, b, c}, [0, 0, 0, 0])
    assert told(a, b) == (0, {})
    assert lighting.remove(Offer(centre, a, 1.0, 1)) == [a]
    assert (lighting.saved, lighting.waiting) == ({b, c}, [0, 1, 0, 0]), "a is dark by the cable"
    assert sum(lighting.open) == 1


def test_a_site_in_two_patches_is_lit_once_by_either() -> None:
    """Where m fails, s speaks from the patch of a and from that of b; a splitter of it speaks for nobody."""
    drawn = draw("noc-gw-m; m-a-e; m-b-c; m-p-d", passive="p", sites={**HOME, "s": "a b p"})
    dark, told = scenes(drawn)
    assert ({"m": -1, "s": 1, "e": 1, "c": 2, "d": 3}, {1: "s e", 2: "s c", 3: "d"}) in told
    (failure,) = {failure for failure, _ in dark.members if (failure, 3) in dark.members}
    centre, s, c = (dark.sites[name] for name in ("centre", "s", "site-c"))
    lighting = Lighting(dark)
    assert lighting.open[failure] == 4
    assert lighting.lights(Offer(centre, c, 1.0, 0))[s] == 2, "where m fails, and the line to it"
    lighting.add(Offer(centre, s, 1.0, 1))
    assert lighting.lights(Offer(centre, c, 1.0, 0))[s] == 0
    lighting.add(Offer(centre, c, 1.0, 0))
    assert (lighting.waiting[s], lighting.open[failure]) == (0, 1)


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
    drawn = draw("noc-gw-a-b; gw-c; c-d; gw-d; x-y", sites=HOME, cables={"k": "noc-gw"})
    exposure = Exposure.of(drawn)
    sites = {f"site-{name}" for name in "abcd"}
    assert exposure.joined == sites
    assert exposure.hung == {"site-a", "site-b"}
    assert exposure.protected == {"site-c", "site-d"}
    assert (exposure.spofs, exposure.worst) == (3, 2)
    assert exposure.touched == {"centre", *sites}
    assert unmade(drawn, exposure.tree.footing) == [("site-x", "site-y")]


def test_what_darkens_nothing_else_is_not_counted_and_what_is_cut_off_hangs_together() -> None:
    """Where a fails, b of the same site falls with it. Where the line to b is cut, b and c are what is unmade."""
    exposure = Exposure.of(draw("noc-gw-a-b", sites={**HOME, "s": "a b"}))
    assert (exposure.spofs, exposure.worst) == (1, 1), "the line to a"
    graph = Graph.from_inventory(drawn := draw("noc-gw-a-b-c", sites=HOME))
    assert unmade(drawn, Footing.of(graph, cut=["a-b"])) == [("site-b", "site-c")]


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


def test_of_equal_candidates_the_first_by_name_is_taken_in_whatever_order_and_however_often_they_come() -> None:
    drawn = draw("noc-gw-a; gw-b", sites=HOME)
    a, b = (Candidate("centre", f"site-{end}", 1.0, 10.0) for end in "ab")
    for candidates in ([a, b], [b, a], [b, b, a, a]):
        plan = make_plan(drawn, candidates, budget=10.0)
        assert [step.spans for step in plan.steps] == [(a,)]
        assert len(make_plan(drawn, candidates).steps) == 2
    assert set(weights(drawn, "people").values()) == {0.0}, "nobody is counted"


@pytest.mark.parametrize("village", ["v", "a-village"])
def test_nobody_is_protected_by_who_is_not_joined_nor_is_who_is_served_joined(village: str) -> None:
    drawn = draw("noc-gw-a; x-y", sites=HOME)
    unserved = replace(drawn.sites["site-a"], id=village, served=False)
    inventory = replace(drawn, sites={**drawn.sites, village: unserved})
    a, b = sorted((village, "site-a"))
    spans = [Candidate(a, b, 1.0, 1.0), Candidate("site-a", "site-x", 1.0, 1.0)]
    plan = make_plan(inventory, spans, goal="protect")
    assert (plan.steps, plan.weight, plan.most_protected) == ((), 0.0, 0)
    joined = make_plan(inventory, spans, goal="connect")
    assert [step.connects for step in joined.steps] == [(village,)]
    assert (joined.before.unjoined, joined.after.unjoined) == (1, 0)


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
