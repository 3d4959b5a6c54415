"""Basic authentication (RFC 7617) in front of an app: bcrypt in a worker thread, each right answer remembered."""

from __future__ import annotations

import asyncio
import base64
import binascii
import hashlib
import hmac
import secrets
from collections import OrderedDict
from collections.abc import Callable

import bcrypt
from starlette.datastructures import MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from netmon.exporter.access.load import Access
from netmon.exporter.api.heartbeat_route import PREFIX as HEARTBEATS
from netmon.exporter.guard import SecurityHeaders

MOST_WAITING = 32
"""Log-ins that wait for their turn: one is checked at a time, so that guessing takes one thread and no more."""
MOST_REMEMBERED = 256
LONGEST = 72  # bytes of a password that bcrypt takes
NOBODY = b"$2b$10$" + b"." * 53
"""What an unknown name is checked against: it must take as long as a known one."""

CHALLENGE = {"www-authenticate": 'Basic realm="netmon", charset="UTF-8"'}
REFUSED = SecurityHeaders(PlainTextResponse("name and password, please\n", 401, CHALLENGE))
BUSY = SecurityHeaders(PlainTextResponse("too many log-ins at once\n", 503, {"retry-after": "5"}))


class Gate:
    """ASGI middleware that lets in whom the access in force names, and adds the headers it wants.

    Args:
        app: what is behind it.
        access: returns the access in force.
    """

    def __init__(self, app: ASGIApp, access: Callable[[], Access]) -> None:
        self._app = app
        self._access = access
        self._salt = secrets.token_bytes(32)
        self._right: OrderedDict[bytes, None] = OrderedDict()
        self._turn = asyncio.Lock()
        self._waiting = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or refuse it."""
        config = self._access().config
        app = self._app
        if config.users and scope["type"] == "http" and not _has_its_own_token(scope):
            name, password = _credentials(scope)
            app = await self._way(name, password, config.users.get(name))

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for key, value in config.headers:
                    headers[key] = value
            await send(message)

        await app(scope, receive, send_with_headers if config.headers else send)

    async def _way(self, name: str, password: bytes, hashed: bytes | None) -> ASGIApp:
        """Return what answers whoever says this name and password. Who is remembered need not wait for guessers."""
        if not password:
            return REFUSED
        # The hash is part of it: a password that was changed is forgotten.
        token = hmac.digest(self._salt, hashlib.sha256(password).digest() + (hashed or b"") + name.encode(), "sha256")
        if token in self._right:
            self._right.move_to_end(token)
            return self._app
        if self._waiting >= MOST_WAITING:
            return BUSY
        self._waiting += 1
        try:
            async with self._turn:
                is_right = await asyncio.to_thread(_fits, password, hashed or NOBODY)
        finally:
            self._waiting -= 1
        if is_right and hashed is not None:
            self._right[token] = None
            if len(self._right) > MOST_REMEMBERED:
                self._right.popitem(last=False)
            return self._app
        return REFUSED


def _has_its_own_token(scope: Scope) -> bool:
    """Tell whether a request is a heartbeat, which is let in by the token of its service and by nothing else."""
    return bool(scope["method"] == "POST" and scope["path"].startswith(HEARTBEATS))


def _fits(password: bytes, hashed: bytes) -> bool:
    fits = bcrypt.checkpw(password[:LONGEST], hashed)
    return fits and len(password) <= LONGEST


def _credentials(scope: Scope) -> tuple[str, bytes]:
    """Return name and password of a request, both empty where it has none that can be read."""
    given = [value for key, value in scope["headers"] if key == b"authorization"]
    if len(given) != 1:
        return "", b""
    kind, _, encoded = given[0].partition(b" ")
    try:
        name, colon, password = base64.b64decode(encoded.strip(), validate=True).partition(b":")
        is_basic = kind.lower() == b"basic" and bool(colon) and b"\0" not in password
        return (name.decode(), password) if is_basic else ("", b"")
    except (binascii.Error, UnicodeDecodeError):
        return "", b""
