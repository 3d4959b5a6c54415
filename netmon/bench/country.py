"""`netmon bench country`: a country on this machine. Probers, a folder, a cluster of NATS, a region that goes dark.

Every process is the real one, started as by hand; what answers is this machine's kernel, in a network namespace of
its own.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from typing import Any

import click

from netmon.bench.country_stage import Wish, wish_words
from netmon.bench.report import bench_report
from netmon.cli.amounts import Amount
from netmon.cli.output import Format, report_options
from netmon.errors import CannotError, PrivilegeError, UsageError

SBIN = "/usr/sbin"
"""Where Debian has servers, which is not on the path of ordinary users."""
VILLAGES = 83_000
"""Villages of Indonesia, of which the figures printed are told the share."""


@click.command()
@click.option("--villages", type=click.IntRange(10), default=20_000, show_default=True, help="In all of the country.")
@click.option("--regions", type=click.IntRange(1), default=120, show_default=True, help="In how many regions.")
@click.option(
    "--dark", type=click.IntRange(1), default=2_000, show_default=True, help="Villages of the region cut off."
)
@click.option("--probers", type=click.IntRange(1, 50), default=4, show_default=True, help="Processes that probe.")
@click.option("--seconds", type=Amount(1.0), default=30.0, show_default=True, help="How long to watch the calm.")
@click.option("--patience", type=Amount(1.0), default=300.0, show_default=True, help="Seconds for each act.")
@report_options
def country(
    villages: int,
    regions: int,
    dark: int,
    probers: int,
    seconds: float,
    patience: float,
    format_: Format,
    output: str | None,
) -> None:
    """Measure a country on one journal: cost of calm, growth of the journal, time to a fault's name.

    Three NATS servers, a folder and probers watch villages that are each pinged once a second; then one region falls
    silent, and last a prober is killed. `--villages 83000 --regions 500` is all of Indonesia.
    """
    program = shutil.which("nats-server", path=os.pathsep.join([os.environ.get("PATH", os.defpath), SBIN]))
    if program is None:
        raise CannotError("nats-server is not installed", "apt-get install nats-server")
    if not dark <= villages - regions + 1:
        raise UsageError(f"{regions} regions, one of {dark} villages, need more than {villages} villages")
    with tempfile.TemporaryDirectory(prefix="netmon-country-") as folder:
        found = _staged(Wish(villages, regions, dark, probers, seconds, patience, program, folder))
    row = {"engine": "netmon", "villages": villages, "regions": regions, "probers": probers, **_flat(found)}
    bench_report([row], {"part of the country": round(villages / VILLAGES, 3)}, format_=format_, output=output)


def _staged(wish: Wish) -> Mapping[str, Any]:
    """Return what the stage saw.

    Raises:
        PrivilegeError: this machine does not allow a network namespace.
        CannotError: an act did not come to its end.
    """
    stage = subprocess.Popen(
        [sys.executable, "-m", "netmon.bench.country_stage", wish_words(wish)], stdout=subprocess.PIPE
    )
    try:
        said, _ = stage.communicate()
    finally:
        stage.terminate()
        stage.wait()
    if not said:
        raise CannotError("the stage ended without a word", "what it said stands above")
    answer: Mapping[str, Any] = json.loads(said)
    if "error" in answer:
        raise (PrivilegeError if answer["privilege"] else CannotError)(answer["error"])
    return answer


def _flat(found: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return figures of which each is one value: of programs of a kind, what they take together and the busiest."""
    flat = {name: value for name, value in found.items() if name != "cpu"}
    for name, each in found.get("cpu", {}).items():
        flat[f"cpu_ratio_{name}"] = round(sum(each), 3)
        if len(each) > 1:
            flat[f"cpu_ratio_busiest_{name.removesuffix('s')}"] = max(each)
    return flat
