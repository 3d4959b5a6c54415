"""Ways from a node that share no gate of a maze, where others have found ways before."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from heapq import nsmallest

from netmon.topology.robustness.maze import Maze
from netmon.topology.robustness.slope import Slope
from netmon.topology.robustness.trails import END, Trails
from netmon.topology.robustness.ways import ENTER, TRIES, Flow


class GateTrails(Trails):
    """Ways by their gates, and by which places those were entered and left."""

    def __init__(self) -> None:
        super().__init__()
        self.entered_from: dict[int, int] = {}
        self.left_to: dict[int, int] = {}

    def end_at(self, place: int, gates: Iterable[int]) -> None:
        """Forget what leads through a place, where ways may end from now on; `gates` are those of the place."""
        for gate in gates:
            if gate in self.trail_of and self.left_to[gate] == place:
                self.cut_behind(gate)


class PlaceSearch(Flow):
    """A flow whose places are nodes. A way that comes to a trail goes on along the rest of it.

    Such a rest is `followed` from a gate on; its gates are noted as used only when a search meets them, and taken for
    the search's own when it changes something of it. Who comes to a place of a trail by one of its gates goes on by
    the next: so no way goes along a trail backwards that is not followed.
    """

    def __init__(self, maze: Maze, starts: Sequence[int], slope: Slope, trails: GateTrails) -> None:
        super().__init__(maze, starts, slope.goals, (), slope)
        self.downhill = slope
        self.trails = trails
        self.trail_of = trails.trail_of
        self.followed: dict[int, int] = {}

    @property
    def near(self) -> Collection[int]:
        """The nodes on the near side of the cut that a search has found which found no more."""
        return self.seen_places

    def grow(self, most: int) -> int:
        """Add ways one by one, up to so many; return how many there are."""
        super().grow(most)
        if self.is_far_afield:
            self._keep()
        return self.ways

    @property
    def is_far_afield(self) -> bool:
        """Tell whether the ways are many, or long, so that searches nearby had better begin with them."""
        return bool(self.followed) or Trails.are_worth_keeping(self.ways, len(self.entered_from))

    def touched(self, open_nodes: Collection[int]) -> Iterable[tuple[int, int]]:  # noqa: ARG002
        """Return nothing: whoever lies beside a goal counts what that lends."""
        return ()

    def _begin(self, most: int) -> None:
        """Take ways that lie open, the shortest first; what they spoil, searches put right."""
        own = {*self.starts}
        for start in self.starts:
            far = self.downhill.of_gate
            for gate in nsmallest(TRIES * most, self.maze.gates[start], key=far.__getitem__):
                if self.ways == most:
                    return
                if gate not in self.entered_from and not (gate in self.trail_of and self._is_followed(gate)):
                    self.ways += self._descend(start, gate, own)

    def _descend(self, here: int, gate: int, own: Collection[int]) -> bool:
        """Take a way through a gate and on downhill, to a goal or a trail; tell whether none is barred."""
        gates_at, of_place, of_gate = self.maze.gates, self.downhill.of_place, self.downhill.of_gate
        used, trail_of = self.entered_from, self.trail_of
        steps: list[tuple[int, int, int]] = []
        while True:
            if gate in trail_of:
                onward = self._next_of_trail(here, gate)
                if onward >= 0:
                    steps.append((here, onward, self.trails.left_to[onward]))
                    self._follow_after(onward)
                    break
            there, far = -1, of_place[here] if steps else self.downhill.far_off
            for end in self.maze.ends[gate]:
                if of_place[end] < far and end not in own:
                    there, far = end, of_place[end]
            if there < 0:
                return False
            steps.append((here, gate, there))
            if far == 0:
                break
            here, last = there, gate
            for gate in gates_at[here]:  # noqa: PLR1704
                if (
                    of_gate[gate] < far
                    and gate != last
                    and gate not in used
                    and not (gate in trail_of and self._is_followed(gate))
                ):
                    break
            else:
                return False
        for start, by, end in steps:
            self.entered_from[by], self.left_to[by] = start, end
        return True

    def _next_of_trail(self, here: int, gate: int) -> int:
        """Return the gate by which a way goes on along the trail of a gate that is come to; -1 where none is open."""
        trail = self.trail_of.get(gate)
        if trail is None or trail in self.followed:
            return -1
        return self.trails.after[gate] if self.trails.left_to[gate] == here else gate

    def _follow_after(self, gate: int) -> None:
        """Go on along the trail of a gate, which becomes the way's own; where ways may end the trail ends too."""
        trails, trail = self.trails, self.trail_of[gate]
        if trails.left_to[gate] in self.goals.places:
            trails.cut_after(gate)
        rest = trails.after[gate]
        if rest == END:
            trails.pick_up(trail, 0, END)
        else:
            self.followed[trail] = trails.left[rest]

    def _follow(self, here: int, gate: int) -> bool:
        """Take a way through a gate and on along a trail; tell whether there is one."""
        onward = self._next_of_trail(here, gate)
        if onward < 0:
            return False
        there = self.trails.left_to[onward]
        self._follow_after(onward)
        self._take(here, onward, ENTER, there)
        return True

    def _is_followed(self, gate: int) -> bool:
        """Tell whether a way goes through a gate along a trail, and note how."""
        trail = self.trail_of.get(gate)
        if trail not in self.followed or self.trails.left[gate] > self.followed[trail]:
            return False
        self.entered_from[gate], self.left_to[gate] = self.trails.entered_from[gate], self.trails.left_to[gate]
        return True

    def _change(self, gate: int) -> None:
        """Take the trail that is followed through a gate as our own so far, before the gate is used otherwise."""
        trails, trail = self.trails, self.trail_of.get(gate)
        if trail is None or trail not in self.followed or trails.left[gate] > self.followed[trail]:
            return
        for one in trails.pick_up(trail, self.followed.pop(trail), gate):
            self.entered_from[one], self.left_to[one] = trails.entered_from[one], trails.left_to[one]
        if trail in trails.first:
            self.followed[trail] = trails.left[trails.first[trail]]

    def _keep(self) -> None:
        """Leave the ways for other searches, with what they follow."""
        trails, places = self.trails, self.goals.places
        trails.shorten(self.followed)
        if not trails.are_worth_keeping(self.ways, len(self.entered_from)):
            return
        leaving: defaultdict[int, list[int]] = defaultdict(list)
        for gate, start in self.entered_from.items():
            if gate not in trails.trail_of:
                leaving[start].append(gate)
                trails.entered_from[gate], trails.left_to[gate] = start, self.left_to[gate]
        for trail in self.followed:
            gate = trails.first[trail]
            leaving[trails.entered_from[gate]].append(gate)
        for start in self.starts:
            while leaving[start]:
                own, gate = [], leaving[start].pop()
                while gate not in trails.trail_of:
                    own.append(gate)
                    place = self.left_to[gate]
                    if place in places or not leaving[place]:  # a trail led through the start: the loop is no way
                        own, gate = own if place in places else [], END
                        break
                    gate = leaving[place].pop()
                if own:
                    trails.keep(own, gate)
