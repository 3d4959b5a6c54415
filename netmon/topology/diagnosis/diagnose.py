"""Name the faults behind a set of observations.

The explanation is the smallest set of elements (nodes, links, cables, power areas) whose failure makes every dark
node dark and leaves every answering node reachable; among sets of the same size, the likeliest by `priors`. `scene`
says what is proven, `border` what has to be explained, `hitting` finds the smallest sets, `answers` what is stated
beside the best one, `verdicts` what follows for every node and site.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence

from netmon.model import Diagnosis, Element, Fault, Finding, Observations
from netmon.topology.diagnosis.answers import answers, hypotheses
from netmon.topology.diagnosis.border import puzzles
from netmon.topology.diagnosis.evidence import evidence
from netmon.topology.diagnosis.isolation import blind, is_isolated
from netmon.topology.diagnosis.scene import Scene, survey
from netmon.topology.diagnosis.shadows import Shadow, Shadows
from netmon.topology.diagnosis.verdicts import Naming, as_seen, node_findings, site_findings
from netmon.topology.graph import Graph


def diagnose(graph: Graph, observations: Observations) -> Diagnosis:
    """Return the faults that explain the observations, and a verdict for every node and site of the drawing.

    Observations must be of one moment: a port that was last seen up before the node behind it fell silent would clear
    a link that has been cut since. Leave out what is older than the silence.

    The result is a function of the arguments alone, whatever the order of anything in them. Fault ids are `F1`, `F2`,
    … in the order of the faults' elements.
    """
    scene = survey(graph, observations)
    if scene.is_untroubled:
        return _told(scene, as_seen(scene))
    found = answers(scene, puzzles(scene))
    if is_isolated(scene):
        return blind(scene, found)
    shadows = Shadows(scene, [code for one in found for code in one.chosen])
    named = [
        Naming(graph.element(code), code, alternatives, confidence, shadows.of(code))
        for one in found
        for code, alternatives, confidence in zip(one.chosen, one.alternatives, one.confidence, strict=True)
    ]
    by_themselves = (*scene.forwarders, *scene.undrawn)
    named += [Naming(graph.element(node), node, (), 1.0, Shadow((node,))) for node in by_themselves]
    named.sort(key=lambda one: one.element)
    return _told(
        scene,
        node_findings(scene, shadows, named),
        faults=tuple(_fault(scene, shadows, one, f"F{place}") for place, one in enumerate(named, 1)),
        hypotheses=tuple(
            tuple(sorted(map(graph.element, (*codes, *by_themselves)))) for codes in hypotheses(scene, found)
        ),
    )


def _told(
    scene: Scene,
    nodes: Sequence[Finding],
    faults: tuple[Fault, ...] = (),
    hypotheses: tuple[tuple[Element, ...], ...] = (),
) -> Diagnosis:
    graph = scene.graph
    return Diagnosis(
        faults=faults,
        hypotheses=hypotheses,
        nodes=dict(zip(graph.ids, nodes, strict=True)),
        sites=site_findings(graph, nodes),
    )


def _fault(scene: Scene, shadows: Shadows, one: Naming, name: str) -> Fault:
    """Put a fault into words."""
    graph, failed = scene.graph, one.shadow.failed
    lee = shadows.lee(one.shadow)
    return Fault(
        id=name,
        element=one.element,
        alternatives=tuple(map(graph.element, one.alternatives)),
        confidence=one.confidence,
        evidence=evidence(scene, one.code, one.alternatives, failed, lee.names),
        nodes=_inserted(lee.names, [graph.ids[node] for node in failed]),
        sites=_inserted(lee.sites, shadows.dark_sites(failed)),
    )


def _inserted(names: tuple[str, ...], more: Iterable[str]) -> tuple[str, ...]:
    """Return sorted names with a few more put in their places, none twice."""
    joined = list(names)
    for name in more:
        place = bisect_left(joined, name)
        if joined[place : place + 1] != [name]:
            joined.insert(place, name)
    return tuple(joined)
