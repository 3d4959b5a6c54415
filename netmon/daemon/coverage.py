"""When it is journalled that probing was alive, and when systemd's watchdog is fed."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable, Sequence

from netmon.clock import Clock
from netmon.daemon import systemd
from netmon.daemon.settings import Settings
from netmon.events import Coverage, Event
from netmon.picture.state import Picture
from netmon.probes.icmp.interruptions import STEP

WHILE_ISLANDS_WAIT = 1.0
"""Seconds between two words of coverage while an island waits: they are what its patience is measured by."""


class CoverageTeller:
    """Journals now and then that probing was alive; feeds the watchdog when it was.

    A journal that cannot be written holds coverage back, not the watchdog: a restart would lose what waits.

    Args:
        settings: how often, and in whose name.
        probed: returns up to when probing was alive, Unix seconds.
        passed_on: returns up to when all is folded; what is not may hold a question not asked yet.
        picture: returns the current picture.
        clock: dates the words.
        emit: takes them.
    """

    def __init__(
        self,
        settings: Settings,
        probed: Callable[[], float],
        passed_on: Callable[[], float],
        picture: Callable[[], Picture | None],
        clock: Clock,
        emit: Callable[[Sequence[Event]], None],
    ) -> None:
        self._settings = settings
        self._probed = probed
        self._passed_on = passed_on
        self._picture = picture
        self._clock = clock
        self._emit = emit

    async def run(self) -> None:
        """Look whether there is something to tell, until cancelled."""
        probed, covered, told = 0.0, 0.0, -math.inf
        while True:
            await asyncio.sleep(min(self._settings.coverage_interval, WHILE_ISLANDS_WAIT))
            before, probed = probed, self._probed()
            if probed != before:
                systemd.alive()
            until = min(probed, self._passed_on())
            now, picture = self._clock.monotonic(), self._picture()
            awaited = picture is not None and picture.pending
            if now - told < self._settings.coverage_interval and not awaited:
                continue
            if until > covered or until < covered - STEP:  # the latter: the clock was set back
                covered, told = until, now
                self._emit([Coverage(self._clock.wall(), self._settings.prober, until)])
