"""Searches for ways that share no node: from node to node, downhill to where a way may end."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from heapq import heappop, heappush

from netmon.topology.robustness.slope import LOST, NEAR, flooded
from netmon.topology.robustness.trails import END, Trails

SOURCE = -1
"""Stands for the nodes that ways begin at."""
BESIDE = 2
"""Steps of a way that are looked at for others who may go on along it."""


class Ends:
    """How far it is from each node to the nearest in which a way may end, one way in each; 0 for those.

    `trails` are ways that searches have found before. No way comes to the `inner` nodes.
    """

    def __init__(
        self, next_to: Sequence[Sequence[int]], nodes: Sequence[int], inner: Collection[int] = frozenset()
    ) -> None:
        self.next_to = next_to
        self.inner = inner
        self.far = [len(next_to)] * len(next_to)
        self.trails = Trails()
        self._lower(nodes, len(next_to))

    def add(self, nodes: Sequence[int]) -> None:
        """Take in nodes of which enough ways are known. Farther off than is near, it stays more than it is."""
        if self.inner:
            nodes = [node for node in nodes if node not in self.inner]
        if self.trails.first:
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


class NodeSearch:
    """Ways from some nodes that share no other node. `came_from` is where a node that is on one was come from.

    A way that comes to a trail goes on along the rest of it, which is `followed` from a place on and not noted in
    `came_from` until another way wants something of it. `raised` is how high one must climb, at least, from nodes in
    a hollow.
    """

    def __init__(self, ends: Ends, starts: Collection[int]) -> None:
        self.next_to = ends.next_to
        self.starts = starts
        self.far = ends.far
        self.trails = ends.trails
        self.followed: dict[int, int] = {}
        self.came_from: dict[int, int] = {}
        self.ways = 0
        self.near: dict[int, int] = {}
        self.raised: dict[int, int] = {}

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

    def touched(self, open_nodes: Collection[int]) -> Iterator[tuple[int, int]]:
        """Yield nodes beside the start, of those that may, and how many ways they have at least.

        Who lies on or beside so many of the ways goes on along them: along one more by way of the start, and to each
        end beside it that no way leads to.
        """
        (start,) = self.starts
        way_of = self._first_steps()
        trail_of, far = self.trails.trail_of, self.far
        for node in self.next_to[start]:
            if node in open_nodes:
                around = self.next_to[node]
                met = {way_of[there] for there in around if there in way_of}
                count = len(met) + (len(met) < self.ways)
                for there in around:
                    if not far[there] and there != start and there not in self.came_from and there not in trail_of:
                        count += 1
                yield node, count

    def _first_steps(self) -> dict[int, int]:
        """Return the first nodes of the ways, and which way each is on: that of its first node."""
        onward = {before: node for node, before in self.came_from.items() if before >= 0}
        rest = self.trails.after
        way_of: dict[int, int] = {}
        for first, before in self.came_from.items():
            if before < 0:
                here = first
                for _ in range(BESIDE):
                    way_of[here] = first
                    here = onward[here] if here in onward else rest.get(here, END)
                    if here == END:
                        break
        return way_of

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
        raised = self.raised
        waiting: list[tuple[int, int]] = []
        passed: list[tuple[int, int]] = []
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
                            if len(passed) > LOST:
                                raised.update(flooded(passed))
                            return True
                        heappush(waiting, (raised[there] if there in raised else far[there], there))
                elif before != here and there not in into:
                    into[there] = here
                    self._retrace(there, before, out, waiting)
            if not waiting:
                return False
            step = heappop(waiting)
            passed.append(step)
            here = step[1]
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
            heappush(waiting, (self.raised.get(before, self.far[before]), before))

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
