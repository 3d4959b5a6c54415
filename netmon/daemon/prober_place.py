"""A prober's place among the others: it says hello, hears who is there, and probes what that gives it.

While nobody answers it goes on with what it was last given. When it hears that others have that, it leaves it to them
until it is let in again. When it is let in anew after a silence, others may have spoken for its targets meanwhile: it
says again what it believes of each.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from contextlib import closing
from dataclasses import dataclass, replace

from nats.aio.msg import Msg

from netmon.clock import SteeredClock
from netmon.daemon.prober_line import Line
from netmon.daemon.prober_telling import Telling
from netmon.daemon.prober_words import Alive, Hello, Roll, pack, read_asked, read_roll
from netmon.daemon.running import keep_loaded
from netmon.daemon.targets import icmp_targets
from netmon.errors import NetmonError, StateError
from netmon.events import CheckServices, Confirm, Member, ReadPorts
from netmon.journal.jetstream.address import JetStreamAddress
from netmon.journal.jetstream.journal import JetStreamJournal
from netmon.model import Inventory
from netmon.probes.icmp.prober import FIRST_WORD, IcmpProber
from netmon.probes.icmp.targets import IcmpTarget
from netmon.probes.services.prober import ServiceProber
from netmon.probes.snmp.poller import SnmpPoller
from netmon.sharing.attendance import BEAT, SILENCE
from netmon.sharing.portion import Portion, portion
from netmon.topology.graph import Graph

log = logging.getLogger(__name__)

BEHIND = 1.0
"""Seconds that reports may wait before this prober counts as behind."""
TAKEN_OVER = 0.25
"""Seconds within which all is asked that another had: of what a dead one had, nobody knows whether it lives."""


@dataclass(frozen=True, slots=True)
class Probes:
    """What a prober looks with."""

    icmp: IcmpProber
    snmp: SnmpPoller
    services: ServiceProber


class Place:
    """The place of one prober of a journal.

    Args:
        me: its name, vantage, zone and weight.
        address: the journal, which holds the inventory.
        line: where hello is said.
        telling: what it tells: hello is not said while that is behind.
        probes: what is given goes to them.
        clock: is steered to that of whoever writes the journal.
    """

    def __init__(
        self, me: Member, address: JetStreamAddress, line: Line, telling: Telling, probes: Probes, clock: SteeredClock
    ) -> None:
        self.let_in: float | None = None
        """Since when it has a place; None while it has none."""
        self._me = me
        self._address = address
        self._line = line
        self._telling = telling
        self._probes = probes
        self._clock = clock
        self._rolls: asyncio.Queue[Roll] = asyncio.Queue()
        self._roll = Roll()
        self._inventory: Inventory | None = None
        self._targets: tuple[IcmpTarget, ...] = ()
        self._share: Portion | None = None

    async def listen(self) -> None:
        """Hear from now on who is there, and what is asked."""
        await self._line.hear("ask", self._heed)
        await self._line.hear("roll", _into(self._rolls))

    async def greet(self) -> None:
        """Say hello at each beat, until cancelled; after a silence, not before all is told that happened in it.

        Who is let in may be given what others had meanwhile, and must not speak of the time before then. While hellos
        are answered, what waits is only not durable yet.
        """
        me, refused, covered, greeted = self._me, "", 0.0, float("-inf")
        while True:
            started = time.monotonic()
            if not self._is_behind() or started - greeted < SILENCE:
                if self._telling.is_done:
                    covered = self._probes.icmp.covered_until()
                hello = pack(Hello(me.name, me.vantage, self._telling.run, me.zone, me.weight, covered))
                asked = self._clock.wall()
                answer = await self._line.ask("hello", hello)
                if answer is not None:
                    greeted = started
                    refused = self._hear(answer, asked, refused)
            await asyncio.sleep(max(0.0, BEAT - (time.monotonic() - started)))

    async def live(self) -> None:
        """Show at each beat that it lives, until cancelled.

        That keeps a place and gives none: who is behind and says no hello is not gone, and an answer may be long in
        coming from who judges a country.
        """
        while True:
            await self._line.say("alive", pack(Alive(self._me.name, self._telling.run)))
            await asyncio.sleep(BEAT)

    async def follow(self) -> None:
        """Take each roll as it comes, until cancelled; of those that came meanwhile only the last counts."""
        said = ""
        while True:
            roll = self._newest(await self._rolls.get())
            try:
                await self._take(roll)
            except NetmonError as error:
                if said != str(error):  # it is tried again with the next hello
                    log.error("what is to be probed stays as it was: %s", error)
                said = str(error)
            else:
                said = ""

    def _newest(self, roll: Roll) -> Roll:
        while not self._rolls.empty():
            roll = roll.or_later(self._rolls.get_nowait())
        return roll

    def _is_behind(self) -> bool:
        oldest = self._telling.backlog.oldest
        return oldest is not None and (self.let_in is None or self._clock.wall() - oldest >= BEHIND)

    def _hear(self, answer: bytes, asked: float, refused: str) -> str:
        """Take in the answer to a hello that was said at `asked`; return why it is not let in, or nothing."""
        try:
            roll = read_roll(answer)
        except StateError as error:
            roll = Roll(refused=str(error))
        if not roll.refused:
            self._clock.steer(roll.wall, asked, self._clock.wall())
            self._rolls.put_nowait(roll)
        elif roll.refused != refused:
            log.error("not let in: %s", roll.refused)
        return roll.refused

    async def _take(self, roll: Roll) -> None:
        """Probe what this roll gives; who is not on it leaves off what others have."""
        mine = next((member for member in roll.members if member.name == self._me.name), None)
        if self._roll.or_later(roll) is not roll:
            return
        if mine is None:
            await self._stand_down(roll)
            return
        if roll == self._roll:
            self._roll = roll  # said later: what is overtaken by this one is so, too
            return
        inventory, icmp = self._inventory, self._probes.icmp
        if inventory is None or inventory.digest != roll.digest:
            self._inventory, self._targets = await asyncio.to_thread(self._fetch, roll.digest)
            keep_loaded()
            await self._take(self._newest(roll))  # to read a country takes long: others may be there by now
            return
        share = await asyncio.to_thread(portion, inventory, roll.members, mine)
        targets = [one for one in self._targets if one.node in share.pinged]
        within = FIRST_WORD if self.let_in is None else TAKEN_OVER
        icmp.set_targets(targets, false_alarms_per_year=inventory.false_alarms_per_year, asked_within=within)
        if self.let_in is not None and mine.since != self.let_in:
            icmp.say_again()
        self._roll, self.let_in = roll, mine.since
        log.info("%d nodes to ping, as one of %d probers", len(targets), len(roll.members))
        await asyncio.sleep(0)  # what is pinged is asked first: nobody knows whether it lives
        self._poll(share)

    async def _stand_down(self, roll: Roll) -> None:
        """Leave off what others at this vantage have now; where there are none, go on: nobody else would look.

        Who is left out was too busy to be heard, or away. To ask beside those who took over would keep the machine
        busy, and the reports of it would keep this prober behind, so that it would not be let in again.
        """
        if self._inventory is None or self.let_in is None:
            return
        if all(member.vantage != self._me.vantage for member in roll.members):
            return
        self._probes.icmp.set_targets((), false_alarms_per_year=self._inventory.false_alarms_per_year)
        self._roll, self.let_in = roll, None
        self._poll(await asyncio.to_thread(portion, self._inventory, roll.members, self._me))
        log.warning("left out of %d probers, who have its nodes until it is let in again", len(roll.members))

    def _poll(self, share: Portion) -> None:
        """Poll and check what this share gives; that is often what it gave before."""
        if self._share is None or not share.polls_as(self._share):
            self._probes.snmp.set_inventory(share.polled)
            self._probes.services.set_inventory(share.polled)
        self._share = share

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
        self._telling.attend()
        match asked:
            case Confirm():
                mine = set(self._probes.icmp.nodes)
                nodes = tuple(node for node in asked.nodes if node in mine)
                self._probes.icmp.confirm(replace(asked, nodes=nodes))
            case ReadPorts():
                self._probes.snmp.read_again(asked.nodes)
            case CheckServices():
                self._probes.services.check_now(asked.services)


def _into(rolls: asyncio.Queue[Roll]) -> Callable[[Msg], Awaitable[None]]:
    async def heard(msg: Msg) -> None:
        try:
            rolls.put_nowait(read_roll(msg.data))
        except StateError as error:
            log.warning("%s: %s", msg.subject, error)

    return heard
