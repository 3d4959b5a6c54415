"""Checkpoints: pictures kept in the journal, so that a start, or a question about the past, folds only what follows.

A checkpoint is never the truth, only a short cut to it, unless it is a *base*: then the entries before it are gone
(retention, or a disk that was full for too long), and the journal begins with it.
"""

from __future__ import annotations

import hashlib
import re
import zlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import NamedTuple

DAY = 86_400.0
DAILY = 14 * DAY
"""Age in seconds up to which one checkpoint of each day is kept; beyond, one of each thirty days."""
NEWEST = 2
"""The newest checkpoints are kept in any case: should one be damaged, there is the other."""
_HEAD = 256
"""Bytes at the beginning of a content in which its drawing is named."""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A picture after the entry at `position`; no entry up to there is dated later than `at`.

    `fingerprint` names the structure `content` is written in; `digest` is the SHA-256 (hex) of them all, so that a
    damaged checkpoint is passed over, not believed.
    """

    position: int
    at: float
    fingerprint: str
    content: bytes
    is_base: bool = False
    digest: str = ""

    def sealed(self) -> Checkpoint:
        """Return the checkpoint with its digest."""
        return replace(self, digest=self._sum())

    @property
    def is_whole(self) -> bool:
        """True when it is as it was sealed."""
        return self.digest == self._sum()

    @property
    def drawing(self) -> str | None:
        """The digest of the inventory that its picture is of: content begins with it. None when it does not."""
        try:
            head = zlib.decompressobj().decompress(self.content, _HEAD)
        except zlib.error:
            return None
        found = re.match(rb'{"inventory":"([^"]*)"', head)
        return None if found is None else found[1].decode()

    def _sum(self) -> str:
        head = f"{self.position} {self.at!r} {self.fingerprint} ".encode()
        return hashlib.sha256(head + self.content).hexdigest()


class Stamp(NamedTuple):
    """Which checkpoint: all but the content."""

    position: int
    at: float
    is_base: bool


def superfluous(kept: Iterable[Stamp]) -> tuple[int, ...]:
    """Return the positions of the checkpoints that need not be kept.

    Of each day, and of each thirty days further back, the first stays: what is kept once does not go as time passes,
    before its day is long over. A base always stays.
    """
    ordered = sorted(kept, reverse=True)
    if not ordered:
        return ()
    newest = ordered[0].at
    seen: set[tuple[float, float]] = set()
    drop = []
    for stamp in sorted(ordered[NEWEST:]):
        length = DAY if newest - stamp.at <= DAILY else 30 * DAY
        bucket = (length, stamp.at // length)
        if bucket in seen and not stamp.is_base:
            drop.append(stamp.position)
        seen.add(bucket)
    return tuple(drop)
