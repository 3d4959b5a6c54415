"""One poll of one device: which questions, in which order, and what they add up to.

Knows no protocol version and no socket: it asks through a `Reader`. A table is read when its time has come and stands
until it is read again; what goes wrong with one table costs that table alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Any, Protocol

from netmon.probes.snmp.ber import Index, Value
from netmon.probes.snmp.failure import ENDS_POLL, Failure
from netmon.probes.snmp.walk import MOST_REPETITIONS, Scalars, Walked
from netmon.probes.vendors import system
from netmon.probes.vendors.families import tables_of
from netmon.probes.vendors.rows import (
    AddressRow,
    EntityRow,
    ForwardingRow,
    HealthRow,
    IdentityRow,
    InterfaceRow,
    NeighbourRow,
    OnuRow,
    OpticRow,
    PoeRow,
    RadioRow,
    RoutingRow,
    Row,
    StationRow,
    SystemRow,
    UpsRow,
)
from netmon.probes.vendors.tables import Found, Kept, Part, Table, is_due

_NAMES = (Part.INTERFACES, Part.ENTITIES)
UNSEEN_ROWS = 8  # expected of a table that was never read
CELLS_AT_ONCE = 24  # metered values in one question, so that the answer fits into a datagram


PART_OF: Mapping[type[Row], Part] = {
    InterfaceRow: Part.INTERFACES,
    EntityRow: Part.ENTITIES,
    OpticRow: Part.OPTICS,
    HealthRow: Part.HEALTH,
    PoeRow: Part.POE,
    OnuRow: Part.ONUS,
    UpsRow: Part.UPS,
    NeighbourRow: Part.NEIGHBOURS,
    ForwardingRow: Part.FORWARDING,
    AddressRow: Part.ADDRESSES,
    RadioRow: Part.RADIOS,
    StationRow: Part.STATIONS,
    RoutingRow: Part.ROUTING,
    IdentityRow: Part.IDENTITIES,
}


class Reader(Protocol):
    """Reads one agent, whatever its version. Failures come back in the results."""

    async def get(self, oids: Sequence[bytes]) -> Scalars:
        """Return single values."""
        ...

    async def walk(self, columns: Sequence[bytes], rows: int, repetitions: int) -> Walked:
        """Return the rows of a table's columns; `rows` are expected, at most `repetitions` are asked at a time."""
        ...

    async def get_once(self, oids: Sequence[bytes]) -> Scalars:
        """Return single values, asked for with one datagram that is never repeated, whatever comes of it."""
        ...


class Meter(Protocol):
    """Says what may be asked of a device that has to ask others for it."""

    async def take(self, names: Sequence[str], most: int) -> Sequence[str]:
        """Return those that are to be asked about now, at most `most`; each counts as asked from then on."""
        ...


