"""`netmon bench exporter`: what a scrape costs and whom it delays, beside prometheus_client in the same run."""

from __future__ import annotations

import asyncio
import gzip
import shutil
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from netmon.bench.report import bench_report, county_inventory
from netmon.cli.output import Format, report_options
from netmon.errors import CannotError

if TYPE_CHECKING:  # help must not load what is measured
    from netmon.exporter.samples.writer import Column, Histogram
    from netmon.exporter.view import View

Row = dict[str, Any]
Rendering = Callable[[], bytes]
T = TypeVar("T")

TIMES = 7  # of a rendering of ours, of which the cheapest counts
PEER_TIMES = 2
SCRAPE_EVERY = 5  # seconds
PINGED = 1_000  # addresses, each once a second
SETTLE = 2.0  # seconds in which the first words of all are heard
PATIENCE = 60.0
BEGINNING = 503  # what a Prometheus answers that listens, but is not ready yet


@click.command()
@click.option(
    "--samples", default=100_000, show_default=True, type=click.IntRange(1_000, 1_000_000), help="Of a scrape."
)
@click.option("--seconds", default=20.0, show_default=True, help="For each run that pings; 0 leaves them out.")
@click.option("--scrapes", default=4, show_default=True, help="By a real Prometheus; 0 leaves it out.")
@report_options
def exporter(samples: int, seconds: float, scrapes: int, format_: Format, output: str | None) -> int:
    """Measure scrapes: CPU of one, how long a real Prometheus takes, and how late pings leave meanwhile.

    The bytes are those of prometheus_client, which is the peer: exit code 1 when they differ. Prometheus is left out
    where it is not installed, and so are the runs that ping where that is not allowed.
    """
    from netmon.bench.exporter_peer import by_prometheus_client  # noqa: PLC0415 (help must not load it)
    from netmon.bench.exporter_views import count, measured, view_of  # noqa: PLC0415
    from netmon.exporter.samples.collect import Collector  # noqa: PLC0415
    from netmon.exporter.samples.writer import Writer  # noqa: PLC0415

    county, large = measured(county_inventory(None)), view_of(samples)
    rows, ratios = [_scrape(f"scrape of {len(county.picture.inventory.sites)} sites", county, count(county))], {}
    collector, writer = Collector(), Writer()
    shown = collector.collect(large)
    later = collector.collect(measured(large.picture.inventory, seed=2))  # every round trip and counter is another
    same = writer.write(shown) == by_prometheus_client(shown, openmetrics=False)
    many = count(large)
    ours = _row("netmon", "render", many, cpu_ms=cheapest(writer.write, (later, shown), TIMES))
    peer = _row(
        "prometheus_client",
        "render",
        many,
        cpu_ms=cheapest(lambda one: by_prometheus_client(one, openmetrics=False), (shown, later), PEER_TIMES),
    )
    rows += [ours, peer, _scrape("scrape", large, many)]
    ratios["render netmon / prometheus_client"] = ours["cpu_ms"] / peer["cpu_ms"]
    program = shutil.which("prometheus")
    if program is None:
        click.echo("netmon: prometheus is not installed and left out", err=True)
    elif scrapes > 0:
        try:
            rows.append(_by_prometheus(program, large, many, scrapes))
            rows.append(_peer_by_prometheus(program, shown, many, scrapes))
            ratios["Prometheus' scrape netmon / prometheus_client"] = rows[-2]["p50_ms"] / rows[-1]["p50_ms"]
        except CannotError as error:  # what is too slow for a scrape has no figure; the others have
            click.echo(f"netmon: {error.message}; left out", err=True)
    if seconds > 0:
        rows += _delays(large, many, lambda: by_prometheus_client(shown, openmetrics=False), seconds)
    bench_report(rows, {name: round(ratio, 3) for name, ratio in ratios.items()}, format_=format_, output=output)
    if not same:
        click.echo("netmon: the bytes differ from those of prometheus_client", err=True)
    return int(not same)


def cheapest(render: Callable[[T], object], subjects: Sequence[T], times: int) -> float:
    """Return the CPU milliseconds of the cheapest of several renderings of these in turn, on this thread."""
    spent = []
    for turn in range(times):
        began = time.thread_time()
        render(subjects[turn % len(subjects)])
        spent.append(time.thread_time() - began)
    return round(1e3 * min(spent), 2)


