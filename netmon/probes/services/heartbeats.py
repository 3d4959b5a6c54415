"""Services that say by themselves that they live: they push, and this is who hears it.

A kiosk stands behind the village's own router, often behind address translation; what it sends out arrives, and what
is sent to it does not. Each has a token of its own. See ADR 0032.
"""

from __future__ import annotations

import asyncio
import hmac
import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from netmon.clock import Clock
from netmon.errors import NetmonError
from netmon.events import Event
from netmon.model import Inventory, SecretRef, Service
from netmon.probes.belief.heartbeat import HeartbeatBelief, heard, waited

log = logging.getLogger(__name__)

LOOK = 1.0
"""Seconds between two looks for who is late."""

Emit = Callable[[Sequence[Event]], None]


@dataclass(frozen=True, slots=True)
class HeartbeatMeasurements:
    """When each service was last heard, Unix seconds; how many were taken and refused since the start."""

    heard: Mapping[str, float]
    taken: int
    refused: int


class Heartbeats:
    """Hears the services of the inventory that have a `heartbeat`."""

    def __init__(self, clock: Clock, reveal: Callable[[SecretRef], str]) -> None:
        self._clock = clock
        self._reveal = reveal
        self._services: dict[str, Service] = {}
        self._tokens: dict[str, bytes] = {}
        self._beliefs: dict[str, HeartbeatBelief] = {}
        self._heard: dict[str, float] = {}
        self._asked: set[str] = set()
        self._taken = self._refused = 0
        self._emit: Emit | None = None

    def set_inventory(self, inventory: Inventory) -> None:
        """Hear the services of this inventory; what is believed of those that stay is kept. Tokens are read again."""
        self._services = {s.id: s for s in inventory.services.values() if s.probe == "heartbeat"}
        now = HeartbeatBelief(self._clock.wall(), self._clock.monotonic())
        self._beliefs = {name: self._beliefs.get(name, now) for name in self._services}
        self._heard = {name: at for name, at in self._heard.items() if name in self._services}
        self._asked &= self._services.keys()
        self._tokens = {}
        for name, service in self._services.items():
            try:
                self._tokens[name] = self._reveal(service.heartbeat or SecretRef()).encode()
            except NetmonError as error:
                log.warning("the heartbeat of %s cannot be accepted: %s", name, error)

    def hear(self, service: str, token: bytes) -> bool:
        """Take a heartbeat; False when the token is not that of the service, or there is no such service.

        Nothing tells the two apart, neither the answer nor the time it takes.
        """
        expected = self._tokens.get(service)
        is_right = hmac.compare_digest(token, expected if expected is not None else b"\0" * len(token))
        if expected is None or not is_right:
            self._refused += 1
            return False
        self._taken += 1
        at = self._heard[service] = self._clock.wall()
        is_asked = service in self._asked
        self._asked.discard(service)
        belief, events = heard(self._beliefs[service], service, at, self._clock.monotonic(), is_asked=is_asked)
        self._beliefs[service] = belief
        if events and self._emit is not None:
            self._emit(events)
        return True

    def check_now(self, services: Iterable[str]) -> None:
        """Say of these services that they live when they are heard next: they cannot be asked."""
        self._asked.update(name for name in services if name in self._services)

    async def run(self, emit: Emit) -> None:
        """Watch for who falls silent, until cancelled; what was missed before is waited for from now on."""
        self._emit = emit
        now = HeartbeatBelief(self._clock.wall(), self._clock.monotonic())
        self._beliefs = dict.fromkeys(self._services, now)
        while True:
            await asyncio.sleep(LOOK)
            self._look()

    def _look(self) -> None:
        at, monotonic = self._clock.wall(), self._clock.monotonic()
        said: list[Event] = []
        for name, service in self._services.items():
            self._beliefs[name], events = waited(self._beliefs[name], name, service.interval, at, monotonic)
            said += events
        if said and self._emit is not None:
            self._emit(said)

    def measurements(self) -> HeartbeatMeasurements:
        """Return when each service was last heard, and the counters."""
        return HeartbeatMeasurements(dict(self._heard), self._taken, self._refused)
