"""What a device taught about asking it, from one poll to the next. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from netmon.probes.snmp.failure import Failure
from netmon.probes.snmp.folding import LEAST_ROOM, MORE_ROOM, ROOM
from netmon.probes.snmp.walk import MOST_REPETITIONS, Walked
from netmon.probes.vendors.rows import Row, SystemRow
from netmon.probes.vendors.tables import HOUR, UNUSED_EVERY, Kept, Part, Table


class Present(NamedTuple):
    """The scalars of a group that a device ever had, and when it was last asked for all of them."""

    at: float
    scalars: tuple[bytes, ...]


class Said(NamedTuple):
    """The rows of the last complete poll, by part, and the tables that they came from."""

    tables: Sequence[Table]
    parts: Mapping[Part, tuple[Row, ...]]
    read_at: Mapping[str, float]


NOTHING_SAID = Said((), {}, {})


@dataclass(frozen=True, slots=True)
class Habits:
    """How a device is best asked: how many rows it can answer at once, and how long its tables were.

    `kept` is what the last read of each table found, `present` which scalars the device has, each by table. `system`
    is what the device last said of itself; None after silence. `folds`: it has answered a question for several
    tables, the answer to which may have `room` octets; none is asked before the monotonic time `folds_from`. A room
    that was found too large is not tried again before `grows_from`.
    """

    repetitions: int = MOST_REPETITIONS
    rows: Mapping[str, int] = field(default_factory=dict)
    kept: Mapping[str, Kept] = field(default_factory=dict)
    present: Mapping[str, Present] = field(default_factory=dict)
    system: SystemRow | None = None
    folds: bool = False
    folds_from: float = 0.0
    room: int = ROOM
    grows_from: float = 0.0
    said: Said = NOTHING_SAID

    def after(self, table: str, walked: Walked) -> Habits:
        """Learn from one walk: ask for half after silence, for one more after success."""
        if walked.failure is Failure.TIMEOUT:
            return replace(self, repetitions=max(1, self.repetitions // 2))
        if walked.repetitions < self.repetitions:
            return replace(self, repetitions=walked.repetitions)
        length = max(map(len, walked.table.values()), default=0)
        more = min(self.repetitions + 1, MOST_REPETITIONS)
        if more == self.repetitions and self.rows.get(table) == length:
            return self
        return replace(self, repetitions=more, rows={**self.rows, table: length})

    def due_scalars(self, group: str, scalars: tuple[bytes, ...], now: float, every: float = UNUSED_EVERY) -> bool:
        """Say whether all scalars of a group are to be asked for, and not only those that the device has."""
        known = self.present.get(group)
        return known is None or (len(known.scalars) < len(scalars) and now - known.at >= every)

    def having(self, group: str, found: Mapping[bytes, object], asked: tuple[bytes, ...], now: float) -> Habits:
        """Learn which scalars a device has, from an answer to a question for all of them."""
        before = self.present[group].scalars if group in self.present else ()
        present = Present(now, tuple(oid for oid in asked if oid in found or oid in before))
        return replace(self, present={**self.present, group: present})

    def unfolded(self, now: float) -> Habits:
        """Ask table by table for an hour."""
        return replace(self, folds=False, folds_from=now + HOUR)

    def crowded(self, now: float, proven: int | None = None) -> Habits:
        """Ask for less at once, for an hour: for half, or where more was only tried for what is `proven`."""
        less = self.room // 2 if proven is None else proven
        smaller = self.unfolded(now) if less < LEAST_ROOM else replace(self, room=less)
        return replace(smaller, grows_from=now + HOUR)

    def roomier(self, now: float) -> Habits:
        """Ask for more at once where the time has come to try: one step, and the next an hour later."""
        if self.room >= ROOM or now < self.grows_from:
            return self
        return replace(self, room=min(self.room + MORE_ROOM, ROOM), grows_from=now + HOUR)

    def silenced(self) -> Habits:
        """Begin anew with a device that may be another one when it answers again."""
        return replace(self, system=None, folds=False)
