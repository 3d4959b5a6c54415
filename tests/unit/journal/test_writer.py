"""The writer passes every entry on once and in order, whether or not the disk works."""

from __future__ import annotations

import asyncio
import math
import threading
from collections.abc import Iterator, Sequence

import pytest

from netmon.errors import StateError
from netmon.events import Entry, InventoryInForce, NodeUp, ProbingGap
from netmon.journal import writer as writing
from netmon.journal.memory import MemoryJournal
from netmon.journal.protocol import OvertakenError
from netmon.journal.writer import JournalWriter
from tests.drawings import drawing


class BadDisk(MemoryJournal):
    """A journal whose disk is full while `broken`."""

    def __init__(self) -> None:
        super().__init__()
        self.broken = False
        self.failures = 0

    def append(self, entries: Sequence[Entry]) -> None:
        if self.broken:
            self.failures += 1
            raise StateError("journal: disk is full")
        super().append(entries)


def events(name: str) -> tuple[NodeUp]:
    return (NodeUp(1.0, name, 1.0),)


def positions(entries: Iterator[Entry]) -> list[int]:
    return [entry.position for entry in entries]


def test_entries_are_delivered_when_durable_in_order() -> None:
    async def play() -> None:
        journal, seen = BadDisk(), list[int]()
        writer = JournalWriter(journal, lambda entry: seen.append(entry.position))
        running = asyncio.create_task(writer.run())
        for number in range(5):
            writer.submit(events(f"n{number}"), float(number))
        assert seen == []
        writer.close()
        await running
        assert seen == [1, 2, 3, 4, 5] == positions(journal.read())

    asyncio.run(play())


def test_a_full_disk_delays_nothing_and_is_caught_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writing, "RETRY", 0.01)

    async def play() -> None:
        journal, seen = BadDisk(), list[int]()
        arrived = asyncio.Event()

        def deliver(entry: Entry) -> None:
            seen.append(entry.position)
            arrived.set()

        writer = JournalWriter(journal, deliver)
        running = asyncio.create_task(writer.run())
        journal.broken = True
        writer.submit(events("a"), 1.0)
        await asyncio.wait_for(arrived.wait(), 5.0)
        writer.submit(events("b"), 2.0)
        while len(seen) < 2:
            await asyncio.sleep(0)
        assert writer.status().failing == "journal: disk is full"
        assert writer.status().buffered == 2
        journal.broken = False
        async with asyncio.timeout(5.0):
            while writer.status().failing:
                await asyncio.sleep(0)
        writer.close()
        await running
        assert seen == [1, 2] == positions(journal.read())
        assert writer.status().buffered == 0

    asyncio.run(play())


def test_nobody_waits_for_another_try_to_fail() -> None:
    """A server that is away lets each try run out of time; the fold hears meanwhile what happens."""

    class Away(MemoryJournal):
        tries = 0
        is_back = threading.Event()

        def append(self, entries: Sequence[Entry]) -> None:
            self.tries += 1
            if self.tries == 1:
                raise StateError("journal: no answer in time")
            assert self.is_back.wait(60)
            super().append(entries)

    async def play() -> None:
        journal, seen = Away(), list[int]()
        writer = JournalWriter(journal, lambda entry: seen.append(entry.position))
        running = asyncio.create_task(writer.run())
        for number in range(1, 5):
            writer.submit(events(f"n{number}"), float(number))
            async with asyncio.timeout(60):
                while seen != list(range(1, number + 1)):
                    await asyncio.sleep(0.001)
        assert not positions(journal.read())
        journal.is_back.set()
        writer.close()
        await running
        assert seen == [1, 2, 3, 4] == positions(journal.read())

    asyncio.run(play())


def test_what_cannot_be_kept_is_counted() -> None:
    async def play() -> None:
        journal = BadDisk()
        journal.broken = True
        writer = JournalWriter(journal, lambda entry: None, bound=3)
        for number in range(5):
            writer.submit(events(f"n{number}"), float(number))
        assert writer.status().lost == 2
        assert writer.status().buffered == 3
        writer.close()
        await writer.run()

    asyncio.run(play())


