"""Months as they are by the clock of the region."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from netmon.cli.report.period import month_at
from netmon.errors import StateError
from netmon.report.charts import day_names
from netmon.report.period import Period, back, before, month, month_of
from tests.rows import every_row

WIB = "Asia/Jakarta"
DAY = 86_400


@pytest.mark.parametrize(
    ("text", "days"),
    [("2026-02", 28), ("2028-02", 29), ("2100-02", 28), ("2000-02", 29), ("2026-04", 30), ("2026-10", 31)],
)
def test_months_are_as_long_as_they_are(text: str, days: int) -> None:
    period = month(text, WIB)
    assert period.seconds == days * DAY
    assert len(day_names(period.start, period.end, WIB)) == days


def test_a_month_begins_at_midnight_in_western_indonesia() -> None:
    period = month("2026-10", WIB)
    assert datetime.fromtimestamp(period.start, UTC).isoformat() == "2026-09-30T17:00:00+00:00"
    assert datetime.fromtimestamp(period.end, UTC).isoformat() == "2026-10-31T17:00:00+00:00"
    assert month_of(period.start, WIB) == "2026-10"
    assert month_of(period.start - 0.001, WIB) == "2026-09"
    assert month_of(period.end, WIB) == "2026-11"


def test_where_clocks_are_changed_a_month_is_an_hour_longer_or_shorter() -> None:
    assert month("2026-10", "Europe/Berlin").seconds == 31 * DAY + 3_600
    assert month("2026-03", "Europe/Berlin").seconds == 31 * DAY - 3_600
    days = day_names(month("2026-10", "Europe/Berlin").start, month("2026-10", "Europe/Berlin").end, "Europe/Berlin")
    assert [number for _, _, number in days] == [str(number) for number in range(1, 32)]
    assert {end - start for start, end, _ in days} == {DAY, DAY + 3_600}


@every_row("text", ["2026-13", "2026-00", "2026-1", "26-10", "2026/10", "0000-01", "1970-12", "", "٢٠٢٦-10"])
def test_what_is_no_month_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is not a month"):
        month(text, WIB)


def test_months_are_counted_back_over_the_turn_of_the_year() -> None:
    january = month("2027-01", WIB)
    assert [back(january, count).month for count in (0, 1, 12, 13)] == ["2027-01", "2026-12", "2026-01", "2025-12"]
    assert before(january) == month("2026-12", WIB)
    assert before(january).end == january.start


def test_any_other_period_is_compared_with_as_long_a_time() -> None:
    assert before(Period(1_000.0, 1_600.0)) == Period(400.0, 1_000.0)


@pytest.mark.parametrize("when", [100.0, 253_370_764_800.0])
def test_a_journal_of_a_clock_that_was_not_set_is_told_as_such(when: float) -> None:
    with pytest.raises(StateError, match="its machine had the wrong time"):
        month_at(when, "Asia/Jakarta")
    assert month_at(1_790_000_000.0, "Asia/Jakarta").month == "2026-09"
