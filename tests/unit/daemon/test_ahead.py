"""A picture ahead of the journal: shown while that cannot be read, and gone when the journal says so."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from netmon.daemon import ahead as ahead_module
from netmon.daemon.ahead import Ahead, Recent, read_entries
from netmon.daemon.fold_loop import FoldLoop
from netmon.daemon.folder import Folder
from netmon.daemon.service import Daemon
from netmon.daemon.settings import Settings
from netmon.ending import end_all
from netmon.errors import StateError
from netmon.events import Coverage, Entry, InventoryInForce
from netmon.journal.jetstream.address import jetstream_address
from netmon.picture.state import Picture
from netmon.probes.sockets import KernelSockets
from tests.lab.counties import draw

COUNTY = draw([("noc", "a"), ("a", "b")])


def entry(position: int, events: int = 1) -> Entry:
    at = 1000.0 + position
    return Entry(position, at, tuple(Coverage(at, f"p{number}", at) for number in range(events)))


def begun() -> FoldLoop:
    folding = FoldLoop(lambda _effect: None)
    folding.take(Entry(1, 1001.0, (InventoryInForce(1001.0, COUNTY.digest),), COUNTY))
    return folding


def remembered(*entries: Entry) -> Recent:
    recent = Recent()
    for one in entries:
        recent.note(one)
    return recent


def test_what_follows_an_entry_is_told_and_nothing_when_that_is_not_known() -> None:
    recent = remembered(*map(entry, (2, 3, 5)))
    assert read_entries(recent.after(2)) == [entry(3), entry(5)]
    assert read_entries(recent.after(5)) == []
    assert read_entries(recent.after(4)) == [], "of positions that nobody had, nobody knows what follows"
    assert read_entries(recent.after(1)) == []


def test_what_takes_the_place_of_others_ends_what_was_remembered_of_them() -> None:
    other = Entry(3, 2000.0, (Coverage(2000.0, "q", 2000.0),))
    assert read_entries(remembered(*map(entry, (2, 3, 4)), other).after(2)) == [other]


def test_what_is_remembered_and_told_at_once_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ahead_module, "LAST", 4)
    assert len(read_entries(remembered(*map(entry, range(1, 10))).after(6))) == 3
    assert read_entries(remembered(*map(entry, range(1, 10))).after(5)) == []
    monkeypatch.setattr(ahead_module, "MOST", 10)
    assert len(read_entries(remembered(entry(1), entry(2, 5), entry(3, 5)).after(2))) == 1
    assert read_entries(remembered(entry(1), entry(2, 5), entry(3, 5)).after(1)) == []
    monkeypatch.setattr(ahead_module, "LONGEST", 150)
    assert len(read_entries(remembered(entry(1), entry(2), entry(3, 8)).after(1))) == 1


def test_an_inventory_is_not_told() -> None:
    drawn = Entry(3, 1003.0, (InventoryInForce(1003.0, COUNTY.digest),), COUNTY)
    assert read_entries(remembered(entry(2), drawn, entry(4)).after(2)) == []


@pytest.mark.parametrize("words", [b"", b"{}1", b"[1]", b'[[2, 1000.0, "no events"]]', b"[[2, 3]]"])
def test_what_cannot_be_read_is_one_line(words: bytes) -> None:
    with pytest.raises(StateError):
        read_entries(words)


class Shown:
    """A journal that is followed, who leads it, and what is told to those who look."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(ahead_module, "EVERY", 0.0)
        self.folding, self.recent, self.fails = begun(), remembered(entry(1)), False
        self.asked, self.changes = 0, list[tuple[int, int]]()
        self.ahead = Ahead(lambda: self.folding, self._ask, self._publish)
        self.folding.watchers.append(self.ahead.folded)

    async def _ask(self, position: int) -> bytes:
        self.asked += 1
        return self.recent.after(position)

    def _publish(self, before: Picture, after: Picture) -> None:
        self.changes.append((before.position, after.position))

    @property
    def position(self) -> int:
        assert self.ahead.picture is not None
        return self.ahead.picture.position

    async def until(self, true: Callable[[], bool]) -> None:
        for _ in range(100):
            if true():
                return
            await asyncio.sleep(0)
        pytest.fail("it does not come about")


def test_it_is_shown_while_the_journal_fails_and_until_that_has_caught_up(monkeypatch: pytest.MonkeyPatch) -> None:
    async def play() -> None:
        shown = Shown(monkeypatch)
        running = asyncio.create_task(shown.ahead.run(lambda: shown.fails))
        for position in (2, 3):
            shown.recent.note(entry(position))
        for _ in range(5):
            await asyncio.sleep(0)
        assert (shown.position, shown.asked) == (1, 0), "nobody asks while the journal can be read"
        shown.fails = True
        await shown.until(lambda: shown.position == 3)
        shown.recent.note(entry(4))
        await shown.until(lambda: shown.position == 4)
        assert shown.folding.picture is not None
        assert shown.folding.picture.position == 1
        shown.folding.take(entry(2))
        assert shown.position == 4
        shown.folding.take(entry(3))
        shown.folding.take(entry(4))
        assert shown.ahead.picture is shown.folding.picture
        assert shown.changes == [(1, 3), (3, 4), (4, 4)]
        shown.fails = False
        shown.folding.take(entry(5))
        assert shown.changes[-1] == (4, 5)
        await end_all(running)

    asyncio.run(play())


def test_many_entries_are_folded_in_turns(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ahead_module, "AT_ONCE", 2)

    async def play() -> None:
        shown = Shown(monkeypatch)
        running = asyncio.create_task(shown.ahead.run(lambda: True))
        for position in range(2, 7):
            shown.recent.note(entry(position))
        await shown.until(lambda: shown.position > 1)
        assert shown.position == 3, "others have a turn"
        shown.folding.take(entry(2))
        shown.folding.take(entry(3))
        await shown.until(lambda: shown.position == 6)
        assert shown.changes[:2] == [(1, 3), (3, 3)]
        await end_all(running)

    asyncio.run(play())


def test_what_never_comes_to_the_journal_is_not_shown_for_long(monkeypatch: pytest.MonkeyPatch) -> None:
    async def play() -> None:
        shown = Shown(monkeypatch)
        running = asyncio.create_task(shown.ahead.run(lambda: shown.fails))
        for position in range(2, 6):
            shown.recent.note(entry(position))
        shown.fails = True
        await shown.until(lambda: shown.position == 5)
        shown.fails = False
        shown.folding.take(entry(2))
        await shown.until(lambda: shown.position == 2)
        assert shown.ahead.picture is shown.folding.picture
        assert shown.changes == [(1, 5), (5, 2)]
        await end_all(running)

    asyncio.run(play())


@pytest.mark.parametrize("probes", [True, False])
def test_whoever_folds_remembers_it_for_those_who_ask_whose_turn_it_is(*, probes: bool) -> None:
    settings = Settings(None, port=0, journal=jetstream_address("nats://127.0.0.1:1"))
    assert settings.journal is not None
    one = Daemon(COUNTY, KernelSockets(), settings) if probes else Folder(settings.journal, COUNTY, settings)
    turn = one._turn_to_act if isinstance(one, Daemon) else one.turn
    assert turn is not None
    one._take(Entry(1, 1001.0, (InventoryInForce(1001.0, COUNTY.digest),), COUNTY))
    one._take(entry(2))
    assert read_entries(turn._recent(1)) == [entry(2)]
