"""The quality of lines: loss and round trip against each line's own history, with hysteresis. Pure columns.

Every few seconds the rounds since the last look are folded into two averages of each line: a recent one (about a
minute at one round a second) and a long one, its history. A line is degraded when the recent one stands out of
the history by more than chance explains, and good again when it has come back half of the way; between the two
nothing is said. While a line is degraded its history learns at a fiftieth of the pace, so that a bad day does not
become the norm.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

RECENT = 60.0
HISTORY = 20_000.0
"""How many of the latest rounds each average holds, in effect."""
LEARNING = 300.0
"""Rounds before a line is judged at all."""
DEVIATIONS = 6.0
LOSS_MARGIN = 0.02
RTT_MARGIN = 0.005
RTT_RATIO = 0.5


@dataclass(frozen=True, slots=True)
class QualityChange:
    """A line became degraded, or good again; `reason` is for people."""

    slot: int
    degraded: bool
    reason: str


class Rounds(NamedTuple):
    """Running totals of every slot: rounds answered and lost, and the sum (seconds) and number of all round trips."""

    answered: Ints
    lost: Ints
    rtt_sum: Floats
    rtt_count: Ints


class Quality:
    """Recent and long averages of `capacity` slots."""

    def __init__(self, capacity: int) -> None:
        self.degraded = np.zeros(capacity, np.bool_)
        self._columns = np.zeros((7, capacity))
        self._seen = _no_rounds(capacity)

    def grow(self, capacity: int) -> None:
        """Make room for `capacity` slots."""
        added = capacity - len(self.degraded)
        self.degraded = np.concatenate([self.degraded, np.zeros(added, np.bool_)])
        self._columns = np.hstack([self._columns, np.zeros((7, added))])
        wider = _no_rounds(capacity)
        for column, seen in zip(wider, self._seen, strict=True):
            column[: len(seen)] = seen
        self._seen = wider

    def reset(self, slots: Ints) -> None:
        """Forget what is known of these slots."""
        self.degraded[slots] = False
        self._columns[:, slots] = 0.0
        for column in self._seen:
            column[slots] = 0

    def look(self, totals: Rounds) -> list[QualityChange]:
        """Take in what came since the last look; return the lines whose quality changed."""
        seen, self._seen = self._seen, totals
        answered, lost = totals.answered - seen.answered, totals.lost - seen.lost
        rtt_sum, rtt_count = totals.rtt_sum - seen.rtt_sum, totals.rtt_count - seen.rtt_count
        trials, loss, usual_loss, rtt, usual_rtt, rtt_spread, heard = self._columns
        rounds = (answered + lost).astype(np.float64)
        pace = np.where(self.degraded, 0.02, 1.0)
        trials += rounds
        ratio = lost / np.maximum(rounds, 1.0)
        loss += (ratio - loss) * _weight(rounds, trials, RECENT)
        usual_loss += (ratio - usual_loss) * _weight(rounds, trials, HISTORY) * pace
        replies = np.where(rtt_count > 0, rounds, 0.0)
        mean = rtt_sum / np.maximum(rtt_count, 1)
        heard += replies
        recent_share = _weight(replies, heard, RECENT)
        rtt += (mean - rtt) * recent_share
        long_share = _weight(replies, heard, HISTORY) * pace
        usual_rtt += (mean - usual_rtt) * long_share
        rtt_spread += (np.abs(rtt - usual_rtt) - rtt_spread) * long_share
        loss_excess = LOSS_MARGIN + DEVIATIONS * np.sqrt(
            np.maximum(usual_loss, 0.001) * (1.0 - usual_loss) / (2.0 * RECENT)
        )
        rtt_excess = np.maximum(np.maximum(RTT_MARGIN, RTT_RATIO * usual_rtt), DEVIATIONS * rtt_spread)
        judged = trials > LEARNING
        bad_loss, bad_rtt = loss > usual_loss + loss_excess, rtt > usual_rtt + rtt_excess
        fine = (loss < usual_loss + loss_excess / 2.0) & (rtt < usual_rtt + rtt_excess / 2.0)
        worse = judged & ~self.degraded & (bad_loss | bad_rtt)
        better = self.degraded & fine
        self.degraded[worse] = True
        self.degraded[better] = False
        changes = [
            QualityChange(slot, degraded=True, reason=self._reason(slot, bool(bad_loss[slot])))
            for slot in np.flatnonzero(worse).tolist()
        ]
        changes += [
            QualityChange(slot, degraded=False, reason="as good as usual again")
            for slot in np.flatnonzero(better).tolist()
        ]
        return changes

    def _reason(self, slot: int, by_loss: bool) -> str:
        _, loss, usual_loss, rtt, usual_rtt, _, _ = self._columns[:, slot]
        if by_loss:
            return f"loses {loss:.1%} of packets, usually {usual_loss:.1%}"
        return f"round trip {rtt * 1e3:.1f} ms, usually {usual_rtt * 1e3:.1f} ms"


def _no_rounds(capacity: int) -> Rounds:
    zeros = np.zeros(capacity, np.int64)
    return Rounds(zeros, zeros.copy(), np.zeros(capacity), zeros.copy())


def _weight(rounds: Floats, seen: Floats, memory: float) -> Floats:
    """Return the share of `rounds` new ones in an average over `memory`, or over all `seen` while those are fewer."""
    return np.where(rounds > 0, rounds / np.maximum(np.minimum(seen, memory), np.maximum(rounds, 1.0)), 0.0)
