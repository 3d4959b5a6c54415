"""What the inbox does with reports: each is submitted once, and answered when its entry is durable."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from nats.aio.client import Client
from nats.aio.msg import Msg

from netmon.clock import FakeClock
from netmon.daemon.inbox import Inbox
from netmon.daemon.prober_words import TAKEN, Hello, Told, pack, read_roll
from netmon.events import Entry, Event, InventoryInForce, Member, NodeUp, ProbersChanged, ToldBy
from netmon.journal.jetstream_address import jetstream_address
from netmon.picture.fold import fold
from netmon.picture.state import Picture
from netmon.sharing.backlog import Report
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

    def tell(self, *numbers: int, run: str = "r") -> None:
        reports = tuple(Report(number, AT, (NodeUp(AT, "a", AT - number),)) for number in numbers)
        data = pack(Told("p", "noc", run, reports))
        self.inbox._take(Msg(cast("Client", None), "netmon.probers.report", "back", data))

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
