"""Which name servers a host's name hangs by: found by asking for them, while they still answer.

The names of a zone are answered by the servers that its NS records list (RFC 1034 §4.2). Asked for the NS of a name
that is none, a server names the zone that it lies in by its SOA (RFC 2308 §2.1); where a resolver leaves that out,
the names above are tried in turn. What is found stands for an hour.
"""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import math
from collections.abc import Sequence
from pathlib import Path

import dns.exception
import dns.message
import dns.name
import dns.rdatatype

from netmon.clock import Clock
from netmon.errors import CannotError
from netmon.probes.dns.check import PORT, answer_to
from netmon.probes.services.connect import family_of
from netmon.probes.sockets import Sockets

EVERY = 3_600.0
"""Seconds for which what was found about a name stands."""
AGAIN = 300.0
"""Seconds until a name is asked for again of which nothing was found."""
PATIENCE = 2.0
"""Seconds for one question."""
LONGEST = 6.0
"""Seconds for all questions about a name."""
MOST_QUESTIONS = 6
MOST_SERVERS = 8
MOST_AT_ONCE = 8

Resolver = tuple[str, int]
"""Address and port of a name server to ask."""


def system_resolvers(path: Path = Path("/etc/resolv.conf")) -> tuple[Resolver, ...]:
    """Return the name servers this machine asks (resolv.conf(5)); none where the file says none."""
    try:
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return ()
    found = []
    for line in lines:
        words = line.split()
        if words[:1] != ["nameserver"] or len(words) < 2:
            continue
        try:
            ipaddress.ip_address(words[1])
        except ValueError:
            continue  # a zone index of a link-local address, or no address at all
        found.append((words[1], PORT))
    return tuple(found)


class Zones:
    """Finds name servers, and remembers them.

    Args:
        sockets: where sockets come from.
        clock: dates what is remembered.
        resolvers: whom to ask, in turn; none: nothing is ever found.
    """

    def __init__(self, sockets: Sockets, clock: Clock, resolvers: Sequence[Resolver] = ()) -> None:
        self._sockets = sockets
        self._clock = clock
        self._resolvers = tuple(resolvers)
        self._known: dict[str, tuple[float, tuple[str, ...]]] = {}
        self._places = asyncio.Semaphore(MOST_AT_ONCE)

    def is_due(self, host: str) -> bool:
        """Tell whether it is time to ask for the servers of a host name."""
        return bool(self._resolvers) and self._known.get(host, (-math.inf, ()))[0] <= self._clock.monotonic()

    async def servers_of(self, host: str) -> tuple[str, ...]:
        """Return the names of the servers of the zone that a host name lies in, sorted; empty when not found out."""
        if not self.is_due(host):
            return self._known.get(host, (0.0, ()))[1]
        found: tuple[str, ...] = ()
        async with self._places:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(LONGEST):
                    found = await self._find(host)
        self._known[host] = (self._clock.monotonic() + (EVERY if found else AGAIN), found)
        return found

    async def _find(self, host: str) -> tuple[str, ...]:
        try:
            name: dns.name.Name = dns.name.from_text(host)
        except (dns.exception.DNSException, UnicodeError):
            return ()
        for _ in range(MOST_QUESTIONS):
            if len(name.labels) < 3:  # the root and what is right below it are nobody's in this county
                return ()
            answer = await self._ask(name)
            if answer is None:
                return ()
            if found := _servers(answer, name):
                return found
            zone = _zone_above(answer, name)
            name = zone if zone is not None else name.parent()
        return ()

    async def _ask(self, name: dns.name.Name) -> dns.message.Message | None:
        """Ask each resolver once, until one answers."""
        loop = asyncio.get_running_loop()
        for address, port in self._resolvers:
            query = dns.message.make_query(name, dns.rdatatype.NS, use_edns=0, payload=1232)
            try:
                with self._sockets.udp(family_of(address)) as opened:
                    opened.connect(self._sockets.endpoint("udp", address, port))
                    async with asyncio.timeout(PATIENCE):
                        await loop.sock_sendall(opened, query.to_wire())
                        return await answer_to(query, opened)
            except (OSError, CannotError):  # TimeoutError is an OSError
                continue
        return None


def _servers(answer: dns.message.Message, name: dns.name.Name) -> tuple[str, ...]:
    """Return the servers that an answer lists for a zone."""
    found = {
        record.to_text().rstrip(".").lower()
        for rrset in answer.answer
        if rrset.rdtype == dns.rdatatype.NS and rrset.name == name
        for record in rrset
    }
    return tuple(sorted(found)[:MOST_SERVERS])


def _zone_above(answer: dns.message.Message, name: dns.name.Name) -> dns.name.Name | None:
    """Return the zone that an answer says a name lies in; None where it does not."""
    for rrset in answer.authority:
        if rrset.rdtype == dns.rdatatype.SOA and name.is_subdomain(rrset.name) and rrset.name != name:
            return rrset.name
    return None
