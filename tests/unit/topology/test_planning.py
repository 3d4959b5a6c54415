"""Plans: as cheap as any choice of spans, and every claim true when it is looked up by taking things out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import partial
from itertools import combinations
from math import inf
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netmon.model import ElementKind, Inventory, LinkKind, Service, Site, SiteKind
from netmon.topology.geo import Position, distance
from netmon.topology.planning.augmented import Exposure, entrances, with_spans
from netmon.topology.planning.candidates import Candidate, Prices, by_geography
from netmon.topology.planning.choice import Choice
from netmon.topology.planning.connect import join
from netmon.topology.planning.darkness import Darkness, Lighting, Offer
from netmon.topology.planning.plan import Goal, Plan, asked, make_plan
from netmon.topology.planning.protect import in_order, protect
from tests.draws import chances
from tests.unit.topology.all_choices import AllChoices
from tests.unit.topology.chance import few
from tests.unit.topology.drawn import draw
from tests.unit.topology.townscape import Removal, townscape


def with_villages(inventory: Inventory, count: int) -> Inventory:
    more = {f"v{number}": Site(f"v{number}", "V", SiteKind.VILLAGE, served=False) for number in range(count)}
    return replace(inventory, sites={**inventory.sites, **more})


def protected(inventory: Inventory) -> set[str]:
    """Return the sites that nothing but themselves and the centre darkens, found by taking everything out."""
    removal = Removal(inventory)
    centre = inventory.nodes[removal.vantage].site
    hung: set[str] = set()
    for one in removal.elements():
        nodes, links = removal.parts(one)
        own = {inventory.nodes[node].site for node in nodes}
        ends = {
            inventory.nodes[end.node].site
            for link in links
            for end in (inventory.links[link].a, inventory.links[link].b)
        }
        if one.kind is not ElementKind.POWER_AREA and own != {centre} and (nodes or ends != {centre}):
            hung |= removal.dark_sites([one]) - own
    served = {site.id for site in inventory.sites.values() if site.served}
    return {site for site in served - {centre} if removal.speakers(site)} - hung


@few(8)
@given(chances, st.integers(3, 6))
def test_every_claim_of_a_plan_is_true(random: Random, size: int) -> None:
    inventory = with_villages(townscape(random, size), 3)
    sites = sorted(inventory.sites)
    pairs = {tuple(sorted(random.sample(sites, 2))) for _ in range(9)}
    candidates = [Candidate(a, b, 1.0, float(random.randint(1, 9))) for a, b in sorted(pairs)]
    budget = random.choice([float("inf"), 12.0])
    plan = make_plan(inventory, candidates, budget=budget, per_site=1.0)
    assert plan == make_plan(inventory, candidates, budget=budget, per_site=1.0)
    assert sum(step.cost for step in plan.steps) <= budget
    spans: list[Candidate] = []
    safe, home = protected(inventory), inventory.nodes[inventory.vantage.node].site
    reached = {inventory.nodes[node].site for node in Removal(inventory).before}
    wanted = {site.id for site in inventory.sites.values() if not site.served} - reached
    for step in plan.steps:
        spans += step.spans
        now = with_spans(asked(inventory, wanted), spans)
        assert set(step.protects) == protected(now) - safe
        safe = protected(now)
        removal = Removal(now)
        assert all(removal.speakers(site) for site in step.connects)
    assert plan.after.protected == len(safe)
    for site in plan.unreachable:
        assert site != home
        assert not inventory.sites[site].served


def foretold(inventory: Inventory) -> Darkness:
    return Darkness.of(Exposure.of(inventory), entrances(inventory))


def offer(dark: Darkness, a: str, b: str, cost: float = 1.0, number: int = 0) -> Offer:
    return Offer(dark.sites[a], dark.sites[b], cost, number)


def saved(dark: Darkness, spans: Iterable[Offer]) -> set[str]:
    names = list(dark.sites)
    return {names[site] for site in Lighting.by(dark, spans).saved}


@few(8)
@given(chances, st.integers(3, 7))
def test_what_spans_protect_is_foretold_without_building_them(random: Random, size: int) -> None:
    inventory = townscape(random, size)
    dark = foretold(inventory)
    before, home = protected(inventory), inventory.nodes[inventory.vantage.node].site
    pairs = list(combinations(sorted({*Exposure.of(inventory).joined, home}), 2))
    lighting = Lighting(dark)
    chosen: list[tuple[str, str]] = []
    for a, b in random.sample(pairs, min(5, len(pairs))):
        chosen.append((a, b))
        expected = protected(with_spans(inventory, [Candidate(*pair, 1.0, 1.0) for pair in chosen])) - before
        one = offer(dark, a, b)
        ended = {site for site, count in lighting.lights(one).items() if count == lighting.waiting[site]}
        promised = lighting.saved | ended
        lighting.add(one)
        assert promised == lighting.saved
        assert saved(dark, [offer(dark, *pair) for pair in chosen]) == expected
        if random.random() < 0.3:
            lighting.remove(one)
            chosen.pop()
    anew = Lighting.by(dark, [offer(dark, *pair) for pair in chosen])
    assert (lighting.saved, lighting.waiting, lighting.open) == (anew.saved, anew.waiting, anew.open)
    assert all(lighting.lights(one) == anew.lights(one) for one in (offer(dark, *pair) for pair in pairs))


@few(6)
@given(chances, st.integers(4, 9), st.booleans())
def test_protection_costs_little_more_than_the_best_choice_and_no_bound_is_false(
    random: Random, size: int, is_weighed: bool
) -> None:
    choices = AllChoices(random, size, 7, is_weighed=is_weighed)
    all_of_it = protect(choices.dark, choices.offers, choices.worth)
    worth, cost = choices.best(inf)
    assert all_of_it.worth == worth
    assert all_of_it.bound <= cost + 1e-6
    assert choices.cost(all_of_it.groups) <= 1.05 * cost
    assert all_of_it.is_complete
    for budget in (random.randint(1, 30), random.randint(20, 80)):
        some = protect(choices.dark, choices.offers, choices.worth, budget)
        worth, _ = choices.best(budget)
        assert choices.cost(some.groups) <= budget
        assert some.worth >= 0.95 * worth
        assert some.most >= worth - 1e-6
        assert some.bound <= choices.least(some.worth) + 1e-6


@pytest.mark.parametrize(
    ("costs", "worths", "budget", "worth", "bound", "most", "is_complete"),
    [
        ((10.0, 10.0), (1.0, 3.0), inf, 4.0, 20.0, 4.0, True),
        ((10.0, 10.0), (0.0, 3.0), inf, 3.0, 10.0, 3.0, True),
        ((10.0, 10.0), (1.0, 3.0), 20.0, 4.0, 20.0, 4.0, True),
        ((10.0, 10.0), (1.0, 3.0), 10.0, 3.0, 10.0, 3.0, False),
        ((6.0, 10.0), (1.0, 3.0), 12.0, 3.0, 10.0, 3.5, False),
        ((16.0, 10.0), (1.0, 10.0), 12.0, 10.0, 10.0, 10.0, False),
        ((4.0, 10.0), (1.0, 10.0), 8.0, 1.0, 4.0, 1.0, False),
        ((10.0, 10.0), (1.0, 3.0), 9.0, 0.0, 0.0, 0.0, False),
    ],
    ids=["both", "nobody at one", "just enough", "the better one", "not both", "dear rest", "too dear", "nothing"],
)
def test_bounds_of_two_leaves_are_what_can_be_reckoned_by_hand(
    costs: tuple[float, float],
    worths: tuple[float, float],
    budget: float,
    worth: float,
    bound: float,
    most: float,
    is_complete: bool,
) -> None:
    """Each needs its own span. At a penalty p for each unit of worth, p or the span is paid, whichever is less.

    Where there is not enough for both, p = 4 asks 4 + 10 of which 12 are there, so that 2 / 4 of the 4 are missed at
    least. What is dearer than the budget itself counts for nothing.
    """
    dark = foretold(draw("noc-gw-a; gw-b", sites={"centre": "noc gw"}))
    names = ("site-a", "site-b")
    offers = [
        offer(dark, "centre", name, cost, number)
        for number, (name, cost) in enumerate(zip(names, costs, strict=True))
    ]
    weights = dict(zip(names, worths, strict=True))
    found = protect(dark, offers, [weights.get(site, 0.0) for site in dark.sites], budget)
    assert (found.worth, found.savable, found.is_complete) == (worth, 2, is_complete)
    assert (found.bound, found.most) == pytest.approx((bound, most))


def test_nothing_to_build_costs_nothing_and_is_all_that_can_be_done() -> None:
    dark = foretold(draw("noc-gw-a", sites={"centre": "noc gw"}))
    worth = [1.0 for _ in dark.sites]
    nothing = protect(dark, [], worth)
    assert (nothing.groups, nothing.worth, nothing.savable) == ((), 0.0, 0)
    assert (nothing.bound, nothing.most, nothing.is_complete) == (0.0, 0.0, True)
    assert protect(dark, [], worth, is_late=lambda: True).is_complete


def test_two_spans_over_a_place_where_nobody_is_dark_are_found() -> None:
    """Neither lights anything by itself: together they cost less than half of the one that does."""
    random = Random(16)
    choices = AllChoices(random, random.randint(4, 12), random.randint(6, 10))
    found = protect(choices.dark, choices.offers, choices.worth)
    assert choices.cost(found.groups) == choices.best(inf)[1] == 9.0
    assert found.bound > 0


@few(5)
@given(chances, st.integers(0, 60))
def test_what_is_stopped_early_is_a_plan_with_a_true_bound(random: Random, patience: int) -> None:
    choices = AllChoices(random, 7, 6)
    left = iter(range(patience))
    stopped = protect(choices.dark, choices.offers, choices.worth, is_late=lambda: next(left, None) is None)
    assert stopped.bound <= choices.least(stopped.worth) + 1e-6
    assert stopped.worth == choices.worth_of(stopped.groups)
    assert stopped.most >= choices.best(inf)[0] - 1e-6


@pytest.mark.parametrize(
    ("drawn", "cables", "survive"),
    [
        ("noc-gw-a-b", {}, {"site-a", "site-b"}),
        ("noc-gw-a-b", {"k": "gw-a a-b"}, {"site-b"}),
        ("noc-gw-a-b; a-c", {}, {"site-a", "site-b"}),
    ],
    ids=["a site's own failure is not held against it", "a cable that takes both lines", "a node between two"],
)
def test_what_a_ring_protects_of_a_chain(drawn: str, cables: dict[str, str], survive: set[str]) -> None:
    """Where a cable or a node fails, what is dark on both sides of it is dark by itself."""
    inventory = draw(drawn, sites={"centre": "noc gw"}, cables=cables)
    dark = foretold(inventory)
    assert saved(dark, [offer(dark, "centre", "site-b")]) == survive


def test_a_span_that_protects_nothing_is_not_built() -> None:
    assert plan_of("noc-gw-a-b", "a-b=1").steps == ()


def test_of_spans_that_protect_as_much_for_their_cost_the_cheaper_is_first() -> None:
    """Twice as much for twice the money is no better, and may be more than there is."""
    plan = plan_of("noc-gw-a-b; gw-c", "b-gw=20 c-gw=10")
    assert [step.cost for step in plan.steps] == [10.0, 20.0]
    assert [step.protects for step in plan.steps] == [("site-c",), ("site-a", "site-b")]


def test_what_survives_already_makes_no_span_better() -> None:
    """Each of these ends darknesses of two sites, one of which has another way by then."""
    plan = plan_of("noc-gw-a-b", "b-gw=10 a-gw=9")
    assert [step.cost for step in plan.steps] == [10.0]


def test_spans_that_protect_nothing_without_each_other_are_one_step() -> None:
    """People live only at the end of a chain: one span goes around its last link, the other around the rest."""
    drawn = draw("noc-gw-m-n-v", sites={"centre": "noc gw"})
    sites = {name: replace(site, people=100 if name == "site-v" else None) for name, site in drawn.sites.items()}
    inventory = replace(drawn, sites=sites)
    spans = [Candidate("site-m", "site-v", 1.0, 5.0), Candidate("centre", "site-n", 1.0, 5.0)]
    (step,) = make_plan(inventory, spans, weight="people").steps
    assert (len(step.spans), step.protects, step.cost) == (2, ("site-m", "site-n", "site-v"), 10.0)
    assert [len(step.spans) for step in make_plan(inventory, spans, weight="sites").steps] == [1, 1]
    assert make_plan(inventory, spans, weight="people", budget=9.0).steps == ()


def test_a_cheaper_pair_takes_the_place_of_one_that_came_first() -> None:
    """The best next span is no part of the best plan: with it, the others cost more."""
    plan = plan_of("noc-gw-a; gw-b; gw-c; gw-d", "a-b=10 b-c=6 c-d=10 a-d=19")
    assert sum(step.cost for step in plan.steps) == 20.0
    assert plan.after.protected == 4


def test_weights_say_whom_a_budget_protects() -> None:
    inventory = draw("noc-gw-a; gw-b", sites={"centre": "noc gw"})
    spans = [Candidate("centre", "site-a", 1.0, 10.0), Candidate("centre", "site-b", 1.0, 10.0)]
    sites = {
        name: replace(site, people={"site-a": 100, "site-b": 4000}.get(name))
        for name, site in inventory.sites.items()
    }
    services = {name: Service(name, "site-a", "website") for name in ("w1", "w2")}
    inventory = replace(inventory, sites=sites, services=services)
    first = {
        weight: make_plan(inventory, spans, budget=10.0, weight=weight).steps[0].protects
        for weight in ("sites", "services", "people")
    }
    assert first == {"sites": ("site-a",), "services": ("site-a",), "people": ("site-b",)}
    plan = make_plan(inventory, spans, weight="people")
    assert (plan.weight, plan.most_weight, plan.protect_bound) == (4100.0, 4100.0, 20.0)
    nobody = make_plan(
        replace(inventory, sites={n: replace(s, people=None) for n, s in sites.items()}), spans, weight="people"
    )
    assert nobody.steps == ()


@few(5)
@given(chances, st.integers(4, 8))
def test_a_plan_does_not_depend_on_the_order_of_anything(random: Random, size: int) -> None:
    inventory = with_villages(townscape(random, size), 3)
    pairs = {tuple(sorted(random.sample(sorted(inventory.sites), 2))) for _ in range(12)}
    candidates = [Candidate(a, b, 1.0, float(random.randint(1, 5))) for a, b in sorted(pairs)]
    plan = make_plan(inventory, candidates)
    random.shuffle(candidates)
    mixed: dict[str, Any] = {
        part: dict(random.sample(list(getattr(inventory, part).items()), len(getattr(inventory, part))))
        for part in ("sites", "nodes", "links", "cables", "services")
    }
    assert make_plan(replace(inventory, **mixed), candidates) == plan


@few(10)
@given(chances)
def test_joining_costs_the_least_that_any_choice_of_spans_does(random: Random) -> None:
    inventory = with_villages(draw("noc-gw-a-b"), 4)
    wanted = [f"v{number}" for number in range(4)]
    sites = ["site-a", "site-b", "site-gw", *wanted]
    pairs = {tuple(sorted((village, random.choice([s for s in sites if s != village])))) for village in wanted * 3}
    candidates = [Candidate(a, b, 1.0, float(random.randint(1, 30))) for a, b in sorted(pairs)]
    plan = make_plan(inventory, candidates, goal="connect")
    reachable = set(wanted) - set(plan.unreachable)
    least = min(
        sum(span.cost for span in chosen)
        for count in range(len(reachable) + 1)
        for chosen in combinations(candidates, count)
        if reachable <= hanging_on({"site-a", "site-b", "site-gw"}, chosen)
    )
    assert sum(step.cost for step in plan.steps) == plan.bound == least


@pytest.mark.parametrize("together", [("x", "y"), ("y", "x")])
def test_who_joins_one_of_two_that_hang_together_joins_both(together: tuple[str, str]) -> None:
    """The cheaper span, 5, joins x and so y; the one to y, 6, is not needed."""
    spans = [Candidate("a", "x", 1.0, 5.0), Candidate("a", "y", 1.0, 6.0)]
    joining = join(["a"], ["x", "y"], spans, [together])
    assert (joining.spans, joining.unreachable) == (((spans[0], ("x", "y")),), ())


def test_who_hangs_together_with_a_site_that_is_joined_is_joined_and_paid_for_with_it() -> None:
    """A span to x reaches y too, which is not served either and has a router that waits; nothing leads to z."""
    drawn = draw("noc-gw; x-y; z-gw", sites={"centre": "noc gw"}, passive="x y")
    links = {name: link for name, link in drawn.links.items() if name != "z-gw"}
    unserved = {f"site-{name}": replace(drawn.sites[f"site-{name}"], served=False) for name in "xyz"}
    village = replace(drawn, links=links, sites={**drawn.sites, **unserved})
    spans = [Candidate("centre", "site-x", 1.0, 5.0), Candidate("centre", "site-y", 1.0, 6.0)]
    plan = make_plan(village, spans, goal="connect", per_site=2.0)
    assert [(step.connects, step.cost) for step in plan.steps] == [(("site-x", "site-y"), 9.0)]
    assert (plan.bound, plan.after.joined, plan.after.unjoined, plan.unreachable) == (9.0, 2, 1, ("site-z",))
    assert make_plan(village, spans, per_site=2.0, budget=8.0).steps == ()


def test_what_hangs_on_another_router_of_a_site_is_not_joined_with_it() -> None:
    """A span to x arrives at its router with most links, a; behind b, of the same site, z waits for its own."""
    drawn = draw("noc-gw; y-a; a-u; b-z", sites={"centre": "noc gw", "x": "a b"}, passive="y a u b z")
    ends = ("x", "site-y", "site-u", "site-z")
    unserved = {name: replace(drawn.sites[name], served=False) for name in ends}
    village = replace(drawn, sites={**drawn.sites, **unserved})
    spans = [Candidate("centre", "x", 1.0, 5.0), Candidate("centre", "site-z", 1.0, 6.0)]
    plan = make_plan(village, spans, goal="connect", per_site=1.0)
    assert [(step.connects, step.cost) for step in plan.steps] == [
        (("site-u", "site-y", "x"), 8.0),
        (("site-z",), 7.0),
    ]
    assert (plan.after.unjoined, plan.unreachable) == (0, ())
    assert make_plan(village, spans[:1], goal="connect").unreachable == ("site-z",)


def test_who_is_not_served_though_something_of_theirs_is_reached_is_named() -> None:
    """A splitter of s is lit already: what its people need is no span. The centre is nobody to be joined."""
    drawn = draw("noc-gw-s-a", sites={"centre": "noc gw"}, passive="s")
    unserved = {name: replace(drawn.sites[name], served=False) for name in ("centre", "site-s")}
    village = replace(drawn, sites={**drawn.sites, **unserved})
    plan = make_plan(village, [Candidate("site-a", "site-s", 1.0, 1.0)], goal="connect")
    assert (plan.steps, plan.present, plan.unreachable) == ((), ("site-s",), ())
    assert make_plan(village, [], goal="protect").present == ()


def test_what_is_late_is_looked_up_in_larger_and_larger_steps() -> None:
    """Of 20 leaves, each with a span of its own, one is looked up first, then 2, 4, 8 and the rest."""
    leaves = [f"l{number:02d}" for number in range(20)]
    ways = "noc-gw; " + "; ".join(f"gw-{leaf}" for leaf in leaves)
    spans = " ".join(f"{leaf}-gw={cost}" for cost, leaf in enumerate(leaves, 1))
    late = plan_of(ways, spans, is_late=lambda: True)
    assert [len(step.spans) for step in late.steps] == [len(step.protects) for step in late.steps] == [1, 2, 4, 8, 5]
    assert [span.cost for step in late.steps for span in step.spans] == [float(cost) for cost in range(1, 21)]
    assert [step.cost for step in late.steps] == [1.0, 5.0, 22.0, 92.0, 90.0]
    assert (late.after.protected, late.is_short, late.is_stopped) == (20, False, True)
    assert len(plan_of(ways, spans).steps) == 20


def is_over(left: Iterator[int]) -> bool:
    return next(left, None) is None


def test_what_is_late_while_it_is_put_in_order_loses_nothing() -> None:
    """Of what is not in order by then, first comes what ends the most darkness for its cost."""
    inventory = draw("noc-gw-a; gw-b-d; gw-c-e-f", sites={"centre": "noc gw"})
    dark = foretold(inventory)
    ends = [("site-a", 9.0), ("site-d", 4.0), ("site-f", 12.0)]
    choice = Choice(dark, [1.0] * len(dark.sites))
    choice.become([offer(dark, "centre", end, cost, number) for number, (end, cost) in enumerate(ends)])
    orders = []
    for patience in range(4):
        groups = in_order(choice, partial(is_over, iter(range(patience))))
        orders.append([span.number for group in groups for span in group])
    assert orders == [[1, 2, 0]] * 4
    chain = foretold(draw("noc-gw-m-n-v", sites={"centre": "noc gw"}))
    pair = Choice(chain, [float(name == "site-v") for name in chain.sites])
    pair.become([offer(chain, "site-m", "site-v", 5.0, 0), offer(chain, "centre", "site-n", 5.0, 1)])
    assert [len(group) for group in in_order(pair, lambda: True)] == [2], "neither protects anybody by itself"


def test_a_plan_says_what_did_not_last() -> None:
    """Money, time, or either."""
    told = {
        (budget, is_late): (plan.is_short, plan.is_stopped, plan.is_complete)
        for budget in (10.0, 30.0)
        for is_late in (False, True)
        for plan in [plan_of("noc-gw-a; gw-b", "a-gw=10 b-gw=20", budget=budget, is_late=lambda late=is_late: late)]
    }
    assert told == {
        (10.0, False): (True, False, False),
        (10.0, True): (True, True, False),
        (30.0, False): (False, False, True),
        (30.0, True): (False, True, False),
    }


def test_a_site_that_nobody_wants_joined_is_no_stepping_stone() -> None:
    """The way over s would cost 2; nobody has said that s is to be served. Who is left out is named in order."""
    spans = [Candidate("a", "s", 1.0, 1.0), Candidate("s", "x", 1.0, 1.0), Candidate("a", "x", 1.0, 5.0)]
    lonely = [f"v{number}" for number in range(8)]
    joining = join(["a"], ["x", *reversed(lonely)], spans)
    assert (joining.spans, joining.unreachable) == (((spans[2], ("x",)),), tuple(lonely))


def hanging_on(joined: set[str], spans: tuple[Candidate, ...]) -> set[str]:
    reached = set(joined)
    for _ in spans:
        for span in spans:
            if reached & {span.a, span.b}:
                reached |= {span.a, span.b}
    return reached


def plan_of(ways: str, spans: str, **options: object) -> Plan:
    """Plan over spans written `a-b=cost`, between the sites of these nodes; `gw` is at the centre."""
    candidates = []
    for text in spans.split():
        pair, _, cost = text.partition("=")
        a, b = sorted("centre" if end == "gw" else f"site-{end}" for end in pair.split("-"))
        candidates.append(Candidate(a, b, 1.0, float(cost)))
    return make_plan(draw(ways, sites={"centre": "noc gw"}), candidates, **options)  # type: ignore[arg-type]  # passed through to make_plan


def test_one_span_closes_the_ring_of_a_whole_chain() -> None:
    plan = plan_of("noc-gw-a-b-c", "c-gw=10 b-gw=9 a-c=1")
    assert plan.steps[0].spans[0].cost == 10.0
    assert plan.steps[0].protects == ("site-a", "site-b", "site-c")
    assert (plan.before.protected, plan.after.protected, plan.most_protected) == (0, 3, 3)
    assert (plan.before.worst_sites, plan.after.single_failures) == (3, 0)


def test_no_more_is_spent_than_there_is() -> None:
    assert plan_of("noc-gw-a-b", "b-gw=10", budget=9.0).steps == ()
    assert len(plan_of("noc-gw-a-b", "b-gw=10", budget=10.0).steps) == 1


def test_a_budget_of_just_what_a_plan_costs_lasts_for_it() -> None:
    """Whatever sums of tenths come to: 0.3 less 0.1 is less than 0.2, as floats have it."""
    village = with_villages(draw("noc-gw; gw-a; gw-b; gw-c", sites={"centre": "noc gw"}), 3)
    ends = {"v0": 0.1, "v1": 0.2, "v2": 0.7, "site-a": 0.1, "site-b": 0.2, "site-c": 0.7}
    spans = [Candidate("centre", end, 1.0, cost) for end, cost in ends.items()]
    cases: list[tuple[Goal, float, int]] = [("connect", 0.3, 2), ("protect", 0.3, 2), ("both", 2.0, 6)]
    for goal, budget, count in cases:
        assert len(make_plan(village, spans, goal=goal, budget=budget).steps) == count
    assert len(make_plan(village, spans, budget=1.999999).steps) == 5


def test_what_costs_nothing_is_built_first_with_a_budget_that_does_not_last_for_the_rest() -> None:
    plan = plan_of("noc-gw-a; gw-b", "a-gw=0 b-gw=10", budget=9.0)
    assert [(step.protects, step.cost) for step in plan.steps] == [(("site-a",), 0.0)]
    assert (plan.weight, plan.most_weight, plan.is_complete) == (1.0, 1.0, False)


def test_what_a_site_costs_is_paid_with_the_span_that_joins_it() -> None:
    village = with_villages(draw("noc-gw", sites={"centre": "noc gw"}), 1)
    spans = [Candidate("centre", "v0", 1.0, 7.0)]
    plan = make_plan(village, spans, goal="connect", per_site=2.0, budget=9.0)
    assert [(step.cost, step.connects) for step in plan.steps] == [(9.0, ("v0",))]
    assert (plan.bound, plan.is_complete) == (9.0, True)
    short = make_plan(village, spans, goal="connect", per_site=2.0, budget=8.0)
    assert (short.steps, short.bound, short.is_complete) == ((), 9.0, False)


def test_a_span_that_joins_a_site_is_not_built_again_beside_itself() -> None:
    """A second one would protect the village from a cut of the first."""
    village = with_villages(draw("noc-gw", sites={"centre": "noc gw"}), 1)
    plan = make_plan(village, [Candidate("centre", "v0", 1.0, 7.0)])
    assert [step.connects for step in plan.steps] == [("v0",)]
    assert (plan.after.joined, plan.after.protected, plan.most_protected) == (1, 0, 0)


def test_sites_count_once_each_and_a_plan_without_a_budget_is_complete() -> None:
    plan = plan_of("noc-gw-a-b-c", "c-gw=10")
    assert (plan.weight, plan.most_weight, plan.is_complete) == (3.0, 3.0, True)


def test_sites_without_both_coordinates_are_named() -> None:
    places = sited(a=(-7.0, 112.0), east=(None, 112.0), north=(-7.0, None), nowhere=(None, None)).sites
    drawn = draw("noc-gw")
    homes = {name: replace(site, lat=-7.0, lon=112.0) for name, site in drawn.sites.items()}
    plan = make_plan(replace(drawn, sites={**homes, **places}), [])
    assert plan.unplaced == ("east", "north", "nowhere")


def test_what_is_late_says_so() -> None:
    """Joining is exact all the same; what is protected is what the prices of the bound pay for."""
    late = plan_of("noc-gw-a-b", "b-gw=10 a-gw=3 a-b=8", is_late=lambda: True)
    assert [(step.protects, step.cost) for step in late.steps] == [(("site-a", "site-b"), 10.0)]
    assert (late.protect_bound, late.is_complete) == (10.0, False)
    village = with_villages(draw("noc-gw-a"), 1)
    joined = make_plan(village, [Candidate("site-a", "v0", 1.0, 7.0)], goal="connect", is_late=lambda: True)
    assert ([step.cost for step in joined.steps], joined.bound, joined.is_complete) == ([7.0], 7.0, True)


def test_a_span_to_the_centre_arrives_at_its_router_not_at_the_vantage() -> None:
    inventory = draw("noc-gw-a-b", sites={"centre": "noc gw"})
    planned = with_spans(inventory, [Candidate("centre", "site-b", 1.0, 1.0)])
    assert planned.links["plan~00000"].a.node == "gw"


def test_geography_prices_terrain_route_and_radio() -> None:
    sites = {
        "a": Site("a", "A", SiteKind.VILLAGE, "d1", -7.0, 112.0),
        "b": Site("b", "B", SiteKind.VILLAGE, "d2", -7.0, 112.05),
        "far": Site("far", "F", SiteKind.VILLAGE, "d1", -8.0, 112.0),
        "nowhere": Site("nowhere", "N", SiteKind.VILLAGE, "d1"),
    }
    inventory = replace(draw("noc-gw"), sites=sites)
    (fibre,) = by_geography(inventory, Prices(10.0, reach_km=8, route_factor=1.5, terrain={"d2": 2.0}), sites)
    assert (fibre.a, fibre.b, fibre.kind) == ("a", "b", LinkKind.FIBRE)
    assert fibre.length_km == pytest.approx(5.518 * 1.5, rel=5e-3)
    assert fibre.cost == pytest.approx(fibre.length_km * 20.0)
    (radio,) = by_geography(inventory, Prices(10.0, reach_km=8, radio_reach_km=6, per_radio=50.0), sites)
    assert (radio.kind, radio.cost) == (LinkKind.RADIO, 50.0)
    assert radio.length_km == pytest.approx(5.518, rel=5e-3)
    assert by_geography(inventory, Prices(10.0, reach_km=5), sites) == []


def sited(**places: tuple[float | None, float | None]) -> Inventory:
    """Return a drawing with sites at these latitudes and longitudes."""
    sites = {name: Site(name, name, SiteKind.VILLAGE, "d", lat, lon) for name, (lat, lon) in places.items()}
    return replace(draw("noc-gw"), sites=sites)


def test_prices_that_are_not_given_are_the_usual_ones() -> None:
    """A pair of half a kilometre, one of 5.5 and one of 8.5; radio is not offered."""
    near = sited(a=(-7.0, 112.0), b=(-7.0, 112.0045))
    (span,) = by_geography(near, Prices(10.0), near.sites)
    assert span.kind is LinkKind.FIBRE
    assert span.cost == pytest.approx(0.4967 * 1.3 * 10, rel=5e-3)
    for degrees, count in ((0.05, 1), (0.077, 0)):
        inventory = sited(a=(-7.0, 112.0), b=(-7.0, 112.0 + degrees))
        assert len(by_geography(inventory, Prices(10.0), inventory.sites)) == count


def test_radio_reaches_where_no_fibre_is_laid_and_no_pair_is_overlooked() -> None:
    inventory = sited(a=(-7.0, 112.0), north=(-6.9, 112.0), far=(-6.0, 112.0), b=(-7.0, 112.01))
    prices = Prices(10.0, radio_reach_km=15.0, per_radio=200.0)
    assert [(span.a, span.b, str(span.kind)) for span in by_geography(inventory, prices, list(inventory.sites))] == [
        ("a", "b", "fibre"),
        ("a", "north", "radio"),
        ("b", "north", "radio"),
    ]


@pytest.mark.parametrize("north", [-80.0, -7.0, 0.0, 45.0, 89.0])
def test_every_pair_within_reach_is_found(north: float) -> None:
    """Some lie across the antimeridian, and some around the pole."""
    random = Random(3)
    places = [(north + random.uniform(-1, 0.99), random.choice([-180, 179]) + random.random()) for _ in range(25)]
    inventory = sited(**{f"s{number:02d}": place for number, place in enumerate(places)})
    ends = {name: Position(*place) for name, place in zip(sorted(inventory.sites), places, strict=True)}
    near = [pair for pair in combinations(ends, 2) if distance(ends[pair[0]], ends[pair[1]]) <= 20_000]
    assert near
    assert [(span.a, span.b) for span in by_geography(inventory, Prices(1.0, reach_km=20), ends)] == near


def test_a_span_along_the_equator_reaches_as_far_as_any() -> None:
    """A degree there is 111.32 km."""
    for degrees, count in ((0.1796, 1), (0.1797, 0)):
        inventory = sited(a=(0.0, 0.0), b=(0.0, degrees))
        assert len(by_geography(inventory, Prices(1.0, reach_km=20), inventory.sites)) == count


@pytest.mark.parametrize("half", [(-7.0, None), (None, 112.0)])
def test_half_a_place_is_none(half: tuple[float | None, float | None]) -> None:
    inventory = sited(a=(-7.0, 112.0), b=half)
    assert by_geography(inventory, Prices(10.0), inventory.sites) == []
