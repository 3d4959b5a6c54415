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

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field

ENTER, TURN, RETRACE, LEAVE = range(4)
"""How a search passes a gate: a free one; a used one by its entrance, by all of it, by another exit."""


@dataclass(frozen=True, slots=True)
class Maze:
    """Places and gates, by number. `ends` lists the places of a gate, `gates` the gates at a place."""

    ends: Sequence[Sequence[int]]
    gates: Sequence[Sequence[int]]


@dataclass(slots=True)
class Goals:
    """Where a way may end: at a place, or inside a gate that no other way uses."""

    places: set[int]
    gates: set[int] = field(default_factory=set)


class Flow:
    """Ways that share no gate from some places to the goals. `closed` are gates that no way may use."""

    def __init__(self, maze: Maze, starts: Iterable[int], goals: Goals, closed: Collection[int] = ()) -> None:
        self.maze = maze
        self.starts = list(starts)
        self.goals = goals
        self.closed = closed
        self.entered_from: dict[int, int] = {}  # by gate in use
        self.left_to: dict[int, int] = {}  # -1: the way ends inside
        self.ways = 0
        self.seen_places: dict[int, tuple[int, int, int]] = {}
        self.seen_out: set[int] = set()
        self.seen_in: set[int] = set()

    def grow(self, most: int) -> int:
        """Add ways one by one, up to so many; return how many there are."""
        while self.ways < most and self._augment():
            self.ways += 1
        return self.ways

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
        """Look for one more way, breadth first, and take it."""
        self.seen_places = dict.fromkeys(self.starts, (-1, -1, -1))
        self.seen_out, self.seen_in = set(), set()
        waiting = list(self.starts)
        for here in waiting:
            for gate in self.maze.gates[here]:
                if gate in self.closed:
                    continue
                if gate not in self.entered_from:
                    if self._through(here, gate, ENTER, waiting):
                        return True
                elif self.left_to[gate] != here:
                    self._back(here, gate, TURN, waiting)
                elif self._through(here, gate, LEAVE, waiting):
                    return True
        return False

    def _through(self, here: int, gate: int, how: int, waiting: list[int]) -> bool:
        """Come out of a gate by any of its ends; tell whether a goal is reached."""
        if gate in self.seen_out:
            return False
        self.seen_out.add(gate)
        if how == ENTER and gate in self.goals.gates:
            self._take(here, gate, how, -1)
            return True
        for there in self.maze.ends[gate]:
            if there in self.seen_places or (how == LEAVE and there == self.entered_from[gate]):
                continue
            if there in self.goals.places:
                self._take(here, gate, how, there)
                return True
            self.seen_places[there] = (here, gate, how)
            waiting.append(there)
        if how == LEAVE:
            self._back(here, gate, RETRACE, waiting)
        return False

    def _back(self, here: int, gate: int, how: int, waiting: list[int]) -> None:
        """Go back to where the way that uses a gate enters it."""
        if gate in self.seen_in:
            return
        self.seen_in.add(gate)
        there = self.entered_from[gate]
        if there not in self.seen_places:
            self.seen_places[there] = (here, gate, how)
            waiting.append(there)

    def _take(self, here: int, gate: int, how: int, there: int) -> None:
        """Turn the search's steps into the ways, from the first to the last."""
        steps = [(here, gate, how, there)]
        while self.seen_places[here][0] >= 0:
            before, by, how_then = self.seen_places[here]
            steps.append((before, by, how_then, here))
            here = before
        for start, by, how_then, end in reversed(steps):
            if how_then == ENTER:
                self.entered_from[by], self.left_to[by] = start, end
            elif how_then == TURN:
                self.entered_from[by] = start
            elif how_then == LEAVE:
                self.left_to[by] = end
            else:
                del self.entered_from[by], self.left_to[by]
