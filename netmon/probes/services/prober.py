"""Check services: websites, name servers and whatever listens, each on its own turn.

A failed check is made again soon; two in a row make a service down. Where a service's name leads is journalled when
it changes: many that lead to one address share its fate.
"""

from __future__ import annotations

import ipaddress
import ssl
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple
from urllib.parse import urlsplit

from netmon.clock import Clock
from netmon.events import Event, ServiceAt, ServiceConfirmed, ServiceDown, ServiceNamedBy
from netmon.model import Inventory, Reach, Service, ServiceFailure
from netmon.probes.agenda import phase
from netmon.probes.belief.services import ServiceBelief, judge
from netmon.probes.services.check import check
from netmon.probes.services.lookups import Lookups
from netmon.probes.services.places import Places
from netmon.probes.services.result import ServiceResult
from netmon.probes.sockets import Sockets
from netmon.probes.turns import Turns

FIRST_CHECKS = 5.0  # seconds over which the first checks of new services are spread, whatever their interval
RECHECK = 5.0  # seconds from a first failure to the check that confirms or clears it
FEW = 10  # services that are checked at one time when they are asked for
SETTLED = 600.0  # seconds between two words on where a service's name leads

Emit = Callable[[Sequence[Event]], None]
ServersOf = Callable[[str], Awaitable[tuple[str, ...]]]
"""Finds the name servers that a host name hangs by."""


@dataclass(frozen=True, slots=True)
class ServiceMeasurements:
    """The latest check of every service, and counters since the start: failures by the kind of check."""

    results: Mapping[str, ServiceResult]
    probes: Mapping[str, str]
    checks_total: Mapping[str, int]
    failures: Mapping[tuple[str, ServiceFailure], int]
    skipped: int


class _Address(NamedTuple):
    """Where a service's name leads, and when (monotonic) that was told."""

    address: str
    told: float


