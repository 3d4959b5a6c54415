"""The file of an embedded journal: its folder, the lock of its one writer, its tables and their version."""

from __future__ import annotations

import fcntl
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from netmon.errors import StateError
from netmon.journal.sqlite.trouble import trouble

SCHEMA_VERSION = 2
"""1 had no checkpoints; it is read as it is, and becomes 2 when it is opened for writing."""
READABLE = frozenset({1, SCHEMA_VERSION})
_SCHEMA = """
CREATE TABLE IF NOT EXISTS meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS inventories (digest TEXT PRIMARY KEY, document TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS entries (position INTEGER PRIMARY KEY, at REAL NOT NULL, events TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS checkpoints (
    position INTEGER PRIMARY KEY, at REAL NOT NULL, is_base INTEGER NOT NULL, fingerprint TEXT NOT NULL,
    digest TEXT NOT NULL, content BLOB NOT NULL
) STRICT;
"""


def make_folder(folder: Path) -> None:
    """Make the state folder; who may read the journal is for its owner to say."""
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o750)
    except (FileExistsError, NotADirectoryError) as error:
        raise StateError(f"the state folder {folder} is not a folder", "name another with --state") from error


def make_tables(db: sqlite3.Connection, path: Path) -> None:
    """Make the tables of a new journal, or those that an older one lacks.

    Raises:
        StateError: it is of a schema that is not known here; nothing was written.
    """
    if db.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0] > 0:
        must_be_readable(db, path)
    db.execute("PRAGMA journal_mode=WAL")
    db.execute("PRAGMA synchronous=FULL")
    db.execute("BEGIN IMMEDIATE")
    for statement in _SCHEMA.split(";"):
        db.execute(statement)
    db.execute("INSERT OR REPLACE INTO meta VALUES ('schema_version', ?)", (str(SCHEMA_VERSION),))
    db.execute("COMMIT")


def version_of(db: sqlite3.Connection) -> int | None:
    """Return the schema's version; None where the tables are not those of a journal."""
    columns = {name for (name,) in db.execute("SELECT name FROM pragma_table_info('meta')")}
    if not columns >= {"key", "value"}:
        return None
    row = db.execute("SELECT value FROM meta WHERE key = 'schema_version'").fetchone()
    return int(row[0]) if row and str(row[0]).isdecimal() else None


def must_be_readable(db: sqlite3.Connection, path: Path) -> None:
    """Refuse, and close, a database that is no journal, or one of a schema that is not known here.

    Raises:
        StateError: it is.
    """
    version = version_of(db)
    if version in READABLE:
        return
    db.close()
    if version is None:
        raise StateError(f"{path} is a database, but no journal", "name another state folder with --state")
    raise StateError(
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
        held = lock(path)
    except OSError as error:
        raise trouble(path, error) from error
    try:
        yield
    finally:
        os.close(held)


def lock(path: Path) -> int:
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