def test_what_is_lost_with_the_end_is_told(logged: list[str]) -> None:
    async def play() -> None:
        journal = BadDisk()
        journal.broken = True
        writer = JournalWriter(journal, lambda _: None)
        running = asyncio.create_task(writer.run())
        for number in range(3):
            writer.submit(events(f"n{number}"), float(number))
        writer.close()
        await running

    asyncio.run(play())
    assert "3 entries could not be written and are lost: journal: disk is full" in "\n".join(logged)


def test_positions_go_on_where_the_journal_ends() -> None:
    async def play() -> None:
        journal = MemoryJournal()
        journal.append([Entry(41, 1.0, events("a"))])
        writer = JournalWriter(journal, lambda entry: None)
        writer.submit(events("b"), 2.0)
        writer.close()
        await writer.run()
        assert positions(journal.read()) == [41, 42]

    asyncio.run(play())


def test_what_is_lost_leaves_a_gap_that_says_so() -> None:
    async def play() -> None:
        journal, seen = BadDisk(), list[int]()
        writer = JournalWriter(journal, lambda entry: seen.append(entry.position), bound=3)
        drawn = drawing("noc-gw")
        writer.submit((InventoryInForce(0.0, drawn.digest), NodeUp(0.0, "gw", 0.0)), 0.0, drawn)
        for number in range(1, 6):
            writer.submit(events(f"n{number}"), float(number))
        writer.close()
        await writer.run()
        gap, *rest = journal.read()
        assert (gap.position, gap.at, gap.inventory) == (3, 2.0, drawn)
        assert gap.events == (
            InventoryInForce(0.0, drawn.digest),
            ProbingGap(2.0, "journal", 0.0, "events could not be written and were lost"),
        )
        assert [entry.position for entry in rest] == [4, 5, 6]
        assert seen == [3, 4, 5, 6]
        assert writer.status().lost == 3

    asyncio.run(play())


def test_a_gap_is_not_folded_by_those_who_saw_what_was_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writing, "RETRY", 0.01)

    async def play() -> None:
        journal, seen = BadDisk(), list[int]()
        writer = JournalWriter(journal, lambda entry: seen.append(entry.position), bound=2)
        running = asyncio.create_task(writer.run())
        journal.broken = True
        for number in range(1, 5):
            writer.submit(events(f"n{number}"), float(number))
            async with asyncio.timeout(5.0):
                while len(seen) < number:
                    await asyncio.sleep(0)
        failures = journal.failures
        async with asyncio.timeout(5.0):
            while journal.failures < failures + 2:  # no try from before the loss is under way
                await asyncio.sleep(0)
        journal.broken = False
        writer.close()
        await running
        assert seen == [1, 2, 3, 4]
        assert positions(journal.read()) == [2, 3, 4]

    asyncio.run(play())


def test_a_journal_that_another_writes_is_told_apart_from_one_that_is_away() -> None:
    class Taken(MemoryJournal):
        def append(self, entries: Sequence[Entry]) -> None:
            raise OvertakenError(f"another writes it, not these {len(entries)}")

    async def play(journal: MemoryJournal) -> bool:
        writer = JournalWriter(journal, lambda _entry: None)
        running = asyncio.create_task(writer.run())
        writer.submit(events("n"), 1.0)
        writer.close()
        await running
        return writer.overtaken.is_set()

    away = BadDisk()
    away.broken = True
    assert not asyncio.run(play(away))
    assert asyncio.run(play(Taken()))


def test_what_is_written_and_not_yet_passed_on_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writing, "LONGEST_TURN", -1.0)  # a pause after every entry, as where each is folded slowly
    seen, asked = list[float](), list[tuple[float, float]]()

    async def play() -> None:
        writer = JournalWriter(BadDisk(), lambda entry: seen.append(entry.at))
        running = asyncio.create_task(writer.run())
        for number in range(4):
            writer.submit(events(f"n{number}"), float(number))
        while len(seen) < 5:
            if len(seen) == 2:  # written and gone from the backlog; another comes behind them
                asked.append((seen[-1], writer.passed_on_until()))
                writer.submit(events("late"), 4.0)
            asked.append((seen[-1] if seen else -1.0, writer.passed_on_until()))
            await asyncio.sleep(0)
        assert writer.passed_on_until() == math.inf
        writer.close()
        await running

    asyncio.run(play())
    assert {passed for passed, _ in asked} >= {0.0, 1.0, 2.0, 3.0}
    assert all(until == passed + 1.0 or (until == math.inf and passed == 3.0) for passed, until in asked)
