"""Explanations of different puzzles that cannot both be true: together they cut off something that answers."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from netmon.topology.diagnosis.meeting import Failed
from netmon.topology.diagnosis.scene import Scene
from netmon.topology.graph import Graph
from netmon.topology.masks import both, either, flip, marked
from netmon.topology.reach import spread


def at_odds(scene: Scene, risks: Sequence[Collection[int]]) -> list[list[int]]:
    """Return groups of puzzles, by their places, whose explanations may be at odds with each other.

    `risks` are, for each puzzle, the codes that may have failed and would take with them something that live nodes
    may use. All are let fail at once: if that cuts off nothing that must be reached, no selection of them does.
    Otherwise, whatever it cuts off is bounded by elements of the puzzles concerned.
    """
    if sum(map(bool, risks)) < 2:
        return []
    every = Failed(scene, {code for codes in risks for code in codes})
    if scene.keeps_live(every.nodes, every.links):
        return []
    graph = scene.graph
    outside = bytearray(scene.is_dark)
    for node in every.nodes:
        outside[node] = 1
    closed = {*every.links, *scene.lines.down}
    places_at: dict[int, set[int]] = {}
    for place, codes in enumerate(risks):
        for node in _beside(scene, codes):
            places_at.setdefault(node, set()).add(place)
    seen = either(outside, spread(graph, (graph.vantage,), outside, closed))
    groups: list[tuple[set[int], bool]] = []  # places, and whether anything that must be reached is cut off
    for start in marked(both(flip(seen), graph.is_drawn)):
        if seen[start]:
            continue
        part = _part(graph, start, seen, closed)
        places = set().union(*(places_at.get(node, ()) for node in part))
        matters = any(scene.must_reach[node] for node in part)
        for group in [group for group in groups if group[0] & places]:
            groups.remove(group)
            places |= group[0]
            matters |= group[1]
        groups.append((places, matters))
    return [sorted(places) for places, matters in groups if matters]


def _part(graph: Graph, start: int, seen: bytearray, closed: Collection[int]) -> list[int]:
    """Return what hangs together with a node that has not been seen, and mark it seen."""
    seen[start] = 1
    part = [start]
    for here in part:
        for there, link in graph.adjacency[here]:
            if not seen[there] and link not in closed:
                seen[there] = 1
                part.append(there)
    return part


def _beside(scene: Scene, codes: Collection[int]) -> set[int]:
    """Return the nodes next to what fails with these elements."""
    graph = scene.graph
    failed = Failed(scene, codes)
    ends = {end for link in failed.links for end in graph.ends[link]}
    return ends.union(there for node in failed.nodes for there, _ in graph.adjacency[node])
