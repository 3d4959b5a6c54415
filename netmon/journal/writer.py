"""The writer: appends in a thread of its own, so that a slow disk never delays a probe.

Entries reach the fold when they are durable. While the journal fails, they reach it all the same and wait in memory,
bounded, to be written when it works again: probing and metrics go on, and the trouble shows. What is lost beyond the
bound leaves a gap in the journal that says so: nothing is believed to be known of that time.
"""

from __future__ import annotations

import asyncio
import bisect
import contextlib
import logging
import math
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from netmon.errors import StateError
from netmon.events import Entry, Event, InventoryInForce, ProbingGap
from netmon.journal.protocol import Journal, OvertakenError
from netmon.model import Inventory

log = logging.getLogger(__name__)

RETRY = 0.25
"""Seconds between tries while the journal fails, and nothing new is to be written."""
BATCH = 1_000
"""Entries in one transaction at most."""
LONGEST_TURN = 0.02
"""Seconds for which entries are passed on in one go: a backlog must not keep the probers from their turn."""
BOUND = 100_000
"""Entries kept in memory while the journal fails; beyond that the oldest are lost, and counted."""


@dataclass(frozen=True, slots=True)
class WriterStatus:
    """How the journal fares: `failing` is the reason, or empty."""

    position: int = 0
    buffered: int = 0
    lost: int = 0
    failing: str = ""


class JournalWriter:
    """Numbers events into entries, writes them, and passes each on once, in order."""

    def __init__(self, journal: Journal, deliver: Callable[[Entry], None], *, bound: int = BOUND) -> None:
        self._journal = journal
        self._deliver = deliver
        self._bound = bound
        self._next = journal.last_position() + 1
        self._backlog: deque[Entry] = deque()
        self._delivered = self._next - 1
        self._passing: Sequence[Entry] = ()
        self._written = self._next - 1
        self._lost = 0
        self._gap: Entry | None = None
        self._failing = ""
        self.overtaken = asyncio.Event()
        """Set when another process has written the journal since: what waits here will never be in it."""
        self._wanted = asyncio.Event()
        self._closing = False

    def submit(self, events: Sequence[Event], at: float, inventory: Inventory | None = None) -> int:
        """Queue the events of one turn as one entry dated `at`; return its position, or the last one's if none."""
        if not events:
            return self._next - 1
        self._backlog.append(Entry(self._next, at, tuple(events), inventory))
        self._next += 1
        if len(self._backlog) > self._bound:
            self._gap = _widened(self._gap, self._backlog.popleft())
            self._lost += 1
        self._wanted.set()
        return self._next - 1

    def status(self) -> WriterStatus:
        """Return how the journal fares."""
        return WriterStatus(self._written, len(self._backlog), self._lost, self._failing)

    def passed_on_until(self) -> float:
        """Return the date up to which every entry has been passed on; infinity when none waits."""
        passed = bisect.bisect_right(self._passing, self._delivered, key=lambda entry: entry.position)
        if passed < len(self._passing):  # the backlog holds these no more: they are written
            return self._passing[passed].at
        first = self._delivered + 1 - (self._backlog[0].position if self._backlog else self._next)
        return self._backlog[max(first, 0)].at if first < len(self._backlog) else math.inf

    async def run(self) -> None:
        """Write until closed, and then until nothing is queued or the journal fails."""
        while True:
            if self._failing and not self._closing:
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._wanted.wait(), RETRY)
            elif not self._closing:
                await self._wanted.wait()
            self._wanted.clear()
            is_last = self._closing  # a try that began before may have failed of what is over
            await self._write()
            if is_last and (self._failing or not self._backlog):
                if self._backlog:
                    log.error("%d entries could not be written and are lost: %s", len(self._backlog), self._failing)
                return

    def close(self) -> None:
        """Let `run` write what is queued and return."""
        self._closing = True
        self._wanted.set()

    async def _write(self) -> None:
        gap = self._gap
        batch = self._waiting()[:BATCH]
        if not batch:
            return
        writing = asyncio.ensure_future(asyncio.to_thread(self._journal.append, batch))
        while self._failing and not writing.done():  # nobody waits for another try to fail
            await self._pass_on(self._waiting())
            news = asyncio.ensure_future(self._wanted.wait())
            await asyncio.wait({writing, news}, return_when=asyncio.FIRST_COMPLETED)
            news.cancel()
            if not writing.done():
                self._wanted.clear()
        try:
            await writing
        except StateError as error:
            if not self._failing:
                log.error("events wait in memory: %s", error)
            self._failing = error.message
            if isinstance(error, OvertakenError):
                self.overtaken.set()
            batch = self._waiting()
        else:
            if self._failing:
                log.warning("the journal works again; %d events were lost meanwhile", self._lost)
            self._failing = ""
            self._written = batch[-1].position
            # What made room for more while it was being written is not lost after all.
            if self._gap is gap or (self._gap is not None and self._gap.position <= self._written):
                self._gap = None
            while self._backlog and self._backlog[0].position <= self._written:
                self._backlog.popleft()
            if self._backlog:
                self._wanted.set()
        await self._pass_on(batch)

    def _waiting(self) -> tuple[Entry, ...]:
        return (*(() if self._gap is None else (self._gap,)), *self._backlog)

    async def _pass_on(self, entries: Sequence[Entry]) -> None:
        """Pass on those of these entries that were not yet, in order."""
        paused, self._passing = time.monotonic(), entries
        for entry in entries:
            if entry.position > self._delivered:
                self._delivered = entry.position
                self._deliver(entry)
                if time.monotonic() - paused > LONGEST_TURN:
                    await asyncio.sleep(0)
                    paused = time.monotonic()
        self._passing = ()


def _widened(gap: Entry | None, lost: Entry) -> Entry:
    """Return the entry that stands in the journal for those that were lost, this one included.

    It has the position of the latest. An inventory that came into force among them stays in force.
    """
    if gap is not None and lost.inventory is None:
        in_force, inventory = gap.events[:-1], gap.inventory
    else:
        in_force = tuple(event for event in lost.events if isinstance(event, InventoryInForce))
        inventory = lost.inventory
    last = None if gap is None else gap.events[-1]
    since = last.since if isinstance(last, ProbingGap) else lost.at
    blind = ProbingGap(lost.at, "journal", since, "events could not be written and were lost")
    return Entry(lost.position, lost.at, (*in_force, blind), inventory)
