"""Networks drawn at random, and how many ways they have."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

import networkx as nx
from networkx.algorithms.flow import edmonds_karp


def joined(random: Random, size: int, count: int) -> list[list[int]]:
    """Return the neighbours of each node of a random network."""
    next_to: list[list[int]] = [[] for _ in range(size)]
    for a, b in sorted({tuple(sorted(random.sample(range(size), 2))) for _ in range(count)}):
        next_to[a].append(b)
        next_to[b].append(a)
    return next_to


def most(next_to: Sequence[Sequence[int]], starts: list[int], ends: set[int]) -> int:
    """Return the largest flow with one way through each node but the starts."""
    network: nx.DiGraph[object] = nx.DiGraph()
    network.add_nodes_from(["source", "sink"])
    for node, around in enumerate(next_to):
        network.add_edge(("in", node), ("out", node), capacity=1)
        if node in ends:
            network.add_edge(("out", node), "sink")
        for there in around:
            if there not in starts:
                network.add_edge("source" if node in starts else ("out", node), ("in", there), capacity=1)
    return int(nx.maximum_flow_value(network, "source", "sink", flow_func=edmonds_karp))  # the quickest on so few
