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
        counted: per node, whether it counts (0 or 1); None counts every node. A bridge or joint that separates only
            nodes that do not count is left out.
    """
    adjacency = graph.adjacency
    found = [0] * len(adjacency)  # order of discovery, from 1
    bridges: list[int] = []
    joints = bytearray(len(adjacency))
    found[root] = clock = 1
    here, by_link, hops, low, counts = root, -1, iter(adjacency[root]), 1, True
    path = []
    while True:
        for there, link in hops:
            if link == by_link or shut_nodes[there] or link in shut_links:
                continue
            if found[there]:
                low = min(low, found[there])
                continue
            path.append((here, by_link, hops, low, counts))
            clock += 1
            found[there] = low = clock
            here, by_link, hops, counts = there, link, iter(adjacency[there]), counted is None or bool(counted[there])
            break
        else:
            if not path:
                break
            left, left_by, left_low, left_counts = here, by_link, low, counts
            here, by_link, hops, low, counts = path.pop()
            low = min(low, left_low)
            if not left_counts:
                continue
            counts = True
            if left_low == found[left]:
                bridges.append(left_by)
            if left_low >= found[here] and here != root:
                joints[here] = 1
    return Hinges(
        tuple(sorted(bridges)),
        tuple(node for node, joint in enumerate(joints) if joint),
        bytearray(map(bool, found)),
    )
