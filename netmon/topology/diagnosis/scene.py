"""What the observations prove: which nodes are live, dark or hidden, and which elements cannot have failed."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field

from netmon.model import ElementKind, Observations, Reach
from netmon.topology.diagnosis.detours import stays_joined
from netmon.topology.diagnosis.forwarders import silent_forwarders
from netmon.topology.diagnosis.hidden import needed_hidden
from netmon.topology.diagnosis.lines import Lines, read_lines, without_refuted
from netmon.topology.graph import Graph
from netmon.topology.masks import both, marked

LAST_RESORT = 1e-4
"""How much less likely a node counts because its monitoring has said nothing yet."""
LIT = 1e-2
"""How much less likely a link counts because its fibre carries light."""


@dataclass(frozen=True, slots=True, eq=False)
class Scene:
    """One set of observations laid over the drawing. Masks are per node.

    The vantages are live, seen or not, but a further one that is seen dark is none.

    `is_up`: was seen to answer. `is_live`: answers, is the vantage, or must be passing packets on to one that
    answers. `is_dark`: does not answer, and has to be explained by what failed around it; `dark` lists them. What is
    neither is *hidden*: passive, or nothing known of it. `forwarders` and `undrawn` are dark too, but explained by
    themselves: they pass packets on without answering, or the drawing has no path to them. `must_reach` are the nodes
    that no explanation may cut off.
    """

    graph: Graph
    is_up: bytearray
    is_live: bytearray
    is_dark: bytearray
    dark: tuple[int, ...]
    must_reach: bytearray
    forwarders: tuple[int, ...]
    undrawn: tuple[int, ...]
    lines: Lines
    _accusable: dict[int, bool] = field(default_factory=dict)

    @property
    def is_untroubled(self) -> bool:
        """True when nothing has to be explained: no node is dark, and no line is lost."""
        return not (self.dark or self.lines.down or self.forwarders or self.undrawn)

    def is_hidden(self, node: int) -> bool:
        """Tell whether nothing is known of a drawn node."""
        return not self.is_live[node] and not self.is_dark[node] and self.graph.is_drawn[node] == 1

    def share(self, code: int) -> float:
        """Return the share of time the element is failed, by which a confidence is reckoned."""
        return self.graph.prior[code]

    def prior(self, code: int) -> float:
        """Return that share for ranking: a monitored node of which nothing is known counts less.

        So such a node is named only when nothing else explains as much. A line that is down although light comes
        out of it counts less too: whoever sends that and does not answer is likelier at fault.
        """
        share = self.graph.prior[code]
        if code < len(self.graph.ids):
            is_unheard = self.graph.is_monitored[code] and self.is_hidden(code)
            return share * LAST_RESORT if is_unheard else share
        return share * LIT if code - len(self.graph.ids) in self.lines.lit else share

    def is_accusable(self, code: int) -> bool:
        """Tell whether the element may have failed: nothing of it is proven to work."""
        known = self._accusable.get(code)
        if known is None:
            known = self._accusable[code] = self._may_have_failed(code)
        return known

    def _may_have_failed(self, code: int) -> bool:
        if code < len(self.graph.ids):
            return not self.is_live[code]
        kind, number = self.graph.member(code)
        if kind is ElementKind.LINK:
            return not self.lines.up(number)
        nodes, links = self.graph.fails(code)
        if any(self.is_live[node] or self.lines.sends(node) for node in nodes) or any(
            map(self.lines.is_whole, links)
        ):
            return False
        return self.keeps_live(nodes, links)

    def keeps_live(self, nodes: Collection[int], links: Collection[int]) -> bool:
        """Tell whether everything that answers could still be reached without these nodes and links."""
        is_dark, ends = self.is_dark, self.graph.ends
        cut_links = {link for link in links if not (is_dark[ends[link][0]] or is_dark[ends[link][1]])}
        cut_nodes = {node for node in nodes if self.is_hidden(node)}
        if not cut_links and not cut_nodes:
            return True
        return stays_joined(self.graph, is_dark, self.lines.down, cut_nodes, cut_links, self.must_reach)


def survey(graph: Graph, observations: Observations) -> Scene:
    """Lay observations over the drawing. Nodes that the drawing does not hold are passed over."""
    silent = [root for root in graph.roots[1:] if observations.nodes.get(graph.ids[root]) is Reach.DOWN]
    if silent:
        graph = graph.without_roots(silent)
    is_up, is_dark, must_reach = _words(graph, observations)
    undrawn = tuple(node for node in marked(is_dark) if not graph.is_drawn[node])
    is_dark = both(is_dark, graph.is_drawn)
    lines = without_refuted(read_lines(graph, observations, must_reach), must_reach)
    forwarders: tuple[int, ...] = ()
    if not stays_joined(graph, bytearray(len(graph.ids)), (), tuple(marked(is_dark)), lines.down, must_reach):
        forwarders = silent_forwarders(graph, must_reach, is_dark, lines)
        for node in forwarders:
            is_dark[node] = 0
            must_reach[node] = 1
    is_live = bytearray(must_reach)
    for node in needed_hidden(graph, is_live, is_dark, lines.down):
        is_live[node] = 1
    return Scene(
        graph=graph,
        is_up=is_up,
        is_live=is_live,
        is_dark=is_dark,
        dark=tuple(marked(is_dark)),
        must_reach=must_reach,
        forwarders=forwarders,
        undrawn=undrawn,
        lines=lines,
    )


def _words(graph: Graph, observations: Observations) -> tuple[bytearray, bytearray, bytearray]:
    """Return masks of the nodes that answer, of those that do not, and of those that any explanation must reach."""
    is_up, is_dark = bytearray(len(graph.ids)), bytearray(len(graph.ids))
    index = graph.index
    for name, word in observations.nodes.items():
        if word is not Reach.UNKNOWN and name in index:
            (is_up if word is Reach.UP else is_dark)[index[name]] = 1
    is_dark[graph.vantage] = 0
    must_reach = both(is_up, graph.is_drawn)
    for root in graph.roots:
        must_reach[root] = 1
    return is_up, is_dark, must_reach
