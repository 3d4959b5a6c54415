"""Which targets are probed out of turn: suspects in bursts, and single requests that somebody waits for. Pure.

Columns over all slots: when the next request out of turn is due (infinity = none), its rank, and until when it is one
of a series. The caller says how many may be sent; those with the most to tell go first, so that when a whole county
falls silent the earliest suspects are decided first and nobody floods the network.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


_VIGIL, _SERIES, _URGENT = 0, 1, 2
"""Ranks: watching what is down already, trying a suspect, and what somebody waits for."""


class Bursts:
    """Requests out of turn, for `capacity` slots, `gap` seconds apart within a series."""

    def __init__(self, capacity: int, *, gap: float) -> None:
        self._gap = gap
        self._next = np.full(capacity, np.inf)
        self._until = np.full(capacity, -np.inf)
        self._rank = np.zeros(capacity, np.int8)
        self._earliest = math.inf
        self._is_stale = False

    def grow(self, capacity: int) -> None:
        """Make room for `capacity` slots."""
        added = capacity - len(self._next)
        self._next = np.concatenate([self._next, np.full(added, np.inf)])
        self._until = np.concatenate([self._until, np.full(added, -np.inf)])
        self._rank = np.concatenate([self._rank, np.zeros(added, np.int8)])

    @property
    def active(self) -> bool:
        """True while any request out of turn is planned."""
        return math.isfinite(self.next_due())

    def start(self, slots: Ints, now: float) -> None:
        """Begin a series for each of `slots`, with the first request at once."""
        self._until[slots] = np.inf
        self._rank[slots] = np.maximum(self._rank[slots], _SERIES)
        self._next[slots] = np.minimum(self._next[slots], now)
        self._earliest = min(self._earliest, now)

    def ask(self, slots: Ints, when: Floats | float, *, urgent: bool) -> None:
        """Plan one request for each of `slots` at `when`; a series in course goes on beside it."""
        if not len(slots):
            return
        self._next[slots] = np.minimum(self._next[slots], when)
        self._earliest = min(self._earliest, float(np.min(when)))
        if urgent:
            self._rank[slots] = _URGENT

    def keep_vigil(self, slots: Ints, until: float) -> None:
        """Let the series of `slots` go on until then, behind all others: they are judged, and may come back."""
        self._until[slots] = until
        self._rank[slots] = _VIGIL

    def stop(self, slots: Ints) -> None:
        """End the series of `slots`, and drop what was planned."""
        self._until[slots] = -np.inf
        self._rank[slots] = _VIGIL
        self._next[slots] = np.inf
        self._is_stale = True

    def sent(self, slots: Ints, now: float) -> None:
        """Count any request just sent as the one that was planned: series go on `gap` later."""
        goes_on = self._until[slots] > now
        self._next[slots] = np.where(goes_on, now + self._gap, np.inf)
        self._rank[slots] = np.where(self._until[slots] == np.inf, _SERIES, _VIGIL)
        self._is_stale = True

    def due(self, now: float, weight: NDArray[np.int64]) -> Ints:
        """Return the slots to probe out of turn now: by rank, then by falling `weight` (of every slot)."""
        if self.next_due() > now:
            return np.empty(0, np.int64)
        slots = np.flatnonzero(self._next <= now)
        if len(slots) > 1:
            slots = slots[np.lexsort((-weight[slots], -self._rank[slots]))]
        return slots

    def next_due(self) -> float:
        """Return when the next request out of turn is due; infinity when none is planned."""
        if self._is_stale:
            self._earliest = float(self._next.min(initial=np.inf))
            self._is_stale = False
        return self._earliest
