"""What the engineers' questions cost on provinces, beside networkx, and what a plan saves beside the simple one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from math import inf
from pathlib import Path
from random import Random
from statistics import mean
from time import process_time

import networkx as nx
import pytest

from netmon.bench.networks import network
from netmon.inventory.load import load_inventory
from netmon.model import Inventory, Site, SiteKind
from netmon.topology.graph import Graph
from netmon.topology.planning.candidates import Prices, by_geography
from netmon.topology.planning.plan import make_plan
from netmon.topology.planning.protect import protect
from netmon.topology.robustness.footing import Footing
from netmon.topology.robustness.redundancy import redundancy
from netmon.topology.robustness.spof import spofs
from netmon.topology.robustness.whatif import what_if
from tests.unit.topology.all_choices import AllChoices
from tests.unit.topology.drawn import draw

pytestmark = pytest.mark.bench


def seconds(question: Callable[[], object]) -> float:
    began = process_time()
    question()
    return process_time() - began


@pytest.mark.timeout(600)
@pytest.mark.parametrize("shape", ["rings", "tree", "mesh"])
@pytest.mark.parametrize("size", [10_000, 83_000])
def test_a_province_is_answered_in_seconds(
    size: int, shape: str, record_property: Callable[[str, object], None]
) -> None:
    inventory = network(Random(1), shape, size, passive=0.1, cables=0.3)
    nodes = {
        name: replace(node, power_area=f"p{place // 20}" if name != "noc" else None)
        for place, (name, node) in enumerate(sorted(inventory.nodes.items()))
    }
    inventory = replace(inventory, nodes=nodes)
    footing = Footing.of(Graph.from_inventory(inventory))
    found = spofs(inventory, footing)
    figures = {
        "spof": seconds(lambda: spofs(inventory, footing)),
        "redundancy": seconds(lambda: redundancy(footing)),
        "whatif": seconds(lambda: what_if(inventory, footing, [found[0].element, found[-1].element])),
    }
    plain: nx.Graph[str] = nx.Graph((link.a.node, link.b.node) for link in inventory.links.values())
    peer = seconds(lambda: (list(nx.bridges(plain)), list(nx.articulation_points(plain))))
    told = ", ".join(f"{name} {value:.2f} s" for name, value in figures.items())
    record_property(
        "figure",
        f"{size} nodes, {shape}: {told}; networkx bridges and articulation points {peer:.2f} s "
        f"(spof / networkx {figures['spof'] / peer:.1f}, with cables, areas and sites)",
    )
    assert max(figures.values()) < (1.0 if size == 10_000 else 10.0)


@pytest.mark.timeout(600)
@pytest.mark.parametrize("doors", [3, 50])
def test_ways_are_counted_in_a_dense_mesh(doors: int, record_property: Callable[[str, object], None]) -> None:
    """Where the vantage has many ways out, every node may have many; the peer searches for each site by itself."""
    random = Random(1)
    pairs = {tuple(sorted((node, random.randrange(node)))) for node in range(1, 10_000)}
    while len(pairs) < 20_000:
        pairs.add(tuple(sorted(random.sample(range(10_000), 2))))
    ways = [f"n{a}-n{b}" for a, b in sorted(pairs)] + [f"noc-n{node}" for node in random.sample(range(10_000), doors)]
    inventory = draw("; ".join(ways))
    footing = Footing.of(Graph.from_inventory(inventory))
    cost = seconds(lambda: redundancy(footing))
    plain: nx.Graph[str] = nx.Graph((link.a.node, link.b.node) for link in inventory.links.values())
    few = random.sample(range(10_000), 3)
    peer = seconds(lambda: [nx.edge_connectivity(plain, f"n{node}", "noc") for node in few]) / len(few)
    record_property(
        "figure",
        f"10,001 nodes, {doors} ways out of the vantage: node, link and cable ways of all in {cost:.2f} s; "
        f"networkx's link ways of one in {peer:.2f} s",
    )
    assert cost < 100 * peer


def county(random: Random, size: int) -> Inventory:
    """Return a county of which every third site is not served."""
    inventory = draw("; ".join(f"n{random.randrange(i)}-n{i}" for i in range(1, size)), vantage="n0")
    places = {name: (-7 + random.random() / 2, 112 + random.random() / 2) for name in sorted(inventory.sites)}
    sites = {name: replace(inventory.sites[name], lat=lat, lon=lon) for name, (lat, lon) in places.items()}
    more = {
        f"v{number}": Site(
            f"v{number}",
            "V",
            SiteKind.VILLAGE,
            lat=-7 + random.random() / 2,
            lon=112 + random.random() / 2,
            served=False,
        )
        for number in range(size // 2)
    }
    return replace(inventory, sites={**sites, **more})


@pytest.mark.timeout(900)
@pytest.mark.parametrize("weighed", [False, True])
def test_protection_beside_the_best_of_all_choices(
    weighed: bool, record_property: Callable[[str, object], None]
) -> None:
    """The peer tries every set of up to ten spans."""
    costs, worths, bounds, mosts = [], [], [], []
    for seed in range(120):
        random = Random(seed)
        choices = AllChoices(random, random.randint(4, 12), random.randint(6, 10), is_weighed=weighed)
        worth, cost = choices.best(inf)
        if not cost:
            continue
        found = protect(choices.dark, choices.offers, choices.worth)
        assert found.worth == worth
        costs.append(choices.cost(found.groups) / cost)
        bounds.append(found.bound / cost)
        budget = random.uniform(0.1, 0.9) * cost
        most, _ = choices.best(budget)
        some = protect(choices.dark, choices.offers, choices.worth, budget)
        if most:
            worths.append(some.worth / most)
            mosts.append(some.most / most)
    record_property(
        "figure",
        f"{len(costs)} networks{', weighed' * weighed}: all protected for {max(costs):.3f} of the least at worst, "
        f"{mean(costs):.4f} in the mean; a budget protects {min(worths):.2f} of the most at worst, {mean(worths):.4f}"
        f" in the mean; bounds {mean(bounds):.2f} of the least cost, {mean(mosts):.2f} of the most protected",
    )
    assert max(costs) <= 1.05
    assert min(worths) >= 0.95
    assert max(bounds) <= 1 + 1e-9
    assert min(mosts) >= 1 - 1e-9


def test_the_county_is_planned_in_seconds(record_property: Callable[[str, object], None]) -> None:
    inventory = load_inventory(Path("inventory/tuban"), with_secrets=False).inventory
    spans = by_geography(inventory, Prices(40e6, 15e6), list(inventory.sites))
    began = process_time()
    plan = make_plan(inventory, spans, per_site=15e6)
    cost = process_time() - began
    paid = sum(step.cost for step in plan.steps if not step.connects)
    record_property(
        "figure",
        f"{len(inventory.sites)} sites, {len(spans)} spans: {len(plan.steps)} steps in {cost:.1f} s of CPU, all "
        f"{plan.after.protected} protected; that costs at most {paid / plan.protect_bound - 1:.0%} over the least",
    )
    assert plan.after.protected == plan.most_protected
    assert cost < 20.0


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_plan_is_cheaper_than_a_star(seed: int, record_property: Callable[[str, object], None]) -> None:
    """The simple plan joins each site to the nearest one that is served."""
    inventory = county(Random(seed), 200)
    spans = by_geography(inventory, Prices(1.0, reach_km=80.0), sorted(inventory.sites))
    plan = make_plan(inventory, spans, goal="connect")
    star: dict[str, float] = {}
    for span in sorted(spans, key=lambda span: span.cost):
        for one, other in ((span.a, span.b), (span.b, span.a)):
            if not inventory.sites[one].served and inventory.sites[other].served:
                star.setdefault(one, span.cost)
    cost = sum(step.cost for step in plan.steps)
    assert len(star) == len(plan.steps)
    assert cost == pytest.approx(plan.bound)
    assert cost < sum(star.values())
    record_property("figure", f"county {seed}: a star costs {sum(star.values()) / cost - 1:.1%} more than the plan")
