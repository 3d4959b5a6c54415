"""Put a sound journal in the place of a damaged one, which stays beside it."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from netmon.errors import StateError
from netmon.journal.sqlite.file import hold
from netmon.journal.sqlite.journal import SqliteJournal
from netmon.journal.sqlite.salvage import Mended, Salvage, mended, salvage
from netmon.journal.sqlite.wal import read_log

BATCH = 10_000
SIDES = ("", "-wal", "-shm")
"""The files of a journal: the database, its write-ahead log, and the index of that."""


@dataclass(frozen=True, slots=True)
class Repair:
    """What was found in a damaged journal, what was made of it, and where the damaged one is now."""

    found: Salvage
    made: Mended
    aside: Path


def torn_bytes(path: Path) -> int:
    """Return how many bytes of an unfinished write are at the end of the write-ahead log."""
    log = Path(f"{path}-wal")
    try:
        return read_log(log.read_bytes()).torn
    except FileNotFoundError:
        return 0
    except OSError as error:
        raise StateError(f"{log}: {error.strerror}") from error


def repair(path: Path) -> Repair:
    """Make a sound journal of what can be read of the one at `path`, and put it there.

    Raises:
        StateError: a daemon writes it, nothing can be read, or the new one cannot be written; then all is as it was.
    """
    with hold(path):
        found = salvage(path)
        made = mended(found)
        new = Path(f"{path}.repaired")
        for side in SIDES:
            Path(f"{new}{side}").unlink(missing_ok=True)
        with closing(SqliteJournal(new)) as journal:
            for start in range(0, len(made.entries), BATCH):
                journal.append(made.entries[start : start + BATCH])
            for inventory in found.inventories:
                journal.learn(inventory)
            for checkpoint in made.checkpoints:
                journal.keep(checkpoint)
        new.with_suffix(".lock").unlink(missing_ok=True)
        aside = _free(path)
        for side in SIDES:
            if Path(f"{path}{side}").exists():
                Path(f"{path}{side}").replace(f"{aside}{side}")
        new.replace(path)
        return Repair(found, made, aside)


def _free(path: Path) -> Path:
    """Return a name beside the journal that is not taken."""
    number = 1
    while (aside := Path(f"{path}.damaged-{number}")).exists():
        number += 1
    return aside
