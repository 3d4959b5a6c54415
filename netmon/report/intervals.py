"""Stretches of time as sorted tuples of (start, end) that neither touch nor overlap."""

from __future__ import annotations

from collections.abc import Iterable

Interval = tuple[float, float]


def union(parts: Iterable[Interval]) -> tuple[Interval, ...]:
    """Return the times that lie in any of the parts, which may come in any order."""
    merged: list[Interval] = []
    for start, end in sorted(part for part in parts if part[0] < part[1]):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((start, end))
    return tuple(merged)


def common(ours: Iterable[Interval], theirs: Iterable[Interval]) -> tuple[Interval, ...]:
    """Return the times that lie in both."""
    others = tuple(theirs)
    return union(
        (max(start, begin), min(end, finish))
        for start, end in ours
        for begin, finish in others
        if max(start, begin) < min(end, finish)
    )


def less(ours: Iterable[Interval], theirs: Iterable[Interval]) -> tuple[Interval, ...]:
    """Return the times that lie in ours and not in theirs."""
    left = list(ours)
    for begin, finish in theirs:
        left = [
            part
            for start, end in left
            for part in ((start, min(end, begin)), (max(start, finish), end))
            if part[0] < part[1]
        ]
    return union(left)


def length(parts: Iterable[Interval]) -> float:
    """Return the seconds in all parts."""
    return sum(end - start for start, end in parts)
