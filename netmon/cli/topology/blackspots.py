"""`netmon topology blackspots`: every site that is not well served, by district, with its reason."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import click

from netmon.cli.output import Format, Table, many, report_options, write_report
from netmon.cli.topology.standpoint import REGIONS, Standpoint, standpoint_options
from netmon.errors import UsageError

if TYPE_CHECKING:
    from netmon.model import Inventory

_COLUMNS = ("district", "site", "name", "sense", "nearest", "distance_meters", "reasons", "fault", "since")


@click.command()
@click.option("--totals", is_flag=True, help="Only how many there are of each kind, by district.")
@click.option(
    "--prometheus", metavar="URL", help="Where speed tests and light were kept: finds lines that deliver too little."
)
@click.option(
    "--days", type=click.IntRange(1, 90), help="Of what --prometheus kept, so many last days.  [default: 7]"
)
@REGIONS
@standpoint_options
@report_options
def blackspots(
    totals: bool,
    prometheus: str | None,
    days: int | None,
    standpoint: Standpoint,
    format_: Format,
    output: str | None,
) -> int:
    """List the sites that are not well served, in three senses.

    never-connected: the drawing says that it is not served; the nearest served site is named, by geography. unusable:
    it answers, and its line is bad. dark: a fault has cut it off. The last two need --live, a running daemon, or
    --journal. A line is bad too whose speed tests came to less than nine tenths of its contract, by their median, and
    one whose light is less than its receiver needs: by the last measurements of the daemon with --live, by those of
    --days with --prometheus. With --live or --journal one is bad too that came and went three times within a day or
    so. Exit code 1 when there is any.

    Example: netmon topology blackspots -i inventory/tuban --totals
    """
    from netmon.exporter.api.topology_document import blackspots_document  # noqa: PLC0415
    from netmon.topology.blackspots import Sense  # noqa: PLC0415 (help must not load it)
    from netmon.topology.blackspots import blackspots as find  # noqa: PLC0415

    if days is not None and prometheus is None:
        raise UsageError("--days are of what a Prometheus kept", "say which with --prometheus URL")
    inventory, today = standpoint.read()
    sites, quality = ({}, {}) if today is None else (today.sites, today.quality)
    wanting = {} if today is None else today.flapping
    for site, words in _measured(inventory, prometheus, days or 7, standpoint).items():
        wanting[site] = (*wanting.get(site, ()), *words)
    found = find(inventory, sites, quality, wanting)
    document = blackspots_document(found, inventory, {} if today is None else today.since)
    rows, summary = document["rows"], document["totals"]
    if rows or format_ != "table":
        kinds = tuple(map(str, Sense))
        summed = [*summary, _all(summary, kinds, inventory)]
        table = Table(("district", "name", "sites", *kinds), summed) if totals else Table(_COLUMNS, rows)
        write_report(table, format_=format_, output=output, document=document)
    told = Counter(row["sense"] for row in rows)
    text = ", ".join(f"{told[str(sense)]} {sense}" for sense in Sense if told[str(sense)])
    click.echo(f"{text or 'no black spots'}; {many(len(inventory.sites), 'sites')}", err=True)
    return 1 if rows else 0


def _all(summary: list[dict[str, Any]], kinds: tuple[str, ...], inventory: Inventory) -> dict[str, Any]:
    """Return the last row of the totals: the whole region, with the districts that are well."""
    counts = {kind: sum(row[kind] for row in summary) for kind in kinds}
    return {"district": "all", "name": inventory.region, "sites": len(inventory.sites), **counts}


def _measured(
    inventory: Inventory, prometheus: str | None, days: int, standpoint: Standpoint
) -> Mapping[str, Sequence[str]]:
    """Return by site what was measured against its lines: what a Prometheus kept, else what the daemon knows now."""
    if prometheus is None and standpoint.live:
        from netmon.cli.status import fetch  # noqa: PLC0415 (only here is HTTP needed)

        known: Mapping[str, Sequence[str]] = fetch(standpoint.url, "/api/v1/topology/blackspots?live=true")[
            "measured"
        ]
        return known
    if prometheus is None:
        return {}
    from netmon.cli.report.speed import margins_below_nothing, tests_of  # noqa: PLC0415 (as above)
    from netmon.clock import SystemClock  # noqa: PLC0415
    from netmon.report.period import Period  # noqa: PLC0415
    from netmon.report.wanting import wanting  # noqa: PLC0415

    end = float(int(SystemClock().wall() if standpoint.at is None else standpoint.at))
    period = Period(end - 86_400.0 * days, end, inventory.timezone)
    lines = [link for link in inventory.links.values() if link.speed_test and link.contract_mbps]
    tests = tests_of(lines, period, prometheus, standpoint.region)
    return wanting(inventory, tests, margins_below_nothing(period, prometheus, standpoint.region))
