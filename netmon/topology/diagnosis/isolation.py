"""The monitor's own blindness: when nothing answers, it is the monitor that is cut off, not the county."""

from __future__ import annotations

from collections.abc import Sequence

from netmon.model import Diagnosis, Element, ElementKind, Fault, Finding, Verdict
from netmon.topology.diagnosis.answers import Answer
from netmon.topology.diagnosis.sayings import listed, saying
from netmon.topology.diagnosis.scene import Scene
from netmon.topology.diagnosis.verdicts import site_findings
from netmon.topology.graph import Graph

VANTAGE_PRIOR = 1e-3
"""Share of time that the monitor's own connection is out, beside the figures of `priors`."""


def is_isolated(scene: Scene) -> bool:
    """Tell whether the monitor is cut off: nothing answers, and all sentinels are dark.

    Without sentinels, the nearest monitored nodes stand in for them. One node that answers, wherever it is, proves
    that a monitor can see. Of several monitors, one that is cut off alone merely reaches nothing.
    """
    graph = scene.graph
    roots = set(graph.roots)
    if any(up and node not in roots for node, up in enumerate(scene.is_up)):
        return False
    watched = {node for node in graph.sentinels if graph.is_monitored[node]} - roots
    if not watched:
        beside = (graph.monitored_neighbours(graph.ids[root]) for root in roots)
        watched = {graph.index[name] for names in beside for name in names} - roots
    return bool(watched) and all(scene.is_dark[node] for node in watched)


def blind(scene: Scene, answers: Sequence[Answer]) -> Diagnosis:
    """Return the diagnosis of an isolated monitor: one fault, and nothing known of anything behind it.

    A single element that would explain the silence as well, such as the link at the doorstep, is an alternative.
    """
    graph = scene.graph
    named = [code for one in answers for code in one.chosen]
    alternatives = (named[0], *answers[0].alternatives[0]) if len(named) == 1 else ()
    otherwise = 1.0
    for code in named:
        otherwise *= scene.prior(code)
    dark = [node for node in range(len(graph.ids)) if scene.is_dark[node] or node in scene.undrawn]
    vantage = graph.ids[graph.vantage]
    unknown, own = Finding(Verdict.UNKNOWN, "F1"), Finding(Verdict.UNKNOWN)
    nodes = [unknown] * len(graph.ids)
    nodes[graph.vantage] = own
    sites = {
        site: finding if finding.verdict is Verdict.UNSERVED else unknown
        for site, finding in site_findings(graph, nodes).items()
    }
    fault = Fault(
        id="F1",
        element=Element(ElementKind.VANTAGE, vantage),
        alternatives=tuple(map(graph.element, alternatives)),
        confidence=VANTAGE_PRIOR / (VANTAGE_PRIOR + otherwise) if not alternatives else 1.0,
        evidence=_evidence(graph, dark),
        nodes=tuple(graph.ids[node] for node in dark),
        sites=tuple(sorted({graph.site_ids[graph.site_of[node]] for node in dark})),
    )
    return Diagnosis(faults=(fault,), nodes=dict(zip(graph.ids, nodes, strict=True)), sites=sites)


def _evidence(graph: Graph, dark: Sequence[int]) -> tuple[str, ...]:
    said = [saying("nobody-answers", count=len(dark), nodes=listed([graph.ids[node] for node in dark]))]
    sentinels = [graph.ids[node] for node in graph.sentinels if node in dark]
    if sentinels:
        said.append(saying("sentinels", node=graph.ids[graph.vantage], nodes=listed(sentinels)))
    return tuple(said)
