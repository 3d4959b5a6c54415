"""The web server inside the daemon's event loop: uvicorn, but the daemon owns the signals and the address."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import socket
from collections.abc import Iterator

import uvicorn
from starlette.types import ASGIApp

from netmon.errors import CannotError, PortInUseError

GRACE = 2
"""Seconds that open requests get to finish when the server stops."""


class WebServer:
    """Serves one app on one address, from `start` to `stop`. Port 0 takes a free one; `port` then tells which."""

    def __init__(self, app: ASGIApp, host: str = "127.0.0.1", port: int = 9840) -> None:
        self.host = host
        self.port = port
        self._app = app
        self._server: _Server | None = None
        self._serving: asyncio.Task[None] | None = None

    @property
    def url(self) -> str:
        """Where people find the page."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{host}:{self.port}/"

    async def start(self) -> None:
        """Listen and serve; returns once connections are accepted.

        Raises:
            PortInUseError: somebody else listens on the address.
            CannotError: the address is not of this machine, or may not be used.
        """
        listening = _listen(self.host, self.port)
        self.port = listening.getsockname()[1]
        config = uvicorn.Config(
            self._app,
            http="h11",
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,
            timeout_graceful_shutdown=GRACE,
        )
        self._server = _Server(config)
        self._serving = asyncio.create_task(self._server.serve(sockets=[listening]), name="web server")
        accepting = asyncio.create_task(self._server.accepting.wait())
        await asyncio.wait((self._serving, accepting), return_when=asyncio.FIRST_COMPLETED)
        if self._serving.done():
            accepting.cancel()
            await self._serving

    async def stop(self) -> None:
        """Stop accepting, let open requests finish for a moment, and close. Event streams must be ended before."""
        if self._server is None or self._serving is None:
            return
        self._server.should_exit = True
        await self._serving
        self._server = self._serving = None


class _Server(uvicorn.Server):
    """Uvicorn without its hands on the signals, and with word of when it accepts."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.accepting = asyncio.Event()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave the signals to the daemon."""
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, and say so."""
        await super().startup(sockets=sockets)
        self.accepting.set()


def _listen(host: str, port: int) -> socket.socket:
    where = f"{host}:{port}"
    if not 0 <= port <= 65_535:  # the resolver would take it modulo 65536
        raise CannotError(f"cannot listen on {where}: there is no such port", "choose one from 0 to 65535")
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        family, kind, protocol, _, address = found[0]
        listening = socket.socket(family, kind, protocol)
    except OSError as error:
        raise CannotError(
            f"cannot listen on {where}: {error.strerror}", "choose an address of this machine"
        ) from error
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            listening.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        listening.bind(address)
        listening.listen(2048)
    except OSError as error:
        listening.close()
        if error.errno == errno.EADDRINUSE:
            raise PortInUseError(
                f"somebody else listens on {where}",
                f"find out who with `ss -ltnp 'sport = :{port}'`, or choose another port",
            ) from error
        raise CannotError(f"cannot listen on {where}: {error.strerror}", "choose another address or port") from error
    listening.setblocking(False)  # noqa: FBT003 (positional only)
    return listening
