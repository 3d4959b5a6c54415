"""Two clocks behind one protocol: the wall clock dates events, the monotonic clock measures durations.

Also how a time is written for programs: UTC in RFC 3339.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Protocol

LAST = 32_503_680_000.0
"""The year 3000 in Unix seconds: what is later has no date in some zone, or none that programs can read."""
TOLERATED = 0.3
"""Seconds by which the clocks of machines that share a journal may differ."""


class Clock(Protocol):
    """Where the shell takes its time from. The pure rooms never see one: time is passed in."""

    def wall(self) -> float:
        """Return Unix seconds (UTC); may step."""
        ...

    def monotonic(self) -> float:
        """Return seconds that never go back; the zero is arbitrary."""
        ...


class SystemClock:
    """The machine's clocks."""

    def wall(self) -> float:
        """Return the machine's wall clock in Unix seconds."""
        return time.time()

    def monotonic(self) -> float:
        """Return the machine's monotonic clock in seconds."""
        return time.monotonic()


class SteeredClock:
    """A clock whose wall hand is set after that of another machine; the other hand is its own.

    Machines that share a journal date its events: one whose clock is wrong would see outages before they began.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.offset = 0.0

    def wall(self) -> float:
        """Return the other machine's wall clock, as far as it is known, in Unix seconds."""
        return self._clock.wall() + self.offset

    def monotonic(self) -> float:
        """Return this machine's own monotonic clock in seconds."""
        return self._clock.monotonic()

    def steer(self, theirs: float, asked: float, answered: float) -> None:
        """Take in that the other clock showed `theirs` at some time between two moments of this one.

        Small differences are left alone: they are for NTP, and each step leaves a gap.
        """
        error = theirs - (asked + answered) / 2
        if abs(error) > TOLERATED + (answered - asked) / 2:
            self.offset += error


class FakeClock:
    """A clock for tests: both hands move only when told; the wall hand may also be stepped alone."""

    def __init__(self, wall: float = 1_700_000_000.0, monotonic: float = 1_000.0) -> None:
        self._wall = wall
        self._monotonic = monotonic

    def wall(self) -> float:
        """Return the wall hand."""
        return self._wall

    def monotonic(self) -> float:
        """Return the monotonic hand."""
        return self._monotonic

    def advance(self, seconds: float) -> None:
        """Let `seconds` pass on both hands."""
        self._wall += seconds
        self._monotonic += seconds

    def step_wall(self, seconds: float) -> None:
        """Step the wall hand, as a clock correction does."""
        self._wall += seconds


PRINTED = 0.001
"""Seconds to which moments are printed, downwards: one that is typed as it was printed means all of that span."""


def rfc3339(when: float | None) -> str | None:
    """Return Unix seconds as UTC RFC 3339 with milliseconds; None stays None."""
    if when is None:
        return None
    return datetime.fromtimestamp(when, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
