"""Ways that share no node: each node carries one, and links are free.

Every node but the ends is split into where a way comes in and where it goes out (Ford and Fulkerson, Flows in
Networks, 1962, I.11), so that searches walk from node to node and remember of a way where its nodes were come from.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from functools import cached_property
from heapq import heappop, heappush
from itertools import repeat

from netmon.topology.robustness.footing import Footing
from netmon.topology.robustness.levels import Cut, Levels, Search
from netmon.topology.robustness.slope import NEAR
from netmon.topology.robustness.thinning import thin_nodes
from netmon.topology.robustness.trails import END, Trails

SOURCE = -1
"""Stands for the nodes that ways begin at."""
DRAWN_IN = 32
"""Nodes that are drawn in around one, to see whether little leads out from all of them."""


class NodesAsGates(Levels["_Ends"]):
    """Ways that share no node but their ends. A link between a node and a vantage is a way by itself."""

    def __init__(self, footing: Footing, threads: bytearray) -> None:
        graph, reached, shut = footing.graph, footing.reached, footing.shut_links
        roots = frozenset(graph.roots)
        around = [
            [there for there, link in hops if reached[there] and link not in shut] if reached[node] else []
            for node, hops in enumerate(graph.adjacency)
        ]
        direct = [0] * len(around)
        for root in roots:
            for there in around[root]:
                direct[there] += there not in roots
        next_to = [  # no way leads down to what hangs on one thing, but from what hangs too
            list(dict.fromkeys(there for there in each if there not in roots and (hangs or not threads[there])))
            for hangs, each in zip(threads, around, strict=True)
        ]
        full, thin = _NodeGround(next_to, direct), _NodeGround(*thin_nodes(next_to, direct, roots, threads))
        super().__init__(footing, threads, full, thin)


class _NodeGround:
    """Who lies `next_to` each besides vantages, and how many links lead `direct` to those."""

    def __init__(self, next_to: Sequence[Sequence[int]], direct: Sequence[int]) -> None:
        self.next_to = next_to
        self.direct = direct
        self.inner = sum(map(bool, direct))

    def doors(self) -> int:
        """Return how many links lead to vantages."""
        return sum(self.direct)

    def bound(self, node: int) -> int:
        """Return a number that the ways of a node cannot exceed."""
        return min(len(self.next_to[node]), self.inner - bool(self.direct[node])) + self.direct[node]

    def beside_vantages(self, gates_met: set[int]) -> Iterable[int]:  # noqa: ARG002 (each node is its own gate)
        """Yield the nodes beside vantages, as often as links lead there."""
        for node, doors in enumerate(self.direct):
            yield from repeat(node, doors)

    def beside(self, node: int, gates_met: set[int]) -> Iterable[int]:  # noqa: ARG002 (each node is its own gate)
        """Yield the nodes that a goal lies beside, each once."""
        return self.next_to[node]

    def neighbours(self, node: int) -> Iterable[int]:
        """Return the nodes beside a node."""
        return self.next_to[node]

    def cut_around(self, node: int) -> Cut:
        """Return the least cut met while what leads to one node more, or to none, is drawn in behind it.

        Where a network is dense most of what lies around a node leads nowhere else; a search would go through all of
        it, and to the vantage as often as there are ways.
        """
        beside, direct = self._beside, self.direct
        behind, edge, doors = [node], set(beside[node]), direct[node]
        closed = {node, *edge}
        least, kept = len(edge) + doors, 1
        seen = 0
        while seen < len(behind) <= DRAWN_IN:
            seen = len(behind)
            for there in tuple(edge):
                if len(beside[there]) > len(closed):  # it lies beside all of them at most, and one more is allowed
                    continue
                beyond = beside[there] - closed
                if len(beyond) + direct[there] <= 1:
                    behind.append(there)
                    edge.remove(there)
                    edge |= beyond
                    closed |= beyond
                    doors += direct[there]
                    if len(edge) + doors < least:
                        least, kept = len(edge) + doors, len(behind)
        return Cut(least, set(behind[:kept]))

    @cached_property
    def _beside(self) -> list[frozenset[int]]:
        return list(map(frozenset, self.next_to))

    def target(self) -> _Ends:
        """Return where ways end whatever is known: in a node beside a vantage."""
        return _Ends(self.next_to, [node for node, doors in enumerate(self.direct) if doors])

    def search(self, nodes: Sequence[int], target: _Ends) -> tuple[int, Search]:
        """Return how many links lead straight to a vantage, and the search for the other ways."""
        return sum(self.direct[node] for node in nodes), _NodeSearch(target, nodes)


class _Ends:
    """How far it is from each node to the nearest in which a way may end, one way in each; 0 for those.

    `trails` are ways that searches have found before.
    """

    def __init__(self, next_to: Sequence[Sequence[int]], nodes: Sequence[int]) -> None:
        self.next_to = next_to
        self.far = [len(next_to)] * len(next_to)
        self.trails = Trails()
        self._lower(nodes, len(next_to))

    def add(self, nodes: Sequence[int]) -> None:
        """Take in nodes of which enough ways are known. Farther off than is near, it stays more than it is."""
        for node in nodes:
            self.trails.cut_behind(node)
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

    A way that comes to a trail goes on along the rest of it, which is `followed` from a place on and not noted in
    `came_from` until another way wants something of it.
    """

    def __init__(self, ends: _Ends, starts: Collection[int]) -> None:
        self.next_to = ends.next_to
        self.starts = starts
        self.far = ends.far
        self.trails = ends.trails
        self.followed: dict[int, int] = {}
        self.came_from: dict[int, int] = {}
        self.ways = 0
        self.near: dict[int, int] = {}

    def grow(self, most: int) -> int:
        """Add ways one by one, up to so many; return how many there are."""
        if not self.ways:
            for start in self.starts:
                self.trails.cut_behind(start)
            self._begin(most)
        while self.ways < most and self._augment():
            self.ways += 1
        if self.is_far_afield:
            self._keep()
        return self.ways

    @property
    def is_far_afield(self) -> bool:
        """Tell whether the ways are many, or long, so that searches nearby had better begin with them."""
        return bool(self.followed) or Trails.are_worth_keeping(self.ways, len(self.came_from))

    def _keep(self) -> None:
        """Leave the ways for other searches, with what they follow."""
        self.trails.shorten(self.followed)
        if not self.trails.are_worth_keeping(self.ways, len(self.came_from)):
            return
        trail_of = self.trails.trail_of
        after = {before: node for node, before in self.came_from.items() if before >= 0}
        for first, before in self.came_from.items():
            if before < 0:
                own, here = [], first
                while here != END and here not in trail_of:
                    own.append(here)
                    here = after.get(here, END)
                self.trails.keep(own, here)

    def _begin(self, most: int) -> None:
        """Take ways that lie open, the shortest first; what they spoil, searches put right."""
        far, came_from, trail_of = self.far, self.came_from, self.trails.trail_of
        firsts = [there for start in self.starts for there in self.next_to[start] if there not in self.starts]
        if len(self.starts) > 1:
            firsts = list(dict.fromkeys(firsts))
        for first in sorted(firsts, key=far.__getitem__):
            if self.ways >= most:
                return
            if first in came_from or (first in trail_of and self._is_followed(first)):
                continue
            way = self._descend(first)
            if way:
                came_from.update(zip(way, (SOURCE, *way), strict=False))
                self._follow(way[-1])
                self.ways += 1

    def _descend(self, first: int) -> list[int]:
        """Return the nodes of a way through one downhill to an end or a trail; none where it is barred."""
        far, came_from, starts, trail_of, followed = (
            self.far, self.came_from, self.starts, self.trails.trail_of, self.followed
        )  # fmt: skip
        way, here = [first], first
        while far[here] and (here not in trail_of or trail_of[here] in followed):
            step = far[here]
            for there in self.next_to[here]:
                if (
                    far[there] < step
                    and there not in came_from
                    and there not in starts
                    and not (there in trail_of and self._is_followed(there))
                ):
                    break
            else:
                return []
            way.append(there)
            here = there
        return way

    def _is_followed(self, node: int) -> bool:
        """Tell whether a node lies on the part of a trail that a way goes on along."""
        trail = self.trails.trail_of.get(node)
        return trail in self.followed and self.trails.left[node] <= self.followed[trail]

    def _follow(self, node: int) -> None:
        """Go on along the trail that a way has come to, if it has; where a way may end, the trail ends too."""
        trail = self.trails.trail_of.get(node)
        if trail is not None and trail not in self.followed:
            if not self.far[node]:
                self.trails.cut_after(node)
            self.followed[trail] = self.trails.left[node]

    def _note(self, node: int) -> None:
        """Note the trail that a way follows, so far as a node of which something is changed and the next one."""
        if not self._is_followed(node):
            return
        trails, trail = self.trails, self.trails.trail_of[node]
        way = trails.pick_up(trail, self.followed.pop(trail), node)
        if trail in trails.first:
            way.append(trails.first[trail])
            self.followed[trail] = trails.left[way[-1]]
        self.came_from.update(zip(way[1:], way, strict=False))

    def _augment(self) -> bool:
        """Look for one more way, where an end is nearest first, and take it: to an end, or to a trail.

        `out` tells how a node was come to that can be left: from a node before it, or, below `SOURCE`, back from the
        one after it on its way. `into` tells from where a node on a way was met, or that all of it is retraced.
        """
        next_to, far, came_from, starts = self.next_to, self.far, self.came_from, self.starts
        trail_of, followed = self.trails.trail_of, self.followed
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
                if before is None and there in trail_of:
                    before = self._before(there)
                if before is None:
                    if there not in out:
                        out[there] = here
                        if not far[there] or (there in trail_of and trail_of[there] not in followed):
                            self._take(there, here, out, into)
                            self._follow(there)
                            return True
                        heappush(waiting, (far[there], there))
                elif before != here and there not in into:
                    into[there] = here
                    self._retrace(there, before, out, waiting)
            if not waiting:
                return False
            here = heappop(waiting)[1]
            around = next_to[here]
            if here not in into:
                before = came_from.get(here)
                if before is None and here in trail_of:
                    before = self._before(here)
                if before is not None:
                    into[here] = here
                    self._retrace(here, before, out, waiting)

    def _before(self, node: int) -> int | None:
        """Return where a node was come from along a trail that a way follows; None if none does."""
        return self.trails.before[node] if self._is_followed(node) else None

    def _retrace(self, node: int, before: int, out: dict[int, int], waiting: list[tuple[int, int]]) -> None:
        """Remember that the node before one on its way can be left, back from there."""
        if before >= 0 and before not in out:
            out[before] = SOURCE - 1 - node
            heappush(waiting, (self.far[before], before))

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
            self._note(node)
            while into[node] == node:
                del came_from[node]
                node = SOURCE - 1 - out[node]
            before = into[node]
