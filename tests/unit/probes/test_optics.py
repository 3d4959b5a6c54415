"""The health of lines, on series that are made: noise, days that are warm and cold, drifts, steps, gaps."""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from dataclasses import replace
from functools import cache

import pytest

from netmon.probes.optics.limits import limit_of
from netmon.probes.optics.line import (
    BASELINE_DAYS,
    DAY,
    HOUR,
    MOST_DAYS,
    MOST_HOURS,
    RECENT,
    Line,
    sampled,
)
from netmon.probes.optics.robust import deviation, slope
from netmon.probes.vendors.rows import OpticRow
from tests.rows import every_row

START = 20_000 * DAY
EVERY = 900.0  # seconds between the samples of these series

Loss = Callable[[float], float]
"""By how much a line is worse than at first, in dB, after so many days."""


def light(day: float, chance: random.Random, loss: Loss) -> float:
    """Return a sample: -7 dBm, a swing of half a decibel each day, and noise."""
    return -7.0 + 0.5 * math.sin(2 * math.pi * day) + chance.gauss(0.0, 0.1) - loss(day)


def run(days: float, loss: Loss, *, line: Line | None = None, first: float = 0.0, seed: int = 1) -> list[Line]:
    """Return the line after each sample of so many days."""
    chance = random.Random(seed)
    now = line or Line()
    lines = []
    for number in range(int(first * DAY / EVERY), int((first + days) * DAY / EVERY)):
        day = number * EVERY / DAY
        now = sampled(now, START + number * EVERY, light(day, chance, loss))
        lines.append(now)
    return lines


def steady(_: float) -> float:
    return 0.0


def fading(day: float) -> float:
    return 0.05 * day


@cache
def forty_days() -> list[Line]:
    return run(40, steady)


def steadily(days: float) -> list[Line]:
    """Return what `run(days, steady)` does: the beginning of a longer series is the shorter one."""
    return forty_days()[: int(days * DAY / EVERY)]


def month() -> Line:
    return steadily(30)[-1]


def test_a_steady_line_is_well_all_month() -> None:
    for line in steadily(30):
        assert line.stepped is None
        assert not line.is_drifting
    assert month().baseline == pytest.approx(-7.0, abs=0.1)
    assert month().spread == pytest.approx(0.35, abs=0.15)
    assert month().trend is not None
    assert abs(month().trend.per_day) < 0.01  # type: ignore[union-attr]
    assert month().lasts_until(-19.0) is None


def test_memory_is_bounded() -> None:
    lines = forty_days()
    assert max(len(line.samples) for line in lines) <= HOUR / EVERY
    assert len(lines[-1].hours) == MOST_HOURS
    assert len(lines[-1].days) == MOST_DAYS
    quick = Line()
    for second in range(10 * int(HOUR)):
        quick = sampled(quick, START + second, -7.0)
    assert len(quick.samples) <= 72


def test_a_slow_drift_is_found_and_dated() -> None:
    lines = run(20, fading)
    found = next(place for place, line in enumerate(lines) if line.is_drifting)
    assert 5 <= found * EVERY / DAY <= 14
    assert all(line.is_drifting for line in lines[found:]), "and it does not flap"
    assert all(line.stepped is None for line in lines)
    last = lines[-1]
    assert last.trend is not None
    assert last.trend.per_day == pytest.approx(-0.05, rel=0.2)
    assert last.lasts_until(-10.0) == pytest.approx((10.0 - 8.0) / 0.05, rel=0.35)


def test_a_drift_that_ends_is_over() -> None:
    lines = run(50, lambda day: 0.05 * min(day, 14.0))
    assert any(line.is_drifting for line in lines)
    assert not lines[-1].is_drifting


def test_a_quick_drift_is_no_step() -> None:
    lines = run(16, lambda day: 0.3 * max(day - 8.0, 0.0))
    assert lines[-1].is_drifting
    assert all(line.stepped is None for line in lines)


def test_a_step_is_found_once_it_lasts() -> None:
    before = steadily(9)[-1]
    usual = before.baseline
    after = run(1, lambda _: 3.0, line=before, first=9)
    assert [line.stepped is not None for line in after[:4]] == [False, False, True, True]
    assert all(line.stepped == after[2].at for line in after[2:])
    assert after[-1].baseline == usual, "what it was before, while it is stepped"
    assert after[-1].usual == pytest.approx(-10.0, abs=0.6)
    assert not after[-1].is_drifting


def test_a_glitch_is_no_step() -> None:
    before = steadily(3)[-1]
    for number, power in enumerate((-20.0, -7.0, -20.0, -7.0, -20.0, -20.0, -7.0)):
        before = sampled(before, before.at + 60.0 * (number + 1), power)
        assert before.stepped is None


