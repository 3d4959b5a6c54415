"""Whether a journal is sound: every entry can be read, none is missing, checkpoints say what their entries say."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from netmon.errors import StateError
from netmon.events import Entry, ProbingGap
from netmon.journal.checkpoint import Checkpoint
from netmon.journal.sqlite.journal import SqliteJournal
from netmon.journal.sqlite.repair import torn_bytes
from netmon.picture.fold import NothingYetError, fold
from netmon.picture.state import Picture
from netmon.recall.recall import find_start
from netmon.recall.snapshot import UnusableError, differing, fingerprint, thaw


@dataclass(frozen=True, slots=True)
class Trouble:
    """One thing that is wrong: what it is called, and what it means, in words."""

    kind: str
    text: str


@dataclass(slots=True)
class Census:
    """What a journal holds, as it is counted. Times are Unix seconds."""

    entries: int = 0
    first: int = 0
    last: int = 0
    since: float | None = None
    until: float | None = None
    checkpoints: int = 0


def troubles(path: Path, census: Census) -> Iterator[Trouble]:
    """Yield everything wrong with the journal at `path`; fill in the census on the way.

    Everything is folded again from the beginning, so this takes as long as that.

    Raises:
        StateError: it cannot be opened at all.
    """
    torn = torn_bytes(path)
    if torn:
        yield Trouble("torn", f"the last write was cut off: {torn} bytes of it count for nothing")
    with closing(SqliteJournal(path, read_only=True)) as journal:
        yield from _damage(path)
        checkpoints = {}
        for checkpoint in journal.checkpoints():
            census.checkpoints += 1
            if not checkpoint.is_whole:
                yield Trouble("checkpoint", f"the checkpoint at entry {checkpoint.position} is damaged")
            elif checkpoint.fingerprint == fingerprint():
                checkpoints[checkpoint.position] = checkpoint
        try:
            start = find_start(journal, whole=True)
            yield from _refold(journal, start.picture, start.position, checkpoints, census)
        except StateError as error:
            yield Trouble("unreadable", error.message)


def _damage(path: Path) -> Iterator[Trouble]:
    """Yield what sqlite itself finds wrong with the file."""
    with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as db:
        try:
            rows = db.execute("PRAGMA integrity_check(10)").fetchall()
        except sqlite3.DatabaseError as error:
            rows = [(str(error),)]
    for (text,) in rows:
        if text != "ok":
            yield Trouble("damaged", text.replace("\n", "; "))


def _refold(
    journal: SqliteJournal, picture: Picture | None, position: int, kept: dict[int, Checkpoint], census: Census
) -> Iterator[Trouble]:
    """Fold everything after `position` again and compare it with every checkpoint passed."""
    last = position
    for entry in journal.read(after=position):
        if entry.position != last + 1 and not any(isinstance(event, ProbingGap) for event in entry.events):
            yield Trouble("missing", f"entries {last + 1} to {entry.position - 1} are missing")
        last = entry.position
        _count(census, entry)
        try:
            picture = fold(picture, entry)[0]
        except NothingYetError as error:
            yield Trouble("missing", f"its beginning is missing: {error}")
            return
        checkpoint = kept.get(entry.position)
        if checkpoint is None:
            continue
        try:
            differs = differing(thaw(checkpoint, journal.inventory), picture)
        except UnusableError as error:
            yield Trouble("checkpoint", error.message)
            continue
        if differs:
            yield Trouble(
                "checkpoint", f"the checkpoint at entry {last} differs from its entries: {', '.join(differs)}"
            )


def _count(census: Census, entry: Entry) -> None:
    census.entries += 1
    census.first = census.first or entry.position
    census.last = entry.position
    census.since = entry.at if census.since is None else census.since
    census.until = entry.at
