"""Explanations too large for the exact search, and the cut through hidden nodes."""

from __future__ import annotations

from random import Random

import networkx as nx
from hypothesis import given
from hypothesis import strategies as st
from networkx.algorithms.flow import edmonds_karp

from netmon.model import ElementKind, Observations, Reach
from netmon.topology.diagnosis.border import Thicket, puzzles
from netmon.topology.diagnosis.diagnose import diagnose
from netmon.topology.diagnosis.mincut import cheapest_cut
from netmon.topology.diagnosis.scene import Scene, survey
from netmon.topology.graph import Graph
from netmon.topology.reach import dark_if
from tests.draws import chances
from tests.unit.topology.chance import case
from tests.unit.topology.drawn import element, graph_of, seen, written


def test_six_cables_are_named_though_no_search_goes_so_deep() -> None:
    tails = [f"{duct}{place}" for duct in "abcdef" for place in range(4)]
    ways = "; ".join(f"noc-gw-{tail}" if place == 0 else f"gw-{tail}" for place, tail in enumerate(tails))
    cables = {duct: " ".join(f"gw-{tail}" for tail in tails if tail[0] == duct) for duct in "abcdef"}
    areas = {"p": "a0 b0 c0", "q": "d0 e0 f0"}  # join everything into one puzzle
    graph = graph_of(ways + "; gw-x", cables=cables, areas=areas)
    diagnosis = diagnose(graph, seen(graph, " ".join(tails)))
    assert [str(fault.element) for fault in diagnosis.faults] == [f"cable:{duct}" for duct in "abcdef"]
    assert all(fault.confidence > 0.9 for fault in diagnosis.faults)


def test_a_storm_states_what_else_each_place_could_be() -> None:
    tails = [f"t{place}" for place in range(9)]
    ways = "; ".join(["noc-gw", *(f"gw-{tail}" for tail in tails), "gw-x"])
    cables = {f"k{place}": f"gw-t{place} gw-t{place + 1}" for place in range(0, 8, 2)}
    areas = {f"p{place}": f"t{place + 1} t{place + 2}" for place in range(0, 7, 2)}
    graph = graph_of(ways, cables=cables, areas=areas)
    diagnosis = diagnose(graph, seen(graph, " ".join(tails)))
    assert len(diagnosis.faults) == 5
    accounted = dark_if(graph, [fault.element for fault in diagnosis.faults])
    assert accounted == set(tails)
    single = next(fault for fault in diagnosis.faults if fault.element.kind is ElementKind.NODE)
    assert written(single.alternatives) >= {f"link:gw-{single.element.id}"}


@given(chances, st.integers(6, 25))
def test_many_faults_at_once_are_always_explained(random: Random, size: int) -> None:
    """Whatever failed, everything dark is dark if the named elements fail, and everything live is not."""
    seen_ = case(random, size, faults=12)
    graph = Graph.from_inventory(seen_.inventory)
    diagnosis = diagnose(graph, seen_.observations)
    if any(fault.element.kind is ElementKind.VANTAGE for fault in diagnosis.faults):
        return
    dark = dark_if(graph, [fault.element for fault in diagnosis.faults])
    for node, word in seen_.observations.nodes.items():
        assert (node in dark) == (word is Reach.DOWN)


def _thicket(random: Random, size: int) -> tuple[Scene, Thicket] | None:
    drawn = case(random, size, faults=4)
    scene = survey(Graph.from_inventory(drawn.inventory), Observations(drawn.observations.nodes))
    thickets = [demand for puzzle in puzzles(scene) for demand in puzzle.demands if isinstance(demand, Thicket)]
    return (scene, thickets[0]) if thickets else None


@given(chances, st.integers(5, 25))
def test_the_cut_is_as_small_as_networkx_finds(random: Random, size: int) -> None:
    found = _thicket(random, size)
    if found is None:
        return
    scene, thicket = found
    network: nx.DiGraph[object] = nx.DiGraph()
    for node in thicket.hidden | thicket.dark:
        network.add_edge(("in", node), ("out", node), capacity=1)
        if node in thicket.dark:
            network.add_edge(("out", node), "dark")
            continue
        for there, link in scene.graph.adjacency[node]:
            if there in thicket.hidden or there in thicket.dark:
                network.add_edge(("out", node), ("link", link, there), capacity=1)
                network.add_edge(("link", link, there), ("in", there), capacity=1)
    for _, node, link in thicket.entries:
        network.add_edge("live", ("link", link, node), capacity=1)
        network.add_edge(("link", link, node), ("in", node), capacity=1)
    size_of_cut = nx.minimum_cut_value(network, "live", "dark", flow_func=edmonds_karp)
    cut = cheapest_cut(scene, thicket, set(), set())
    assert len(cut) == size_of_cut
    nodes = {code for code in cut if code < len(scene.graph.ids)}
    links = {code - len(scene.graph.ids) for code in cut if code >= len(scene.graph.ids)}
    waiting = [node for _, node, link in thicket.entries if link not in links and node not in nodes]
    seen_ = set(waiting)
    for here in waiting:
        assert here not in thicket.dark
        for there, link in scene.graph.adjacency[here]:
            inside = there in thicket.hidden or there in thicket.dark
            if inside and there not in seen_ and there not in nodes and link not in links:
                seen_.add(there)
                waiting.append(there)


def test_dark_if_and_named_agree_on_a_cable() -> None:
    graph = graph_of("noc-gw-a; gw-b", cables={"k": "gw-a gw-b"})
    assert dark_if(graph, [element("cable:k")]) == {"a", "b"}
