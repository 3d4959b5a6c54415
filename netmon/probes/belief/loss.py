"""What a line's own loss looks like, learned as a chain: how likely is a miss after a reply, and after other misses.

Loss comes in bursts, so the chance that a packet is lost depends on the ones before (E. N. Gilbert, "Capacity of a
Burst-Noise Channel", Bell System Technical Journal 39, 1960). The chain has five stages: the last packet was
answered, or the last one, two, three, or four and more were missed. Each stage has its own chance of a miss, so that
a line which often loses two packets while routes converge is not taken for one that stays silent for fifty. A run of
k misses on a living line has the product of the first k chances as its probability; with independent loss all of
them are the loss ratio.

Chances are learned for each target from discounted counts. They are upper confidence bounds, so that little evidence
makes the judge slower and not rash, and later stages are never believed safer than the first. Pure columns.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
Whole = NDArray[np.integer[Any]]
Which = Ints | slice
"""Slots by index, or all of them."""

LAST = 4
"""The stage of four and more misses."""
FLOOR = 0.01
"""No line is trusted to lose less: one packet in a hundred may fall to a busy router at any time."""
CEILING = 0.7
"""Nor is any believed to lose more: about ten seconds of unbroken silence is an outage, whatever the line's habit."""
MEMORY = np.array([2000.0, 200.0, 200.0, 200.0, 200.0])
"""How many of the latest trials count, in effect, at each stage."""
PRIOR = np.array([50.0, 8.0, 8.0, 8.0, 8.0])
"""How many trials' weight the starting guess has: the network's loss at the first stage, then the line's own."""
CONFIDENCE = np.array([2.0, 1.0, 1.0, 1.0, 1.0])
"""Standard deviations added to what was counted."""
HALF_LIFE = 86_400.0
"""Seconds after which what was learned about runs counts half, however few packets were lost since."""
_KEEP = 1.0 - 1.0 / MEMORY
_LN_KEEP = np.log(_KEEP)


class Loss:
    """Discounted counts of every slot and stage: trials, and misses among them."""

    def __init__(self, capacity: int) -> None:
        self._trials = np.zeros((LAST + 1, capacity))
        self._misses = np.zeros((LAST + 1, capacity))
        self._replies = np.zeros(capacity, np.int64)  # at the first stage, and not yet among its trials
        self._network = FLOOR

    def grow(self, capacity: int) -> None:
        """Make room for `capacity` slots."""
        added = np.zeros((LAST + 1, capacity - len(self._replies)))
        self._trials = np.hstack([self._trials, added])
        self._misses = np.hstack([self._misses, added])
        self._replies = np.concatenate([self._replies, added[0].astype(np.int64)])

    def reset(self, slots: Ints) -> None:
        """Forget what is known of these slots."""
        self._trials[:, slots] = 0.0
        self._misses[:, slots] = 0.0
        self._replies[slots] = 0

    def replies_follow(self, slots: Which, count: Whole | int = 1) -> None:
        """Count `count` replies for each of `slots`, none of which is in a run of misses."""
        self._replies[slots] += count

    def run_ended(self, slots: Which, lengths: Whole) -> None:
        """Count a run of misses, `lengths` of them and then a reply, for each of `slots` (distinct).

        A run that was judged an outage is never counted: outages are not loss.
        """
        self._settle(slots)
        self._count(0, slots, 1, 1)
        self._count(1, slots, 1, lengths > 1)
        longer = np.flatnonzero(lengths > 1)  # few, so the later stages cost little
        where, lengths = longer if isinstance(slots, slice) else slots[longer], lengths[longer]
        for stage in range(2, LAST):
            reached = lengths >= stage
            where, lengths = where[reached], lengths[reached]
            self._count(stage, where, 1, lengths > stage)
        reached = lengths >= LAST
        where, trials = where[reached], lengths[reached] - (LAST - 1)
        fade = np.exp((trials - 1) * _LN_KEEP[LAST])
        self._trials[LAST, where] *= fade
        self._misses[LAST, where] *= fade
        self._count(LAST, where, trials, trials - 1)

    def fade(self, seconds: float | Floats) -> None:
        """Let time pass over what was learned about runs."""
        share = np.exp2(-np.asarray(seconds) / HALF_LIFE)
        self._trials[1:] *= share
        self._misses[1:] *= share

    def look_at_network(self) -> None:
        """Set the starting guess for lines without a history to the loss after a reply in the whole network."""
        self._settle(slice(None))
        trials, misses = float(self._trials[0].sum()), float(self._misses[0].sum())
        self._network = max(FLOOR, (misses + 2.0 * math.sqrt(misses)) / trials) if trials > 0 else FLOOR

    def chances(self, slots: Ints) -> Floats:
        """Return upper bounds for the chance of a miss at each stage (stages x slots), within floor and ceiling."""
        self._settle(slots)
        trials, misses = self._trials[:, slots], self._misses[:, slots]
        counted = misses + CONFIDENCE[:, np.newaxis] * np.sqrt(misses)
        weight = PRIOR[:, np.newaxis]
        bounds = counted
        bounds[0] = (counted[0] + PRIOR[0] * self._network) / (trials[0] + PRIOR[0])
        bounds[1:] = (counted[1:] + weight[1:] * bounds[0]) / (trials[1:] + weight[1:])
        chances: Floats = np.minimum(np.maximum(np.maximum(bounds, bounds[0]), FLOOR), CEILING)
        return chances

    def ratio(self) -> Floats:
        """Return the learned loss ratio of every slot: misses among all trials of the chain (NaN: no history).

        A run begins once in 1 / `begins` trials of the first stage; its mean `length` follows from the later stages.
        """
        self._settle(slice(None))
        with np.errstate(invalid="ignore", divide="ignore"):
            begins = self._misses[0] / self._trials[0]
            later = np.where(self._trials[1:] > 0, self._misses[1:] / self._trials[1:], 0.0)
            length, reached = 1.0, 1.0
            for chance in later[:-1]:
                reached = reached * chance
                length = length + reached
            length = length + reached * later[-1] / (1.0 - np.minimum(later[-1], CEILING))
            ratio: Floats = begins * length / (1.0 + begins * length)
        return ratio

    def _count(self, stage: int, slots: Which, trials: Whole | int, misses: Whole | NDArray[np.bool_] | int) -> None:
        for counts, added in ((self._trials[stage], trials), (self._misses[stage], misses)):
            counts[slots] *= _KEEP[stage]
            counts[slots] += added

    def _settle(self, slots: Which) -> None:
        """Take the replies of these slots into the trials of the first stage, as if one by one."""
        fade = np.exp(self._replies[slots] * _LN_KEEP[0])
        trials = self._trials[0]
        trials[slots] -= MEMORY[0]  # the fixed point: so many trials forget as much as they add
        trials[slots] *= fade
        trials[slots] += MEMORY[0]
        self._misses[0, slots] *= fade
        self._replies[slots] = 0
