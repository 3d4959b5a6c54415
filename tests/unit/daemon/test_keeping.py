"""When a checkpoint is kept, and when entries are dropped."""

from __future__ import annotations

import asyncio
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from netmon.daemon import keeping
from netmon.daemon.keeping import Keeping
from netmon.errors import StateError
from netmon.journal.checkpoint import Checkpoint
from netmon.journal.memory import MemoryJournal
from netmon.journal.sqlite.journal import SqliteJournal
from netmon.journal.writer import WriterStatus
from netmon.picture.state import Picture
from netmon.recall.recall import recall
from netmon.recall.snapshot import differing
from tests.unit.recall.journalled import folded, story


class Kept(MemoryJournal):
    """Remembers what it was asked to keep and to forget; refuses while `full`."""

    def __init__(self) -> None:
        super().__init__()
        self.kept: list[Checkpoint] = []
        self.forgotten: list[float] = []
        self.full = False

    def keep(self, checkpoint: Checkpoint) -> None:
        if self.full:
            raise StateError("journal j: database or disk is full")
        self.kept.append(checkpoint)

    def forget(self, before: float) -> int:
        self.forgotten.append(before)
        return 1


class Daemon:
    """What a daemon is to its keeping."""

    def __init__(self, *, retention: float | None = None) -> None:
        self.journal = Kept()
        self.picture: Picture | None = None
        self.status = WriterStatus()
        self.spent = 0.0
        self.lived = 0.0
        self.keeping = Keeping(
            self.journal,
            lambda: self.picture,
            lambda: self.status,
            lambda: self.spent,
            retention=retention,
            monotonic=lambda: self.lived,
        )

    def reach(self, position: int, *, written: int | None = None, failing: str = "", lost: int = 0) -> None:
        self.picture = folded(story(position))
        self.status = WriterStatus(position if written is None else written, 0, lost, failing)

    def look(self, *, ending: bool = False) -> list[tuple[int, bool]]:
        asyncio.run(self.keeping.look(ending=ending))
        return [(one.position, one.is_base) for one in self.journal.kept]


@pytest.fixture(autouse=True)
def _often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeping, "EVERY", 10)


def test_a_checkpoint_is_kept_after_so_many_entries_and_at_the_end() -> None:
    daemon = Daemon()
    assert daemon.look() == []
    daemon.reach(9)
    assert daemon.look() == []
    daemon.reach(10)
    assert daemon.look() == [(10, False)]
    daemon.reach(12)
    assert daemon.look() == [(10, False)]
    assert daemon.look(ending=True) == [(10, False), (12, False)]
    assert daemon.look(ending=True) == [(10, False), (12, False)]
    assert daemon.keeping.position == 12


def test_costly_entries_make_it_due_sooner() -> None:
    daemon = Daemon()
    daemon.reach(3)
    daemon.spent = keeping.COSTLY
    assert daemon.look() == [(3, False)]
    assert daemon.look() == [(3, False)]
    daemon.reach(4)
    assert daemon.look() == [(3, False)]


def test_a_checkpoint_that_is_costly_itself_waits_until_it_is_worth_it(monkeypatch: pytest.MonkeyPatch) -> None:
    daemon = Daemon()
    clock = iter((0.0, 3.0, 3.0, 6.0))
    monkeypatch.setattr("time.thread_time", lambda: next(clock))
    daemon.reach(3)
    daemon.spent = keeping.COSTLY
    assert daemon.look() == [(3, False)]
    daemon.reach(4)
    daemon.spent += keeping.WORTH * 3.0 - 0.1
    assert daemon.look() == [(3, False)]
    daemon.spent += 0.1
    assert daemon.look() == [(3, False), (4, False)]


def test_nothing_is_kept_of_what_is_not_durable() -> None:
    daemon = Daemon()
    daemon.reach(20, written=19)
    assert daemon.look(ending=True) == []
    daemon.reach(20, failing="disk full")
    assert daemon.look(ending=True) == []


def test_lost_events_make_it_a_base_once() -> None:
    daemon = Daemon()
    daemon.reach(3, lost=2)
    assert daemon.look() == [(3, True)]
    daemon.reach(4, lost=2)
    assert daemon.look() == [(3, True)]
    assert daemon.look(ending=True) == [(3, True), (4, False)]


def test_old_entries_are_dropped_now_and_then() -> None:
    daemon = Daemon(retention=86_400.0)
    for position in (10, 11, 12):
        daemon.reach(position)
        daemon.lived = 3_600.0 * position
        daemon.look()
    at = daemon.picture.at if daemon.picture else 0.0
    assert daemon.journal.forgotten == [at - 3_600.0 - 86_400.0, at - 86_400.0]
    daemon.look()
    assert len(daemon.journal.forgotten) == 2


def test_a_clock_that_leaps_ahead_drops_nothing_before_it_has_gone_evenly_for_an_hour() -> None:
    daemon = Daemon(retention=86_400.0)
    for position in (10, 11):
        daemon.reach(position)
        daemon.lived = 3_600.0 * position
        daemon.look()
    assert len(daemon.journal.forgotten) == 1
    assert daemon.picture is not None
    right = daemon.picture
    daemon.picture = replace(right, at=right.at + 400 * 86_400.0)
    for seconds in (1_000.0, 1_000.0, 1_000.0, 1_000.0):
        daemon.lived += seconds
        daemon.picture = replace(daemon.picture, at=daemon.picture.at + seconds)
        daemon.look()
    daemon.picture = replace(right, at=right.at + 4_000.0)
    daemon.look()
    assert len(daemon.journal.forgotten) == 1
    daemon.lived += keeping.TIDY
    daemon.picture = replace(right, at=right.at + 4_000.0 + keeping.TIDY)
    daemon.look()
    assert daemon.journal.forgotten[1:] == [daemon.picture.at - 86_400.0]


def test_a_full_disk_is_said_once_and_tried_again(logged: list[str]) -> None:
    daemon = Daemon()
    daemon.journal.full = True
    daemon.reach(10)
    daemon.look()
    daemon.look()
    assert logged == ["no checkpoint could be kept: journal j: database or disk is full"]
    daemon.journal.full = False
    assert daemon.look() == [(10, False)]


def test_what_is_kept_is_what_a_start_goes_on_from(tmp_path: Path) -> None:
    with closing(SqliteJournal(tmp_path / "j.sqlite")) as journal:
        journal.append(story())
        picture = folded(story())
        keeper = Keeping(journal, lambda: picture, lambda: WriterStatus(60), lambda: 0.0)
        asyncio.run(keeper.look())
        assert next(journal.checkpoints()).position == 60
        found = recall(journal)
        assert found is not None
        assert differing(found, picture) == ()
