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
from netmon.daemon.ahead import Recent
from netmon.daemon.coverage import CoverageTeller
from netmon.daemon.effects import Effects
from netmon.daemon.faces import Faces
from netmon.daemon.fold_loop import FoldLoop
from netmon.daemon.gathering import Gathering
from netmon.daemon.instruments import Instruments
from netmon.daemon.keeping import Keeping
from netmon.daemon.orders import take_order
from netmon.daemon.progress_process import counting
from netmon.daemon.readiness import Readiness
from netmon.daemon.reloading import Reloading
from netmon.daemon.settings import Settings
from netmon.daemon.status import Parts, daemon_status
from netmon.ending import end_all
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
from netmon.exporter.app import create_app
from netmon.exporter.view import View
from netmon.inventory.document import as_journalled
from netmon.inventory.secrets import reveal
from netmon.journal.protocol import Journal
from netmon.journal.writer import JournalWriter, WriterStatus
from netmon.model import Inventory, SecretRef
from netmon.picture.state import Picture
from netmon.probes.once import OnceProber
from netmon.probes.sockets import Sockets

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
        self.instruments = Instruments(sockets, self.clock, reveal)
        self.gathering = Gathering(self._write)
        self.effects = Effects(self.instruments, self.clock, self.gathering.emit, lambda: self.picture)
        self.folding = FoldLoop(self._carry_out)
        self.faces = Faces(
            settings, self.clock, lambda: self.picture, may_tell=self._may_act, answer=self._take_order
        )
        self.folding.watchers.append(self.faces.feed.publish)
        self.reloading = Reloading(load, self._put_in_force, self.clock)
        self._reveal = reveal
        self._journal: Journal | None = None
        self._writer: JournalWriter | None = None
        self._keeping: Keeping | None = None
        self._inbox: Inbox | None = None
        self._recent = Recent()
        self._turn_to_act = settings.turn(self._take_order, self._recent.after)
        self._turning: asyncio.Task[None] | None = None
        self._started = self.clock.wall()
        self._readiness = Readiness()

    # -- load and start ---------------------------------------------------------------------------------------

    async def start(self) -> str:
        """Open the sockets of the probes, the journal, the socket for traps and the page. Return the page's address.

        Raises:
            PrivilegeError: probe sockets may not be opened.
            StateError: the state folder or the journal cannot be used.
            PortInUseError: somebody else has the address.
        """
        try:
            return await self._start()
        except NetmonError:
            self.instruments.traps.close()
            await self._give_up_turn()
            raise

    async def _start(self) -> str:
        self.instruments.direct(self.inventory)
        if self._turn_to_act is not None:  # before the journal is read: nobody else may write behind what is read
            self._turning = asyncio.create_task(self._turn_to_act.run(), name="turn")
            await self._turn_to_act.seized()
        self._journal = self.settings.open_journal()
        began, _ = self.folding.catch_up(self._journal)
        self._readiness.expect(self.instruments.icmp.nodes)
        self._writer = JournalWriter(self._journal, self._take)
        self._keeping = Keeping(
            self._journal,
            lambda: self.picture,
            self._writer.status,
            lambda: self.folding.spent_seconds,
            began=began,
            retention=self.settings.retention,
        )
        self._inbox = self.settings.open_inbox(self.clock, self._writer, lambda: self.picture)
        app = create_app(
            self.view,
            self.faces.feed,
            reload=self.reloading.request if self.settings.enable_reload else None,
            recall=self.settings.recall,
            count=counting(self.settings),
            prober=OnceProber(self.sockets, self.clock, self._reveal).probe,
            hear=self.instruments.heartbeats.hear,
        )
        self.folding.watchers.append(app.state.prepared.watch)
        try:
            self.instruments.remember(self.settings)
            # Not before the journal: of a second daemon, it is the folder that is said to be taken.
            hears = None if self.settings.traps is None else self.instruments.traps.open(*self.settings.traps)
            url = await self.faces.open(app)
        except NetmonError:
            self._let_go(self._journal)
            raise
        if hears is not None:
            log.info("hearing traps on %s", hears)
        return url

    # -- run and drain ----------------------------------------------------------------------------------------

    async def run(self, stop: asyncio.Event) -> None:
        """Probe until `stop` is set, then end in good order. `start` must have returned."""
        if self._writer is None or self._keeping is None or self._journal is None:
            raise RuntimeError("run() before start()")
        emit = self.gathering.emit
        covering = CoverageTeller(
            self.settings,
            self.instruments.icmp.covered_until,
            self._writer.passed_on_until,
            lambda: self.picture,
            self.clock,
            emit,
        )
        writing = asyncio.create_task(self._writer.run(), name="journal")
        self._put_in_force(self.inventory, starting=True)
        parts = [
            *self.instruments.run(emit, self.effects.heed),
            asyncio.create_task(covering.run(), name="coverage"),
            asyncio.create_task(self._keeping.run(), name="keeping"),
            asyncio.create_task(self.faces.run(), name="faces"),
            asyncio.create_task(self.reloading.run(), name="reload"),
        ]
        if self._inbox is not None:
            parts.append(asyncio.create_task(self._inbox.run_until(self._writer.overtaken), name="inbox"))
        turning = [] if self._turning is None else [self._turning]
        stopping = asyncio.create_task(stop.wait(), name="stop")
        try:
            ended, _ = await asyncio.wait([stopping, writing, *turning, *parts], return_when=asyncio.FIRST_COMPLETED)
        finally:
            await end_all(stopping, *parts)
            self._readiness.end()  # pages are served a little longer than anything is known
            emit([ProbingStopped(self.clock.wall(), self.settings.prober)])
            self.gathering.flush()
            self._writer.close()
            await writing
            await self._keeping.look(ending=True)
            await self._give_up_turn()  # not before all is written: the next one writes from then on
            await self.faces.close()
            self._let_go(self._journal)
        for task in ended - {stopping}:
            task.result()  # a part ended by itself: raise what ended it

    async def _give_up_turn(self) -> None:
        if self._turning is not None:
            await end_all(self._turning)

    def _may_act(self) -> bool:
        """Tell whether no other has taken over; servers of the journal that are away do not silence who probes."""
        return self._turn_to_act is None or not self._turn_to_act.is_anothers

    def _let_go(self, journal: Journal) -> None:
        """Close the files of the state folder."""
        self.instruments.close()
        journal.close()

    def _put_in_force(self, inventory: Inventory, *, starting: bool = False) -> None:
        """Make an inventory the drawing: direct every prober, then tell the journal.

        Raises:
            NetmonError: the network of this inventory cannot be probed; the old one stays in force.
        """
        self.gathering.flush()
        if not starting:
            self.instruments.direct(inventory)
            self.inventory = inventory
        now = self.clock.wall()
        events: list[Event] = []
        if self.picture is None or self.picture.inventory.digest != inventory.digest:
            events.append(InventoryInForce(now, inventory.digest))
        if starting:
            events.append(ProbingStarted(now, self.settings.prober))
        if self._writer is not None:
            shared = self.settings.journal is not None  # then others fold it too
            self._writer.submit(events, now, as_journalled(inventory) if shared else inventory)

    # -- events and orders in ----------------------------------------------------------------------------------

    def _take(self, entry: Entry) -> None:
        """Fold an entry that is in the journal."""
        if self._turn_to_act is not None:
            self._recent.note(entry)
        self.folding.take(entry)
        self._readiness.hear(entry.events)
        if self._inbox is not None:
            self._inbox.folded()

    def _write(self, events: Sequence[Event]) -> None:
        """Let the events of one turn of the loop be one entry."""
        if self._writer is not None:
            self._writer.submit(events, self.clock.wall())

    def _carry_out(self, effect: Effect) -> None:
        """Do what the fold asks for, here and where other probers are."""
        if self._inbox is not None and isinstance(effect, Confirm | ReadPorts | CheckServices):
            self._inbox.ask(effect)
        self.effects.carry_out(effect)

    async def _take_order(self, order: Mapping[str, Any], by: str) -> Mapping[str, Any]:
        """Journal what a person tells over the control socket, and answer.

        Raises:
            UsageError: it cannot be understood, or names what there is not.
            StateError: the journal is not being written yet.
        """
        if self._writer is None:  # nor has it been read
            raise StateError("this netmon has only just begun to lead", "try again in a few seconds")
        return take_order(
            order,
            self.view().picture,
            lambda event: self.gathering.emit([event]),
            by=by,
            at=self.clock.wall(),
        )

    # -- what the faces read ----------------------------------------------------------------------------------

    @property
    def picture(self) -> Picture | None:
        """The current picture; None before the first entry."""
        return self.folding.picture

    def view(self) -> View:
        """Return what the exporter shows: picture, measurements and how the daemon fares."""
        picture = self.picture
        if picture is None:
            picture = replace(Picture.empty(self.inventory), at=self._started)
        journal = self._writer.status() if self._writer else WriterStatus()
        status = daemon_status(
            Parts(self.folding, self.reloading, self.faces),
            journal,
            started=self._started,
            leads=self._may_act(),
            not_ready=self._readiness.missing(self.picture),
            checkpoint=self._keeping.position if self._keeping else 0,
            is_journal_failing=bool(journal.failing),
            network=self.sockets.network,
        )
        return self.instruments.measured(View(picture, status, milestones=tuple(self.folding.milestones)))

    def watch(self, watcher: Callable[[Picture, Picture], None]) -> None:
        """Call `watcher` with the picture before and after each new entry."""
        self.folding.watchers.append(watcher)
