"""What a MIB family is to this program: a table to read, how often, and a pure function from variables to rows.

A new family is one file beside this one with its `Table`s, and a line in `families.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from netmon.probes.snmp.ber import Index, Value
from netmon.probes.snmp.failure import Failure
from netmon.probes.vendors.rows import EntityRow, Row, SystemRow

EVERY_POLL = 0.0
MINUTE = 50.0  # seconds; less than two polls of 30 s, so that one that starts a moment early is not left out
NEIGHBOURLY = 110.0  # what has gone is announced for 120 s more (IEEE 802.1AB, txTTL) and not known to be gone
SLOW = 590.0
HOUR = 3600.0
UNUSED_EVERY = HOUR / 2  # how often a table is asked for again that this device has never filled


class Part(StrEnum):
    """The kinds of rows; each is the name of a field of `DeviceRows`."""

    INTERFACES = "interfaces"
    ENTITIES = "entities"
    OPTICS = "optics"
    HEALTH = "health"
    POE = "poe"
    ONUS = "onus"
    UPS = "ups"
    NEIGHBOURS = "neighbours"
    IDENTITIES = "identities"
    FORWARDING = "forwarding"
    ADDRESSES = "addresses"
    RADIOS = "radios"
    STATIONS = "stations"
    ROUTING = "routing"


@dataclass(frozen=True, slots=True)
class Found:
    """The variables of one table, and what was read before them: whose they are and how its ports are called.

    `columns` holds the walked columns by index, `scalars` the single values; what the device lacks is absent.
    `ports` is ifName by ifIndex, `entities` the physical parts by entPhysicalIndex. `nameless`: the device was asked
    for its ports, answered, and has none in IF-MIB.
    """

    columns: Mapping[bytes, Mapping[Index, Value]] = field(default_factory=dict)
    scalars: Mapping[bytes, Value] = field(default_factory=dict)
    ports: Mapping[int, str] = field(default_factory=dict)
    entities: Mapping[int, EntityRow] = field(default_factory=dict)
    system: SystemRow = field(default_factory=SystemRow)
    nameless: bool = False

    def at(self, column: bytes, index: Index) -> Value:
        """Return one cell, None where the device has none."""
        return self.columns.get(column, {}).get(index)

    def port(self, index: int) -> str | None:
        """Return the name of the port with this ifIndex, or its number where the device is `nameless`."""
        return f"if#{index}" if self.nameless else self.ports.get(index)

    def indexes(self, *columns: bytes) -> list[Index]:
        """Return the indexes that any of these columns has, in order."""
        return sorted({index for column in columns for index in self.columns.get(column, {})})


@dataclass(frozen=True, slots=True)
class Table:
    """One table or group of scalars of a MIB.

    `decode` must take whatever a device may send, without raising, and return only plausible values. `every` is the
    least number of seconds between two reads. `then` names more columns to read, seen what `columns` held. A table
    that is not `optional` is asked for at its pace even of a device that never filled it. One that only `fills` says
    more of rows that other tables have, and adds none of its own; its failure is not that of its part. `also` are the
    parts of rows of other types that `decode` returns beside those of `part`. Names are unique.

    `cells` names, seen what `columns` held, single values for which the device has to ask another one (an OLT its
    ONU), by that one's name. They are read once an hour at most, within a budget, and stand in `Found.scalars`.
    """

    name: str
    part: Part
    decode: Callable[[Found], Sequence[Row]]
    columns: tuple[bytes, ...] = ()
    scalars: tuple[bytes, ...] = ()
    every: float = EVERY_POLL
    then: Callable[[Found], tuple[bytes, ...]] | None = None
    optional: bool = True
    cells: Callable[[Found], Mapping[str, tuple[bytes, ...]]] | None = None
    fills: bool = False
    also: tuple[Part, ...] = ()


@dataclass(frozen=True, slots=True)
class Kept:
    """What the last read of a table found. `at` is the monotonic clock at the start of its poll, in seconds.

    With a `failure` rows may be missing. `is_used`: the device has, or may have, rows in it. `cells` are the metered
    values as last read, by whom they are about.
    """

    at: float
    rows: tuple[Row, ...] = ()
    failure: Failure | None = None
    is_used: bool = True
    cells: Mapping[str, Mapping[bytes, Value]] = field(default_factory=dict)


def is_due(table: Table, kept: Kept | None, now: float) -> bool:
    """Say whether a table is to be read in a poll that starts `now`."""
    if kept is None:
        return True
    every = table.every if kept.is_used or not table.optional else max(table.every, UNUSED_EVERY)
    return now - kept.at >= every
