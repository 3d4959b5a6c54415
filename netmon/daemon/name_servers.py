"""Who finds the name servers of services."""

from __future__ import annotations

from typing import TYPE_CHECKING

from netmon.clock import Clock
from netmon.probes.services.prober import ServersOf
from netmon.probes.sockets import KernelSockets, Sockets

if TYPE_CHECKING:
    from netmon.probes.dns.zones import Zones


def zones_of(sockets: Sockets, clock: Clock) -> ServersOf | None:
    """Return what finds name servers, by those this machine asks; None in a network that has names of its own."""
    if sockets.network != KernelSockets.network:
        return None
    zones: Zones | None = None

    async def servers_of(host: str) -> tuple[str, ...]:
        nonlocal zones
        if zones is None:
            from netmon.probes.dns.zones import Zones, system_resolvers  # noqa: PLC0415 (who checks no name)

            zones = Zones(sockets, clock, system_resolvers())
        return await zones.servers_of(host)

    return servers_of
