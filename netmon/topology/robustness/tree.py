"""A depth-first tree over what is reached, and what falls off it when nodes and links are taken out together.

One pass numbers the nodes in preorder, so that a subtree is an interval, and notes for each how high a link leads out
of its subtree (Hopcroft and Tarjan, CACM 16(6), 1973). No link of an undirected graph joins two branches of such a
tree. So when things fail, the tree falls into pieces, each below something that failed, and pieces are joined only by
links that lead up from one into another. Most are decided by the link of a piece that leads highest, which a table of
minima over intervals tells at once (Bender and Farach-Colton, LATIN 2000); what it does not decide is walked.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Iterable, Sequence
from typing import NamedTuple

from netmon.topology.reach import spread
from netmon.topology.robustness.footing import Footing


class Span(NamedTuple):
    """Positions from `start` up to `stop`, which is not one of them."""

    start: int
    stop: int


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
        self.low = [min((there for there, _ in ups), default=here) for here, ups in enumerate(self.ups)]
        self._highest = [self._minima()]
        self._downs: list[list[tuple[int, int]]] = []
        self._measure()

    def _walk(self) -> None:
        graph, place, shut_links = self.footing.graph, self.place, self.footing.shut_links
        shut = self.footing.shut_nodes
        self._enter(graph.vantage, -1)
        here, by_link, hops = 0, -1, iter(graph.adjacency[graph.vantage])
        path = []
        while True:
            for there, link in hops:
                if link == by_link or shut[there] or link in shut_links:
                    continue
                at = place[there]
                if at >= 0:
                    if at < here:
                        self.ups[here].append((at, link))
                    continue
                path.append((here, by_link, hops))
                self._enter(there, here)
                here, by_link, hops = len(self.order) - 1, link, iter(graph.adjacency[there])
                self.below[link] = here
                break
            else:
                if not path:
                    return
                here, by_link, hops = path.pop()

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

    @property
    def downs(self) -> list[list[tuple[int, int]]]:
        """The links of `ups` from above: down from a place, as where to and which."""
        if not self._downs:
            self._downs = [[] for _ in self.order]
            for here, ups in enumerate(self.ups):
                for there, link in ups:
                    self._downs[there].append((here, link))
        return self._downs

    def highest(self, span: Span) -> tuple[int, int]:
        """Return the highest place that a link up from a span leads to, and where it starts; from itself if none."""
        level = (span.stop - span.start).bit_length() - 1
        row = self._highest[level]
        return divmod(min(row[span.start], row[span.stop - (1 << level)]), len(self.order))

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
        if not failed and not cut:  # links besides the tree hold nothing
            return ()
        return _Fall(self, set(failed), cut, links).spans()

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

    def _without_vantage(self, nodes: Sequence[int], links: Collection[int]) -> tuple[Span, ...]:
        """Return what falls when the vantage does: all that no other vantage reaches."""
        footing = self.footing
        shut = bytearray(footing.shut_nodes)
        for node in nodes:
            shut[node] = 1
        starts = [root for root in footing.graph.roots if not shut[root]]
        reached = spread(footing.graph, starts, shut, {*footing.shut_links, *links})
        return joined(Span(at, at + 1) for at, node in enumerate(self.order) if not reached[node])


class _Fall:
    """One failure: the pieces below what failed, each with its top; piece 0 is what still holds at the vantage."""

    def __init__(self, tree: Tree, failed: set[int], cut: Iterable[int], links: Collection[int]) -> None:
        self.tree = tree
        self.failed = failed
        self.links = links
        tops = {child for at in failed for child in tree.children[at] if child not in failed}
        tops.update(child for child in cut if child not in failed)
        self.tops = [0, *sorted(tops)]
        self.leader = list(range(len(self.tops)))  # of joined pieces
        self.above = [0] * len(self.tops)  # the piece around a piece
        self.holes: list[list[int]] = [[] for _ in self.tops]  # where something failed or was cut off inside a piece
        self._nest()
        self.lost: list[Span] = []  # whole subtrees out of which no link leads

    def _nest(self) -> None:
        number = {top: piece for piece, top in enumerate(self.tops)}
        stop = self.tree.stop
        around = [
            (stop[0], 0, True)
        ]  # of what a place lies in: where that ends, its piece or the next one around, which
        for place in sorted({*self.tops[1:], *self.failed}):
            while around[-1][0] <= place:
                around.pop()
            _, outer, is_piece = around[-1]
            if is_piece:
                self.holes[outer].append(place)
            piece = number.get(place)
            if piece is None:
                around.append((stop[place], outer, False))
            else:
                self.above[piece] = outer
                around.append((stop[place], piece, True))

    def spans(self) -> tuple[Span, ...]:
        """Return everything that falls."""
        pending = self._without_the_lost()
        loose = [piece for piece in pending if not self._is_held_by_its_highest(piece)]
        for piece in loose:
            if self._root(piece) != 0:
                self._walk(piece)
        dark = [Span(at, at + 1) for at in self.failed] + self.lost
        for piece in loose:
            if self._root(piece) != 0:
                dark += self._own(piece)
        return joined(dark)

    def _without_the_lost(self) -> list[int]:
        """Return the pieces that are not certainly lost."""
        tree, pending, until = self.tree, [], -1
        for piece, top in enumerate(self.tops[1:], 1):
            if top < until:
                continue
            above = tree.parent[top]
            if tree.low[top] >= (above if above in self.failed else above + 1):
                until = tree.stop[top]
                self.lost.append(Span(top, until))
            else:
                pending.append(piece)
        return pending

    def _is_held_by_its_highest(self, piece: int) -> bool:
        """Join a piece to where its highest link leads; tell whether that is enough."""
        tree = self.tree
        there, source = min(map(tree.highest, self._own(piece)))
        if there < self.tops[piece] and there not in self.failed and self._is_joined(source, there):
            self._join(piece, self._piece_of(there))
        return self._root(piece) == 0

    def _is_joined(self, place: int, there: int) -> bool:
        return any(at == there and link not in self.links for at, link in self.tree.ups[place])

    def _walk(self, piece: int) -> None:
        """Join a piece with all that its links lead to, until it holds."""
        tree, failed, links = self.tree, self.failed, self.links
        for span in self._own(piece):
            for here in range(*span):
                for there, link in (*tree.ups[here], *tree.downs[here]):
                    if link not in links and there not in failed:
                        self._join(piece, self._piece_of(there))
                if self._root(piece) == 0:
                    return

    def _piece_of(self, place: int) -> int:
        """Return the piece that a place lies in, which has not failed."""
        piece = bisect_right(self.tops, place) - 1
        while self.tree.stop[self.tops[piece]] <= place:
            piece = self.above[piece]
        return piece

    def _own(self, piece: int) -> list[Span]:
        """Return the places of a piece, without what failed or was cut off inside it."""
        spans, start = [], self.tops[piece]
        for hole in self.holes[piece]:
            if start < hole:
                spans.append(Span(start, hole))
            start = self.tree.stop[hole]
        if start < self.tree.stop[self.tops[piece]]:
            spans.append(Span(start, self.tree.stop[self.tops[piece]]))
        return spans

    def _root(self, piece: int) -> int:
        leader = self.leader
        while leader[piece] != piece:
            leader[piece] = leader[leader[piece]]
            piece = leader[piece]
        return piece

    def _join(self, one: int, other: int) -> None:
        one, other = self._root(one), self._root(other)
        self.leader[max(one, other)] = min(one, other)


def joined(spans: Iterable[Span]) -> tuple[Span, ...]:
    """Return spans in order, those that touch or overlap as one."""
    merged: list[Span] = []
    for span in sorted(spans):
        if merged and span.start <= merged[-1].stop:
            merged[-1] = Span(merged[-1].start, max(merged[-1].stop, span.stop))
        else:
            merged.append(span)
    return tuple(merged)
