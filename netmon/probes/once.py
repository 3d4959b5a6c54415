"""One probe on demand, apart from belief and journal: the probes' own code, a target, and a time to answer by."""

from __future__ import annotations

import asyncio
import ssl
from dataclasses import dataclass, field, replace
from enum import StrEnum

from netmon.clock import Clock
from netmon.errors import NetmonError
from netmon.model import Inventory, Node, Service, SnmpAuth
from netmon.probes.icmp.ping import Ping, Pinged, PingSettings
from netmon.probes.services.check import check
from netmon.probes.services.result import ServiceResult
from netmon.probes.snmp.access import access_to, secret_of
from netmon.probes.snmp.ber import oid
from netmon.probes.snmp.failure import Failure
from netmon.probes.snmp.pdu import Kind, Request
from netmon.probes.snmp.transport import Transport
from netmon.probes.snmp.users import Reveal
from netmon.probes.sockets import Sockets

REQUESTS = 3
SPACING = 0.1  # seconds between two requests of one ping
UPTIME = oid("1.3.6.1.2.1.1.3.0")
MARGIN = 0.05  # seconds of the time to answer that are left for saying so


class Module(StrEnum):
    """What may be asked of a target."""

    ICMP = "icmp"
    SNMP = "snmp"
    HTTP = "http"
    TCP = "tcp"
    DNS = "dns"


SERVICES = frozenset({Module.HTTP, Module.TCP, Module.DNS})
"""Modules that check services; the others probe nodes."""


@dataclass(frozen=True, slots=True)
class Once:
    """What one probe found. `duration` is seconds; `detail` says in words what was wrong, empty when nothing was.

    `pinged`, `uptime` (seconds) and `service` hold what that module measured.
    """

    ok: bool
    duration: float
    detail: str = ""
    pinged: Pinged | None = None
    uptime: float | None = None
    service: ServiceResult | None = None


@dataclass(frozen=True, slots=True)
class Target:
    """Something that may be probed, and how: exactly one of `node` and `service`."""

    module: Module
    node: Node | None = None
    service: Service | None = None
    auth: SnmpAuth | None = field(default=None, repr=False)


def find_target(inventory: Inventory, module: Module, name: str) -> Target | None:
    """Return what `name` means to a module: an id, or the address or URL of one; None where the inventory has none.

    Nothing that the inventory does not name is ever a target: whoever asks must not get netmon to knock elsewhere.
    """
    if module in SERVICES:
        for service in inventory.services.values():
            if service.probe == module and name in (service.id, service.url or service.host):
                return Target(module, service=service)
        return None
    for node in inventory.nodes.values():
        if node.address is None or name not in (node.id, node.address):
            continue
        if module is Module.ICMP and node.icmp is not None:
            return Target(module, node)
        if module is Module.SNMP and node.snmp is not None:
            return Target(module, node, auth=inventory.auth.get(node.snmp.auth or ""))
    return None


class OnceProber:
    """Probes targets on demand.

    Args:
        sockets: where sockets come from.
        clock: dates everything.
        reveal: turns references into secrets.
        tls: how certificates are checked.
    """

    def __init__(self, sockets: Sockets, clock: Clock, reveal: Reveal, tls: ssl.SSLContext | None = None) -> None:
        self._sockets = sockets
        self._clock = clock
        self._reveal = reveal
        self._tls = tls

    async def probe(self, target: Target, seconds: float) -> Once:
        """Probe a target; the answer is there within `seconds`.

        Raises:
            PrivilegeError: no ICMP socket may be opened.
        """
        started = self._clock.monotonic()
        left = max(seconds - MARGIN, MARGIN)
        if target.service is not None:
            return await self._visit(target.service, left)
        if target.node is None or target.node.address is None:
            raise ValueError("a target is a node with an address, or a service")
        if target.module is Module.ICMP:
            return await self._ping(target.node.address, left, started)
        return await self._ask(target.node, target.node.address, target.auth, left, started)

    async def _ping(self, address: str, left: float, started: float) -> Once:
        patience = max(left - (REQUESTS - 1) * SPACING, MARGIN)
        ping = Ping(self._sockets, self._clock, [address], PingSettings(REQUESTS, SPACING, min(patience, 5.0)))
        try:
            async with asyncio.timeout(left):
                await ping.run()
        except TimeoutError:
            pass  # what was not answered by now is lost
        (pinged,) = ping.results()
        detail = "" if pinged.received else "no answer"
        if not pinged.received and pinged.path_error is not None:
            detail = f"{pinged.path_error.reporter} says: {pinged.path_error.kind}"
        return Once(pinged.received > 0, self._clock.monotonic() - started, detail, pinged=pinged)

    async def _ask(self, node: Node, address: str, auth: SnmpAuth | None, left: float, started: float) -> Once:
        def said(failure: Failure) -> Once:
            return Once(ok=False, duration=self._clock.monotonic() - started, detail=failure.value)

        if auth is None or node.snmp is None:
            return said(Failure.CREDENTIALS)
        transport = Transport(self._sockets)
        try:
            access = access_to(address, node.snmp, secret_of(auth, self._reveal), self._sockets, transport)
            deadline = asyncio.get_running_loop().time() + left
            answer = await access.ask(Request(Kind.GET, (UPTIME,)), deadline)
        except NetmonError:
            return said(Failure.CREDENTIALS)
        except OSError:
            return said(Failure.SEND)
        finally:
            transport.close()
        if isinstance(answer, Failure):
            return said(answer)
        value = answer.varbinds[0][2] if answer.varbinds else None
        uptime = value / 100 if isinstance(value, int) else None
        return Once(ok=True, duration=self._clock.monotonic() - started, uptime=uptime)

    async def _visit(self, service: Service, left: float) -> Once:
        if self._tls is None:  # tens of milliseconds, in which no ping could leave
            self._tls = await asyncio.to_thread(ssl.create_default_context)
        service = replace(service, timeout=min(service.timeout, left))
        result = await check(service, self._sockets, self._clock, self._tls)
        detail = "" if result.failure is None else f"{result.failure}: {result.detail}"
        return Once(result.ok, result.duration, detail, service=result)
