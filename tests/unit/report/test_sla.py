"""Commitments, restitution and the 95th percentile against tables computed by hand."""

from __future__ import annotations

import pytest

from netmon.report.sla import is_met, restitution
from netmon.report.speed import percentile_95
from tests.rows import every_row

HOUR, DAY = 3_600, 86_400


@pytest.mark.parametrize(
    ("fee", "down_hours", "days", "percent", "owed"),
    [
        # fee · down / (days · 24 · percent/100), by hand:
        (2_500_000, 10, 31, 99.5, 33_771),  # 25 000 000 / 740.28 = 33 771.0…
        (2_500_000, 10, 30, 99.5, 34_897),  # 25 000 000 / 716.4 = 34 896.7…
        (2_500_000, 10, 28, 99.5, 37_389),  # 25 000 000 / 668.64 = 37 389.3…
        (2_500_000, 10, 29, 99.5, 36_100),  # 25 000 000 / 692.52 = 36 100.0…
        (2_000_000, 24, 31, 99.5, 64_840),  # 48 000 000 / 740.28 = 64 840.3…
        (3_000_000, 100, 30, 98, 425_170),  # 300 000 000 / 705.6 = 425 170.0…
        (0, 100, 30, 99.5, 0),
        (2_500_000, 3, 31, 99.5, 0),  # 3 h of 744: 99.597 % was delivered
        (2_500_000, 3.72, 31, 99.5, 0),  # exactly 99.5 % was delivered
        (2_500_000, 744, 31, 99.5, 2_500_000),  # never more than the fee
        (720, 1, 30, 100, 1),  # 720 / 720 = 1
        (1_080, 1, 30, 100, 2),  # 1 080 / 720 = 1.5, half up
        (1_800, 1, 30, 100, 3),  # 2.5, half up as well
    ],
)
def test_restitution_by_hand(fee: float, down_hours: float, days: int, percent: float, owed: int) -> None:
    month = days * DAY
    assert restitution(fee, round(down_hours * HOUR), month, month, percent) == owed


def test_a_second_more_than_was_promised_is_owed() -> None:
    month = 31 * DAY
    allowed = 13_392  # 0.5 % of 2 678 400 s
    assert is_met(allowed, month, 99.5)
    assert not is_met(allowed + 1, month, 99.5)
    assert restitution(2_500_000, allowed, month, month, 99.5) == 0
    assert restitution(2_500_000, allowed + 1, month, month, 99.5) == 12_564  # 2 500 000 · 13 393 / 2 665 008


def test_a_line_that_came_in_the_middle_is_held_to_its_own_time() -> None:
    month, ten_days = 30 * DAY, 10 * DAY
    assert is_met(4_320, ten_days, 99.5)  # 0.5 % of 864 000 s
    assert not is_met(4_321, ten_days, 99.5)
    # 2 h of ten days: 99.17 %; the fee of an hour is that of the month: 2 500 000 · 2 / (720 · 0.995) = 6 979.3
    assert restitution(2_500_000, 2 * HOUR, ten_days, month, 99.5) == 6_979
    assert restitution(2_500_000, ten_days, ten_days, month, 99.5) == 833_333  # a third of the fee is the most
    assert is_met(0, 0, 99.5)


@every_row(
    ("samples", "billed"),
    [
        ([], None),
        ([7.0], 7.0),
        (list(range(1, 21)), 19),  # of 20 the highest one is dropped
        (list(range(20, 0, -1)), 19),
        (list(range(1, 101)), 95),
        ([1.0] * 95 + [100.0] * 5, 1.0),
        ([1.0] * 94 + [100.0] * 6, 100.0),
        (list(range(1, 8_929)), 8_482),  # 31 days of 5 minutes: 8 928 samples, ⌈8 481.6⌉
    ],
)
def test_the_95th_percentile_by_hand(samples: list[float], billed: float | None) -> None:
    assert percentile_95(samples) == billed
