"""Headers that tell browsers to run nothing but netmon's own files, on every answer. What is ambiguous gets none."""

from __future__ import annotations

from starlette.datastructures import MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

HEADERS = {
    "content-security-policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    ),
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
}

AMBIGUOUS = PlainTextResponse("content-length beside transfer-encoding\n", 400, {"connection": "close"})


class SecurityHeaders:
    """ASGI middleware that adds the headers, and forbids caching where an answer does not say otherwise."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, with the headers."""

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers[name] = value
                headers.setdefault("cache-control", "no-store")
            await send(message)

        app = AMBIGUOUS if scope["type"] == "http" and _is_ambiguous(scope) else self._app
        await app(scope, receive, send_guarded if scope["type"] == "http" else send)


def _is_ambiguous(scope: Scope) -> bool:
    """Tell whether a length is said twice: whoever stands between may take the other (RFC 9112 §6.1)."""
    return {b"content-length", b"transfer-encoding"} <= {name for name, _ in scope["headers"]}
