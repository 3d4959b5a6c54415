"""The gate before every read of an ONU's light: what may be asked is first written down, then asked."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence

from netmon.clock import Clock
from netmon.errors import StateError
from netmon.probes.snmp.onu_budget import due, remembered, still_worth
from netmon.probes.snmp.read_times import MemoryReadTimes, ReadTimes

log = logging.getLogger(__name__)


class OnuMeter:
    """The budget of one OLT, across restarts. What cannot be written down is not asked."""

    def __init__(self, olt: str, clock: Clock, times: ReadTimes) -> None:
        self._olt = olt
        self._clock = clock
        self._times = times
        self._asked: dict[str, float] | None = None  # on the monotonic clock
        self._one_at_a_time = asyncio.Lock()  # two nodes of the inventory may be one OLT

    async def take(self, onus: Sequence[str], most: int) -> Sequence[str]:
        """Return those of the ONUs, at most `most`, to be asked about now; each counts as asked from now on."""
        async with self._one_at_a_time:
            return await self._take(onus, most)

    async def _take(self, onus: Sequence[str], most: int) -> Sequence[str]:
        try:
            if self._asked is None:
                stored = await asyncio.to_thread(self._times.load, self._olt)
                self._asked = remembered(stored, self._clock.wall(), self._clock.monotonic())
            now = self._clock.monotonic()
            chosen = due(onus, self._asked, now, most)
            if chosen:
                self._asked = {**still_worth(self._asked, onus, now), **dict.fromkeys(chosen, now)}
                await asyncio.to_thread(self._times.keep, self._olt, chosen, self._clock.wall())
        except StateError as error:
            log.error("the light of the ONUs of %s is not read: %s", self._olt, error)
            return ()
        return chosen


def unkept_meter(olt: str, clock: Clock) -> OnuMeter:
    """Return a budget that nothing else shares: for one reading by hand."""
    return OnuMeter(olt, clock, MemoryReadTimes())
