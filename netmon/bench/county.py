"""`netmon bench county`: what the daemon costs on the whole county, and what the lab costs that plays it."""

from __future__ import annotations

import asyncio
import resource
from pathlib import Path

import click

from netmon.bench.report import bench_report, county_inventory
from netmon.cli.output import Format, report_options

_FIRST_POLLS = 40.0
"""Seconds within which every router's ports have been read once; the first reading costs more than any later one."""


@click.command()
@click.option("-i", "--inventory", "inventory_path", type=click.Path(path_type=Path), help="Default: Tuban.")
@click.option("--seconds", default=60.0, show_default=True, help="How long to measure.")
@report_options
def county(inventory_path: Path | None, seconds: float, format_: Format, output: str | None) -> None:
    """Measure CPU and memory of the daemon on the county lab, at the intervals of the inventory."""
    row = asyncio.run(_measure(inventory_path, seconds))
    bench_report([row], {}, format_=format_, output=output)


async def _measure(path: Path | None, seconds: float) -> dict[str, object]:
    from netmon.trial.stage import open_stage  # noqa: PLC0415 (help must not load the daemon)

    inventory = county_inventory(path)
    async with open_stage(inventory) as stage:
        await stage.all_heard()
        await stage.all_polled(_FIRST_POLLS)
        lab_megabytes = _proportional_megabytes(stage.lab.pid)
        before, started = _cpu(), asyncio.get_running_loop().time()
        await asyncio.sleep(seconds)
        spent, elapsed = _cpu() - before, asyncio.get_running_loop().time() - started
        polls = stage.daemon.snmp.measurements()
        return {
            "engine": "netmon",
            "nodes": len(inventory.nodes),
            "icmp_targets": sum(node.icmp is not None for node in inventory.nodes.values()),
            "snmp_devices": sum(node.snmp is not None for node in inventory.nodes.values()),
            "snmp_devices_read": sum(poll.ok for poll in polls.polls.values()),
            "seconds": round(elapsed, 1),
            "cpu_ratio": round(spent / elapsed, 4),
            "resident_bytes": _resident_bytes(),
            "lab_seconds": round(stage.lab_seconds, 3),
            "lab_bytes": round(lab_megabytes * 1e6),
            "lab_mode": stage.lab.mode,
        }


def _cpu() -> float:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def _resident_bytes() -> int:
    fields = Path("/proc/self/statm").read_text(encoding="ascii").split()
    return int(fields[1]) * resource.getpagesize()


def _proportional_megabytes(pid: int) -> float:
    """Return the proportional set size of a process in MB (10^6 bytes)."""
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii").splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) * 1024 / 1e6
    return 0.0
