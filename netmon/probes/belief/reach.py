"""Belief: from replies and misses to up, suspect and down, by a sequential test with a false-alarm budget. Pure.

A first miss makes a target suspect. Each further miss adds evidence: minus the logarithm of its probability on a
line that is alive, as the line's own loss was learned (`loss`). Down when the evidence passes ln(1/alpha); any reply
clears the suspect. A reply opens a new trial, so the trials of a year are the rounds of a year, and with alpha =
budget / rounds the expected number of false alarms in a year, over the whole network, is the budget. This is Wald's
test of "loses packets" against "is dead", where a dead line misses with probability one (A. Wald, "Sequential Tests
of Statistical Hypotheses", 1945; docs/adr/0006-belief.md).

Columns over slots; seconds on the monotonic clock, passed in.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from netmon.probes.belief.loss import FLOOR, Loss
from netmon.probes.belief.roundtrip import RoundTrips

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

YEAR = 365.25 * 86_400.0
A_LITTLE_LATE = 2
"""Misses before a reply to the first of them: with the default pace, a quarter of a second after its timeout."""
MOST_EVIDENCE = -math.log(FLOOR) * (1.0 + 1e-9)
"""No miss is more: most slots that miss have missed too little for any line, and theirs need not be looked at."""

# What is believed of a slot; a suspect keeps what was believed before.
UNKNOWN: Final = 0
UP: Final = 1
DOWN: Final = 2


@dataclass(frozen=True, slots=True)
class BeliefSettings:
    """Timeouts in seconds: a request is missed after its line's usual round trip and four times its variation."""

    timeout_min: float = 0.1
    timeout_max: float = 1.0
    flap_half_life: float = 900.0


@dataclass(frozen=True, slots=True)
class Heard:
    """What replies changed: slots that rose to up, with the time of their first reply, and suspects cleared."""

    risen: Ints
    risen_at: Floats
    cleared: Ints


@dataclass(frozen=True, slots=True)
class Missed:
    """What misses changed: slots that became suspect, and slots that fell, with their first miss."""

    suspected: Ints
    fallen: Ints
    fallen_since: Floats


