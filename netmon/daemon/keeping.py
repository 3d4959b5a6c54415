"""What is kept: a checkpoint now and then, so that the next start is quick, and no more history than is wanted."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from dataclasses import replace

from netmon.errors import StateError
from netmon.journal.protocol import Journal
from netmon.journal.writer import WriterStatus
from netmon.picture.state import Picture
from netmon.recall.snapshot import freeze

log = logging.getLogger(__name__)

EVERY = 5_000
"""Entries from one checkpoint to the next: a start folds no more than these."""
COSTLY = 0.5
"""Seconds of folding from one checkpoint to the next: in a storm each entry takes longer, and a start would too."""
WORTH = 4.0
"""Times what the last checkpoint took that folding must have taken since: of a country, one takes seconds itself."""
LOOK = 5.0
"""Seconds from one look whether a checkpoint is due to the next."""
TIDY = 3_600.0
"""Seconds from one look for entries that are too old to the next, and to the first after a start or a stepped clock.

A machine that boots in the next year must not drop what is a day old: it hears the time within minutes.
"""
EVEN = 60.0
"""Seconds by which the picture's time may go faster or slower than time itself, and is not stepped."""


class Keeping:
    """Writes checkpoints and drops old entries, in a thread of its own.

    Args:
        journal: what to keep them in.
        picture: returns the current picture.
        written: returns how the writer fares.
        spent: returns the seconds that folding has taken up to now.
        began: position up to which there is a checkpoint already.
        retention: seconds for which entries are kept; None for ever.
        monotonic: tells the time that no step changes, in seconds.
    """

    def __init__(
        self,
        journal: Journal,
        picture: Callable[[], Picture | None],
        written: Callable[[], WriterStatus],
        spent: Callable[[], float],
        *,
        began: int = 0,
        retention: float | None = None,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self.position = began
        self._journal = journal
        self._picture = picture
        self._written = written
        self._spent = spent
        self._spent_before = spent()
        self._retention = retention
        self._cost = 0.0
        self._bridged = 0
        self._monotonic = monotonic
        self._even_since: tuple[float, float] | None = None  # by the picture, and by what no step changes
        self._failing = False

    async def run(self) -> None:
        """Look now and then, until cancelled."""
        while True:
            await self.look()
            await asyncio.sleep(LOOK)

    async def look(self, *, ending: bool = False) -> None:
        """Write a checkpoint if one is due, and drop what is too old; at the end any new entry makes it due.

        After events were lost it is due at once, and the journal begins anew with it: the picture knows them still.
        """
        picture, status = self._picture(), self._written()
        if picture is None or status.failing or status.position < picture.position:
            return
        is_base = status.lost > self._bridged
        spent, count = self._spent(), picture.position - self.position
        is_costly = spent - self._spent_before >= max(COSTLY, WORTH * self._cost)
        due = is_base or count >= (1 if ending else EVERY) or (count > 0 and is_costly)
        if due and await self._try(self._keep, picture, is_base):
            self.position, self._bridged, self._spent_before = picture.position, status.lost, spent
        if self._retention is None or not self._has_gone_evenly(picture.at):
            return
        if await self._try(self._forget, picture.at - self._retention):
            self._even_since = picture.at, self._monotonic()

    def _has_gone_evenly(self, at: float) -> bool:
        """Tell whether the picture's time has gone on for long enough, and no clock was stepped meanwhile."""
        now = self._monotonic()
        if self._even_since is not None:
            passed, lived = at - self._even_since[0], now - self._even_since[1]
            if abs(passed - lived) < EVEN:
                return lived >= TIDY
        self._even_since = at, now
        return False

    def _keep(self, picture: Picture, is_base: bool) -> None:
        began = time.thread_time()
        self._journal.keep(replace(freeze(picture), is_base=is_base))
        self._cost = time.thread_time() - began

    def _forget(self, before: float) -> None:
        dropped = self._journal.forget(before)
        if dropped:
            log.info("dropped %d journal entries that were too old", dropped)

    async def _try(self, write: Callable[..., None], *arguments: object) -> bool:
        """Return whether it was done. Without a checkpoint only the next start is slower: say it once and go on."""
        try:
            await asyncio.to_thread(write, *arguments)
        except StateError as error:
            if not self._failing:
                log.warning("no checkpoint could be kept: %s", error)
            self._failing = True
            return False
        self._failing = False
        return True
