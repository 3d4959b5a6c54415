"""`/metrics`: format and compression as the scraper asks; made in short turns, packed beside: no probe waits."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Iterator
from typing import Generic, TypeVar

import anyio.to_thread
from prometheus_client import CollectorRegistry, GCCollector, ProcessCollector, generate_latest
from prometheus_client.openmetrics.exposition import generate_latest as generate_openmetrics
from starlette.requests import Request
from starlette.responses import Response

from netmon.exporter.prometheus.negotiate import OPENMETRICS, PLAIN, accepts_gzip, prefers_openmetrics
from netmon.exporter.samples.columns import Sample, in_order
from netmon.exporter.samples.packing import Piece, joined, packed
from netmon.exporter.samples.writer import Writer
from netmon.exporter.turns import in_turns

Shown = TypeVar("Shown")


class Scrapes(Generic[Shown]):
    """Answers scrapes one at a time; a writer for each format keeps what stays from one to the next.

    Args:
        collect: returns the samples of what is shown, and of the event streams that are open, in any order.
    """

    def __init__(self, collect: Callable[[Shown, int], Iterable[Sample]]) -> None:
        self._collect = collect
        self._writers = {openmetrics: Writer() for openmetrics in (False, True)}
        self._process = CollectorRegistry()
        ProcessCollector(registry=self._process)
        GCCollector(registry=self._process)
        self._one_at_a_time = asyncio.Lock()

    async def answer(self, request: Request, view: Shown, event_streams: int) -> Response:
        """Return the metrics of a view in the format that the request prefers."""
        openmetrics = prefers_openmetrics(request.headers.get("accept", ""))
        is_packed = accepts_gzip(request.headers.get("accept-encoding", ""))
        async with self._one_at_a_time:
            samples = in_order(await in_turns(self._collect(view, event_streams)))
            pieces = await in_turns(self._pieces(samples, openmetrics=openmetrics))
            body = await anyio.to_thread.run_sync(packed if is_packed else joined, pieces)
        headers = {"content-type": OPENMETRICS if openmetrics else PLAIN, "vary": "Accept, Accept-Encoding"}
        if is_packed:
            headers["content-encoding"] = "gzip"
        return Response(body, headers=headers)

    def pieces(self, view: Shown, event_streams: int = 0, *, openmetrics: bool = False) -> list[Piece]:
        """Return netmon's metrics and the process's own as the pieces of one document."""
        samples = in_order(self._collect(view, event_streams))
        return list(self._pieces(samples, openmetrics=openmetrics))

    def _pieces(self, samples: Iterable[Sample], *, openmetrics: bool) -> Iterator[Piece]:
        yield from self._writers[openmetrics].pieces(samples, openmetrics=openmetrics)
        process: Callable[[CollectorRegistry], bytes] = generate_openmetrics if openmetrics else generate_latest
        yield Piece(process(self._process))