class Belief:
    """What is believed of `capacity` slots."""

    def __init__(self, capacity: int, settings: BeliefSettings) -> None:
        self._settings = settings
        self.loss = Loss(capacity)
        self.round_trips = RoundTrips(capacity, shortest=settings.timeout_min, longest=settings.timeout_max)
        self.known = np.zeros(capacity, np.int8)
        self.misses = np.zeros(capacity, np.int64)
        self.first_miss = np.full(capacity, np.inf)
        self._calm = np.zeros(capacity, np.bool_)  # up and not suspect: nearly all slots, nearly always
        self._answered = np.full(capacity, -np.inf)
        self._penalty = np.zeros(capacity)
        self._penalty_at = np.zeros(capacity)
        self.threshold = math.inf

    def set_budget(self, *, false_alarms_per_year: float, rounds_per_second: float) -> None:
        """Set how often the whole network may cry wolf, given how many trials a year has."""
        self.threshold = math.log(max(rounds_per_second * YEAR, 1.0) / false_alarms_per_year)

    def grow(self, capacity: int) -> None:
        """Make room for `capacity` slots."""
        added = capacity - len(self.known)
        self.loss.grow(capacity)
        self.round_trips.grow(capacity)
        self.known = np.concatenate([self.known, np.zeros(added, np.int8)])
        self.misses = np.concatenate([self.misses, np.zeros(added, np.int64)])
        self.first_miss = np.concatenate([self.first_miss, np.full(added, np.inf)])
        self._calm = np.concatenate([self._calm, np.zeros(added, np.bool_)])
        self._answered = np.concatenate([self._answered, np.full(added, -np.inf)])
        self._penalty = np.concatenate([self._penalty, np.zeros(added)])
        self._penalty_at = np.concatenate([self._penalty_at, np.zeros(added)])

    def reset(self, slots: Ints) -> None:
        """Forget everything about these slots: they hold new targets, or none."""
        self.blind(slots)
        self.loss.reset(slots)
        self.round_trips.reset(slots)
        self._penalty[slots] = 0.0

    def blind(self, slots: Ints) -> None:
        """Believe nothing of these slots any more, but keep what was learned of their lines."""
        self.known[slots] = UNKNOWN
        self._calm[slots] = False
        self.misses[slots] = 0
        self.first_miss[slots] = np.inf
        self._answered[slots] = -np.inf

    def answered(self, slots: Ints) -> Floats:
        """Return when the latest answered request to each of `slots` was sent; minus infinity: none, or forgotten."""
        times: Floats = self._answered[slots]
        return times

    @property
    def suspects(self) -> Ints:
        """The slots that have missed and are not judged yet."""
        return np.flatnonzero((self.misses > 0) & (self.known != DOWN))

    def heard(self, slots: Ints, sent: Floats, received: Floats, rtt: Floats) -> Heard:
        """Take in replies; a slot may come several times. `rtt` is NaN where it was not measured."""
        self.round_trips.learn(slots, rtt)
        self._answered[slots] = np.maximum(self._answered[slots], sent)
        calm = self._calm[slots]
        if np.count_nonzero(calm) == len(calm):
            self.loss.replies_follow(slots)
            return _NOTHING_HEARD
        self.loss.replies_follow(slots[calm])
        stirred, times = slots[~calm], received[~calm]
        order = np.argsort(times, kind="stable")
        stirred, first = np.unique(stirred[order], return_index=True)
        times, asked = times[order][first], sent[~calm][order][first]
        is_cleared = (self.known[stirred] != DOWN) & (self.misses[stirred] > 0)
        # Silence before the first word says nothing of the line. A little late is not lost, and teaches the timeout;
        # but a line that is often very late would seem dead, if nothing else were learned of it.
        is_late = (asked <= self.first_miss[stirred]) & (self.misses[stirred] <= A_LITTLE_LATE)
        lost = stirred[is_cleared & (self.known[stirred] == UP) & ~is_late]
        self.loss.run_ended(lost, self.misses[lost])
        cleared = stirred[is_cleared]
        rises = self.known[stirred] != UP
        self.known[stirred] = UP
        self._calm[stirred] = True
        self.misses[stirred] = 0
        self.first_miss[stirred] = np.inf
        return Heard(stirred[rises], times[rises], cleared)

    def missed(self, slots: Ints, sent: Floats, now: float) -> Missed:
        """Take in requests that stayed unanswered; a slot may come several times."""
        if not len(slots):
            return _NOTHING_MISSED
        # A later request was answered already: a lost packet, and no silence.
        passed = sent <= self._answered[slots]
        if passed.any():
            lost = np.unique(slots[passed & (self.known[slots] == UP)])
            self.loss.run_ended(lost, np.ones(len(lost), np.int64))
            slots, sent = slots[~passed], sent[~passed]
        counted = self.known[slots] != DOWN
        slots, sent = slots[counted], sent[counted]
        touched = np.unique(slots)
        suspected = touched[self.misses[touched] == 0]
        np.add.at(self.misses, slots, 1)
        self._calm[slots] = False
        np.minimum.at(self.first_miss, slots, sent)
        tried = touched[self.misses[touched] * MOST_EVIDENCE >= self.threshold]
        if not len(tried):
            return Missed(suspected, _NO_SLOTS, np.empty(0))
        fallen = tried[self.misses[tried] >= self.misses_needed(tried)]
        self.known[fallen] = DOWN
        self._penalty[fallen] = self.penalty(now)[fallen] + 1.0
        self._penalty_at[fallen] = now
        return Missed(np.setdiff1d(suspected, fallen, assume_unique=True), fallen, self.first_miss[fallen])

    def misses_needed(self, slots: Ints) -> Ints:
        """Return how many misses in a row bring each of `slots` down: the first with evidence enough."""
        evidence = np.cumsum(-np.log(self.loss.chances(slots)), axis=0)
        early = 1 + np.count_nonzero(evidence < self.threshold, axis=0)
        each = evidence[-1] - evidence[-2]
        further = np.ceil((self.threshold - evidence[-1]) / each)
        needed: Ints = np.where(early <= len(evidence), early, len(evidence) + further).astype(np.int64)
        return needed

    def penalty(self, now: float) -> Floats:
        """Return the flapping penalty of every slot: one for each fall, halved every half-life."""
        return self._penalty * np.exp2((self._penalty_at - now) / self._settings.flap_half_life)


_NO_SLOTS: Ints = np.empty(0, np.int64)
_NOTHING_HEARD = Heard(_NO_SLOTS, np.empty(0), _NO_SLOTS)
_NOTHING_MISSED = Missed(_NO_SLOTS, _NO_SLOTS, np.empty(0))
