"""Check that something listens: connect, and where a text is expected, read until it has come."""

from __future__ import annotations

import asyncio
import socket

from netmon.model import Service, ServiceFailure
from netmon.probes.services.connect import Connector, broken

MOST_GREETING = 4096  # bytes that are read of what the server says first


class Knock:
    """The course of one check."""

    def __init__(self, service: Service, connector: Connector) -> None:
        self.service = service
        self.body = bytearray()
        self._connector = connector

    async def run(self) -> tuple[ServiceFailure | None, str]:
        """Connect, and read what is expected; return the failure, if any, and its detail.

        Raises:
            Broken: the check cannot go on.
        """
        connected = await self._connector.connect(self.service.host or "", self.service.port or 0)
        with connected:
            return (None, "") if self.service.expect_body is None else await self._read(connected)

    async def _read(self, connected: socket.socket) -> tuple[ServiceFailure | None, str]:
        wanted = (self.service.expect_body or "").encode()
        loop, clock = asyncio.get_running_loop(), self._connector.clock
        started = clock.monotonic()
        try:
            while wanted not in self.body and len(self.body) < MOST_GREETING:
                part = await loop.sock_recv(connected, MOST_GREETING - len(self.body))
                if not part:
                    break
                self.body += part
        except OSError as error:
            raise broken(error) from error
        finally:
            self._connector.phases.add("processing", clock.monotonic() - started)
        return (None, "") if wanted in self.body else (ServiceFailure.BODY, "it greets with another text")
