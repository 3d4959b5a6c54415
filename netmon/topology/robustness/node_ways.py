"""Ways that share no node: each node carries one, and links are free.

Every node but the ends is split into where a way comes in and where it goes out (Ford and Fulkerson, Flows in
Networks, 1962, I.11), so that searches walk from node to node and remember of a way where its nodes were come from.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from heapq import heappop, heappush

from netmon.topology.robustness.footing import Footing
from netmon.topology.robustness.levels import Levels, Search
from netmon.topology.robustness.slope import NEAR

SOURCE = -1
"""Stands for the nodes that ways begin at."""
MANY = 8
"""Ways of which those that another search has found are worth a look: hubs share doors, and what leads to them."""


class NodesAsGates(Levels["_Ends"]):
    """Ways that share no node but their ends. A link between a node and a vantage is a way by itself."""

    def __init__(self, footing: Footing, threads: bytearray) -> None:
        graph, reached, shut = footing.graph, footing.reached, footing.shut_links
        roots = frozenset(graph.roots)
        self.around = [
            [there for there, link in hops if reached[there] and link not in shut] if reached[node] else []
            for node, hops in enumerate(graph.adjacency)
        ]
        self.direct = [0] * len(self.around)
        for root in roots:
            for there in self.around[root]:
                self.direct[there] += 1
        self.inner = sum(1 for node, doors in enumerate(self.direct) if doors and node not in roots)
        self.next_to = [  # no way leads down to what hangs on one thing, but from what hangs too
            list(dict.fromkeys(there for there in each if there not in roots and (hangs or not threads[there])))
            for hangs, each in zip(threads, self.around, strict=True)
        ]
        super().__init__(footing, threads)

    def bound(self, node: int) -> int:
        """Return a number that the ways of a node cannot exceed."""
        return min(len(self.next_to[node]), self.inner - bool(self.direct[node])) + self.direct[node]

    def doors(self) -> int:
        """Return how many links lead to vantages."""
        return sum(self.direct)

    def beside(self, node: int, gates_met: set[int]) -> Iterable[int]:  # noqa: ARG002 (each node is its own gate)
        """Yield the nodes that a goal lies beside: a vantage as often as links lead to it, another node once."""
        return self.around[node] if node in self.roots else self.next_to[node]

    def target(self) -> _Ends:
        """Return where ways end whatever is known: in a node beside a vantage."""
        return _Ends(self.next_to, [node for node, doors in enumerate(self.direct) if doors])

    def search(self, nodes: Sequence[int], target: _Ends) -> tuple[int, Search]:
        """Return how many links lead straight to a vantage, and the search for the other ways."""
        return sum(self.direct[node] for node in nodes), _NodeSearch(target, nodes)


class _Ends:
    """How far it is from each node to the nearest in which a way may end, one way in each; 0 for those.

    `ways` are those of the latest search for many.
    """

    def __init__(self, next_to: Sequence[Sequence[int]], nodes: Sequence[int]) -> None:
        self.next_to = next_to
        self.far = [len(next_to)] * len(next_to)
        self.ways: list[list[int]] = []
        self._lower(nodes, len(next_to))

    def add(self, nodes: Sequence[int]) -> None:
        """Take in nodes of which enough ways are known. Farther off than is near, it stays more than it is."""
        self._lower(nodes, NEAR)

    def _lower(self, nodes: Sequence[int], reach: int) -> None:
        far, lowered = self.far, list(nodes)
        for node in lowered:
            far[node] = 0
        for node in lowered:
            step = far[node] + 1
            if step > reach:
                return
            for there in self.next_to[node]:
                if far[there] > step:
                    far[there] = step
                    lowered.append(there)


class _NodeSearch:
    """Ways from some nodes that share no other node. `came_from` is where a node that is on one was come from.

    `earlier` are the ways of another search, by node, as long as no way of this one has come to them: who does goes
    on along the rest.
    """

    def __init__(self, ends: _Ends, starts: Collection[int]) -> None:
        self.ends = ends
        self.next_to = ends.next_to
        self.starts = starts
        self.far = ends.far
        self.came_from: dict[int, int] = {}
        self.earlier: dict[int, list[int]] = {}
        self.ways = 0
        self.near: dict[int, int] = {}

    def grow(self, most: int) -> int:
        """Add ways one by one, up to so many; return how many there are."""
        if not self.ways:
            if most >= MANY:
                self._look_at_earlier()
            self._begin(most)
        while self.ways < most and self._augment():
            self.ways += 1
        if most >= MANY:
            self.ends.ways = self.found()
        return self.ways

    def found(self) -> list[list[int]]:
        """Return the nodes of each way, in order."""
        after = {before: node for node, before in self.came_from.items() if before >= 0}
        ways = [[node] for node, before in self.came_from.items() if before < 0]
        for way in ways:
            while way[-1] in after:
                way.append(after[way[-1]])
        return ways

    def _look_at_earlier(self) -> None:
        """Remember the ways of the search before, each from behind the last of our starts to its first end."""
        far, starts = self.far, self.starts
        for way in self.ends.ways:
            begin = next((place for place in range(len(way), 0, -1) if way[place - 1] in starts), 0)
            end = next((place for place in range(begin, len(way)) if not far[way[place]]), len(way))
            rest = way[begin : end + 1]
            self.earlier.update(dict.fromkeys(rest, rest))

    def _go_on(self, node: int) -> None:
        """Go on from a node that a way has come to: along the rest of an earlier one; what led there is free."""
        way = self.earlier.get(node)
        if way is not None:
            rest = way[way.index(node) :]
            self.came_from.update(zip(rest[1:], rest, strict=False))
            for one in way:
                del self.earlier[one]

    def _begin(self, most: int) -> None:
        """Take ways that lie open, the shortest first; what they spoil, searches put right."""
        far, came_from = self.far, self.came_from
        firsts = [there for start in self.starts for there in self.next_to[start] if there not in self.starts]
        if len(self.starts) > 1:
            firsts = list(dict.fromkeys(firsts))
        for first in sorted(firsts, key=far.__getitem__):
            if self.ways >= most:
                return
            if first in came_from:
                continue
            way = self._descend(first)
            if way:
                came_from.update(zip(way, (SOURCE, *way), strict=False))
                self._go_on(way[-1])
                self.ways += 1

    def _descend(self, first: int) -> list[int]:
        """Return the nodes of a way through one downhill to an end or an earlier way; none where it is barred."""
        far, came_from, starts, earlier = self.far, self.came_from, self.starts, self.earlier
        way, here = [first], first
        while far[here] and here not in earlier:
            step = far[here]
            for there in self.next_to[here]:
                if far[there] < step and there not in came_from and there not in starts:
                    break
            else:
                return []
            way.append(there)
            here = there
        return way

    def _augment(self) -> bool:
        """Look for one more way, where an end is nearest first, and take it: to an end, or to an earlier way.

        `out` tells how a node was come to that can be left: from a node before it, or, below `SOURCE`, back from the
        one after it on its way. `into` tells from where a node on a way was met, or that all of it is retraced.
        """
        next_to, far, came_from, starts = self.next_to, self.far, self.came_from, self.starts
        earlier = self.earlier
        out: dict[int, int] = {}
        into: dict[int, int] = {}
        self.near = out
        waiting: list[tuple[int, int]] = []
        here = SOURCE
        around: Iterable[int] = [there for start in starts for there in next_to[start]]
        while True:
            for there in around:
                if there in starts:
                    continue
                before = came_from.get(there)
                if before is None:
                    if there not in out:
                        out[there] = here
                        if not far[there] or there in earlier:
                            self._take(there, here, out, into)
                            self._go_on(there)
                            return True
                        heappush(waiting, (far[there], there))
                elif before != here and there not in into:
                    into[there] = here
                    if before >= 0 and before not in out:
                        out[before] = SOURCE - 1 - there
                        heappush(waiting, (far[before], before))
            if not waiting:
                return False
            here = heappop(waiting)[1]
            around = next_to[here]
            if here in came_from and here not in into:
                into[here] = here
                before = came_from[here]
                if before >= 0 and before not in out:
                    out[before] = SOURCE - 1 - here
                    heappush(waiting, (far[before], before))

    def _take(self, node: int, before: int, out: dict[int, int], into: dict[int, int]) -> None:
        """Turn the search's steps into the ways, from the last to the first."""
        came_from = self.came_from
        while True:
            came_from[node] = before
            if before < 0:
                return
            how = out[before]
            if how >= SOURCE:
                node, before = before, how
                continue
            node = SOURCE - 1 - how
            while into[node] == node:
                del came_from[node]
                node = SOURCE - 1 - out[node]
            before = into[node]
