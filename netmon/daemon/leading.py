"""How a folder leads: it writes the journal, hears the probers, and does what the fold asks for."""

from __future__ import annotations

import asyncio
import logging

from netmon.clock import Clock
from netmon.daemon.announcing import tell
from netmon.daemon.fold_loop import FoldLoop
from netmon.daemon.inbox import Inbox
from netmon.daemon.keeping import Keeping
from netmon.daemon.turn import Turn
from netmon.daemon.undone import Undone
from netmon.ending import end_all
from netmon.events import (
    Announce,
    CheckServices,
    Confirm,
    Effect,
    Elapsed,
    Event,
    InventoryInForce,
    ProbingGap,
    ReadPorts,
    Record,
    Wake,
)
from netmon.journal.writer import JournalWriter
from netmon.model import Inventory, Reach
from netmon.picture.state import Picture
from netmon.picture.views import share_of

log = logging.getLogger(__name__)

GLANCE = 0.25
"""Seconds from one look whether it is still this folder's turn to the next."""
SILENT = 15.0
"""Seconds without a word of coverage from who probes and writes by itself, after which it is taken for dead."""


class Leading:
    """One time in which a folder leads.

    Args:
        prober: the name of who probes and writes by itself.
        clock: dates what is written.
        turn: whose turn it is.
        folding: what the entries become.
        undone: what was asked for up to now.
        writer: writes the journal.
        keeping: keeps checkpoints of it.
        inbox: hears its probers.
    """

    def __init__(
        self,
        prober: str,
        clock: Clock,
        turn: Turn,
        folding: FoldLoop,
        undone: Undone,
        writer: JournalWriter,
        keeping: Keeping,
        inbox: Inbox,
    ) -> None:
        self.writer = writer
        self._prober = prober
        self._clock = clock
        self._turn = turn
        self._folding = folding
        self._undone = undone
        self._keeping = keeping
        self._inbox = inbox
        self._is_over = False

    async def run(self, inventory: Inventory) -> None:
        """Write until it is another's turn, or another has written; an empty journal begins with this inventory.

        It must be as who reads it from the journal has it (`as_journalled`).
        """
        self._folding.watchers.append(self._folded)
        self._begin(inventory)
        writing = asyncio.create_task(self.writer.run(), name="journal")
        parts = [
            asyncio.create_task(self._until_lost(), name="lost"),
            asyncio.create_task(self.writer.overtaken.wait(), name="overtaken"),
            asyncio.create_task(self._keeping.run(), name="keeping"),
            asyncio.create_task(self._inbox.run(), name="inbox"),
        ]
        is_over = False
        try:
            ended, _ = await asyncio.wait([writing, *parts], return_when=asyncio.FIRST_COMPLETED)
            is_over = True
        finally:
            self._is_over = True
            self._folding.watchers.remove(self._folded)
            await end_all(*parts)
            self.writer.close()
            await writing
            if self.writer.overtaken.is_set():
                await self._turn.stand_back()
            # Who loses its turn goes on, or another does, and of a country a checkpoint takes seconds.
            if not is_over and not self.writer.status().buffered and self._turn.is_mine:
                await self._keeping.look(ending=True)
        log.warning("leads no more; %d entries were not written", self.writer.status().buffered)
        for task in ended:
            task.result()

    @property
    def has_dreamt(self) -> bool:
        """True when something was folded that is not in the journal: it has not happened, nobody else knows of it."""
        status = self.writer.status()
        return bool(status.buffered or status.lost)

    def write(self, *events: Event) -> None:
        """Write one entry."""
        self.writer.submit(events, self._clock.wall())

    def put_in_force(self, inventory: Inventory) -> None:
        """Make an inventory the drawing, if it is another than the one in force; see `run`."""
        now, picture = self._clock.wall(), self._folding.picture
        if picture is None or picture.inventory.digest != inventory.digest:
            self.writer.submit([InventoryInForce(now, inventory.digest)], now, inventory)

    def carry_out(self, effect: Effect) -> None:
        """Do what the fold asks for."""
        match effect:
            case Wake():
                self._wake_at(effect.at)
            case Record():
                self.write(effect.event)
            case Confirm() | ReadPorts() | CheckServices():
                self._inbox.ask(effect)
            case Announce():
                tell(effect, self._folding.picture)

    def _begin(self, inventory: Inventory) -> None:
        """Put the inventory in force if there is none, and make good what the last that led left undone."""
        picture = self._folding.picture
        if picture is None:
            self.put_in_force(inventory)
            return
        if self._prober not in picture.coverage and (unheard := _unheard(picture.inventory)):
            log.warning("%d services stay unknown without a netmon that probes itself, such as %s", *unheard)
        self.write(*self._undone.causes.values(), Elapsed(self._clock.wall()))
        for at in self._undone.wakes:
            self._wake_at(at)

    def _folded(self, _before: Picture, _after: Picture) -> None:
        self._inbox.folded()

    async def _until_lost(self) -> None:
        while self._turn.is_mine:
            self._look_after_prober()
            await asyncio.sleep(GLANCE)

    def _look_after_prober(self) -> None:
        """Write that nothing is known any more, when the one that probed and wrote before has died without a word."""
        picture, prober = self._folding.picture, self._prober
        if picture is None or prober not in picture.coverage:
            return
        at, until = max(self._clock.wall(), picture.at), picture.coverage[prober]
        own = share_of(picture, None)
        knows = any(own.has(name) and state.reach is not Reach.UNKNOWN for name, state in own.nodes.items())
        if at - until > SILENT and knows and not self.writer.status().buffered:
            self.write(ProbingGap(at, prober, until, "who probed has ended without a word"))

    def _wake_at(self, at: float) -> None:
        asyncio.get_running_loop().call_later(max(at - self._clock.wall(), 0.0), self._wake)

    def _wake(self) -> None:
        if not self._is_over:
            self.write(Elapsed(self._clock.wall()))


def _unheard(inventory: Inventory) -> tuple[int, str] | None:
    """Return how many services nobody but a daemon with probes can know of, and one of them; None: there are none."""
    names = sorted(name for name, one in inventory.services.items() if one.probe is not None and not one.is_asked)
    return (len(names), names[0]) if names else None
