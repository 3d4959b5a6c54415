"""Bridges and articulation points in one linear pass over lists (Hopcroft and Tarjan, CACM 16(6), 1973).

Iterative, because a county's chain of a thousand splices is deeper than Python's stack. Parallel links are kept
apart by their number: the second of a pair closes a cycle, so neither is a bridge.
"""

from __future__ import annotations

from collections.abc import Container, Sequence
from dataclasses import dataclass

from netmon.topology.graph import Graph


@dataclass(frozen=True, slots=True)
class Hinges:
    """What the reached part hangs on. `bridges` are links, `joints` nodes (the root never), `reached` a mask."""

    bridges: tuple[int, ...]
    joints: tuple[int, ...]
    reached: bytearray


def hinges(
    graph: Graph,
    root: int,
    shut_nodes: bytearray,
    shut_links: Container[int] = frozenset(),
    counted: Sequence[int] | None = None,
) -> Hinges:
    """Find every link and node whose loss cuts something that counts off from the root.

    Args:
        graph: the network.
        root: where the walk starts; shut or not, it is reached.
        shut_nodes: mask of the nodes that are not there.
        shut_links: links that are not there.
        counted: per node, how much it counts; None counts every node. A bridge or joint that separates only nodes
            that count nothing is left out.
    """
    adjacency = graph.adjacency
    size = len(adjacency)
    found = [0] * size  # order of discovery, from 1
    low = [0] * size
    behind = [1] * size if counted is None else list(counted)
    step = [0] * size
    by_link = [-1] * size
    bridges: list[int] = []
    joints = bytearray(size)
    found[root] = low[root] = clock = 1
    path = [root]
    while path:
        here = path[-1]
        hops = adjacency[here]
        if step[here] < len(hops):
            there, link = hops[step[here]]
            step[here] += 1
            if link == by_link[here] or shut_nodes[there] or link in shut_links:
                continue
            if not found[there]:
                clock += 1
                found[there] = low[there] = clock
                by_link[there] = link
                path.append(there)
            elif found[there] < low[here]:
                low[here] = found[there]
            continue
        path.pop()
        if not path:
            break
        above = path[-1]
        behind[above] += behind[here]
        low[above] = min(low[above], low[here])
        if not behind[here]:
            continue
        if low[here] > found[above]:
            bridges.append(by_link[here])
        if low[here] >= found[above] and above != root:
            joints[above] = 1
    return Hinges(
        tuple(sorted(bridges)),
        tuple(node for node in range(size) if joints[node]),
        bytearray(1 if order else 0 for order in found),
    )
