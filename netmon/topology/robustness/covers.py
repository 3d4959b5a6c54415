"""Which of many falls a place lies in, asked place by place.

Where each of a thousand power areas darkens all that lies behind it, the lists of those before each place are as long
as the square of the network. So they are not kept: the spans of falls are, in a tree of halves, each at the few nodes
that it is made of (a segment tree; Bentley, 1977), and a list is made when somebody reads it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from netmon.model import Element
from netmon.topology.graph import Graph
from netmon.topology.robustness.spans import Span


class Covers:
    """The falls of elements, by their codes, over so many places."""

    def __init__(self, graph: Graph, places: int, falls: Iterable[tuple[int, Sequence[Span]]]) -> None:
        self._size = places
        self._over: dict[int, list[int]] = {}  # node of the tree of halves → codes
        self._element: dict[int, Element] = {}
        for code, spans in falls:
            self._element[code] = graph.element(code)
            for start, stop in spans:
                self._cover(code, start + places, stop + places)

    def _cover(self, code: int, left: int, right: int) -> None:
        over = self._over
        while left < right:
            if left & 1:
                over.setdefault(left, []).append(code)
                left += 1
            if right & 1:
                right -= 1
                over.setdefault(right, []).append(code)
            left >>= 1
            right >>= 1

    def of_all(self, places: Sequence[int]) -> tuple[Element, ...]:
        """Return the elements that make all of these places fall, in the order of their codes; none of no places."""
        if not places:
            return ()
        first, *others = map(self._of, places)
        codes = set(first).intersection(*others) if others else first
        return tuple(map(self._element.__getitem__, sorted(codes)))

    def _of(self, place: int) -> list[int]:
        found: list[int] = []
        node = place + self._size
        while node:
            found += self._over.get(node, ())
            node >>= 1
        return found
