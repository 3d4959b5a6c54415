"""What the fold asked of one that leads is remembered by all that follow, until the journal has it."""

from __future__ import annotations

from netmon.daemon.undone import Undone
from netmon.events import CauseRevised, Confirm, Elapsed, Entry, Record, Wake
from netmon.model import Cause


def test_what_was_asked_is_undone_until_the_journal_has_it() -> None:
    undone = Undone()
    first = CauseRevised(3.0, "fault-1", Cause.POWER, "netmon", "")
    second = CauseRevised(4.0, "fault-2", Cause.POWER, "netmon", "")
    for effect in (Wake(5.0), Wake(9.0), Record(first), Record(second), Confirm(("a",), 4.0)):
        undone.note(effect)
    undone.drop(Entry(1, 5.0, (first, Elapsed(5.0))))
    assert undone.wakes == {9.0}
    assert undone.causes == {"fault-2": second}
