"""What the inbox does with reports: each is submitted once, and answered when its entry is durable."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from types import SimpleNamespace
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nats.aio.client import Client
from nats.aio.msg import Msg

from netmon.clock import FakeClock
from netmon.daemon import inbox as inbox_module
from netmon.daemon.inbox import Inbox
from netmon.daemon.prober_words import (
    NOT_YET,
    TAKEN,
    Alive,
    Bye,
    Hello,
    Told,
    pack,
    read_missed,
    read_overtaken,
    read_roll,
)
from netmon.ending import end_all
from netmon.events import Entry, Event, InventoryInForce, Member, NodeUp, ProbersChanged, ToldBy
from netmon.journal.jetstream.address import jetstream_address
from netmon.picture.fold import fold
from netmon.picture.state import Picture
from netmon.sharing.attendance import LOOK, SILENCE
from netmon.sharing.backlog import Report
from netmon.sharing.runs import new_run
from tests.drawings import drawing

AT = 1000.0


class Desk:
    """An inbox without a connection, and a journal that is written when it is told to."""

    def __init__(self, picture: Picture | None = None) -> None:
        self.picture = picture
        self.submitted: list[Entry] = []
        self.written = 0
        self.take_over()
        if picture is None:
            drawn = drawing("noc-gw gw-a a-b")
            self.fold(InventoryInForce(AT, drawn.digest), inventory=drawn)
            self.fold(ProbersChanged(AT, (Member("p", "noc", "", 1.0, AT),)))

    def take_over(self) -> None:
        """Be another daemon that has read the journal."""
        self.inbox = Inbox(
            jetstream_address("nats://127.0.0.1:1"),
            FakeClock(),
            self.submit,
            lambda: self.written,
            lambda: self.picture,
        )

    def fold(self, *events: Event, inventory: object = None) -> None:
        position = 1 if self.picture is None else self.picture.position + 1
        self.picture = fold(self.picture, Entry(position, AT, events, inventory))[0]  # type: ignore[arg-type]

    def submit(self, events: Sequence[Event], at: float) -> int:
        self.submitted.append(Entry(len(self.submitted) + 1, at, tuple(events)))
        return len(self.submitted)

    def write(self) -> None:
        """Write and fold all that was submitted."""
        for entry in self.submitted[self.written :]:
            self.written += 1
            self.fold(*entry.events)
            self.inbox.folded()

    def tell(self, *numbers: int, run: str = "r", after: int = 0) -> None:
        reports = tuple(Report(number, AT, (NodeUp(AT, "a", AT - number),)) for number in numbers)
        data = pack(Told("p", "noc", run, reports, after))
        self.inbox._take(Msg(cast("Client", None), "netmon.probers.report", "back", data))

    def part(self, run: str) -> None:
        bye = pack(Bye("p", run))
        self.inbox._part(Msg(cast("Client", None), "netmon.probers.bye", "", bye))

    def greet(self, name: str) -> None:
        hello = pack(Hello(name, "noc", "r"))
        self.inbox._greet(Msg(cast("Client", None), "netmon.probers.hello", "back", hello))

    def rolls(self) -> list[tuple[str, ...]]:
        """The members of each roll that was told since the last look."""
        waiting = self.inbox._out
        told = [waiting.get_nowait() for _ in range(waiting.qsize())]
        for where, words in told:
            if where == "back":
                waiting.put_nowait((where, words))
        return [
            tuple(one.name for one in read_roll(words).members) for where, words in told if where.endswith(".roll")
        ]

    @property
    def taken(self) -> list[tuple[str, int]]:
        heads = [entry.events[0] for entry in self.submitted]
        return [(head.run, head.number) for head in heads if isinstance(head, ToldBy)]

    def answers(self) -> list[bytes]:
        waiting = self.inbox._out
        return [words for where, words in (waiting.get_nowait() for _ in range(waiting.qsize())) if where == "back"]


def test_what_is_told_again_is_submitted_once_and_answered_when_it_is_durable() -> None:
    desk = Desk()
    desk.tell(1, 2)
    desk.tell(1, 2)  # its answer did not come in time
    assert desk.taken == [("r", 1), ("r", 2)]
    assert desk.answers() == []
    desk.inbox.folded()  # of something else
    assert desk.answers() == []
    desk.write()
    assert desk.answers() == [TAKEN]
    desk.tell(2, 3)
    assert desk.taken == [("r", 1), ("r", 2), ("r", 3)]
    assert desk.answers() == []
    desk.tell(1, run="s")
    assert desk.taken[-1] == ("s", 1)


def test_who_takes_over_submits_nothing_that_is_in_the_journal() -> None:
    desk = Desk()
    desk.tell(1, 2)
    desk.write()
    desk.take_over()
    desk.tell(1, 2)
    assert desk.taken == [("r", 1), ("r", 2)]
    assert desk.answers() == [TAKEN]
    desk.tell(1, 2, 3)
    assert desk.taken == [("r", 1), ("r", 2), ("r", 3)]


def test_what_was_answered_and_is_in_no_journal_is_wanted_again() -> None:
    desk = Desk()
    desk.tell(1, 2)
    desk.write()
    desk.take_over()
    desk.tell(5, after=4)  # another answered 3 and 4, and its servers lost them
    assert desk.taken == [("r", 1), ("r", 2)]
    (answer,) = desk.answers()
    assert read_missed(answer) == 2
    desk.tell(3, 4, 5, after=2)
    desk.write()
    assert desk.answers() == [TAKEN]
    assert [number for _, number in desk.taken] == [1, 2, 3, 4, 5]
    desk.tell(6, after=5)
    assert desk.taken[-1] == ("r", 6)
    desk.part("r")
    desk.tell(9, run="s", after=8)  # a start of it of which nothing is known
    assert read_missed(desk.answers()[-1]) == 0
    assert read_missed(TAKEN) is None


def test_a_run_that_is_over_is_told_so_and_nothing_of_it_is_taken() -> None:
    desk, first, second = Desk(), new_run(1.0, "0000000a"), new_run(2.0, "0000000b")
    desk.tell(1, 2, run=first)
    desk.tell(1, run=second)
    desk.tell(1, 2, 3, run=first)  # it was on its way
    assert desk.taken == [(first, 1), (first, 2), (second, 1)]
    assert [read_overtaken(answer) for answer in desk.answers()] == [second]
    assert read_overtaken(TAKEN) is None
    desk.write()
    desk.take_over()
    desk.tell(1, 2, run=first)
    assert desk.answers()[-1] == NOT_YET  # the second is on the roll
    desk.part(second)
    desk.tell(1, 2, run=first)
    assert read_overtaken(desk.answers()[-1]) == second
    assert desk.taken == [(first, 1), (first, 2), (second, 1)]
    assert desk.picture is not None
    assert desk.picture.sharing.runs["p"] == (second, 1)
    before = desk.picture.nodes
    desk.fold(
        ToldBy(AT, "p", "noc", first, 3), NodeUp(AT, "a", AT)
    )  # of one who led, was paused and writes once more
    assert desk.picture.nodes == before
    assert desk.picture.sharing.runs["p"] == (second, 1)


def test_what_the_picture_knows_is_remembered_nowhere_else() -> None:
    desk = Desk()
    for number in range(1, 50):
        desk.tell(1, run=new_run(float(number), "0000000a"))
        desk.tell(1, run=new_run(float(number), "0000000a"))
        assert len(desk.inbox._reports) == 1
    desk.write()
    assert not desk.inbox._reports
    assert len(desk.taken) == 49
    last = desk.taken[-1][0]
    desk.tell(1, run=last)
    assert not desk.inbox._reports
    desk.tell(1, 2, run=last)
    assert desk.taken[49:] == [(last, 2)]
    desk.inbox.folded()
    assert len(desk.inbox._reports) == 1  # it is not written yet, and so not in the picture


events = st.lists(
    st.one_of(
        st.tuples(st.just("send"), st.integers(0, 3), st.integers(1, 3)),  # some of a run's reports, once more
        st.tuples(st.sampled_from(["arrive", "write", "lead", "part"]), st.integers(0, 20), st.just(0)),
    ),
    max_size=30,
)


@given(events)
def test_whatever_is_told_again_and_however_late_it_comes_nothing_is_taken_twice(
    story: list[tuple[str, int, int]],
) -> None:
    """A run's messages overtake each other, outlive it, and come to one who leads after another."""
    desk, under_way = Desk(), list[tuple[str, int]]()
    assert desk.picture is not None
    for what, number, count in story:
        if what == "send":
            under_way.append((new_run(float(number), "0000000a"), count))
        elif what == "arrive" and under_way:
            run, last = under_way.pop(number % len(under_way))
            desk.tell(*range(1, last + 1), run=run)
        elif what == "write":
            desk.write()
        elif what == "lead":  # what was not written has not happened
            del desk.submitted[desk.written :]
            desk.take_over()
        elif what == "part":
            desk.part(new_run(float(number % 4), "0000000a"))
    desk.write()
    assert len(desk.taken) == len(set(desk.taken))
    runs = [run for run, _ in desk.taken]
    assert runs == sorted(runs)
    assert len(desk.inbox._reports) <= 1


