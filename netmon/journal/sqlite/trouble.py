"""What went wrong with the file of a journal, and the remedy for just that."""

from __future__ import annotations

import errno
import sqlite3
from pathlib import Path

from netmon.errors import StateError

_ROOM = "its disk is full: make room, or name a state folder on another with --state"
_LEAVE = "check that its folder is there, and that this user may write both"
_DEVICE = "its disk fails, is full, or refuses a file of this size: `dmesg` and `df` say which"
_DAMAGED = "damaged: `netmon journal repair {path}` saves what can be read"
_FOREIGN = "it is no journal of this netmon: name another file, or another state folder with --state"
_TAKEN = "another program has it open and locked: end that, and try again"
_REMEDIES = {
    sqlite3.SQLITE_FULL: _ROOM,
    sqlite3.SQLITE_READONLY: _LEAVE,
    sqlite3.SQLITE_PERM: _LEAVE,
    sqlite3.SQLITE_AUTH: _LEAVE,
    sqlite3.SQLITE_CANTOPEN: f"{_LEAVE}; and that its disk is not full",
    sqlite3.SQLITE_IOERR: _DEVICE,
    sqlite3.SQLITE_CORRUPT: f"it is {_DAMAGED}",
    sqlite3.SQLITE_NOTADB: f"it is no journal, or {_DAMAGED}",
    sqlite3.SQLITE_ERROR: _FOREIGN,
    sqlite3.SQLITE_SCHEMA: _FOREIGN,
    sqlite3.SQLITE_MISMATCH: _FOREIGN,
    sqlite3.SQLITE_CONSTRAINT: "what is to be written does not go with what it holds: was it copied back meanwhile?",
    sqlite3.SQLITE_TOOBIG: "an entry is larger than sqlite takes: is the inventory?",
    sqlite3.SQLITE_BUSY: _TAKEN,
    sqlite3.SQLITE_LOCKED: _TAKEN,
    sqlite3.SQLITE_PROTOCOL: _TAKEN,
    sqlite3.SQLITE_NOMEM: "the machine has no memory left for it",
}
_OF_SYSTEM = {
    errno.ENOSPC: _ROOM,
    errno.EDQUOT: "the quota of this user is used up: make room, or raise it",
    errno.EROFS: "the file system is mounted read-only: `dmesg` may say why; or name another folder with --state",
    errno.EACCES: _LEAVE,
    errno.EPERM: _LEAVE,
    errno.ENOENT: _LEAVE,
    errno.EIO: _DEVICE,
    errno.EFBIG: _DEVICE,
    errno.EMFILE: "too many files are open: raise LimitNOFILE of its unit, or `ulimit -n`",
    errno.ENFILE: "too many files are open on this machine: raise fs.file-max",
}


def trouble(path: Path, error: OSError | sqlite3.Error) -> StateError:
    """Return what went wrong with the journal at `path`, in words, and how it is mended where that is known."""
    if isinstance(error, OSError):
        reason, remedy = error.strerror or str(error), _OF_SYSTEM.get(error.errno or 0, "")
    else:
        code = getattr(error, "sqlite_errorcode", 0)  # mistakes in the use of the library have none
        reason, remedy = str(error), _REMEDIES.get(code & 0xFF, "")
    return StateError(f"journal {path}: {reason}", remedy.format(path=path))
