"""The embedded journal: one sqlite file in write-ahead mode, one writer.

Every append is one transaction, synced before it returns, so that a power cut or kill -9 loses at most what was never
acknowledged. A lock beside the file keeps a second daemon out; readers need no lock. Checkpoints are in the same
file, so that a copy of it is complete.
"""

from __future__ import annotations

import fcntl
import json
import os
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from functools import cache
from pathlib import Path

from netmon.errors import StateError
from netmon.events import Entry
from netmon.inventory.document import to_document
from netmon.journal.checkpoint import Checkpoint, Stamp, superfluous
from netmon.journal.codec import encode, entry_of, inventory_of
from netmon.model import Inventory

SCHEMA_VERSION = 2
"""1 had no checkpoints; it is read as it is, and becomes 2 when it is opened for writing."""
READABLE = frozenset({1, SCHEMA_VERSION})
FORGOTTEN_AT_ONCE = 10_000
"""Entries dropped in one transaction: a new one never waits for long."""
_DAMAGE = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})
_SCHEMA = """
CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS inventories (digest TEXT PRIMARY KEY, document TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS entries (position INTEGER PRIMARY KEY, at REAL NOT NULL, events TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS checkpoints (
    position INTEGER PRIMARY KEY, at REAL NOT NULL, is_base INTEGER NOT NULL, fingerprint TEXT NOT NULL,
    digest TEXT NOT NULL, content BLOB NOT NULL
) STRICT;
"""


class SqliteJournal:
    """A journal in one file. Opened for writing it holds the lock until closed; see `read_only` for readers."""

    def __init__(self, path: Path, *, read_only: bool = False) -> None:
        """Open or create the journal at `path`.

        Raises:
            StateError: the folder cannot be written, another daemon has the journal, or the file is not a journal.
        """
        self.path = path
        self._lock: int | None = None
        self._turn = threading.Lock()  # one transaction at a time, whichever thread writes
        try:
            if not read_only:
                _make_folder(path.parent)
                self._lock = _lock(path)
            self._db = self._open(read_only=read_only)
        except (OSError, sqlite3.Error) as error:
            self._unlock()
            raise _trouble(path, error) from error
        except StateError:
            self._unlock()
            raise

    def _open(self, *, read_only: bool) -> sqlite3.Connection:
        if read_only:
            db = sqlite3.connect(f"{self.path.absolute().as_uri()}?mode=ro", uri=True, check_same_thread=False)
        else:
            db = sqlite3.connect(self.path, check_same_thread=False, isolation_level=None)
            db.execute("PRAGMA journal_mode=WAL")
            db.execute("PRAGMA synchronous=FULL")
            _make(db, self.path)
        version = _version(db)
        if version not in READABLE:
            db.close()
            raise _other_schema(self.path, version)
        return db

    def last_position(self) -> int:
        """Return the position of the newest entry, or of the newest checkpoint that took the place of entries.

        0 when there is neither.
        """
        try:
            row = self._db.execute("SELECT coalesce(max(position), 0) FROM entries").fetchone()
            stamps = self._stamps()
        except sqlite3.Error as error:
            raise _trouble(self.path, error) from error
        return max(int(row[0]), stamps[0].position if stamps else 0)

    def append(self, entries: Sequence[Entry]) -> None:
        """Write entries in one transaction and sync it.

        Raises:
            StateError: nothing was written.
        """
        with self._transaction():
            for entry in entries:
                if entry.inventory is not None:
                    self._add(entry.inventory)
                self._db.execute(
                    "INSERT INTO entries VALUES (?, ?, ?)", (entry.position, entry.at, encode(entry.events))
                )

    def learn(self, inventory: Inventory) -> None:
        """Keep an inventory although no entry puts it in force: a checkpoint refers to it.

        Raises:
            StateError: it was not written.
        """
        with self._transaction():
            self._add(inventory)

    def _add(self, inventory: Inventory) -> None:
        document = json.dumps(to_document(inventory), ensure_ascii=False)
        self._db.execute("INSERT OR IGNORE INTO inventories VALUES (?, ?)", (inventory.digest, document))

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        with self._turn:
            try:
                self._db.execute("BEGIN IMMEDIATE")
                try:
                    yield
                    self._db.execute("COMMIT")
                except BaseException:
                    if self._db.in_transaction:
                        self._db.execute("ROLLBACK")
                    raise
            except sqlite3.Error as error:
                raise _trouble(self.path, error) from error

    def read(self, after: int = 0) -> Iterator[Entry]:
        """Yield all entries above `after`, each with the inventory it puts in force.

        Raises:
            StateError: an entry cannot be read.
        """
        query = "SELECT position, at, events FROM entries WHERE position > ? ORDER BY position"
        inventory = cache(self.inventory)
        try:
            with closing(self._db.execute(query, (after,))) as rows:
                for position, at, text in rows:
                    yield entry_of(position, at, text, inventory)
        except sqlite3.Error as error:
            raise _trouble(self.path, error) from error

    def inventory(self, digest: str) -> Inventory:
        """Return an inventory that was in force.

        Raises:
            StateError: the journal does not hold it, or cannot be read.
        """
        try:
            row = self._db.execute("SELECT document FROM inventories WHERE digest = ?", (digest,)).fetchone()
        except sqlite3.Error as error:
            raise _trouble(self.path, error) from error
        if row is None:
            raise StateError(f"{self.path} does not hold the inventory {digest[:12]} it refers to")
        return inventory_of(row[0], digest)

    def checkpoints(self) -> Iterator[Checkpoint]:
        """Yield the checkpoints, newest first; a journal of the first schema has none.

        Raises:
            StateError: they cannot be read.
        """
        query = "SELECT position, at, fingerprint, content, is_base, digest FROM checkpoints WHERE position = ?"
        try:
            for stamp in self._stamps():
                for position, at, fingerprint, content, is_base, digest in self._db.execute(query, stamp[:1]):
                    yield Checkpoint(position, at, fingerprint, content, bool(is_base), digest)
        except sqlite3.Error as error:
            raise _trouble(self.path, error) from error

    def _stamps(self) -> list[Stamp]:
        if _version(self._db) == 1:
            return []
        rows = self._db.execute("SELECT position, at, is_base FROM checkpoints ORDER BY position DESC")
        return [Stamp(position, at, bool(is_base)) for position, at, is_base in rows]

    def keep(self, checkpoint: Checkpoint) -> None:
        """Write a checkpoint, and drop those that are no longer of use.

        Raises:
            StateError: it was not written.
        """
        row = (
            checkpoint.position, checkpoint.at, checkpoint.is_base, checkpoint.fingerprint, checkpoint.digest,
            checkpoint.content,
        )  # fmt: skip
        with self._transaction():
            self._db.execute("INSERT OR REPLACE INTO checkpoints VALUES (?, ?, ?, ?, ?, ?)", row)
            for position in superfluous(self._stamps()):
                self._db.execute("DELETE FROM checkpoints WHERE position = ?", (position,))

    def forget(self, before: float) -> int:
        """Drop the entries up to the newest checkpoint that is older than `before`, which becomes the base.

        Raises:
            StateError: some could not be dropped.
        """
        base = next((stamp.position for stamp in self._stamps() if stamp.at < before), None)
        if base is None:
            return 0
        with self._transaction():
            self._db.execute("UPDATE checkpoints SET is_base = 1 WHERE position = ?", (base,))
            self._db.execute("DELETE FROM checkpoints WHERE position < ?", (base,))
        dropped = 0
        while True:
            with self._transaction():
                done = self._db.execute(
                    "DELETE FROM entries WHERE position IN "
                    "(SELECT position FROM entries WHERE position <= ? ORDER BY position LIMIT ?)",
                    (base, FORGOTTEN_AT_ONCE),
                )
            dropped += done.rowcount
            if done.rowcount < FORGOTTEN_AT_ONCE:
                return dropped

    def vacuum(self) -> None:
        """Give the space of what was dropped back to the disk; for a while it takes the size of the journal again.

        Raises:
            StateError: it was not given back.
        """
        try:
            self._db.execute("VACUUM")
            self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        except sqlite3.Error as error:
            raise _trouble(self.path, error) from error

    def close(self) -> None:
        """Close the file and release the lock."""
        self._db.close()
        self._unlock()

    def _unlock(self) -> None:
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None


