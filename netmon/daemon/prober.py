"""A prober: the daemon's probing half alone. It probes what it was given, and tells whoever writes the journal.

While nobody answers it goes on with what it was last given, and what happens waits, with the times at which it
happened. When it is let in anew after a silence, others may have spoken for its targets meanwhile: it says again what
it believes of each.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import socket
import time
import uuid
from collections.abc import Awaitable, Callable, Sequence
from contextlib import closing
from dataclasses import replace

from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.errors import Error as NatsError

from netmon.clock import Clock, SteeredClock, SystemClock
from netmon.daemon import systemd
from netmon.daemon.gathering import Gathering
from netmon.daemon.name_servers import zones_of
from netmon.daemon.prober_words import Bye, Hello, Roll, Told, pack, read_asked, read_roll, subject
from netmon.daemon.targets import icmp_targets
from netmon.ending import end_all
from netmon.errors import NetmonError, StateError
from netmon.events import (
    CheckServices,
    Confirm,
    Coverage,
    Event,
    Member,
    NodeUp,
    ProbingStarted,
    ProbingStopped,
    ReadPorts,
)
from netmon.exporter.samples.probers import ProberStatus, ProberView
from netmon.inventory.secrets import reveal
from netmon.journal.jetstream import JetStreamJournal
from netmon.journal.jetstream_address import JetStreamAddress
from netmon.journal.nats_connection import closed, connected, trouble
from netmon.model import Inventory, SecretRef
from netmon.probes.icmp.prober import IcmpProber
from netmon.probes.icmp.targets import IcmpTarget
from netmon.probes.services.prober import ServiceProber
from netmon.probes.snmp.poller import SnmpPoller
from netmon.probes.sockets import Sockets
from netmon.sharing.attendance import BEAT, SILENCE
from netmon.sharing.backlog import Backlog
from netmon.sharing.portion import portion
from netmon.topology.graph import Graph

log = logging.getLogger(__name__)

AT_ONCE = 2_000
"""Events in one message."""
PROMPT = 1.5
"""Seconds that one request may take; then it is asked again, of whoever answers now."""
AGAIN = 0.3
"""Seconds from a request that nobody answered to the next."""
BEHIND = 1.0
"""Seconds that reports may wait before this prober counts as behind."""
COVERAGE = 5.0
"""Seconds between two words of coverage; while somebody waits for answers, or nobody hears, one each second."""
ATTENTIVE = 15.0
"""Seconds for which somebody waits after a question."""
FAREWELL = 3.0
"""Seconds for the last reports, at the end."""


class Prober:
    """One prober of a journal.

    Args:
        address: the journal.
        me: its name, vantage, zone and weight.
        sockets: where probe sockets come from.
        clock: dates everything.
        reveal: turns references into secrets.
    """

    def __init__(
        self,
        address: JetStreamAddress,
        me: Member,
        sockets: Sockets,
        *,
        clock: Clock | None = None,
        reveal: Callable[[SecretRef], str] = reveal,
    ) -> None:
        self.me = me
        self.clock = SteeredClock(clock or SystemClock())
        self.icmp = IcmpProber(sockets, self.clock)
        self.snmp = SnmpPoller(sockets, self.clock, reveal)
        self.services = ServiceProber(sockets, self.clock, zones=zones_of(sockets, self.clock))
        self.backlog = Backlog()
        self._sockets = sockets
        self._address = address
        self._run = uuid.uuid4().hex
        self._client: Client | None = None
        self._inventory: Inventory | None = None
        self._targets: tuple[IcmpTarget, ...] = ()
        self._roll = Roll()
        self._let_in: float | None = None
        self._answered = 0.0
        self._heard = float("-inf")  # the same by the monotonic clock
        self._gathering = Gathering(self._note_down)
        self._emit = self._gathering.emit
        self._wanted = asyncio.Event()
        self._all_told = asyncio.Event()
        self._asked = float("-inf")
        self._said: list[str] = []

    async def start(self) -> None:
        """Connect to the journal's servers.

        Raises:
            PrivilegeError: probe sockets may not be opened.
            StateError: no server answers, or none lets netmon in.
            ConfigError: the secret or the certificates are not where they should be.
        """
        self._sockets.icmp(socket.AF_INET).close()
        try:
            self._client = await connected(self._address, self._note, again=AGAIN)
        except (NatsError, OSError, TimeoutError) as error:
            raise trouble(error, self._said, self._address) from error
        self.backlog.add([ProbingStarted(self.clock.wall(), self.me.name)], self.clock.wall())
        self._wanted.set()

    async def run(self, stop: asyncio.Event) -> None:
        """Probe until `stop` is set, then tell the rest and say farewell. `start` must have returned."""
        if self._client is None:
            raise RuntimeError("run() before start()")
        client = self._client
        await client.subscribe(subject(self._address.name, "ask"), cb=self._heed)
        rolls: asyncio.Queue[Roll] = asyncio.Queue()
        await client.subscribe(subject(self._address.name, "roll"), cb=_into(rolls))
        telling = asyncio.create_task(self._tell(client), name="tell")
        parts = [
            asyncio.create_task(self.icmp.run(self._emit), name="icmp"),
            asyncio.create_task(self.snmp.run(self._emit), name="snmp"),
            asyncio.create_task(self.services.run(self._emit), name="services"),
            asyncio.create_task(self._cover(), name="coverage"),
            asyncio.create_task(self._greet(client, rolls), name="hello"),
            asyncio.create_task(self._follow(rolls), name="roll"),
        ]
        stopping = asyncio.create_task(stop.wait(), name="stop")
        try:
            ended, _ = await asyncio.wait([stopping, telling, *parts], return_when=asyncio.FIRST_COMPLETED)
        finally:
            await end_all(stopping, *parts)
            self._emit([ProbingStopped(self.clock.wall(), self.me.name)])
            self._gathering.flush()
            await self._part(client)
            await end_all(telling)
            await closed(client)
        for task in ended - {stopping}:
            task.result()  # a part ended by itself: raise what ended it

    def view(self) -> ProberView:
        """Return what this prober's metrics show."""
        status = ProberStatus(
            self.me.name,
            self.me.vantage,
            let_in=self._let_in is not None,
            answered=self._answered,
            targets=len(self.icmp.nodes),
            waiting=self.backlog.events,
            dropped=self.backlog.dropped,
            lost=self.backlog.lost,
        )
        return ProberView(status, self.icmp.measurements(), self.snmp.measurements(), self.services.measurements())

    # -- what happens, and how it is told ---------------------------------------------------------------------

    def _note_down(self, turn: Sequence[Event]) -> None:
        """Let the events of one turn of the loop wait as a report, until somebody has heard it."""
        if self._is_alone and any(isinstance(event, NodeUp) for event in turn):
            # Told before it, so that what answered in an outage is known when the outage is judged afterwards.
            self.backlog.add(
                [Coverage(self.clock.wall(), self.me.name, self.icmp.covered_until())], self.clock.wall()
            )
        for start in range(0, len(turn), AT_ONCE):
            self.backlog.add(turn[start : start + AT_ONCE], self.clock.wall())
            self._all_told.clear()
            self._wanted.set()

    async def _tell(self, client: Client) -> None:
        """Tell what waits, in order, one message at a time, until cancelled."""
        where = subject(self._address.name, "report")
        while True:
            reports = self.backlog.head(AT_ONCE)
            if not reports:
                self._all_told.set()
                self._wanted.clear()
                await self._wanted.wait()
                continue
            told = Told(self.me.name, self.me.vantage, self._run, reports)
            if await self._request(client, where, pack(told)) is None:
                await asyncio.sleep(AGAIN)
                continue
            self.backlog.taken(reports[-1].number)

    @property
    def _is_alone(self) -> bool:
        """True while nobody answers: nobody asks either, and only coverage vouches for who answers meanwhile."""
        return self.clock.monotonic() - self._heard > SILENCE

    async def _cover(self) -> None:
        """Say now and then that probing was alive; feed systemd's watchdog when it was."""
        told, until = float("-inf"), 0.0
        while True:
            await asyncio.sleep(1.0)
            before, until = until, self.icmp.covered_until()
            now = self.clock.monotonic()
            if until == before:
                continue
            systemd.alive()
            if now - told >= COVERAGE or now - self._asked < ATTENTIVE or self._is_alone:
                told = now
                self._emit([Coverage(self.clock.wall(), self.me.name, until)])

    async def _part(self, client: Client) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(FAREWELL):
                await self._all_told.wait()
        with contextlib.suppress(NatsError, OSError, TimeoutError):
            await client.publish(subject(self._address.name, "bye"), pack(Bye(self.me.name, self._run)))
            await client.flush(1)

    # -- what is given, and what is asked ---------------------------------------------------------------------

    async def _greet(self, client: Client, rolls: asyncio.Queue[Roll]) -> None:
        """Say hello at each beat; after a silence, not before all is told that happened in it.

        Who is let in may be given what others had meanwhile, and must not speak of the time before then. While hellos
        are answered, what waits is only not durable yet.
        """
        me, refused, covered, greeted = self.me, "", 0.0, float("-inf")
        while True:
            started = time.monotonic()
            waiting = self.backlog.head(1)
            is_behind = waiting and (self._let_in is None or self.clock.wall() - waiting[0].at >= BEHIND)
            if not is_behind or started - greeted < SILENCE:
                if not waiting and not self._gathering:
                    covered = self.icmp.covered_until()
                hello = pack(Hello(me.name, me.vantage, self._run, me.zone, me.weight, covered))
                asked = self.clock.wall()
                answer = await self._request(client, subject(self._address.name, "hello"), hello)
                if answer is not None:
                    greeted = started
                    refused = self._hear(answer, asked, rolls, refused)
            await asyncio.sleep(max(0.0, BEAT - (time.monotonic() - started)))

    def _hear(self, answer: bytes, asked: float, rolls: asyncio.Queue[Roll], refused: str) -> str:
        """Take in the answer to a hello that was said at `asked`; return why it is not let in, or nothing."""
        try:
            roll = read_roll(answer)
        except StateError as error:
            roll = Roll(refused=str(error))
        if not roll.refused:
            self.clock.steer(roll.wall, asked, self.clock.wall())
            rolls.put_nowait(roll)
        elif roll.refused != refused:
            log.error("not let in: %s", roll.refused)
        return roll.refused

    async def _follow(self, rolls: asyncio.Queue[Roll]) -> None:
        """Take each roll as it comes."""
        said = ""
        while True:
            roll = await rolls.get()
            try:
                await self._take(roll)
            except NetmonError as error:
                if said != str(error):  # it is tried again with the next hello
                    log.error("what is to be probed stays as it was: %s", error)
                said = str(error)
            else:
                said = ""

    async def _take(self, roll: Roll) -> None:
        """Probe what this roll gives, if this prober is on it: who was left out goes on as it was."""
        mine = next((member for member in roll.members if member.name == self.me.name), None)
        if mine is None or roll == self._roll:
            return
        inventory = self._inventory
        if inventory is None or inventory.digest != roll.digest:
            fetched, self._targets = await asyncio.to_thread(self._fetch, roll.digest)
            self._inventory = inventory = fetched
        share = await asyncio.to_thread(portion, inventory, roll.members, mine)
        targets = [one for one in self._targets if one.node in share.pinged]
        self.icmp.set_targets(targets, false_alarms_per_year=inventory.false_alarms_per_year)
        self.snmp.set_inventory(share.polled)
        self.services.set_inventory(share.polled)
        if self._let_in is not None and mine.since != self._let_in:
            self.icmp.say_again()
        self._roll, self._let_in = roll, mine.since
        log.info("%d nodes to ping, as one of %d probers", len(targets), len(roll.members))

    def _fetch(self, digest: str) -> tuple[Inventory, tuple[IcmpTarget, ...]]:
        """Return the drawing and all that is pinged of it: of a country that takes seconds; no roll changes it."""
        with closing(JetStreamJournal(self._address, read_only=True)) as journal:
            inventory = journal.inventory(digest)
        return inventory, icmp_targets(inventory, Graph.from_inventory(inventory))

    async def _heed(self, msg: Msg) -> None:
        """Look at what is asked, as far as it is this prober's."""
        try:
            asked = read_asked(msg.data)
        except StateError as error:
            log.warning("%s: %s", msg.subject, error)
            return
        self._asked = self.clock.monotonic()
        match asked:
            case Confirm():
                mine = set(self.icmp.nodes)
                nodes = tuple(node for node in asked.nodes if node in mine)
                self.icmp.confirm(replace(asked, nodes=nodes))
            case ReadPorts():
                self.snmp.read_again(asked.nodes)
            case CheckServices():
                self.services.check_now(asked.services)

    async def _request(self, client: Client, where: str, words: bytes) -> bytes | None:
        """Return the answer; None when nobody answers."""
        if not client.is_connected:  # what is asked now would be asked again by the time it is sent
            return None
        try:
            answer = await client.request(where, words, timeout=PROMPT)
        except (NatsError, OSError, TimeoutError):
            return None
        self._answered, self._heard = self.clock.wall(), self.clock.monotonic()
        return answer.data

    async def _note(self, error: Exception) -> None:
        self._said = [str(error)]


def _into(rolls: asyncio.Queue[Roll]) -> Callable[[Msg], Awaitable[None]]:
    async def heard(msg: Msg) -> None:
        try:
            rolls.put_nowait(read_roll(msg.data))
        except StateError as error:
            log.warning("%s: %s", msg.subject, error)

    return heard
