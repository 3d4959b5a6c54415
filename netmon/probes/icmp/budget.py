"""How much may be sent: token buckets for the engine, for bursts, and for every /24. Pure; time is passed in."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]


class Bucket:
    """A token bucket that holds `depth` seconds' worth of `rate` tokens per second, and starts full."""

    def __init__(self, rate: float, *, depth: float = 0.1) -> None:
        self.rate = rate
        self._limit = max(1.0, rate * depth)
        self._tokens = self._limit
        self._filled = -np.inf

    def take(self, wanted: int, now: float) -> int:
        """Take up to `wanted` tokens; return how many there were."""
        if self._filled != -np.inf:
            self._tokens = min(self._limit, self._tokens + (now - self._filled) * self.rate)
        self._filled = now
        taken = min(wanted, int(self._tokens))
        self._tokens -= taken
        return taken


class PrefixBuckets:
    """One bucket for each prefix, as columns.

    Args:
        prefix_of: the prefix, numbered from 0, of every slot.
        rate: tokens per second of each prefix.
        depth: seconds' worth of tokens that a bucket holds.
    """

    def __init__(self, prefix_of: Ints, rate: float, *, depth: float = 1.0) -> None:
        self._prefix_of = prefix_of
        self._rate = rate
        self._limit = max(1.0, rate * depth)
        self._tokens = np.full(int(prefix_of.max(initial=-1)) + 1, self._limit)
        self._filled = 0.0

    def allow(self, slots: Ints, now: float) -> NDArray[np.bool_]:
        """Return which of `slots`, in their order, may be sent to now, and take their tokens."""
        prefixes = self._prefix_of[slots]
        counts = np.bincount(prefixes, minlength=len(self._tokens))
        self._tokens = np.minimum(self._limit, self._tokens + (now - self._filled) * self._rate)
        self._filled = now
        granted = np.minimum(counts, self._tokens.astype(np.int64))
        self._tokens -= granted
        if (granted == counts).all():
            return np.ones(len(slots), np.bool_)
        order = np.argsort(prefixes, kind="stable")
        rank = np.empty(len(slots), np.int64)
        rank[order] = np.arange(len(slots)) - np.repeat(np.cumsum(counts) - counts, counts)
        allowed: NDArray[np.bool_] = rank < granted[prefixes]
        return allowed