@dataclass(frozen=True, slots=True)
class Habits:
    """What a device taught about asking it: how many rows it can answer at once, and how long its tables were.

    `kept` is what the last read of each table found, by the table's name.
    """

    repetitions: int = MOST_REPETITIONS
    rows: Mapping[str, int] = field(default_factory=dict)
    kept: Mapping[str, Kept] = field(default_factory=dict)

    def after(self, table: str, walked: Walked) -> Habits:
        """Learn from one walk: ask for half after silence, for one more after success."""
        if walked.failure is Failure.TIMEOUT:
            return replace(self, repetitions=max(1, self.repetitions // 2))
        if walked.repetitions < self.repetitions:
            return replace(self, repetitions=walked.repetitions)
        length = max((len(rows) for rows in walked.table.values()), default=0)
        more = min(self.repetitions + 1, MOST_REPETITIONS)
        return Habits(more, {**self.rows, table: length}, self.kept)


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceRows:
    """What a device said, by part; the fields below `failed` have the names of `Part`.

    `failed` holds the parts from which rows may be missing, and why: there, a row that is absent is no evidence.
    `read_at` is the start of the poll that last read a table, by the table's name, on the monotonic clock.
    """

    system: SystemRow | None = None
    failed: Mapping[Part, Failure] = field(default_factory=dict)
    read_at: Mapping[str, float] = field(default_factory=dict)
    interfaces: tuple[InterfaceRow, ...] = ()
    entities: tuple[EntityRow, ...] = ()
    optics: tuple[OpticRow, ...] = ()
    health: tuple[HealthRow, ...] = ()
    poe: tuple[PoeRow, ...] = ()
    onus: tuple[OnuRow, ...] = ()
    ups: tuple[UpsRow, ...] = ()
    neighbours: tuple[NeighbourRow, ...] = ()
    identities: tuple[IdentityRow, ...] = ()
    forwarding: tuple[ForwardingRow, ...] = ()
    addresses: tuple[AddressRow, ...] = ()
    radios: tuple[RadioRow, ...] = ()
    stations: tuple[StationRow, ...] = ()
    routing: tuple[RoutingRow, ...] = ()

    def has_all(self, part: Part) -> bool:
        """Say whether a row missing from this part is missing from the device."""
        return self.system is not None and part not in self.failed


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading(DeviceRows):
    """What one poll found. `failures` are in the order met; any makes the reading incomplete.

    `mistakes` are tables whose decoder failed, which is netmon's fault and not the device's.
    """

    failures: tuple[Failure, ...] = ()
    mistakes: tuple[tuple[str, Exception], ...] = ()
    habits: Habits = field(default_factory=Habits)


@dataclass(frozen=True, slots=True)
class DevicePoll(DeviceRows):
    """One finished poll. `at` is the wall clock and `monotonic` the monotonic clock at its start, in seconds.

    `ok`: the device answered. `complete`: and nothing is missing. `failure` is the first one met, if any;
    what was read before or beside it is kept.
    """

    node: str
    at: float
    monotonic: float
    duration: float
    ok: bool
    complete: bool
    failure: Failure | None = None
    expected_light: Mapping[str, float] = field(default_factory=dict)

    @property
    def ended(self) -> float:
        """When what the poll found became known, on the wall clock of its start."""
        return self.at + self.duration


def rows_of(reading: DeviceRows) -> dict[str, Any]:
    """Return what a device said as the keywords that a `DevicePoll` takes."""
    return {part.name: getattr(reading, part.name) for part in fields(DeviceRows)}


async def read_device(
    reader: Reader,
    habits: Habits,
    now: float = 0.0,
    tables: Callable[[str | None], Sequence[Table]] = tables_of,
    meter: Meter | None = None,
) -> Reading:
    """Read the system group, the interfaces and whatever else the device's family has and is due `now`.

    `now` is the monotonic clock, in seconds; `tables` says what a device is asked, by its sysObjectID. A device that
    does not answer the first question is not asked a second one. Metered cells are read last, as far as the `meter`
    allows; without one they are not read.
    """
    scalars = await reader.get(system.SCALARS)
    failures = [] if scalars.failure is None else [scalars.failure]
    if not scalars.values:
        return Reading(failures=tuple(failures or [Failure.TRUNCATED]), habits=habits)
    poll = _Poll(reader, habits, now, system.decode_system(scalars.values), failures)
    wanted = tables(poll.system.object_id)
    for table in wanted:
        await poll.read(table)
    if meter is not None:
        await poll.read_cells(meter)
    return poll.reading(wanted)


class _Poll:
    """A poll that is under way."""

    def __init__(self, reader: Reader, habits: Habits, now: float, said: SystemRow, failures: list[Failure]) -> None:
        self.system = said
        self._reader = reader
        self._habits = habits
        self._now = now
        self._failures = failures
        self._kept = dict(habits.kept)
        self._mistakes: list[tuple[str, Exception]] = []
        self._ports: dict[int, str] = {}
        self._entities: dict[int, EntityRow] = {}
        self._metered: list[tuple[Table, Found]] = []  # tables read in this poll that have cells

    async def read(self, table: Table) -> None:
        """Read one table, if it is due and the device still answers."""
        before = self._kept.get(table.name)
        if not is_due(table, before, self._now):
            if before is not None:
                self._remember(table.part, before.rows)
            return
        dead = next((failure for failure in self._failures if failure in ENDS_POLL), None)
        if dead is not None:
            if not table.every:  # others stand until they can be read
                self._kept[table.name] = Kept(-float("inf"), (), dead)
            return
        met = len(self._failures)
        standing = {} if before is None else before.cells
        rows = await self._rows(table, standing)
        failure = self._failures[met] if len(self._failures) > met else None
        is_used = bool(rows) or failure is not None or (before is not None and before.is_used)
        self._kept[table.name] = Kept(self._now, rows, failure, is_used, standing)
        self._remember(table.part, rows)

    def _remember(self, part: Part, rows: Iterable[Row]) -> None:
        """Keep how ports and entities are called, for the tables that follow."""
        for row in rows if part in _NAMES else ():
            if isinstance(row, InterfaceRow):
                self._ports[row.index] = row.name
            elif isinstance(row, EntityRow):
                self._entities[row.index] = row

    async def read_cells(self, meter: Meter) -> None:
        """Read the metered cells of the tables that this poll has read, as far as the budget goes."""
        for table, found in self._metered:
            kept = self._kept[table.name]
            try:
                wanted = {} if table.cells is None else table.cells(found)
            except Exception as error:  # noqa: BLE001 (as with decoders)
                self._mistakes.append((table.name, error))
                self._failures.append(Failure.INTERNAL)
                continue
            # what is off is forgotten: when it is back, its old light is not its light
            gone = frozenset() if kept.failure is not None else kept.cells.keys() - wanted.keys()
            cells = {name: values for name, values in kept.cells.items() if name not in gone}
            most = max(1, CELLS_AT_ONCE // max((len(names) for names in wanted.values()), default=1))
            while not ENDS_POLL.intersection(self._failures) and (names := await meter.take(tuple(wanted), most)):
                scalars = await self._reader.get_once([oid for name in names for oid in wanted[name]])
                if scalars.failure is not None:
                    self._failures.append(scalars.failure)
                for name in names:
                    cells[name] = {oid: scalars.values[oid] for oid in wanted[name] if oid in scalars.values}
            rows = self._decoded(table, replace(found, scalars={**found.scalars, **_flat(cells)}))
            self._kept[table.name] = replace(kept, rows=rows, cells=cells)

    async def _rows(self, table: Table, standing: Mapping[str, Mapping[bytes, Value]]) -> tuple[Row, ...]:
        values: Mapping[bytes, Value] = {}
        if table.scalars:
            scalars = await self._reader.get(table.scalars)
            values = scalars.values
            if scalars.failure is not None:
                self._failures.append(scalars.failure)
        columns = await self._walk(table.name, table.columns, table.part)
        found = Found(columns, values, self._ports, self._entities, self.system)
        if table.then is not None and (more := self._further(table, found)):
            columns = {**columns, **await self._walk(table.name + "+", more, table.part)}
            found = replace(found, columns=columns)
        if table.cells is not None:
            self._metered.append((table, found))
        return self._decoded(table, replace(found, scalars={**found.scalars, **_flat(standing)}))

    def _decoded(self, table: Table, found: Found) -> tuple[Row, ...]:
        rows: dict[Any, Row] = {}
        try:
            for row in table.decode(found):
                rows.setdefault((type(row), row.key), row)
        except Exception as error:  # noqa: BLE001 (a mistake of one decoder must not cost what the others found)
            self._mistakes.append((table.name, error))
            self._failures.append(Failure.INTERNAL)
            return ()
        return tuple(rows.values())

    def _further(self, table: Table, found: Found) -> tuple[bytes, ...]:
        try:
            return () if table.then is None else table.then(found)
        except Exception as error:  # noqa: BLE001 (as with decoders)
            self._mistakes.append((table.name, error))
            self._failures.append(Failure.INTERNAL)
            return ()

    async def _walk(self, name: str, columns: Sequence[bytes], part: Part) -> Mapping[bytes, Mapping[Index, Value]]:
        if not columns or ENDS_POLL.intersection(self._failures):
            return {}
        unseen = (self.system.interface_count if part is Part.INTERFACES else None) or UNSEEN_ROWS
        walked = await self._reader.walk(columns, self._habits.rows.get(name, unseen), self._habits.repetitions)
        self._habits = self._habits.after(name, walked)
        if walked.failure is not None:
            self._failures.append(walked.failure)
        return walked.table

    def reading(self, tables: Iterable[Table]) -> Reading:
        """Return what the tables hold now, whether read in this poll or before."""
        rows: dict[type[Row], dict[Any, Row]] = {}
        failed: dict[Part, Failure] = {}
        read_at: dict[str, float] = {}
        for table in tables:
            kept = self._kept.get(table.name)
            failure = self._failures[0] if kept is None else kept.failure  # None: the poll ended before it
            if failure is not None and not table.fills:
                failed |= {part: failure for part in (table.part, *table.also) if part not in failed}
            if kept is not None:
                if kept.at >= 0:
                    read_at[table.name] = kept.at
                _add(rows, kept.rows, fills=table.fills)
        parts: dict[str, Any] = {PART_OF[row].value: tuple(by_key.values()) for row, by_key in rows.items()}
        return Reading(
            system=self.system,
            failed=failed,
            read_at=read_at,
            failures=tuple(self._failures),
            mistakes=tuple(self._mistakes),
            habits=replace(self._habits, kept=self._kept),
            **parts,
        )


def _flat(cells: Mapping[str, Mapping[bytes, Value]]) -> dict[bytes, Value]:
    return {oid: value for values in cells.values() for oid, value in values.items()}


def _add(known: dict[type[Row], dict[Any, Row]], rows: Iterable[Row], *, fills: bool) -> None:
    """Add rows to those of other tables; of two with one key, the later fills what the earlier does not say."""
    for row in rows:
        alike = known.setdefault(type(row), {})
        before = alike.get(row.key)
        if before is not None:
            alike[row.key] = _filled(before, row)
        elif not fills:
            alike[row.key] = row


def _filled(row: Row, other: Row) -> Row:
    missing = {f.name: getattr(other, f.name) for f in fields(row) if getattr(row, f.name) is None}
    return replace(row, **missing)
