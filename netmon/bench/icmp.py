"""`netmon bench icmp`: the engine beside the C floor and fping, in turn, in one run on a network of its own."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import click

from netmon.bench.report import bench_report
from netmon.cli.amounts import Amount
from netmon.cli.output import Format, report_options
from netmon.errors import CannotError


@click.command()
@click.option("--targets", default=60_000, show_default=True, type=click.IntRange(1, 100_000), help="Of a sweep.")
@click.option(
    "--rounds", default=5, show_default=True, type=click.IntRange(1), help="Sweeps of each; the cheapest counts."
)
@click.option(
    "--rtt",
    default=0.02,
    show_default=True,
    type=Amount(0.0),
    help="Seconds to the far addresses; 0 leaves them out.",
)
@click.option(
    "--seconds", default=10.0, show_default=True, type=Amount(0.0), help="Of each steady run; 0 leaves them out."
)
@click.option("--steady", default=(400, 83_000), multiple=True, show_default=True, help="Targets of a steady run.")
@click.option("--socket", "kind", type=click.Choice(["dgram", "raw"]), default="dgram", show_default=True)
@report_options
def icmp(
    targets: int,
    rounds: int,
    rtt: float,
    seconds: float,
    steady: tuple[int, ...],
    kind: str,
    format_: Format,
    output: str | None,
) -> int:
    """Measure CPU per probe, loss and round trips: sweeps flat out, near and far, then steady pinging once a second.

    Runs in a network namespace of its own; no packet leaves it. Far addresses need /dev/net/tun, the floor a C
    compiler; what is missing is said and left out. Exit code 1 when netmon lost a reply or suspected a target.
    """
    plan = {"targets": targets, "rounds": rounds, "rtt": rtt, "seconds": seconds, "steady": steady, "kind": kind}
    found = _run_inside(plan)
    for remark in found["remarks"]:
        click.echo(f"netmon: {remark}", err=True)
    rows = found["rows"]
    bench_report(rows, found["ratios"], format_=format_, output=output)
    ours = [row for row in rows if "netmon" in row["engine"].split()]
    return 1 if any(row.get("lost") or row.get("suspects") for row in ours) else 0


def _run_inside(plan: dict[str, Any]) -> dict[str, Any]:
    """Do the runs in another process, which can leave this network: numpy's threads would not let this one go."""
    command = [sys.executable, "-m", "netmon.bench.icmp_runs", json.dumps(plan)]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode != 0:
        raise CannotError("the runs could not be made", "the lines above say why")
    result: dict[str, Any] = json.loads(done.stdout)
    return result
