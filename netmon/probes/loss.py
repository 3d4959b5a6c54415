"""What a line's own loss looks like, learned as a two-state chain: does it begin to lose, does it go on losing. Pure.

E. N. Gilbert, "Capacity of a Burst-Noise Channel", Bell System Technical Journal 39 (1960): loss comes in bursts, so
the chance that a packet is lost depends on the one before. Two numbers are learned for each target: the chance that a
miss follows a reply (*onset*) and the chance that a miss follows a miss (*persistence*). With independent loss both
are the loss ratio. A run of k misses on a living line then has probability onset x persistence^(k-1).

Counts are discounted, so that lines may change; ratios are upper confidence bounds, so that little evidence makes the
judge slower and not rash; new targets start from what the whole network shows.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

FLOOR = 0.01
"""No line is trusted to lose less: one packet in a hundred may fall to a busy router at any time."""
CEILING = 0.7
"""Nor is any believed to lose more: about ten seconds of unbroken silence is an outage, whatever the line's habit."""
ONSET_MEMORY = 2000.0
PERSISTENCE_MEMORY = 200.0
"""How many of the latest trials count, in effect."""
ONSET_PRIOR = 50.0
PERSISTENCE_PRIOR = 2.0
"""How many trials' weight the starting guess has."""
CONFIDENCE = 2.0
"""Standard deviations added to what was counted."""


def clipped(ratio: Floats) -> Floats:
    """Return a ratio within floor and ceiling."""
    return np.minimum(np.maximum(ratio, FLOOR), CEILING)


class Loss:
    """Discounted counts of every slot: trials after a reply, and misses among them; the same after a miss."""

    def __init__(self, capacity: int) -> None:
        self._counts = np.zeros((4, capacity))
        self._replies = np.zeros(capacity, np.int64)  # after a reply, and not yet in the counts
        self._network = FLOOR

    def grow(self, capacity: int) -> None:
        """Make room for `capacity` slots."""
        added = capacity - len(self._replies)
        self._counts = np.hstack([self._counts, np.zeros((4, added))])
        self._replies = np.concatenate([self._replies, np.zeros(added, np.int64)])

    def reset(self, slots: Ints) -> None:
        """Forget what is known of these slots."""
        self._counts[:, slots] = 0.0
        self._replies[slots] = 0

    def replies_follow(self, slots: Ints, count: Ints | int = 1) -> None:
        """Count `count` replies for each of `slots`, none of which is in a run of misses."""
        self._replies[slots] += count

    def run_ended(self, slots: Ints, misses: Ints) -> None:
        """Count a run of `misses` lost packets, ended by a reply, for each of `slots` (distinct).

        A run that was judged an outage is never counted: outages are not loss.
        """
        self._settle(slots)
        trials, onsets, after_miss, went_on = self._counts
        keep = 1.0 - 1.0 / ONSET_MEMORY
        trials[slots] = trials[slots] * keep + 1.0
        onsets[slots] = onsets[slots] * keep + 1.0
        fade = (1.0 - 1.0 / PERSISTENCE_MEMORY) ** misses
        after_miss[slots] = after_miss[slots] * fade + misses
        went_on[slots] = went_on[slots] * fade + (misses - 1)

    def _settle(self, slots: Ints) -> None:
        """Take the replies of these slots into the counts, as if one by one."""
        trials, onsets = self._counts[0], self._counts[1]
        fade = (1.0 - 1.0 / ONSET_MEMORY) ** self._replies[slots]
        trials[slots] = trials[slots] * fade + (1.0 - fade) * ONSET_MEMORY
        onsets[slots] *= fade
        self._replies[slots] = 0

    def look_at_network(self) -> None:
        """Set the starting guess for lines without a history to the onset ratio of the whole network."""
        self._settle(np.arange(len(self._replies)))
        trials, onsets = float(self._counts[0].sum()), float(self._counts[1].sum())
        self._network = max(FLOOR, (onsets + CONFIDENCE * np.sqrt(onsets)) / trials) if trials > 0 else FLOOR

    def onset(self, slots: Ints) -> Floats:
        """Return an upper bound for the chance that a miss follows a reply, within floor and ceiling."""
        self._settle(slots)
        trials, onsets = self._counts[0, slots], self._counts[1, slots]
        bound = (onsets + CONFIDENCE * np.sqrt(onsets) + ONSET_PRIOR * self._network) / (trials + ONSET_PRIOR)
        return clipped(bound)

    def persistence(self, slots: Ints) -> Floats:
        """Return an upper bound for the chance that a miss follows a miss, within floor and ceiling."""
        after_miss, went_on = self._counts[2, slots], self._counts[3, slots]
        guess = PERSISTENCE_PRIOR * self.onset(slots)
        bound = (went_on + CONFIDENCE * np.sqrt(went_on) + guess) / (after_miss + PERSISTENCE_PRIOR)
        return clipped(bound)

    def ratio(self) -> Floats:
        """Return the learned loss ratio of every slot: the long-run share of misses of its chain (NaN: no history).

        With onset p and persistence q, a chain spends p / (1 - q + p) of its time losing.
        """
        self._settle(np.arange(len(self._replies)))
        trials, onsets, after_miss, went_on = self._counts
        with np.errstate(invalid="ignore", divide="ignore"):
            begins = onsets / trials
            goes_on = np.where(after_miss > 0, went_on / np.maximum(after_miss, 1e-9), 0.0)
            return begins / (1.0 - np.minimum(goes_on, 0.99) + begins)
