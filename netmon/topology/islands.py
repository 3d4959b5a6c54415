"""Islands: where it is dark, and which live nodes stand around it."""

from __future__ import annotations

from collections.abc import Container, Mapping
from dataclasses import dataclass

from netmon.model import Reach
from netmon.topology.graph import Graph


@dataclass(frozen=True, slots=True)
class Island:
    """One connected part of the network that is not known to be up, with at least one dark node in it.

    `nodes` are its dark nodes; `frontier` the nodes that are up and next to it, seen through passive and unknown
    ones; `mates` further nodes that are up and share a cable or a power area with it, seen through passive ones:
    their word tells a cut cable from a single lost link. `unknown` are those of which nothing is known among the
    watched nodes next to its dark ones, seen through passive ones, which may be what failed, and among what would be
    its mates. All sorted.
    """

    nodes: tuple[str, ...]
    frontier: tuple[str, ...]
    mates: tuple[str, ...]
    unknown: tuple[str, ...] = ()


def islands(graph: Graph, reach: Mapping[str, Reach]) -> tuple[Island, ...]:
    """Return the islands, ordered by their first node. Nodes that `reach` does not list are unknown.

    The vantage bounds an island as a live node does, but never stands in a frontier.
    """
    dark = sorted(graph.index[name] for name, word in reach.items() if word is Reach.DOWN and name in graph.index)
    if not dark:
        return ()
    roots = {root for root in graph.roots if root not in dark} | {graph.vantage}
    up = _Up(graph, reach, roots)
    is_dark = set(dark) - roots
    seen = set(roots)
    return tuple(_island(graph, start, is_dark, up, seen) for start in dark if start not in seen)


def surroundings(graph: Graph, node_id: str) -> tuple[str, ...]:
    """Return the monitored nodes whose word is wanted as soon as a node falls silent, sorted.

    They are its nearest monitored neighbours and the nodes on the cables that touch it.

    Raises:
        KeyError: no such node.
    """
    node = graph.index[node_id]
    cables = {cable for _, link in graph.adjacency[node] for cable in graph.cables_of[link]}
    found = {graph.index[name] for name in graph.monitored_neighbours(node_id)} | _cable_mates(graph, cables)
    return _names(graph, found - {node})


def lines_in_doubt(graph: Graph, node_id: str) -> frozenset[int]:
    """Return the links that may have failed when a node falls silent: those at it, and those in their cables.

    Passive nodes are seen through. What a port of these links said before the silence proves nothing any more.

    Raises:
        KeyError: no such node.
    """
    start = graph.index[node_id]
    seen = {start}
    patch = [start]
    links: set[int] = set()
    for here in patch:
        for there, link in graph.adjacency[here]:
            links.add(link)
            if there not in seen and not graph.is_monitored[there]:
                seen.add(there)
                patch.append(there)
    cables = {cable for link in links for cable in graph.cables_of[link]}
    return frozenset(links.union(*(graph.cable_links[cable] for cable in cables)))


class _Up(Container[int]):
    """The nodes that are up, but for the vantages; looked up when asked, since few stand around the dark."""

    def __init__(self, graph: Graph, reach: Mapping[str, Reach], roots: set[int]) -> None:
        self._ids = graph.ids
        self._reach = reach
        self._roots = roots

    def __contains__(self, node: object) -> bool:
        return isinstance(node, int) and self._reach.get(self._ids[node]) is Reach.UP and node not in self._roots


def _island(graph: Graph, start: int, dark: set[int], up: Container[int], seen: set[int]) -> Island:
    seen.add(start)
    part = [start]
    frontier: set[int] = set()
    cables: set[int] = set()
    for here in part:
        for there, link in graph.adjacency[here]:
            cables.update(graph.cables_of[link])
            if there in up:
                frontier.add(there)
            elif there not in seen:
                seen.add(there)
                part.append(there)
    nodes = sorted(node for node in part if node in dark)
    mates = _cable_mates(graph, cables)
    for node in nodes:
        if graph.area_of[node] >= 0:
            mates.update(graph.area_nodes[graph.area_of[node]])
    hidden = {node for node in part if graph.is_monitored[node]}.difference(nodes)
    unknown = _beside(graph, nodes, hidden) if hidden else set()
    unknown |= {
        mate
        for mate in mates
        if mate not in up and mate not in dark and mate not in graph.roots and graph.is_monitored[mate]
    }
    mates = {mate for mate in mates if mate in up}
    return Island(
        _names(graph, nodes), _names(graph, frontier), _names(graph, mates - frontier), _names(graph, unknown)
    )


def _beside(graph: Graph, nodes: list[int], among: set[int]) -> set[int]:
    """Return which of some watched nodes stand next to these, seen through passive ones."""
    found: set[int] = set()
    seen = set(nodes)
    patch = list(nodes)
    for here in patch:
        for there, _ in graph.adjacency[here]:
            if there in among:
                found.add(there)
            elif there not in seen and not graph.is_monitored[there]:
                seen.add(there)
                patch.append(there)
    return found


def _cable_mates(graph: Graph, cables: set[int]) -> set[int]:
    """Return the watched nodes at the ends of every link of these cables."""
    return {
        mate
        for cable in cables
        for link in graph.cable_links[cable]
        for end in graph.ends[link]
        for mate in _watched(graph, end)
    }


def _watched(graph: Graph, node: int) -> tuple[int, ...]:
    """Return the node, or where nobody watches it the nearest that are watched."""
    if graph.is_monitored[node]:
        return (node,)
    return tuple(graph.index[name] for name in graph.monitored_neighbours(graph.ids[node]))


def _names(graph: Graph, nodes: set[int] | list[int]) -> tuple[str, ...]:
    return tuple(graph.ids[node] for node in sorted(nodes))
