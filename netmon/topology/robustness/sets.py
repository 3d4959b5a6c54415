"""Rows as sets, which are made when somebody asks for them: of a large network most are not looked at."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

Rows = Sequence[Sequence[int]] | Mapping[int, Sequence[int]]


class Sets(dict[int, frozenset[int]]):
    """The rows as sets, by their numbers."""

    def __init__(self, rows: Rows) -> None:
        super().__init__()
        self.rows = rows

    def __missing__(self, number: int) -> frozenset[int]:
        own = self[number] = frozenset(self.rows[number])
        return own
