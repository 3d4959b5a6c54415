"""What can still be read of a damaged journal, and a sound one made of it.

Entries are read in ranges; a range that cannot be read is halved until what is damaged stands alone. What is missing
is told, never glossed over: in the journal that is made, a gap stands for it, and nothing is known of that time.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from netmon.errors import StateError
from netmon.events import Entry, ProbingGap
from netmon.inventory.document import digest, to_document
from netmon.journal.checkpoint import Checkpoint
from netmon.journal.codec import entry_of, inventory_of
from netmon.model import Inventory

QUERIES = 200_000
"""Reads that are tried at most: what is damaged from end to end must not take for ever."""
SMALLEST_ROW = 30
"""Bytes that an entry takes at least, to tell how many a file may hold."""
REASON = "the journal was damaged"


@dataclass(frozen=True, slots=True)
class Missing:
    """A range of positions of which nothing can be read."""

    first: int
    last: int

    @classmethod
    def between(cls, before: int, after: int) -> Iterator[Missing]:
        """Yield the range between two positions, if there is one."""
        if after > before + 1:
            yield cls(before + 1, after - 1)

    def __str__(self) -> str:
        return f"entry {self.first}" if self.first == self.last else f"entries {self.first} to {self.last}"


@dataclass(frozen=True, slots=True)
class Salvage:
    """What could be read: entries in order, inventories, checkpoints that are whole; and what is missing.

    `undrawn` are the positions of checkpoints that are whole, but of a drawing that is lost: they make no picture.
    `is_cut_off` says that the end cannot be read either, so that nobody can tell how much is missing there.
    """

    entries: tuple[Entry, ...]
    inventories: tuple[Inventory, ...]
    checkpoints: tuple[Checkpoint, ...]
    missing: tuple[Missing, ...]
    undrawn: tuple[int, ...]
    is_cut_off: bool


@dataclass(frozen=True, slots=True)
class Mended:
    """Entries and checkpoints without a hole.

    Up to `begins` the entries are lost, and what they came to is in the checkpoint there; 0 when none are.
    """

    entries: tuple[Entry, ...]
    checkpoints: tuple[Checkpoint, ...]
    begins: int = 0


def salvage(path: Path) -> Salvage:
    """Read what can be read of the journal at `path`, which nobody may be writing.

    Raises:
        StateError: nothing can.
    """
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as db:
            db.execute("PRAGMA writable_schema = ON")  # else sqlite refuses a file that is shorter than it should be
            db.execute("SELECT count(*) FROM sqlite_schema").fetchone()
            inventories = dict(_inventories(db))
            rows, held, is_cut_off = _rows(db, path.stat().st_size)
            whole = [one for one in _checkpoints(db) if one.is_whole]
    except (OSError, sqlite3.Error) as error:
        raise StateError(f"nothing can be read of {path}: {error}", "put an older copy in its place") from error
    entries = [entry for row in rows if (entry := _entry(row, inventories)) is not None]
    return Salvage(
        tuple(entries),
        tuple(inventories.values()),
        checkpoints=tuple(one for one in whole if one.drawing in inventories),
        missing=tuple(_missing(entries, held)),
        undrawn=tuple(sorted(one.position for one in whole if one.drawing not in inventories)),
        is_cut_off=is_cut_off,
    )


def mended(found: Salvage) -> Mended:
    """Return what was found without a hole: what is missing is bridged by a gap, or begun anew after.

    A checkpoint after a hole knows what was in it, and becomes a base.

    Raises:
        StateError: neither the first inventory nor a checkpoint is left to begin with.
    """
    entries, bases, begins = list(found.entries), set[int](), 0
    missing, holes = list(found.missing), [hole.last for hole in found.missing]
    if not entries or entries[0].inventory is None:
        holes.insert(0, entries[0].position - 1 if entries else 0)
    for hole in holes:
        after = [one.position for one in found.checkpoints if one.position >= hole]
        bases.update(sorted(after)[:1])
    if not entries or entries[0].inventory is None:
        if not found.checkpoints:
            raise StateError("its beginning is lost, and there is no checkpoint", "put an older copy in its place")
        fit = [one for one in found.checkpoints if one.position in bases or one.is_base]
        first = min(fit, key=_position) if fit else max(found.checkpoints, key=_position)
        bases.add(first.position)
        entries = [entry for entry in entries if entry.position > first.position]
        begins = 0 if first.is_base else first.position
        if entries and not any(hole.last == entries[0].position - 1 for hole in missing):
            missing += Missing.between(first.position, entries[0].position)
    gaps = [gap for hole in missing if (gap := _gap(hole, entries, found.checkpoints)) is not None]
    kept = [
        Checkpoint(
            one.position, one.at, one.fingerprint, one.content, one.is_base or one.position in bases, one.digest
        )
        for one in found.checkpoints
    ]
    return Mended(tuple(sorted((*entries, *gaps), key=_position)), tuple(sorted(kept, key=_position)), begins)


def _position(one: Entry | Checkpoint) -> int:
    return one.position


def _gap(hole: Missing, entries: Sequence[Entry], checkpoints: Iterable[Checkpoint]) -> Entry | None:
    before = [(one.position, one.at) for one in entries if one.position < hole.first]
    before += [(one.position, one.at) for one in checkpoints if one.position < hole.first]
    after = [entry.at for entry in entries if entry.position > hole.last]
    if not before or not after:
        return None
    return Entry(hole.last, after[0], (ProbingGap(after[0], "journal", min(max(before)[1], after[0]), REASON),))


def _missing(entries: Sequence[Entry], held: range) -> Iterator[Missing]:
    """Yield the ranges missing of the positions that are held; where the journal itself tells of a gap, none is."""
    before = held.start - 1
    for entry in entries:
        if not any(isinstance(event, ProbingGap) for event in entry.events):
            yield from Missing.between(before, entry.position)
        before = entry.position
    yield from Missing.between(before, held.stop)


def _rows(db: sqlite3.Connection, size: int) -> tuple[list[tuple[int, float, str]], range, bool]:
    """Return the rows of the entries, the positions between the first and the last, and whether the end is lost."""
    first = _bound(db, "SELECT min(position) FROM entries")
    last = _bound(db, "SELECT max(position) FROM entries")
    low = first or 0
    high = last if last is not None else low + size // SMALLEST_ROW
    left = QUERIES
    rows: list[tuple[int, float, str]] = []
    waiting = [(low, high)]
    query = "SELECT position, at, events FROM entries WHERE position BETWEEN ? AND ? ORDER BY position"
    while waiting and left:
        left -= 1
        begin, end = waiting.pop()
        try:
            rows += db.execute(query, (begin, end)).fetchall()
        except sqlite3.DatabaseError:
            if begin < end:
                middle = (begin + end) // 2
                waiting += [(middle + 1, end), (begin, middle)]
    rows.sort()
    end = last if last is not None else rows[-1][0] if rows else low
    return rows, range(low, end + 1) if end else range(0), last is None


def _bound(db: sqlite3.Connection, query: str) -> int | None:
    try:
        row = db.execute(query).fetchone()
    except sqlite3.DatabaseError:
        return None
    return 0 if row[0] is None else int(row[0])


def _entry(row: tuple[int, float, str], inventories: Mapping[str, Inventory]) -> Entry | None:
    """Return an entry; None when it cannot be understood, or its inventory is lost."""
    try:
        return entry_of(*row, inventories.__getitem__)
    except (StateError, KeyError):
        return None


def _inventories(db: sqlite3.Connection) -> Iterator[tuple[str, Inventory]]:
    for name, document in _each(
        db, "SELECT rowid FROM inventories", "SELECT digest, document FROM inventories WHERE rowid = ?"
    ):
        with suppress(StateError):  # damaged: what needs it is missing
            drawn = inventory_of(document, name)
            if digest(to_document(drawn)) == name:
                yield name, drawn


def _checkpoints(db: sqlite3.Connection) -> Iterator[Checkpoint]:
    names = "SELECT position FROM checkpoints"
    row = "SELECT position, at, fingerprint, content, is_base, digest FROM checkpoints WHERE position = ?"
    for position, at, fingerprint, content, is_base, seal in _each(db, names, row):
        yield Checkpoint(position, at, fingerprint, content, bool(is_base), seal)


def _each(db: sqlite3.Connection, names: str, query: str) -> Iterator[tuple[Any, ...]]:
    """Yield the rows of a small table, one by one, passing over those that cannot be read."""
    try:
        found = [row[0] for row in db.execute(names)]
    except sqlite3.DatabaseError:
        return
    for name in found:
        with suppress(sqlite3.DatabaseError):  # damaged: what needs it is missing
            yield from db.execute(query, (name,)).fetchall()
