"""Ping by hand: a few requests to each of many addresses, without belief or memory."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from netmon.clock import Clock
from netmon.probes.icmp.engine import Engine
from netmon.probes.icmp.inflight import EXTRA
from netmon.probes.icmp.measurements import PathError
from netmon.probes.icmp.settings import IcmpSettings
from netmon.probes.sockets import Sockets

_SPACING = 0.0005
"""Seconds between the first requests to different addresses, unless the interval is too short for that."""
_TICK = 0.01


@dataclass(frozen=True, slots=True)
class PingSettings:
    """Requests to each address (0 = until stopped), seconds between them, and seconds to wait for each reply."""

    count: int = 4
    interval: float = 1.0
    timeout: float = 1.0


@dataclass(frozen=True, slots=True)
class Pinged:
    """What became of one address. Round trips are seconds, None without a reply; `lost` leaves out what is under way.

    `send_error` is the errno of the last request that could not leave, 0 when all did.
    """

    address: str
    sent: int
    received: int
    lost: int
    rtt_min: float | None
    rtt_mean: float | None
    rtt_max: float | None
    rtt_deviation: float | None
    path_error: PathError | None
    send_error: int


class Ping:
    """One run over a list of addresses; the same address may stand in it twice.

    Args:
        sockets: where sockets come from.
        clock: dates everything.
        addresses: IP addresses.
        settings: how many, how fast, how patient.

    Raises:
        PrivilegeError: no ICMP socket may be opened.
    """

    def __init__(self, sockets: Sockets, clock: Clock, addresses: Sequence[str], settings: PingSettings) -> None:
        count = len(addresses)
        depth = 1 << math.ceil(math.log2(settings.timeout / settings.interval + 2))
        self._clock = clock
        self._settings = settings
        self._addresses = addresses
        self._engine = Engine(sockets, clock, IcmpSettings(late_after=settings.timeout), capacity=count, depth=depth)
        self._engine.place(range(count), addresses)
        self._due = np.arange(count) * min(_SPACING, settings.interval / count)
        self._sent = np.zeros(count, np.int64)
        self._lost = np.zeros(count, np.int64)
        self._received = np.zeros(count, np.int64)
        self._measured = np.zeros(count, np.int64)
        self._rtt_sum, self._rtt_squares = np.zeros(count), np.zeros(count)
        self._rtt_min, self._rtt_max = np.full(count, np.inf), np.full(count, -np.inf)
        self._send_errors = np.zeros(count, np.int64)
        self._path_errors: dict[int, PathError] = {}

    async def run(self, on_turn: Callable[[], None] = lambda: None) -> None:
        """Ping until every request is answered or missed, or until cancelled; `on_turn` is called between turns."""
        start = self._clock.monotonic()
        try:
            while not self._is_done():
                self._turn(self._clock.monotonic() - start)
                on_turn()
                await asyncio.sleep(_TICK)
        finally:
            self._engine.close()

    def results(self) -> list[Pinged]:
        """Return what became of each address up to now, in the order they were given."""
        return [self._result(slot, address) for slot, address in enumerate(self._addresses)]

    def _is_done(self) -> bool:
        if not self._settings.count or np.count_nonzero(self._sent < self._settings.count):
            return False
        return not math.isfinite(self._engine.in_flight.oldest_waiting())

    def _turn(self, elapsed: float) -> None:
        for replies in self._engine.receive():
            slots, rtt = replies.slots, replies.rtt
            np.add.at(self._received, slots, 1)
            measured = ~np.isnan(rtt)
            slots, rtt = slots[measured], rtt[measured]
            np.add.at(self._measured, slots, 1)
            np.add.at(self._rtt_sum, slots, rtt)
            np.add.at(self._rtt_squares, slots, rtt * rtt)
            np.minimum.at(self._rtt_min, slots, rtt)
            np.maximum.at(self._rtt_max, slots, rtt)
        np.add.at(self._lost, self._engine.overdue().slots, 1)
        for slot, error in self._engine.errors():
            self._path_errors[slot] = PathError(error.kind, error.reporter, self._clock.wall())
        is_due = self._due <= elapsed
        if self._settings.count:
            is_due &= self._sent < self._settings.count
        slots = np.flatnonzero(is_due)
        if len(slots):
            failures = self._engine.send(slots, np.full(len(slots), self._settings.timeout), EXTRA)
            self._sent[slots] += 1
            self._lost[failures.slots] += 1
            self._send_errors[failures.slots] = failures.errors
            self._due[slots] += self._settings.interval

    def _result(self, slot: int, address: str) -> Pinged:
        measured = int(self._measured[slot])
        mean = float(self._rtt_sum[slot]) / measured if measured else None
        deviation = None
        if mean is not None:
            deviation = math.sqrt(max(0.0, float(self._rtt_squares[slot]) / measured - mean * mean))
        return Pinged(
            address=address,
            sent=int(self._sent[slot]),
            received=int(self._received[slot]),
            lost=int(self._lost[slot]),
            rtt_min=float(self._rtt_min[slot]) if measured else None,
            rtt_mean=mean,
            rtt_max=float(self._rtt_max[slot]) if measured else None,
            rtt_deviation=deviation,
            path_error=self._path_errors.get(slot),
            send_error=int(self._send_errors[slot]),
        )
