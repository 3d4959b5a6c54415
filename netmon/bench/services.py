"""`netmon bench services`: CPU of website checks beside blackbox_exporter, against a real nginx, in one run."""

from __future__ import annotations

import asyncio
import os
import shutil
import ssl
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from netmon.bench.programs import cpu_of, free_port, running
from netmon.bench.report import bench_report
from netmon.cli.output import Format, report_options
from netmon.clock import SystemClock
from netmon.errors import CannotError
from netmon.model import Service
from netmon.probes.services.check import check
from netmon.probes.services.places import PER_HOST, Places
from netmon.probes.sockets import KernelSockets

INTERVAL = 60.0  # seconds between two checks of a website, by which shares of a core are told
VILLAGES = 311
HOSTS = 50
BLACKBOX = "prometheus-blackbox-exporter"
PAGE = "<html><head><title>Desa</title></head><body><h1>Selamat datang</h1></body></html>"


@click.command()
@click.option(
    "--targets", default=5_000, show_default=True, type=click.IntRange(1, 50_000), help=f"On {HOSTS} hosts."
)
@click.option(
    "--peer-checks", default=500, show_default=True, type=click.IntRange(1), help="Checks by blackbox_exporter."
)
@report_options
def services(targets: int, peer_checks: int, format_: Format, output: str | None) -> int:
    """Measure checks of 311 websites on one host, two connections at a time, and of many on 50 hosts.

    Needs nginx, which answers on addresses of loopback; blackbox_exporter (Debian: prometheus-blackbox-exporter) is
    left out where it is missing. Exit code 1 when a check by netmon failed.
    """
    hosts = [f"127.0.54.{number}" for number in range(1, HOSTS + 1)]
    with tempfile.TemporaryDirectory() as folder, _nginx(Path(folder), hosts) as port:
        rows = [
            _ours(f"netmon, {VILLAGES} on one host", [f"http://{hosts[0]}:{port}/{n}" for n in range(VILLAGES)]),
            _ours(
                f"netmon, {targets} on {HOSTS} hosts",
                [f"http://{hosts[number % HOSTS]}:{port}/{number}" for number in range(targets)],
            ),
        ]
        failed = any(row["failed"] for row in rows)  # what fails for a peer is for its row alone to say
        ratios: dict[str, float] = {}
        program = shutil.which(BLACKBOX)
        if program is None:
            click.echo(f"netmon: {BLACKBOX} is not installed and left out", err=True)
        else:
            urls = [f"http://{hosts[number % HOSTS]}:{port}/{number}" for number in range(peer_checks)]
            peer = _theirs(program, urls)
            rows.append(peer)
            ratios["cpu netmon / blackbox_exporter"] = rows[1]["cpu_us_per_check"] / peer["cpu_us_per_check"]
    bench_report(rows, ratios, format_=format_, output=output)
    return int(failed)


def _ours(engine: str, urls: Sequence[str]) -> dict[str, Any]:
    async def all_of_them() -> int:
        places, tls = Places(PER_HOST), ssl.create_default_context()
        drawn = [Service(url, "bench", "website", url) for url in urls]
        found = await asyncio.gather(*(check(one, KernelSockets(), SystemClock(), tls, places) for one in drawn))
        return sum(not result.ok for result in found)

    began, busy = time.perf_counter(), time.process_time()
    failed = asyncio.run(all_of_them())
    return _row(engine, len(urls), failed, time.perf_counter() - began, time.process_time() - busy)


def _theirs(program: str, urls: Sequence[str]) -> dict[str, Any]:
    """Let blackbox_exporter check the same, two at a time, and read its own CPU time."""
    port = free_port("127.0.0.1")
    command = [program, f"--web.listen-address=127.0.0.1:{port}", "--log.level=error"]
    with tempfile.TemporaryDirectory() as folder:
        config = Path(folder) / "blackbox.yml"
        config.write_text("modules: {web: {prober: http, http: {preferred_ip_protocol: ip4}}}\n", encoding="utf-8")
        with running([*command, f"--config.file={config}"], "127.0.0.1", port) as pid:
            began, busy = time.perf_counter(), cpu_of(pid)
            failed = asyncio.run(_ask_all(port, urls))
            return _row("blackbox_exporter", len(urls), failed, time.perf_counter() - began, cpu_of(pid) - busy)


async def _ask_all(port: int, urls: Sequence[str]) -> int:
    turns = asyncio.Semaphore(PER_HOST)

    async def ask(url: str) -> bool:
        async with turns:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            request = f"GET /probe?module=web&target={url} HTTP/1.1\r\nHost: bench\r\nConnection: close\r\n\r\n"
            writer.write(request.encode())
            answer = await reader.read(-1)
            writer.close()
            return b"\nprobe_success 1" in answer

    return sum(not good for good in await asyncio.gather(*(ask(url) for url in urls)))


def _row(engine: str, checks: int, failed: int, seconds: float, cpu: float) -> dict[str, Any]:
    return {
        "engine": engine,
        "checks": checks,
        "failed": failed,
        "seconds": round(seconds, 3),
        "cpu_us_per_check": round(cpu / checks * 1e6, 1),
        "core_share_at_60s": round(cpu / INTERVAL, 4),
    }


@contextmanager
def _nginx(folder: Path, hosts: Sequence[str]) -> Iterator[int]:
    program = shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin")
    if program is None:
        raise CannotError("nginx is not installed", "as root: apt-get install nginx-light")
    port = free_port(hosts[0])
    listens = " ".join(f"listen {host}:{port};" for host in hosts)
    temporary = " ".join(
        f"{kind}_temp_path {folder}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    config = folder / "nginx.conf"
    config.write_text(
        f"daemon off; worker_processes 1; pid {folder}/pid; error_log {folder}/error.log;\n"
        "events { worker_connections 4096; }\n"
        f"http {{ access_log off; default_type text/html; {temporary}\n"
        f"server {{ {listens} location / {{ return 200 '{PAGE}'; }} }} }}\n",
        encoding="utf-8",
    )
    with running([program, "-p", str(folder), "-c", str(config)], hosts[-1], port):
        yield port
