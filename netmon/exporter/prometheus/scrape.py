"""`/metrics`: format and compression as the scraper asks, made in a worker thread so that no probe waits."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from typing import Generic, TypeVar

import anyio.to_thread
from anyio import CapacityLimiter
from prometheus_client import CollectorRegistry, GCCollector, ProcessCollector, generate_latest
from prometheus_client.openmetrics.exposition import generate_latest as generate_openmetrics
from starlette.requests import Request
from starlette.responses import Response

from netmon.exporter.prometheus.negotiate import OPENMETRICS, PLAIN, accepts_gzip, prefers_openmetrics
from netmon.exporter.samples.columns import Sample
from netmon.exporter.samples.writer import Writer

Shown = TypeVar("Shown")


class Scrapes(Generic[Shown]):
    """Answers scrapes one at a time; the writer keeps its line prefixes from one to the next.

    Args:
        collect: returns the samples of what is shown, and of the event streams that are open.
    """

    def __init__(self, collect: Callable[[Shown, int], list[Sample]]) -> None:
        self._collect = collect
        self._writer = Writer()
        self._process = CollectorRegistry()
        ProcessCollector(registry=self._process)
        GCCollector(registry=self._process)
        self._one_at_a_time = CapacityLimiter(1)

    async def answer(self, request: Request, view: Shown, event_streams: int) -> Response:
        """Return the metrics of a view in the format that the request prefers."""
        openmetrics = prefers_openmetrics(request.headers.get("accept", ""))
        packed = accepts_gzip(request.headers.get("accept-encoding", ""))

        def render() -> bytes:
            text = self.text(view, event_streams, openmetrics=openmetrics)
            return gzip.compress(text, compresslevel=1) if packed else text

        body = await anyio.to_thread.run_sync(render, limiter=self._one_at_a_time)
        headers = {"content-type": OPENMETRICS if openmetrics else PLAIN, "vary": "Accept, Accept-Encoding"}
        if packed:
            headers["content-encoding"] = "gzip"
        return Response(body, headers=headers)

    def text(self, view: Shown, event_streams: int = 0, *, openmetrics: bool = False) -> bytes:
        """Return netmon's metrics and the process's own as one document."""
        own = self._writer.write(self._collect(view, event_streams), openmetrics=openmetrics)
        process: Callable[[CollectorRegistry], bytes] = generate_openmetrics if openmetrics else generate_latest
        return own + process(self._process)
