"""Where the daemon that writes the journal hears its probers: their reports become entries, its questions reach them.

A report is answered when its entry is durable; until then its prober keeps it. What was taken is known from the
picture itself, so that a daemon that takes over takes nothing twice, and wants again what was lost after it was
answered. Who is there is journalled when it changes, and told to the probers at the same time: what they say of their
new shares is journalled behind it, and so it is folded when the picture has these shares too. To fold it takes long
of a large network, for which nobody waits.
"""

from __future__ import annotations

import asyncio
import logging
import math
import time
import uuid
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace

from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.errors import Error as NatsError

from netmon.clock import Clock
from netmon.daemon.prober_words import (
    NOT_YET,
    TAKEN,
    Asked,
    Hello,
    Roll,
    missed,
    overtaken,
    pack,
    read_alive,
    read_bye,
    read_hello,
    read_told,
    subject,
)
from netmon.ending import end_all
from netmon.errors import NetmonError, StateError
from netmon.events import Coverage, Event, Member, ProberHeard, ProbersChanged, ToldBy
from netmon.journal.jetstream.address import JetStreamAddress
from netmon.journal.jetstream.connection import closed, connected, trouble
from netmon.picture.state import Picture
from netmon.sharing.attendance import LOOK, Attendance
from netmon.sharing.runs import Last, Taken, is_over

log = logging.getLogger(__name__)

AGAIN = 1.0
"""Seconds from one try to connect to the next."""


