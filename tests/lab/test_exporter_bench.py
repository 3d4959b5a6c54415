"""`netmon bench exporter`, briefly; and what its figures rest on: bytes, work, and turns of the loop."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable

import pytest
from click.testing import CliRunner

from netmon.bench.exporter import cheapest, exporter
from netmon.bench.exporter_peer import by_prometheus_client
from netmon.bench.exporter_scrapes import app_of
from netmon.bench.exporter_views import again, view_of
from netmon.exporter.samples.collect import Collector
from netmon.exporter.samples.writer import Writer
from netmon.exporter.server import WebServer

pytestmark = pytest.mark.lab

SAMPLES = 30_000


def test_a_short_run_prints_its_rows_and_ratio() -> None:
    run = CliRunner().invoke(
        exporter,
        ["--samples", "3000", "--seconds", "0.5", "--scrapes", "0", "--format", "json"],
        standalone_mode=False,
    )
    assert run.exception is None, run.output
    assert run.return_value == 0, "the bytes are those of prometheus_client"
    found = json.loads(run.stdout)
    done = [(row["engine"], row["task"].partition(" of ")[0]) for row in found["rows"]]
    assert done[:4] == [
        ("netmon", "scrape"),
        ("netmon", "render"),
        ("prometheus_client", "render"),
        ("netmon", "scrape"),
    ]
    assert all(row["samples"] > 0 for row in found["rows"])
    assert 0 < found["ratios"]["render netmon / prometheus_client"] < 1


def test_the_writer_takes_a_quarter_of_the_processor_that_prometheus_client_takes_and_gives_its_bytes(
    record_property: Callable[[str, object], None],
) -> None:
    view, collector, writer = view_of(SAMPLES), Collector(), Writer()
    shown, later = (collector.collect(one) for one in (view, again(view)))
    assert writer.write(shown) == by_prometheus_client(shown, openmetrics=False)
    assert writer.write(shown, openmetrics=True) == by_prometheus_client(shown, openmetrics=True)
    ours = cheapest(writer.write, (later, shown), 5)
    theirs = cheapest(lambda one: by_prometheus_client(one, openmetrics=False), (shown,), 2)
    record_property("figure", f"{SAMPLES} samples: netmon {ours:.0f} ms of CPU, prometheus_client {theirs:.0f} ms")
    assert theirs > 4 * ours


def test_nobody_waits_long_for_the_loop_while_a_scrape_is_made(
    record_property: Callable[[str, object], None],
) -> None:
    """What a prober would wait for its turn: the processor time that the loop's thread takes between two turns.

    The first scrape may take longer in all, since the lines' beginnings are made then, and no turn of it may.
    """
    view = view_of(SAMPLES)
    views = (view, again(view))

    async def longest_turn(port: int) -> float:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"GET /metrics HTTP/1.1\r\nHost: x\r\nAccept-Encoding: gzip\r\nConnection: close\r\n\r\n")
        answer = asyncio.create_task(reader.read())
        longest, began = 0.0, time.thread_time()
        while not answer.done():
            await asyncio.sleep(0)
            longest, began = max(longest, time.thread_time() - began), time.thread_time()
        assert b"200 OK" in answer.result()
        writer.close()
        await writer.wait_closed()
        return longest

    async def scene() -> tuple[float, float]:
        server = WebServer(app_of(views), port=0)
        await server.start()
        try:
            return await longest_turn(server.port), min([await longest_turn(server.port) for _ in range(3)])
        finally:
            await server.stop()

    tries = [asyncio.run(scene()) for _ in range(3)]
    first, later = (min(times) for times in zip(*tries, strict=True))
    record_property(
        "figure",
        f"{SAMPLES} samples, longest turn of the loop: {1e3 * later:.1f} ms, of the first scrape {1e3 * first:.1f}",
    )
    assert first < 0.010
    assert later < 0.010
