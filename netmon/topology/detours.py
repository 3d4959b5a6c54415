"""Would everything that answers be reached if this failed too? At the cost of the detours, not of the network."""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterable

from netmon.topology.graph import Graph


def stays_joined(
    graph: Graph,
    shut_nodes: bytearray,
    shut_links: Collection[int],
    cut_nodes: Collection[int],
    cut_links: Collection[int],
    must_reach: bytearray,
) -> bool:
    """Tell whether the nodes that must be reached hang together without the cut nodes and links.

    Provided that they do with them, over links and nodes that are not shut. Walks set out from all ends of what is
    cut, in turns, and join where they meet; as soon as one is left, every cut has its detour. A walk that comes to
    its end alone has found a part that is cut off, which matters if something in it must be reached.
    """
    starts = {end for link in cut_links if link not in shut_links for end in graph.ends[link]}
    starts.update(there for node in cut_nodes for there, _ in graph.adjacency[node])
    outside = bytearray(shut_nodes)
    for node in cut_nodes:
        outside[node] = 1
    walks = _Walks(graph, outside, {*shut_links, *cut_links}, must_reach)
    walks.set_out(node for node in starts if not outside[node])
    ended = 0
    while len(walks.ahead) + ended > 1:
        for walk in list(walks.ahead):
            if walk in walks.ahead and not walks.step(walk):
                ended += walks.matters[walk]
        if ended and (ended > 1 or any(walks.matters[walk] for walk in walks.ahead)):
            return False
    return True


class _Walks:
    """Walks over open nodes and links. `ahead` holds, for each that has not ended, where it still has to go."""

    def __init__(self, graph: Graph, outside: bytearray, closed: Collection[int], must_reach: bytearray) -> None:
        self.graph = graph
        self.outside = outside
        self.closed = closed
        self.must_reach = must_reach
        self.walk_of: dict[int, int] = {}
        self.merged_into: dict[int, int] = {}
        self.ahead: dict[int, deque[int]] = {}
        self.matters: dict[int, bool] = {}

    def set_out(self, starts: Iterable[int]) -> None:
        """Begin one walk at each start."""
        for start in starts:
            self.walk_of[start] = start
            self.ahead[start] = deque((start,))
            self.matters[start] = bool(self.must_reach[start])

    def step(self, walk: int) -> bool:
        """Take one node further, or end the walk and return False."""
        if not self.ahead[walk]:
            del self.ahead[walk]
            return False
        for there, link in self.graph.adjacency[self.ahead[walk].popleft()]:
            if self.outside[there] or link in self.closed:
                continue
            if there not in self.walk_of:
                self.walk_of[there] = walk
                self.ahead[walk].append(there)
                self.matters[walk] |= bool(self.must_reach[there])
            else:
                self._meet(walk, self.walk_of[there])
        return True

    def _meet(self, walk: int, other: int) -> None:
        while other in self.merged_into:
            other = self.merged_into[other]
        if other != walk:
            self.merged_into[other] = walk
            self.ahead[walk].extend(self.ahead.pop(other))
            self.matters[walk] |= self.matters[other]
