"""HTTP over the probe sockets: the network backend under httpcore2, which keeps the time of each phase.

Every connection is fresh, opened through `Sockets` and never pooled: a check measures the whole way.
"""

from __future__ import annotations

import asyncio
import errno
import ipaddress
import os
import socket
import ssl
from collections.abc import Iterable
from enum import StrEnum
from typing import Any

from httpcore2 import AsyncNetworkBackend, AsyncNetworkStream

from netmon.clock import Clock
from netmon.errors import CannotError
from netmon.probes.sockets import Sockets

MOST_ADDRESSES = 4  # of one name, tried in turn

NO_WAY = frozenset({errno.ENETUNREACH, errno.EHOSTUNREACH, errno.ENETDOWN, errno.EADDRNOTAVAIL})
OWN_TROUBLE = frozenset({errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.ENOBUFS, errno.EPERM, errno.EACCES})


class HttpFailure(StrEnum):
    """Why a check fails, by the step that failed."""

    DNS = "dns"
    REFUSED = "refused"
    UNREACHABLE = "unreachable"
    TIMEOUT = "timeout"
    TLS = "tls"
    STATUS = "status"
    BODY = "body"
    PROTOCOL = "protocol"
    LOCAL = "local"  # this machine's own trouble, or a mistake in netmon; never counted against the service


class Broken(Exception):  # noqa: N818 (what became of the connection)
    """A connection that could not be made or used; caught by the check, which makes it a result."""

    def __init__(self, failure: HttpFailure, detail: str) -> None:
        super().__init__(detail)
        self.failure = failure
        self.detail = detail


def broken(error: OSError) -> Broken:
    """Classify what the kernel or OpenSSL says of a connection."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return Broken(HttpFailure.TLS, f"certificate not accepted: {error.verify_message}")
    if isinstance(error, ssl.SSLError):
        return Broken(HttpFailure.TLS, error.reason or "TLS failed")
    if isinstance(error, TimeoutError):  # ETIMEDOUT too
        return Broken(HttpFailure.TIMEOUT, "no answer in time")
    detail = os.strerror(error.errno) if error.errno else str(error) or type(error).__name__
    if isinstance(error, ConnectionRefusedError):
        return Broken(HttpFailure.REFUSED, detail)
    if error.errno in NO_WAY:
        return Broken(HttpFailure.UNREACHABLE, detail)
    if error.errno in OWN_TROUBLE:
        return Broken(HttpFailure.LOCAL, detail)
    return Broken(HttpFailure.PROTOCOL, detail)


class Phases:
    """Seconds spent in each phase of one check; those of redirects add up."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    def add(self, phase: str, seconds: float) -> None:
        """Count seconds to a phase: resolve, connect, tls, processing or transfer."""
        self.seconds[phase] = self.seconds.get(phase, 0.0) + seconds


class ProbeNetwork(AsyncNetworkBackend):
    """Opens TCP connections for one check and writes down how long each step takes."""

    def __init__(self, sockets: Sockets, clock: Clock, phases: Phases) -> None:
        self._sockets = sockets
        self._clock = clock
        self._phases = phases
        self.certificate_not_after: float | None = None

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ARG002, ASYNC109 (httpcore2's signature; the check has one deadline)
        local_address: str | None = None,  # noqa: ARG002
        socket_options: Iterable[Any] | None = None,  # noqa: ARG002
    ) -> AsyncNetworkStream:
        """Resolve the host and connect to the first of its addresses that accepts."""
        addresses = await self._resolve(host)
        started = self._clock.monotonic()
        last = Broken(HttpFailure.DNS, f"{host} has no address")
        for address in addresses[:MOST_ADDRESSES]:
            family = socket.AF_INET6 if ":" in address else socket.AF_INET
            try:
                connected = await self._connect(family, self._sockets.endpoint("tcp", address, port))
            except OSError as error:
                last = broken(error)
                continue
            except CannotError as error:
                raise Broken(HttpFailure.LOCAL, error.message) from error
            self._phases.add("connect", self._clock.monotonic() - started)
            return ProbeStream(connected, self, self._clock, self._phases)
        raise last

    async def _resolve(self, host: str) -> list[str]:
        try:
            return [str(ipaddress.ip_address(host.strip("[]")))]
        except ValueError:
            started = self._clock.monotonic()
        try:
            addresses = await self._sockets.resolve(host)
        except OSError as error:
            raise Broken(HttpFailure.DNS, f"{host}: {error.strerror or error}") from error
        except UnicodeError as error:
            raise Broken(HttpFailure.DNS, f"{host} cannot be a host name") from error
        self._phases.add("resolve", self._clock.monotonic() - started)
        return addresses

    async def _connect(self, family: socket.AddressFamily, endpoint: tuple[str, int]) -> socket.socket:
        opened = self._sockets.tcp(family)
        is_connected = False
        try:
            await asyncio.get_running_loop().sock_connect(opened, endpoint)
            is_connected = True
        finally:
            if not is_connected:
                opened.close()
        return opened


class ProbeStream(AsyncNetworkStream):
    """One connection. It stays a bare socket until it is known whether TLS comes first."""

    def __init__(self, connected: socket.socket, network: ProbeNetwork, clock: Clock, phases: Phases) -> None:
        self._socket = connected
        self._network = network
        self._clock = clock
        self._phases = phases
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ARG002, ASYNC109
    ) -> AsyncNetworkStream:
        """Do the TLS handshake."""
        started = self._clock.monotonic()
        _, writer = await self._open(ssl_context, server_hostname)
        self._phases.add("tls", self._clock.monotonic() - started)
        certificate = writer.get_extra_info("peercert") or {}
        if "notAfter" in certificate:
            self._network.certificate_not_after = float(ssl.cert_time_to_seconds(certificate["notAfter"]))
        return self

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ARG002, ASYNC109
        """Return what has come, empty at the end."""
        reader, _ = await self._open()
        try:
            return await reader.read(max_bytes)
        except OSError as error:
            raise broken(error) from error

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ARG002, ASYNC109
        """Send all of it."""
        _, writer = await self._open()
        try:
            writer.write(buffer)
            await writer.drain()
        except OSError as error:
            raise broken(error) from error

    async def aclose(self) -> None:
        """Drop the connection at once; nothing that matters is under way."""
        if self._streams is None:
            self._socket.close()
        else:
            self._streams[1].transport.abort()

    def get_extra_info(self, info: str) -> Any:
        """Return what httpcore2 asks of a stream: the TLS object, to see what was negotiated."""
        return None if self._streams is None else self._streams[1].get_extra_info(info)

    async def _open(
        self, tls: ssl.SSLContext | None = None, host: str | None = None
    ) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if self._streams is None:
            try:
                self._streams = await asyncio.open_connection(
                    sock=self._socket, ssl=tls, server_hostname=host if tls else None
                )
            except OSError as error:
                self._socket.close()
                raise broken(error) from error
            except ValueError as error:  # a name that no certificate can carry
                self._socket.close()
                raise Broken(HttpFailure.TLS, str(error)) from error
        return self._streams
