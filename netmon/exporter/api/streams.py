"""`/events`: server-sent events (WHATWG HTML §9.2), one for each change of the picture."""

from __future__ import annotations

from collections.abc import AsyncIterator

from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from netmon.exporter.api.changes import Change, Reader
from netmon.exporter.api.documents import Document, change_document, encode

KEEP_ALIVE = 15.0
"""Seconds of silence after which a comment is sent, so that proxies keep the stream."""
RECONNECT = 2000
"""Milliseconds that a browser waits before it opens a lost stream again."""


class Teller:
    """Writes changes as events; one that many readers are told is written once, or sixty would hold up the pings."""

    def __init__(self) -> None:
        self._change: Change | None = None
        self._event = b""

    def tell(self, change: Change) -> bytes:
        """Return the event of a change."""
        if change is not self._change:
            self._change, self._event = change, _event("change", change_document(change))
        return self._event


class EventStream(StreamingResponse):
    """Begins with `hello` and the moment it was opened at, goes on with every `change`; closes its reader."""

    def __init__(self, reader: Reader, moment: Document, teller: Teller) -> None:
        super().__init__(_lines(reader, moment, teller), media_type="text/event-stream")
        self._reader = reader

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send events until either side ends."""
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._reader.close()


async def _lines(reader: Reader, moment: Document, teller: Teller) -> AsyncIterator[bytes]:
    yield f"retry: {RECONNECT}\n".encode() + _event("hello", moment)
    while True:
        change = await reader.take(KEEP_ALIVE)
        if change is not None:
            yield teller.tell(change)
        elif reader.ended:
            return
        else:
            yield b": still here\n\n"


def _event(name: str, document: Document) -> bytes:
    """Return one event; JSON holds no line breaks, so its data is one line."""
    return b"event: %b\nid: %d\ndata: %b\n" % (name.encode(), document["position"], encode(document))
