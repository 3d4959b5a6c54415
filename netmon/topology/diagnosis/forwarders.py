"""Silent forwarders: dark nodes that must be passing packets on, because live nodes have no other way."""

from __future__ import annotations

from collections.abc import Iterable
from heapq import heappop, heappush

from netmon.topology.diagnosis.lines import Lines
from netmon.topology.graph import Graph
from netmon.topology.masks import both, either, flip, marked
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
    stranded, silent = both(is_up, flip(reached)), marked(is_dark)
    while any(stranded):
        way = _way_to_nearest(graph, reached, stranded, is_up, silent, shut, lines)
        passing.extend(way)
        for node in way:
            shut[node] = 0
        # Only what the way opens is walked: thousands of nodes that come back in any order strand each other.
        opened = spread(graph, way, either(shut, reached), lines.down)
        reached = either(reached, opened)
        stranded, silent = both(stranded, flip(opened)), [node for node in silent if shut[node]]
    return tuple(sorted(passing))


def _way_to_nearest(
    graph: Graph,
    reached: bytearray,
    stranded: bytearray,
    is_up: bytearray,
    silent: Iterable[int],
    is_dark: bytearray,
    lines: Lines,
) -> list[int]:
    """Return the dark nodes on the cheapest way from the reached part to a stranded one; `silent` lists all such."""
    queue: list[tuple[int, int, int, int, int]] = []  # dark nodes inside, all, unpowered; node, the one before it
    for node in silent:
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
        if stranded[here]:
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
