"""What a prober has to tell and has not been told to be written yet, in order and bounded. Pure.

While nobody takes it, it waits. Words of coverage that follow each other become one. Beyond the bound the oldest
words of quality go first, and no change of state goes before all of them: a ledger can do without the former. Then
the oldest reports go, and a gap stands in their place: nothing is known of that time.

What was taken is kept for a while: a journal whose servers came apart may have lost it, and want it again. A gap
stands for what is not kept any more, too.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from netmon.events import (
    Coverage,
    Event,
    EvidenceSeen,
    LightHealth,
    LightLevel,
    NeighboursHeard,
    NodeDown,
    NodeQuality,
    NodeUnknown,
    NodeUp,
    ProbingGap,
    ProbingStarted,
    TrapSeen,
)

QUALITY = (NodeQuality, LightHealth, LightLevel, NeighboursHeard, EvidenceSeen, TrapSeen)
"""What says how well something works, or why not; not whether it does."""
STATE = (NodeUp, NodeDown, NodeUnknown)
"""What says whether a node answers."""
BOUND = 100_000
"""Events that wait at most."""
KEPT = 20_000
"""Events that are kept after they were taken."""
REMEMBERED = 10_000
"""Reports of which it is remembered when they were, after they are not kept any more."""
TELLER = "prober"
"""Who tells of such a gap: not whoever pings, who says again by itself what it finds."""
LOST = "events could not be told and were lost"
RELIEF = 0.9
"""The share of the bound that is left after a pass of dropping: a pass looks at all that waits."""


@dataclass(frozen=True, slots=True)
class Report:
    """The events of one turn of a prober, dated `at` there. Numbers rise, with holes."""

    number: int
    at: float
    events: tuple[Event, ...]

    @property
    def is_coverage(self) -> bool:
        """True when it says nothing but how far probing has come."""
        return all(isinstance(event, Coverage) for event in self.events)

    @property
    def is_gap(self) -> bool:
        """True when it stands for reports that are lost: what was known before them is to be said again."""
        return any(isinstance(event, ProbingGap) and event.prober == TELLER for event in self.events)

    @property
    def since(self) -> float:
        """The earliest time at which something that it says is true."""
        told = (one.since for one in self.events if isinstance(one, NodeUp | NodeDown | NodeUnknown | ProbingGap))
        return min([self.at, *told])


@dataclass(frozen=True, slots=True)
class _Forgotten:
    """What is left of a report that is not kept any more, or of several up to this number.

    `events` are those that were not counted as lost yet.
    """

    number: int
    since: float
    at: float
    events: int


class Backlog:
    """Reports that wait to be taken, oldest first; `after` is the number of the last that was."""

    def __init__(self, *, bound: int = BOUND) -> None:
        self._waiting: deque[Report] = deque()
        self._bound = bound
        self._next = 1
        self._kept: deque[Report] = deque()
        self._kept_events = 0
        self._forgotten: deque[_Forgotten] = deque()
        self._older: _Forgotten | None = None  # all that were before these, in one
        self._started = 0, ProbingStarted(0.0, "")  # with which report this run began
        self.after = 0
        self.events = 0
        self.dropped = 0
        self.lost = 0

    def __len__(self) -> int:
        return len(self._waiting)

    def add(self, events: Sequence[Event], at: float) -> None:
        """Let the events of one turn wait."""
        if not events:
            return
        report = Report(self._next, at, tuple(events))
        self._next += 1
        for event in events:
            if isinstance(event, ProbingStarted):
                self._started = report.number, event
        last = self._waiting[-1] if self._waiting else None
        if last is not None and last.is_coverage and report.is_coverage:
            self.events -= len(self._waiting.pop().events)
        self._waiting.append(report)
        self.events += len(report.events)
        if self.events > self._bound:
            self._drop_quality()
        if self.events > self._bound:
            self._lose_oldest()

    @property
    def oldest(self) -> float | None:
        """The date of the oldest report; None when none waits."""
        return self._waiting[0].at if self._waiting else None

    def head(self, most: int) -> tuple[Report, ...]:
        """Return the oldest reports, of about `most` events together, at least one if any waits."""
        return tuple(_head(self._waiting, most))

    def nodes_told(self) -> frozenset[str]:
        """Return the nodes of which something that waits says whether they answer.

        A gap stands before all else that waits: of these nodes it is told after it what they are, of others not.
        """
        says = (event for report in self._waiting for event in report.events)
        return frozenset(event.node for event in says if isinstance(event, STATE))

    def taken(self, number: int) -> None:
        """Let the reports up to this number wait no more: they are written."""
        while self._waiting and self._waiting[0].number <= number:
            report = self._waiting.popleft()
            self.events -= len(report.events)
            self._kept.append(report)
            self._kept_events += len(report.events)
        self.after = number
        while self._kept_events > KEPT and len(self._kept) > 1:
            report = self._kept.popleft()
            self._kept_events -= len(report.events)
            events = 0 if report.is_gap else len(report.events)
            self._forgotten.append(_Forgotten(report.number, report.since, report.at, events))
        while len(self._forgotten) > REMEMBERED:
            self._older = _in_one([*([] if self._older is None else [self._older]), self._forgotten.popleft()])

    def missed(self, number: int) -> None:
        """Let the reports after this number wait again: they are not written after all.

        Before them stands a gap for those that are not kept any more.
        """
        self.after = min(self.after, number)
        while self._kept and self._kept[-1].number > number:
            report = self._kept.pop()
            self._kept_events -= len(report.events)
            self._waiting.appendleft(report)
            self.events += len(report.events)
        lost: deque[_Forgotten] = deque()
        while self._forgotten and self._forgotten[-1].number > number:
            lost.appendleft(self._forgotten.pop())
        if self._older is not None and self._older.number > number:
            lost.appendleft(self._older)
            self._older = None
        if not lost:
            return
        self.lost += sum(one.events for one in lost)
        gap = replace(_in_one(lost), events=0)
        self._forgotten.append(gap)
        while self._waiting and self._waiting[0].number <= gap.number:  # what stood for some of them before
            self.events -= len(self._waiting.popleft().events)
        self._begin_with_gap(gap)

    def begin_anew(self, started: ProbingStarted) -> None:
        """Lose all that waits: none of it will be taken. What follows is another run, which begins with a gap."""
        since = min((report.since for report in self._waiting), default=started.at)
        self.lost += sum(len(report.events) for report in self._waiting if not report.is_gap)
        for gone in (self._waiting, self._kept, self._forgotten):
            gone.clear()
        self._older, self._kept_events, self.events, self.after = None, 0, 0, 0
        self.add([started, ProbingGap(started.at, TELLER, min(since, started.at), LOST)], started.at)

    def _drop_quality(self) -> None:
        goal, kept = int(RELIEF * self._bound), deque[Report]()
        for report in self._waiting:
            stays = report.events
            if self.events > goal:
                stays = tuple(event for event in report.events if not isinstance(event, QUALITY))
                self.events -= len(report.events) - len(stays)
                self.dropped += len(report.events) - len(stays)
            if stays:
                kept.append(Report(report.number, report.at, stays))
        self._waiting = kept

    def _lose_oldest(self) -> None:
        """Lose what cannot be kept, and say so."""
        goal, lost = int(RELIEF * self._bound), deque[_Forgotten]()
        while self._waiting and self.events >= goal:
            report = self._waiting.popleft()
            self.events -= len(report.events)
            self.lost += 0 if report.is_gap else len(report.events)
            lost.append(_Forgotten(report.number, report.since, report.at, 0))
        self._begin_with_gap(_in_one(lost))

    def _begin_with_gap(self, lost: _Forgotten) -> None:
        """Tell first that nothing is known of this time; and that the run began, where that was among it."""
        number, started = self._started
        blind = ProbingGap(lost.at, TELLER, lost.since, LOST)
        events = (started, blind) if self.after < number <= lost.number else (blind,)
        self._waiting.appendleft(Report(lost.number, lost.at, events))
        self.events += len(events)


def _in_one(lost: Sequence[_Forgotten]) -> _Forgotten:
    last = lost[-1]
    return _Forgotten(last.number, min(one.since for one in lost), last.at, sum(one.events for one in lost))


def _head(waiting: deque[Report], most: int) -> Iterator[Report]:
    count = 0
    for report in waiting:
        if count and count + len(report.events) > most:
            return
        count += len(report.events)
        yield report
