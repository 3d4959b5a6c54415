"""One poll of one device: which questions, in which order, and what they add up to.

Knows no protocol version and no socket: it asks through a `Reader`. A table is read when its time has come and stands
until it is read again; what goes wrong with one table costs that table alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any, Protocol

from netmon.probes.snmp.ber import Index, Value
from netmon.probes.snmp.failure import ENDS_POLL, Failure
from netmon.probes.snmp.folding import Folded, Unfolded, Wanted, fold, unfold
from netmon.probes.snmp.habits import NOTHING_SAID, Habits, Said
from netmon.probes.snmp.pdu import ErrorStatus
from netmon.probes.snmp.reading import PART_OF, Reading, add_rows
from netmon.probes.snmp.walk import Answer, Ask, First, Scalars, Walked
from netmon.probes.vendors import system
from netmon.probes.vendors.families import tables_of
from netmon.probes.vendors.rows import EntityRow, InterfaceRow, Row, SystemRow
from netmon.probes.vendors.tables import SLOW, Found, Kept, Part, Table, is_due

_NAMES = (Part.INTERFACES, Part.ENTITIES)
UNSEEN_ROWS = 8  # expected of a table that was never read
SYSTEM = "system"  # what the system group is called among tables
CELLS_AT_ONCE = 24  # metered values in one question, so that the answer fits into a datagram


class Reader(Protocol):
    """Reads one agent, whatever its version. Failures come back in the results."""

    @property
    def folds(self) -> bool:
        """Whether the agent can be asked for several tables at once."""
        ...

    @property
    def ask(self) -> Ask:
        """How it is asked one question."""
        ...

    async def get(self, oids: Sequence[bytes]) -> Scalars:
        """Return single values."""
        ...

    async def walk(self, columns: Sequence[bytes], rows: int, repetitions: int, first: First = None) -> Walked:
        """Return the rows of a table's columns; `rows` are expected, at most `repetitions` are asked at a time.

        `first` is what has already come of them.
        """
        ...

    async def get_once(self, oids: Sequence[bytes]) -> Scalars:
        """Return single values, asked for with one datagram that is never repeated, whatever comes of it."""
        ...


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
        self._reader = reader
        self._habits = habits
        self._now = now
        self._tables_of = tables
        self._failures: list[Failure] = []
        self._kept = dict(habits.kept)
        self._mistakes: list[tuple[str, Exception]] = []
        self._ports: dict[int, str] = {}
        self._entities: dict[int, EntityRow] = {}
        self._metered: list[tuple[Table, Found]] = []  # tables read in this poll that have cells
        self._read: list[Table] = []
        self._due: set[str] = set()
        self._folded: dict[str, Folded] = {}  # questions that are not asked yet, by each of their tables
        self._answers: dict[str, Unfolded | Failure | None] = {}
        self._is_trial = False  # of a larger room than was known to do

    async def open(self) -> bool:
        """Read the system group, and with it what else fits into the first question; False when nothing came back."""
        said = await self._open_folded() if self._reader.folds else None
        if said is None and not self._failures:
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
        scalars = await self._reader.get(system.SCALARS)
        if scalars.failure is not None:
            self._failures.append(scalars.failure)
        elif scalars.values:
            self._habits = self._habits.having(SYSTEM, scalars.values, system.SCALARS, self._now)
        if not scalars.values:
            self._failures = self._failures or [Failure.TRUNCATED]
            return None
        return system.decode_system(scalars.values)

    async def _open_folded(self) -> SystemRow | None:
        """Ask for the clocks of a known device and for its tables at once; None where that cannot be had."""
        habits, known = self._habits, self._habits.system
        if known is None or self._now < habits.folds_from:
            return None
        self._habits = habits.roomier(self._now)
        self._is_trial = self._habits is not habits
        habits = self._habits
        is_all = habits.due_scalars(SYSTEM, system.SCALARS, self._now, SLOW)
        asked = system.SCALARS if is_all else tuple(c for c in habits.present[SYSTEM].scalars if c in system.CLOCKS)
        self._choose(known.object_id)
        self._fold(asked)
        if SYSTEM not in self._folded:
            return None
        answer = await self._unfold(SYSTEM)
        if not isinstance(answer, Unfolded):
            return None
        if system.UPTIME in asked and system.UPTIME not in answer.scalars:
            self._habits, self._folded = habits.unfolded(self._now), {}  # it answers something else
            return None
        said = system.decode_system(answer.scalars)
        if is_all:
            self._habits = self._habits.having(SYSTEM, answer.scalars, system.SCALARS, self._now)
            return said
        if said.object_id != known.object_id or (said.agent_seconds or 0.0) < (known.agent_seconds or 0.0):
            return None  # it restarted, or is another one: what it calls itself may have changed
        return replace(said, **{name: getattr(known, name) for name in system.NAMES})

    def _fold(self, asked: tuple[bytes, ...]) -> None:
        """Plan questions for several tables each of what is due."""
        habits = self._habits
        wanted = [Wanted(SYSTEM, asked, (), 0)]
        for table in self.tables:
            if table.name not in self._due:
                continue
            scalars = table.scalars
            if scalars and not habits.due_scalars(table.name, scalars, self._now):
                scalars = habits.present[table.name].scalars
            wanted.append(Wanted(table.name, scalars, table.columns, habits.rows.get(table.name, UNSEEN_ROWS)))
        for folded in fold(tuple(wanted), habits.room, habits.repetitions):
            self._folded |= dict.fromkeys(folded.places, folded)

    async def _unfold(self, name: str) -> Unfolded | Failure | None:
        """Return the answer to the question that a table is part of; None where it has to be asked by itself."""
        folded = self._folded.get(name)
        if folded is None:
            return None
        if name not in self._answers:
            answer = await self._reader.ask(folded.request)
            sorted_ = self._judge(answer, folded, is_first=name == SYSTEM)
            self._answers |= dict.fromkeys(folded.places, sorted_)
        return self._answers[name]

    def _judge(self, answer: Answer, folded: Folded, *, is_first: bool) -> Unfolded | Failure | None:
        """Return an answer by tables, the failure that ends the poll, or None to ask for each table by itself."""
        if answer is Failure.TIMEOUT and self._is_trial:
            self._crowd()
            return None
        if isinstance(answer, Failure):
            is_proven = self._habits.folds and is_first
            if answer is Failure.MALFORMED or (answer is Failure.TIMEOUT and not is_proven):
                self._habits = self._habits.unfolded(self._now)  # the question may be to blame
                if is_first or answer is Failure.MALFORMED:
                    return None
            self._failures.append(answer)
            return answer
        found = unfold(folded, answer)
        if found is not None:
            self._habits = self._habits if self._habits.folds else replace(self._habits, folds=True)
        elif answer.error_status == ErrorStatus.TOO_BIG:
            self._crowd()
        else:
            self._habits = self._habits.unfolded(self._now)
        return found

    def _crowd(self) -> None:
        """Take the room for too large. The other questions are as large: what they are for is asked by itself."""
        self._habits, self._folded, self._is_trial = self._habits.crowded(self._now), {}, False

    def silence(self) -> Reading:
        """Return what a poll found that got no answer."""
        return Reading(failures=tuple(self._failures), habits=self._habits.silenced())

    def is_due(self, table: Table) -> bool:
        """Say whether a table is to be read in this poll."""
        return table.name in self._due

    async def read(self, table: Table) -> None:
        """Read one table, if the device still answers."""
        before = self._kept.get(table.name)
        self._read.append(table)
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
        answer = await self._unfold(table.name)
        if isinstance(answer, Failure):
            values: Mapping[bytes, Value] = {}
            columns: dict[bytes, Mapping[Index, Value]] = {}
        else:
            values = await self._scalars(table, answer)
            first = None if answer is None else answer.columns[table.name]
            columns = await self._walk(table.name, table.columns, table.part, first)
        found = Found(columns, values, self._ports, self._entities, self.system)
        if table.then is not None and (more := self._further(table, found)):
            columns = {**columns, **await self._walk(table.name + "+", more, table.part)}
            found = replace(found, columns=columns)
        if table.cells is not None:
            self._metered.append((table, found))
        if standing:
            found = replace(found, scalars={**found.scalars, **_flat(standing)})
        return self._decoded(table, found)

    async def _scalars(self, table: Table, answer: Unfolded | None) -> Mapping[bytes, Value]:
        """Return the single values of a table, from an answer or asked for now."""
        if not table.scalars:
            return {}
        is_all = answer is None or self._habits.due_scalars(table.name, table.scalars, self._now)
        if answer is not None:
            values: Mapping[bytes, Value] = {o: answer.scalars[o] for o in table.scalars if o in answer.scalars}
        else:
            scalars = await self._reader.get(table.scalars)
            values = scalars.values
            if scalars.failure is not None:
                self._failures.append(scalars.failure)
                return values
        if is_all:
            self._habits = self._habits.having(table.name, values, table.scalars, self._now)
        return values

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

    async def _walk(
        self, name: str, columns: tuple[bytes, ...], part: Part, first: First = None
    ) -> dict[bytes, Mapping[Index, Value]]:
        if not columns or ENDS_POLL.intersection(self._failures):
            return {}
        unseen = (self.system.interface_count if part is Part.INTERFACES else None) or UNSEEN_ROWS
        rows = self._habits.rows.get(name, unseen)
        walked = await self._reader.walk(columns, rows, self._habits.repetitions, first)
        self._habits = self._habits.after(name, walked)
        if walked.failure is not None:
            self._failures.append(walked.failure)
        return dict(walked.table)

    def reading(self) -> Reading:
        """Return what the tables hold now, whether read in this poll or before."""
        before = self._habits.said
        news = {part for table in self._read for part in (table.part, *table.also)}
        if self._failures or before.tables is not self.tables:
            news, before = set(Part), NOTHING_SAID
        rows: dict[type[Row], dict[Any, Row]] = {}
        failed: dict[Part, Failure] = {}
        read_at = dict(before.read_at)
        for table in self.tables:
            if table.part not in news and news.isdisjoint(table.also):
                continue  # its rows stand as they were put together
            kept = self._kept.get(table.name)
            failure = self._failures[0] if kept is None else kept.failure  # None: the poll ended before it
            if failure is not None and not table.fills:
                failed |= {part: failure for part in (table.part, *table.also) if part not in failed}
            if kept is not None:
                if kept.at >= 0:
                    read_at[table.name] = kept.at
                if kept.rows:
                    add_rows(rows, kept.rows, fills=table.fills)
        parts: dict[Part, Any] = {part: said for part, said in before.parts.items() if part not in news}
        parts |= {PART_OF[row]: tuple(by_key.values()) for row, by_key in rows.items() if PART_OF[row] in news}
        said = Said(self.tables, parts, read_at) if not (self._failures or failed) else NOTHING_SAID
        return Reading(
            system=self.system,
            failed=failed,
            read_at=read_at,
            failures=tuple(self._failures),
            mistakes=tuple(self._mistakes),
            habits=replace(self._habits, kept=self._kept, said=said, system=self.system),
            **{part.value: found for part, found in parts.items()},
        )


def _states(rows: Iterable[Row]) -> dict[str, bool | None]:
    """Return which ports are up."""
    return {row.name: row.oper_up for row in rows if isinstance(row, InterfaceRow)}


def _flat(cells: Mapping[str, Mapping[bytes, Value]]) -> dict[bytes, Value]:
    return {oid: value for values in cells.values() for oid, value in values.items()}
