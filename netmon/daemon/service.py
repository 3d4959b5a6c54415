"""The daemon: wiring only. load → start → run → drain.

Probers emit events; the events of one turn of the loop become one journal entry; entries that are durable are folded;
effects go back to the probers. The exporter reads the current picture and the probers' measurements.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from netmon.clock import Clock, SystemClock
from netmon.daemon import systemd
from netmon.daemon.alertmanager import AlertSender
from netmon.daemon.control import Control
from netmon.daemon.fold_loop import FoldLoop
from netmon.daemon.keeping import Keeping
from netmon.daemon.orders import event_of, window_row
from netmon.daemon.readiness import Readiness
from netmon.daemon.settings import Settings
from netmon.errors import ConfigError, NetmonError
from netmon.events import (
    Announce,
    CheckServices,
    Confirm,
    Coverage,
    Effect,
    Elapsed,
    Entry,
    Event,
    InventoryInForce,
    ProbingStarted,
    ProbingStopped,
    ReadPorts,
    Record,
    Wake,
)
from netmon.exporter.api.changes import ChangeFeed
from netmon.exporter.app import create_app
from netmon.exporter.server import WebServer
from netmon.exporter.view import AlertmanagerStatus, DaemonStatus, View
from netmon.inventory.secrets import reveal
from netmon.journal.protocol import Journal
from netmon.journal.writer import JournalWriter, WriterStatus
from netmon.model import Inventory, SecretRef
from netmon.picture.alerts import Telling
from netmon.picture.state import Picture
from netmon.picture.words.facts import say
from netmon.picture.words.faults import describe
from netmon.picture.words.phrases import Language
from netmon.picture.words.services import fault_fact
from netmon.probes.icmp.interruptions import STEP
from netmon.probes.icmp.prober import IcmpProber
from netmon.probes.icmp.targets import IcmpTarget
from netmon.probes.once import OnceProber
from netmon.probes.services.prober import ServiceProber
from netmon.probes.snmp.light_diary import LightDiary
from netmon.probes.snmp.poller import SnmpPoller
from netmon.probes.snmp.read_times import ReadTimes
from netmon.probes.sockets import Sockets
from netmon.probes.traps.hints import Look
from netmon.probes.traps.receiver import TrapReceiver
from netmon.recall.recall import find_start
from netmon.topology.graph import Graph
from netmon.topology.islands import surroundings

log = logging.getLogger(__name__)

WHILE_ISLANDS_WAIT = 1.0
"""Seconds between two words of coverage while an island waits: they are what its patience is measured by."""
REROUTE = 1.0
"""Seconds in which routing usually finds its way around a cut: the far end is not polled before, only pinged."""


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
        self.services = ServiceProber(sockets, self.clock)
        self.traps = TrapReceiver(sockets, self.clock, reveal, self.snmp.ports_of)
        self.folding = FoldLoop(self._carry_out)
        self.feed = ChangeFeed()
        self.folding.watchers.append(self.feed.publish)
        self._load = load
        self._reveal = reveal
        self._journal: Journal | None = None
        self._read_times: ReadTimes | None = None
        self._diary: LightDiary | None = None
        self._writer: JournalWriter | None = None
        self._keeping: Keeping | None = None
        self._web: WebServer | None = None
        self._control: Control | None = None
        self._alerts: AlertSender | None = None
        self._turn: list[Event] = []
        self._started = self.clock.wall()
        self._readiness = Readiness()
        self._covered = 0.0
        self._reload_ok = True
        self._reloaded = self._started
        self._reload_wanted = asyncio.Event()

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
            raise
        if hears is not None:
            log.info("hearing traps on %s", hears)
        return url

    async def _start(self) -> str:
        self._direct_probers(self.inventory)
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
        app = create_app(
            self.view,
            self.feed,
            reload=self.request_reload if self.settings.enable_reload else None,
            recall=self.settings.recall,
            prober=OnceProber(self.sockets, self.clock, self._reveal).probe,
        )
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
        writing = asyncio.create_task(self._writer.run(), name="journal")
        self._put_in_force(self.inventory, starting=True)
        probers = [
            asyncio.create_task(self.icmp.run(self._emit), name="icmp"),
            asyncio.create_task(self.snmp.run(self._emit), name="snmp"),
            asyncio.create_task(self.services.run(self._emit), name="services"),
            asyncio.create_task(self.traps.run(self._emit, self._heed), name="traps"),
            asyncio.create_task(self._cover(), name="coverage"),
            asyncio.create_task(self._keeping.run(), name="keeping"),
            asyncio.create_task(self._alerts.run(), name="alerts"),
            asyncio.create_task(self._reload_when_asked(), name="reload"),
        ]
        stopping = asyncio.create_task(stop.wait(), name="stop")
        try:
            ended, _ = await asyncio.wait([stopping, writing, *probers], return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in (stopping, *probers):
                task.cancel()
            await asyncio.gather(stopping, *probers, return_exceptions=True)
            self._emit([ProbingStopped(self.clock.wall(), self.settings.prober)])
            self._flush()
            self._writer.close()
            await writing
            await self._keeping.look(ending=True)
            self.feed.close()
            if self._control is not None:
                await self._control.stop()
            await self._web.stop()
            self._let_go()
        for task in ended - {stopping}:
            task.result()  # a part ended by itself: raise what ended it

    def _alert_sender(self, web: WebServer) -> AlertSender:
        own = {"instance": f"{web.host}:{web.port}", "job": "netmon"}
        telling = Telling({**own, **self.settings.alert_labels}, linger=self.settings.alert_linger, page=web.url)
        return AlertSender(self.settings.alertmanagers, telling, self.clock, lambda: self.folding.picture)

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
            self._writer.submit(events, now, inventory)

    def _direct_probers(self, inventory: Inventory) -> None:
        """Tell every prober what to probe from now on."""
        graph = Graph.from_inventory(inventory)
        self.icmp.set_targets(icmp_targets(inventory, graph), false_alarms_per_year=inventory.false_alarms_per_year)
        self.inventory = inventory
        self.snmp.set_inventory(inventory)
        self.services.set_inventory(inventory)
        self.traps.set_inventory(inventory)

    # -- events in, effects out -------------------------------------------------------------------------------

    def _take(self, entry: Entry) -> None:
        """Fold an entry that is in the journal."""
        self.folding.take(entry)
        self._readiness.hear(entry.events)

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
        match effect:
            case Confirm():
                self.icmp.confirm(effect)
            case ReadPorts():
                self.snmp.read_again(effect.nodes)
            case CheckServices():
                self.services.check_now(effect.services)
            case Wake():
                delay = max(effect.at - self.clock.wall(), 0.0)
                asyncio.get_running_loop().call_later(delay, self._wake)
            case Record():
                self._emit([effect.event])
            case Announce():
                picture = self.folding.picture
                self._tell_service_fault(effect, picture)
                incident = picture.incident(effect.incident) if picture else None
                if picture and incident:
                    log.warning(
                        "incident %s %s: %s", incident.id, effect.change, describe(incident, picture.inventory)
                    )

    def _tell_service_fault(self, effect: Announce, picture: Picture | None) -> None:
        faults = () if picture is None else (*picture.service_faults, *picture.past_service_faults)
        for fault in faults:
            if picture is not None and fault.id == effect.incident:
                said = say(fault_fact(fault, picture), picture.inventory, Language.ENGLISH, picture.at)
                log.warning("services: %s %s: %s", fault.id, effect.change, said)

    def _heed(self, look: Look) -> None:
        """Look at once where a trap points: what the probes find is the evidence, not the trap."""
        self.snmp.renew(look.poll, look.parts)
        self.snmp.poll_now(look.poll)
        self.snmp.poll_now(look.poll_later, delay=REROUTE)
        if look.ping:
            self.icmp.confirm(Confirm(look.ping, self.clock.wall()))

    def _take_order(self, order: Mapping[str, Any], by: str) -> Mapping[str, Any]:
        """Journal what a person tells over the control socket, and answer.

        Raises:
            UsageError: it cannot be understood, or names what there is not.
        """
        picture = self.view().picture
        if order.get("act") == "windows":
            return {"windows": [window_row(one, picture.at) for _, one in sorted(picture.windows.items())]}
        event = event_of(order, picture, by=by, at=self.clock.wall())
        log.info("told by %s: %s", by, event)
        self._emit([event])
        return {"by": by}

    def _wake(self) -> None:
        self._emit([Elapsed(self.clock.wall())])

    async def _cover(self) -> None:
        """Journal now and then that probing was alive; feed systemd's watchdog when it was.

        A journal that cannot be written holds coverage back, not the watchdog: a restart would lose what waits.
        """
        probed, told = 0.0, -math.inf
        while True:
            await asyncio.sleep(min(self.settings.coverage_interval, WHILE_ISLANDS_WAIT))
            before, probed = probed, self.icmp.covered_until()
            if probed != before:
                systemd.alive()
            # What is not folded yet may hold a question that the prober has not been asked.
            waiting = math.inf if self._writer is None else self._writer.passed_on_until()
            until = min(probed, waiting)
            now, picture = self.clock.monotonic(), self.folding.picture
            awaited = picture is not None and picture.pending
            if now - told < self.settings.coverage_interval and not awaited:
                continue
            if until > self._covered or until < self._covered - STEP:  # the latter: the clock was set back
                self._covered, told = until, now
                self._emit([Coverage(self.clock.wall(), self.settings.prober, until)])

    # -- reload -----------------------------------------------------------------------------------------------

    def request_reload(self) -> None:
        """Ask for the inventory to be read again; safe from a signal handler of the loop."""
        self._reload_wanted.set()

    async def _reload_when_asked(self) -> None:
        while True:
            await self._reload_wanted.wait()
            self._reload_wanted.clear()
            await self._reload()

    async def _reload(self) -> None:
        """Read the inventory again; keep the old one when the new one is not good."""
        if self._load is None:
            return
        systemd.reloading()
        try:
            inventory = await asyncio.to_thread(self._load)
            self._put_in_force(inventory)  # even when it is the same: secrets it refers to may have changed
        except NetmonError as error:
            self._reload_ok = False
            for problem in error.problems if isinstance(error, ConfigError) else ():
                log.error("reload: %s", problem)
            log.error("reload: %s; the inventory in force stays", error)
        else:
            self._reload_ok = True
            self._reloaded = self.clock.wall()
            log.info("reload: inventory %s in force", inventory.digest[:12])
        systemd.ready("probing")

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
            daemon=DaemonStatus(
                started=self._started,
                network=self.sockets.network,
                not_ready=self._readiness.missing(self.folding.picture),
                journal_failing=bool(journal.failing),
                journal_checkpoint=self._keeping.position if self._keeping else 0,
                events_buffered=journal.buffered,
                events_lost=journal.lost,
                last_reload_successful=self._reload_ok,
                last_reload=self._reloaded,
                web_config_good=self._web.web_config_good if self._web else True,
                evaluation_seconds=self.folding.evaluation_seconds,
                evaluations=self.folding.evaluations,
                internal_errors=self.folding.internal_errors + (self._alerts.mistakes if self._alerts else 0),
                alertmanagers=tuple(
                    AlertmanagerStatus(one.name, is_reached=one.is_reached, failures=one.failures)
                    for one in (self._alerts.receivers if self._alerts else ())
                ),
            ),
        )

    def watch(self, watcher: Callable[[Picture, Picture], None]) -> None:
        """Call `watcher` with the picture before and after each new entry."""
        self.folding.watchers.append(watcher)


def icmp_targets(inventory: Inventory, graph: Graph) -> tuple[IcmpTarget, ...]:
    """Return what to ping: every monitored node, with those whose word is wanted when it falls silent."""
    return tuple(
        IcmpTarget(node.id, node.address, node.icmp.interval, surroundings(graph, node.id))
        for node in inventory.nodes.values()
        if node.icmp is not None and node.address is not None
    )


async def run_until_stopped(daemon: Daemon, stop: asyncio.Event, say: Callable[[str], None]) -> None:
    """Start a daemon, say where it serves, run it until `stop`."""
    url = await daemon.start()
    say(url)
    systemd.ready("probing")
    with contextlib.suppress(asyncio.CancelledError):
        await daemon.run(stop)
    systemd.stopping()
