"""Why an element is not what failed: explanations near a dark node, each with the ground it is rejected on."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from enum import StrEnum

from netmon.model import Element, ElementKind, Observations, PortId
from netmon.topology.diagnosis.scene import Scene, survey
from netmon.topology.graph import Graph
from netmon.topology.reach import dark_if

NAMED = 3
"""Nodes that one rejection names at most."""


class Ground(StrEnum):
    """What speaks against an element."""

    ANSWERS = "answers"  # it, or a part of it, answers
    CARRIES = "carries"  # nobody probes it, but what answers is reached through it alone
    LINE_UP = "line-up"  # a port on it reports that its line is up
    SISTER_UP = "sister-up"  # another line in the same cable is up
    WOULD_DARKEN = "would-darken"  # its failure would darken what answers
    EXPLAINS_LESS = "explains-less"  # its failure would leave lit what is dark
    LESS_LIKELY = "less-likely"  # it would explain as much, but is less likely, or needs another fault beside it


@dataclass(frozen=True, slots=True)
class Rejection:
    """An element that did not fail, and why: the nodes or the port that say so."""

    element: Element
    ground: Ground
    nodes: tuple[str, ...] = ()
    port: PortId | None = None


def rejections(
    graph: Graph, observations: Observations, accused: Collection[Element], dark: Collection[str], node: str
) -> tuple[Rejection, ...]:
    """Return the elements between a dark node and the first live one on its way to the vantage that are not to blame.

    Args:
        graph: the drawing that faults are explained on.
        observations: what the diagnosis rests on.
        accused: the elements that are named, with their alternatives.
        dark: the nodes that are to be explained together with `node`.
        node: a node of the drawing.
    """
    scene = survey(graph, observations)
    found = []
    for code in _near(scene, graph.index[node]):
        element = graph.element(code)
        if element not in accused:
            found.append(_against(scene, code, frozenset(dark) | {node}))
    return tuple(found)


def _near(scene: Scene, node: int) -> Iterator[int]:
    """Yield the codes of what lies on the shortest way to the vantage, up to the first node that answers."""
    graph = scene.graph
    seen: set[int] = set()
    for here, link in _way(graph, node):
        codes = [here] if here != graph.vantage else []
        if graph.area_of[here] >= 0:
            codes.append(graph.code_of_area(graph.area_of[here]))
        if link is not None and not scene.is_up[here]:
            codes.append(graph.code_of_link(link))
            codes += [graph.code_of_cable(cable) for cable in graph.cables_of[link]]
        for code in codes:
            if code not in seen:
                seen.add(code)
                yield code
        if scene.is_up[here]:
            return


def _way(graph: Graph, node: int) -> Iterator[tuple[int, int | None]]:
    """Yield the nodes of the shortest way to the vantage, each with the link onwards; without a way, it alone."""
    onwards: dict[int, tuple[int, int]] = {}
    waiting = [graph.vantage]
    for here in waiting:
        for there, link in graph.adjacency[here]:
            if there != graph.vantage and there not in onwards:
                onwards[there] = (here, link)
                waiting.append(there)
    here = node
    while here in onwards:
        there, link = onwards[here]
        yield here, link
        here = there
    yield here, None


def _against(scene: Scene, code: int, dark: frozenset[str]) -> Rejection:
    graph = scene.graph
    element = graph.element(code)
    nodes, links = graph.fails(code)
    alive = _names(graph, (node for node in nodes if scene.is_up[node]))
    if alive:
        return Rejection(element, Ground.ANSWERS, alive)
    if any(scene.is_live[node] for node in nodes):
        return Rejection(element, Ground.CARRIES)
    for link in links:
        ports = scene.lines.up(link)
        if ports:
            is_sister = element.kind is ElementKind.CABLE
            return Rejection(element, Ground.SISTER_UP if is_sister else Ground.LINE_UP, port=ports[0])
    darkened = dark_if(graph, [element])
    lit = _names(graph, (node for node, up in enumerate(scene.is_up) if up and graph.ids[node] in darkened))
    if lit:
        return Rejection(element, Ground.WOULD_DARKEN, lit)
    left = tuple(sorted(dark - darkened))[:NAMED]
    if left:
        return Rejection(element, Ground.EXPLAINS_LESS, left)
    return Rejection(element, Ground.LESS_LIKELY)


def _names(graph: Graph, nodes: Iterator[int]) -> tuple[str, ...]:
    return tuple(graph.ids[node] for node in nodes)[:NAMED]
