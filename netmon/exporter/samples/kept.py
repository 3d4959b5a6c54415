"""What one scrape keeps for the next: what is the same object as it was has the same samples, and nobody looks at it.

Pictures and polls are never changed, only replaced, so that `is` tells what is news. Between two scrapes that is half
of the polls, a tenth of what they say, and hardly ever anything of the picture. A sample that is the same object as
before is what the writer wrote for it: not looked at, not written, not packed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from operator import is_
from typing import Any, Generic, TypeVar

import numpy as np

from netmon.exporter.samples.columns import METRICS, Sample
from netmon.exporter.samples.writer import Column, Row

T = TypeVar("T")
Fact = Callable[[T], float | None]
"""What is told of a thing; None: nothing."""
Facts = Mapping[str, Fact[T]]
"""All that is told of things of one kind, by the name of the metric."""


class Kept:
    """Samples of the last time, and what they were made from."""

    def __init__(self) -> None:
        self._made: dict[str, tuple[tuple[object, ...], Sequence[Sample]]] = {}
        self._tables: dict[str, _Table[Any]] = {}

    def same(self, name: str, sources: tuple[object, ...], make: Callable[[], Iterable[Sample]]) -> Sequence[Sample]:
        """Return the samples that `make` makes from these objects; those of the last time while they are the same.

        `name` tells one making from the others, and `make` may look at nothing else.
        """
        before, made = self._made.get(name, ((), ()))
        if len(before) != len(sources) or not all(map(is_, before, sources)):
            made = tuple(make())
            self._made[name] = sources, made
        return made

    def facts(self, wanted: Facts[T], known: Mapping[Row, T]) -> Iterator[Column]:
        """Yield a column for each metric of what is known of things, by row; what is None has no sample.

        Of a thing that is the same object as in the last call with these metrics nothing is asked.
        """
        table: _Table[T] = self._tables.setdefault(next(iter(wanted)), _Table(wanted))
        yield from table.columns(known)


class _Table(Generic[T]):
    """What was told of some things, each in its row."""

    def __init__(self, wanted: Facts[T]) -> None:
        self._wanted = wanted
        self._rows: tuple[Row, ...] = ()
        self._things: Sequence[T | None] = ()
        self._told: dict[str, list[float | None]] = {}
        self._columns: dict[str, Column] = {}

    def columns(self, known: Mapping[Row, T]) -> Iterator[Column]:
        """Yield what is told of these things now; whoever stops before the end has lost only time."""
        rows, things = tuple(known), list(known.values())
        if rows != self._rows:
            self._rows, self._things, self._told = rows, [None] * len(rows), {}
        new = [place for place, (one, old) in enumerate(zip(things, self._things, strict=True)) if one is not old]
        self._things = [None] * len(rows)  # until all is told
        for name, fact in self._wanted.items():
            yield self._column(name, fact, things, new)
        self._things = things

    def _column(self, name: str, fact: Fact[T], things: Sequence[T], new: Sequence[int]) -> Column:
        before = self._told.get(name)
        if before is None or 2 * len(new) > len(things):
            told = list(map(fact, things))
        else:
            told = before.copy()
            for place in new:
                told[place] = fact(things[place])
        if told == before:
            return self._columns[name]
        self._told[name] = told
        values = [value for value in told if value is not None]
        rows: Sequence[Row] = self._rows  # the same object for many metrics
        if len(values) < len(told):
            rows = tuple(row for row, value in zip(self._rows, told, strict=True) if value is not None)
        column = self._columns[name] = Column(METRICS[name], rows, np.array(values, float) + 0.0)  # and no -0
        return column
