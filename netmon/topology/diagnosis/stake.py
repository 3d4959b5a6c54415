"""What one more cut would darken, once a cut that darkens nothing has opened a ring.

Rings fail twice before anybody notices once. So the first cut is measured by the second: of all links and cables
whose loss would now darken sites that it did not darken while the ring was whole, the one that darkens most.
"""

from __future__ import annotations

from collections.abc import Collection, Container, Iterable

from netmon.model import Element, ElementKind, Fault, Stake
from netmon.topology.diagnosis.detours import stays_joined
from netmon.topology.graph import Graph
from netmon.topology.lowlink import hinges
from netmon.topology.masks import both, either
from netmon.topology.reach import failed_parts, spread

CUTS = frozenset({ElementKind.LINK, ElementKind.CABLE})


def at_stake(
    graph: Graph, lost: Element, *, failed: Iterable[Element] = (), dark: Iterable[str] = ()
) -> Stake | None:
    """Return the worst single cut that the loss of one element has made possible, or None when there is none.

    Args:
        graph: the drawing, with the lost element in it.
        lost: what has failed without darkening anything.
        failed: everything else that has failed; may hold the lost element.
        dark: nodes that do not answer and pass nothing on.

    A site counts as darkened when none of its monitored nodes that are live now would be reached. Of cuts that darken
    as many sites, cables come before links, then the smaller id.

    Raises:
        KeyError: the drawing holds no such element.
    """
    shut_nodes, shut_links = failed_parts(graph, (element for element in failed if element != lost))
    for name in dark:
        if name in graph.index:
            shut_nodes[graph.index[name]] = 1
    whole = _Network(graph, shut_nodes, shut_links)
    lost_nodes, lost_links = failed_parts(graph, [lost])
    opened = _Network(graph, either(shut_nodes, lost_nodes), shut_links | lost_links)
    worst = None
    for cut in _candidates(graph, lost, whole, opened):
        sites = opened.darkened_by(cut)
        if sites and (worst is None or len(sites) > len(worst.sites)) and sites != whole.darkened_by(cut):
            names = tuple(graph.site_ids[site] for site in sorted(sites))
            worst = Stake(graph.element(cut), names)
    return worst


def is_silent(fault: Fault) -> bool:
    """Tell whether a fault darkens nothing, so that it costs redundancy at most."""
    return not fault.nodes and fault.element.kind is not ElementKind.VANTAGE


def stakes(graph: Graph, faults: Collection[Fault], dark: Iterable[str]) -> dict[str, Stake]:
    """Return what each silent fault puts at stake, by fault id, as far as it does.

    `dark` are the nodes that do not answer and pass nothing on.
    """
    silent = [fault for fault in faults if is_silent(fault)]
    if not silent:
        return {}
    failed = [fault.element for fault in faults if is_silent(fault) or fault.element.kind in CUTS]
    gone = tuple(dark)
    found = {fault.id: at_stake(graph, fault.element, failed=failed, dark=gone) for fault in silent}
    return {name: stake for name, stake in found.items() if stake is not None}


class _Network:
    """The drawing without some nodes and links, as it stands now."""

    def __init__(self, graph: Graph, shut_nodes: bytearray, shut_links: Collection[int]) -> None:
        self.graph = graph
        self.shut_nodes = shut_nodes
        self.shut_links = shut_links
        watched = bytearray(map(bool, graph.is_monitored))
        hung = hinges(graph, graph.vantage, shut_nodes, shut_links, counted=watched)
        self.bridges = frozenset(hung.bridges)
        self.live = both(watched, hung.reached)
        self.live[graph.vantage] = 1

    def darkened_by(self, cut: int) -> frozenset[int]:
        """Return the sites all of whose live nodes a cut would cut off. Most cuts cut off nothing, which is cheap."""
        links = [link for link in self.graph.fails(cut)[1] if link not in self.shut_links]
        if stays_joined(self.graph, self.shut_nodes, self.shut_links, (), links, self.live):
            return frozenset()
        reached = spread(self.graph, (self.graph.vantage,), self.shut_nodes, {*self.shut_links, *links})
        site_of, live = self.graph.site_of, self.live
        beyond = {site_of[node] for node, is_live in enumerate(live) if is_live and not reached[node]}
        return frozenset(
            site for site in beyond if not any(live[node] and reached[node] for node in self.graph.site_nodes[site])
        )


def _candidates(graph: Graph, lost: Element, whole: _Network, opened: _Network) -> Iterable[int]:
    """Return the codes of cuts that may darken more than they did: cables, then links.

    Links that have become bridges, as far as no other one of them lies between them and the vantage: it darkens as
    much and more. And cables of several links in the part that was held together by what is lost.
    """
    new = opened.bridges - whole.bridges
    near = spread(graph, (graph.vantage,), opened.shut_nodes, {*opened.shut_links, *new})
    held = _held_together(graph, lost, whole)
    cables = {cable for link in new for cable in graph.cables_of[link]}
    for cable, links in enumerate(graph.cable_links):
        if sum(held[a] and held[b] for a, b in (graph.ends[link] for link in links)) > 1:
            cables.add(cable)
    yield from (graph.code_of_cable(cable) for cable in sorted(cables))
    outermost = (link for link in sorted(new) if any(near[end] for end in graph.ends[link]))
    yield from (graph.code_of_link(link) for link in outermost)


def _held_together(graph: Graph, lost: Element, whole: _Network) -> bytearray:
    """Mark the nodes that no single cut parted from what is lost while it was whole."""
    nodes, links = graph.fails(graph.code(lost))
    closed: Container[int] = {*whole.shut_links, *whole.bridges}
    starts = {*nodes, *(end for link in links for end in graph.ends[link])}
    return spread(graph, starts, whole.shut_nodes, closed)
