"""What the fold asks for, and where traps point: each carried out by the prober it concerns."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

from netmon.clock import Clock
from netmon.daemon.announcing import tell
from netmon.daemon.instruments import Instruments
from netmon.events import (
    Announce,
    CheckServices,
    Confirm,
    Effect,
    Elapsed,
    Event,
    ReadPorts,
    Record,
    Wake,
)
from netmon.picture.state import Picture
from netmon.probes.traps.hints import Look

REROUTE = 1.0
"""Seconds in which routing usually finds its way around a cut: the far end is not polled before, only pinged."""


class Effects:
    """Carries effects out, on the event loop.

    Args:
        instruments: confirm nodes, read ports, check services.
        clock: dates what is asked and what has come.
        emit: takes the events that effects become.
        picture: returns the current picture, from which faults are put into words.
    """

    def __init__(
        self,
        instruments: Instruments,
        clock: Clock,
        emit: Callable[[Sequence[Event]], None],
        picture: Callable[[], Picture | None],
    ) -> None:
        self._instruments = instruments
        self._clock = clock
        self._emit = emit
        self._picture = picture

    def carry_out(self, effect: Effect) -> None:
        """Do what the fold asks for."""
        match effect:
            case Confirm():
                self._instruments.icmp.confirm(effect)
            case ReadPorts():
                self._instruments.snmp.read_again(effect.nodes)
            case CheckServices():
                self._instruments.services.check_now(effect.services)
                self._instruments.heartbeats.check_now(effect.services)
            case Wake():
                delay = max(effect.at - self._clock.wall(), 0.0)
                asyncio.get_running_loop().call_later(delay, self._wake)
            case Record():
                self._emit([effect.event])
            case Announce():
                tell(effect, self._picture())

    def heed(self, look: Look) -> None:
        """Look at once where a trap points: what the probes find is the evidence, not the trap."""
        self._instruments.snmp.renew(look.poll, look.parts)
        self._instruments.snmp.poll_now(look.poll)
        self._instruments.snmp.poll_now(look.poll_later, delay=REROUTE)
        if look.ping:
            self._instruments.icmp.confirm(Confirm(look.ping, self._clock.wall()))

    def _wake(self) -> None:
        self._emit([Elapsed(self._clock.wall())])
