"""HTTP over the probe sockets: the network backend under httpcore2, which keeps the time of each phase.

Every connection is fresh, opened through `Sockets` and never pooled: a check measures the whole way.
"""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Iterable
from contextlib import suppress
from typing import Any

from httpcore2 import AsyncNetworkBackend, AsyncNetworkStream

from netmon.errors import CannotError
from netmon.model import ServiceFailure
from netmon.probes.http.certificates import chain_of, unverifying
from netmon.probes.services.connect import Connector, broken
from netmon.probes.services.result import Broken, Certificate

MOST_HEAD = 1 << 18  # bytes before a response has begun: endless interim responses (1xx) are none


class ProbeNetwork(AsyncNetworkBackend):
    """Opens the connections of one check; keeps the certificates of the last that spoke TLS.

    `left` are the bytes that the other end may still send, `refusal` why its certificate was not accepted.
    """

    def __init__(self, connector: Connector) -> None:
        self.connector = connector
        self.chain: tuple[Certificate, ...] = ()
        self.left = MOST_HEAD
        self.refusal: Broken | None = None

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ARG002, ASYNC109 (httpcore2's signature; the check has one deadline)
        local_address: str | None = None,  # noqa: ARG002
        socket_options: Iterable[Any] | None = None,  # noqa: ARG002
    ) -> AsyncNetworkStream:
        """Resolve the host and connect to the first of its addresses that accepts."""
        self.left = MOST_HEAD
        return ProbeStream(await self.connector.connect(host, port), self)


class ProbeStream(AsyncNetworkStream):
    """One connection. It stays a bare socket until it is known whether TLS comes first."""

    def __init__(self, connected: socket.socket, network: ProbeNetwork) -> None:
        self._socket = connected
        self._network = network
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ARG002, ASYNC109
    ) -> AsyncNetworkStream:
        """Do the TLS handshake; keep the certificates, also of one that fails for them."""
        clock, phases = self._network.connector.clock, self._network.connector.phases
        started, family, peer = clock.monotonic(), self._socket.family, self._socket.getpeername()
        try:
            _, writer = await self._open(ssl_context, server_hostname)
        except Broken as error:
            phases.add("tls", clock.monotonic() - started)
            if isinstance(error.__cause__, ssl.SSLCertVerificationError):
                self._network.refusal = error  # it stands, also where the second connection takes all time there is
                with suppress(OSError, ValueError, CannotError):  # the answer is there already: it is not accepted
                    self._network.chain = await self._read_chain(family, peer, server_hostname)
            raise
        phases.add("tls", clock.monotonic() - started)
        self._network.chain = chain_of(writer.get_extra_info("ssl_object"))
        return self

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ARG002, ASYNC109
        """Return what has come, empty at the end.

        Raises:
            Broken: the connection broke, or more has come than anybody needs to say what it has to.
        """
        reader, _ = await self._open()
        try:
            found = await reader.read(max_bytes)
        except OSError as error:
            raise broken(error) from error
        self._network.left -= len(found)
        if self._network.left < 0:
            raise Broken(ServiceFailure.PROTOCOL, "it sends without end, and no page")
        return found

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
                raise Broken(ServiceFailure.TLS, str(error)) from error
        return self._streams

    async def _read_chain(self, family: int, peer: tuple[Any, ...], host: str | None) -> tuple[Certificate, ...]:
        again = self._network.connector.sockets.tcp(socket.AddressFamily(family))
        try:
            await asyncio.get_running_loop().sock_connect(again, peer)
            _, writer = await asyncio.open_connection(sock=again, ssl=unverifying(), server_hostname=host)
        except BaseException:
            again.close()
            raise
        try:
            return chain_of(writer.get_extra_info("ssl_object"))
        finally:
            writer.transport.abort()
