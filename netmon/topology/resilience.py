"""What the network hangs on right now: the links and nodes whose loss would cut something off from the vantage."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from itertools import compress

from netmon.model import Element, Reach
from netmon.topology.graph import ROOT_LINK, Graph
from netmon.topology.lowlink import hinges
from netmon.topology.reach import failed_parts


@dataclass(frozen=True, slots=True)
class Resilience:
    """As seen from the vantage: links and nodes that separate others from it, and the nodes it can reach.

    The vantage itself is no articulation point: without it nothing is seen at all.
    """

    bridges: frozenset[str]
    articulation_points: frozenset[str]
    reachable: frozenset[str]


def resilience(
    graph: Graph, *, failed: Collection[Element] = (), reach: Mapping[str, Reach] | None = None
) -> Resilience:
    """Return what the reachable part hangs on, without the failed elements and the nodes that `reach` says are down.

    One of two parallel links is no bridge, even when both lie in one cable: a cable is not a link.

    Raises:
        KeyError: the drawing holds no such failed element.
    """
    shut_nodes, shut_links = failed_parts(graph, failed)
    for name, word in (reach or {}).items():
        if word is Reach.DOWN and name in graph.index:
            shut_nodes[graph.index[name]] = 1
    first_root = bisect_left(graph.link_ids, ROOT_LINK)
    seen = hinges(graph, graph.vantage, shut_nodes, shut_links)
    return Resilience(
        bridges=frozenset(graph.link_ids[link] for link in seen.bridges if link < first_root),
        articulation_points=frozenset(graph.ids[node] for node in seen.joints),
        reachable=frozenset(compress(graph.ids, seen.reached)),
    )
