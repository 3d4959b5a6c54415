"""The daemon: wiring only. load → start → run → drain.

Probers emit events; the events of one turn of the loop become one journal entry; entries that are durable are folded;
effects go back to the probers. The exporter reads the current picture and the probers' measurements.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from netmon.clock import Clock, SystemClock
from netmon.daemon.alertmanager import AlertSender
from netmon.daemon.control import Control
from netmon.daemon.coverage import CoverageTeller
from netmon.daemon.effects import Effects
from netmon.daemon.fold_loop import FoldLoop
from netmon.daemon.keeping import Keeping
from netmon.daemon.name_servers import zones_of
from netmon.daemon.orders import event_of, window_row
from netmon.daemon.readiness import Readiness
from netmon.daemon.reloading import Reloading
from netmon.daemon.settings import Settings
from netmon.daemon.status import Parts, daemon_status
from netmon.daemon.targets import icmp_targets
from netmon.errors import NetmonError, StateError
from netmon.events import (
    CheckServices,
    Confirm,
    Effect,
    Entry,
    Event,
    InventoryInForce,
    ProbingStarted,
    ProbingStopped,
    ReadPorts,
)
from netmon.exporter.api.changes import ChangeFeed
from netmon.exporter.app import create_app
from netmon.exporter.server import WebServer
from netmon.exporter.view import View
from netmon.inventory.document import as_journalled
from netmon.inventory.secrets import reveal
from netmon.journal.protocol import Journal
from netmon.journal.writer import JournalWriter, WriterStatus
from netmon.model import Inventory, SecretRef
from netmon.picture.state import Picture
from netmon.probes.icmp.prober import IcmpProber
from netmon.probes.once import OnceProber
from netmon.probes.services.heartbeats import Heartbeats
from netmon.probes.services.prober import ServiceProber
from netmon.probes.services.wifi import WifiCounter
from netmon.probes.snmp.light_diary import LightDiary
from netmon.probes.snmp.poller import SnmpPoller
from netmon.probes.snmp.read_times import ReadTimes
from netmon.probes.sockets import KernelSockets, Sockets
from netmon.probes.speed.tester import SpeedTester
from netmon.probes.traps.receiver import TrapReceiver
from netmon.recall.recall import find_start
from netmon.topology.graph import Graph

if TYPE_CHECKING:
    from netmon.daemon.inbox import Inbox

log = logging.getLogger(__name__)


class Daemon:
    """One netmon: probers, journal, fold and faces, on one event loop.

    Args:
        inventory: the network to probe.
        sockets: where probe sockets come from.
        settings: where state is kept and pages are served.
        load: reads the inventory again on reload, or raises ConfigError; without it a reload changes nothing.
        clock: dates everything.
        reveal: turns references into secrets.
    """

    def __init__(
        self,
        inventory: Inventory,
        sockets: Sockets,
        settings: Settings,
        *,
        load: Callable[[], Inventory] | None = None,
        clock: Clock | None = None,
        reveal: Callable[[SecretRef], str] = reveal,
    ) -> None:
        self.settings = settings
        self.inventory = inventory
        self.sockets = sockets
        self.clock = clock or SystemClock()
        self.icmp = IcmpProber(sockets, self.clock)
        self.snmp = SnmpPoller(sockets, self.clock, reveal)
        self.services = ServiceProber(sockets, self.clock, zones=zones_of(sockets, self.clock))
        self.heartbeats = Heartbeats(self.clock, reveal)
        self.wifi = WifiCounter(self.clock, self.snmp.latest)
        self.speed = SpeedTester(self.clock)
        self.traps = TrapReceiver(sockets, self.clock, reveal, self.snmp.ports_of)
        self.effects = Effects(
            self.icmp, self.snmp, self.services, self.heartbeats, self.clock, self._emit, lambda: self.folding.picture
        )
        self.folding = FoldLoop(self._carry_out)
        self.feed = ChangeFeed()
        self.folding.watchers.append(self.feed.publish)
        self.reloading = Reloading(load, self._put_in_force, self.clock)
        self._reveal = reveal
        self._journal: Journal | None = None
        self._read_times: ReadTimes | None = None
        self._diary: LightDiary | None = None
        self._writer: JournalWriter | None = None
        self._keeping: Keeping | None = None
        self._web: WebServer | None = None
        self._control: Control | None = None
        self._alerts: AlertSender | None = None
        self._inbox: Inbox | None = None
        self._turn_to_act = settings.turn(self._take_order)
        self._turning: asyncio.Task[None] | None = None
        self._turn: list[Event] = []
        self._started = self.clock.wall()
        self._readiness = Readiness()

    # -- load and start ---------------------------------------------------------------------------------------

    async def start(self) -> str:
        """Open the sockets of the probes and for traps, the journal and the page. Return the page's address.

        Raises:
            PrivilegeError: probe sockets may not be opened.
            StateError: the state folder or the journal cannot be used.
            PortInUseError: somebody else has the address.
        """
        hears = None if self.settings.traps is None else self.traps.open(*self.settings.traps)
        try:
            url = await self._start()
        except NetmonError:
            self.traps.close()
            await self._give_up_turn()
            raise
        if hears is not None:
            log.info("hearing traps on %s", hears)
        return url

    async def _start(self) -> str:
        self._direct_probers(self.inventory)
        if self._turn_to_act is not None:  # before the journal is read: nobody else may write behind what is read
            self._turning = asyncio.create_task(self._turn_to_act.run(), name="turn")
            await self._turn_to_act.seized()
        self._journal = self.settings.open_journal()
        start = find_start(self._journal)
        for trouble in start.passed_over:
            log.warning("%s; what follows the one before is folded again", trouble)
        self.folding.begin(start.picture)
        entries = self.folding.replay(self._journal.read(after=start.position))
        if start.picture or entries:
            log.info("went on from the checkpoint at entry %d, folded %d journal entries", start.position, entries)
        self._readiness.expect(self.icmp.nodes)
        self._writer = JournalWriter(self._journal, self._take)
        self._keeping = Keeping(
            self._journal,
            lambda: self.folding.picture,
            self._writer.status,
            lambda: self.folding.spent_seconds,
            began=start.position,
            retention=self.settings.retention,
        )
        self._inbox = self.settings.open_inbox(self.clock, self._writer, lambda: self.folding.picture)
        app = create_app(
            self.view,
            self.feed,
            reload=self.reloading.request if self.settings.enable_reload else None,
            recall=self.settings.recall,
            prober=OnceProber(self.sockets, self.clock, self._reveal).probe,
            hear=self.heartbeats.hear,
        )
        self.folding.watchers.append(app.state.prepared.watch)
        self._web = WebServer(app, self.settings.host, self.settings.port, web_config=self.settings.web_config)
        try:
            self._read_times = self.settings.open_read_times(self.clock.wall())
            self.snmp.remember_reads(self._read_times)
            self._diary = self.settings.open_light_diary(self.clock.wall())
            self.snmp.remember_light(self._diary)
            await self._web.start()
            self._alerts = self._alert_sender(self._web)
            if self.settings.state is not None:
                self._control = Control(self.settings.state, self._take_order)
                await self._control.start()
        except NetmonError:
            self._let_go()
            raise
        return self._web.url

    # -- run and drain ----------------------------------------------------------------------------------------

    async def run(self, stop: asyncio.Event) -> None:
        """Probe until `stop` is set, then end in good order. `start` must have returned."""
        if (
            self._writer is None
            or self._keeping is None
            or self._journal is None
            or self._web is None
            or self._alerts is None
        ):
            raise RuntimeError("run() before start()")
        covering = CoverageTeller(
            self.settings,
            self.icmp.covered_until,
            self._writer.passed_on_until,
            lambda: self.folding.picture,
            self.clock,
            self._emit,
        )
        writing = asyncio.create_task(self._writer.run(), name="journal")
        self._put_in_force(self.inventory, starting=True)
        probers = [
            asyncio.create_task(self.icmp.run(self._emit), name="icmp"),
            asyncio.create_task(self.snmp.run(self._emit), name="snmp"),
            asyncio.create_task(self.services.run(self._emit), name="services"),
            asyncio.create_task(self.heartbeats.run(self._emit), name="heartbeats"),
            asyncio.create_task(self.wifi.run(self._emit), name="wifi"),
            asyncio.create_task(self.speed.run(), name="speed tests"),
            asyncio.create_task(self.traps.run(self._emit, self.effects.heed), name="traps"),
            asyncio.create_task(covering.run(), name="coverage"),
            asyncio.create_task(self._keeping.run(), name="keeping"),
            asyncio.create_task(self._alerts.run(), name="alerts"),
            asyncio.create_task(self.reloading.run(), name="reload"),
            *(
                [asyncio.create_task(self._hear_probers(self._inbox, self._writer), name="inbox")]
                if self._inbox
                else []
            ),
        ]
        turning = [] if self._turning is None else [self._turning]
        stopping = asyncio.create_task(stop.wait(), name="stop")
        try:
            ended, _ = await asyncio.wait(
                [stopping, writing, *turning, *probers], return_when=asyncio.FIRST_COMPLETED
            )
        finally:
            for task in (stopping, *probers):
                task.cancel()
            await asyncio.gather(stopping, *probers, return_exceptions=True)
            self._emit([ProbingStopped(self.clock.wall(), self.settings.prober)])
            self._flush()
            self._writer.close()
            await writing
            await self._keeping.look(ending=True)
            await self._give_up_turn()  # not before all is written: the next one writes from then on
            self.feed.close()
            if self._control is not None:
                await self._control.stop()
            await self._web.stop()
            self._let_go()
        for task in ended - {stopping}:
            task.result()  # a part ended by itself: raise what ended it

    async def _give_up_turn(self) -> None:
        if self._turning is not None:
            self._turning.cancel()
            await asyncio.gather(self._turning, return_exceptions=True)

    async def _hear_probers(self, inbox: Inbox, writer: JournalWriter) -> None:
        """Hear probers elsewhere, until another writes the journal: then they are heard there."""
        overtaken = asyncio.create_task(writer.overtaken.wait(), name="overtaken")
        hearing = asyncio.create_task(inbox.run(), name="hear")
        try:
            await asyncio.wait([overtaken, hearing], return_when=asyncio.FIRST_COMPLETED)
            if hearing.done():
                hearing.result()  # it ended by itself: raise what ended it
        finally:
            for task in (overtaken, hearing):
                task.cancel()
            await asyncio.gather(overtaken, hearing, return_exceptions=True)
        await asyncio.Event().wait()

    def _alert_sender(self, web: WebServer) -> AlertSender:
        return AlertSender(
            self.settings.alertmanagers,
            self.settings.telling(f"{web.host}:{web.port}", web.url),
            self.clock,
            lambda: self.folding.picture,
            may_tell=self._may_act,
        )

    def _may_act(self) -> bool:
        """Tell whether no other has taken over; servers of the journal that are away do not silence who probes."""
        return self._turn_to_act is None or not self._turn_to_act.is_anothers

    def _let_go(self) -> None:
        """Close the files of the state folder."""
        for opened in (self._read_times, self._diary, self._journal):
            if opened is not None:
                opened.close()

    def _put_in_force(self, inventory: Inventory, *, starting: bool = False) -> None:
        """Make an inventory the drawing: direct every prober, then tell the journal.

        Raises:
            NetmonError: the network of this inventory cannot be probed; the old one stays in force.
        """
        self._flush()
        if not starting:
            self._direct_probers(inventory)
        now = self.clock.wall()
        events: list[Event] = []
        if self.folding.picture is None or self.folding.picture.inventory.digest != inventory.digest:
            events.append(InventoryInForce(now, inventory.digest))
        if starting:
            events.append(ProbingStarted(now, self.settings.prober))
        if self._writer is not None:
            shared = self.settings.journal is not None  # then others fold it too
            self._writer.submit(events, now, as_journalled(inventory) if shared else inventory)

    def _direct_probers(self, inventory: Inventory) -> None:
        """Tell every prober what to probe from now on."""
        graph = Graph.from_inventory(inventory)
        self.icmp.set_targets(icmp_targets(inventory, graph), false_alarms_per_year=inventory.false_alarms_per_year)
        self.inventory = inventory
        self.snmp.set_inventory(inventory)
        self.services.set_inventory(inventory)
        self.heartbeats.set_inventory(inventory)
        self.wifi.set_inventory(inventory)
        self.speed.set_inventory(inventory if self.sockets.network == KernelSockets.network else _untested(inventory))
        self.traps.set_inventory(inventory)

    # -- events and orders in ----------------------------------------------------------------------------------

    def _take(self, entry: Entry) -> None:
        """Fold an entry that is in the journal."""
        self.folding.take(entry)
        self._readiness.hear(entry.events)
        if self._inbox is not None:
            self._inbox.folded()

    def _emit(self, events: Sequence[Event]) -> None:
        """Collect events; those of one turn of the loop become one entry."""
        if not self._turn:
            asyncio.get_running_loop().call_soon(self._flush)
        self._turn.extend(events)

    def _flush(self) -> None:
        if self._turn and self._writer is not None:
            self._writer.submit(self._turn, self.clock.wall())
        self._turn = []

    def _carry_out(self, effect: Effect) -> None:
        """Do what the fold asks for, here and where other probers are."""
        if self._inbox is not None and isinstance(effect, Confirm | ReadPorts | CheckServices):
            self._inbox.ask(effect)
        self.effects.carry_out(effect)

    async def _take_order(self, order: Mapping[str, Any], by: str) -> Mapping[str, Any]:
        """Journal what a person tells over the control socket, and answer.

        Raises:
            UsageError: it cannot be understood, or names what there is not.
            StateError: the journal is not being written yet; one may be asked over NATS as soon as it is its turn.
        """
        if self._writer is None:
            raise StateError("this netmon has only just begun to lead", "try again in a few seconds")
        picture = self.view().picture
        if order.get("act") == "windows":
            return {"windows": [window_row(one, picture.at) for _, one in sorted(picture.windows.items())]}
        event = event_of(order, picture, by=by, at=self.clock.wall())
        log.info("told by %s: %s", by, event)
        self._emit([event])
        return {"by": by}

    # -- what the faces read ----------------------------------------------------------------------------------

    @property
    def picture(self) -> Picture | None:
        """The current picture; None before the first entry."""
        return self.folding.picture

    def view(self) -> View:
        """Return what the exporter shows: picture, measurements and how the daemon fares."""
        picture = self.folding.picture
        if picture is None:
            picture = replace(Picture.empty(self.inventory), at=self._started)
        journal = self._writer.status() if self._writer else WriterStatus()
        return View(
            picture=picture,
            icmp=self.icmp.measurements(),
            snmp=self.snmp.measurements(),
            services=self.services.measurements(),
            traps=self.traps.measurements(),
            heartbeats=self.heartbeats.measurements(),
            wifi=self.wifi.measurements(),
            speed=self.speed.measurements(),
            milestones=tuple(self.folding.milestones),
            daemon=daemon_status(
                Parts(self.folding, self.reloading, self._web, self._alerts),
                journal,
                started=self._started,
                leads=self._may_act(),
                not_ready=self._readiness.missing(self.folding.picture),
                checkpoint=self._keeping.position if self._keeping else 0,
                is_journal_failing=bool(journal.failing),
                network=self.sockets.network,
            ),
        )

    def watch(self, watcher: Callable[[Picture, Picture], None]) -> None:
        """Call `watcher` with the picture before and after each new entry."""
        self.folding.watchers.append(watcher)


def _untested(inventory: Inventory) -> Inventory:
    """Return an inventory without speed tests: iperf3 would send into this machine's own network, not into a lab."""
    links = {name: replace(link, speed_test=None) for name, link in inventory.links.items()}
    return replace(inventory, links=links)