def test_who_is_there_is_told_when_it_is_queued_and_not_again_when_it_is_folded() -> None:
    desk = Desk()
    desk.inbox.folded()
    assert desk.rolls() == [("p",)]
    desk.greet("q")
    assert desk.rolls() == [("p", "q")]
    desk.tell(1)
    desk.greet("q")  # its answer is the same, though the picture does not have it yet
    assert [member.name for member in read_roll(desk.answers()[-1]).members] == ["p", "q"]
    desk.write()
    assert desk.rolls() == []
    kinds = [type(entry.events[0]) for entry in desk.submitted]
    assert kinds == [ProbersChanged, ToldBy]  # what is told under the new roll comes behind it
    assert desk.picture is not None
    assert [member.name for member in desk.picture.sharing.members] == ["p", "q"]


class Line:
    """A connection that seems to be there: what is published comes back while it is not `cut`."""

    is_connected = True

    def __init__(self, inbox: Inbox) -> None:
        self.cut = False
        self._hear: dict[str, Callable[[Msg], Awaitable[None]]] = {}
        self.listening = asyncio.create_task(inbox._listen(cast("Client", self)))

    async def subscribe(self, where: str, cb: Callable[[Msg], Awaitable[None]]) -> None:
        self._hear[where] = cb

    async def publish(self, where: str, words: bytes) -> None:
        if not self.cut and where in self._hear:
            await self._hear[where](Msg(cast("Client", None), where, "", words))


