"""What one scrape keeps for the next: what is the same object as it was has the same samples, and nobody looks at it.

Pictures and polls are never changed, only replaced, so that `is` tells what is news. Between two scrapes that is half
of the polls, a tenth of what they say, and hardly ever anything of the picture. A sample that is the same object as
before is what the writer wrote for it: not looked at, not written, not packed.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from itertools import compress
from operator import is_, is_not, itemgetter
from typing import Any, Generic, TypeVar

import numpy as np

from netmon.exporter.samples.columns import METRICS, Sample
from netmon.exporter.samples.writer import Column, Row

S = TypeVar("S")
T = TypeVar("T")
Fact = Callable[[T], float | None]
"""What is told of a thing; None: nothing."""
Facts = Mapping[str, Fact[T]]
"""All that is told of things of one kind, by the name of the metric."""
Find = Callable[[Iterable[tuple[str, S]]], Iterable[tuple[Row, T]]]
"""Finds the things in what nodes said; the row of each begins with its node. Of two in one row the first counts."""


class Kept:
    """Samples of the last time, and what they were made from."""

    def __init__(self) -> None:
        self._made: dict[str, tuple[tuple[object, ...], Sequence[Sample]]] = {}
        self._tables: dict[str, _Table[Any, Any]] = {}

    def same(self, name: str, sources: tuple[object, ...], make: Callable[[], Iterable[Sample]]) -> Sequence[Sample]:
        """Return the samples that `make` makes from these objects; those of the last time while they are the same.

        `name` tells one making from the others, and `make` may look at nothing else.
        """
        before, made = self._made.get(name, ((), ()))
        if len(before) != len(sources) or not all(map(is_, before, sources)):
            made = tuple(make())
            self._made[name] = sources, made
        return made

    def facts(self, wanted: Facts[T], said: Mapping[str, S], find: Find[S, T]) -> Iterator[Column]:
        """Yield a column for each metric of what is found in what nodes said; what is None has no sample.

        Into what is the same object as in the last call with these metrics nobody looks, as long as the rows stay.
        """
        table: _Table[S, T] = self._tables.setdefault(next(iter(wanted)), _Table(wanted, find))
        yield from table.columns(said)


class _Table(Generic[S, T]):
    """What was told of the things that nodes said, each in its row."""

    def __init__(self, wanted: Facts[T], find: Find[S, T]) -> None:
        self._wanted = wanted
        self._find = find
        self._said: Mapping[str, S] | None = None
        self._rows_of: dict[str, list[Row]] = {}
        self._rows: tuple[Row, ...] = ()
        self._places: dict[Row, int] = {}
        self._things: list[T | None] = []
        self._told: dict[str, list[float | None]] = {}
        self._columns: dict[str, Column] = {}

    def columns(self, said: Mapping[str, S]) -> Iterator[Column]:
        """Yield what is told of all things now; whoever stops before the end has lost only time."""
        before, self._said = self._said, None  # until all is told
        found = None if before is None or list(before) != list(said) else self._news(said, before)
        if found is None:
            found = self._found(sorted(said.items(), key=itemgetter(0)))
            self._begin(tuple(found))
        new: dict[int, T] = {}
        for row, thing in found.items():
            place = self._places[row]
            if self._things[place] is not thing:
                new[place] = thing
                self._things[place] = thing
        for name, fact in self._wanted.items():
            yield self._column(name, list(map(fact, new.values())), new)
        self._said = dict(said)

    def _news(self, said: Mapping[str, S], before: Mapping[str, S]) -> dict[Row, T] | None:
        """Return what is found where nodes have said something else; None where that has other rows than before."""
        news = list(compress(said.items(), map(is_not, said.values(), before.values())))
        found = self._found(news)
        return found if list(found) == [row for node, _ in news for row in self._rows_of.get(node, ())] else None

    def _found(self, said: Iterable[tuple[str, S]]) -> dict[Row, T]:
        things: dict[Row, T] = {}
        for row, thing in self._find(said):
            things.setdefault(row, thing)
        return things

    def _begin(self, rows: tuple[Row, ...]) -> None:
        """Begin anew with these rows, of all nodes."""
        self._rows, self._places = rows, {row: place for place, row in enumerate(rows)}
        self._things, self._told, self._rows_of = [None] * len(rows), {}, {}
        for row in rows:
            self._rows_of.setdefault(row[0], []).append(row)

    def _column(self, name: str, news: list[float | None], places: Collection[int]) -> Column:
        """Return the column of a metric after what is told of the things in these places."""
        before = self._told.get(name)
        if before is None:
            told = news  # of all
        elif news == [before[place] for place in places]:
            return self._columns[name]
        else:
            told = before
            for place, value in zip(places, news, strict=True):
                told[place] = value
        self._told[name] = told
        values = [value for value in told if value is not None]
        rows: Sequence[Row] = self._rows  # the same object for many metrics
        if len(values) < len(told):
            rows = tuple(row for row, value in zip(self._rows, told, strict=True) if value is not None)
        column = self._columns[name] = Column(METRICS[name], rows, np.array(values, float) + 0.0)  # and no -0
        return column
