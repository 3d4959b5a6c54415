"""How many ways there are that share nothing: Menger's theorem by augmenting paths, for every node at once.

Ways alternate between *places*, which they may share, and *gates*, which carry one way each. Where links must not be
shared, nodes are places and links gates; where nodes must not, nodes are gates and links places; where cables must
not, a cable whose links hang together is one gate between all their ends, since a way that enters it at one end can
leave it at any other.

A node of which k ways are known to lead to the vantage is as good a goal as the vantage itself: whatever cuts off
fewer than k things leaves it joined. So, one number of ways after another, searches end nearby; and one that does not
find k ways has found a cut that caps all nodes on its side.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from heapq import heappop, heappush, nsmallest

from netmon.topology.robustness.maze import Goals, Maze
from netmon.topology.robustness.slope import LOST, Slope, flooded

ENTER, TURN, RETRACE, LEAVE = range(4)
"""How a search passes a gate: a free one; a used one by its entrance, by all of it, by another exit."""
TRIES = 2
"""Gates of a place that are looked at for each way that may lie open: from a hub thousands lead nowhere else."""


class Flow:
    """Ways that share no gate from some places to the goals.

    `closed` are gates that no way may use; `slope`, of these goals, makes it quick. `steps` counts the gates that
    searches have looked at.
    """

    def __init__(
        self,
        maze: Maze,
        starts: Iterable[int],
        goals: Goals,
        closed: Collection[int] = (),
        slope: Slope | None = None,
    ) -> None:
        self.maze = maze
        self.starts = list(starts)
        self.goals = goals
        self.closed = closed
        self.slope = slope
        self.far = None if slope is None else slope.of_place
        self.raised: dict[int, int] = {}  # how high one must climb from where it is downhill to nowhere
        self.waiting: list[tuple[int, int]] = []
        self.passed: list[tuple[int, int]] = []
        self.entered_from: dict[int, int] = {}  # by gate in use
        self.left_to: dict[int, int] = {}  # -1: the way ends inside
        self.ways = 0
        self.steps = 0
        self.trail_of: Mapping[int, int] = {}
        self.seen_places: dict[int, tuple[int, int, int]] = {}
        self.seen_out: set[int] = set()
        self.seen_in: set[int] = set()

    def grow(self, most: int) -> int:
        """Add ways one by one, up to so many; return how many there are."""
        if not self.ways:
            self._begin(most)
        while self.ways < most and self._augment():
            self.ways += 1
        return self.ways

    def _begin(self, most: int) -> None:
        """Take ways that lie open, the shortest first; what they spoil, searches put right."""
        taken, slope = self.entered_from, self.slope
        if slope is None:
            return
        closed, own = {*self.closed}, {*self.starts}
        for start in self.starts:
            for gate in nsmallest(TRIES * most, self.maze.gates[start], key=slope.of_gate.__getitem__):
                if gate in closed:
                    continue
                if self.ways == most:
                    return
                steps = slope.descend(start, gate, closed, own)
                self.steps += 1
                if steps is not None:
                    for here, by, there in steps:
                        taken[by], self.left_to[by] = here, there
                        closed.add(by)
                    self.ways += 1

    def routes(self) -> list[list[int]]:
        """Return the gates of each way, in order from its start; loops that carry nothing are no part of one."""
        leaving: dict[int, list[int]] = {}
        for gate in sorted(self.entered_from):
            leaving.setdefault(self.entered_from[gate], []).append(gate)
        found = []
        for start in self.starts:
            for first in leaving.pop(start, ()):
                route, gate = [first], first
                while (place := self.left_to[gate]) >= 0 and place not in self.goals.places:
                    gate = leaving[place].pop()
                    route.append(gate)
                found.append(route)
        return found

    def _augment(self) -> bool:
        """Look for one more way, where a goal is nearest first, and take it."""
        gates, ends, used, goals = self.maze.gates, self.maze.ends, self.entered_from, self.goals
        seen = self.seen_places = dict.fromkeys(self.starts, (-1, -1, -1))
        out = self.seen_out = set(self.closed)
        self.seen_in = set()
        far, trail_of = self.far, self.trail_of
        waiting = self.waiting = [(0, start) for start in self.starts]
        raised = self.raised
        passed: list[tuple[int, int]] = []
        self.passed = passed
        while waiting:
            step = heappop(waiting)
            passed.append(step)
            here = step[1]
            self.steps += len(gates[here])
            for gate in gates[here]:
                if gate in used or (gate in trail_of and self._is_followed(gate)):
                    if self.left_to[gate] != here:
                        self._back(here, gate, TURN)
                    elif self._leave(here, gate):
                        return True
                elif gate not in out:
                    out.add(gate)
                    if gate in trail_of and self._follow(here, gate):
                        return True
                    if gate in goals.gates:
                        self._take(here, gate, ENTER, -1)
                        return True
                    for there in ends[gate]:
                        if there in seen:
                            continue
                        if there in goals.places:
                            self._take(here, gate, ENTER, there)
                            return True
                        seen[there] = (here, gate, ENTER)
                        if far is None:
                            heappush(waiting, (len(seen), there))
                        else:
                            heappush(waiting, (raised[there] if there in raised else far[there], there))
        return False

    def _is_followed(self, gate: int) -> bool:  # noqa: ARG002
        """Tell whether a way goes through a gate along a trail (`PlaceSearch`); nothing is known of any here."""
        return False

    def _follow(self, here: int, gate: int) -> bool:  # noqa: ARG002
        """Take a way through a gate and on along a trail; tell whether there is one."""
        return False

    def _change(self, gate: int) -> None:
        """Hear that a way that goes through a gate is about to be led otherwise."""

    def _wait(self, place: int) -> None:
        """Remember a place that has been come to: where a goal is nearest first, without a slope as they came.

        A search ends at the first goal that it finds, whichever; one that finds none has been everywhere.
        """
        far = len(self.seen_places) if self.far is None else self.raised.get(place, self.far[place])
        heappush(self.waiting, (far, place))

    def _leave(self, here: int, gate: int) -> bool:
        """Come out of a used gate by another end, or go back to its entrance; tell whether a goal is reached."""
        if gate in self.seen_out:
            return False
        self.seen_out.add(gate)
        for there in self.maze.ends[gate]:
            if there in self.seen_places or there == self.entered_from[gate]:
                continue
            if there in self.goals.places:
                self._take(here, gate, LEAVE, there)
                return True
            self.seen_places[there] = (here, gate, LEAVE)
            self._wait(there)
        self._back(here, gate, RETRACE)
        return False

    def _back(self, here: int, gate: int, how: int) -> None:
        """Go back to where the way that uses a gate enters it."""
        if gate in self.seen_in:
            return
        self.seen_in.add(gate)
        there = self.entered_from[gate]
        if there not in self.seen_places:
            self.seen_places[there] = (here, gate, how)
            self._wait(there)

    def _take(self, here: int, gate: int, how: int, there: int) -> None:
        """Turn the search's steps into the ways, from the first to the last."""
        if self.far is not None and len(self.passed) > LOST:
            self.raised.update(flooded(self.passed))
        steps = [(here, gate, how, there)]
        while self.seen_places[here][0] >= 0:
            before, by, how_then = self.seen_places[here]
            steps.append((before, by, how_then, here))
            here = before
        for _, by, how_then, _ in steps:
            if how_then != ENTER:
                self._change(by)
        for start, by, how_then, end in reversed(steps):
            if how_then == ENTER:
                self.entered_from[by], self.left_to[by] = start, end
            elif how_then == TURN:
                self.entered_from[by] = start
            elif how_then == LEAVE:
                self.left_to[by] = end
            else:
                del self.entered_from[by], self.left_to[by]
