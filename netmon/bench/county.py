"""`netmon bench county`: what the daemon costs on the whole county, and what the lab costs that plays it."""

from __future__ import annotations

import asyncio
import resource
from dataclasses import replace
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
    """Measure CPU and memory of the daemon on the county lab, at the intervals of the inventory.

    Twice as long as said: once with SNMP and once without, which tells SNMP's share.
    """
    row = asyncio.run(_measure(inventory_path, seconds))
    bench_report([row], {}, format_=format_, output=output)


async def _measure(path: Path | None, seconds: float) -> dict[str, object]:
    from netmon.trial.stage import open_stage  # noqa: PLC0415 (help must not load the daemon)

    inventory = county_inventory(path)
    async with open_stage(inventory) as stage:
        await stage.all_heard()
        await stage.all_polled(_FIRST_POLLS)
        lab_megabytes = _proportional_megabytes(stage.lab.pid)
        ratio = await _cpu_ratio(seconds)
        polls = stage.daemon.snmp.measurements()
        unpolled = {id_: replace(node, snmp=None) for id_, node in inventory.nodes.items()}
        stage.daemon.snmp.set_inventory(replace(inventory, nodes=unpolled))
        without = await _cpu_ratio(seconds)
        return {
            "engine": "netmon",
            "nodes": len(inventory.nodes),
            "icmp_targets": sum(node.icmp is not None for node in inventory.nodes.values()),
            "snmp_devices": sum(node.snmp is not None for node in inventory.nodes.values()),
            "snmp_devices_read": sum(poll.ok for poll in polls.polls.values()),
            "seconds": seconds,
            "cpu_ratio": round(ratio, 4),
            "snmp_cpu_ratio": round(ratio - without, 4),
            "resident_bytes": _resident_bytes(),
            "lab_seconds": round(stage.lab_seconds, 3),
            "lab_bytes": round(lab_megabytes * 1e6),
            "lab_mode": stage.lab.mode,
        }


async def _cpu_ratio(seconds: float) -> float:
    """Return the share of a processor that this process takes from now on."""
    before, started = _cpu(), asyncio.get_running_loop().time()
    await asyncio.sleep(seconds)
    return (_cpu() - before) / (asyncio.get_running_loop().time() - started)


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
