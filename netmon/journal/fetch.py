"""Copy what is new in one journal into another: from servers into a file, for reports and replays."""

from __future__ import annotations

from itertools import islice

from netmon.errors import StateError
from netmon.journal.protocol import Journal
from netmon.journal.sqlite import SqliteJournal

BATCH = 1_000


def fetch(source: Journal, copied: SqliteJournal) -> int:
    """Copy entries and the checkpoints that the copy lacks; return how many entries there were.

    Raises:
        StateError: the copy is of another journal, or one of them cannot be read or written.
    """
    have = copied.last_position()
    if have > source.last_position():
        raise StateError(f"{copied.path} has entries that the journal has not", "name another file")
    count = 0
    entries = source.read(after=have)
    while batch := list(islice(entries, BATCH)):
        copied.append(batch)
        count += len(batch)
    kept = {one.position for one in copied.checkpoints()}
    for checkpoint in reversed(list(source.checkpoints())):
        if checkpoint.position not in kept:
            copied.keep(checkpoint)
    return count