def _row(engine: str, task: str, samples: int, **figures: float) -> Row:
    return {"engine": engine, "task": task, "samples": samples, **figures}


def _scrape(task: str, view: View, samples: int) -> Row:
    from netmon.bench.exporter_views import measured  # noqa: PLC0415 (help must not load it)

    views = (measured(view.picture.inventory, seed=2), view)
    return _row("netmon", task, samples, **scrape_figures(views))


def scrape_figures(views: Sequence[View]) -> dict[str, float]:
    """Measure all that netmon does for scrapes of these views in turn: samples, text, its own metrics, and gzip."""
    from netmon.exporter.prometheus.scrape import Scrapes  # noqa: PLC0415 (help must not load it)
    from netmon.exporter.samples.collect import Collector  # noqa: PLC0415

    scrapes = Scrapes(Collector().collect)
    text = scrapes.text(views[-1])
    packed = gzip.compress(text, compresslevel=1)
    cpu = cheapest(lambda one: gzip.compress(scrapes.text(one), compresslevel=1), views, TIMES)
    return {"cpu_ms": cpu, "bytes": len(text), "packed_bytes": len(packed)}


# ---------------------------------------------------------------------------------------------------------
# A real Prometheus
# ---------------------------------------------------------------------------------------------------------


def _by_prometheus(program: str, view: View, samples: int, scrapes: int) -> Row:
    """Let a real Prometheus scrape netmon's own server, and ask it how long that took."""

    async def serve() -> float:
        server = _server(view)
        await server.start()
        try:
            return await asyncio.to_thread(_scrape_seconds, program, server.port, samples, scrapes)
        finally:
            await server.stop()

    return _row("netmon", "scrape by Prometheus", samples, p50_ms=round(1e3 * asyncio.run(serve()), 1))


def _peer_by_prometheus(program: str, shown: Sequence[Column | Histogram], samples: int, scrapes: int) -> Row:
    from prometheus_client import start_http_server  # noqa: PLC0415 (help must not load it)

    from netmon.bench.exporter_peer import registry_of  # noqa: PLC0415

    server, _ = start_http_server(0, "127.0.0.1", registry_of(shown))
    try:
        took = _scrape_seconds(program, server.server_port, samples, scrapes)
    finally:
        server.shutdown()
        server.server_close()
    return _row("prometheus_client", "scrape by Prometheus", samples, p50_ms=round(1e3 * took, 1))


def _server(view: View) -> Any:
    from netmon.exporter.api.changes import ChangeFeed  # noqa: PLC0415 (help must not load it)
    from netmon.exporter.app import create_app  # noqa: PLC0415
    from netmon.exporter.server import WebServer  # noqa: PLC0415

    return WebServer(create_app(lambda: view, ChangeFeed()), port=0)


def _scrape_seconds(program: str, port: int, samples: int, scrapes: int) -> float:
    """Return the median `scrape_duration_seconds` of a Prometheus that scrapes a port of loopback.

    Raises:
        CannotError: it does not begin, or did not scrape all samples in time.
    """
    from netmon.bench.programs import free_port, running  # noqa: PLC0415 (help must not load it)

    own = free_port("127.0.0.1")
    target = f"{{static_configs: [{{targets: ['127.0.0.1:{port}']}}], job_name: bench}}"
    with tempfile.TemporaryDirectory() as folder:
        config = Path(folder) / "prometheus.yml"
        config.write_text(f"global: {{scrape_interval: {SCRAPE_EVERY}s, scrape_timeout: {SCRAPE_EVERY}s}}\n"
                          f"scrape_configs: [{target}]\n", encoding="utf-8")  # fmt: skip
        command = [program, f"--config.file={config}", f"--storage.tsdb.path={folder}/data",
                   f"--web.listen-address=127.0.0.1:{own}", "--log.level=error"]  # fmt: skip
        with running(command, "127.0.0.1", own):
            ends = time.monotonic() + PATIENCE
            while _ask(own, "sum_over_time(up[5m])") < scrapes:
                if time.monotonic() > ends:
                    raise CannotError("Prometheus did not scrape in time", "run the bench where less is going on")
                time.sleep(0.5)
            if _ask(own, "max_over_time(scrape_samples_scraped[5m])") < samples:
                raise CannotError("Prometheus did not get all samples", "run the bench where less is going on")
            return _ask(
                own, f"quantile_over_time(0.5, (scrape_duration_seconds and on() up == 1)[5m:{SCRAPE_EVERY}s])"
            )


