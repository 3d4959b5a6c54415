"""The embedded journal: one sqlite file in write-ahead mode, one writer.

Every append is one transaction, synced before it returns, so that a power cut or kill -9 loses at most what was never
acknowledged. A lock beside the file keeps a second daemon out; readers need no lock.
"""

from __future__ import annotations

import fcntl
import json
import os
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path

from netmon.errors import StateError
from netmon.events import Entry, InventoryInForce
from netmon.inventory.document import from_document, to_document
from netmon.journal.codec import decode, encode
from netmon.model import Inventory

SCHEMA_VERSION = 1
_SCHEMA = """
CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS inventories (digest TEXT PRIMARY KEY, document TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS entries (position INTEGER PRIMARY KEY, at REAL NOT NULL, events TEXT NOT NULL) STRICT;
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
            db.executescript(_SCHEMA)
            db.execute("INSERT OR IGNORE INTO meta VALUES ('schema_version', ?)", (str(SCHEMA_VERSION),))
        version = db.execute("SELECT value FROM meta WHERE key = 'schema_version'").fetchone()
        if version is None or int(version[0]) != SCHEMA_VERSION:
            db.close()
            found = version[0] if version else "none"
            raise StateError(
                f"{self.path} has journal schema {found}, this netmon writes {SCHEMA_VERSION}",
                "use the netmon that wrote it, or another state folder",
            )
        return db

    def last_position(self) -> int:
        """Return the position of the newest entry, 0 when there is none."""
        row = self._db.execute("SELECT coalesce(max(position), 0) FROM entries").fetchone()
        return int(row[0])

    def append(self, entries: Sequence[Entry]) -> None:
        """Write entries in one transaction and sync it.

        Raises:
            StateError: nothing was written.
        """
        try:
            self._db.execute("BEGIN IMMEDIATE")
            try:
                for entry in entries:
                    if entry.inventory is not None:
                        self._db.execute(
                            "INSERT OR IGNORE INTO inventories VALUES (?, ?)",
                            (entry.inventory.digest, json.dumps(to_document(entry.inventory), ensure_ascii=False)),
                        )
                    self._db.execute(
                        "INSERT INTO entries VALUES (?, ?, ?)", (entry.position, entry.at, encode(entry.events))
                    )
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
        inventories: dict[str, Inventory] = {}
        query = "SELECT position, at, events FROM entries WHERE position > ? ORDER BY position"
        try:
            with closing(self._db.execute(query, (after,))) as rows:
                for position, at, text in rows:
                    events = decode(text, position)
                    inventory = None
                    for event in events:
                        if isinstance(event, InventoryInForce):
                            if event.digest not in inventories:
                                inventories[event.digest] = self._inventory(event.digest)
                            inventory = inventories[event.digest]
                    yield Entry(position, at, events, inventory)
        except sqlite3.Error as error:
            raise _trouble(self.path, error) from error

    def _inventory(self, digest: str) -> Inventory:
        row = self._db.execute("SELECT document FROM inventories WHERE digest = ?", (digest,)).fetchone()
        if row is None:
            raise StateError(f"{self.path} does not hold the inventory {digest[:12]} it refers to")
        return from_document(json.loads(row[0]))

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
    return StateError(f"journal {path}: {reason}", "check that the state folder is writable and its disk not full")
