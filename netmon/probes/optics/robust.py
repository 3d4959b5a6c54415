"""Statistics that a few wild samples do not bend."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from statistics import median
from typing import NamedTuple

NORMAL = 1.4826
"""Turns a median absolute deviation into the standard deviation of normal noise."""


class Slope(NamedTuple):
    """How a series runs: `per_day` in its unit, and the share of all pairs of points that fall."""

    per_day: float
    falling: float


def deviation(values: Sequence[float]) -> float:
    """Return the median absolute deviation from the median; 0 for fewer than two values."""
    if len(values) < 2:
        return 0.0
    middle = median(values)
    return median(abs(value - middle) for value in values)


def slope(points: Sequence[tuple[int, float]]) -> Slope | None:
    """Return the slope of (day, value) points: the median of the slopes of all pairs (Theil 1950, Sen 1968).

    Up to 29 % of the points may be anything. None for fewer than two days.
    """
    slopes = [(b - a) / (later - earlier) for (earlier, a), (later, b) in combinations(points, 2) if later != earlier]
    if not slopes:
        return None
    return Slope(median(slopes), sum(one < 0.0 for one in slopes) / len(slopes))
