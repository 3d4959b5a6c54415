"""Count who uses the public wifi: every few seconds, from what the polls of its access points found."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence

from netmon.clock import Clock
from netmon.events import Event
from netmon.model import WIFI, Inventory, Service
from netmon.probes.evidence.clients import Usage, clients_of, tallied, together
from netmon.probes.snmp.reading import DevicePoll

LOOK = 5.0
"""Seconds between two counts."""
STALE = 3.0
"""Polls of its interval that an access point may miss before its last count is worth nothing."""

Emit = Callable[[Sequence[Event]], None]


class WifiCounter:
    """Counts the clients of the services of kind `wifi` at the access points they depend on.

    Args:
        clock: dates everything.
        polls: returns the latest poll of every node.
    """

    def __init__(self, clock: Clock, polls: Callable[[], Mapping[str, DevicePoll]]) -> None:
        self._clock = clock
        self._polls = polls
        self._services: dict[str, Service] = {}
        self._patience: dict[str, float] = {}
        self._usages: dict[str, Usage] = {}
        self._counts: dict[str, int] = {}

    def set_inventory(self, inventory: Inventory) -> None:
        """Count the wifi of this inventory; what is known of those that stay is kept."""
        before = self._services
        self._services = {s.id: s for s in inventory.services.values() if s.probe == WIFI}
        kept = {name for name, s in self._services.items() if name in before and before[name] == s}
        self._usages = {name: usage for name, usage in self._usages.items() if name in kept}
        self._counts = {name: count for name, count in self._counts.items() if name in kept}
        points = {node for service in self._services.values() for node in service.depends_on}
        self._patience = {
            name: STALE * node.snmp.interval
            for name, node in inventory.nodes.items()
            if name in points and node.snmp is not None
        }

    async def run(self, emit: Emit) -> None:
        """Count until cancelled; `emit` gets the events of each look that has any."""
        while True:
            await asyncio.sleep(LOOK)
            self.look(emit)

    def look(self, emit: Emit) -> None:
        """Count once."""
        at, polls = self._clock.wall(), self._polls()
        said: list[Event] = []
        for name, service in self._services.items():
            count = together(self._count(polls.get(node), node, at) for node in service.depends_on)
            self._usages[name], events = tallied(self._usages.get(name, Usage()), name, at, count)
            said += events
            if count is None:
                self._counts.pop(name, None)
            else:
                self._counts[name] = count
        if said:
            emit(said)

    def measurements(self) -> Mapping[str, int]:
        """Return the clients of every wifi that is counted now."""
        return dict(self._counts)

    def _count(self, poll: DevicePoll | None, node: str, at: float) -> int | None:
        if poll is None or at - poll.ended > self._patience.get(node, 0.0):
            return None
        return clients_of(poll)
