"""Round trips: smoothed mean and variation of every target, and the timeout that follows (RFC 6298). Pure columns."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


class RoundTrips:
    """Smoothed round trips of `capacity` slots; NaN until the first reply. Seconds throughout."""

    def __init__(self, capacity: int, *, shortest: float, longest: float) -> None:
        self._shortest, self._longest = shortest, longest
        self.mean = np.full(capacity, np.nan)
        self.variation = np.full(capacity, np.nan)
        self.timeout = np.full(capacity, longest)

    def grow(self, capacity: int) -> None:
        """Make room for `capacity` slots."""
        added = capacity - len(self.mean)
        self.mean = np.concatenate([self.mean, np.full(added, np.nan)])
        self.variation = np.concatenate([self.variation, np.full(added, np.nan)])
        self.timeout = np.concatenate([self.timeout, np.full(added, self._longest)])

    def reset(self, slots: Ints) -> None:
        """Forget what is known of these slots."""
        self.mean[slots] = np.nan
        self.variation[slots] = np.nan
        self.timeout[slots] = self._longest

    def learn(self, slots: Ints, rtt: Floats) -> None:
        """Take in one round trip of each of `slots`, NaN when it was not measured; of several the last one counts."""
        measured = ~np.isnan(rtt)
        if np.count_nonzero(measured) < len(rtt):
            slots, rtt = slots[measured], rtt[measured]
        mean, variation = self.mean[slots], self.variation[slots]
        error = rtt - mean
        mean = mean + error / 8.0
        variation = variation + (np.abs(error) - variation) / 4.0
        first = np.isnan(mean)
        if np.count_nonzero(first):
            mean = np.where(first, rtt, mean)
            variation = np.where(first, rtt / 2.0, variation)
        self.mean[slots] = mean
        self.variation[slots] = variation
        self.timeout[slots] = np.minimum(np.maximum(mean + 4.0 * variation, self._shortest), self._longest)
