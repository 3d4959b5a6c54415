"""The web server inside the daemon's event loop: uvicorn, but the daemon owns the signals and the address."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import logging
import socket
from collections.abc import Iterator
from pathlib import Path

import uvicorn
from starlette.types import ASGIApp

from netmon.errors import CannotError, ConfigError, PortInUseError
from netmon.exporter.access.load import Access, load_access, reread
from netmon.exporter.door import Connection, Door

log = logging.getLogger(__name__)
logging.getLogger("uvicorn.error").setLevel(logging.ERROR)  # a line for each bad request would fill the disk

GRACE = 2
"""Seconds that open requests get to finish when the server stops."""
KEEP = 65
"""Seconds that an idle connection is kept: longer than Prometheus' usual interval, so that it need not begin anew."""
TICKS = 10
"""Turns of uvicorn's own loop in a second."""


class WebServer:
    """Serves one app on one address, from `start` to `stop`. Port 0 takes a free one; `port` then tells which.

    Args:
        app: what is served.
        host: where.
        port: where.
        web_config: file that says who may ask and how it is kept private; read again when it, or a file that it
            names, has changed. What cannot be used then is logged, and what was in force stays.
    """

    def __init__(
        self, app: ASGIApp, host: str = "127.0.0.1", port: int = 9840, *, web_config: Path | None = None
    ) -> None:
        self.host = host
        self.port = port
        self.access = Access()
        self.web_config_good = True
        self._complaint: list[str] = []
        self._web_config = web_config
        self._app = app
        self._server: _Server | None = None
        self._serving: asyncio.Task[None] | None = None

    @property
    def url(self) -> str:
        """Where people find the page."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{'http' if self.access.tls is None else 'https'}://{host}:{self.port}/"

    @property
    def clients(self) -> int:
        """How many clients are inside now, or in their TLS handshake."""
        return 0 if self._server is None or self._server.door is None else self._server.door.occupied

    async def start(self) -> None:
        """Listen and serve; returns once connections are accepted.

        Raises:
            PortInUseError: somebody else listens on the address.
            CannotError: the address is not of this machine, or may not be used.
            ConfigError: the web configuration cannot be used.
        """
        app = self._app
        if self._web_config is not None:
            from netmon.exporter.access.gate import Gate  # noqa: PLC0415 (only those who ask for it need bcrypt)

            self.access = load_access(self._web_config)
            app = Gate(app, lambda: self.access)
        listening = _listen(self.host, self.port)
        self.port = listening.getsockname()[1]
        config = uvicorn.Config(
            app,
            http=Connection,
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,
            timeout_keep_alive=KEEP,
            timeout_graceful_shutdown=GRACE,
        )
        self._server = _Server(config, self)
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

    def look(self) -> None:
        """Read the web configuration again where it has changed."""
        if self._web_config is None or (self.web_config_good and not self.access.has_changed()):
            return
        try:
            self.access = reread(self.access, self._web_config)
        except ConfigError as error:
            said = [*map(str, error.problems), f"{error}; what was in force stays"]
            if said != self._complaint:  # the same mistake is said once
                for line in said:
                    log.error("web configuration: %s", line)
            self._complaint = said
            self.web_config_good = False
        else:
            self._complaint = []
            self.web_config_good = True
            log.info("web configuration %s in force", self._web_config)


class _Server(uvicorn.Server):
    """Uvicorn without its hands on the signals, with a door of its own, and with word of when that is open."""

    def __init__(self, config: uvicorn.Config, web: WebServer) -> None:
        super().__init__(config)
        self.accepting = asyncio.Event()
        self._web = web
        self.door: Door | None = None

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave the signals to the daemon."""
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Open the door, and say so."""
        self.servers = []  # asyncio's own: there is none
        for listening in sockets or ():
            self.door = Door(listening, self._connection, self._web.access.tls)
        self.started = True
        self.accepting.set()

    def _connection(self) -> Connection:
        return Connection(config=self.config, server_state=self.server_state, app_state={})

    async def on_tick(self, counter: int) -> bool:
        """Look after the door once a second."""
        if self.door is not None and counter % TICKS == 0:
            self.door.sweep()
            self._web.look()
            self.door.tls = self._web.access.tls
        return await super().on_tick(counter)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Close the door, then as uvicorn does."""
        if self.door is not None:
            self.door.close()
        await super().shutdown(sockets=sockets)


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
