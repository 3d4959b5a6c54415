"""What falls when things fail: the pieces of the tree below them, as far as nothing joins them to the vantage."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Iterable, Iterator
from heapq import heapify, heappop, heappush
from itertools import chain, starmap
from typing import TYPE_CHECKING

from netmon.topology.robustness.spans import Span, joined

if TYPE_CHECKING:
    from netmon.topology.robustness.tree import Tree

TRIES = 3
"""Places of a piece whose links are followed before it is looked at by other means."""
SMALL = 100
"""Places of a piece that is looked through as long as that takes less than to make marks."""


class Fall:
    """One failure: the pieces below what failed, each with its top; piece 0 is what still holds at the vantage."""

    def __init__(self, tree: Tree, failed: set[int], cut: Collection[int], links: Collection[int]) -> None:
        self.tree = tree
        self.failed = failed
        self.links = frozenset(links)
        self.first = min([*failed, *cut])  # what leads to before it leads to piece 0
        tops = {child for at in failed for child in tree.children[at] if child not in failed}
        tops.update(child for child in cut if child not in failed)
        self.tops = [0, *sorted(tops)]
        self.leader = list(range(len(self.tops)))  # of joined pieces
        self.above = [0] * len(self.tops)  # the piece around a piece
        self.holes: list[list[int]] = [[] for _ in self.tops]  # where something failed or was cut off inside a piece
        self._nest()
        self.lost: list[Span] = []  # whole subtrees out of which no link leads
        self.leading_out = [0] * len(self.tops)  # by leaders, once it is told: the marks of links to other pieces

    def _nest(self) -> None:
        number = {top: piece for piece, top in enumerate(self.tops)}
        stop = self.tree.stop
        # of what a place lies in: where that ends, its piece or the next one around, and whether it is a piece
        around = [(stop[0], 0, True)]
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
        unclear = [p for p in pending if not (self._is_clear_from_highest(p) or self._is_clear_from_all(p))]
        loose = [piece for piece in pending if self._root(piece) != 0]
        if any(self._root(piece) != 0 for piece in unclear):
            self._tell_leading_out(loose)
            for piece in unclear:
                if not self._is_settled(piece):
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

    def _is_clear_from_highest(self, piece: int) -> bool:
        """Join a piece to where its highest links lead, one after another; tell whether it holds, or has no more."""
        tree, top, tries = self.tree, self.tops[piece], TRIES
        own = self._own(piece)
        if tree.leads_past(self.first, own[0], self.links):
            self._join(0, piece)
            return True
        highest = [(*tree.highest(span), span) for span in own]
        heapify(highest)
        while highest and highest[0][0] < top:
            _, source, (start, stop) = heappop(highest)
            led = [at for at, link in tree.ups[source] if at not in self.failed and link not in self.links]
            for there in led:
                self._join(piece, self._piece_of(there))
            if self._root(piece) == 0:
                return True
            tries -= bool(led)  # what failed is passed by, once for each link of it
            if tries == 0:
                return False
            for span in (Span(start, source), Span(source + 1, stop)):
                if span.start < span.stop:
                    heappush(highest, (*tree.highest(span), span))
        return not self.holes[piece]  # links may lead up to it from what lies below those

    def _is_clear_from_all(self, piece: int) -> bool:
        """Join a small piece with all that its links lead to; tell whether it is one."""
        own = self._own(piece)
        size = sum(stop - start for start, stop in own)
        is_small = size <= TRIES or (size <= SMALL and self.tree.spends(size))
        if is_small:
            for place in chain.from_iterable(starmap(range, own)):
                self._follow(piece, place)
        return is_small

    def _tell_leading_out(self, loose: Iterable[int]) -> None:
        """Mark what leads out of loose pieces: all that led out of their places, but not what failed."""
        tree, out = self.tree, self.leading_out
        marks, graph, shut_links = tree.marks, tree.footing.graph, tree.footing.shut_links
        for piece in loose:
            out[self._root(piece)] ^= marks.leading_out(self._own(piece))
        for at in self.failed:
            for there, link in self._around(at):
                out[self._root(self._piece_of(there))] ^= marks.of_link[link]
        for link in self.links:
            ends = [tree.place[node] for node in graph.ends[link]]
            if link not in shut_links and min(ends) >= 0 and self.failed.isdisjoint(ends):
                for there in ends:
                    out[self._root(self._piece_of(there))] ^= marks.of_link[link]

    def _is_settled(self, piece: int) -> bool:
        """Tell whether a piece holds, or nothing leads out of what it is joined to."""
        root = self._root(piece)
        return root == 0 or self.leading_out[root] == 0

    def _walk(self, piece: int) -> None:
        """Join a piece with all that its links lead to, until it is settled."""
        for place in chain.from_iterable(starmap(range, self._own(piece))):
            self._follow(piece, place)
            if self._is_settled(piece):
                return

    def _follow(self, piece: int, place: int) -> None:
        """Join a piece with all that the links at one of its places lead to."""
        for there, link in self._around(place):
            if link not in self.links:
                self._join(piece, self._piece_of(there))

    def _around(self, place: int) -> Iterator[tuple[int, int]]:
        """Yield where the links at a place lead to, other than to what failed, and which they are."""
        tree = self.tree
        footing = tree.footing
        for node, link in footing.graph.adjacency[tree.order[place]]:
            there = tree.place[node]
            if there >= 0 and there not in self.failed and link not in footing.shut_links:
                yield there, link

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
        if one != other:
            self.leader[max(one, other)] = min(one, other)
            self.leading_out[min(one, other)] ^= self.leading_out[max(one, other)]
