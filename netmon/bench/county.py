"""`netmon bench county`: what the daemon costs on the whole county, and what the lab costs that plays it."""

from __future__ import annotations

import asyncio
import os
import resource
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, NamedTuple, cast

import click

from netmon.bench.report import bench_report, county_inventory
from netmon.cli.amounts import Amount
from netmon.cli.output import Format, report_options

if TYPE_CHECKING:  # help must not load probes
    from netmon.probes.icmp.prober import IcmpProber
    from netmon.probes.snmp.poller import SnmpPoller

_FIRST_POLLS = 40.0
"""Seconds within which every router's ports have been read once; the first reading costs more than any later one."""
SCRAPES = 11
"""Scrapes that a client of loopback makes, packed and again plain, of which the median counts."""


@click.command()
@click.option("-i", "--inventory", "inventory_path", type=click.Path(path_type=Path), help="Default: Tuban.")
@click.option("--seconds", default=60.0, show_default=True, type=Amount(0.0), help="How long to measure.")
@report_options
def county(inventory_path: Path | None, seconds: float, format_: Format, output: str | None) -> None:
    """Measure CPU, memory and scrapes of the daemon on the county lab, at the intervals of the inventory.

    Three times as long as said: with SNMP, without, which tells SNMP's share, and as many datagrams by a plain loop
    that does not look at them: on the lab the kernel forwards at the expense of whoever sends.
    """
    rows = asyncio.run(_measure(inventory_path, seconds))
    daemon, floor = (cast("float", row["cpu_ratio"]) for row in rows)
    bench_report(rows, {"netmon / floor": round(daemon / floor, 2)} if floor else {}, format_=format_, output=output)


async def _measure(path: Path | None, seconds: float) -> Sequence[Mapping[str, object]]:
    """Return a row of the daemon and one of the floor."""
    from netmon.bench.county_floor import Traffic, floor_cpu_ratio  # noqa: PLC0415 (help must not load probes)
    from netmon.bench.exporter import scrape_figures  # noqa: PLC0415
    from netmon.bench.exporter_scrapes import fetch_seconds  # noqa: PLC0415
    from netmon.bench.exporter_views import count  # noqa: PLC0415
    from netmon.daemon.running import give_way  # noqa: PLC0415 (help must not load the daemon)
    from netmon.trial.stage import open_stage  # noqa: PLC0415 (help must not load the daemon)

    inventory = county_inventory(path)
    async with open_stage(inventory) as stage:
        give_way()  # as every daemon does once it has started
        await stage.all_heard()
        await stage.all_polled(_FIRST_POLLS)
        scraped = await asyncio.to_thread(fetch_seconds, stage.url, SCRAPES)
        plain = await asyncio.to_thread(fetch_seconds, stage.url, SCRAPES, "identity")
        lab_megabytes = _proportional_megabytes(stage.lab.pid)
        icmp, snmp = stage.daemon.instruments.icmp, stage.daemon.instruments.snmp
        pings, asked, polls = _pings(icmp), _questions(snmp), snmp.measurements().polls_total
        views = [stage.daemon.view()]
        spent = await _spend(seconds)
        views.append(stage.daemon.view())
        traffic = Traffic(
            (_pings(icmp) - pings) / spent.seconds,
            (_questions(snmp) - asked) / spent.seconds,
            icmp.measurements().totals.tick,
        )
        polled = snmp.measurements()
        unpolled = {id_: replace(node, snmp=None) for id_, node in inventory.nodes.items()}
        snmp.set_inventory(replace(inventory, nodes=unpolled))
        without = await _spend(seconds)
        icmp.set_targets([], false_alarms_per_year=inventory.false_alarms_per_year)
        floor = await asyncio.to_thread(floor_cpu_ratio, inventory, stage.lab.sockets, traffic, seconds)
        rates = {
            "pings_per_second": round(traffic.pings, 1),
            "snmp_requests_per_second": round(traffic.questions, 1),
            "seconds": seconds,
            "load": os.getloadavg()[0],
        }
        daemon = {
            "engine": "netmon",
            "cpu_ratio": round(spent.cpu, 4),
            "system_cpu_ratio": round(spent.system, 4),
            "snmp_cpu_ratio": round(spent.cpu - without.cpu, 4),
            "wakeups_per_second": round(spent.wakeups, 1),
            **rates,
            "snmp_requests_per_poll": round(
                traffic.questions * spent.seconds / max(polled.polls_total - polls, 1), 2
            ),
            "nodes": len(inventory.nodes),
            "icmp_targets": sum(node.icmp is not None for node in inventory.nodes.values()),
            "snmp_devices": sum(node.snmp is not None for node in inventory.nodes.values()),
            "snmp_devices_read": sum(poll.ok for poll in polled.polls.values()),
            "resident_bytes": _resident_bytes(),
            "scrape_samples": count(views[-1]),
            "scrape_cpu_ms": scrape_figures(views)["cpu_ms"],
            "scrape_p50_ms": round(1e3 * median(scraped), 2),
            "scrape_plain_p50_ms": round(1e3 * median(plain), 2),
            "lab_seconds": round(stage.lab_seconds, 3),
            "lab_bytes": round(lab_megabytes * 1e6),
            "lab_mode": stage.lab.mode,
        }
        return daemon, {"engine": "floor", "cpu_ratio": round(floor, 4), **rates}


def _pings(prober: IcmpProber) -> int:
    return int(prober.measurements().requests.sum())


def _questions(poller: SnmpPoller) -> int:
    counts = poller.measurements().sockets
    return counts.requests + counts.retries


class _Spent(NamedTuple):
    """The share of a processor that this process took, that of the kernel in it, and over how many seconds.

    `wakeups` is how often a second it had slept and went on: each costs more than a packet, with cold caches.
    """

    cpu: float
    system: float
    seconds: float
    wakeups: float


async def _spend(seconds: float) -> _Spent:
    """Measure what this process takes from now on."""
    before, started = resource.getrusage(resource.RUSAGE_SELF), asyncio.get_running_loop().time()
    await asyncio.sleep(seconds)
    after, passed = resource.getrusage(resource.RUSAGE_SELF), asyncio.get_running_loop().time() - started
    user, system = after.ru_utime - before.ru_utime, after.ru_stime - before.ru_stime
    wakeups = after.ru_nvcsw - before.ru_nvcsw
    return _Spent((user + system) / passed, system / passed, passed, wakeups / passed)


def _resident_bytes() -> int:
    fields = Path("/proc/self/statm").read_text(encoding="ascii").split()
    return int(fields[1]) * resource.getpagesize()


def _proportional_megabytes(pid: int) -> float:
    """Return the proportional set size of a process in MB (10^6 bytes)."""
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) * 1024 / 1e6
    return 0.0
