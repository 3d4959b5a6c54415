"""What a ledger has written of a time that is yet to come, after the clock was set back. Pure.

Which of two clocks was right, nobody can tell afterwards. So nothing that is written is written again: time that the
clock repeats is written once. But time of which nothing is known, jumped over by a clock that was ahead, has room:
there the ledger goes on, and what lies behind is laid aside until then. A machine that booted in the next year is not
blind until that comes, and one that booted in the year 2000 takes nothing from the years since.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from itertools import pairwise
from types import MappingProxyType

from netmon.model import Verdict
from netmon.picture.ledger import Span

Timelines = Mapping[str, tuple[Span, ...]]


@dataclass(frozen=True, slots=True)
class Ahead:
    """What is written of the time up to `ends`: timelines that were laid aside, the first from `begins` on, if any.

    From `free` on there is room in each timeline. When all that time is over, nothing but `ends` is of use: words of
    before that may still arrive.
    """

    begins: float | None
    ends: float
    laid: Timelines = field(default_factory=dict)
    free: Mapping[str, float] = field(default_factory=dict)
    is_over: bool = False

    def room(self, name: str) -> float:
        """Return the time from which on a timeline may be written."""
        return self.ends if self.is_over else self.free.get(name, 0.0)


def come_to(ledger: Timelines, ahead: Ahead, lived: float, at: float) -> tuple[Timelines, Ahead]:
    """Return the timelines when time goes from `lived` to `at`, and what is still ahead then."""
    if ahead.begins is not None and at >= ahead.begins:
        ledger, ahead = _take_up(ledger, ahead, lived, at)
    return ledger, Ahead(None, ahead.ends, is_over=True) if at >= ahead.ends and not ahead.is_over else ahead


def gone_back(ledger: Timelines, ahead: Ahead | None, lived: float, at: float) -> tuple[Timelines, Ahead]:
    """Return the timelines to go on from `at`, and what is ahead then; a clock may be set back more than once."""
    if ahead is None or ahead.is_over:
        return _lay_aside(ledger, at, lived)
    written = {name: max(lived, ahead.room(name)) for name in ledger if name not in ahead.laid}
    return _lay_aside(_take_up(ledger, ahead, lived, lived)[0], at, ahead.ends, written)


def _lay_aside(
    ledger: Timelines, at: float, ends: float, written: Mapping[str, float] = MappingProxyType({})
) -> tuple[Timelines, Ahead]:
    """Return the timelines to go on from `at`, and what lies ahead; all was written up to `ends`, or as they say."""
    parts = {name: _parted(spans, at, written.get(name, ends)) for name, spans in ledger.items() if spans}
    laid = {name: later for name, (_, later, _) in parts.items() if later}
    begins = min((spans[0].start for spans in laid.values()), default=None)
    return {name: now for name, (now, _, _) in parts.items()}, Ahead(
        begins, ends, laid, {name: free for name, (_, _, free) in parts.items()}
    )


def _take_up(ledger: Timelines, ahead: Ahead, lived: float, at: float) -> tuple[Timelines, Ahead]:
    """Return the timelines with what was laid aside, when time goes from `lived` to `at`, past its beginning."""
    joined = {}
    for name, later in ahead.laid.items():
        spans = ledger.get(name, ())
        until = max(lived, ahead.room(name))
        whole = tuple(span for span in spans if span.start < until)
        now = spans[-1] if spans else later[-1]
        if whole:
            whole = _followed(whole, Span(until, Verdict.UNKNOWN))
        for span in later:
            whole = _followed(whole, span)
        if at > ahead.ends:
            whole = _followed(whole, Span(ahead.ends, Verdict.UNKNOWN))
        joined[name] = _followed(whole, replace(now, start=max(at, ahead.ends)))
    free = {**ahead.free, **dict.fromkeys(joined, ahead.ends)}
    return {**ledger, **joined}, Ahead(None, ahead.ends, {}, free)


def _followed(spans: tuple[Span, ...], span: Span) -> tuple[Span, ...]:
    """Return a timeline that goes on with a span."""
    kept = spans[:-1] if spans and spans[-1].start >= span.start else spans
    return kept if kept and _is_the_same(kept[-1], span) else (*kept, span)


def _is_the_same(one: Span, other: Span) -> bool:
    """Tell whether two spans say the same, whenever they begin."""
    return (one.verdict, one.incident, one.provisional) == (other.verdict, other.incident, other.provisional)


def _parted(spans: tuple[Span, ...], at: float, ends: float) -> tuple[tuple[Span, ...], tuple[Span, ...], float]:
    """Return a timeline up to the first time from `at` on of which nothing is known; what is behind; that time."""
    now = spans[-1]
    if spans[0].start > at:
        return (replace(now, start=at),), spans, at
    for place, (span, following) in enumerate(pairwise(spans), 1):
        if following.start > at and span.verdict is Verdict.UNKNOWN:
            free = max(span.start, at)
            return _followed(spans[:place], replace(now, start=free)), spans[place:], free
    return spans, (), max(now.start, at) if now.verdict is Verdict.UNKNOWN else ends
