"""What a prober has to tell and has not been told to be written yet, in order and bounded. Pure.

While nobody takes it, it waits. Words of coverage that follow each other become one. Beyond the bound the oldest
words of quality go first, and no change of state goes before all of them: a ledger can do without the former.
What was taken is kept for a while: a journal whose servers came apart may have lost it, and want it again.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from netmon.events import (
    Coverage,
    Event,
    EvidenceSeen,
    LightHealth,
    LightLevel,
    NeighboursHeard,
    NodeQuality,
    ProbingGap,
    TrapSeen,
)

QUALITY = (NodeQuality, LightHealth, LightLevel, NeighboursHeard, EvidenceSeen, TrapSeen)
"""What says how well something works, or why not; not whether it does."""
BOUND = 100_000
"""Events that wait at most."""
KEPT = 20_000
"""Events that are kept after they were taken."""
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


class Backlog:
    """Reports that wait to be taken, oldest first; `after` is the number of the last that was."""

    def __init__(self, *, bound: int = BOUND) -> None:
        self._waiting: deque[Report] = deque()
        self._bound = bound
        self._next = 1
        self._kept: deque[Report] = deque()
        self._kept_events = 0
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

    def taken(self, number: int) -> None:
        """Let the reports up to this number wait no more: they are written."""
        while self._waiting and self._waiting[0].number <= number:
            report = self._waiting.popleft()
            self.events -= len(report.events)
            self._kept.append(report)
            self._kept_events += len(report.events)
        self.after = number
        while self._kept_events > KEPT and len(self._kept) > 1:
            self._kept_events -= len(self._kept.popleft().events)

    def missed(self, number: int) -> None:
        """Let the reports after this number wait again, as far as they are kept: they are not written after all."""
        self.after = min(self.after, number)
        while self._kept and self._kept[-1].number > number:
            report = self._kept.pop()
            self._kept_events -= len(report.events)
            self._waiting.appendleft(report)
            self.events += len(report.events)

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
        """Lose what cannot be kept, and say so: nothing is known of that time."""
        goal, since, last = int(RELIEF * self._bound), self._waiting[0].at, self._waiting[0]
        while self._waiting and self.events >= goal:
            last = self._waiting.popleft()
            self.events -= len(last.events)
            self.lost += len(last.events)
        blind = ProbingGap(last.at, "prober", since, "events could not be told and were lost")
        self._waiting.appendleft(Report(last.number, last.at, (blind,)))
        self.events += 1


def _head(waiting: deque[Report], most: int) -> Iterator[Report]:
    count = 0
    for report in waiting:
        if count and count + len(report.events) > most:
            return
        count += len(report.events)
        yield report