def test_a_deaf_inbox_takes_nobody_for_dead_and_one_that_hears_does(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = FakeClock()
    looks = 0

    def glance() -> float:
        nonlocal looks
        looks += 1
        return LOOK * looks  # each look comes when it is due

    async def play() -> None:
        desk = Desk()
        line = Line(desk.inbox)
        line.cut = True

        async def after(seconds: float) -> None:
            until = looks + seconds / LOOK
            while looks < until:
                await asyncio.sleep(0.001)

        await after(5 * SILENCE)
        assert desk.submitted == []
        line.cut = False
        await after(SILENCE / 2)
        line.cut = True
        await after(5 * SILENCE)
        assert desk.submitted == []  # what was silent while nobody could hear it has its time still
        line.cut = False
        await after(SILENCE)
        assert desk.submitted[-1].events == (ProbersChanged(clock.wall(), ()),)
        await end_all(line.listening)

    monkeypatch.setattr(inbox_module, "LOOK", 0.001)
    monkeypatch.setattr(inbox_module, "time", SimpleNamespace(monotonic=glance))
    asyncio.run(asyncio.wait_for(play(), 20.0))


def test_a_sign_of_life_keeps_a_place_and_lets_nobody_in() -> None:
    desk = Desk()
    desk.greet("q")
    for _ in range(2 * round(SILENCE / LOOK)):
        for name in ("q", "stranger"):
            alive = pack(Alive(name, "r"))
            desk.inbox._notice(Msg(cast("Client", None), "netmon.probers.alive", "", alive))
        desk.inbox._look(LOOK, is_listening=True)
    desk.write()
    assert desk.picture is not None
    assert [member.name for member in desk.picture.sharing.members] == ["q"]  # p said nothing
