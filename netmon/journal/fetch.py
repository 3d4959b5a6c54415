"""Copy what is new in one journal into another: from servers into a file, for reports and replays."""

from __future__ import annotations

from itertools import chain, islice

from netmon.errors import StateError
from netmon.journal.protocol import Journal
from netmon.journal.sqlite.journal import SqliteJournal

BATCH = 1_000


def fetch(source: Journal, copied: SqliteJournal) -> int:
    """Copy entries and the checkpoints that the copy lacks; return how many entries there were.

    Raises:
        StateError: the copy is of another journal, or one of them cannot be read or written.
        ApartError: servers told another history halfway; the copy has the beginning of that.
    """
    have = copied.last_position()
    if have > source.last_position():
        raise StateError(f"{copied.path} has entries that the journal has not", "name another file")
    count = 0
    entries = source.read(after=have - 1)
    last, same = next(copied.read(after=have - 1), None), next(entries, None)
    if same is not None and same.position > have:
        entries = chain((same,), entries)
    elif last is not None and same is not None and (last.at, last.events) != (same.at, same.events):
        raise StateError(f"{copied.path} has another entry {have} than the journal", "name another file")
    while batch := list(islice(entries, BATCH)):
        copied.append(batch)
        count += len(batch)
    kept = {one.position for one in copied.checkpoints()}
    for checkpoint in reversed(list(source.checkpoints())):
        if checkpoint.position not in kept:
            copied.keep(checkpoint)
    return count
