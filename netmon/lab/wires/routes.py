"""The lab's routing protocol as arithmetic: shortest paths from the vantage, and the routes that follow from them.

Pure. The county is routed along one tree rooted at the vantage (and one tree in each part cut off from it): a node
sends everything to its parent except what lies below it. Every pair of connected nodes can talk, and a county of N
nodes needs about N times its depth routes instead of N squared.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

from netmon.model import Inventory


class Edge(NamedTuple):
    """A way out of a node: the neighbour, the link and its length."""

    peer: str
    link: str
    length_km: float


class Uplink(NamedTuple):
    """Where a node's tree continues towards the root."""

    parent: str
    link: str


Graph = Mapping[str, Sequence[Edge]]
Forest = Mapping[str, Uplink | None]
"""Every node, parents before children; None for the root of each tree."""

DEFAULT = None
"""The destination that means "everything else"."""

Routes = Mapping[str, Mapping[str | None, str]]
"""For each node: destination node (or DEFAULT) to the link its packets leave by."""


class RouteChange(NamedTuple):
    """One route to write (`link` set) or to remove (`link` None) at `node`."""

    node: str
    destination: str | None
    link: str | None


def graph_of(inventory: Inventory) -> Graph:
    """Return the ways out of every node; links without a length count as 1 km."""
    graph: dict[str, list[Edge]] = {node: [] for node in inventory.nodes}
    for link in inventory.links.values():
        length = 1.0 if link.length_km is None else link.length_km
        graph[link.a.node].append(Edge(link.b.node, link.id, length))
        graph[link.b.node].append(Edge(link.a.node, link.id, length))
    return graph


def shortest_forest(graph: Graph, root: str, usable: Callable[[str], bool]) -> Forest:
    """Return the tree of shortest paths to `root`, and to one root in each part that `root` cannot reach.

    Fewest hops win, then fewest kilometres, then the link's id, so that the same state always routes the same way.
    `usable` says which links carry traffic both ways.
    """
    forest: dict[str, Uplink | None] = {}
    for start in (root, *sorted(graph)):
        if start in forest:
            continue
        waiting: list[tuple[int, float, str, str, Uplink | None]] = [(0, 0.0, "", start, None)]
        while waiting:
            hops, length_km, _, node, uplink = heapq.heappop(waiting)
            if node in forest:
                continue
            forest[node] = uplink
            for edge in graph[node]:
                if edge.peer not in forest and usable(edge.link):
                    reach = (hops + 1, length_km + edge.length_km, edge.link, edge.peer, Uplink(node, edge.link))
                    heapq.heappush(waiting, reach)
    return forest


def routes_of(forest: Forest) -> Routes:
    """Return every node's routes: one to each node below it, and the default towards the root."""
    routes: dict[str, dict[str | None, str]] = {node: {} for node in forest}
    for node, uplink in forest.items():
        if uplink is not None:
            routes[node][DEFAULT] = uplink.link
        for step in _climb(forest, node):
            routes[step.parent][node] = step.link
    return routes


def _climb(forest: Forest, node: str) -> Iterator[Uplink]:
    """Yield the uplinks from a node to the root of its tree."""
    uplink = forest.get(node)
    while uplink is not None:
        yield uplink
        uplink = forest[uplink.parent]


def route_changes(installed: Routes, wanted: Routes) -> list[RouteChange]:
    """Return what turns the installed routes into the wanted ones, removals last."""
    writes = []
    removals = []
    for node, rows in wanted.items():
        old = installed.get(node, {})
        writes += [RouteChange(node, to, link) for to, link in rows.items() if old.get(to) != link]
    for node, rows in installed.items():
        new = wanted.get(node, {})
        removals += [RouteChange(node, to, None) for to in rows if to not in new]
    return writes + removals


def without_links(routes: Routes, down: frozenset[str]) -> Routes:
    """Return the routes that remain once the kernel has dropped those over interfaces that went down."""
    return {node: {to: link for to, link in rows.items() if link not in down} for node, rows in routes.items()}


def path_from_root(forest: Forest, node: str) -> tuple[tuple[str, str], ...]:
    """Return the (link, sending node) pairs that a packet crosses from the root of its tree down to `node`."""
    steps = [(uplink.link, uplink.parent) for uplink in _climb(forest, node)]
    return tuple(reversed(steps))
