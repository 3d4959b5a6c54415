"""Silent forwarders: dark nodes that must be passing packets on, because live nodes have no other way."""

from __future__ import annotations

from heapq import heappop, heappush

from netmon.topology.diagnosis.lines import Lines
from netmon.topology.graph import Graph
from netmon.topology.masks import marked
from netmon.topology.reach import spread


def silent_forwarders(graph: Graph, is_up: bytearray, is_dark: bytearray, lines: Lines) -> tuple[int, ...]:
    """Return the dark nodes that are taken to forward, sorted: as few as connect every live node to the vantage.

    Lines that are down carry nothing; nodes that have power go before others.

    Live nodes that cannot be reached around the dark ones are joined nearest first, over paths that pass the fewest
    dark nodes away from the border (those on the border have a fault in any case), then the fewest dark nodes.
    """
    passing: list[int] = []
    shut = bytearray(is_dark)
    reached = spread(graph, (graph.vantage,), shut, lines.down)
    stranded = {node for node in marked(is_up) if not reached[node]}
    while stranded:
        way = _way_to_nearest(graph, reached, stranded, is_up, shut, lines)
        passing.extend(way)
        for node in way:
            shut[node] = 0
        reached = spread(graph, (graph.vantage,), shut, lines.down)
        stranded = {node for node in stranded if not reached[node]}
    return tuple(sorted(passing))


def _way_to_nearest(
    graph: Graph,
    reached: bytearray,
    stranded: set[int],
    is_up: bytearray,
    is_dark: bytearray,
    lines: Lines,
) -> list[int]:
    """Return the dark nodes on the cheapest way from the reached part to a stranded live node."""
    queue: list[tuple[int, int, int, int, int]] = []  # dark nodes inside, all, unpowered; node, the one before it
    for node in marked(is_dark):
        beside = (there for there, link in graph.adjacency[node] if reached[there] and link not in lines.down)
        before = min(beside, default=-1)
        if before >= 0:
            heappush(queue, (0, 1, not lines.sends(node), node, before))
    came_from: dict[int, int] = {}
    while queue:
        inside, passed, weak, here, before = heappop(queue)
        if here in came_from:
            continue
        came_from[here] = before
        if here in stranded:
            return _dark_steps(here, came_from, is_dark)
        for there, link in graph.adjacency[here]:
            if there not in came_from and not reached[there] and link not in lines.down:
                is_inside = is_dark[there] and not any(is_up[beside] for beside, _ in graph.adjacency[there])
                is_weak = is_dark[there] and not lines.sends(there)
                heappush(queue, (inside + is_inside, passed + is_dark[there], weak + is_weak, there, here))
    raise AssertionError("a drawn node is reached when no node is shut")  # pragma: no cover


def _dark_steps(end: int, came_from: dict[int, int], is_dark: bytearray) -> list[int]:
    way = []
    here = end
    while here in came_from:
        if is_dark[here]:
            way.append(here)
        here = came_from[here]
    return way