def _make_folder(folder: Path) -> None:
    """Make the state folder; who may read the journal is for its owner to say."""
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o750)
    except (FileExistsError, NotADirectoryError) as error:
        raise StateError(f"the state folder {folder} is not a folder", "name another with --state") from error


def _make(db: sqlite3.Connection, path: Path) -> None:
    """Make the tables of a new journal, or those that an older one lacks.

    Raises:
        StateError: it is of a schema that is not known here; nothing was written.
    """
    is_new = db.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0] == 0
    if not is_new and (version := _version(db)) not in READABLE:
        db.close()
        raise _other_schema(path, version)
    db.execute("BEGIN IMMEDIATE")
    for statement in _SCHEMA.split(";"):
        db.execute(statement)
    db.execute("INSERT OR REPLACE INTO meta VALUES ('schema_version', ?)", (str(SCHEMA_VERSION),))
    db.execute("COMMIT")


def _version(db: sqlite3.Connection) -> int | None:
    """Return the schema's version; None where the tables are not those of a journal."""
    if not db.execute("SELECT 1 FROM sqlite_schema WHERE name = 'meta'").fetchone():
        return None
    row = db.execute("SELECT value FROM meta WHERE key = 'schema_version'").fetchone()
    return int(row[0]) if row and row[0].isdecimal() else None


def _other_schema(path: Path, version: int | None) -> StateError:
    if version is None:
        return StateError(f"{path} is a database, but no journal", "name another state folder with --state")
    return StateError(
        f"{path} has journal schema {version}, this netmon knows up to {SCHEMA_VERSION}",
        "use the netmon that wrote it, or another state folder",
    )


@contextmanager
def hold(path: Path) -> Iterator[None]:
    """Keep every daemon out of the journal at `path` meanwhile.

    Raises:
        StateError: one writes it.
    """
    try:
        lock = _lock(path)
    except OSError as error:
        raise _trouble(path, error) from error
    try:
        yield
    finally:
        os.close(lock)


def _lock(path: Path) -> int:
    """Take the writer's lock; it lives as long as the descriptor, so kill -9 releases it too."""
    descriptor = os.open(path.with_suffix(".lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        os.close(descriptor)
        raise StateError(
            f"another netmon writes {path}", "stop it, or give this one its own folder with --state"
        ) from error
    return descriptor


def _trouble(path: Path, error: OSError | sqlite3.Error) -> StateError:
    reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    if isinstance(error, sqlite3.Error) and getattr(error, "sqlite_errorcode", 0) & 0xFF in _DAMAGE:
        return StateError(
            f"journal {path}: {reason}", f"it is damaged: `netmon journal repair {path}` saves what can be read"
        )
    return StateError(f"journal {path}: {reason}", "check that the state folder is writable and its disk not full")
