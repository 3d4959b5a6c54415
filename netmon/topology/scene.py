"""What the observations prove: which nodes are live, dark or hidden, and which elements cannot have failed."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field

from netmon.model import ElementKind, Observations, Reach
from netmon.topology.forwarders import silent_forwarders
from netmon.topology.graph import Graph
from netmon.topology.lines import Lines, read_lines
from netmon.topology.lowlink import hinges
from netmon.topology.reach import spread

LAST_RESORT = 1e-4
"""How much less likely a node counts because its monitoring has said nothing yet."""


@dataclass(frozen=True, slots=True, eq=False)
class Scene:
    """One set of observations laid over the drawing. Masks are per node; the vantage is live, seen or not.

    `is_up`: was seen to answer. `is_live`: answers, is the vantage, or must be passing packets on to one that
    answers. `is_dark`: does not answer, and has to be explained by what failed around it. What is neither is
    *hidden*: passive, or nothing known of it. `forwarders` and `undrawn` are dark too, but explained by themselves:
    they pass packets on without answering, or the drawing has no path to them. `must_reach` are the nodes that no
    explanation may cut off; `hangs_on_hidden` tells that some of them are reached only through hidden nodes. `proven`
    are links that no explanation may cut, `powered` nodes that must have power.
    """

    graph: Graph
    is_up: bytearray
    is_live: bytearray
    is_dark: bytearray
    must_reach: bytearray
    forwarders: tuple[int, ...]
    undrawn: tuple[int, ...]
    lines: Lines
    proven: frozenset[int]
    powered: frozenset[int]
    hangs_on_hidden: bool
    _accusable: dict[int, bool] = field(default_factory=dict)

    def is_hidden(self, node: int) -> bool:
        """Tell whether nothing is known of a drawn node."""
        return not self.is_live[node] and not self.is_dark[node] and self.graph.is_drawn[node]

    def prior(self, code: int) -> float:
        """Return the share of time the element is failed; a monitored node of which nothing is known counts less.

        So such a node is named only when nothing else explains as much.
        """
        share = self.graph.prior[code]
        if code < len(self.graph.ids) and self.graph.is_monitored[code] and self.is_hidden(code):
            return share * LAST_RESORT
        return share

    def is_accusable(self, code: int) -> bool:
        """Tell whether the element may have failed: nothing of it is proven to work."""
        known = self._accusable.get(code)
        if known is None:
            known = self._accusable[code] = self._may_have_failed(code)
        return known

    def _may_have_failed(self, code: int) -> bool:
        kind, number = self.graph.member(code)
        nodes, links = self.graph.fails(code)
        if kind is ElementKind.NODE:
            return not self.is_live[number]
        if kind is ElementKind.LINK:
            return number not in self.proven
        if kind is ElementKind.POWER_AREA:
            return not any(self.is_live[node] or node in self.powered for node in nodes)
        if any(link in self.proven or link in self.lines.lit for link in links):
            return False
        return self.keeps_live((), links)

    def keeps_live(self, nodes: Collection[int], links: Collection[int]) -> bool:
        """Tell whether everything that answers could still be reached without these nodes and links."""
        is_dark, ends = self.is_dark, self.graph.ends
        matters = [link for link in links if not (is_dark[ends[link][0]] or is_dark[ends[link][1]])]
        if not self.hangs_on_hidden:
            live = self.is_live
            matters = [link for link in matters if live[ends[link][0]] and live[ends[link][1]]]
        if not matters and not (nodes and self.hangs_on_hidden):
            return True
        shut = bytearray(is_dark)
        for node in nodes:
            shut[node] = 1
        reached = spread(self.graph, (self.graph.vantage,), shut, frozenset(matters))
        return not any(must and not got for must, got in zip(self.must_reach, reached, strict=True))


def survey(graph: Graph, observations: Observations) -> Scene:
    """Lay observations over the drawing. Nodes that the drawing does not hold are passed over."""
    size = len(graph.ids)
    is_up, is_dark = bytearray(size), bytearray(size)
    index = graph.index
    for name, word in observations.nodes.items():
        if word is not Reach.UNKNOWN and name in index:
            (is_up if word is Reach.UP else is_dark)[index[name]] = 1
    is_dark[graph.vantage] = 0
    is_answering = bytearray(is_up)
    is_answering[graph.vantage] = 1
    lines = read_lines(graph, observations, is_answering)
    undrawn = tuple(node for node in range(size) if is_dark[node] and not graph.is_drawn[node])
    for node in undrawn:
        is_dark[node] = 0
    must_reach = bytearray(up and drawn for up, drawn in zip(is_answering, graph.is_drawn, strict=True))
    forwarders: tuple[int, ...] = ()
    is_live = bytearray(must_reach)
    bridges: tuple[int, ...] = ()
    hangs_on_hidden = not _is_joined(graph, is_live, must_reach)
    if hangs_on_hidden:
        forwarders = silent_forwarders(graph, must_reach, is_dark)
        for node in forwarders:
            is_dark[node] = 0
            is_live[node] = must_reach[node] = 1
        held_by = hinges(graph, graph.vantage, is_dark, counted=must_reach)
        bridges = held_by.bridges
        for node in held_by.joints:
            is_live[node] = 1
        hangs_on_hidden = not _is_joined(graph, is_live, must_reach)
    powered = {end for link in (*lines.up, *lines.lit) for end in graph.ends[link]}
    return Scene(
        graph=graph,
        is_up=is_up,
        is_live=is_live,
        is_dark=is_dark,
        must_reach=must_reach,
        forwarders=forwarders,
        undrawn=undrawn,
        lines=lines,
        proven=frozenset(bridges).union(lines.up),
        powered=frozenset(powered),
        hangs_on_hidden=hangs_on_hidden,
    )


def _is_joined(graph: Graph, is_live: bytearray, must_reach: bytearray) -> bool:
    """Tell whether live nodes alone join everything that must be reached to the vantage."""
    shut = bytearray(not live for live in is_live)
    reached = spread(graph, (graph.vantage,), shut)
    return reached == must_reach or not any(must and not got for must, got in zip(must_reach, reached, strict=True))
