"""`netmon bench exporter`: what a scrape costs and whom it delays, beside prometheus_client in the same run."""

from __future__ import annotations

import asyncio
import shutil
import time
from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

import click

from netmon.bench.report import bench_report, county_inventory
from netmon.cli.amounts import Amount
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
SCRAPE_EVERY = 5.0  # seconds, by Prometheus alone
WHILE_PINGING = 1.0  # seconds, so that there are many scrapes to be late in


@click.command()
@click.option(
    "--samples", default=100_000, show_default=True, type=click.IntRange(1_000, 1_000_000), help="Of a scrape."
)
@click.option(
    "--seconds", default=60.0, show_default=True, type=Amount(0.0), help="For each run that pings; 0 leaves them out."
)
@click.option("--scrapes", default=4, show_default=True, help="By a real Prometheus; 0 leaves it out.")
@report_options
def exporter(samples: int, seconds: float, scrapes: int, format_: Format, output: str | None) -> int:
    """Measure scrapes: CPU of one, how long a real Prometheus takes, and how late pings leave meanwhile.

    The bytes are those of prometheus_client, which is the peer: exit code 1 when they differ. Prometheus is left out
    where it is not installed, and so are the runs that ping where that is not allowed. How late pings leave is
    that of turns during scrapes: by Prometheus each second, or by a plain client where there is none. There are a
    hundred turns a second, and `turns` says how many a figure stands on.
    """
    from netmon.bench.exporter_peer import by_prometheus_client  # noqa: PLC0415 (help must not load it)
    from netmon.bench.exporter_views import again, count, measured, view_of  # noqa: PLC0415
    from netmon.exporter.samples.collect import Collector  # noqa: PLC0415
    from netmon.exporter.samples.writer import Writer  # noqa: PLC0415

    county, large = measured(county_inventory(None)), view_of(samples)
    counties, views = (again(county), county), (again(large), large)
    rows, ratios = [_scrape(f"scrape of {len(county.picture.inventory.sites)} sites", counties)], {}
    collector, writer = Collector(), Writer()
    later, shown = map(collector.collect, views)
    same = writer.write(shown) == by_prometheus_client(shown, openmetrics=False)
    many = count(large)
    ours = _row("netmon", "render", many, cpu_ms=cheapest(writer.write, (later, shown), TIMES))
    peer = _row(
        "prometheus_client",
        "render",
        many,
        cpu_ms=cheapest(lambda one: by_prometheus_client(one, openmetrics=False), (shown, later), PEER_TIMES),
    )
    rows += [ours, peer, _scrape("scrape", views)]
    ratios["render netmon / prometheus_client"] = ours["cpu_ms"] / peer["cpu_ms"]
    program = shutil.which("prometheus")
    if program is None:
        click.echo("netmon: prometheus is not installed and left out", err=True)
    elif scrapes > 0:
        try:
            rows.append(_by_prometheus(program, counties, scrapes))
            rows.append(_by_prometheus(program, views, scrapes))
            rows.append(_peer_by_prometheus(program, shown, many, scrapes))
            ratios["Prometheus' scrape netmon / prometheus_client"] = rows[-2]["p50_ms"] / rows[-1]["p50_ms"]
        except CannotError as error:  # what is too slow for a scrape has no figure; the others have
            click.echo(f"netmon: {error.message}; left out", err=True)
    if seconds > 0:
        peers = partial(by_prometheus_client, shown, openmetrics=False)
        rows += _delays(program, views, peers, seconds)
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


def _scrape(task: str, views: Sequence[View]) -> Row:
    from netmon.bench.exporter_views import count  # noqa: PLC0415 (help must not load it)

    return _row("netmon", task, count(views[-1]), **scrape_figures(views))


def scrape_figures(views: Sequence[View]) -> dict[str, float]:
    """Measure all that netmon does for scrapes of these views in turn: samples, text, its own metrics, and gzip."""
    from netmon.exporter.prometheus.scrape import Scrapes  # noqa: PLC0415 (help must not load it)
    from netmon.exporter.samples.collect import Collector  # noqa: PLC0415
    from netmon.exporter.samples.packing import joined, packed  # noqa: PLC0415

    scrapes = Scrapes(Collector().each)
    pieces = scrapes.pieces(views[-1])
    cpu = cheapest(lambda one: packed(scrapes.pieces(one)), views, TIMES)
    return {"cpu_ms": cpu, "bytes": len(joined(pieces)), "packed_bytes": len(packed(pieces))}


def _by_prometheus(program: str, views: Sequence[View], scrapes: int) -> Row:
    """Let a real Prometheus scrape netmon's own server, and ask it how long that took."""
    from netmon.bench.exporter_scrapes import app_of, scrape_seconds, served  # noqa: PLC0415 (help must not load it)
    from netmon.bench.exporter_views import count  # noqa: PLC0415

    many = count(views[-1])
    work = partial(scrape_seconds, program, samples=many, scrapes=scrapes, every=SCRAPE_EVERY)
    took = asyncio.run(served(app_of(views), work))
    return _row("netmon", "scrape by Prometheus", many, p50_ms=round(1e3 * took, 1))


def _peer_by_prometheus(program: str, shown: Sequence[Column | Histogram], samples: int, scrapes: int) -> Row:
    from prometheus_client import start_http_server  # noqa: PLC0415 (help must not load it)

    from netmon.bench.exporter_peer import registry_of  # noqa: PLC0415
    from netmon.bench.exporter_scrapes import scrape_seconds  # noqa: PLC0415

    server, _ = start_http_server(0, "127.0.0.1", registry_of(shown))
    try:
        took = scrape_seconds(program, server.server_port, samples=samples, scrapes=scrapes, every=SCRAPE_EVERY)
    finally:
        server.shutdown()
        server.server_close()
    return _row("prometheus_client", "scrape by Prometheus", samples, p50_ms=round(1e3 * took, 1))


def _delays(program: str | None, views: Sequence[View], peer: Rendering, seconds: float) -> list[Row]:
    """Ping a thousand addresses of loopback, unscraped, scraped each second, and beside the peer in a thread."""
    from netmon.bench.exporter_scrapes import lags_while_rendered, lags_while_scraped  # noqa: PLC0415
    from netmon.bench.exporter_views import count  # noqa: PLC0415
    from netmon.errors import PrivilegeError  # noqa: PLC0415 (help must not load it)

    lag = partial(_lag, count(views[-1]))
    try:
        return [
            lag("netmon", "pings, no scrape", asyncio.run(lags_while_rendered(None, seconds, WHILE_PINGING))),
            lag(
                "netmon",
                "pings during scrapes",
                asyncio.run(lags_while_scraped(program, views, seconds, WHILE_PINGING)),
            ),
            lag(
                "prometheus_client",
                "pings while rendering",
                asyncio.run(lags_while_rendered(peer, seconds, WHILE_PINGING)),
            ),
        ]
    except PrivilegeError as error:
        click.echo(f"netmon: {error.message}; the runs that ping are left out", err=True)
        return []


def _lag(samples: int, engine: str, task: str, lags: Sequence[float]) -> Row:
    import numpy as np  # noqa: PLC0415 (help must not load it)

    row = _row(engine, task, samples, turns=len(lags))
    if lags:
        found = np.percentile(np.array(lags), (50, 99, 100))
        row |= dict(zip(("p50_ms", "p99_ms", "worst_ms"), (round(1e3 * float(one), 2) for one in found), strict=True))
    return row