class ServiceProber:
    """Checks the services of the inventory that say what to check, each on its own turn."""

    def __init__(
        self,
        sockets: Sockets,
        clock: Clock,
        tls: ssl.SSLContext | None = None,
        zones: ServersOf | None = None,
    ) -> None:
        self._sockets = sockets
        self._servers_of = zones
        self._servers: dict[str, tuple[str, ...]] = {}
        self._clock = clock
        self._tls = tls
        self._turns = Turns(clock, self._check, self._broke_off)
        self._services: dict[str, Service] = {}
        self._beliefs: dict[str, ServiceBelief] = {}
        self._latest: dict[str, ServiceResult] = {}
        self._asked: set[str] = set()
        self._checks_total: Counter[str] = Counter()
        self._failures: Counter[tuple[str, ServiceFailure]] = Counter()
        self._places = Places()
        self._lookups = Lookups()
        self._addresses: dict[str, _Address] = {}
        self._emit: Emit = _emit_nothing

    def set_inventory(self, inventory: Inventory) -> None:
        """Check the services of this inventory that are asked; what is believed of services that stay is kept."""
        services = {s.id: s for s in inventory.services.values() if s.is_asked}
        kept = {s for s, service in services.items() if s in self._services and _same(self._services[s], service)}
        self._beliefs = {s: belief for s, belief in self._beliefs.items() if s in kept}
        self._latest = {s: result for s, result in self._latest.items() if s in kept}
        self._addresses = {s: address for s, address in self._addresses.items() if s in kept}
        self._servers = {s: servers for s, servers in self._servers.items() if s in kept}
        self._asked &= kept
        self._services = services
        if services:
            self._trusted()  # here, where no check waits for it
        self._turns.set_targets({s: service.interval for s, service in services.items()})
        for fresh in services.keys() - kept:
            self._turns.bring_forward([fresh], delay=phase(fresh, FIRST_CHECKS))

    def _trusted(self) -> ssl.SSLContext:
        """Return whom to trust, by default whom this machine does; to read that takes longer than many a check."""
        if self._tls is None:
            self._tls = ssl.create_default_context()
        return self._tls

    async def run(self, emit: Emit) -> None:
        """Check until cancelled; `emit` gets the events of each check that has one."""
        self._emit = emit
        await self._turns.run()

    def measurements(self) -> ServiceMeasurements:
        """Return the latest check of every service and the counters."""
        return ServiceMeasurements(
            dict(self._latest),
            {name: service.probe or "" for name, service in self._services.items()},
            dict(self._checks_total),
            dict(self._failures),
            skipped=self._turns.skipped,
        )

    def check_now(self, services: Iterable[str]) -> None:
        """Check services at once, many within some seconds; say of each what is found, news or not."""
        wanted = [name for name in services if name in self._services]
        self._asked.update(wanted)
        if len(wanted) <= FEW:
            self._turns.bring_forward(wanted)
            return
        for name in wanted:
            self._turns.bring_forward([name], delay=phase(name, FIRST_CHECKS))

    async def _check(self, id_: str) -> None:
        service = self._services.get(id_)
        if service is None:
            return  # it left the inventory since its turn came
        is_asked = id_ in self._asked
        self._asked.discard(id_)
        result = await check(service, self._sockets, self._clock, self._trusted(), self._places, self._lookups)
        self._count(service, result)
        if self._services.get(id_) != service:
            return  # it changed or left the inventory meanwhile
        self._latest[id_] = result
        if result.failure is ServiceFailure.LOCAL:
            self._asked |= {id_} if is_asked else set()
            return  # proves nothing about the service
        now = self._clock.wall()
        before = self._beliefs.get(id_, ServiceBelief())
        belief, events = judge(before, id_, result.at, now, result.failure)
        self._beliefs[id_] = belief
        if belief.is_suspect:
            self._turns.bring_forward([id_], delay=RECHECK)
        begins_to_fail = not result.ok and not before.failures
        said: list[Event] = [*self._moved(result, now, begins_to_fail), *events]
        if is_asked and not events:
            said += self._found(id_, belief, result, now)
        if said:
            self._emit(said)
        if result.ok and self._servers_of is not None and (host := host_name(service)) is not None:
            await self._name_servers(id_, host, self._servers_of)

    def _found(self, id_: str, belief: ServiceBelief, result: ServiceResult, now: float) -> list[Event]:
        """Return what is said of a service that was asked for and is as it was; one that may fail stays asked for."""
        if result.failure is None:
            return [ServiceConfirmed(now, id_, since=result.at)]
        if belief.reach is Reach.DOWN and belief.failing_since is not None:
            return [ServiceDown(now, id_, since=belief.failing_since, reason=result.failure)]
        self._asked.add(id_)
        return []

    async def _name_servers(self, id_: str, host: str, servers_of: ServersOf) -> None:
        """Say by which name servers a service's name hangs, where that is news: when they fail it is too late."""
        found = await servers_of(host)
        service = self._services.get(id_)
        if found and service is not None and host_name(service) == host and self._servers.get(id_) != found:
            self._servers[id_] = found
            self._emit([ServiceNamedBy(self._clock.wall(), id_, found)])

    def _moved(self, result: ServiceResult, now: float, begins_to_fail: bool) -> list[Event]:
        """Return the word that a service's name leads elsewhere; one of several addresses is as good as another.

        Names that lead to another place each time are told of once in a while, and when it matters.
        """
        known, at = self._addresses.get(result.service), self._clock.monotonic()
        if not result.addresses or (known is not None and known.address in result.addresses):
            return []
        if known is not None and at - known.told < SETTLED and not begins_to_fail:
            return []
        address = min(result.addresses)
        self._addresses[result.service] = _Address(address, at)
        return [ServiceAt(now, result.service, address)]

    def _count(self, service: Service, result: ServiceResult) -> None:
        probe = service.probe or ""
        self._checks_total[probe] += 1
        if result.failure is not None:
            self._failures[probe, result.failure] += 1

    def _broke_off(self, id_: str) -> None:
        result = ServiceResult(id_, self._clock.wall(), 0.0, failure=ServiceFailure.LOCAL)
        if id_ in self._services:
            self._count(self._services[id_], result)
            self._latest[id_] = result


def host_name(service: Service) -> str | None:
    """Return the name by which a service is found; None where it has an address alone, or is a name server itself."""
    host = urlsplit(service.url).hostname if service.url is not None else service.host
    if not host or service.probe == "dns":
        return None
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return host.rstrip(".").lower()
    return None


def _same(before: Service, after: Service) -> bool:
    """Tell whether two drawings of a service mean the same thing to be checked."""
    return (before.url, before.host, before.port, before.query, before.family) == (
        after.url,
        after.host,
        after.port,
        after.query,
        after.family,
    )


def _emit_nothing(_events: Sequence[Event]) -> None:
    """Stand in until `run` says where events go."""
