"""The smallest sets of elements that meet all demands of a puzzle, found exactly.

Every demand says: of these suspects, one at least has failed. So an explanation is a hitting set, and the search is
the classical one: take a demand that is not met, try each of its suspects, go as deep as there are elements left. A
packing of unmet demands that share no suspect bounds from below how many are still needed, which cuts the search to a
handful of steps for the one to four faults that occur together; larger puzzles are left to `storm`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from netmon.topology.border import DarkNode, LostLine, Puzzle, Thicket, suspects_of
from netmon.topology.scene import Scene

DEEPEST = 4
"""Elements in one puzzle up to which the search is tried."""
BUDGET = 3000
"""Partial explanations looked at before the search gives up."""

Codes = frozenset[int]


class OutOfBudgetError(Exception):
    """The search would take too long."""


class Search:
    """One search. `unmet` and `smallest` are its two questions; the rest is memory of what was looked up."""

    def __init__(self, scene: Scene, puzzle: Puzzle) -> None:
        self.scene = scene
        self.puzzle = puzzle
        self.suspects: dict[tuple[int, int], tuple[int, ...]] = {}
        self.budget = BUDGET

    def smallest(self, limit: int) -> list[Codes]:
        """Return the explanations of the smallest size, at most `limit` of them; none when that is beyond `DEEPEST`.

        Raises:
            OutOfBudgetError: the puzzle is too large.
        """
        least = len(self.unmet(frozenset()))
        for size in range(least, DEEPEST + 1):
            found: list[Codes] = []
            self._deepen(frozenset(), size, set(), found, limit)
            if found:
                return found
        return []

    def _deepen(self, chosen: Codes, left: int, seen: set[Codes], found: list[Codes], limit: int) -> None:
        self.budget -= 1
        if self.budget < 0:
            raise OutOfBudgetError
        unmet = self.unmet(chosen)
        if not unmet:
            if self._keeps_live(chosen):
                found.append(chosen)
            return
        if len(unmet) > left:
            return
        for code in min(unmet, key=len):
            more = chosen | {code}
            if more not in seen and len(found) < limit:
                seen.add(more)
                self._deepen(more, left - 1, seen, found, limit)

    def _keeps_live(self, chosen: Codes) -> bool:
        nodes, links = failed_by(self.scene, chosen)
        return self.scene.keeps_live(nodes, links)

    def unmet(self, chosen: Codes) -> list[tuple[int, ...]]:
        """Return the suspects of demands that the chosen elements do not meet, no two of them sharing a suspect."""
        nodes, links = failed_by(self.scene, chosen)
        taken: set[int] = set()
        unmet = []
        for suspects in self._unmet(nodes, links, taken):
            unmet.append(suspects)
            taken.update(suspects)
        return unmet

    def _unmet(self, nodes: set[int], links: set[int], taken: set[int]) -> Iterator[tuple[int, ...]]:
        """Yield suspects of unmet demands that share none with `taken`, which grows meanwhile."""
        for demand in self.puzzle.demands:
            match demand:
                case DarkNode(node, ways):
                    if node in nodes:
                        continue
                    choices: Iterable[tuple[int, ...]] = (
                        self._suspects(node, link) for link in ways if link not in links
                    )
                case LostLine(link, suspects):
                    far = set(self.scene.graph.ends[link])
                    choices = () if link in links or far & nodes else (suspects,)
                case Thicket():
                    yield from self._open_ways(demand, nodes, links, taken)
                    continue
            for suspects in choices:
                if taken.isdisjoint(suspects):
                    yield suspects
                    break

    def _suspects(self, node: int, link: int) -> tuple[int, ...]:
        known = self.suspects.get((node, link))
        if known is None:
            known = self.suspects[node, link] = suspects_of(self.scene, node=node, link=link)
        return known

    def _open_ways(
        self, thicket: Thicket, nodes: set[int], links: set[int], taken: set[int]
    ) -> Iterator[tuple[int, ...]]:
        """Yield the suspects along one unbroken way after another, each avoiding what was taken before."""
        while True:
            suspects = self._open_way(thicket, nodes, links, taken)
            if suspects is None:
                return
            yield suspects

    def _open_way(
        self, thicket: Thicket, nodes: set[int], links: set[int], taken: set[int]
    ) -> tuple[int, ...] | None:
        """Return the suspects along a shortest way from live to dark that has failed nowhere and avoids `taken`."""
        came_from: dict[int, tuple[int, int]] = {}
        waiting: list[int] = []
        for _, there, link in thicket.entries:
            if self._is_open(there, link, nodes, links, taken, came_from):
                came_from[there] = (-1, link)
                waiting.append(there)
        for here in waiting:
            if here in thicket.dark:
                return self._along(here, came_from)
            for there, link in self.scene.graph.adjacency[here]:
                if (there in thicket.hidden or there in thicket.dark) and self._is_open(
                    there, link, nodes, links, taken, came_from
                ):
                    came_from[there] = (here, link)
                    waiting.append(there)
        return None

    def _is_open(
        self,
        node: int,
        link: int,
        nodes: set[int],
        links: set[int],
        taken: set[int],
        came_from: dict[int, tuple[int, int]],
    ) -> bool:
        if node in came_from or node in nodes or link in links:
            return False
        return not taken or taken.isdisjoint(self._suspects(node, link))

    def _along(self, end: int, came_from: dict[int, tuple[int, int]]) -> tuple[int, ...]:
        suspects: dict[int, None] = {}
        here = end
        while here >= 0:
            before, link = came_from[here]
            suspects.update(dict.fromkeys(self._suspects(here, link)))
            here = before
        return tuple(suspects)


def failed_by(scene: Scene, chosen: Iterable[int]) -> tuple[set[int], set[int]]:
    """Return the nodes and links that fail with these elements."""
    nodes: set[int] = set()
    links: set[int] = set()
    for code in chosen:
        more_nodes, more_links = scene.graph.fails(code)
        nodes.update(more_nodes)
        links.update(more_links)
    return nodes, links
