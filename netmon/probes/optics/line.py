"""One line's light over time: samples become hours, hours become days, and days tell what it usually is.

Memory is bounded: the samples of an hour, the hours of a day, and four weeks of days. A day's median takes the daily
swing of temperature out, which is larger than what a fibre loses in a month.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from statistics import median

from netmon.probes.optics.robust import NORMAL, Slope, deviation, slope

HOUR = 3600.0
DAY = 86400.0
LEAST_GAP = 50.0  # seconds between samples that count
RECENT = 3  # samples in a row that make a level
MOST_HOURS = 24
MOST_DAYS = 28
BASELINE_DAYS = 7
HOURS_OF_A_DAY = 4  # fewer do not stand for it
LEAST_SAMPLES = 10  # of the first hour, before anything is usual

STEP_DB = 2.0  # below the usual, lasting: a bent or dirty fibre, before it breaks
STEP_DEVIATIONS = 4.0
ACCEPTED_AFTER = 7 * DAY  # then what a step left is the usual

DRIFT_DAYS = 5
DRIFT_STARTS_DB, DRIFT_ENDS_DB = 0.5, 0.25  # lost over the days that are known
DRIFT_STARTS_FALLING, DRIFT_ENDS_FALLING = 0.8, 0.65


@dataclass(frozen=True, slots=True)
class Line:
    """What is remembered of the light of one line, in dBm. `hours` are medians; so are `days`, by day since 1970.

    `before` is what was usual before a step at `stepped`, until the line is back or the step is old.
    """

    at: float = float("-inf")
    recent: tuple[float, ...] = ()
    samples: tuple[float, ...] = ()
    hours: tuple[float, ...] = ()
    hours_today: int = 0
    days: tuple[tuple[int, float], ...] = ()
    trend: Slope | None = None
    is_drifting: bool = False
    before: float | None = None
    stepped: float | None = None

    @property
    def level(self) -> float | None:
        """The light now: the median of the last samples, once there are enough."""
        return median(self.recent) if len(self.recent) == RECENT else None

    @property
    def baseline(self) -> float | None:
        """What is usual: of a week, or as long as the line is known; while stepped, before that. None at first."""
        return self.usual if self.before is None else self.before

    @property
    def usual(self) -> float | None:
        """What is usual since the last step."""
        if len(self.days) >= 2:
            return median(level for _, level in self.days[-BASELINE_DAYS:])
        if self.hours:
            return median(self.hours)
        return median(self.samples) if len(self.samples) >= LEAST_SAMPLES else None

    @property
    def spread(self) -> float | None:
        """The median absolute deviation of the last day's hours, in dB."""
        return deviation(self.hours) if len(self.hours) >= 2 else None

    def lasts_until(self, limit: float | None) -> float | None:
        """Return in how many days a drifting line reaches a limit; None when it does not drift, or nobody knows."""
        if not self.is_drifting or self.trend is None or limit is None or self.level is None:
            return None
        return max(0.0, (self.level - limit) / -self.trend.per_day)


def sampled(line: Line, at: float, power_dbm: float) -> Line:
    """Return a line after one more sample; `at` is Unix seconds. One that comes too soon does not count.

    When the wall clock has gone back, what is known stands and samples count from there.
    """
    if at < line.at:
        return replace(line, at=at)
    if at - line.at < LEAST_GAP:
        return line
    line = _rolled(line, at)
    line = replace(line, at=at, recent=(*line.recent, power_dbm)[-RECENT:], samples=(*line.samples, power_dbm))
    return _judged(line)


def _rolled(line: Line, at: float) -> Line:
    """Close the hour and the day that have passed since the last sample."""
    if not line.samples or at // HOUR == line.at // HOUR:
        return line
    hours = (*line.hours, median(line.samples))[-MOST_HOURS:]
    line = replace(line, samples=(), hours=hours, hours_today=line.hours_today + 1)
    today = int(line.at // DAY)
    if at // DAY == today:
        return line
    if line.hours_today < HOURS_OF_A_DAY:
        return replace(line, hours_today=0)
    closed = (today, median(hours[-line.hours_today :]))
    days = tuple(day for day in (*line.days, closed) if day[0] > at // DAY - 1 - MOST_DAYS)
    return trended(replace(line, hours_today=0, days=days))


def trended(line: Line) -> Line:
    """Return a line with its days judged: a drift begins at one mark and ends at a lower one."""
    trend = slope(line.days) if len(line.days) >= DRIFT_DAYS else None
    if trend is None:
        return replace(line, trend=None, is_drifting=False)
    lost = -trend.per_day * (line.days[-1][0] - line.days[0][0])
    least, falling = (
        (DRIFT_ENDS_DB, DRIFT_ENDS_FALLING) if line.is_drifting else (DRIFT_STARTS_DB, DRIFT_STARTS_FALLING)
    )
    return replace(line, trend=trend, is_drifting=lost >= least and trend.falling >= falling)


def _judged(line: Line) -> Line:
    """Find steps. What was learned before one does not go into the trend after it."""
    level = line.level
    # a line that drifts has left its week behind; what it was yesterday tells a step from the drift
    usual = median(line.hours) if line.is_drifting and line.hours else line.baseline
    if level is None or usual is None:
        return line
    threshold = max(STEP_DB, STEP_DEVIATIONS * NORMAL * (line.spread or 0.0))
    if line.stepped is not None:
        is_back = all(one >= usual - threshold / 2 for one in line.recent)
        is_old = line.at - line.stepped >= ACCEPTED_AFTER
        return replace(line, before=None, stepped=None) if is_back or is_old else line
    if all(one <= usual - threshold for one in line.recent):
        return _afresh(replace(line, before=usual, stepped=line.at))
    if all(one >= usual + threshold for one in line.recent):  # somebody has cleaned it
        return _afresh(line)
    return line


def _afresh(line: Line) -> Line:
    """Forget the days before: they were of another line, so to speak."""
    return replace(line, samples=line.recent, hours=(), hours_today=0, days=(), trend=None, is_drifting=False)
