"""Ways that share nothing, held against flows of networkx and against all choices of simple paths."""

from __future__ import annotations

import gc
from itertools import chain, combinations
from random import Random
from typing import Any

import networkx as nx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from networkx.algorithms.flow import edmonds_karp

from netmon.model import Element, ElementKind, Inventory
from netmon.topology.graph import Graph
from netmon.topology.robustness import levels, node_places
from netmon.topology.robustness.footing import Footing
from netmon.topology.robustness.redundancy import Ways, redundancy
from netmon.topology.robustness.tree import Tree
from tests.draws import chances
from tests.unit.topology.chance import few
from tests.unit.topology.drawn import draw
from tests.unit.topology.townscape import Removal, townscape


@given(chances, st.integers(2, 9))
def test_ways_are_as_many_as_can_be_chosen(random: Random, size: int) -> None:
    inventory = townscape(random, size)
    removal = Removal(inventory)
    home = inventory.nodes[removal.vantage].site
    rows = {row.site: row for row in redundancy(Footing.of(Graph.from_inventory(inventory)))}
    populated = {node.site for node in inventory.nodes.values()}
    assert rows.keys() == {s.id for s in inventory.sites.values() if s.served and s.id in populated} - {home}
    for site, row in rows.items():
        speakers = removal.speakers(site)
        if not speakers:
            assert (row.node_disjoint, row.link_disjoint, row.cable_disjoint) == (0, 0, 0)
            continue
        assert row.node_disjoint == flow(inventory, speakers, nodes=True), site
        assert row.link_disjoint == flow(inventory, speakers, nodes=False), site
        assert row.cables_exact
        assert row.cable_disjoint == most_apart(inventory, speakers, row.cable_disjoint), site
        shared = {
            element
            for element in removal.elements()
            if element.kind in (ElementKind.CABLE, ElementKind.POWER_AREA)
            and row.link_disjoint > 1
            and site in removal.dark_sites([element])
        }
        assert set(row.shared) == shared


@few(6)
@given(chances, st.integers(5, 8))
def test_dense_networks_are_counted_right_far_from_the_vantage(random: Random, size: int) -> None:
    pairs = {tuple(sorted(random.sample(range(size), 2))) for _ in range(random.randint(size, 3 * size))}
    ways = [f"n{a}-n{b}" for a, b in sorted(pairs)] + [f"noc-n{door}" for door in range(4)]
    inventory = draw("; ".join(ways), cables=ducts(random, ways))
    footing = Footing.of(Graph.from_inventory(inventory))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(node_places, "CROWD", random.choice((1, node_places.CROWD)))
        patch.setattr(levels, "MANY", random.choice((1, levels.MANY)))
        rows = redundancy(footing)
    for row in rows:
        speakers = {row.site.removeprefix("site-")}
        if row.site not in footing.unjoined():
            assert row.node_disjoint == flow(inventory, speakers, nodes=True), row.site
            assert row.link_disjoint == flow(inventory, speakers, nodes=False), row.site
            assert row.cable_disjoint == flow(inventory, speakers, nodes=False, cables=True), row.site


