"""One poll of one device: which of its tables are read, in which order, and what they add up to.

Knows no protocol version and no socket: it asks through an `Inquiry`. A table is read when its time has come and
stands until it is read again; what goes wrong with one table costs that table alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Protocol, TypeVar

from netmon.probes.snmp.ber import Value
from netmon.probes.snmp.failure import Failure
from netmon.probes.snmp.folding import Unfolded
from netmon.probes.snmp.habits import NOTHING_SAID, Habits, Said
from netmon.probes.snmp.inquiry import SYSTEM, Columns, Inquiry, Reader
from netmon.probes.snmp.reading import PART_OF, Reading, add_rows
from netmon.probes.vendors import interfaces, system
from netmon.probes.vendors.families import tables_of
from netmon.probes.vendors.rows import EntityRow, InterfaceRow, Row, SystemRow
from netmon.probes.vendors.tables import SLOW, Found, Kept, Part, Table, is_due

_NAMES = (Part.INTERFACES, Part.ENTITIES)
T = TypeVar("T")
CELLS_AT_ONCE = 24  # metered values in one question, so that the answer fits into a datagram


class Meter(Protocol):
    """Says what may be asked of a device that has to ask others for it."""

    async def take(self, names: Sequence[str], most: int) -> Sequence[str]:
        """Return those that are to be asked about now, at most `most`; each counts as asked from then on."""
        ...


async def read_device(
    reader: Reader,
    habits: Habits,
    now: float = 0.0,
    tables: Callable[[str | None], Sequence[Table]] = tables_of,
    meter: Meter | None = None,
) -> Reading:
    """Read the system group, the interfaces and whatever else the device's family has and is due `now`.

    `now` is the monotonic clock, in seconds; `tables` says what a device is asked, by its sysObjectID. A device that
    does not answer the first question is not asked a second one, unless the first was one for several tables and
    nothing shows that it understands these. Metered cells are read last, as far as the `meter` allows; without one
    they are not read.
    """
    poll = _Poll(reader, habits, now, tables)
    if not await poll.open():
        return poll.silence()
    for table in poll.tables:
        if poll.is_due(table):
            await poll.read(table)
    if meter is not None:
        await poll.read_cells(meter)
    return poll.reading()


class _Poll:
    """A poll that is under way."""

    def __init__(
        self, reader: Reader, habits: Habits, now: float, tables: Callable[[str | None], Sequence[Table]]
    ) -> None:
        self.system = SystemRow()
        self.tables: Sequence[Table] = ()
        self._asking = Inquiry(reader, habits, now)
        self._folds = reader.folds
        self._now = now
        self._tables_of = tables
        self._kept = dict(habits.kept)
        self._mistakes: list[tuple[str, Exception]] = []
        self._ports: dict[int, str] = {}
        self._entities: dict[int, EntityRow] = {}
        self._metered: list[tuple[Table, Found]] = []  # tables read in this poll that have cells
        self._read: list[Table] = []
        self._due: set[str] = set()

    async def open(self) -> bool:
        """Read the system group, and with it what else fits into the first question; False when nothing came back."""
        said = await self._open_folded() if self._folds else None
        if said is None and not self._asking.failures:
            said = await self._open_plainly()
        if said is None:
            return False
        self.system = said
        self._choose(said.object_id)
        return True

    def _choose(self, object_id: str | None) -> None:
        """Choose the tables of a device; those that are not due stand, and so do the names in them."""
        tables = self._tables_of(object_id)
        if tables is self.tables:
            return
        self.tables = tables
        self._due = {table.name for table in tables if is_due(table, self._kept.get(table.name), self._now)}
        for table in tables:
            if table.part in _NAMES and table.name not in self._due:
                self._remember(table, self._kept[table.name].rows)

    async def _open_plainly(self) -> SystemRow | None:
        scalars = await self._asking.scalars(SYSTEM, system.SCALARS)
        if not scalars.values:
            self._asking.failures = self._asking.failures or [Failure.TRUNCATED]
            return None
        return system.decode_system(scalars.values)

    async def _open_folded(self) -> SystemRow | None:
        """Ask for the clocks of a known device and for its tables at once; None where that cannot be had."""
        asking, known = self._asking, self._asking.habits.system
        if known is None or self._now < asking.habits.folds_from:
            return None
        is_all = asking.habits.due_scalars(SYSTEM, system.SCALARS, self._now, SLOW)
        asked: tuple[bytes, ...] = system.SCALARS
        if not is_all:
            asked = tuple(scalar for scalar in asking.habits.present[SYSTEM].scalars if scalar in system.CLOCKS)
        self._choose(known.object_id)
        asking.plan(asked, [table for table in self.tables if table.name in self._due])
        answer = await asking.answer(SYSTEM)
        if not isinstance(answer, Unfolded):
            return None
        if system.UPTIME in asked and system.UPTIME not in answer.scalars:  # it answers something else
            asking.unfold()
            asking.forget_plan()
            return None
        said = system.decode_system(answer.scalars)
        if is_all:
            asking.habits = asking.habits.having(SYSTEM, answer.scalars, system.SCALARS, self._now)
            return said
        if said.object_id != known.object_id or (said.agent_seconds or 0.0) < (known.agent_seconds or 0.0):
            return None  # it restarted, or is another one: what it calls itself may have changed
        return replace(said, **{name: getattr(known, name) for name in system.NAMES})

    def silence(self) -> Reading:
        """Return what a poll found that got no answer."""
        return Reading(failures=tuple(self._asking.failures), habits=self._asking.habits.silenced())

    def is_due(self, table: Table) -> bool:
        """Say whether a table is to be read in this poll."""
        return table.name in self._due

    async def read(self, table: Table) -> None:
        """Read one table, if the device still answers."""
        before, failures = self._kept.get(table.name), self._asking.failures
        self._read.append(table)
        if self._asking.end is not None:
            if not table.every:  # others stand until they can be read
                self._kept[table.name] = Kept(-float("inf"), (), self._asking.end)
            return
        met = len(failures)
        standing = {} if before is None else before.cells
        rows = await self._rows(table, standing)
        failure = failures[met] if len(failures) > met else None
        is_used = bool(rows) or failure is not None or (before is not None and before.is_used)
        self._kept[table.name] = Kept(self._now, rows, failure, is_used, standing)
        self._remember(table, rows)
        if table.part is Part.INTERFACES and before is not None and _states(before.rows) != _states(rows):
            # what light there is now tells why a port went down, or came back
            self._due |= {other.name for other in self.tables if other.part is Part.OPTICS}

    def _remember(self, table: Table, rows: Iterable[Row]) -> None:
        """Keep how ports and entities are called, for the tables that follow."""
        for row in rows if table.part in _NAMES and not table.fills else ():
            if isinstance(row, InterfaceRow):
                self._ports[row.index] = row.name
            elif isinstance(row, EntityRow):
                self._entities[row.index] = row

    async def read_cells(self, meter: Meter) -> None:
        """Read the metered cells of the tables that this poll has read, as far as the budget goes."""
        for table, found in self._metered:
            kept = self._kept[table.name]
            wanted = self._carefully(table, table.cells, found)
            if wanted is None:
                continue
            # what is off is forgotten: when it is back, its old light is not its light
            gone = frozenset() if kept.failure is not None else kept.cells.keys() - wanted.keys()
            cells = {name: values for name, values in kept.cells.items() if name not in gone}
            most = max(1, CELLS_AT_ONCE // max((len(names) for names in wanted.values()), default=1))
            while self._asking.end is None and (names := await meter.take(tuple(wanted), most)):
                values = await self._asking.cells([oid for name in names for oid in wanted[name]])
                for name in names:
                    cells[name] = {oid: values[oid] for oid in wanted[name] if oid in values}
            rows = self._decoded(table, replace(found, scalars={**found.scalars, **_flat(cells)}))
            self._kept[table.name] = replace(kept, rows=rows, cells=cells)

    async def _rows(self, table: Table, standing: Mapping[str, Mapping[bytes, Value]]) -> tuple[Row, ...]:
        asking = self._asking
        answer = await asking.answer(table.name)
        values: Mapping[bytes, Value] = {}
        columns: Columns = {}
        if not isinstance(answer, Failure):
            if table.scalars:
                values = (await asking.scalars(table.name, table.scalars, answer)).values
            columns = await asking.columns(table, self.system, answer)
        ports = self._kept.get(interfaces.TABLE.name)
        nameless = ports is not None and ports.failure is None and not self._ports
        found = Found(columns, values, self._ports, self._entities, self.system, nameless)
        if table.then is not None and (more := self._carefully(table, table.then, found)):
            found = replace(found, columns={**columns, **await asking.further(table, more, self.system)})
        if table.cells is not None:
            self._metered.append((table, found))
        if standing:
            found = replace(found, scalars={**found.scalars, **_flat(standing)})
        return self._decoded(table, found)

    def _decoded(self, table: Table, found: Found) -> tuple[Row, ...]:
        rows: dict[Any, Row] = {}
        for row in self._carefully(table, table.decode, found) or ():
            rows.setdefault((type(row), row.key), row)
        return tuple(rows.values())

    def _carefully(self, table: Table, step: Callable[[Found], T] | None, found: Found) -> T | None:
        """Return what a step of a table makes of what was found; its mistake must not cost what the others found."""
        try:
            return None if step is None else step(found)
        except Exception as error:  # noqa: BLE001 (counted and logged by whoever polls)
            self._mistakes.append((table.name, error))
            self._asking.failures.append(Failure.INTERNAL)
            return None

    def reading(self) -> Reading:
        """Return what the tables hold now, whether read in this poll or before."""
        before, failures = self._asking.habits.said, self._asking.failures
        news = {part for table in self._read for part in (table.part, *table.also)}
        if failures or before.tables is not self.tables:
            news, before = set(Part), NOTHING_SAID
        rows: dict[type[Row], dict[Any, Row]] = {}
        failed: dict[Part, Failure] = {}
        read_at = dict(before.read_at)
        for table in self.tables:
            if table.part not in news and news.isdisjoint(table.also):
                continue  # its rows stand as they were put together
            kept = self._kept.get(table.name)
            failure = failures[0] if kept is None else kept.failure  # None: the poll ended before it
            if failure is not None and not table.fills:
                failed |= {part: failure for part in (table.part, *table.also) if part not in failed}
            if kept is not None:
                if kept.at >= 0:
                    read_at[table.name] = kept.at
                if kept.rows:
                    add_rows(rows, kept.rows, fills=table.fills)
        parts: dict[Part, Any] = {part: said for part, said in before.parts.items() if part not in news}
        parts |= {PART_OF[row]: tuple(by_key.values()) for row, by_key in rows.items() if PART_OF[row] in news}
        said = Said(self.tables, parts, read_at) if not (failures or failed) else NOTHING_SAID
        return Reading(
            system=self.system,
            failed=failed,
            read_at=read_at,
            failures=tuple(failures),
            mistakes=tuple(self._mistakes),
            habits=replace(self._asking.habits, kept=self._kept, said=said, system=self.system),
            **{part.value: found for part, found in parts.items()},
        )


def _states(rows: Iterable[Row]) -> dict[str, bool | None]:
    """Return which ports are up."""
    return {row.name: row.oper_up for row in rows if isinstance(row, InterfaceRow)}


def _flat(cells: Mapping[str, Mapping[bytes, Value]]) -> dict[bytes, Value]:
    return {oid: value for values in cells.values() for oid, value in values.items()}
