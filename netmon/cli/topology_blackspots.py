"""`netmon topology blackspots`: every site that is not well served, by district, with its reason."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import click

from netmon.cli.output import Format, Table, report_options, write_report
from netmon.cli.topology_standpoint import read_inventory, standpoint_options

if TYPE_CHECKING:
    from netmon.model import Finding

_COLUMNS = ("district", "site", "name", "sense", "nearest", "distance_meters", "reasons", "fault", "since")


@click.command()
@click.option("--totals", is_flag=True, help="Only how many there are of each kind, by district.")
@standpoint_options
@report_options
def blackspots(totals: bool, inventory_path: str, live: bool, url: str, format_: Format, output: str | None) -> int:
    """List the sites that are not well served, in three senses.

    never-connected: the drawing says that it is not served; the nearest served site is named, by geography. unusable:
    it answers, and its line is bad. dark: a fault has cut it off. The last two need --live, a running daemon. Exit
    code 1 when there is any.

    Example: netmon topology blackspots -i inventory/tuban --totals
    """
    from netmon.exporter.api.topology_document import blackspots_document  # noqa: PLC0415
    from netmon.topology.blackspots import Sense  # noqa: PLC0415 (help must not load it)
    from netmon.topology.blackspots import blackspots as find  # noqa: PLC0415

    inventory = read_inventory(inventory_path)
    findings, quality, since = _today(url) if live else ({}, {}, {})
    document = blackspots_document(find(inventory, findings, quality), inventory, since)
    rows, summary = document["rows"], document["totals"]
    if rows or format_ != "table":
        table = Table(("district", "name", "sites", *map(str, Sense)), summary) if totals else Table(_COLUMNS, rows)
        write_report(table, format_=format_, output=output, document=document)
    told = Counter(row["sense"] for row in rows)
    text = ", ".join(f"{told[str(sense)]} {sense}" for sense in Sense if told[str(sense)])
    click.echo(f"{text or 'no black spots'}; {len(inventory.sites)} sites", err=True)
    return 1 if rows else 0


def _today(url: str) -> tuple[dict[str, Finding], dict[str, tuple[str, ...]], dict[str, str | None]]:
    """Return what a daemon says of sites: verdicts, what is wrong with their lines, since when."""
    from netmon.cli.status import fetch  # noqa: PLC0415
    from netmon.model import Finding, Verdict  # noqa: PLC0415

    picture = fetch(url, "/api/v1/picture")
    findings = {row["id"]: Finding(Verdict(row["verdict"]), row["fault"]) for row in picture["sites"]}
    quality: dict[str, tuple[str, ...]] = {}
    for row in picture["nodes"]:
        if row["quality"]:
            quality[row["site"]] = (*quality.get(row["site"], ()), f"{row['id']}: {row['quality']}")
    return findings, quality, {row["id"]: row["since"] for row in picture["sites"]}
