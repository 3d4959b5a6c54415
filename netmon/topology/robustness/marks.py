"""Marks by which a set of places tells whether a link leads out of it, without a look at each of its places.

Each link has a random number of its own, and each place the exclusive or of those of its links. Over a set of places,
links inside it cancel: what is left is that of the links that lead out, and nothing where there are none. So it is
with sketches of graphs (Kapron, King and Mountjoy, SODA 2013), and with intervals of a tree it takes two look-ups.
That links which lead out cancel by chance is possible once in 2^64 questions. The numbers are the digits of a digest,
the same in each run.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from hashlib import shake_128
from itertools import accumulate
from operator import xor
from struct import unpack

from netmon.topology.robustness.spans import Span


class Marks:
    """The marks of links, `of_link`, and of places, summed up from the first on."""

    def __init__(
        self, links: int, parent: Sequence[int], below: Mapping[int, int], ups: Sequence[Sequence[tuple[int, int]]]
    ) -> None:
        """Mark so many links; those of a tree are given as `Tree` has them."""
        self.of_link = of_link = unpack(f"<{links}Q", shake_128(b"links").digest(8 * links))
        at = [0] * len(parent)
        for link, place in below.items():
            at[place] ^= of_link[link]
            at[parent[place]] ^= of_link[link]
        for here, around in enumerate(ups):
            own = at[here]
            for there, link in around:
                mark = of_link[link]
                own ^= mark
                at[there] ^= mark
            at[here] = own
        self._before = list(accumulate(at, xor, initial=0))

    def leading_out(self, spans: Iterable[Span]) -> int:
        """Return the marks of the links that lead out of these places, as one; nothing where none does."""
        before, mark = self._before, 0
        for start, stop in spans:
            mark ^= before[start] ^ before[stop]
        return mark
