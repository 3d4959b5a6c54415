"""What the vantage reaches when something failed, and what hangs on what: held against networkx and plain removal."""

from __future__ import annotations

from random import Random

import networkx as nx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from netmon.model import Element, ElementKind, Inventory, Observations, Reach
from netmon.topology.diagnosis.detours import have_detours
from netmon.topology.graph import Graph
from netmon.topology.masks import is_within
from netmon.topology.reach import dark_if, spread
from netmon.topology.resilience import resilience
from tests.draws import chances
from tests.unit.topology.chance import network
from tests.unit.topology.drawn import element, graph_of
from tests.unit.topology.oracle import Oracle


def multigraph(inventory: Inventory) -> nx.MultiGraph[str]:
    graph: nx.MultiGraph[str] = nx.MultiGraph()
    graph.add_nodes_from(inventory.nodes)
    for name, link in inventory.links.items():
        graph.add_edge(link.a.node, link.b.node, name)
    return graph


@given(chances, st.integers(2, 25))
def test_resilience_agrees_with_removing_one_thing_after_another(random: Random, size: int) -> None:
    inventory = network(random, size)
    graph = Graph.from_inventory(inventory)
    whole = multigraph(inventory)
    down = {node for node in inventory.nodes if node != "n00" and random.random() < 0.1}
    cut = {link for link in inventory.links if random.random() < 0.05}
    whole.remove_nodes_from(down)
    for name in cut:
        a, b = inventory.links[name].a.node, inventory.links[name].b.node
        if whole.has_edge(a, b, name):
            whole.remove_edge(a, b, name)
    reached = nx.node_connected_component(whole, "n00")
    seen = resilience(
        graph,
        failed=[Element(ElementKind.LINK, link) for link in cut],
        reach={node: Reach.DOWN if node in down else Reach.UP for node in inventory.nodes},
    )
    assert seen.reachable == reached
    part: nx.MultiGraph[str] = nx.MultiGraph(whole.subgraph(reached))
    bridges = {edge[2] for edge in list(part.edges(keys=True)) if _parts_without_edge(part, edge) > 1}
    joints = {node for node in reached - {"n00"} if _parts_without_node(part, node) > 1}
    assert seen.bridges == bridges
    assert seen.articulation_points == joints


def _parts_without_edge(part: nx.MultiGraph[str], edge: tuple[str, str, str]) -> int:
    part.remove_edge(*edge)
    parts = nx.number_connected_components(part)
    part.add_edge(*edge)
    return parts


def _parts_without_node(part: nx.MultiGraph[str], node: str) -> int:
    edges = list(part.edges(node, keys=True))
    part.remove_node(node)
    parts = nx.number_connected_components(part)
    part.add_node(node)
    part.add_edges_from(edges)
    return parts


@given(chances, st.integers(2, 20))
def test_dark_if_is_what_a_walk_no_longer_reaches(random: Random, size: int) -> None:
    inventory = network(random, size)
    oracle = Oracle(inventory, Observations())
    everything = oracle.elements()
    failed = random.sample(everything, min(len(everything), random.randint(1, 4)))
    nodes = set().union(*(oracle.fails(one)[0] for one in failed)) - {"n00"}
    links = set().union(*(oracle.fails(one)[1] for one in failed))
    vantage_failed = any("n00" in oracle.fails(one)[0] for one in failed)
    reached = {"n00"} if vantage_failed else oracle.walk(nodes, links)
    lost = oracle.walk(set(), set()) - reached
    assert dark_if(Graph.from_inventory(inventory), failed) == (lost | nodes)


def test_a_failed_vantage_darkens_everything_else() -> None:
    graph = graph_of("noc-a-b; y-z")
    assert dark_if(graph, [element("vantage:noc")]) == {"a", "b"}
    assert dark_if(graph, [element("node:noc")]) == {"a", "b"}


def test_an_element_that_is_not_drawn_is_an_error() -> None:
    with pytest.raises(KeyError):
        dark_if(graph_of("noc-a"), [element("cable:k")])


def test_parallel_links_are_no_bridges() -> None:
    seen = resilience(graph_of("noc-a; noc-a; a-b"))
    assert seen.bridges == {"a-b"}
    assert seen.articulation_points == {"a"}


def test_a_chain_longer_than_the_stack_is_walked() -> None:
    graph = graph_of("noc-" + "-".join(f"n{node}" for node in range(2000)))
    assert len(resilience(graph).bridges) == 2000


@given(chances, st.integers(2, 30))
def test_detours_say_what_the_whole_walk_says(random: Random, size: int) -> None:
    graph = Graph.from_inventory(network(random, size))
    shut_nodes = bytearray(random.random() < 0.1 and node != graph.vantage for node in range(size))
    shut_links = {link for link in range(len(graph.ends)) if random.random() < 0.1}
    reached = spread(graph, (graph.vantage,), shut_nodes, shut_links)
    must_reach = bytearray(is_in and random.random() < 0.7 for is_in in reached)
    must_reach[graph.vantage] = 1
    free = [node for node in range(size) if reached[node] and not must_reach[node]]
    cut_nodes = random.sample(free, min(len(free), random.randint(0, 3)))
    cut_links = random.sample(range(len(graph.ends)), min(len(graph.ends), random.randint(0, 4)))
    outside = bytearray(shut_nodes)
    for node in cut_nodes:
        outside[node] = 1
    left = spread(graph, (graph.vantage,), outside, {*shut_links, *cut_links})
    expected = is_within(must_reach, left)
    assert have_detours(graph, shut_nodes, shut_links, cut_nodes, cut_links, must_reach) == expected