class Inbox:
    """Hears the probers of one journal.

    Args:
        address: the journal.
        clock: dates entries.
        submit: queues the events of an entry dated so, and returns its position.
        written: returns the position up to which entries are durable.
        picture: returns the current picture.
    """

    def __init__(
        self,
        address: JetStreamAddress,
        clock: Clock,
        submit: Callable[[Sequence[Event], float], int],
        written: Callable[[], int],
        picture: Callable[[], Picture | None],
    ) -> None:
        self._address = address
        self._clock = clock
        self._submit = submit
        self._written = written
        self._picture = picture
        self._attendance: Attendance | None = None
        self._journalled: tuple[Member, ...] = ()
        self._reports = Taken()
        self._missed: set[str] = set()
        self._covered: dict[str, float] = {}
        self._unanswered: dict[tuple[str, str], tuple[int, Msg]] = {}  # a prober waits for one answer at a time
        self._out: asyncio.Queue[tuple[str, bytes]] = asyncio.Queue()
        self._roll = self._told_roll = Roll()
        self._said: list[str] = []
        self._id = uuid.uuid4().hex
        self._echo, self._echoed = f"echo.{self._id}", False

    async def run(self) -> None:
        """Hear probers until cancelled; servers that are away are tried for ever."""
        failing = False
        while True:
            try:
                client = await connected(self._address, self._note, again=AGAIN / 2)
            except (NetmonError, NatsError, OSError, TimeoutError) as error:
                said = error if isinstance(error, NetmonError) else trouble(error, self._said, self._address)
                if not failing:
                    log.warning("no prober can be heard: %s", said)
                failing = True
                await asyncio.sleep(AGAIN)
                continue
            try:
                failing = False
                await self._listen(client)
            except (NatsError, OSError) as error:
                log.warning("probers are heard again after: %s", trouble(error, self._said, self._address))
            finally:
                await closed(client)

    async def run_until(self, overtaken: asyncio.Event) -> None:
        """Hear probers until cancelled, but not when another has written the journal: then they are heard there."""
        parts = [
            asyncio.create_task(overtaken.wait(), name="overtaken"),
            asyncio.create_task(self.run(), name="hear"),
        ]
        try:
            ended, _ = await asyncio.wait(parts, return_when=asyncio.FIRST_COMPLETED)
            for task in ended:
                task.result()  # when hearing ended by itself: raise what ended it
        finally:
            await end_all(*parts)
        await asyncio.Event().wait()

    def ask(self, words: Asked) -> None:
        """Let the probers look at something: each at what it was given."""
        self._tell("ask", pack(words))

    def folded(self) -> None:
        """Note that an entry was folded: answer what is durable, and tell the roll when it is another."""
        written = self._written()
        for who, (position, msg) in tuple(self._unanswered.items()):
            if position <= written:
                del self._unanswered[who]
                self._out.put_nowait((msg.reply, TAKEN))
        if self._reports and (picture := self._picture()) is not None:
            self._reports.forget(picture.sharing.runs, written)
        self._tell_roll()

    async def _listen(self, client: Client) -> None:
        for what, hear in (
            ("hello", self._greet),
            ("alive", self._notice),
            ("report", self._take),
            ("bye", self._part),
        ):
            await client.subscribe(subject(self._address.name, what), cb=self._careful(hear))
        await client.subscribe(subject(self._address.name, self._echo), cb=self._careful(self._hear_itself))
        sending = asyncio.create_task(self._send(client), name="inbox")
        looked = time.monotonic()
        try:
            while not sending.done():
                self._echoed = False
                if client.is_connected:
                    self._tell(self._echo, b"")
                await asyncio.sleep(LOOK)
                before, looked = looked, time.monotonic()
                self._look(looked - before, is_listening=self._echoed)
            sending.result()
        finally:
            await end_all(sending)

    def _hear_itself(self, _msg: Msg) -> None:
        """Note that words still come back from the servers: a connection that is cut says nothing of it."""
        self._echoed = True

    def _look(self, seconds: float, *, is_listening: bool) -> None:
        there = self._there()
        if there is not None:
            for name in there.passed(seconds, is_listening=is_listening):
                log.warning("prober %s is silent; what it had is unknown until others have it", name)
                self._missed.add(name)
                now, covered = self._clock.wall(), self._covered.pop(name, 0.0)
                if covered > self._told_covered(name):
                    self._submit([Coverage(now, name, covered)], now)
            self._journal(there)
        self.folded()

    def _told_covered(self, name: str) -> float:
        picture = self._picture()
        return math.inf if picture is None else picture.coverage.get(name, 0.0)

    def _there(self) -> Attendance | None:
        """Return who is there; at first as the picture has it. None while there is no picture."""
        picture = self._picture()
        if self._attendance is None and picture is not None:
            sharing = picture.sharing
            runs = {name: run for name, (run, _) in sharing.runs.items()}
            self._attendance, self._journalled = Attendance(sharing.members, runs), sharing.members
            self._missed = set(sharing.absent)
        return self._attendance

    def _journal(self, there: Attendance) -> None:
        if there.members != self._journalled:
            self._journalled = there.members
            now = self._clock.wall()
            self._submit([ProbersChanged(now, there.members)], now)
            self._tell_roll()

    def _tell_roll(self) -> None:
        """Tell all who is there and what is drawn, when it is not what they were told."""
        if self._roll_now() is not self._told_roll:
            self._told_roll = self._roll
            self._tell("roll", pack(self._roll))

    def _roll_now(self) -> Roll:
        picture = self._picture()
        if picture is not None:
            members = picture.sharing.members if self._attendance is None else self._journalled
            roll = Roll(members, picture.inventory.digest, writer=self._id, number=self._roll.number + 1)
            self._roll = self._roll if roll == self._roll else roll
        return self._roll

    def _greet(self, msg: Msg) -> None:
        hello, picture, there = read_hello(msg.data), self._picture(), self._there()
        if picture is None or there is None:
            return
        refused = self._why_not(hello, picture, there)
        if not refused:
            self._journal(there)
        answer = Roll(refused=refused) if refused else self._roll_now()
        self._out.put_nowait((msg.reply, pack(replace(answer, wall=self._clock.wall()))))

    def _why_not(self, hello: Hello, picture: Picture, there: Attendance) -> str:
        vantages = [picture.graph.ids[root] for root in picture.graph.roots]
        if hello.vantage not in vantages:
            return (
                f"{hello.vantage} is no vantage of the inventory, which has {', '.join(vantages)}: add it to `also`"
            )
        member = Member(hello.name, hello.vantage, hello.zone, hello.weight, self._clock.wall())
        is_new = hello.name not in {one.name for one in there.members}
        if not there.greeted(member, hello.run):
            return f"another prober is called {hello.name}: give this one another --name"
        self._covered[hello.name] = hello.covered
        if is_new:
            log.info("prober %s is there, at %s", hello.name, hello.vantage)
        return ""

    def _take(self, msg: Msg) -> None:
        told, picture, there = read_told(msg.data), self._picture(), self._there()
        if picture is None or there is None:
            return
        there.heard(told.name, told.run)
        if there.run_of(told.name) not in {"", told.run}:  # another of its name is there, or has just died
            self._out.put_nowait((msg.reply, NOT_YET))
            return
        known = self._reports.last(told.name, picture.sharing.runs)
        if is_over(told.run, known.run):
            log.warning("prober %s was started again since: what its run %s tells is not taken", told.name, told.run)
            self._out.put_nowait((msg.reply, overtaken(known.run)))
            return
        number, position = (known.number, known.position) if told.run == known.run else (0, 0)
        if told.after > number:  # servers that came apart have lost what they had acknowledged
            log.warning(
                "prober %s has told more than is in the journal; all after %d is wanted again", told.name, number
            )
            self._out.put_nowait((msg.reply, missed(number)))
            return
        if told.name in self._missed:
            self._missed.discard(told.name)
            now = self._clock.wall()
            self._submit([ProberHeard(now, told.name, told.vantage, told.run)], now)
        for report in told.reports:
            if report.number > number:
                number = report.number
                head = ToldBy(report.at, told.name, told.vantage, told.run, number)
                position = self._submit([head, *report.events], self._clock.wall())
        self._reports.note(told.name, Last(told.run, number, position))
        self._unanswered[told.name, told.run] = position, msg
        self.folded()

    def _notice(self, msg: Msg) -> None:
        """Note that a prober lives; only hello lets it in."""
        alive, there = read_alive(msg.data), self._there()
        if there is not None:
            there.heard(alive.name, alive.run)

    def _part(self, msg: Msg) -> None:
        bye, there = read_bye(msg.data), self._there()
        if there is not None:
            there.left(bye.name, bye.run)
            self._journal(there)

    def _careful(self, hear: Callable[[Msg], None]) -> Callable[[Msg], Awaitable[None]]:
        async def heard(msg: Msg) -> None:
            try:
                hear(msg)
            except StateError as error:
                log.warning("%s: %s", msg.subject, error)

        return heard

    def _tell(self, what: str, words: bytes) -> None:
        self._out.put_nowait((subject(self._address.name, what), words))

    async def _send(self, client: Client) -> None:
        while True:
            where, words = await self._out.get()
            if where:
                await client.publish(where, words)

    async def _note(self, error: Exception) -> None:
        self._said = [str(error)]
