"""Puzzles too large to solve exactly, such as a county after a storm: a good explanation instead of the best one.

First cables and areas, each time the one that meets most demands, as long as it meets two; then every demand left by
its likeliest suspect, thickets by their cheapest cut; then whatever turned out to be superfluous is taken out again.
"""

from __future__ import annotations

from netmon.topology.border import DarkNode, Demand, LostLine, Puzzle, Thicket
from netmon.topology.hitting import Search, failed_by
from netmon.topology.mincut import cheapest_cut
from netmon.topology.scene import Scene


def weather(scene: Scene, puzzle: Puzzle) -> tuple[tuple[int, ...], tuple[tuple[int, ...], ...]]:
    """Return a small explanation, as sorted codes, and for each code what could stand in its place."""
    chosen = _shared(scene, puzzle)
    for demand in _unmet(scene, puzzle.demands, chosen):
        chosen |= _own(scene, demand, chosen)
    for code in sorted(chosen, key=lambda code: (-code, scene.prior(code))):
        if not _unmet(scene, puzzle.demands, chosen - {code}):
            chosen -= {code}
    return tuple(sorted(chosen)), tuple(_instead(scene, puzzle, chosen, code) for code in sorted(chosen))


def _unmet(scene: Scene, demands: tuple[Demand, ...], chosen: set[int]) -> tuple[Demand, ...]:
    codes = frozenset(chosen)
    return tuple(demand for demand in demands if Search(scene, Puzzle((demand,), ())).unmet(codes))


def _shared(scene: Scene, puzzle: Puzzle) -> set[int]:
    """Return cables and areas that each meet at least two demands which nothing chosen before meets."""
    chosen: set[int] = set()
    left = puzzle.demands
    groups = set(puzzle.groups)
    while groups:
        met = {group: len(left) - len(_unmet(scene, left, chosen | {group})) for group in groups}
        best = max(sorted(groups), key=lambda group: (met[group], scene.prior(group)))
        if met[best] < 2:
            break
        groups = {group for group in groups if met[group]} - {best}
        if scene.keeps_live(*failed_by(scene, chosen | {best})):
            chosen.add(best)
            left = _unmet(scene, left, chosen)
    return chosen


def _own(scene: Scene, demand: Demand, chosen: set[int]) -> frozenset[int]:
    nodes, links = failed_by(scene, chosen)
    match demand:
        case DarkNode(node, _):
            return frozenset({node})
        case LostLine(_, suspects):
            return frozenset({max(suspects, key=lambda code: (scene.prior(code), -code))})
        case Thicket():
            return cheapest_cut(scene, demand, nodes, links)


def _instead(scene: Scene, puzzle: Puzzle, chosen: set[int], code: int) -> tuple[int, ...]:
    """Return the codes that could replace one: they meet all demands that nothing else chosen meets."""
    others = chosen - {code}
    open_demands = _unmet(scene, puzzle.demands, others)
    suspects = min(Search(scene, Puzzle(open_demands, ())).unmet(frozenset(others)), key=len)
    return tuple(
        sorted(
            (
                suspect
                for suspect in suspects
                if suspect != code and not _unmet(scene, open_demands, others | {suspect})
            ),
            key=lambda suspect: (-scene.prior(suspect), suspect),
        )
    )
