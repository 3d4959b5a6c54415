"""`/metrics`: format and compression as the scraper asks; made in short turns, packed beside: no probe waits."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Iterator
from queue import SimpleQueue
from typing import Generic, TypeVar

import anyio.to_thread
from anyio import CapacityLimiter
from prometheus_client import CollectorRegistry, GCCollector, ProcessCollector, generate_latest
from prometheus_client.openmetrics.exposition import generate_latest as generate_openmetrics
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from netmon.exporter.prometheus.negotiate import OPENMETRICS, PLAIN, accepts_gzip, prefers_openmetrics
from netmon.exporter.samples.columns import PLACES, Step
from netmon.exporter.samples.packing import Piece, joined, packed
from netmon.exporter.samples.writer import Writer
from netmon.exporter.turns import in_turns

Shown = TypeVar("Shown")
MOST_AT_ONCE = 40
"""Scrapes that are asked for at once: they are made one after the other, and who waits long has given up."""


class Scrapes(Generic[Shown]):
    """Answers scrapes one at a time; a writer for each format keeps what stays from one to the next.

    Args:
        collect: returns the samples of what is shown, and of the event streams that are open, in any order.
    """

    def __init__(self, collect: Callable[[Shown, int], Iterable[Step]]) -> None:
        self._collect = collect
        self._writers = {openmetrics: Writer() for openmetrics in (False, True)}
        self._process = CollectorRegistry()
        ProcessCollector(registry=self._process)
        GCCollector(registry=self._process)
        self._asked = 0
        self._one_at_a_time = asyncio.Lock()
        self._own_thread = CapacityLimiter(1)

    async def answer(self, request: Request, show: Callable[[], Shown], event_streams: int) -> Response:
        """Return the metrics of what is shown when their turn comes, in the format that the request prefers."""
        if self._asked >= MOST_AT_ONCE:
            raise HTTPException(503, "too many scrapes at once", {"retry-after": "1"})
        openmetrics = prefers_openmetrics(request.headers.get("accept", ""))
        is_packed = accepts_gzip(request.headers.get("accept-encoding", ""))
        self._asked += 1
        try:
            async with self._one_at_a_time:
                steps = self._collect(show(), event_streams)
                body = await self._document(steps, openmetrics=openmetrics, is_packed=is_packed)
        finally:
            self._asked -= 1
        headers = {"content-type": OPENMETRICS if openmetrics else PLAIN, "vary": "Accept, Accept-Encoding"}
        if is_packed:
            headers["content-encoding"] = "gzip"
        return Response(body, headers=headers)

    async def _document(self, steps: Iterable[Step], *, openmetrics: bool, is_packed: bool) -> bytes:
        """Return the document of all samples; a thread packs the first pieces while the later ones are made."""
        pieces: list[Piece] = []
        unpacked: SimpleQueue[Piece | None] = SimpleQueue()

        def join() -> bytes:
            for piece in iter(unpacked.get, None):
                piece.pack()
            return (packed if is_packed else joined)(_in_order(pieces))

        joining = asyncio.ensure_future(anyio.to_thread.run_sync(join, limiter=self._own_thread))
        try:
            async for piece in in_turns(self._pieces(steps, openmetrics=openmetrics)):
                pieces.append(piece)
                if is_packed and piece.is_large and not piece.is_packed:  # each wakes the thread, at some cost
                    unpacked.put(piece)
        finally:
            unpacked.put(None)
        return await joining

    def pieces(self, view: Shown, event_streams: int = 0, *, openmetrics: bool = False) -> list[Piece]:
        """Return netmon's metrics and the process's own as the pieces of one document."""
        return _in_order(self._pieces(self._collect(view, event_streams), openmetrics=openmetrics))

    def _pieces(self, steps: Iterable[Step], *, openmetrics: bool) -> Iterator[Piece]:
        yield from self._writers[openmetrics].pieces(steps, openmetrics=openmetrics)
        process: Callable[[CollectorRegistry], bytes] = generate_openmetrics if openmetrics else generate_latest
        yield Piece(process(self._process))


def _in_order(pieces: Iterable[Piece]) -> list[Piece]:
    """Return pieces in the order of the catalogue, and what is not of it last."""
    return sorted(pieces, key=lambda piece: PLACES.get(piece.metric, len(PLACES)))
