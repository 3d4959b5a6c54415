"""Scrapes by others: a real Prometheus beside a server, and pings that leave while it scrapes.

Whoever scrapes is a process of its own: in that of the server it would take the interpreter from what is measured.
"""

from __future__ import annotations

import asyncio
import itertools
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import httpx2
from starlette.types import ASGIApp, Receive, Scope, Send

from netmon.bench.programs import free_port, running, until_left
from netmon.clock import SystemClock
from netmon.daemon.running import give_way
from netmon.errors import CannotError
from netmon.exporter.api.changes import ChangeFeed
from netmon.exporter.app import create_app
from netmon.exporter.server import WebServer
from netmon.exporter.view import View
from netmon.probes.icmp.prober import IcmpProber
from netmon.probes.icmp.settings import IcmpSettings
from netmon.probes.icmp.targets import IcmpTarget
from netmon.probes.sockets import KernelSockets

PINGED = 1_000  # addresses, each once a second
TICK = 0.01  # seconds between turns of the prober: a p99 wants hundreds of them during scrapes
SETTLE = 2.0  # seconds in which the first words of all are heard
PATIENCE = 60.0
BEGINNING = 503  # what a Prometheus answers that listens, but is not ready yet
HOST = "127.0.0.1"
_SCRAPER = """
import sys, time, urllib.request
opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
while True:
    time.sleep(float(sys.argv[2]))
    opener.open(urllib.request.Request(sys.argv[1], headers={"Accept-Encoding": "gzip"})).read()
"""

_FETCHER = """
import http.client, sys, time
client = http.client.HTTPConnection(sys.argv[1])
for _ in range(int(sys.argv[2])):
    began = time.perf_counter()
    client.request("GET", "/metrics", headers={"Accept-Encoding": sys.argv[3]})
    client.getresponse().read()
    print(time.perf_counter() - began)
    time.sleep(1.0)
"""


class Counted:
    """An app, and how many requests it is answering and has answered."""

    def __init__(self, app: ASGIApp) -> None:
        self.now = 0
        self.begun = 0
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        self.now += 1
        self.begun += 1
        try:
            await self._app(scope, receive, send)
        finally:
            self.now -= 1


class DuringScrapes:
    """Takes how late each turn of a prober began; keeps those between whose sleep and start a scrape was going on."""

    def __init__(self, requests: Counted | None) -> None:
        self.lags: list[float] = []
        self._requests = requests
        self._begun = 0

    def take(self, lag: float) -> None:
        """Take the lag of one turn, in seconds; without requests every turn counts."""
        if self._requests is None:
            self.lags.append(lag)
            return
        if self._requests.now or self._requests.begun > self._begun:
            self.lags.append(lag)
        self._begun = self._requests.begun


def app_of(views: Sequence[View]) -> Counted:
    """Return netmon's app, which shows these views in turn, so that every scrape finds other values."""
    return Counted(create_app(itertools.cycle(views).__next__, ChangeFeed()))


@contextmanager
def scraping(program: str | None, port: int, every: float) -> Iterator[int | None]:
    """Let a Prometheus, or where there is none a plain client, scrape a port of loopback; yield Prometheus' own port.

    Raises:
        CannotError: Prometheus does not begin.
    """
    if program is None:
        with until_left([sys.executable, "-c", _SCRAPER, f"http://{HOST}:{port}/metrics", str(every)]):
            yield None
        return
    own = free_port(HOST)
    with tempfile.TemporaryDirectory() as folder:
        config = Path(folder) / "prometheus.yml"
        config.write_text(
            f"global: {{scrape_interval: {every:g}s, scrape_timeout: {every:g}s}}\n"
            f"scrape_configs: [{{static_configs: [{{targets: ['{HOST}:{port}']}}], job_name: bench}}]\n",
            encoding="utf-8",
        )
        command = [program, f"--config.file={config}", f"--storage.tsdb.path={folder}/data",
                   f"--web.listen-address={HOST}:{own}", "--log.level=error"]  # fmt: skip
        with running(command, HOST, own):
            yield own


