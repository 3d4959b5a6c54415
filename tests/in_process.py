"""A client of an app in this process: the real routes and middleware, without a socket or a second thread."""

from __future__ import annotations

import asyncio
import atexit
from collections.abc import Mapping
from functools import cache
from typing import Any
from urllib.parse import unquote

import httpx2
from starlette.applications import Starlette


class AppClient(httpx2.Client):
    """Asks an app as a program asks a server.

    What the app raises is raised here: a mistake of netmon's must not pass as an answer of 500.
    """

    def __init__(self, app: Starlette, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(
            transport=_InProcess(app),
            base_url="http://testserver",
            headers=headers,
            follow_redirects=True,
            trust_env=False,
        )


@cache
def _loop() -> asyncio.AbstractEventLoop:
    """Return what runs all requests: a loop for each costs more than most answers, as does what a runner adds."""
    loop = asyncio.new_event_loop()
    atexit.register(loop.close)
    return loop


class _InProcess(httpx2.BaseTransport):
    """Runs the app on a request to its end; the body is what it sent, as it sent it."""

    def __init__(self, app: Starlette) -> None:
        self._app = app

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": request.method,
            "scheme": request.url.scheme,
            "path": unquote(request.url.path),
            "raw_path": request.url.raw_path.partition(b"?")[0],
            "root_path": "",
            "query_string": request.url.query,
            "headers": [(name.lower(), value) for name, value in request.headers.raw],
            "client": ("testclient", 50_000),
            "server": (request.url.host, request.url.port or 80),
        }
        sent = _loop().run_until_complete(self._answer(scope, request.read()))
        begin, *parts = sent
        assert begin["type"] == "http.response.start"
        assert [part.get("more_body", False) for part in parts] == [True] * (len(parts) - 1) + [False]
        body = b"" if request.method == "HEAD" else b"".join(part.get("body", b"") for part in parts)
        return httpx2.Response(
            begin["status"], headers=begin["headers"], stream=httpx2.ByteStream(body), request=request
        )

    async def _answer(self, scope: dict[str, Any], body: bytes) -> list[dict[str, Any]]:
        asked: list[dict[str, Any]] = [{"type": "http.request", "body": body}]
        sent: list[dict[str, Any]] = []

        async def receive() -> dict[str, Any]:
            if not asked:
                await asyncio.Future()  # the client stays
            return asked.pop()

        async def send(message: Any) -> None:
            sent.append(message)

        await self._app(scope, receive, send)
        return sent
