"""The ledger: per site a timeline of spans, so that every second is in exactly one bucket.

A timeline is a tuple of spans in order of time; each lasts until the next begins, the last one is open. Since spans
cannot overlap or leave holes, the buckets of any period sum to the period by construction.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TypeVar

from netmon.model import Cause, Element, Verdict

K = TypeVar("K")

DARK = frozenset({Verdict.DOWN, Verdict.UNREACHABLE})
ANSWERING = frozenset({Verdict.UP, Verdict.DEGRADED})


@dataclass(frozen=True, slots=True)
class Span:
    """From `start` the site had this verdict, because of `incident` if one is known.

    A `provisional` span belongs to an outage that is not explained yet; what is learned later replaces it from its
    start.
    """

    start: float
    verdict: Verdict
    incident: str | None = None
    provisional: bool = False


@dataclass(frozen=True, slots=True)
class Account:
    """What the ledger keeps of an incident that darkened sites, for as long as there is a ledger.

    `closed` is None while it is open; `is_ruled` says that a person had the last word on the cause.
    """

    id: str
    element: Element
    cause: Cause
    opened: float
    closed: float | None = None
    count: int = 1
    is_ruled: bool = False


@dataclass(frozen=True, slots=True)
class Outage:
    """One outage of a site: dark from `start` to `end` (None: still), `dark_seconds` of it known to be dark.

    Gaps in which nothing was known do not end an outage when the site was dark on both sides of them; they count as
    `unknown_seconds`.
    """

    site: str
    start: float
    end: float | None
    dark_seconds: float
    unknown_seconds: float
    incidents: tuple[str, ...]


def extend(timeline: tuple[Span, ...], span: Span, room: float = 0.0) -> tuple[Span, ...]:
    """Return the timeline with `span` in force from its start.

    A span never begins before the last one, nor before there is `room`: what has been written is not rewritten. Only
    a provisional last span, which stands for "dark, not explained yet", is replaced from its own start by the
    explanation.
    """
    if not timeline:
        return (span,)
    last = timeline[-1]
    replaces = last.provisional and span.verdict not in ANSWERING
    start = last.start if replaces else max(last.start, span.start, room)
    kept = timeline[:-1] if start == last.start else timeline
    if kept and (kept[-1].verdict, kept[-1].incident) == (span.verdict, span.incident):
        return kept
    return (*kept, span if span.start == start else replace(span, start=start))


def amend(timeline: tuple[Span, ...], start: float, end: float, verdict: Verdict) -> tuple[Span, ...]:
    """Return the timeline with [start, end) in another bucket; what comes after stays as it was.

    This is how people correct history: `extend` never rewrites what has been written.
    """
    if start >= end:
        return timeline
    changed = [span for span in timeline if span.start < start]
    changed.append(Span(start, verdict))
    after = [span for span in timeline if span.start >= end]
    in_force = next((span for span in reversed(timeline) if span.start <= end), None)
    if in_force is not None and in_force not in after:
        changed.append(replace(in_force, start=end))
    elif in_force is None:
        changed.append(Span(end, Verdict.UNKNOWN))
    joined: list[Span] = []
    for span in (*changed, *after):
        if not joined or (joined[-1].verdict, joined[-1].incident) != (span.verdict, span.incident):
            joined.append(span)
    return tuple(joined)


def whole_seconds(seconds: Mapping[K, float], period: int) -> dict[K, int]:
    """Return buckets in whole seconds that sum to the period exactly: the largest fractions are rounded up."""
    rounded = {bucket: int(value) for bucket, value in seconds.items()}
    largest_first = sorted(seconds, key=lambda bucket: rounded[bucket] - seconds[bucket])  # a stable sort
    for bucket in largest_first[: max(0, period - sum(rounded.values()))]:
        rounded[bucket] += 1
    return rounded


def buckets(timeline: tuple[Span, ...], start: float, end: float) -> dict[Verdict, float]:
    """Return the seconds of [start, end) in each bucket; time before the first span is `unknown`.

    The values sum to `end - start` up to floating-point rounding.
    """
    seconds = dict.fromkeys(Verdict, 0.0)
    for begin, finish, span in _clipped(timeline, start, end):
        seconds[span.verdict if span else Verdict.UNKNOWN] += finish - begin
    return seconds


def outages(site: str, timeline: tuple[Span, ...], now: float) -> Iterator[Outage]:
    """Yield the outages of a site, oldest first."""
    start: float | None = None
    dark = unknown = gap = 0.0
    incidents: list[str] = []
    for begin, finish, span in _clipped(timeline, timeline[0].start if timeline else now, now):
        verdict = span.verdict if span else Verdict.UNKNOWN
        if verdict in DARK and span is not None:
            start = begin if start is None else start
            dark += finish - begin
            unknown += gap
            gap = 0.0
            if span.incident is not None and span.incident not in incidents:
                incidents.append(span.incident)
        elif verdict is Verdict.UNKNOWN and start is not None:
            gap += finish - begin
        elif start is not None:
            yield Outage(site, start, begin - gap if gap else begin, dark, unknown, tuple(incidents))
            start, dark, unknown, gap, incidents = None, 0.0, 0.0, 0.0, []
    if start is not None:
        yield Outage(site, start, None, dark, unknown + gap, tuple(incidents))


def _clipped(timeline: tuple[Span, ...], start: float, end: float) -> Iterator[tuple[float, float, Span | None]]:
    """Yield (begin, finish, span) for the parts of [start, end); None stands for the time before the first span."""
    if start >= end:
        return
    first = timeline[0].start if timeline else end
    if start < first:
        yield start, min(first, end), None
    for index, span in enumerate(timeline):
        finish = timeline[index + 1].start if index + 1 < len(timeline) else end
        begin, finish = max(span.start, start), min(finish, end)
        if begin < finish:
            yield begin, finish, span
