"""When to probe what: pure time arithmetic for probers that have seconds between two probes of a target.

Each target keeps its own phase of the interval, from a stable hash of its name, so that probes are spread evenly and
a restart does not shift them. Where waking up is much of what a probe costs, phases go by steps: those of one step
come together. Times are seconds on one monotonic clock, passed in.
"""

from __future__ import annotations

import heapq
import math
from collections.abc import Mapping
from zlib import crc32

MOST_TOGETHER = 16
"""Targets that share a step, on average: more have turns so close to one another that nobody sleeps between them."""


def phase(target: str, interval: float, step: float = 0.0) -> float:
    """Return the target's place in the interval, in [0, interval) seconds; with steps, where its step begins."""
    place = crc32(target.encode()) / 2**32 * interval
    return math.floor(place / step) * step if step else place


def next_turn(target: str, interval: float, now: float, step: float = 0.0) -> float:
    """Return the first time after `now` that has the target's phase."""
    offset = phase(target, interval, step)
    return (math.floor((now - offset) / interval) + 1) * interval + offset


class Agenda:
    """The next probe of every target. `skipped` counts turns that passed while nobody asked for them.

    Args:
        together: seconds of a step, whose targets come together; shorter where they are many, 0 for none.
    """

    def __init__(self, together: float = 0.0) -> None:
        self.skipped = 0
        self._together = self._step = together
        self._intervals: dict[str, float] = {}
        self._due: dict[str, float] = {}
        self._heap: list[tuple[float, str]] = []

    def set_targets(self, intervals: Mapping[str, float], now: float) -> None:
        """Probe exactly these targets, each every so many seconds; those that stay keep their turn."""
        for gone in self._intervals.keys() - intervals.keys():
            del self._due[gone]
        fresh = [t for t, interval in intervals.items() if self._intervals.get(t) != interval]
        self._intervals = dict(intervals)
        rate = sum(1.0 / interval for interval in intervals.values())
        self._step = min(self._together, MOST_TOGETHER / rate) if rate else self._together
        for target in fresh:
            self._put(target, next_turn(target, intervals[target], now, self._step))

    def bring_forward(self, target: str, when: float) -> None:
        """Probe a target at `when` if its turn is later; unknown targets are ignored."""
        if when < self._due.get(target, -math.inf):
            self._put(target, when)

    def next_due(self) -> float | None:
        """Return when the next target is due, or None without targets."""
        self._drop_stale()
        return self._heap[0][0] if self._heap else None

    def take_due(self, now: float, most: int) -> list[str]:
        """Return at most `most` targets that are due, each then scheduled for its next turn.

        A turn that is late by more than its interval (the machine slept) is not made up for.
        """
        found: list[str] = []
        while len(found) < most and (due := self.next_due()) is not None and due <= now:
            _, target = heapq.heappop(self._heap)
            interval = self._intervals[target]
            self._put(target, next_turn(target, interval, now, self._step))
            if now - due > interval:
                self.skipped += 1
            else:
                found.append(target)
        return found

    def _put(self, target: str, due: float) -> None:
        self._due[target] = due
        heapq.heappush(self._heap, (due, target))

    def _drop_stale(self) -> None:
        while self._heap and self._due.get(self._heap[0][1]) != self._heap[0][0]:
            heapq.heappop(self._heap)
