"""`netmon topology blackspots`: every site that is not well served, by district, with its reason."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

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
    from netmon.topology.blackspots import Sense  # noqa: PLC0415 (help must not load it)
    from netmon.topology.blackspots import blackspots as find  # noqa: PLC0415

    inventory = read_inventory(inventory_path)
    findings, quality, since = _today(url) if live else ({}, {}, {})
    spots = find(inventory, findings, quality)
    rows: list[dict[str, Any]] = [
        {
            "district": inventory.sites[one.site].district,
            "site": one.site,
            "name": inventory.sites[one.site].name,
            "sense": str(one.sense),
            "nearest": one.nearest,
            "distance_meters": None if one.distance is None else round(one.distance),
            "reasons": list(one.reasons),
            "fault": one.fault,
            "since": since.get(one.site),
        }
        for one in spots
    ]
    counts = Counter((row["district"] or "", row["sense"]) for row in rows)
    places = Counter(site.district or "" for site in inventory.sites.values())
    summary: list[dict[str, Any]] = [
        {
            "district": district,
            "name": inventory.sites[district].name if district in inventory.sites else None,
            "sites": places[district],
            **{str(sense): counts[district, str(sense)] for sense in Sense},
        }
        for district in sorted({district for district, _ in counts})
    ]
    if rows or format_ != "table":
        table = Table(("district", "name", "sites", *map(str, Sense)), summary) if totals else Table(_COLUMNS, rows)
        write_report(table, format_=format_, output=output, document={"rows": rows, "totals": summary})
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