def test_a_step_that_is_repaired_is_over() -> None:
    line = steadily(9)[-1]
    line = run(1, lambda _: 3.0, line=line, first=9)[-1]
    lines = run(1, steady, line=line, first=10)
    assert lines[RECENT - 1].stepped is None
    assert lines[-1].baseline == pytest.approx(-7.0, abs=0.6)
    assert all(one.stepped is None for one in lines[RECENT:])


def test_a_step_that_stays_is_the_new_usual_after_a_week() -> None:
    line = steadily(9)[-1]
    lines = run(12, lambda _: 3.0, line=line, first=9)
    assert lines[int(6.5 * DAY / EVERY)].stepped is not None
    assert lines[-1].stepped is None
    assert lines[-1].baseline == pytest.approx(-10.0, abs=0.2)
    assert not any(one.is_drifting for one in lines), "a step is no drift, before or after"


def test_a_line_that_was_cleaned_is_learned_anew() -> None:
    line = steadily(9)[-1]
    lines = run(2, lambda _: -3.0, line=line, first=9)
    assert all(one.stepped is None for one in lines)
    assert lines[-1].baseline == pytest.approx(-4.0, abs=0.6)


def test_a_noisy_line_needs_a_larger_step() -> None:
    line = Line()
    chance = random.Random(3)
    for number in range(300):
        line = sampled(line, START + number * HOUR / 4, -15.0 + chance.choice((-1.5, 1.5)))
    assert line.stepped is None


def test_gaps_and_restarts_of_the_router_are_bridged() -> None:
    line = run(8, fading)[-1]
    lines = run(10, fading, line=line, first=11)  # three days of silence
    assert all(one.stepped is None for one in lines)
    assert lines[-1].is_drifting
    assert lines[-1].trend is not None
    assert lines[-1].trend.per_day == pytest.approx(-0.05, rel=0.25), "days that are missing are not days that were"
    stale = run(1, steady, line=line, first=100)[-1]
    assert len(stale.days) <= 1, "what is older than four weeks is forgotten"


def test_samples_that_come_too_soon_do_not_count() -> None:
    line = sampled(Line(), START, -7.0)
    assert sampled(line, START + 10.0, -17.0) is line
    back = sampled(line, START - 500.0, -17.0)  # the wall clock was set
    assert back.recent == (-7.0,)
    assert sampled(back, START - 440.0, -7.5).recent == (-7.0, -7.5)


def test_nothing_is_usual_before_there_is_enough() -> None:
    line = sampled(Line(), START, -7.0)
    assert (line.level, line.baseline, line.spread) == (None, None, None)
    assert line.lasts_until(-19.0) is None
    assert BASELINE_DAYS <= MOST_DAYS


def test_robust_statistics() -> None:
    assert deviation([1.0, 2.0, 3.0, 4.0, 100.0]) == 1.0
    assert deviation([5.0]) == 0.0
    points = [(day, -0.1 * day) for day in range(10)]
    points[4] = (4, 30.0)
    found = slope(points)
    assert found is not None
    assert found.per_day == pytest.approx(-0.1)
    assert slope([(3, 1.0), (3, 2.0)]) is None


def module(**limits: float) -> OpticRow:
    return replace(OpticRow("sfp1"), **limits)  # type: ignore[arg-type]


def test_what_the_drawing_expects_goes_before_a_guess_and_after_the_module() -> None:
    assert limit_of(module(), 1e9, -7.0, -23.0) == -23.0
    assert limit_of(module(), 1e9, None, -23.0) == -23.0
    assert limit_of(module(receive_low_alarm_dbm=-18.0), 1e9, -7.0, -23.0) == -18.0
    assert limit_of(module(receive_low_alarm_dbm=-40.0), 1e9, -7.0, -23.0) == -23.0


@every_row(
    ("row", "speed", "usual", "limit"),
    [
        (module(receive_low_warning_dbm=-16.0), 1e9, -7.0, -16.0),
        (module(receive_low_alarm_dbm=-18.0), 1e9, -7.0, -18.0),
        (module(receive_low_warning_dbm=-16.0, receive_low_alarm_dbm=-18.0), 1e9, -7.0, -16.0),
        (module(receive_low_alarm_dbm=-40.0), 1e9, -7.0, -19.0),  # the floor: nobody set it
        (module(receive_low_alarm_dbm=0.0), 1e9, -7.0, -19.0),
        (module(receive_low_alarm_dbm=-8.0, receive_high_alarm_dbm=-27.0), 1e9, -10.0, -19.0),  # swapped
        (module(), 1e9, -7.0, -19.0),
        (module(), 10e9, -7.0, -14.4),
        (module(), None, -7.0, -19.0),
        (module(), 1e9, -20.0, -23.0),  # it works: a receiver that reaches further
        (module(), 10e9, -18.0, -24.0),
        (module(), 1e9, -35.0, None),
        (module(), 1e9, None, None),
    ],
)
def test_limits(row: OpticRow, speed: float | None, usual: float | None, limit: float | None) -> None:
    assert limit_of(row, speed, usual) == limit
