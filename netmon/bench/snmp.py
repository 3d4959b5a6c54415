"""`netmon bench snmp`: CPU of polls beside pysnmp, gufo-snmp and snmp_exporter, in turn, in one run."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import click

from netmon.bench.report import bench_report
from netmon.cli.output import Format, report_options
from netmon.errors import CannotError


@click.command()
@click.option(
    "--rounds", default=3, show_default=True, type=click.IntRange(1), help="Runs of each; the cheapest counts."
)
@click.option(
    "--polls", default=10_000, show_default=True, type=click.IntRange(100), help="Of one run; peers get less."
)
@click.option(
    "--devices",
    default=(100, 1_000, 10_000),
    multiple=True,
    show_default=True,
    type=click.IntRange(1, 60_000),
    help="How many devices the growth of the cost is measured at.",
)
@click.option(
    "--in-flight", default=500, show_default=True, type=click.IntRange(1), help="Polls at once, at the most."
)
@report_options
def snmp(
    rounds: int, polls: int, devices: tuple[int, ...], in_flight: int, format_: Format, output: str | None
) -> int:
    """Measure CPU per poll and false timeouts against a real snmpd with 23 interfaces.

    Runs in a network namespace of its own, where snmpd answers at every address of 127/8: each is a device. Needs
    snmpd; snmp_exporter (Debian: prometheus-snmp-exporter) is left out where it is missing. Exit code 1 when netmon
    took an answered poll for a timeout.
    """
    plan = {"rounds": rounds, "polls": polls, "devices": sorted(set(devices)), "in_flight": in_flight}
    command = [sys.executable, "-m", "netmon.bench.snmp_runs", json.dumps(plan)]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode != 0:
        raise CannotError("the runs could not be made", "the lines above say why")
    found: dict[str, Any] = json.loads(done.stdout)
    for remark in found["remarks"]:
        click.echo(f"netmon: {remark}", err=True)
    bench_report(found["rows"], found["ratios"], format_=format_, output=output)
    ours = [row for row in found["rows"] if row["engine"].startswith("netmon")]
    return 1 if any(row["false_timeouts"] for row in ours) else 0
