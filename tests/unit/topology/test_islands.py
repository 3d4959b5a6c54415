"""Islands and what stands around them."""

from __future__ import annotations

from netmon.model import Reach
from netmon.topology.islands import Island, islands
from tests.unit.topology.drawn import graph_of, seen


def test_connected_dark_nodes_are_one_island_with_a_live_frontier() -> None:
    graph = graph_of("noc-gw-a-b-c-d-gw; b-e; gw-f-g")
    found = islands(graph, seen(graph, "b c g").nodes)
    assert found == (Island(("b", "c"), ("a", "d", "e"), ()), Island(("g",), ("f",), ()))


def test_the_frontier_is_seen_through_passive_and_unknown_nodes() -> None:
    graph = graph_of("noc-olt-s-o1; s-o2; s-u-o3", passive="s")
    (island,) = islands(graph, seen(graph, "o1", unknown="u").nodes)
    assert island == Island(("o1",), ("o2", "o3", "olt"), (), unknown=("u",))


def test_a_passive_node_joins_two_dark_ones() -> None:
    graph = graph_of("noc-olt-s-o1; s-o2", passive="s")
    assert [island.nodes for island in islands(graph, seen(graph, "o1 o2").nodes)] == [("o1", "o2")]


def test_the_vantage_parts_islands_and_is_no_frontier() -> None:
    graph = graph_of("noc-a; noc-b")
    assert islands(graph, seen(graph, "a b").nodes) == (Island(("a",), (), ()), Island(("b",), (), ()))


def test_mates_share_a_cable_or_an_area() -> None:
    graph = graph_of("noc-gw-a; gw-b; gw-c; gw-d", cables={"k": "gw-a gw-b"}, areas={"p": "a c"})
    (island,) = islands(graph, seen(graph, "a").nodes)
    assert island == Island(("a",), ("gw",), ("b", "c"))


def test_of_what_would_be_its_mates_some_are_not_known() -> None:
    graph = graph_of("noc-gw-a; gw-b; gw-c; gw-d; gw-e", cables={"k": "gw-a gw-b gw-d"}, areas={"p": "a c e"})
    (island, other) = islands(graph, seen(graph, "a d", unknown="b c").nodes)
    assert island == Island(("a",), ("gw",), ("e",), unknown=("b", "c"))
    assert other == Island(("d",), ("gw",), (), unknown=("b",))


def test_names_that_are_not_drawn_are_passed_over() -> None:
    graph = graph_of("noc-a")
    assert islands(graph, {"ghost": Reach.DOWN, "a": Reach.UP}) == ()
