"""A site's ledger as a bar: time runs to the right, and each verdict has a height of its own beside its colour."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from netmon.model import Verdict
from netmon.picture.ledger import Span, buckets

WIDTH, HEIGHT = 720.0, 24.0
_HEIGHTS = {
    Verdict.UP: 7.0,
    Verdict.DEGRADED: 13.0,
    Verdict.DOWN: 24.0,
    Verdict.UNREACHABLE: 19.0,
    Verdict.UNKNOWN: 3.0,
    Verdict.MAINTENANCE: 10.0,
    Verdict.UNSERVED: 2.0,
}
_NARROWEST = 1.0  # so that a short outage in a long time can still be seen
_QUIET = frozenset({Verdict.UP, Verdict.UNKNOWN, Verdict.UNSERVED})


@dataclass(frozen=True, slots=True)
class Piece:
    """One rectangle of a bar, in units of its SVG."""

    verdict: Verdict
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Bar:
    """A period of a site's ledger: its pieces, and the seconds in each bucket that has any."""

    start: float
    end: float
    pieces: tuple[Piece, ...]
    seconds: dict[Verdict, float]

    def share(self, verdict: Verdict) -> float:
        """Return the part of the period in a bucket, 0 to 1."""
        return self.seconds.get(verdict, 0.0) / (self.end - self.start)


def make_bar(timeline: tuple[Span, ...], start: float, end: float) -> Bar:
    """Return the bar of [start, end), which must not be empty; what is worse lies on top."""
    pieces = sorted(_pieces(timeline, start, end), key=lambda piece: piece.verdict not in _QUIET)
    seconds = {verdict: time for verdict, time in buckets(timeline, start, end).items() if time > 0.0}
    return Bar(start, end, tuple(pieces), seconds)


def _pieces(timeline: tuple[Span, ...], start: float, end: float) -> Iterator[Piece]:
    first = timeline[0].start if timeline else end
    spans = [(start, Verdict.UNKNOWN)] if first > start else []
    spans += [(max(span.start, start), span.verdict) for span in timeline if span.start < end]
    for index, (begin, verdict) in enumerate(spans):
        finish = spans[index + 1][0] if index + 1 < len(spans) else end
        if finish <= begin:
            continue
        scale = WIDTH / (end - start)
        width = (finish - begin) * scale
        if verdict not in _QUIET:
            width = max(width, _NARROWEST)
        x = min((begin - start) * scale, WIDTH - width)
        yield Piece(verdict, round(x, 2), HEIGHT - _HEIGHTS[verdict], round(width, 2), _HEIGHTS[verdict])
