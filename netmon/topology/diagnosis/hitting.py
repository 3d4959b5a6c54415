"""The smallest sets of elements that meet all demands of a puzzle, found exactly.

Every demand says: of these suspects, one at least has failed. So an explanation is a hitting set, and the search is
the classical one: take a demand that is not met, try each of its suspects, go as deep as there are elements left. A
packing of unmet demands that share no suspect bounds from below how many are still needed, which cuts the search to a
handful of steps for the one to four faults that occur together; larger puzzles are left to `storm`.
"""

from __future__ import annotations

from collections.abc import Iterator

from netmon.topology.diagnosis.border import DarkNode, LostLine, Puzzle, Thicket, suspects_of
from netmon.topology.diagnosis.meeting import Failed, open_way
from netmon.topology.diagnosis.scene import Scene

DEEPEST = 4
"""Elements in one puzzle up to which the search is tried."""
BUDGET = 3000
"""Partial explanations looked at before the search gives up; one more for every `PACE` hidden nodes in its way."""
PACE = 20

Codes = frozenset[int]


class OutOfBudgetError(Exception):
    """The search would take too long."""


class Search:
    """One search over one puzzle, with the memory it needs."""

    def __init__(self, scene: Scene, puzzle: Puzzle, limit: int) -> None:
        self.scene = scene
        self.puzzle = puzzle
        self.limit = limit
        hidden = sum(len(demand.hidden) for demand in puzzle.demands if isinstance(demand, Thicket))
        self.cost = 1 + hidden // PACE
        self.budget = BUDGET
        self.failed = Failed(scene)
        self.found: list[Codes] = []

    def smallest(self) -> list[Codes]:
        """Return the explanations of the smallest size, at most `limit` of them; none when that is beyond `DEEPEST`.

        Raises:
            OutOfBudgetError: the puzzle is too large.
        """
        for size in range(len(self._unmet(DEEPEST)), DEEPEST + 1):
            self._deepen(frozenset(), size, set())
            if self.found:
                break
        return self.found

    def _deepen(self, chosen: Codes, left: int, seen: set[Codes]) -> None:
        self.budget -= self.cost
        if self.budget < 0:
            raise OutOfBudgetError
        unmet = self._unmet(left)
        if not unmet:
            if self.scene.keeps_live(self.failed.nodes, self.failed.links):
                self.found.append(chosen)
            return
        if len(unmet) > left:
            return
        for code in min(unmet, key=len):
            more = chosen | {code}
            if more not in seen and len(self.found) < self.limit:
                seen.add(more)
                self.failed.add(code)
                self._deepen(more, left - 1, seen)
                self.failed.remove(code)

    def _unmet(self, enough: int) -> list[tuple[int, ...]]:
        """Return the suspects of demands that are not met, no two of them sharing a suspect; one more than enough."""
        taken: set[int] = set()
        unmet = []
        for suspects in self._candidates(taken):
            unmet.append(suspects)
            taken.update(suspects)
            if len(unmet) > enough:
                break
        return unmet

    def _candidates(self, taken: set[int]) -> Iterator[tuple[int, ...]]:
        """Yield suspects of unmet demands that share none with `taken`, which grows meanwhile."""
        for demand in self.puzzle.demands:
            match demand:
                case DarkNode(node, links):
                    if node not in self.failed.nodes:
                        yield from self._one_line(node, links, taken)
                case LostLine(_, suspects):
                    if not self.failed.meets(demand) and taken.isdisjoint(suspects):
                        yield suspects
                case Thicket():
                    while True:
                        way = open_way(self.scene, demand, self.failed.nodes, self.failed.links, taken)
                        if way is None:
                            break
                        yield way

    def _one_line(self, node: int, links: tuple[int, ...], taken: set[int]) -> Iterator[tuple[int, ...]]:
        for link in links:
            if link not in self.failed.links:
                suspects = suspects_of(self.scene, node=node, link=link)
                if taken.isdisjoint(suspects):
                    yield suspects
                    return
