"""A folder: the daemon without probes. It reads a journal on NATS as it grows, and serves what it comes to.

Any number of them read the same journal and come to the same picture. One at a time leads: it writes what people
order and what the fold asks to be written, and tells Alertmanager. When it falls silent another leads within seconds.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from netmon.clock import Clock, SystemClock
from netmon.daemon.alertmanager import AlertSender
from netmon.daemon.announcing import tell
from netmon.daemon.control import Control
from netmon.daemon.fold_loop import FoldLoop
from netmon.daemon.inbox import Inbox
from netmon.daemon.keeping import Keeping
from netmon.daemon.orders import event_of, window_row
from netmon.daemon.prober_words import Asked
from netmon.daemon.reloading import Reloading
from netmon.daemon.settings import Settings
from netmon.daemon.status import Parts, daemon_status
from netmon.daemon.turn import Turn
from netmon.errors import NetmonError, StateError
from netmon.events import (
    Announce,
    CauseRevised,
    CheckServices,
    Confirm,
    Effect,
    Elapsed,
    Entry,
    Event,
    InventoryInForce,
    ProbingGap,
    ReadPorts,
    Record,
    Wake,
)
from netmon.exporter.api.changes import ChangeFeed
from netmon.exporter.app import create_app
from netmon.exporter.server import WebServer
from netmon.exporter.view import View
from netmon.inventory.document import as_journalled
from netmon.journal.jetstream import JetStreamJournal
from netmon.journal.jetstream_address import JetStreamAddress
from netmon.journal.protocol import GoneError
from netmon.journal.writer import JournalWriter, WriterStatus
from netmon.model import Inventory, Reach
from netmon.picture.state import Picture
from netmon.picture.views import share_of
from netmon.recall.recall import find_start

log = logging.getLogger(__name__)

PATIENCE = 0.5
"""Seconds for which a read waits for news before it is looked whose turn it is."""
RETRY = 1.0
"""Seconds between tries while the journal cannot be read."""
SILENT = 15.0
"""Seconds without a word of coverage from who probes and writes by itself, after which it is taken for dead."""
AT_ONCE = 50
"""Entries that are folded before pages and scrapes get their turn."""


class Folder:
    """One folder, on one event loop.

    Args:
        address: the journal.
        inventory: put in force by the first that leads, if the journal is empty.
        settings: where pages are served, who is told.
        load: reads the inventory again on reload, or raises ConfigError; without it a reload changes nothing.
        clock: dates what is its own.
    """

    def __init__(
        self,
        address: JetStreamAddress,
        inventory: Inventory,
        settings: Settings,
        *,
        load: Callable[[], Inventory] | None = None,
        clock: Clock | None = None,
    ) -> None:
        self.settings = settings
        self.inventory = inventory
        self.clock = clock or SystemClock()
        self.folding = FoldLoop(self._carry_out)
        self.feed = ChangeFeed()
        self.folding.watchers.append(self.feed.publish)
        self.turn = Turn(address, self._answer)
        self._address = address
        self._journal: JetStreamJournal | None = None
        self._writer: JournalWriter | None = None
        self._keeping: Keeping | None = None
        self._web: WebServer | None = None
        self._control: Control | None = None
        self._alerts: AlertSender | None = None
        self._ask: Callable[[Asked], None] | None = None
        self._position = 0
        self._kept = 0  # position of the newest checkpoint known
        self._is_gone = False
        self._has_caught_up = False
        self._failing = ""
        self._wakes: set[float] = set()
        self._unrecorded: dict[str, CauseRevised] = {}
        self._started = self.clock.wall()
        self.reloading = Reloading(load, self._put_in_force, self.clock)

    # -- start, run and drain ---------------------------------------------------------------------------------

    async def start(self) -> str:
        """Open the journal, fold what it holds, and open the page. Return the page's address.

        Raises:
            StateError: the journal cannot be used.
            PortInUseError: somebody else has the address.
        """
        journal = self._journal = await asyncio.to_thread(JetStreamJournal, self._address)
        try:
            await self._begin(journal)
            reload = self.reloading.request if self.settings.enable_reload else None
            app = create_app(self.view, self.feed, reload=reload, recall=self.settings.recall)
            self.folding.watchers.append(app.state.prepared.watch)
            self._web = WebServer(app, self.settings.host, self.settings.port, web_config=self.settings.web_config)
            await self._web.start()
            self._alerts = AlertSender(
                self.settings.alertmanagers,
                self.settings.telling(f"{self._web.host}:{self._web.port}", self._web.url),
                self.clock,
                lambda: self.folding.picture,
                may_tell=lambda: self._writer is not None and self.turn.is_mine,
            )
            if self.settings.state is not None:
                self._control = Control(self.settings.state, self._take_order)
                await self._control.start()
        except NetmonError:
            journal.close()
            raise
        return self._web.url

    async def run(self, stop: asyncio.Event) -> None:
        """Follow the journal, and lead when it is this folder's turn, until `stop`. `start` must have returned."""
        if self._journal is None or self._web is None or self._alerts is None:
            raise RuntimeError("run() before start()")
        living = asyncio.create_task(self._live(self._journal), name="live")
        parts = [
            asyncio.create_task(self.turn.run(), name="turn"),
            asyncio.create_task(self._alerts.run(), name="alerts"),
            asyncio.create_task(self.reloading.run(), name="reload"),
        ]
        stopping = asyncio.create_task(stop.wait(), name="stop")
        try:
            ended, _ = await asyncio.wait([stopping, living, *parts], return_when=asyncio.FIRST_COMPLETED)
        finally:
            living.cancel()
            await asyncio.gather(living, return_exceptions=True)  # what waits is written while it is still our turn
            for task in (stopping, *parts):
                task.cancel()
            await asyncio.gather(stopping, *parts, return_exceptions=True)
            self.feed.close()
            if self._control is not None:
                await self._control.stop()
            await self._web.stop()
            await asyncio.to_thread(self._journal.close)
        for task in ended - {stopping}:
            task.result()  # a part ended by itself: raise what ended it

    # -- the journal, as it grows -----------------------------------------------------------------------------

    def _folded(self, journal: JetStreamJournal) -> tuple[FoldLoop, int, int]:
        """Return what the newest checkpoint and the entries after it come to, its position, and that of the last."""
        start = find_start(journal)
        for trouble in start.passed_over:
            log.warning("%s; what follows the one before is folded again", trouble)
        made, position = FoldLoop(self._carry_out), start.position
        made.begin(start.picture)
        for entry in journal.read(after=position):
            made.replay([entry])
            position = entry.position
        log.info("went on from the checkpoint at entry %d, folded up to %d", start.position, position)
        return made, start.position, position

    async def _begin(self, journal: JetStreamJournal) -> None:
        """Make the picture out of the journal; the one there was is shown until it is there."""
        before = self.folding
        self.folding, self._kept, self._position = await asyncio.to_thread(self._folded, journal)
        self._is_gone = False
        self.folding.watchers = before.watchers
        self.folding.internal_errors += before.internal_errors
        if before.picture is not None and self.folding.picture is not None:
            self.feed.publish(before.picture, self.folding.picture)

    async def _live(self, journal: JetStreamJournal) -> None:
        """Follow the journal to its end and on; lead while it is this folder's turn and nothing is unread."""
        while True:
            try:
                if self._is_gone:
                    await self._begin(journal)
                elif self.turn.is_mine and await asyncio.to_thread(journal.take_over) <= self._position:
                    await self._lead(journal)
                else:
                    entries = await asyncio.to_thread(journal.follow, self._position, PATIENCE)
                    self._has_caught_up |= not entries
                    await self._take_all(entries)
            except GoneError as error:
                log.warning("%s; the picture is made anew from a checkpoint", error.message)
                self._is_gone = True
            except StateError as error:
                if not self._failing:
                    log.warning("the picture stays as it is: %s", error)
                self._failing = error.message
                await asyncio.sleep(RETRY)
            else:
                if self._failing:
                    log.info("the journal can be used again")
                self._failing = ""

    async def _take_all(self, entries: Sequence[Entry]) -> None:
        for count, entry in enumerate(entries, 1):
            self._take(entry)
            if count % AT_ONCE == 0:
                await asyncio.sleep(0)

    def _take(self, entry: Entry) -> None:
        """Fold an entry that is in the journal."""
        for event in entry.events:
            if isinstance(event, CauseRevised):
                self._unrecorded.pop(event.incident, None)
        self._wakes = {at for at in self._wakes if at > entry.at}
        self._position = entry.position
        self.folding.take(entry)

    # -- leading ----------------------------------------------------------------------------------------------

    async def _lead(self, journal: JetStreamJournal) -> None:
        """Write the journal until it is another's turn, or another has written it."""
        writer = self._writer = await asyncio.to_thread(JournalWriter, journal, self._take)
        self._keeping = Keeping(
            journal,
            lambda: self.folding.picture,
            writer.status,
            lambda: self.folding.spent_seconds,
            began=self._kept,
            retention=self.settings.retention,
        )
        log.info("%s leads from entry %d on", self.turn.me, self._position)
        inbox = Inbox(
            self._address, self.clock, writer.submit, lambda: writer.status().position, lambda: self.folding.picture
        )
        self._ask = inbox.ask
        self.folding.watchers.append(inbox_hears := lambda _before, _after: inbox.folded())
        self._begin_to_write()
        writing = asyncio.create_task(writer.run(), name="journal")
        parts = [
            asyncio.create_task(self._until_lost(), name="lost"),
            asyncio.create_task(writer.overtaken.wait(), name="overtaken"),
            asyncio.create_task(self._keeping.run(), name="keeping"),
            asyncio.create_task(inbox.run(), name="inbox"),
        ]
        try:
            ended, _ = await asyncio.wait([writing, *parts], return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in parts:
                task.cancel()
            await asyncio.gather(*parts, return_exceptions=True)
            writer.close()
            await writing
            if writer.overtaken.is_set():
                self.turn.stand_back()
            if not writer.status().buffered and self.turn.is_mine:
                await self._keeping.look(ending=True)
            self._kept = self._keeping.position
            # What was folded and is not in the journal has not happened: nobody else knows of it.
            self._is_gone = bool(writer.status().buffered or writer.status().lost)
            self._writer = self._ask = None
            self.folding.watchers.remove(inbox_hears)
        log.warning("leads no more; %d entries were not written", writer.status().buffered)
        for task in ended:
            task.result()

    def _begin_to_write(self) -> None:
        """Put the inventory in force if there is none, and make good what the last that led left undone."""
        now, picture = self.clock.wall(), self.folding.picture
        if picture is None:
            self._put_in_force(self.inventory)
            return
        if self.settings.prober not in picture.coverage and (unheard := _unheard(picture.inventory)):
            log.warning("%d services stay unknown without a netmon that probes itself, such as %s", *unheard)
        self._write(*self._unrecorded.values(), Elapsed(now))
        for at in self._wakes:
            self._wake_at(at)

    async def _until_lost(self) -> None:
        while self.turn.is_mine:
            self._look_after_prober()
            await asyncio.sleep(PATIENCE / 2)

    def _look_after_prober(self) -> None:
        """Write that nothing is known any more, when the one that probed and wrote before has died without a word."""
        picture, prober = self.folding.picture, self.settings.prober
        if picture is None or prober not in picture.coverage:
            return
        at, until = max(self.clock.wall(), picture.at), picture.coverage[prober]
        own = share_of(picture, None)
        knows = any(own.has(name) and state.reach is not Reach.UNKNOWN for name, state in own.nodes.items())
        if at - until > SILENT and knows and not self._is_waiting():
            self._write(ProbingGap(at, prober, until, "who probed has ended without a word"))

    def _is_waiting(self) -> bool:
        return self._writer is not None and self._writer.status().buffered > 0

    def _write(self, *events: Event) -> None:
        if self._writer is not None:
            self._writer.submit(events, self.clock.wall())

    def _put_in_force(self, inventory: Inventory) -> None:
        """Make an inventory the drawing.

        Raises:
            StateError: that is for another to do.
        """
        self.inventory = inventory
        now, picture = self.clock.wall(), self.folding.picture
        if self._writer is None:
            raise StateError(
                f"{self.turn.holder or 'another'} leads and puts inventories in force", "reload it there"
            )
        if picture is None or picture.inventory.digest != inventory.digest:
            self._writer.submit([InventoryInForce(now, inventory.digest)], now, as_journalled(inventory))

    def _carry_out(self, effect: Effect) -> None:
        """Do what the fold asks for, if this folder leads; what another may leave undone is remembered."""
        match effect:
            case Wake():
                self._wakes.add(effect.at)
                self._wake_at(effect.at)
            case Record():
                self._unrecorded[effect.event.incident] = effect.event
                self._write(effect.event)
            case Confirm() | ReadPorts() | CheckServices() if self._ask is not None:
                self._ask(effect)
            case Announce() if self._writer is not None:
                tell(effect, self.folding.picture)

    def _wake_at(self, at: float) -> None:
        if self._writer is not None:
            asyncio.get_running_loop().call_later(max(at - self.clock.wall(), 0.0), self._wake, self._writer)

    def _wake(self, wanted_by: JournalWriter) -> None:
        if self._writer is wanted_by:
            self._write(Elapsed(self.clock.wall()))

    # -- what people order ------------------------------------------------------------------------------------

    async def _take_order(self, order: Mapping[str, Any], by: str) -> Mapping[str, Any]:
        """Journal what a person tells over the control socket, or have it journalled by who leads.

        Raises:
            UsageError: it cannot be understood, or names what there is not.
            AwayError: nobody leads.
        """
        if self._writer is not None or order.get("act") == "windows":
            return await self._answer(order, by)
        return await self.turn.pass_on(order, by)

    async def _answer(self, order: Mapping[str, Any], by: str) -> Mapping[str, Any]:
        picture = self.view().picture
        if order.get("act") == "windows":
            return {"windows": [window_row(one, picture.at) for _, one in sorted(picture.windows.items())]}
        if self._writer is None:
            raise StateError("this netmon has only just begun to lead", "try again in a few seconds")
        event = event_of(order, picture, by=by, at=self.clock.wall())
        log.info("told by %s: %s", by, event)
        self._write(event)
        return {"by": by}

    # -- what the faces read ----------------------------------------------------------------------------------

    def view(self) -> View:
        """Return what the exporter shows: the picture, and how this folder fares."""
        picture = self.folding.picture
        if picture is None:
            picture = replace(Picture.empty(self.inventory), at=self._started)
        writer = self._writer.status() if self._writer is not None else WriterStatus()
        return View(
            picture=picture,
            milestones=tuple(self.folding.milestones),
            daemon=daemon_status(
                Parts(self.folding, self.reloading, self._web, self._alerts),
                writer,
                started=self._started,
                leads=self._writer is not None,
                not_ready=self._missing(),
                checkpoint=self._kept,
                is_journal_failing=bool(self._failing or writer.failing),
            ),
        )

    def _missing(self) -> tuple[str, ...]:
        """Return in words what is still waited for before verdicts can be trusted."""
        if self.folding.picture is None:
            return ("no inventory in force yet",)
        if self._is_gone or not self._has_caught_up:
            return ("the journal has not been read to its end yet",)
        return ()


def _unheard(inventory: Inventory) -> tuple[int, str] | None:
    """Return how many services nobody but a daemon with probes can know of, and one of them; None: there are none."""
    names = sorted(name for name, one in inventory.services.items() if one.probe is not None and not one.is_asked)
    return (len(names), names[0]) if names else None
