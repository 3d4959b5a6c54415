"""Headers that tell browsers to run nothing but netmon's own files, on every answer. What is ambiguous gets none."""

from __future__ import annotations

import base64
import hashlib
import re

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

POLICY = "content-security-policy"


def drawing_policy(svg: str) -> dict[str, str]:
    """Return the header for a drawing that stands alone: it loads and runs nothing, and has only its own style."""
    sheets = re.findall(r"<style>(.*?)</style>", svg, re.DOTALL)
    digests = (base64.b64encode(hashlib.sha256(sheet.encode()).digest()).decode() for sheet in sheets)
    styles = " ".join(f"'sha256-{digest}'" for digest in digests) or "'none'"
    return {POLICY: f"default-src 'none'; style-src {styles}; base-uri 'none'; form-action 'none'"}


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
                    if name != POLICY or POLICY not in headers:  # a drawing has a stricter one
                        headers[name] = value
                headers.setdefault("cache-control", "no-store")
            await send(message)

        app = AMBIGUOUS if scope["type"] == "http" and _is_ambiguous(scope) else self._app
        await app(scope, receive, send_guarded if scope["type"] == "http" else send)


def _is_ambiguous(scope: Scope) -> bool:
    """Tell whether a length is said twice: whoever stands between may take the other (RFC 9112 §6.1)."""
    return {b"content-length", b"transfer-encoding"} <= {name for name, _ in scope["headers"]}