def ducts(random: Random, links: list[str]) -> dict[str, str]:
    """Return up to four cables with two links or three that hang together, mostly at one node."""
    free, cables = random.sample(links, len(links)), {}
    for number in range(min(random.choice((0, 1, 2, 4)), len(links) // 3)):
        held = [free.pop()]
        for _ in range(random.choice((1, 1, 2))):
            ends = {*held[0].split("-")[:1]} if random.random() < 0.7 else {*"-".join(held).split("-")}
            more = next((link for link in free if not ends.isdisjoint(link.split("-"))), None)
            if more:
                free.remove(more)
                held.append(more)
        cables[f"c{number}"] = " ".join(held)
    return cables


@few(1)
@given(chances)
def test_sites_with_two_routers_are_counted_together_in_a_mesh(random: Random) -> None:
    pairs = sorted({tuple(sorted(random.sample(range(16), 2))) for _ in range(42)})
    doors = "; ".join(f"noc-n{node}" for node in random.sample(range(16), 7))
    links = [f"n{a}-n{b}" for a, b in pairs]
    inventory = draw(
        "; ".join([*links, doors]),
        sites={f"twin-{node}": f"n{node} n{node + 1}" for node in range(0, 12, 2)},
        cables=ducts(random, links),
    )
    for row in redundancy(Footing.of(Graph.from_inventory(inventory))):
        speakers = {name for name, node in inventory.nodes.items() if node.site == row.site}
        assert row.node_disjoint == flow(inventory, speakers, nodes=True), row.site
        assert row.link_disjoint == flow(inventory, speakers, nodes=False), row.site
        assert row.cable_disjoint == flow(inventory, speakers, nodes=False, cables=True), row.site


@few(3)
@given(chances, st.sampled_from((1, levels.TRIED)))
def test_routers_of_a_site_are_counted_together_whoever_was_asked_before(random: Random, tried: int) -> None:
    """Some are in one town, and some in several; whether a town is cut off by few links or by many."""
    towns = [range(first, first + 5) for first in range(0, 20, 5)]
    pairs = {pair for town in towns for pair in combinations(town, 2) if random.random() < 0.9}
    pairs |= {(a, b) for a, b in (sorted(random.sample(range(20), 2)) for _ in range(random.randint(4, 24)))}
    doors = "; ".join(f"noc-n{node}" for node in random.sample(range(20), random.choice((2, 5, 12))))
    links = [f"n{a}-n{b}" for a, b in sorted(pairs)]
    near = random.random() < 0.5
    places = list(range(20)) if near else random.sample(range(20), 20)
    sites = {
        f"s{first}": " ".join(f"n{n}" for n in places[first : first + random.choice((2, 3))])
        for first in range(0, 20, 3)
    }
    inventory = draw("; ".join([*links, doors]), sites=sites)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(levels, "TRIED", tried)
        rows = redundancy(Footing.of(Graph.from_inventory(inventory)))
    for row in rows:
        speakers = {name for name, node in inventory.nodes.items() if node.site == row.site}
        if len(speakers) > 1:
            assert row.node_disjoint == flow(inventory, speakers, nodes=True), row.site
            assert row.link_disjoint == flow(inventory, speakers, nodes=False), row.site


@few(3)
@given(chances, st.integers(5, 8))
def test_links_side_by_side_are_ways_of_their_own(random: Random, size: int) -> None:
    pairs = [sorted(random.sample(range(size), 2)) for _ in range(random.randint(2 * size, 4 * size))]
    doors = [f"noc-n{door}" for door in random.choices(range(size), k=4)]
    inventory = draw("; ".join([*(f"n{a}-n{b}" for a, b in pairs), *doors]))
    footing = Footing.of(Graph.from_inventory(inventory))
    for row in redundancy(footing):
        if row.site not in footing.unjoined():
            speakers = {row.site.removeprefix("site-")}
            assert row.node_disjoint == flow(inventory, speakers, nodes=True), row.site
            assert row.link_disjoint == flow(inventory, speakers, nodes=False), row.site


def test_links_side_by_side_lead_out_from_behind_a_cut_each() -> None:
    """From u and the two v lead links to x twice, to y twice and to z: u has five ways, by three nodes."""
    beyond = "; ".join(f"{a}-{b}; {b}-noc" for a in "xyz" for b in "pqrs")
    row = row_of("site-u", f"u-va-x; u-vb-z; va-vb; u-x; u-y; u-y; {beyond}")
    assert (row.node_disjoint, row.link_disjoint) == (3, 5)


def test_what_is_dark_or_cut_is_no_way() -> None:
    graph = Graph.from_inventory(draw("a-noc; a-b-noc; a-c-noc; a-d-noc; b-e-noc"))
    rows = []
    for dark, cut in ("", ""), ("", "a-b"), ("c", ""), ("c", "a-b"):
        footing = Footing.of(graph, dark={dark}, cut={cut})
        rows.append(next(row for row in redundancy(footing) if row.site == "site-a"))
    assert [(row.node_disjoint, row.link_disjoint) for row in rows] == [(4, 4), (3, 3), (3, 3), (2, 2)]


def test_a_town_has_no_more_ways_than_lead_on_from_where_its_links_end() -> None:
    """Four links lead out of six nodes, each joined to each, and two of them to x."""
    town, other = ("; ".join(f"{a}-{b}" for a, b in combinations(nodes, 2)) for nodes in ("abcdef", "pqrs"))
    ways = f"{town}; {other}; a-x; b-x; x-noc; c-y-noc; d-z-noc; p-noc; q-noc; r-noc"
    assert [row_of(f"site-{node}", ways).link_disjoint for node in "afx"] == [3, 3, 3]


def flow(inventory: Inventory, speakers: set[str], *, nodes: bool, cables: bool = False) -> int:
    """Return the largest flow, links being nodes of the flow network that carry one way each; or their cables."""
    network: nx.DiGraph[object] = nx.DiGraph()
    goal, ends = inventory.vantage.node, {*speakers, inventory.vantage.node}
    for name in inventory.nodes:
        network.add_edge(("in", name), ("out", name), **({"capacity": 1} if nodes and name not in ends else {}))
    for name, link in inventory.links.items():
        a, b = link.a.node, link.b.node
        carrier = ("cable", *link.cables) if cables and link.cables else ("link", name)
        if a != b:
            network.add_edge(("in", carrier), ("out", carrier), capacity=1)
            for end in a, b:
                network.add_edge(("out", end), ("in", carrier))
                network.add_edge(("out", carrier), ("in", end))
    for name in speakers:
        network.add_edge("start", ("in", name))
    return int(nx.maximum_flow_value(network, "start", ("in", goal), flow_func=edmonds_karp))


def most_apart(inventory: Inventory, speakers: set[str], said: int) -> int:
    """Return the largest number of simple paths that share no cable and no link; so many as were said must exist."""
    graph: Any = nx.MultiGraph()
    for name, link in inventory.links.items():
        ends = ["start" if end.node in speakers else end.node for end in (link.a, link.b)]
        if ends[0] != ends[1]:
            graph.add_edge(*ends, name)
    risks = {
        frozenset(
            chain.from_iterable(
                [Element(ElementKind.CABLE, c) for c in inventory.links[edge[-1]].cables]
                or [Element(ElementKind.LINK, edge[-1])]
                for edge in path
            )
        )
        for path in nx.all_simple_edge_paths(graph, "start", inventory.vantage.node)
    }
    least = [one for one in risks if not any(other < one for other in risks)]
    best = 0

    def choose(place: int, used: frozenset[Element], have: int) -> None:
        nonlocal best
        best = max(best, have)
        for index in range(place, len(least)):
            if not used & least[index] and best <= said:
                choose(index + 1, used | least[index], have + 1)

    choose(0, frozenset(), 0)
    return best


def row_of(site: str, ways: str, **options: object) -> Ways:
    inventory = draw(ways, **options)  # type: ignore[arg-type]  # passed through to draw
    return next(row for row in redundancy(Footing.of(Graph.from_inventory(inventory))) if row.site == site)


def test_a_ring_gives_two_ways_and_its_duct_takes_one() -> None:
    row = row_of("site-b", "noc-a-b-c-noc")
    assert (row.node_disjoint, row.link_disjoint, row.cable_disjoint) == (2, 2, 2)
    row = row_of("site-b", "noc-a-b-c-noc", cables={"duct": "noc-a c-noc"}, areas={"feeder": "a c"})
    assert (row.node_disjoint, row.link_disjoint, row.cable_disjoint) == (2, 2, 1)
    assert [str(one) for one in row.shared] == ["cable:duct", "power_area:feeder"]


def test_two_parallel_links_share_no_link() -> None:
    row = row_of("site-b", "noc-a-b; a-b; noc-a")
    assert (row.node_disjoint, row.link_disjoint) == (1, 2)
    assert row_of("site-a", "noc-a; noc-a").node_disjoint == 2


def test_a_site_has_no_more_ways_for_a_switch_behind_its_router() -> None:
    row = row_of("site", "noc-a-r-b-noc; r-x-s; r-y-s", sites={"site": "r s"})
    assert (row.node_disjoint, row.link_disjoint, row.cable_disjoint) == (2, 2, 2)


def test_a_cable_that_fans_out_carries_one_way() -> None:
    row = row_of("site-v", "noc-a-v; noc-b-v; noc-c-v", cables={"trunk": "noc-a noc-b"})
    assert (row.link_disjoint, row.cable_disjoint, row.cables_exact) == (3, 2, True)


@pytest.mark.parametrize(
    ("ways", "duct"),
    [
        ("v-p-noc; v-q-noc; v-r-t; v-s-t-noc; p-x-q; x-noc", "v-p v-q"),
        ("noc-p-v; noc-q-v; t-r-v; noc-t-s-v; p-x-q; x-noc", "p-v q-v"),
        ("v-p-noc; v-q-noc; v-r-noc; r-s-noc; p-q", "p-noc q-noc"),
        ("v-p-q-noc; v-s-r-noc; v-t-noc; p-s; q-t-r; q-r", "p-q q-r s-r"),
    ],
    ids=["where they begin", "where they begin, drawn to there", "where they end", "one after another"],
)
def test_ways_that_share_no_node_may_share_a_cable(ways: str, duct: str) -> None:
    row = row_of("site-v", ways, cables={"duct": duct})
    assert (row.node_disjoint, row.link_disjoint, row.cable_disjoint, row.cables_exact) == (3, 3, 2, True)


def test_two_routers_of_a_site_on_one_tail_each_share_what_both_tails_lie_in() -> None:
    row = row_of("twin", "noc-a-x; noc-b-y", sites={"twin": "x y"}, cables={"duct": "a-x b-y"})
    assert (row.node_disjoint, row.link_disjoint, row.cable_disjoint) == (2, 2, 1)
    assert [str(one) for one in row.shared] == ["cable:duct"]


def test_three_ways_in_three_ducts_two_by_two_are_one_way() -> None:
    """No single duct cuts the site off, and still no two ways are apart."""
    row = row_of(
        "site-v", "noc-a-d-v; noc-b-e-v; noc-c-f-v", cables={"x": "noc-a b-e", "y": "noc-b c-f", "z": "noc-c a-d"}
    )
    assert (row.link_disjoint, row.cable_disjoint, row.cables_exact, row.shared) == (3, 1, True, ())


def test_a_long_ring_of_ducts_says_at_least() -> None:
    ring = "-".join(["noc", *(f"n{i:03d}" for i in range(300)), "noc"])
    row = row_of("site-n150", ring, cables={"d": "n050-n051 n100-n101", "e": "n200-n201 n250-n251"})
    assert (row.cable_disjoint, row.cables_exact) == (2, True)


def test_a_cut_that_is_found_from_the_vantage_bounds_those_behind_it_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Both have more links than there are doors: x four ways, one by a and three by b and c, and y one more."""
    monkeypatch.setattr(node_places, "CROWD", 1)
    ways = "x-a-noc; x-a; x-a; x-a; x-b-noc; x-b; x-c-noc; y-b; y-c; y-d-noc; y-d; y-e-noc; y-e; y-f-noc; y-f"
    assert [row_of(f"site-{node}", ways).link_disjoint for node in "xy"] == [4, 5]


def test_a_grid_is_climbed_level_by_level() -> None:
    ways = "; ".join(f"r{x}{y}-r{x + 1}{y}; r{y}{x}-r{y}{x + 1}" for x in range(5) for y in range(6))
    row = row_of("site-r33", f"{ways}; noc-r40; noc-r02; noc-r20; noc-r11")
    assert (row.node_disjoint, row.link_disjoint) == (4, 4)


def test_no_garbage_is_looked_for_while_ways_are_counted_and_none_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    worked = []

    def tree(footing: Footing) -> Tree:
        worked.append(gc.isenabled())
        return Tree(footing)

    monkeypatch.setattr("netmon.topology.robustness.redundancy.Tree", tree)
    footings = [Footing.of(Graph.from_inventory(townscape(Random(seed), 30))) for seed in range(5)]
    gc.collect()
    gc.disable()  # what is found afterwards is all that was left
    try:
        for footing in footings:
            redundancy(footing)
        left = gc.collect()
    finally:
        gc.enable()
    redundancy(footings[0])
    assert gc.isenabled()
    assert not any(worked)
    assert left == 0
