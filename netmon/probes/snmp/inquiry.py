"""What one agent is asked in one poll, and what its answers teach about asking it.

Several tables in one question where the agent understands that, each by itself where it does not; what goes wrong is
a `Failure` in the order met, and costs no more than it has to.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Protocol

from netmon.probes.snmp.ber import Index, Value
from netmon.probes.snmp.failure import ENDS_POLL, Failure
from netmon.probes.snmp.folding import Folded, Unfolded, Wanted, fold, unfold
from netmon.probes.snmp.habits import Habits
from netmon.probes.snmp.pdu import ErrorStatus
from netmon.probes.snmp.walk import Answer, Ask, First, Scalars, Walked
from netmon.probes.vendors.rows import SystemRow
from netmon.probes.vendors.tables import Part, Table

UNSEEN_ROWS = 8  # expected of a table that was never read
SYSTEM = "system"  # what the system group is called among tables

Columns = Mapping[bytes, Mapping[Index, Value]]


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


class Inquiry:
    """The questions of one poll. `habits` and `failures` are what they have taught so far."""

    def __init__(self, reader: Reader, habits: Habits, now: float) -> None:
        self.habits = habits
        self.failures: list[Failure] = []
        self._reader = reader
        self._now = now
        self._folded: dict[str, Folded] = {}  # questions that are not asked yet, by each of their tables
        self._answers: dict[str, Unfolded | Failure | None] = {}
        self._proven: Habits | None = None  # before a larger room than was known to do is tried

    @property
    def end(self) -> Failure | None:
        """Why nothing more will come; None while there may."""
        return next((failure for failure in self.failures if failure in ENDS_POLL), None)

    def plan(self, asked: tuple[bytes, ...], tables: Sequence[Table]) -> None:
        """Plan questions for the system group and for several of these tables each."""
        proven, self.habits = self.habits, self.habits.roomier(self._now)
        self._proven = None if self.habits is proven else proven
        habits = self.habits
        wanted = [Wanted(SYSTEM, asked, (), 0)]
        for table in tables:
            scalars = table.scalars
            if scalars and not habits.due_scalars(table.name, scalars, self._now):
                scalars = habits.present[table.name].scalars
            wanted.append(Wanted(table.name, scalars, table.columns, habits.rows.get(table.name, UNSEEN_ROWS)))
        for folded in fold(tuple(wanted), habits.room, habits.repetitions):
            self._folded |= dict.fromkeys(folded.places, folded)

    async def answer(self, name: str) -> Unfolded | Failure | None:
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
        if answer is Failure.TIMEOUT and self._proven is not None:
            self._crowd()
            return None
        if isinstance(answer, Failure):
            is_proven = self.habits.folds and is_first
            if answer is Failure.MALFORMED or (answer is Failure.TIMEOUT and not is_proven):
                self.unfold()  # the question may be to blame
                if is_first or answer is Failure.MALFORMED:
                    return None
            self.failures.append(answer)
            return answer
        found = unfold(folded, answer)
        if found is not None:
            self.habits = self.habits if self.habits.folds else replace(self.habits, folds=True)
        elif answer.error_status == ErrorStatus.TOO_BIG:
            self._crowd()
        else:
            self.unfold()
        return found

    def unfold(self) -> None:
        """Ask for each table by itself from the next poll on: the agent does not understand, or answers beside it."""
        self.habits = self.habits.unfolded(self._now)

    def forget_plan(self) -> None:
        """Ask for each table by itself from now on."""
        self._folded = {}

    def _crowd(self) -> None:
        """Take the room for too large. The other questions are as large: what they are for is asked by itself."""
        self.habits = self.habits.crowded(self._now, None if self._proven is None else self._proven.room)
        self._proven = None
        self.forget_plan()

    async def scalars(self, name: str, wanted: tuple[bytes, ...], answer: Unfolded | None = None) -> Scalars:
        """Return the single values of a table, from an answer or asked for now."""
        is_all = answer is None or self.habits.due_scalars(name, wanted, self._now)
        if answer is not None:
            scalars = Scalars({oid: answer.scalars[oid] for oid in wanted if oid in answer.scalars})
        else:
            scalars = await self._reader.get(wanted)
        if scalars.failure is not None:
            self.failures.append(scalars.failure)
        elif is_all:
            self.habits = self.habits.having(name, scalars.values, wanted, self._now)
        return scalars

    async def columns(self, table: Table, system: SystemRow, answer: Unfolded | None = None) -> Columns:
        """Return the columns of a table, which may have begun with an answer."""
        first = None if answer is None else answer.columns[table.name]
        return await self._walk(table.name, table.columns, table.part, system, first)

    async def further(self, table: Table, columns: tuple[bytes, ...], system: SystemRow) -> Columns:
        """Return columns that a table turned out to need."""
        return await self._walk(table.name + "+", columns, table.part, system)

    async def _walk(
        self, name: str, columns: tuple[bytes, ...], part: Part, system: SystemRow, first: First = None
    ) -> Columns:
        if not columns or self.end is not None:
            return {}
        unseen = (system.interface_count if part is Part.INTERFACES else None) or UNSEEN_ROWS
        rows = self.habits.rows.get(name, unseen)
        walked = await self._reader.walk(columns, rows, self.habits.repetitions, first)
        self.habits = self.habits.after(name, walked)
        if walked.failure is not None:
            self.failures.append(walked.failure)
        return walked.table

    async def cells(self, oids: Sequence[bytes]) -> Mapping[bytes, Value]:
        """Return metered values, asked for once."""
        scalars = await self._reader.get_once(oids)
        if scalars.failure is not None:
            self.failures.append(scalars.failure)
        return scalars.values
