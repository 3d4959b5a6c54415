"""Plans: as cheap as any choice of spans, and every claim true when it is looked up by taking things out."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from netmon.model import ElementKind, Inventory, LinkKind, Site, SiteKind
from netmon.topology.planning.augmented import Exposure, entrances, with_spans
from netmon.topology.planning.candidates import Candidate, Prices, by_geography
from netmon.topology.planning.plan import Plan, make_plan
from netmon.topology.planning.protect import best_span, darkness
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


@settings(max_examples=8)
@given(st.randoms(use_true_random=False), st.integers(3, 6))
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
    saved, home = protected(inventory), inventory.nodes[inventory.vantage.node].site
    for step in plan.steps:
        spans += step.spans
        now = with_spans(inventory, spans)
        assert set(step.protects) == protected(now) - saved
        saved = protected(now)
        removal = Removal(now)
        assert all(removal.speakers(site) for site in step.connects)
    assert plan.after.protected == len(saved)
    for site in plan.unreachable:
        assert site != home
        assert not inventory.sites[site].served


@settings(max_examples=12)
@given(st.randoms(use_true_random=False), st.integers(3, 6))
def test_what_a_span_protects_is_foretold_without_building_it(random: Random, size: int) -> None:
    inventory = townscape(random, size)
    exposure = Exposure.of(inventory)
    foretold = darkness(exposure, entrances(inventory))
    before = protected(inventory)
    home = inventory.nodes[inventory.vantage.node].site
    pairs = list(combinations(sorted({*exposure.joined, home}), 2))
    for a, b in random.sample(pairs, min(6, len(pairs))):
        span = Candidate(a, b, 1.0, 1.0)
        assert foretold.protected_by(span) & exposure.hung == protected(with_spans(inventory, [span])) - before


@pytest.mark.parametrize(
    ("drawn", "cables", "saved"),
    [
        ("noc-gw-a-b", {}, {"site-a", "site-b"}),
        ("noc-gw-a-b", {"k": "gw-a a-b"}, {"site-b"}),
        ("noc-gw-a-b; a-c", {}, {"site-a", "site-b"}),
    ],
    ids=["a site's own failure is not held against it", "a cable that takes both lines", "a node between two"],
)
def test_what_a_ring_protects_of_a_chain(drawn: str, cables: dict[str, str], saved: set[str]) -> None:
    """Where a cable or a node fails, what is dark on both sides of it is dark by itself."""
    inventory = draw(drawn, sites={"centre": "noc gw"}, cables=cables)
    foretold = darkness(Exposure.of(inventory), entrances(inventory))
    assert foretold.protected_by(Candidate("centre", "site-b", 1.0, 1.0)) == saved


def test_a_span_that_protects_nothing_is_none() -> None:
    inventory = draw("noc-gw-a-b", sites={"centre": "noc gw"})
    exposure = Exposure.of(inventory)
    foretold = darkness(exposure, entrances(inventory))
    beside = Candidate("site-a", "site-b", 1.0, 1.0)
    assert best_span(foretold, [beside], exposure.hung, float("inf")) is None


@settings(max_examples=10)
@given(st.randoms(use_true_random=False))
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


def test_what_is_late_says_so() -> None:
    late = plan_of("noc-gw-a-b", "b-gw=10", is_late=lambda: True)
    assert (late.steps, late.is_complete) == ((), False)
    village = with_villages(draw("noc-gw-a"), 1)
    late = make_plan(village, [Candidate("site-a", "v0", 1.0, 7.0)], goal="connect", is_late=lambda: True)
    assert (late.steps, late.bound, late.is_complete) == ((), 7.0, False)


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
