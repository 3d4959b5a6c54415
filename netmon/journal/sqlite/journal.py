"""The embedded journal: one sqlite file in write-ahead mode, one writer.

Every append is one transaction, synced before it returns, so that a power cut or kill -9 loses at most what was never
acknowledged. A lock beside the file keeps a second daemon out; readers need no lock. Checkpoints are in the same
file, so that a copy of it is complete.
"""

from __future__ import annotations

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
from netmon.journal.sqlite.file import lock, make_folder, make_tables, must_be_readable, version_of
from netmon.journal.sqlite.trouble import trouble
from netmon.model import Inventory

FORGOTTEN_AT_ONCE = 10_000
"""Entries dropped in one transaction: a new one never waits for long."""


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
                make_folder(path.parent)
                self._lock = lock(path)
            self._db = self._open(read_only=read_only)
        except (OSError, sqlite3.Error) as error:
            self._unlock()
            raise trouble(path, error) from error
        except StateError:
            self._unlock()
            raise

    def _open(self, *, read_only: bool) -> sqlite3.Connection:
        if read_only:
            db = sqlite3.connect(f"{self.path.absolute().as_uri()}?mode=ro", uri=True, check_same_thread=False)
            must_be_readable(db, self.path)
        else:
            db = sqlite3.connect(self.path, check_same_thread=False, isolation_level=None)
            make_tables(db, self.path)
        return db

    def last_position(self) -> int:
        """Return the position of the newest entry, or of the newest checkpoint that took the place of entries.

        0 when there is neither.
        """
        try:
            row = self._db.execute("SELECT coalesce(max(position), 0) FROM entries").fetchone()
            stamps = self._stamps()
        except sqlite3.Error as error:
            raise trouble(self.path, error) from error
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
                raise trouble(self.path, error) from error

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
            raise trouble(self.path, error) from error

    def last_dated(self, until: float, after: int) -> int:
        """Return the position of the last entry above `after` that is dated `until` or earlier; 0 if there is none.

        Raises:
            StateError: the entries cannot be read.
        """
        query = "SELECT coalesce(max(position), 0) FROM entries WHERE position > ? AND at <= ?"
        try:
            return int(self._db.execute(query, (after, until)).fetchone()[0])
        except sqlite3.Error as error:
            raise trouble(self.path, error) from error

    def inventory(self, digest: str) -> Inventory:
        """Return an inventory that was in force.

        Raises:
            StateError: the journal does not hold it, or cannot be read.
        """
        try:
            row = self._db.execute("SELECT document FROM inventories WHERE digest = ?", (digest,)).fetchone()
        except sqlite3.Error as error:
            raise trouble(self.path, error) from error
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
            raise trouble(self.path, error) from error

    def _stamps(self) -> list[Stamp]:
        if version_of(self._db) == 1:
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
        with self._transaction():
            base = next((stamp.position for stamp in self._stamps() if stamp.at < before), None)
            if base is None:
                return 0
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
            raise trouble(self.path, error) from error

    def close(self) -> None:
        """Close the file and release the lock."""
        self._db.close()
        self._unlock()

    def _unlock(self) -> None:
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None
