"""Periods of a report: calendar months by the clock of the region, or any other stretch of whole seconds."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from netmon.clock import rfc3339

_MONTH = re.compile(r"([0-9]{4})-(0[1-9]|1[0-2])")
EARLIEST, LATEST = 1971, 9998
"""Years of which a month before and after has a time."""


@dataclass(frozen=True, slots=True)
class Period:
    """From `start` to `end` (Unix seconds, whole, end exclusive), read in the IANA time zone `zone`.

    `month` is `YYYY-MM` when it is a calendar month of that zone, else empty.
    """

    start: float
    end: float
    zone: str = "UTC"
    month: str = ""

    @property
    def seconds(self) -> int:
        """Length; a month with a change of the clocks is as long as it was."""
        return int(self.end - self.start)

    @property
    def title(self) -> str:
        """The month, or both ends in UTC."""
        return self.month or f"{rfc3339(self.start)} to {rfc3339(self.end)}"


def month(text: str, zone: str) -> Period:
    """Return the calendar month `YYYY-MM` of a time zone.

    Raises:
        ValueError: it is no month.
    """
    found = _MONTH.fullmatch(text)
    if found is None or not EARLIEST <= int(found[1]) <= LATEST:
        raise ValueError(f"{text!r} is not a month")
    year, number = int(found[1]), int(found[2])
    following = (year + 1, 1) if number == 12 else (year, number + 1)
    return Period(_midnight(year, number, zone), _midnight(*following, zone), zone, text)


def month_of(when: float, zone: str) -> str:
    """Return the month in which a moment lies, by the clock of a time zone."""
    return datetime.fromtimestamp(when, ZoneInfo(zone)).strftime("%Y-%m")


def back(period: Period, count: int) -> Period:
    """Return the month that lies `count` months before a month."""
    year, number = (int(part) for part in period.month.split("-"))
    index = year * 12 + number - 1 - count
    return month(f"{index // 12:04}-{index % 12 + 1:02}", period.zone)


def before(period: Period) -> Period:
    """Return what a period is compared with: the month before it, else as long a time that ends where it begins."""
    if period.month:
        return back(period, 1)
    return Period(2 * period.start - period.end, period.start, period.zone)


def _midnight(year: int, number: int, zone: str) -> float:
    return datetime(year, number, 1, tzinfo=ZoneInfo(zone)).timestamp()
