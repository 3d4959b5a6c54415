"""How far it is to the nearest goal from everywhere in a maze, while goals are added: searches go downhill first.

Distances count places and gates alike. They only fall, each a few times, so that keeping them is cheap.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence

from netmon.topology.robustness.maze import Goals, Maze

NEAR = 5
"""How far a new goal is noticed: searches that begin farther off find an older one, or come near."""

LOST = 16
"""Steps from which on a search that has found a goal tells later ones where it went astray."""


def flooded(passed: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Yield what lies in hollows, and how high it is from there: how far the goal seemed, and one more.

    What a search passed on its way to a goal stands in order, with how far the goal seemed from each. What it passed
    later and farther off, it had to climb to, since it always goes on where a goal is nearest: whatever was nearer
    before leads nowhere but there.
    """
    rim = 0
    for far, place in reversed(passed):
        if far < rim:
            yield place, rim + 1
        else:
            rim = far


class Slope:
    """Distances by place and by gate; `far_off` where no goal can be reached."""

    def __init__(self, maze: Maze, goals: Goals) -> None:
        self.maze = maze
        self.goals = goals
        self.far_off = len(maze.ends) + len(maze.gates) + 1
        self.of_place = [self.far_off] * len(maze.gates)
        self.of_gate = [self.far_off] * len(maze.ends)
        self.add(goals.places, goals.gates, reach=self.far_off)

    def add(self, places: Iterable[int] = (), gates: Iterable[int] = (), *, reach: int = NEAR) -> None:
        """Take in goals. How far it is to them is noted within `reach`; farther off it stays more than it is."""
        ends, gates_at, of_place, of_gate = self.maze.ends, self.maze.gates, self.of_place, self.of_gate
        lowered = []
        for gate in gates:
            of_gate[gate] = 0
            for place in ends[gate]:
                if of_place[place] > 1:
                    of_place[place] = 1
                    lowered.append(place)
        for place in places:
            of_place[place] = 0
            lowered.append(place)
        for place in lowered:
            far = of_place[place] + 1
            if far > reach:
                continue
            for gate in gates_at[place]:
                if of_gate[gate] > far:
                    of_gate[gate] = far
                    for there in ends[gate]:
                        if of_place[there] > far + 1:
                            of_place[there] = far + 1
                            lowered.append(there)

    def descend(
        self, start: int, gate: int, taken: Collection[int], avoided: Collection[int]
    ) -> list[tuple[int, int, int]] | None:
        """Return a way through a gate and on downhill: from where, by which gate, where to (-1: it ends inside).

        None where that meets a taken gate, or a place to be avoided, whatever way is downhill.
        """
        ends, gates_at, of_place, of_gate = self.maze.ends, self.maze.gates, self.of_place, self.of_gate
        steps: list[tuple[int, int, int]] = []
        here = start
        while True:
            if of_gate[gate] == 0:
                steps.append((here, gate, -1))
                return steps
            there, far = -1, of_place[here] if steps else self.far_off
            for end in ends[gate]:
                if of_place[end] < far and end not in avoided:
                    there, far = end, of_place[end]
            if there < 0:
                return None
            steps.append((here, gate, there))
            if far == 0:
                return steps
            here = there
            for onward in gates_at[here]:
                if of_gate[onward] < far and onward not in taken and onward != gate:
                    gate = onward
                    break
            else:
                return None
