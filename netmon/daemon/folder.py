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
from netmon.daemon.ahead import Ahead, Recent
from netmon.daemon.faces import Faces
from netmon.daemon.fold_loop import FoldLoop
from netmon.daemon.inbox import Inbox
from netmon.daemon.keeping import Keeping
from netmon.daemon.leading import Leading
from netmon.daemon.orders import asks_for_windows, take_order
from netmon.daemon.progress_process import counting
from netmon.daemon.reloading import Reloading
from netmon.daemon.running import keep_loaded
from netmon.daemon.settings import Settings
from netmon.daemon.status import Parts, daemon_status
from netmon.daemon.turn import Turn
from netmon.daemon.undone import Undone
from netmon.ending import end_all
from netmon.errors import NetmonError, StateError
from netmon.events import Effect, Entry
from netmon.exporter.app import create_app
from netmon.exporter.view import View
from netmon.inventory.document import as_journalled
from netmon.journal.jetstream.address import JetStreamAddress
from netmon.journal.jetstream.journal import JetStreamJournal
from netmon.journal.protocol import GoneError
from netmon.journal.writer import JournalWriter, WriterStatus
from netmon.model import Inventory
from netmon.picture.state import Picture

log = logging.getLogger(__name__)

PATIENCE = 0.5
"""Seconds for which a read waits for news before it is looked whose turn it is."""
RETRY = 0.25
"""Seconds between tries while the journal cannot be read: whose turn it is must not wait once servers lead again."""
LAST_WORDS = 60.0
"""Seconds for which what waits may be written in the end."""
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
        self.faces = Faces(
            settings,
            self.clock,
            lambda: self.folding.picture,
            may_tell=lambda: self._leading is not None and self.turn.is_mine,
            answer=self._take_order,
        )
        self._recent = Recent()
        self.turn = Turn(address, self._answer, recent=self._recent.after)
        self._ahead = Ahead(lambda: self.folding, self.turn.after, self.faces.feed.publish)
        self.folding.watchers.append(self._ahead.folded)
        self.reloading = Reloading(
            None if load is None else lambda: as_journalled(load()), self._put_in_force, self.clock
        )
        self._address = address
        self._journal: JetStreamJournal | None = None
        self._leading: Leading | None = None
        self._undone = Undone()
        self._position = 0
        self._kept = 0  # position of the newest checkpoint known
        self._is_gone = False
        self._has_caught_up = False
        self._failing = ""
        self._started = self.clock.wall()

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
            app = create_app(
                self.view,
                self.faces.feed,
                reload=reload,
                recall=self.settings.recall,
                count=counting(self.settings),
            )
            self.folding.watchers.append(app.state.prepared.watch)
            return await self.faces.open(app)
        except NetmonError:
            journal.close()
            raise

    async def run(self, stop: asyncio.Event) -> None:
        """Follow the journal, and lead when it is this folder's turn, until `stop`. `start` must have returned."""
        if self._journal is None:
            raise RuntimeError("run() before start()")
        living = asyncio.create_task(self._live(self._journal), name="live")
        parts = [
            asyncio.create_task(self.turn.run(), name="turn"),
            asyncio.create_task(self.faces.run(), name="faces"),
            asyncio.create_task(self.reloading.run(), name="reload"),
            asyncio.create_task(self._ahead.run(lambda: bool(self._failing)), name="ahead"),
        ]
        stopping = asyncio.create_task(stop.wait(), name="stop")
        try:
            ended, _ = await asyncio.wait([stopping, living, *parts], return_when=asyncio.FIRST_COMPLETED)
        finally:
            await end_all(living, patience=LAST_WORDS)  # what waits is written while it is still our turn
            await end_all(stopping, *parts)
            await self.faces.close()
            await asyncio.to_thread(self._journal.close)
        for task in ended - {stopping}:
            task.result()  # a part ended by itself: raise what ended it

    # -- the journal, as it grows -----------------------------------------------------------------------------

    def _folded(self, journal: JetStreamJournal) -> tuple[FoldLoop, int, int]:
        """Return what the journal comes to, the position of its newest checkpoint, and that of its last entry."""
        made = FoldLoop(self._carry_out)
        return made, *made.catch_up(journal)

    async def _begin(self, journal: JetStreamJournal) -> None:
        """Make the picture out of the journal; the one there was is shown until it is there."""
        before = self.folding
        self._ahead.drop()
        self.folding, self._kept, self._position = await asyncio.to_thread(self._folded, journal)
        self._is_gone = False
        self.folding.watchers = before.watchers
        self.folding.internal_errors += before.internal_errors
        if before.picture is not None and self.folding.picture is not None:
            self.faces.feed.publish(before.picture, self.folding.picture)

    async def _live(self, journal: JetStreamJournal) -> None:
        """Follow the journal to its end and on; lead while it is this folder's turn and nothing is unread."""
        while True:
            try:
                if self._is_gone:
                    await self._begin(journal)
                elif self.turn.is_mine and await asyncio.to_thread(journal.take_over) <= self._position:
                    self._succeeded()  # for as long as it leads, its writer says how the journal fares
                    await self._lead(journal)
                else:
                    entries = await asyncio.to_thread(journal.follow, self._position, PATIENCE)
                    self._has_caught_up |= not entries
                    await self._take_all(entries)
            except GoneError as error:
                log.warning("%s; the picture is made anew from a checkpoint", error.message)
                if self._is_gone:  # and was not, when that was tried
                    await asyncio.sleep(RETRY)
                self._is_gone = True
            except StateError as error:
                if not self._failing:
                    log.warning("the picture stays as it is: %s", error)
                self._failing = error.message
                await asyncio.sleep(RETRY)
            else:
                self._succeeded()

    def _succeeded(self) -> None:
        """Note that the journal could be used."""
        if self._failing:
            log.info("the journal can be used again")
        self._failing = ""

    async def _lead(self, journal: JetStreamJournal) -> None:
        """Write the journal until it is another's turn, or another has written it."""
        folding = self.folding
        self._ahead.drop()
        if folding.picture is None:  # it is put in force; of a country that takes seconds, in which a lease ends
            self.inventory = await asyncio.to_thread(as_journalled, self.inventory)
        writer = await asyncio.to_thread(JournalWriter, journal, self._take)
        keeping = Keeping(
            journal,
            lambda: folding.picture,
            writer.status,
            lambda: folding.spent_seconds,
            began=self._kept,
            retention=self.settings.retention,
        )
        inbox = Inbox(
            self._address, self.clock, writer.submit, lambda: writer.status().position, lambda: folding.picture
        )
        log.info("%s leads from entry %d on", self.turn.me, self._position)
        leading = self._leading = Leading(
            self.settings.prober, self.clock, self.turn, folding, self._undone, writer, keeping, inbox
        )
        try:
            await leading.run(self.inventory)
        finally:
            self._leading = None
            self._kept = keeping.position
            self._is_gone = leading.has_dreamt

    async def _take_all(self, entries: Sequence[Entry]) -> None:
        for count, entry in enumerate(entries, 1):
            self._take(entry)
            if count % AT_ONCE == 0:
                await asyncio.sleep(0)

    def _take(self, entry: Entry) -> None:
        """Fold an entry that is in the journal."""
        self._undone.drop(entry)
        self._position = entry.position
        self._recent.note(entry)
        self.folding.take(entry)
        if entry.inventory is not None:
            keep_loaded()

    def _carry_out(self, effect: Effect) -> None:
        """Do what the fold asks for, if this folder leads; what another may leave undone is remembered."""
        self._undone.note(effect)
        if self._leading is not None:
            self._leading.carry_out(effect)

    # -- what people order ------------------------------------------------------------------------------------

    def _put_in_force(self, inventory: Inventory) -> None:
        """Make an inventory the drawing; it is as who reads it from the journal has it.

        Raises:
            StateError: that is for another to do.
        """
        self.inventory = inventory
        if self._leading is None:
            raise StateError(
                f"{self.turn.holder or 'another'} leads and puts inventories in force", "reload it there"
            )
        self._leading.put_in_force(inventory)

    async def _take_order(self, order: Mapping[str, Any], by: str) -> Mapping[str, Any]:
        """Journal what a person tells over the control socket, or have it journalled by who leads.

        Raises:
            UsageError: it cannot be understood, or names what there is not.
            AwayError: nobody leads.
        """
        if self._leading is not None or asks_for_windows(order):
            return await self._answer(order, by)
        return await self.turn.pass_on(order, by)

    async def _answer(self, order: Mapping[str, Any], by: str) -> Mapping[str, Any]:
        write = None if self._leading is None else self._leading.write
        return take_order(order, self.view().picture, write, by=by, at=self.clock.wall())

    # -- what the faces read ----------------------------------------------------------------------------------

    def view(self) -> View:
        """Return what the exporter shows: the picture, and how this folder fares."""
        picture = self._ahead.picture
        if picture is None:
            picture = replace(Picture.empty(self.inventory), at=self._started)
        writer = WriterStatus() if self._leading is None else self._leading.writer.status()
        return View(
            picture=picture,
            milestones=tuple(self.folding.milestones),
            written=self.folding.picture,
            daemon=daemon_status(
                Parts(self.folding, self.reloading, self.faces),
                writer,
                started=self._started,
                leads=self._leading is not None,
                not_ready=self._missing(),
                checkpoint=self._kept,
                is_journal_failing=bool(self._failing or writer.failing),
                apart=self._journal.apart if self._journal else 0,
                missing=self._journal.missing if self._journal else 0,
            ),
        )

    def _missing(self) -> tuple[str, ...]:
        """Return in words what is still waited for before verdicts can be trusted."""
        if self.folding.picture is None:
            return ("no inventory in force yet",)
        if self._is_gone or not self._has_caught_up:
            return ("the journal has not been read to its end yet",)
        return ()
