"""Who gets paged by the rules of other tools, as small functions over the same graph and the same dark nodes.

Each is given the drawing that netmon has, which flatters them: their parents and paths are kept by hand in the field.
"""

from __future__ import annotations

from collections.abc import Collection

from netmon.topology.graph import Graph
from netmon.topology.reach import spread


def _steps(graph: Graph) -> list[int]:
    """Return how many links away from the vantage each node is."""
    steps = [-1] * len(graph.ids)
    steps[graph.vantage] = 0
    waiting = [graph.vantage]
    for here in waiting:
        for there, _ in graph.adjacency[here]:
            if steps[there] < 0:
                steps[there] = steps[here] + 1
                waiting.append(there)
    return steps


def _parents(graph: Graph) -> list[list[int]]:
    """Return each node's neighbours one step nearer to the vantage."""
    steps = _steps(graph)
    return [
        sorted({there for there, _ in graph.adjacency[node] if steps[there] == steps[node] - 1})
        for node in range(len(graph.ids))
    ]


def nagios_parents(graph: Graph, dark: Collection[int]) -> set[int]:
    """Nagios and Icinga: a dark host is DOWN when any of its parents is up, else UNREACHABLE; DOWN pages."""
    parents = _parents(graph)
    return {node for node in dark if any(parent not in dark for parent in parents[node])}


def opennms_critical_path(graph: Graph, dark: Collection[int]) -> set[int]:
    """OpenNMS: a dark node pages unless the one node named as its critical path does not answer either."""
    parents = _parents(graph)
    return {node for node in dark if not parents[node] or parents[node][0] not in dark}


def nav_shadow(graph: Graph, dark: Collection[int]) -> set[int]:
    """NAV: a dark node is down when the network without the other dark nodes still has a path to it."""
    shut = bytearray(node in dark for node in range(len(graph.ids)))
    reached = spread(graph, (graph.vantage,), shut)
    return {node for node in dark if any(reached[there] for there, _ in graph.adjacency[node])}
