"""Why an element is named, in sentences for people. Why it failed is for `picture/cause` to say."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from netmon.model import ElementKind, PortId
from netmon.topology.diagnosis.lines import Lines
from netmon.topology.diagnosis.sayings import NAMED, listed, saying
from netmon.topology.diagnosis.scene import Scene
from netmon.topology.graph import Graph


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
        said.append(saying("area-together", area=graph.area_ids[number], nodes=listed(dark)))
    else:
        said.extend(_of_links(scene, code))
    if behind:
        said.append(saying("one-behind" if len(behind) == 1 else "behind", count=len(behind), nodes=listed(behind)))
    said.extend(_of_ports(scene, (code, *alternatives)))
    return tuple(said)


def _of_node(scene: Scene, node: int) -> str:
    graph = scene.graph
    name = graph.ids[node]
    if node in scene.forwarders:
        return saying("forwarding", node=name)
    if node in scene.undrawn:
        return saying("undrawn", node=name)
    live = {there for there, _ in graph.adjacency[node] if scene.is_live[there]}
    answering = {there for there in live if _answers(scene, there)}
    around = sorted(graph.ids[there] for there in answering or live)
    beside = ("-beside", "-beside-many")[len(around) > 1] if answering else "-beside-carrying"
    said = ("dark" if scene.is_dark[node] else "unmonitored") + (beside if around else "")
    return saying(said, node=name, nodes=listed(around))


def _answers(scene: Scene, node: int) -> bool:
    """Tell whether a node was seen to answer, or is where the questions come from."""
    return bool(scene.is_up[node]) or node in scene.graph.roots


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
                near, far = (a, b) if live[0] == a else (b, a)
                key = "beyond-unknown" if scene.is_hidden(far) else "beyond"
                key = key if _answers(scene, near) else "carrying-but-here"
                yield saying(key, node=graph.ids[near], link=graph.link_ids[link], far=graph.ids[far])
        elif len(live) == 2 and link in scene.lines.down:
            lost.append(link)
            if kind is ElementKind.LINK:
                one, other = sorted(graph.ids[end] for end in live)
                key = "line-lost" if all(_answers(scene, end) for end in live) else "line-lost-between"
                yield saying(key, link=graph.link_ids[link], node=one, far=other)
    if kind is ElementKind.CABLE:
        cable = graph.cable_ids[number]
        if not lost:
            yield saying("only-ways", cable=cable)
            return
        together = "-together" if len(lost) > 1 else ""
        yield saying(f"links-lost{together}", cable=cable, links=listed([graph.link_ids[link] for link in lost]))


def _of_ports(scene: Scene, codes: Iterable[int]) -> Iterable[str]:
    lines = scene.lines
    if not lines.observations.ports and not lines.observations.light:
        return
    links = sorted({link for code in codes for link in _touching(scene.graph, code)})
    for reported, key in (
        (lines.up, "port-up"),
        (lambda link: _heard_or_not(lines, link, is_unheard=False), "port-down"),
        (lambda link: _heard_or_not(lines, link, is_unheard=True), "port-unheard"),
        (lines.lit.get, "port-lit"),
        (lines.unlit.get, "port-unlit"),
    ):
        found: list[PortId] = sorted({port for link in links for port in reported(link) or ()})
        yield from (saying(key, port=port) for port in found[:NAMED])


def _heard_or_not(lines: Lines, link: int, *, is_unheard: bool) -> Iterable[PortId]:
    """Return the ports that report a line down, or those whose neighbour is not heard although they are up."""
    return (port for port in lines.down.get(link, ()) if (port in lines.observations.unheard) is is_unheard)


def _touching(graph: Graph, code: int) -> Iterable[int]:
    """Return the links of an element, or of its nodes."""
    nodes, links = graph.fails(code)
    return (*links, *(link for node in nodes for _, link in graph.adjacency[node]))
