"""A prober: the daemon's probing half alone. It probes what it was given, and tells whoever writes the journal."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable

from netmon.clock import Clock, SteeredClock, SystemClock
from netmon.daemon.name_servers import zones_of
from netmon.daemon.prober_line import Line
from netmon.daemon.prober_place import Place, Probes
from netmon.daemon.prober_telling import Telling
from netmon.daemon.prober_words import Bye, pack
from netmon.ending import end_all
from netmon.events import Member, ProbingStarted, ProbingStopped
from netmon.exporter.samples.probers import ProberStatus, ProberView
from netmon.inventory.secrets import reveal
from netmon.journal.jetstream.address import JetStreamAddress
from netmon.model import SecretRef
from netmon.probes.icmp.prober import IcmpProber
from netmon.probes.services.prober import ServiceProber
from netmon.probes.snmp.poller import SnmpPoller
from netmon.probes.sockets import Sockets


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
        steered = self.clock = SteeredClock(clock or SystemClock())
        self.me = me
        self.probes = Probes(
            IcmpProber(sockets, steered),
            SnmpPoller(sockets, steered, reveal),
            ServiceProber(sockets, steered, zones=zones_of(sockets, steered)),
        )
        self.line = Line(address, steered)
        self.telling = Telling(me, self.line, steered, self.probes.icmp.covered_until, self.probes.icmp.say_again)
        self.place = Place(me, address, self.line, self.telling, self.probes, steered)
        self._sockets = sockets

    async def start(self) -> None:
        """Connect to the journal's servers.

        Raises:
            PrivilegeError: probe sockets may not be opened.
            StateError: no server answers, or none lets netmon in.
            ConfigError: the secret or the certificates are not where they should be.
        """
        self._sockets.icmp(socket.AF_INET).close()
        await self.line.open()
        self.telling.begin(ProbingStarted(self.clock.wall(), self.me.name))

    async def run(self, stop: asyncio.Event) -> None:
        """Probe until `stop` is set, then tell the rest and say farewell. `start` must have returned."""
        probes, telling, place = self.probes, self.telling, self.place
        await place.listen()
        tells = asyncio.create_task(telling.tell(), name="tell")
        parts = [
            asyncio.create_task(probes.icmp.run(telling.emit), name="icmp"),
            asyncio.create_task(probes.snmp.run(telling.emit), name="snmp"),
            asyncio.create_task(probes.services.run(telling.emit), name="services"),
            asyncio.create_task(telling.cover(), name="coverage"),
            asyncio.create_task(place.greet(), name="hello"),
            asyncio.create_task(place.live(), name="alive"),
            asyncio.create_task(place.follow(), name="roll"),
        ]
        stopping = asyncio.create_task(stop.wait(), name="stop")
        try:
            ended, _ = await asyncio.wait([stopping, tells, *parts], return_when=asyncio.FIRST_COMPLETED)
        finally:
            await end_all(stopping, *parts)
            await telling.end(ProbingStopped(self.clock.wall(), self.me.name))
            await end_all(tells)
            await self.line.close("bye", pack(Bye(self.me.name, telling.run)))
        for task in ended - {stopping}:
            task.result()  # a part ended by itself: raise what ended it

    def view(self) -> ProberView:
        """Return what this prober's metrics show."""
        probes, backlog = self.probes, self.telling.backlog
        status = ProberStatus(
            self.me.name,
            self.me.vantage,
            let_in=self.place.let_in is not None,
            answered=self.line.answered,
            targets=len(probes.icmp.nodes),
            waiting=backlog.events,
            dropped=backlog.dropped,
            lost=backlog.lost,
        )
        return ProberView(
            status, probes.icmp.measurements(), probes.snmp.measurements(), probes.services.measurements()
        )
