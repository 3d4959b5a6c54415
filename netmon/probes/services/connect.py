"""From a host name to a connection: the two steps that every check begins with, timed, and their failures named."""

from __future__ import annotations

import asyncio
import errno
import ipaddress
import os
import socket
import ssl
from contextlib import AsyncExitStack

from netmon.clock import Clock
from netmon.errors import CannotError
from netmon.model import ServiceFailure
from netmon.probes.services.lookups import Lookups
from netmon.probes.services.places import Deadline, Places
from netmon.probes.services.result import Broken, Phases
from netmon.probes.services.scope import Scope, scope_of
from netmon.probes.sockets import Sockets

MOST_ADDRESSES = 4  # of one name, tried in turn
PATIENCE = 2.5  # seconds for an address while there are others: IPv6 may lead nowhere where IPv4 works
FAMILIES = {"ipv4": socket.AF_INET, "ipv6": socket.AF_INET6}

NO_WAY = frozenset({errno.ENETUNREACH, errno.EHOSTUNREACH, errno.ENETDOWN, errno.EADDRNOTAVAIL})
OWN_TROUBLE = frozenset({errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.ENOBUFS, errno.EPERM, errno.EACCES})

# What OpenSSL says of a certificate (openssl/x509_vfy.h).
_EXPIRED = frozenset({9, 10})  # not valid yet, not valid any more
_WRONG_HOST = frozenset({62, 64})  # host name mismatch, IP address mismatch
_UNKNOWN_ISSUER = frozenset({2, 18, 19, 20, 21})  # no issuer, signed by itself, or by nobody who is trusted


def broken(error: OSError) -> Broken:
    """Classify what the kernel or OpenSSL says of a connection."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return Broken(_refusal(error.verify_code), f"certificate not accepted: {error.verify_message}")
    if isinstance(error, ssl.SSLError):
        return Broken(ServiceFailure.TLS, error.reason or "TLS failed")
    if isinstance(error, TimeoutError):  # ETIMEDOUT too
        return Broken(ServiceFailure.TIMEOUT, "no answer in time")
    detail = os.strerror(error.errno) if error.errno else str(error) or type(error).__name__
    if isinstance(error, ConnectionRefusedError):
        return Broken(ServiceFailure.REFUSED, detail)
    if error.errno in NO_WAY:
        return Broken(ServiceFailure.UNREACHABLE, detail)
    if error.errno in OWN_TROUBLE:
        return Broken(ServiceFailure.LOCAL, detail)
    return Broken(ServiceFailure.PROTOCOL, detail)


def _refusal(code: int) -> ServiceFailure:
    if code in _EXPIRED:
        return ServiceFailure.TLS_EXPIRED
    if code in _WRONG_HOST:
        return ServiceFailure.TLS_WRONG_HOST
    return ServiceFailure.TLS_UNKNOWN_ISSUER if code in _UNKNOWN_ISSUER else ServiceFailure.TLS


class Connector:
    """Opens the connections of one check, one after another, each in a place at its host.

    `addresses` are those of the first name that was resolved, `address` the one that was tried last. `is_resolving`
    is true while a name is looked up, and stays so where that did not end in time. No connection leads further inside
    than the first.
    """

    def __init__(
        self,
        sockets: Sockets,
        clock: Clock,
        places: Places,
        lookups: Lookups,
        deadline: Deadline,
        family: str | None = None,
    ) -> None:
        self.sockets = sockets
        self.clock = clock
        self.phases = Phases()
        self.addresses: tuple[str, ...] = ()
        self.address: str | None = None
        self.is_resolving = False
        self._places = places
        self._lookups = lookups
        self._deadline = deadline
        self._family = family
        self._began: Scope | None = None
        self._place = AsyncExitStack()

    async def connect(self, host: str, port: int) -> socket.socket:
        """Resolve the host and connect to the first of its addresses that accepts; leaves the place held before.

        Raises:
            Broken: none of them does.
        """
        last = Broken(ServiceFailure.DNS, f"{host} has no address")
        addresses = await self.resolve(host)
        for address in addresses:
            await self.enter(address)
            started = self.clock.monotonic()
            try:
                async with asyncio.timeout(None if address == addresses[-1] else PATIENCE):
                    connected = await self._connect(family_of(address), self.sockets.endpoint("tcp", address, port))
            except OSError as error:
                last = broken(error)
                continue
            except CannotError as error:
                raise Broken(ServiceFailure.LOCAL, error.message) from error
            self.phases.add("connect", self.clock.monotonic() - started)
            self._began = scope_of(address) if self._began is None else self._began
            return connected
        raise last

    async def resolve(self, host: str) -> list[str]:
        """Return the addresses of a host to try, best first.

        Raises:
            Broken: it has none, none of the family that is asked for, or none that is not further inside than where
                the check began.
        """
        try:
            found = [str(ipaddress.ip_address(host.strip("[]")))]
        except ValueError:
            found = await self._look_up(host)
        if self._family is not None:
            found = [one for one in found if family_of(one) == FAMILIES[self._family]]
        if not found:
            raise Broken(ServiceFailure.DNS, f"{host} has no {self._family or ''} address".replace("  ", " "))
        self.addresses = self.addresses or tuple(found)
        began = self._began
        allowed = [one for one in found if began is None or scope_of(one) <= began]
        if not allowed:
            raise Broken(ServiceFailure.REDIRECTS, f"redirects further inside, to {found[0]}")
        return allowed[:MOST_ADDRESSES]

    async def enter(self, address: str) -> None:
        """Take a place at a host, and leave the one held before."""
        await self.leave()
        before = self._deadline.waited
        await self._place.enter_async_context(self._places.at(address, self._deadline))
        self.phases.waited += self._deadline.waited - before
        self.address = address

    async def leave(self) -> None:
        """Leave the place that is held, if any."""
        await self._place.aclose()

    async def _look_up(self, host: str) -> list[str]:
        started, before = self.clock.monotonic(), self._deadline.waited
        self.is_resolving = True
        try:
            found = await self._lookups.addresses_of(host, self.sockets, self._deadline)
        except OSError as error:
            raise Broken(ServiceFailure.DNS, f"{host}: {error.strerror or error}") from error
        except UnicodeError as error:
            raise Broken(ServiceFailure.DNS, f"{host} cannot be a host name") from error
        finally:
            waited = self._deadline.waited - before
            self.phases.waited += waited
            self.phases.add("resolve", self.clock.monotonic() - started - waited)
        self.is_resolving = False
        return found

    async def _connect(self, family: socket.AddressFamily, endpoint: tuple[str, int]) -> socket.socket:
        opened = self.sockets.tcp(family)
        is_connected = False
        try:
            await asyncio.get_running_loop().sock_connect(opened, endpoint)
            is_connected = True
        finally:
            if not is_connected:
                opened.close()
        return opened


def family_of(address: str) -> socket.AddressFamily:
    """Return the address family of an address."""
    return socket.AF_INET6 if ":" in address else socket.AF_INET
