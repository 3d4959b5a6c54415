"""Every target falls due once per interval, at its phase; late turns send once and count the rest."""

from __future__ import annotations

import math
from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from netmon.probes.icmp.wheel import Wheel, phase_of
from tests.draws import chances

INTERVALS = st.sampled_from([0.5, 1.0, 3.0, 60.0])


def wheel(targets: list[tuple[float, float]], start: float = 0.0) -> Wheel:
    return Wheel(
        np.arange(len(targets)),
        np.array([interval for interval, _ in targets]),
        np.array([phase for _, phase in targets]),
        start=start,
    )


@given(
    st.lists(st.tuples(INTERVALS, st.floats(0.0, 0.999)), min_size=1, max_size=20),
    st.builds(lambda chance, count: [chance.uniform(0.01, 0.45) for _ in range(count)], chances, st.integers(1, 60)),
    st.floats(0.0, 100.0),
)
def test_turns_quicker_than_any_interval_find_each_round_exactly_once(
    targets: list[tuple[float, float]], steps: list[float], start: float
) -> None:
    subject, now, found = wheel(targets, start), start, Counter[int]()
    for step in steps:
        now += step
        due, skipped = subject.due(now)
        assert skipped == 0
        assert len(set(due.tolist())) == len(due)
        found.update(due.tolist())
    for slot, (interval, phase) in enumerate(targets):
        offset = phase * interval
        passed = math.floor((now - offset) / interval) - math.floor((start - offset) / interval)
        assert abs(found[slot] - passed) <= 1  # one round may fall exactly on an edge
        assert passed - 1 <= found[slot]


def test_a_late_turn_sends_each_round_once_and_counts_what_it_skipped() -> None:
    subject = wheel([(1.0, 0.25), (10.0, 0.5)])
    due, skipped = subject.due(5.5)
    assert sorted(due.tolist()) == [0, 1]
    assert skipped == 4
    due, skipped = subject.due(5.6)
    assert (due.tolist(), skipped) == ([], 0)


def test_time_that_does_not_move_finds_nothing() -> None:
    subject = wheel([(1.0, 0.0)], start=7.5)
    assert subject.due(7.5)[0].tolist() == []
    assert subject.due(7.0)[0].tolist() == []
    assert subject.due(8.1)[0].tolist() == [0]


def test_the_next_round_is_known_ahead_also_across_the_end_of_the_interval() -> None:
    subject = wheel([(1.0, 0.25), (60.0, 0.5)])
    assert subject.next_due(0.1) == pytest.approx(0.25)
    assert subject.next_due(0.3) == pytest.approx(1.25)
    assert wheel([]).next_due(1.0) == math.inf


def test_the_rate_is_that_of_all_rounds() -> None:
    assert wheel([(1.0, 0.0), (0.5, 0.0), (10.0, 0.0)]).rate == pytest.approx(3.1)
    assert wheel([]).rate == 0.0


def test_phases_are_stable_and_spread() -> None:
    assert phase_of("rtr-jenu") == phase_of("rtr-jenu")
    tenths = Counter(int(phase_of(f"node-{number}") * 10) for number in range(2000))
    assert len(tenths) == 10
    assert min(tenths.values()) > 140
