"""Folders on a real NATS server: the same picture everywhere, and one that acts, whatever is killed."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from netmon.daemon.folder import Folder
from netmon.daemon.settings import Settings
from netmon.ending import end_all
from netmon.errors import StateError
from netmon.events import Coverage, Elapsed, Entry, InventoryInForce
from netmon.inventory.document import as_journalled
from netmon.journal.jetstream.address import JetStreamAddress
from netmon.journal.jetstream.journal import JetStreamJournal
from netmon.journal.sqlite.journal import SqliteJournal
from netmon.picture.fold import fold
from netmon.picture.state import Picture
from netmon.recall.snapshot import digest, freeze
from tests.e2e import busy_hour
from tests.lab.nats_server import Server, when_it_can
from tests.waiting import until

pytestmark = [pytest.mark.lab, pytest.mark.long(25)]
PART = 900.0
"""Seconds of the busy hour that are played."""


@pytest.fixture(scope="module")
def entries(tmp_path_factory: pytest.TempPathFactory) -> list[Entry]:
    """Return what a daemon wrote in a quarter of a busy hour."""
    path = tmp_path_factory.mktemp("hour") / "journal.sqlite"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(busy_hour, "HOUR", PART)
        asyncio.run(busy_hour.main(path, 0.0))
    with closing(SqliteJournal(path, read_only=True)) as journal:
        return list(journal.read())


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    one = Server(tmp_path)
    yield one
    one.kill()


class Witness:
    """A folder in this process, and the digest of its picture at every position."""

    def __init__(self, address: JetStreamAddress, *, leads: bool = True) -> None:
        self.folder = Folder(address, busy_hour.county(), Settings(None, port=0))
        if not leads:
            self.folder.turn.run = asyncio.Event().wait  # type: ignore[method-assign, assignment]
        self.digests: dict[int, str] = {}
        self._stop = asyncio.Event()

    async def start(self) -> Witness:
        await self.folder.start()
        self.folder.folding.watchers.append(self.see)
        self.running = asyncio.create_task(self.folder.run(self._stop))
        return self

    def see(self, _before: Picture, after: Picture) -> None:
        self.digests[after.position] = digest(after)

    @property
    def position(self) -> int:
        picture = self.folding_picture
        return 0 if picture is None else picture.position

    @property
    def folding_picture(self) -> Picture | None:
        return self.folder.folding.picture

    async def reach(self, position: int) -> None:
        await until(lambda: self.position >= position or self.running.done())
        assert not self.running.done(), self.running.exception()

    async def end(self) -> None:
        self._stop.set()
        await self.running


def agree(*witnesses: Witness) -> int:
    """Check that all saw the same at each position that they both saw; return how many positions that were."""
    first, *others = witnesses
    common = set(first.digests).intersection(*(one.digests for one in others))
    for position in common:
        assert len({one.digests[position] for one in witnesses}) == 1, position
    return len(common)


def test_folders_see_the_same_at_every_position_killed_late_or_cut_off(server: Server, entries: list[Entry]) -> None:
    address = server.address("hour")
    third = len(entries) // 3

    async def play() -> None:
        one, other = await Witness(address, leads=False).start(), await Witness(address, leads=False).start()
        with closing(await asyncio.to_thread(JetStreamJournal, address)) as writer:

            async def write(some: list[Entry]) -> None:
                for start in range(0, len(some), 50):
                    await asyncio.to_thread(writer.append, some[start : start + 50])

            await write(entries[:third])
            await one.reach(third)
            kept = one.folding_picture
            assert kept is not None
            await asyncio.to_thread(writer.keep, freeze(kept))
            await end_all(other.running)  # as if it were killed
            server.kill()
            server.start()
            await until_it_can_be_written(writer, entries[third : third + 1])
            await write(entries[third + 1 : 2 * third])
            late = await Witness(address, leads=False).start()
            assert late.position >= third
            await write(entries[2 * third :])
            await one.reach(len(entries))
            await late.reach(len(entries))
        assert min(one.digests) == 1
        assert agree(one, other) > third // 2
        assert agree(one, late) > third // 2
        assert len(one.digests) == len(entries)
        shown = one.folder.view()
        assert [one.position for one in shown.milestones][-1] == len(entries) // 100 * 100
        await one.end()
        await late.end()

    asyncio.run(play())


def test_who_leads_after_trouble_with_the_journal_says_that_it_is_over(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def play() -> None:
        witness = Witness(server.address("again"), leads=False)
        monkeypatch.setattr(type(witness.folder.turn), "is_mine", True)
        witness.folder._failing = "no server answered"
        await witness.start()
        await witness.reach(1)
        assert witness.folder.view().daemon.leads
        assert not witness.folder.view().daemon.journal_failing
        await witness.end()

    asyncio.run(play())


def test_who_leads_has_read_all_and_forgets_what_was_never_written(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = server.address("dreams")

    async def play() -> None:
        witness = Witness(address, leads=False)
        turn, folder = type(witness.folder.turn), witness.folder
        monkeypatch.setattr(turn, "is_mine", True)
        with closing(await asyncio.to_thread(JetStreamJournal, address)) as writer:
            drawn = as_journalled(busy_hour.county())
            await asyncio.to_thread(
                writer.append, [Entry(1, 1000.0, (InventoryInForce(1000.0, drawn.digest),), drawn)]
            )
            await folder.start()
            await asyncio.to_thread(writer.append, [Entry(at, 1000.0 + at, (Elapsed(1000.0 + at),)) for at in (2, 3)])
            folder.folding.watchers.append(witness.see)
            witness.running = asyncio.create_task(folder.run(asyncio.Event()))
            await witness.reach(4)  # its own first word
            assert {2, 3, 4} <= witness.digests.keys()
            leading, journal = folder._leading, folder._journal
            assert leading is not None
            assert journal is not None
            dreamt = witness.position + 1
            monkeypatch.setattr(journal, "append", refused)
            leading.write(Coverage(2000.0, "ghost", 1999.0))
            await witness.reach(dreamt)
            monkeypatch.setattr(turn, "is_mine", False)
            await until(lambda: folder._leading is None)
            last = await asyncio.to_thread(writer.take_over)
            others = [Entry(last + 1, 3000.0, (Elapsed(3000.0),)), Entry(last + 2, 3001.0, (Elapsed(3001.0),))]
            await asyncio.to_thread(writer.append, others)
            await until(lambda: witness.position == last + 2)
            entries = await asyncio.to_thread(lambda: list(writer.read()))
        picture: Picture | None = None
        for entry in entries:
            picture = fold(picture, entry)[0]
        assert picture is not None
        assert witness.folding_picture is not None
        assert "ghost" not in witness.folding_picture.coverage
        assert witness.digests[last + 2] == digest(picture)
        await end_all(witness.running)

    asyncio.run(play())


def test_who_was_told_another_history_makes_its_picture_anew_and_says_so(server: Server) -> None:
    address = server.address("apart")

    async def play() -> None:
        witness = await Witness(address, leads=False).start()
        folder, picture = witness.folder, list[Picture]()
        drawn = as_journalled(busy_hour.county())
        entries = [Entry(1, 1000.0, (InventoryInForce(1000.0, drawn.digest),), drawn)]
        entries += [Entry(at, 1000.0 + at, (Coverage(1000.0 + at, "p", 999.0 + at),)) for at in range(2, 6)]
        with closing(await asyncio.to_thread(JetStreamJournal, address)) as writer:
            await asyncio.to_thread(writer.append, entries[:3])
            await witness.reach(3)
            journal = folder._journal
            assert journal is not None
            follow = journal.follow

            def told_otherwise(_after: int, _patience: float) -> list[Entry]:
                writer.append(entries[3:])
                journal._reading.note(4, 4, "of another")
                journal.follow = follow  # type: ignore[method-assign]
                return [Entry(4, 2000.0, (Coverage(2000.0, "ghost", 1999.0),))]

            journal.follow = told_otherwise  # type: ignore[method-assign, assignment]
            await until(lambda: 4 in witness.digests)
            await until(lambda: witness.position == 5 and "ghost" not in witness.folding_picture.coverage)  # type: ignore[union-attr]
        for entry in entries:
            picture.append(fold(picture[-1] if picture else None, entry)[0])
        assert witness.folding_picture is not None
        assert digest(witness.folding_picture) == digest(picture[-1])
        assert folder.view().daemon.entries_apart == 1
        assert folder.view().daemon.entries_missing == 0
        await witness.end()

    asyncio.run(play())


def test_who_finds_that_another_writes_stands_back(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    address, stood = server.address("two"), list[int]()

    async def play() -> None:
        witness = Witness(address, leads=False)
        turn = type(witness.folder.turn)
        monkeypatch.setattr(turn, "is_mine", True)

        async def stand_back(_turn: object) -> None:
            stood.append(witness.position)

        monkeypatch.setattr(turn, "stand_back", stand_back)
        await witness.start()
        await witness.reach(1)
        leading = witness.folder._leading
        assert leading is not None
        with closing(await asyncio.to_thread(JetStreamJournal, address)) as other:
            last = await asyncio.to_thread(other.take_over)
            await asyncio.to_thread(other.append, [Entry(last + 1, 3e9, (Elapsed(3e9),))])
            leading.write(Elapsed(3e9))
            await until(lambda: bool(stood))
            await witness.reach(last + 1)
        await witness.end()

    asyncio.run(play())


def refused(_entries: object) -> None:
    raise StateError("no server answers")


async def until_it_can_be_written(writer: JetStreamJournal, some: list[Entry]) -> None:
    await asyncio.to_thread(when_it_can, lambda: writer.append(some))
