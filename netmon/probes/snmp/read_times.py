"""Where the times of the last reads of ONUs outlive the daemon: a small file of its own in the state folder."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from pathlib import Path
from threading import Lock
from typing import Protocol

from netmon.errors import StateError

KEPT_FOR = 2 * 3600.0  # seconds; what is older forbids nothing
_SCHEMA = "CREATE TABLE IF NOT EXISTS reads (olt TEXT, onu TEXT, at REAL NOT NULL, PRIMARY KEY (olt, onu)) STRICT"


class ReadTimes(Protocol):
    """When each ONU was last asked about, by the OLT's endpoint; times are of the wall clock."""

    def load(self, olt: str) -> dict[str, float]:
        """Return what is kept of one OLT."""
        ...

    def keep(self, olt: str, onus: Sequence[str], at: float) -> None:
        """Keep that these ONUs are asked about at `at`; it is durable when this returns.

        Raises:
            StateError: it could not be kept.
        """
        ...

    def close(self) -> None:
        """Let go of the file."""
        ...


class MemoryReadTimes:
    """Times that end with the process, where the daemon has no state folder."""

    def load(self, olt: str) -> dict[str, float]:  # noqa: ARG002 (the protocol's)
        """Return nothing: the process that asks is the one that forgot."""
        return {}

    def keep(self, olt: str, onus: Sequence[str], at: float) -> None:
        """Keep nothing: whoever asks remembers while it lives."""

    def close(self) -> None:
        """Have nothing to let go of."""


class SqliteReadTimes:
    """Times in an sqlite file, which a kill -9 or a power cut leaves whole."""

    def __init__(self, path: Path, wall: float) -> None:
        """Open or create the file, and forget what is too old at `wall` to forbid anything.

        Raises:
            StateError: the file cannot be written, or is something else.
        """
        self.path = path
        self._lock = Lock()  # a poll's thread writes while another's reads
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._db = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
            self._db.execute("PRAGMA journal_mode=WAL")
            self._db.execute("PRAGMA synchronous=FULL")
            self._db.execute(_SCHEMA)
            self._db.execute("DELETE FROM reads WHERE at < ?", (wall - KEPT_FOR,))
        except (OSError, sqlite3.Error) as error:
            raise self._trouble(error) from error

    def load(self, olt: str) -> dict[str, float]:
        """Return what is kept of one OLT.

        Raises:
            StateError: the file cannot be read any more.
        """
        try:
            with self._lock:
                return dict(self._db.execute("SELECT onu, at FROM reads WHERE olt = ?", (olt,)).fetchall())
        except sqlite3.Error as error:
            raise self._trouble(error) from error

    def keep(self, olt: str, onus: Sequence[str], at: float) -> None:
        """Keep that these ONUs are asked about at `at`, in one transaction, synced before this returns."""
        try:
            with self._lock, self._db:
                self._db.execute("BEGIN")
                self._db.executemany("INSERT OR REPLACE INTO reads VALUES (?, ?, ?)", [(olt, o, at) for o in onus])
        except sqlite3.Error as error:
            raise self._trouble(error) from error

    def close(self) -> None:
        """Let go of the file."""
        with self._lock:
            self._db.close()

    def _trouble(self, error: Exception) -> StateError:
        return StateError(
            f"{self.path}: {error}", "make the state folder writable, or move the file away; it only holds read times"
        )
