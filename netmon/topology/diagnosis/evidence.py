"""Why an element is named, in sentences for people. Why it failed is for `picture/cause` to say."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from netmon.model import ElementKind, PortId
from netmon.topology.diagnosis.lines import Lines
from netmon.topology.diagnosis.scene import Scene
from netmon.topology.graph import Graph

NAMED = 5
"""Ids that one sentence lists before it says how many more there are."""


def listed(names: Sequence[str]) -> str:
    """Return names as a list for a sentence, cut off after a few."""
    more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    return ", ".join(names[:NAMED]) + more


def evidence(
    scene: Scene, code: int, alternatives: Sequence[int], failed: Sequence[int], behind: Sequence[str]
) -> tuple[str, ...]:
    """Return what speaks for an element: what failed with it or is dark behind it, who answers, what ports report."""
    graph = scene.graph
    kind, number = graph.member(code)
    said = []
    if kind is ElementKind.NODE:
        said.append(_of_node(scene, number))
    elif kind is ElementKind.POWER_AREA:
        dark = [graph.ids[node] for node in failed]
        said.append(f"nodes of power area {graph.area_ids[number]} are dark together: {listed(dark)}")
    else:
        said.extend(_of_links(scene, code))
    if behind:
        count = len(behind)
        said.append(f"{count} {'node is' if count == 1 else 'nodes are'} dark behind it: {listed(behind)}")
    said.extend(_of_ports(scene, (code, *alternatives)))
    return tuple(said)


def _of_node(scene: Scene, node: int) -> str:
    graph = scene.graph
    name = graph.ids[node]
    if node in scene.forwarders:
        return f"{name} does not answer, but nodes that do are reached only through it: it forwards"
    if node in scene.undrawn:
        return f"{name} is dark, and the drawing has no path from the vantage to it"
    around = sorted({graph.ids[there] for there, _ in graph.adjacency[node] if scene.is_live[there]})
    what = "is dark" if scene.is_dark[node] else "is not monitored"
    if not around:
        return f"{name} {what}"
    return f"{name} {what}; beside it {listed(around)} {'answers' if len(around) == 1 else 'answer'}"


def _of_links(scene: Scene, code: int) -> Iterable[str]:
    graph = scene.graph
    kind, number = graph.member(code)
    lost = []
    for link in graph.fails(code)[1]:
        live = [end for end in graph.ends[link] if scene.is_live[end]]
        if len(live) == 1:
            lost.append(link)
            if kind is ElementKind.LINK:
                a, b = graph.ends[link]
                far = b if live[0] == a else a
                yield f"{graph.ids[live[0]]} answers, and beyond {graph.link_ids[link]} {graph.ids[far]} does not"
        elif len(live) == 2 and link in scene.lines.down:
            lost.append(link)
            if kind is ElementKind.LINK:
                ends = " and ".join(sorted(graph.ids[end] for end in live))
                yield f"both ends of {graph.link_ids[link]} answer ({ends}), but its line is down: redundancy is lost"
    if kind is ElementKind.CABLE:
        cable = graph.cable_ids[number]
        if not lost:
            yield f"cable {cable} lies on the only ways to what is dark"
            return
        together = " together" if len(lost) > 1 else ""
        yield f"links of cable {cable} are lost{together}: {listed([graph.link_ids[link] for link in lost])}"


def _of_ports(scene: Scene, codes: Iterable[int]) -> Iterable[str]:
    lines = scene.lines
    if not lines.observations.ports and not lines.observations.light:
        return
    links = sorted({link for code in codes for link in _touching(scene.graph, code)})
    for reported, text in (
        (lines.up, "port {} is up: its link is not cut"),
        (lambda link: _heard_or_not(lines, link, is_unheard=False), "port {} is down"),
        (lambda link: _heard_or_not(lines, link, is_unheard=True), "port {} is up, but hears its neighbour no more"),
        (lines.lit.get, "port {} receives light: its fibre is not cut"),
        (lines.unlit.get, "port {} receives no light"),
    ):
        found: list[PortId] = sorted({port for link in links for port in reported(link) or ()})
        yield from (text.format(port) for port in found[:NAMED])


def _heard_or_not(lines: Lines, link: int, *, is_unheard: bool) -> Iterable[PortId]:
    """Return the ports that report a line down, or those whose neighbour is not heard although they are up."""
    return (port for port in lines.down.get(link, ()) if (port in lines.observations.unheard) is is_unheard)


def _touching(graph: Graph, code: int) -> Iterable[int]:
    """Return the links of an element, or of its nodes."""
    nodes, links = graph.fails(code)
    return (*links, *(link for node in nodes for _, link in graph.adjacency[node]))
