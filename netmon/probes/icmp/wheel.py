"""The time wheel: which targets are due, each at a stable phase of its interval. Pure; time is passed in.

Targets of one interval stand on one ring, sorted by phase; a turn of the loop sweeps an arc, and the arc is a slice.
Nothing is kept per target but its phase, so a late turn sends each round at most once and counts what it skipped.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


def phase_of(name: str) -> float:
    """Return where on its interval a target stands, from 0 to 1: the same after every restart and reload."""
    return int.from_bytes(hashlib.blake2b(name.encode(), digest_size=8).digest(), "big") / 2**64


@dataclass(frozen=True, slots=True)
class _Ring:
    interval: float
    phases: Floats  # sorted, seconds from 0 to interval
    slots: Ints  # in the order of `phases`


class Wheel:
    """All targets by interval and phase.

    Args:
        slots: the targets, distinct.
        intervals: seconds between rounds, of each target.
        phases: from 0 to 1, of each target.
        start: monotonic seconds from which on targets fall due.
    """

    def __init__(self, slots: Ints, intervals: Floats, phases: Floats, *, start: float) -> None:
        self._rings = [_ring(slots, phases, intervals, interval) for interval in np.unique(intervals).tolist()]
        self._swept = start
        self.rate = float(np.sum(1.0 / intervals)) if len(intervals) else 0.0
        """Rounds per second of all targets together."""

    def due(self, now: float) -> tuple[Ints, int]:
        """Return the targets that fell due since the last call, each once, and how many rounds were skipped."""
        last, self._swept = self._swept, max(now, self._swept)
        if now <= last:
            return np.empty(0, np.int64), 0
        due: list[Ints] = []
        skipped = 0
        for ring in self._rings:
            turns = (now - last) / ring.interval
            if turns >= 1.0:
                due.append(ring.slots)
                skipped += (int(turns) - 1) * len(ring.slots)
                continue
            first = int(np.searchsorted(ring.phases, math.fmod(last, ring.interval), side="right"))
            end = int(np.searchsorted(ring.phases, math.fmod(now, ring.interval), side="right"))
            if math.fmod(now, ring.interval) >= math.fmod(last, ring.interval):
                due.append(ring.slots[first:end])
            else:
                due += [ring.slots[first:], ring.slots[:end]]
        return _join(due), skipped

    def next_due(self, now: float) -> float:
        """Return when the next target falls due after `now`; infinity when there is none."""
        nearest = math.inf
        for ring in self._rings:
            position = math.fmod(now, ring.interval)
            index = int(np.searchsorted(ring.phases, position, side="right"))
            ahead = ring.phases[index] if index < len(ring.phases) else ring.phases[0] + ring.interval
            nearest = min(nearest, now + float(ahead) - position)
        return nearest


def _ring(slots: Ints, phases: Floats, intervals: Floats, interval: float) -> _Ring:
    members = intervals == interval
    offsets = phases[members] * interval
    order = np.argsort(offsets, kind="stable")
    return _Ring(interval, offsets[order], slots[members][order])


def _join(parts: Sequence[Ints]) -> Ints:
    filled = [part for part in parts if len(part)]
    if len(filled) == 1:
        return filled[0]
    return np.concatenate(filled) if filled else np.empty(0, np.int64)
