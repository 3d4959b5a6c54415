"""Web servers on loopback that do as they are told, and certificates made on the spot."""

from __future__ import annotations

import asyncio
import ssl
import subprocess
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.requires import require_program

HOST = "127.0.0.1"
TRUST = ssl.create_default_context()
"""Trusts whom the machine trusts, read once."""
Serve = Callable[[str, asyncio.StreamWriter], Awaitable[None]]


class Web(AbstractAsyncContextManager["Web"]):
    """Serves `serve(path, writer)` for each request; keeps the requests as they came."""

    def __init__(self, serve: Serve, tls: ssl.SSLContext | None = None) -> None:
        self.serve = serve
        self.tls = tls
        self.requests: list[str] = []
        self.port = 0
        self._server: asyncio.Server | None = None

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._answer, HOST, 0, ssl=self.tls)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._server is not None
        self._server.close()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            request = (await reader.readuntil(b"\r\n\r\n")).decode()
            self.requests.append(request)
            await self.serve(request.split(" ")[1], writer)
            await writer.drain()
        except (OSError, asyncio.IncompleteReadError):
            return  # the prober hung up, as it may
        finally:
            writer.close()


def page(status: int = 200, body: bytes = b"Selamat datang", headers: str = "", *, with_length: bool = True) -> bytes:
    """Return a whole response."""
    length = f"Content-Length: {len(body)}\r\n" if with_length else ""
    return f"HTTP/1.1 {status} Word\r\n{length}{headers}\r\n".encode() + body


def certificate(
    folder: Path, name: str, *, authority: tuple[Path, Path] | None = None, days: int = 30
) -> tuple[Path, Path]:
    """Make a certificate for a name (or, without an authority, one that signs itself); return it and its key."""
    openssl = require_program("openssl")
    crt, key = folder / f"{name}.crt", folder / f"{name}.key"
    signed = [] if authority is None else ["-CA", str(authority[0]), "-CAkey", str(authority[1])]
    extensions = ["-addext", f"subjectAltName=DNS:{name}"] if authority else []
    subprocess.run(
        [openssl, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days",
         str(days), "-subj", f"/CN={name}", "-keyout", str(key), "-out", str(crt), *signed, *extensions],
        check=True,
        capture_output=True,
    )  # fmt: skip
    return crt, key
