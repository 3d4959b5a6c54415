"""The routing protocol against breadth-first search and against packets that are followed by hand."""

from __future__ import annotations

from collections import deque

from hypothesis import given
from hypothesis import strategies as st

from netmon.lab.wires.routes import (
    DEFAULT,
    Forest,
    Graph,
    RouteChange,
    Routes,
    graph_of,
    path_from_root,
    route_changes,
    routes_of,
    shortest_forest,
    without_links,
)
from netmon.model import Inventory
from tests.lab.counties import draw
from tests.unit.lab.drawings import inventories


def hops_from(graph: Graph, start: str, down: frozenset[str]) -> dict[str, int]:
    """Return the distance of everything reachable, by breadth-first search."""
    found = {start: 0}
    waiting = deque([start])
    while waiting:
        node = waiting.popleft()
        for edge in graph[node]:
            if edge.link not in down and edge.peer not in found:
                found[edge.peer] = found[node] + 1
                waiting.append(edge.peer)
    return found


def follow(inventory: Inventory, routes: Routes, start: str, destination: str) -> list[str]:
    """Return the nodes a packet visits; the last is where it is dropped or delivered."""
    visited = [start]
    while visited[-1] != destination and len(visited) < 20:
        rows = routes[visited[-1]]
        link = rows.get(destination, rows.get(DEFAULT))
        if link is None:
            break
        drawn = inventory.links[link]
        visited.append(drawn.b.node if drawn.a.node == visited[-1] else drawn.a.node)
    return visited


def forest_of(inventory: Inventory, down: frozenset[str] = frozenset()) -> Forest:
    return shortest_forest(graph_of(inventory), inventory.vantage.node, lambda link: link not in down)


@given(inventories, st.data())
def test_packets_take_shortest_ways_from_the_vantage_and_reach_all_that_is_connected(
    inventory: Inventory, data: st.DataObject
) -> None:
    down = frozenset(data.draw(st.sets(st.sampled_from(sorted(inventory.links)))))
    graph = graph_of(inventory)
    forest = forest_of(inventory, down)
    routes = routes_of(forest)
    from_vantage = hops_from(graph, inventory.vantage.node, down)
    for start in inventory.nodes:
        connected = hops_from(graph, start, down)
        for destination in inventory.nodes:
            way = follow(inventory, routes, start, destination)
            assert len(way) == len(set(way)), "a packet must not come by twice"
            assert (way[-1] == destination) == (destination in connected)
            if start == inventory.vantage.node and destination in connected:
                assert len(way) - 1 == from_vantage[destination] == len(path_from_root(forest, destination))


def test_of_equally_many_hops_the_shorter_fibre_wins() -> None:
    inventory = draw([("a", "b"), ("b", "d"), ("a", "c"), ("c", "d")])
    lengths = {"a-b": 30.0, "b-d": 30.0, "a-c": 5.0, "c-d": 5.0}
    graph = {
        node: [edge._replace(length_km=lengths[edge.link]) for edge in edges]
        for node, edges in graph_of(inventory).items()
    }
    forest = shortest_forest(graph, "a", lambda link: True)
    assert path_from_root(forest, "d") == (("a-c", "a"), ("c-d", "c"))


def test_fewer_hops_win_over_shorter_fibre() -> None:
    inventory = draw([("a", "b"), ("b", "c"), ("a", "c")])
    lengths = {"a-b": 1.0, "b-c": 1.0, "a-c": 50.0}
    graph = {
        node: [edge._replace(length_km=lengths[edge.link]) for edge in edges]
        for node, edges in graph_of(inventory).items()
    }
    assert path_from_root(shortest_forest(graph, "a", lambda link: True), "c") == (("a-c", "a"),)


def test_a_ring_takes_the_other_way_round() -> None:
    inventory = draw([("a", "b"), ("b", "c"), ("c", "d"), ("d", "a")])
    assert follow(inventory, routes_of(forest_of(inventory)), "a", "b") == ["a", "b"]
    assert follow(inventory, routes_of(forest_of(inventory, frozenset({"a-b"}))), "a", "b") == ["a", "d", "c", "b"]


def apply_changes(routes: Routes, changes: list[RouteChange]) -> dict[str, dict[str | None, str]]:
    after = {node: dict(rows) for node, rows in routes.items()}
    for change in changes:
        if change.link is None:
            del after[change.node][change.destination]
        else:
            after[change.node][change.destination] = change.link
    return after


@given(inventories, st.data())
def test_writing_only_the_differences_gives_the_same_routes(inventory: Inventory, data: st.DataObject) -> None:
    some = st.sets(st.sampled_from(sorted(inventory.links))).map(frozenset)
    before, after = data.draw(some), data.draw(some)
    installed = without_links(routes_of(forest_of(inventory, before)), after)
    wanted = routes_of(forest_of(inventory, after))
    changes = route_changes(installed, wanted)
    assert apply_changes(installed, changes) == wanted
    assert route_changes(wanted, wanted) == []


def test_a_changed_leaf_touches_only_the_way_to_it() -> None:
    inventory = draw([("a", "b"), ("b", "c"), ("c", "d"), ("b", "e")])
    before = routes_of(forest_of(inventory))
    down = frozenset({"c-d"})
    changes = route_changes(without_links(before, down), routes_of(forest_of(inventory, down)))
    assert {(change.node, change.destination) for change in changes} == {("a", "d"), ("b", "d")}
