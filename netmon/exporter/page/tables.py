"""Tables of the pages of engineers: cells that are text, lead somewhere or tell a time, and pages of long ones."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

PER_PAGE = 100
"""Rows of a table that stand on one page."""


@dataclass(frozen=True, slots=True)
class Jump:
    """A text that leads somewhere."""

    text: str
    address: str


@dataclass(frozen=True, slots=True)
class Since:
    """A moment, in Unix seconds."""

    when: float


Cell = str | int | Jump | Since | Sequence[Jump]


@dataclass(frozen=True, slots=True)
class Table:
    """What a table is called for who hears it, its headings, its rows, and which columns are numbers."""

    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    numbers: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Part:
    """Which part of a long table is shown: pages are counted from 1."""

    page: int
    pages: int
    start: int
    stop: int


def part_of(count: int, page: int) -> Part:
    """Return what of `count` rows stands on a page; beyond the last one it is the last."""
    pages = max(-(-count // PER_PAGE), 1)
    page = min(max(page, 1), pages)
    return Part(page, pages, (page - 1) * PER_PAGE, min(page * PER_PAGE, count))
