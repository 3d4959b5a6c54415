"""Would everything that answers be reached if this failed too?

Two ways to find out, with the same answer: look at everything that is still reached, at the cost of the network; or
look for the detour around each thing that failed, at the cost of the detours. A ring of twelve nodes in a province of
eighty thousand is worth the second.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterable, Iterator

from netmon.topology.graph import Graph
from netmon.topology.masks import is_within
from netmon.topology.reach import spread

FEW = 100
"""Detours are looked for when at most one in so many nodes fails."""


def stays_joined(
    graph: Graph,
    shut_nodes: bytearray,
    shut_links: Collection[int],
    cut_nodes: Collection[int],
    cut_links: Collection[int],
    must_reach: bytearray,
) -> bool:
    """Tell whether the nodes that must be reached hang together without the cut nodes and links.

    Provided that they do with them, over links and nodes that are not shut.
    """
    if (len(cut_nodes) + len(cut_links)) * FEW <= len(graph.ids):
        return have_detours(graph, shut_nodes, shut_links, cut_nodes, cut_links, must_reach)
    outside = bytearray(shut_nodes)
    for node in cut_nodes:
        outside[node] = 1
    reached = spread(graph, (graph.vantage,), outside, {*shut_links, *cut_links})
    return is_within(must_reach, reached)


def have_detours(
    graph: Graph,
    shut_nodes: bytearray,
    shut_links: Collection[int],
    cut_nodes: Collection[int],
    cut_links: Collection[int],
    must_reach: bytearray,
) -> bool:
    """Answer `stays_joined` by detours.

    Around each connected part of what is cut, walks set out from its neighbours in turns and join where they meet;
    when one is left, the part has its detours. A walk that comes to its end alone has found something cut off, which
    matters if it must be reached. If it need not be, it may still have been a stepping stone between two parts, and
    all parts are taken as one.
    """
    outside = bytearray(shut_nodes)
    for node in cut_nodes:
        outside[node] = 1
    closed = {*shut_links, *cut_links}
    every: set[int] = set()
    is_certain = True
    for around in _surroundings(graph, outside, shut_links, cut_nodes, cut_links):
        every |= around
        if len(around) > 1 and is_certain:
            walks = _Walks(graph, outside, closed, must_reach, around)
            if not walks.join():
                return False
            is_certain = not walks.lost_any
    return is_certain or _Walks(graph, outside, closed, must_reach, every).join()


def _surroundings(
    graph: Graph,
    outside: bytearray,
    shut_links: Collection[int],
    cut_nodes: Collection[int],
    cut_links: Collection[int],
) -> Iterator[set[int]]:
    """Yield, for each connected part of what is cut, the nodes beside it that are left."""
    is_cut = set(cut_nodes)
    for link in cut_links:
        if link not in shut_links:
            a, b = graph.ends[link]
            if a not in is_cut and b not in is_cut:
                yield {node for node in (a, b) if not outside[node]}
    while is_cut:
        part = [is_cut.pop()]
        around = set()
        for here in part:
            for there, link in graph.adjacency[here]:
                if there in is_cut:
                    is_cut.remove(there)
                    part.append(there)
                elif not outside[there] and link not in shut_links:
                    around.add(there)
        yield around


class _Walks:
    """Walks over open nodes and links, one from each start.

    `ahead` holds, for each that has not ended, where it still has to go, and `matters` whether it has passed anything
    that must be reached. `lost_any` tells that one ended which had not.
    """

    def __init__(
        self, graph: Graph, outside: bytearray, closed: Collection[int], must_reach: bytearray, starts: Iterable[int]
    ) -> None:
        self.graph = graph
        self.outside = outside
        self.closed = closed
        self.must_reach = must_reach
        self.walk_of = {start: start for start in starts}
        self.merged_into: dict[int, int] = {}
        self.ahead = {start: deque((start,)) for start in self.walk_of}
        self.matters = {start: must_reach[start] for start in self.walk_of}
        self.lost_any = False

    def join(self) -> bool:
        """Walk until the walks have joined, and tell whether all that pass something that matters have."""
        ended = 0
        while len(self.ahead) + ended > 1:
            for walk in list(self.ahead):
                if walk not in self.ahead:
                    continue
                if self.ahead[walk]:
                    self._step(walk)
                    continue
                del self.ahead[walk]
                ended += self.matters[walk]
                self.lost_any |= not self.matters[walk]
            if ended and (ended > 1 or any(self.matters[walk] for walk in self.ahead)):
                return False
        return True

    def _step(self, walk: int) -> None:
        walk_of, outside, closed, ahead = self.walk_of, self.outside, self.closed, self.ahead[walk]
        for there, link in self.graph.adjacency[ahead.popleft()]:
            if outside[there] or link in closed:
                continue
            other = walk_of.setdefault(there, -1)
            if other == -1:
                walk_of[there] = walk
                ahead.append(there)
                if self.must_reach[there]:
                    self.matters[walk] = 1
            elif other != walk:
                self._meet(walk, other)

    def _meet(self, walk: int, other: int) -> None:
        while other in self.merged_into:
            other = self.merged_into[other]
        if other != walk:
            self.merged_into[other] = walk
            self.ahead[walk].extend(self.ahead.pop(other))
            self.matters[walk] |= self.matters[other]
