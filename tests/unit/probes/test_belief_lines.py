"""Round trips with their timeouts, and the quality of lines against their own history."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from netmon.probes.belief.quality import LEARNING, Quality, QualityChange, Rounds
from netmon.probes.belief.roundtrip import RoundTrips

TRIPS = st.lists(st.floats(1e-6, 2.0), min_size=1, max_size=50)


@given(TRIPS)
def test_round_trips_follow_rfc_6298(trips: list[float]) -> None:
    subject = RoundTrips(2, shortest=0.1, longest=1.0)
    mean = variation = 0.0
    for number, trip in enumerate(trips):
        subject.learn(np.array([1]), np.array([trip]))
        if number == 0:
            mean, variation = trip, trip / 2.0
        else:
            # RFC 6298 §2.3 takes the error before the mean moves.
            variation = 0.75 * variation + 0.25 * abs(mean - trip)
            mean = 0.875 * mean + 0.125 * trip
    assert subject.mean[1] == pytest.approx(mean)
    assert subject.variation[1] == pytest.approx(variation)
    assert subject.timeout[1] == pytest.approx(min(max(mean + 4 * variation, 0.1), 1.0))
    assert np.isnan(subject.mean[0])
    assert subject.timeout[0] == 1.0


def test_what_was_not_measured_teaches_nothing() -> None:
    subject = RoundTrips(1, shortest=0.1, longest=1.0)
    subject.learn(np.array([0, 0]), np.array([0.2, np.nan]))
    assert subject.mean[0] == 0.2


class History:
    """One line or several, each with its own loss, probed every second and looked at after some `rounds` of it."""

    def __init__(self, loss: float | list[float], rtt: float, seed: int = 5, rounds: int = 10) -> None:
        self.rounds = rounds
        self.lines = np.size(loss)
        self.chance = np.random.default_rng(seed)
        self.quality = Quality(self.lines)
        self.totals = np.zeros((3, self.lines))
        self.loss, self.rtt = loss, rtt
        self.changes: list[QualityChange] = []

    def live(self, minutes: float) -> list[QualityChange]:
        looks = round(minutes * 60 / self.rounds)
        lost = self.chance.binomial(self.rounds, self.loss, (looks, self.lines))
        answered = self.rounds - lost
        # A gamma is what so many exponential parts make together.
        trips = self.chance.gamma(answered, 0.1 * self.rtt) + answered * self.rtt
        totals = self.totals + np.cumsum(np.stack([answered, lost, trips], axis=1), axis=0)
        self.totals = totals[-1]
        self.changes = []
        for replies, misses, seconds in totals:
            self.changes += self.quality.look(Rounds(replies, misses, seconds, replies))
        return self.changes


def test_a_line_that_gets_worse_is_degraded_once_and_good_again_once() -> None:
    line = History(0.001, 0.005)
    assert line.live(60) == []
    line.loss = 0.2
    worse = line.live(5)
    assert [(change.slot, change.degraded) for change in worse] == [(0, True)]
    assert "usually" in worse[0].reason
    assert "%" in worse[0].reason
    line.loss = 0.001
    assert [change.degraded for change in line.live(10)] == [False]


def test_a_line_that_gets_slower_is_degraded() -> None:
    line = History(0.0, 0.005)
    line.live(60)
    line.rtt = 0.05
    worse = line.live(5)
    assert [change.degraded for change in worse] == [True]
    assert "ms" in worse[0].reason


def test_a_line_that_is_as_it_always_was_is_not_degraded() -> None:
    assert History([0.0, 0.001, 0.01, 0.05, 0.2], 0.02).live(6 * 60) == []


def test_a_bad_day_does_not_become_the_norm() -> None:
    line = History(0.001, 0.005, rounds=30)
    line.live(6 * 60)
    line.loss = 0.3
    assert [change.degraded for change in line.live(12 * 60)] == [True]


def test_nothing_is_said_of_a_line_without_history() -> None:
    line = History(0.5, 0.005)
    assert line.live(LEARNING / 60.0) == []


def test_rare_rounds_and_silence_are_no_trouble() -> None:
    quality = Quality(2)
    none = np.zeros(2, np.int64)
    nothing = Rounds(none, none, np.zeros(2), none)
    assert quality.look(nothing) == []
    quality.grow(4)
    quality.reset(np.array([0, 3]))
    assert quality.degraded.tolist() == [False] * 4