def _ask(port: int, query: str) -> float:
    """Return the value of a query of one series; 0 while there is none."""
    import httpx2  # noqa: PLC0415 (help must not load it)

    url = f"http://127.0.0.1:{port}/api/v1/query"
    answer = httpx2.get(url, params={"query": query}, trust_env=False, timeout=PATIENCE)
    if answer.status_code == BEGINNING:
        return 0.0
    found = answer.raise_for_status().json()["data"]["result"]
    return float(found[0]["value"][1]) if found else 0.0


# ---------------------------------------------------------------------------------------------------------
# Whom a scrape delays
# ---------------------------------------------------------------------------------------------------------


def _delays(view: View, samples: int, peer: Rendering, seconds: float) -> list[Row]:
    """Ping a thousand addresses of loopback, unscraped, scraped each second, and beside the peer in a thread."""
    from netmon.errors import PrivilegeError  # noqa: PLC0415 (help must not load it)

    try:
        return [
            _lag("netmon", "pings, no scrape", samples, asyncio.run(_pinging(seconds, None, None))),
            _lag("netmon", "pings, scraped each second", samples, asyncio.run(_pinging(seconds, view, None))),
            _lag(
                "prometheus_client",
                "pings, rendered each second",
                samples,
                asyncio.run(_pinging(seconds, None, peer)),
            ),
        ]
    except PrivilegeError as error:
        click.echo(f"netmon: {error.message}; the runs that ping are left out", err=True)
        return []


def _lag(engine: str, task: str, samples: int, lags: Sequence[float]) -> Row:
    import numpy as np  # noqa: PLC0415 (help must not load it)

    p50, p99, worst = (round(1e3 * float(found), 2) for found in np.percentile(np.array(lags), (50, 99, 100)))
    return _row(engine, task, samples, p50_ms=p50, p99_ms=p99, worst_ms=worst)


async def _pinging(seconds: float, view: View | None, peer: Rendering | None) -> list[float]:
    """Return how late each turn of the prober began, in seconds; `view` is scraped meanwhile, `peer` rendered."""
    from netmon.clock import SystemClock  # noqa: PLC0415 (help must not load it)
    from netmon.probes.icmp.prober import IcmpProber  # noqa: PLC0415
    from netmon.probes.icmp.targets import IcmpTarget  # noqa: PLC0415
    from netmon.probes.sockets import KernelSockets  # noqa: PLC0415

    prober = IcmpProber(KernelSockets(), SystemClock())
    targets = [IcmpTarget(f"n{i}", f"127.{60 + i // 250}.0.{1 + i % 250}", 1.0) for i in range(PINGED)]
    prober.set_targets(targets, false_alarms_per_year=1.0)
    lags: list[float] = []
    over = threading.Event()
    server = None if view is None else _server(view)
    if server is not None:
        await server.start()
    running = asyncio.create_task(prober.run(lambda _events: None))
    await asyncio.sleep(min(SETTLE, seconds))
    prober.lag_watchers.append(lags.append)
    job: Rendering | None = peer if server is None else lambda: _fetch(server.url)
    working = None if job is None else asyncio.create_task(asyncio.to_thread(_each_second, job, over))
    try:
        await asyncio.sleep(seconds)
    finally:
        over.set()
        if working is not None:
            await working
        running.cancel()
        if server is not None:
            await server.stop()
    return lags


def _each_second(job: Rendering, over: threading.Event) -> None:
    while not over.wait(1.0):
        job()


def _fetch(url: str) -> bytes:
    import httpx2  # noqa: PLC0415 (help must not load it)

    answer = httpx2.get(f"{url}metrics", trust_env=False, timeout=PATIENCE)
    return answer.raise_for_status().content
