"""One poll of one device: which questions, in which order, and what they add up to.

Knows no protocol version and no socket: it asks through a `Reader`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

from netmon.probes.snmp.failure import Failure
from netmon.probes.snmp.walk import MOST_REPETITIONS, Scalars, Walked
from netmon.probes.vendors import interfaces, system
from netmon.probes.vendors.families import optics_of
from netmon.probes.vendors.rows import InterfaceRow, OpticRow, SystemRow

UNSEEN_ROWS = 8  # expected of a table that was never read
ENDS_POLL = frozenset({Failure.TIMEOUT, Failure.SEND, Failure.DEADLINE, Failure.BUDGET})  # nothing more will come


class Reader(Protocol):
    """Reads one agent, whatever its version. Failures come back in the results."""

    async def get(self, oids: Sequence[bytes]) -> Scalars:
        """Return single values."""
        ...

    async def walk(self, columns: Sequence[bytes], rows: int, repetitions: int) -> Walked:
        """Return the rows of a table's columns; `rows` are expected, at most `repetitions` are asked at a time."""
        ...


@dataclass(frozen=True, slots=True)
class Habits:
    """What a device taught about asking it: how many rows it can answer at once, and how long its tables were."""

    repetitions: int = MOST_REPETITIONS
    rows: Mapping[str, int] = field(default_factory=dict)

    def after(self, table: str, walked: Walked) -> Habits:
        """Learn from one walk: ask for half after silence, for one more after success."""
        if walked.failure is Failure.TIMEOUT:
            return replace(self, repetitions=max(1, self.repetitions // 2))
        if walked.repetitions < self.repetitions:
            return replace(self, repetitions=walked.repetitions)
        length = max((len(rows) for rows in walked.table.values()), default=0)
        return Habits(min(self.repetitions + 1, MOST_REPETITIONS), {**self.rows, table: length})


@dataclass(frozen=True, slots=True)
class Reading:
    """What one poll found. `failures` are in the order met; any makes the reading incomplete."""

    system: SystemRow | None = None
    interfaces: tuple[InterfaceRow, ...] = ()
    optics: tuple[OpticRow, ...] = ()
    failures: tuple[Failure, ...] = ()
    habits: Habits = field(default_factory=Habits)


@dataclass(frozen=True, slots=True)
class DevicePoll:
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
    system: SystemRow | None = None
    interfaces: tuple[InterfaceRow, ...] = ()
    optics: tuple[OpticRow, ...] = ()

    @property
    def ended(self) -> float:
        """When what the poll found became known, on the wall clock of its start."""
        return self.at + self.duration


async def read_device(reader: Reader, habits: Habits) -> Reading:
    """Read the system group, the interfaces and, where the maker has them, the optical modules.

    A device that does not answer the first question is not asked a second one.
    """
    scalars = await reader.get(system.SCALARS)
    failures = [] if scalars.failure is None else [scalars.failure]
    if not scalars.values:
        return Reading(failures=tuple(failures or [Failure.TRUNCATED]), habits=habits)
    found = system.decode_system(scalars.values)

    async def table(name: str, columns: Sequence[bytes], expected: int) -> Walked:
        nonlocal habits
        walked = await reader.walk(columns, habits.rows.get(name, expected), habits.repetitions)
        habits = habits.after(name, walked)
        if walked.failure is not None:
            failures.append(walked.failure)
        return walked

    expected = found.interface_count or UNSEEN_ROWS
    rows = (await table("interfaces", interfaces.COLUMNS, expected)).table
    if interfaces.needs_fallback(rows) and not ENDS_POLL.intersection(failures):
        rows = {**rows, **(await table("interfaces", interfaces.FALLBACK_COLUMNS, expected)).table}
    optics: tuple[OpticRow, ...] = ()
    family = optics_of(found.object_id)
    if family is not None and not ENDS_POLL.intersection(failures):
        optics = family.decode((await table("optics", family.columns, UNSEEN_ROWS)).table)
    return Reading(found, interfaces.decode_interfaces(rows), optics, tuple(failures), habits)