def scrape_seconds(program: str, port: int, *, samples: int, scrapes: int, every: float) -> float:
    """Return the median `scrape_duration_seconds` of a Prometheus that scrapes a port of loopback.

    Raises:
        CannotError: it does not begin, or did not scrape all samples in time.
    """
    with scraping(program, port, every) as own:
        if own is None:
            raise CannotError("there is no Prometheus")
        ends = time.monotonic() + PATIENCE
        while _ask(own, "sum_over_time(up[5m])") < scrapes:
            if time.monotonic() > ends:
                raise CannotError("Prometheus did not scrape in time", "run the bench where less is going on")
            time.sleep(0.5)
        if _ask(own, "max_over_time(scrape_samples_scraped[5m])") < samples:
            raise CannotError("Prometheus did not get all samples", "run the bench where less is going on")
        return _ask(own, f"quantile_over_time(0.5, (scrape_duration_seconds and on() up == 1)[5m:{every:g}s])")


def _ask(port: int, query: str) -> float:
    """Return the value of a query of one series; 0 while there is none."""
    url = f"http://{HOST}:{port}/api/v1/query"
    answer = httpx2.get(url, params={"query": query}, trust_env=False, timeout=PATIENCE)
    if answer.status_code == BEGINNING:
        return 0.0
    found = answer.raise_for_status().json()["data"]["result"]
    return float(found[0]["value"][1]) if found else 0.0


def fetch_seconds(url: str, times: int, encoding: str = "gzip") -> list[float]:
    """Return how long a client that accepts this encoding waited for each of several scrapes, one a second."""
    command = [sys.executable, "-c", _FETCHER, urlsplit(url).netloc, str(times), encoding]
    said = subprocess.run(command, check=True, stdout=subprocess.PIPE, stdin=subprocess.DEVNULL)
    return [float(line) for line in said.stdout.split()]


async def served(app: ASGIApp, work: Callable[[int], float]) -> float:
    """Serve an app on a port of loopback; return what `work` makes of that port meanwhile, in a worker thread."""
    server = WebServer(app, port=0)
    await server.start()
    try:
        return await asyncio.to_thread(work, server.port)
    finally:
        await server.stop()


async def lags_while_scraped(program: str | None, views: Sequence[View], seconds: float, every: float) -> list[float]:
    """Ping a thousand addresses; return how late the turns of the prober began during scrapes, in seconds."""
    app = app_of(views)
    during = DuringScrapes(app)
    give_way()

    server = WebServer(app, port=0)
    await server.start()
    try:
        with scraping(program, server.port, every):
            await _ping(during, lambda: asyncio.sleep(seconds))
    finally:
        await server.stop()
    return during.lags


async def lags_while_rendered(render: Callable[[], object] | None, seconds: float, every: float) -> list[float]:
    """Ping a thousand addresses while something renders in a thread, or nothing; return how late turns began."""
    during, over = DuringScrapes(None), threading.Event()

    def repeat() -> None:
        while not over.wait(every):
            if render is not None:
                render()

    async def rendered() -> None:
        working = asyncio.create_task(asyncio.to_thread(repeat))
        await asyncio.sleep(seconds)
        over.set()
        await working

    await _ping(during, rendered)
    return during.lags


async def _ping(during: DuringScrapes, work: Callable[[], Awaitable[None]]) -> None:
    prober = IcmpProber(KernelSockets(), SystemClock(), settings=IcmpSettings(tick_max=TICK))
    targets = [IcmpTarget(f"n{i}", f"127.{60 + i // 250}.0.{1 + i % 250}", 1.0) for i in range(PINGED)]
    prober.set_targets(targets, false_alarms_per_year=1.0)
    pinging = asyncio.create_task(prober.run(lambda _events: None))
    try:
        await asyncio.sleep(SETTLE)
        prober.lag_watchers.append(during.take)
        await work()
    finally:
        pinging.cancel()
