"""Several tables in one question: one GETBULK with scalars in front and the columns of many tables behind. Pure.

A round trip through a county costs more than the values it carries, and most routers have few ports: all that one of
them is asked in a poll fits into one datagram. Who answers too much for a datagram is asked for less; who does not
answer such questions, or answers beside them, is asked table by table as before, for an hour.

The columns of one table stay together, so that a row comes from one moment: name and counters never of two ports.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from netmon.probes.snmp.ber import EXCEPTIONS, Value, Varbind
from netmon.probes.snmp.pdu import Kind, Request, Response

ROOM = 1350  # octets of values in one answer, as far as they can be foretold; Ethernet carries 1472
LEAST_ROOM = 300
MORE_ROOM = 150  # of a step back to it
_AROUND = 12  # octets of a binding beside the identifier of its column: lengths, index, a number or a short text
_WASTE = 300  # octets asked for in vain because tables in one question differ in length

Columns = Sequence[Sequence[Varbind]]
"""The bindings of each column of a table, in the order of the columns."""


class Wanted(NamedTuple):
    """What is wanted of one table: scalars, columns, and how many rows they are thought to have."""

    name: str
    scalars: tuple[bytes, ...]
    columns: tuple[bytes, ...]
    rows: int


@dataclass(frozen=True, slots=True)
class Folded:
    """One question for several tables. `places` is where a table's columns begin, and how many they are."""

    request: Request
    scalars: tuple[bytes, ...]
    places: Mapping[str, tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Unfolded:
    """The answer: the scalars that were found, by identifier, and the bindings of each table, by its name."""

    scalars: Mapping[bytes, Value]
    columns: Mapping[str, Columns]


class _Fold:
    """A question that still takes tables."""

    def __init__(self) -> None:
        self.tables: list[Wanted] = []
        self.rows = 0
        self._scalars = 0
        self._row = 0

    def takes(self, table: Wanted, room: int) -> bool:
        """Take a table if the answer then still fits, and little of it would be asked for in vain."""
        columns = sum(len(column) + _AROUND for column in table.columns)
        scalars = self._scalars + sum(len(scalar) + _AROUND for scalar in table.scalars)
        asked = table.rows + 1 if table.columns else 0  # one more than there are tells the end
        rows = max(self.rows, asked)
        waste = self._row * (rows - self.rows) + columns * (rows - asked)
        if self.tables and (waste > _WASTE or scalars + (self._row + columns) * rows > room):
            return False
        self.tables.append(table)
        self.rows, self._scalars, self._row = rows, scalars, self._row + columns
        return True


@lru_cache(maxsize=1024)  # most routers of a network are asked alike
def fold(tables: tuple[Wanted, ...], room: int, repetitions: int) -> tuple[Folded, ...]:
    """Return questions for tables, in order; what is best asked alone is in none.

    `room` is the size of an answer in octets, `repetitions` the most rows that the agent answers at once.
    """
    folds: list[_Fold] = []
    for table in tables:
        if table.rows >= repetitions or not all(map(_is_scalar, table.scalars)):
            continue
        if not any(one.takes(table, room) for one in folds):
            folds.append(_Fold())
            folds[-1].takes(table, room)
    return tuple(_folded(one) for one in folds if len(one.tables) > 1)


def _is_scalar(oid: bytes) -> bool:
    """Say whether an identifier ends in the number 0: 256, too, ends in an octet of zeros."""
    return oid[-1:] == b"\0" and oid[-2] < 0x80


def _folded(one: _Fold) -> Folded:
    scalars = tuple(dict.fromkeys(scalar for table in one.tables for scalar in table.scalars))
    places: dict[str, tuple[int, int]] = {}
    columns: list[bytes] = []
    for table in one.tables:
        places[table.name] = (len(columns), len(table.columns))
        columns += table.columns
    # asked for what follows them: GETBULK knows no other way to read a scalar than the next one after its object
    objects = tuple(scalar.removesuffix(b"\0") for scalar in scalars)
    return Folded(Request(Kind.GET_BULK, (*objects, *columns), one.rows, len(scalars)), scalars, places)


def unfold(asked: Folded, answer: Response) -> Unfolded | None:
    """Sort an answer by tables; None where it is none to this question."""
    once, width = asked.request.non_repeaters, len(asked.request.oids) - asked.request.non_repeaters
    found = answer.varbinds
    if answer.error_status or len(found) < once or len(found) > once + width * asked.request.repetitions:
        return None
    scalars = {
        oid: value
        for wanted, (oid, tag, value) in zip(asked.scalars, found, strict=False)
        if oid == wanted and tag not in EXCEPTIONS
    }
    columns = {
        name: [found[once + place :: width] for place in range(first, first + count)]
        for name, (first, count) in asked.places.items()
    }
    return Unfolded(scalars, columns)
