"""A depth-first tree over what is reached, and what falls off it when nodes and links are taken out together.

One pass numbers the nodes in preorder, so that a subtree is an interval, and notes for each how high a link leads out
of its subtree (Hopcroft and Tarjan, CACM 16(6), 1973). No link of an undirected graph joins two branches of such a
tree. So when things fail, the tree falls into pieces, each below something that failed, and pieces are joined only by
links that lead up from one into another. Most are decided by the link of a piece that leads highest, which a table of
minima over intervals tells at once (Bender and Farach-Colton, LATIN 2000). What is small of the rest is walked; of
the other pieces marks tell whether a link leads out of them (`marks.py`), and only where one does they are walked,
too (`fall.py`).
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import cached_property

from netmon.topology.reach import spread
from netmon.topology.robustness.fall import Fall
from netmon.topology.robustness.footing import Footing
from netmon.topology.robustness.marks import Marks
from netmon.topology.robustness.spans import Span, joined


class Tree:
    """The tree from the vantage. Places are preorder numbers; all lists but `place` go by them.

    `order` is the node at a place, `place` the place of a node or -1; `stop` the end of the subtree's interval; `low`
    the highest place that a link from the subtree leads to, besides the link to the parent (the place itself if none
    leads higher). `ups` lists the links up from a place, as where to and which. `below` is the place that a link of
    the tree leads down to.
    """

    def __init__(self, footing: Footing) -> None:
        self.footing = footing
        self.order: list[int] = []
        self.place = [-1] * len(footing.graph.ids)
        self.parent: list[int] = []
        self.children: list[list[int]] = []
        self.ups: list[list[tuple[int, int]]] = []
        self.below: dict[int, int] = {}
        self._walk()
        self.stop = [here + 1 for here in range(len(self.order))]
        self.low = [min(ups)[0] if ups else here for here, ups in enumerate(self.ups)]
        self._highest = [self._minima()]
        self._measure()
        self._to_spend = len(self.order)

    def _walk(self) -> None:
        graph, place, shut_links = self.footing.graph, self.place, self.footing.shut_links
        shut = self.footing.shut_nodes
        self._enter(graph.vantage, -1)
        here, by_link, hops, ups = 0, -1, iter(graph.adjacency[graph.vantage]), self.ups[0]
        path = []
        while True:
            for there, link in hops:
                at = place[there]
                if at >= 0:
                    if at < here and link != by_link and link not in shut_links:
                        ups.append((at, link))
                    continue
                if shut[there] or link in shut_links:
                    continue
                path.append((here, by_link, hops))
                self._enter(there, here)
                here, by_link, hops = len(self.order) - 1, link, iter(graph.adjacency[there])
                ups = self.ups[here]
                self.below[link] = here
                break
            else:
                if not path:
                    return
                here, by_link, hops = path.pop()
                ups = self.ups[here]

    def _enter(self, node: int, parent: int) -> None:
        place = len(self.order)
        self.place[node] = place
        self.order.append(node)
        self.parent.append(parent)
        self.children.append([])
        self.ups.append([])
        if parent >= 0:
            self.children[parent].append(place)

    def _minima(self) -> list[int]:
        """Return, for each place, the highest place its own links lead to and the place itself as one number."""
        count = len(self.order)
        return [there * count + here for here, there in enumerate(self.low)]

    def _measure(self) -> None:
        """Hand up, from the last place to the first, where subtrees end and how high their links lead."""
        low, stop = self.low, self.stop
        for here in range(len(self.order) - 1, -1, -1):
            above = self.parent[here]
            if above >= 0:
                stop[above] = max(stop[above], stop[here])
                low[above] = min(low[above], low[here])
        width, last = 1, self._highest[0]
        while 2 * width <= len(self.order):
            last = list(map(min, last, last[width:]))
            self._highest.append(last)
            width *= 2

    def spends(self, places: int) -> bool:
        """Tell whether so many places may be looked through: before marks are made, as many as those would take."""
        if self._to_spend < places:
            return False
        self._to_spend -= places
        return True

    @cached_property
    def marks(self) -> Marks:
        """Marks by which a set of places tells whether a link leads out of it."""
        return Marks(len(self.footing.graph.link_ids), self.parent, self.below, self.ups)

    def highest(self, span: Span) -> tuple[int, int]:
        """Return the highest place that a link up from a span leads to, and where it starts; from itself if none."""
        level = (span.stop - span.start).bit_length() - 1
        row = self._highest[level]
        return divmod(min(row[span.start], row[span.stop - (1 << level)]), len(self.order))

    def leads_past(self, place: int, span: Span, links: Collection[int]) -> bool:
        """Tell whether one of the links that lead highest from a span leads past a place, and is none of these."""
        there, source = self.highest(span)
        return there < place and any(at < place and link not in links for at, link in self.ups[source])

    def falls(self, nodes: Sequence[int], links: Collection[int]) -> tuple[Span, ...]:
        """Return what is no longer reached without these nodes and links, themselves included, as ordered spans."""
        failed = [at for node in nodes if (at := self.place[node]) >= 0]
        cut = [at for link in links if (at := self.below.get(link, -1)) >= 0]
        if 0 in failed:
            return self._without_vantage(nodes, links)
        if len(failed) == 1 and not links:
            return self.below_node(failed[0])
        if len(cut) == len(links) == 1 and not failed:
            return self.below_link(cut[0])
        if not failed and self._hold(cut, links):  # links besides the tree hold nothing
            return ()
        return Fall(self, set(failed), cut, links).spans()

    def below_node(self, place: int) -> tuple[Span, ...]:
        """Return what falls with the node at a place, other than the vantage: a child holds by a link past it."""
        spans, start, stop = [], place, place + 1
        for child in self.children[place]:
            if self.low[child] >= place:
                if child > stop:
                    spans.append(Span(start, stop))
                    start = child
                stop = self.stop[child]
        return (*spans, Span(start, stop))

    def below_link(self, place: int) -> tuple[Span, ...]:
        """Return what falls with the link of the tree that leads down to a place."""
        return (Span(place, self.stop[place]),) if self.low[place] >= place else ()

    def _hold(self, cut: Sequence[int], links: Collection[int]) -> bool:
        """Tell whether a link from close below each of these cuts leads past it, as one mostly does.

        So what is below the first holds, and what is below the next: it leads there or past that, too.
        """
        tops = sorted(cut)
        ends = (min([self.stop[top], *tops[piece : piece + 1]]) for piece, top in enumerate(tops, 1))
        return all(self.leads_past(top, Span(top, end), links) for top, end in zip(tops, ends, strict=True))

    def _without_vantage(self, nodes: Sequence[int], links: Collection[int]) -> tuple[Span, ...]:
        """Return what falls when the vantage does: all that no other vantage reaches."""
        footing = self.footing
        shut = bytearray(footing.shut_nodes)
        for node in nodes:
            shut[node] = 1
        starts = [root for root in footing.graph.roots if not shut[root]]
        reached = spread(footing.graph, starts, shut, {*footing.shut_links, *links})
        return joined(Span(at, at + 1) for at, node in enumerate(self.order) if not reached[node])
