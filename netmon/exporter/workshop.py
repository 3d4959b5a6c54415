"""Where answers are made: in a thread of their own, one after the other, so that the event loop keeps its turns.

Python runs one thread at a time. Forty threads that render are no sooner done than one, and each of them takes the
interpreter for a while when a prober wants it: on every change all open pages ask at once.
"""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from starlette.datastructures import Headers
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from netmon.exporter.prometheus.negotiate import accepts_gzip

T = TypeVar("T")
SMALLEST = 1_000
"""Bytes of a body that is worth packing."""


class Workshop:
    """Makes answers one at a time."""

    def __init__(self) -> None:
        self._worker = ThreadPoolExecutor(1, "workshop")

    async def make(self, request: Request, produce: Callable[[], Response]) -> Response:
        """Return what `produce` makes in the thread, packed where the request accepts that."""
        is_packed = accepts_gzip(request.headers.get("accept-encoding", ""))
        return await self.run(lambda: pack(produce()) if is_packed else produce())

    async def run(self, job: Callable[[], T]) -> T:
        """Return what a job makes in the thread, when its turn comes."""
        return await asyncio.get_running_loop().run_in_executor(self._worker, job)


def pack(response: Response) -> Response:
    """Return a response with its body compressed, where that is worth it."""
    body = bytes(response.body)
    if len(body) >= SMALLEST:
        response.body = gzip.compress(body, compresslevel=1)
        response.headers["content-encoding"] = "gzip"
        response.headers["content-length"] = str(len(response.body))
        response.headers.add_vary_header("Accept-Encoding")
    return response


class Packing(GZipMiddleware):
    """Packs what was made outside a workshop, where that is accepted.

    Starlette's own takes the word for consent, also where it is refused: `gzip;q=0` (RFC 9110 §12.5.3).
    """

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] == "http":
            is_packed = accepts_gzip(Headers(scope=scope).get("accept-encoding", ""))
            others = [pair for pair in scope["headers"] if pair[0] != b"accept-encoding"]
            scope = {**scope, "headers": [*others, (b"accept-encoding", b"gzip" if is_packed else b"identity")]}
        await super().__call__(scope, receive, send)
