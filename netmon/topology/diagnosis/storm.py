"""Puzzles too large to solve exactly, such as a county after a storm: a good explanation instead of the best one.

First cables and areas, each time the one that meets most demands, as long as it meets two; then every demand left by
its likeliest suspect, thickets by their cheapest cut; then cables and areas that turned out superfluous go again.
"""

from __future__ import annotations

from heapq import heapify, heappop, heappush

from netmon.topology.diagnosis.border import Demand, Puzzle, Thicket, bearing_on, may_cut
from netmon.topology.diagnosis.meeting import Failed, exposed
from netmon.topology.diagnosis.mincut import cheapest_cut
from netmon.topology.diagnosis.scene import Scene


class Storm:
    """One large puzzle while it is being explained. `demands_of` lists, for each code, the demands it bears on."""

    def __init__(self, scene: Scene, puzzle: Puzzle) -> None:
        self.scene = scene
        self.demands = puzzle.demands
        self.failed = Failed(scene)
        self.chosen: set[int] = set()
        self.demands_of: dict[int, list[int]] = {}
        for place, demand in enumerate(puzzle.demands):
            for code in bearing_on(scene, demand):
                self.demands_of.setdefault(code, []).append(place)
        self._take_groups(puzzle.groups)
        for place, demand in enumerate(self.demands):
            if not self.failed.meets(demand):
                self._take_own(place, demand)
        self._drop(puzzle.groups)

    def _take_groups(self, groups: tuple[int, ...]) -> None:
        """Choose cables and areas, each meeting at least two demands that nothing chosen before meets."""
        queue = [(-len(self.demands_of[group]), group) for group in groups if len(self.demands_of[group]) > 1]
        heapify(queue)
        while queue:
            promise, group = heappop(queue)
            gain = len(self._met_by(group)) if group not in self.chosen else 0
            if gain < 2:
                continue
            if gain < -promise:
                heappush(queue, (-gain, group))
            elif self._keeps_live_with(group):
                self._take(group)

    def _met_by(self, code: int) -> list[int]:
        """Return the demands that are met with the element and not without it, chosen or not."""
        if code in self.chosen:
            self.failed.remove(code)
        open_before = [place for place in self.demands_of[code] if not self.failed.meets(self.demands[place])]
        self.failed.add(code)
        met = [place for place in open_before if self.failed.meets(self.demands[place])]
        if code not in self.chosen:
            self.failed.remove(code)
        return met

    def _keeps_live_with(self, *codes: int) -> bool:
        if not any(may_cut(self.scene, code) for code in codes):
            return True
        for code in codes:
            self.failed.add(code)
        keeps = self.scene.keeps_live(self.failed.nodes, self.failed.links)
        for code in codes:
            self.failed.remove(code)
        return keeps

    def _take(self, code: int) -> None:
        self.chosen.add(code)
        self.failed.add(code)

    def _take_own(self, place: int, demand: Demand) -> None:
        """Meet one demand by itself, with its likeliest suspect or cheapest cut that leaves live what is live."""
        if isinstance(demand, Thicket):
            taken = cheapest_cut(self.scene, demand, set(self.failed.nodes), set(self.failed.links))
            if not self._keeps_live_with(*taken):
                taken = frozenset(exposed(self.scene, demand, self.failed))
        else:
            options = sorted(self.failed.options(demand), key=lambda code: (-self.scene.prior(code), code))
            taken = frozenset({next(code for code in options if self._keeps_live_with(code))})
        for code in sorted(taken):
            self._take(code)
            here = self.demands_of.setdefault(code, [])
            if place not in here:
                here.append(place)

    def _drop(self, groups: tuple[int, ...]) -> None:
        for group in groups:
            if group in self.chosen and not self._met_by(group):
                self.chosen.remove(group)
                self.failed.remove(group)

    def instead(self, code: int) -> tuple[tuple[int, ...], list[Demand]]:
        """Return the codes that could replace a chosen one, and the demands that only it meets."""
        places = self._met_by(code)
        self.failed.remove(code)
        replacing = []
        for other in self.failed.options(self.demands[places[0]]) if places else ():
            if other == code:
                continue
            self.failed.add(other)
            if all(self.failed.meets(self.demands[place]) for place in places):
                replacing.append(other)
            self.failed.remove(other)
        self.failed.add(code)
        replacing.sort(key=lambda other: (-self.scene.prior(other), other))
        return tuple(replacing), [self.demands[place] for place in places]
