"""`netmon topology spof`: what hangs by one thing."""

from __future__ import annotations

import click

from netmon.cli.output import Format, Table, many, report_options, write_report
from netmon.cli.progress import progress_bar
from netmon.cli.topology.standpoint import REGIONS, Standpoint, stand, standpoint_options, tell_uncounted

_COLUMNS = ("kind", "id", "villages", "services", "people", "dark_sites")


@click.command()
@click.option(
    "--kind",
    "kinds",
    multiple=True,
    type=click.Choice(["node", "link", "cable", "power_area"]),
    help="Only elements of this kind.",
)
@click.option(
    "--least", type=click.IntRange(1), default=1, show_default=True, help="Only what darkens so many sites."
)
@click.option("--top", type=click.IntRange(1), help="Only the worst so many.")
@REGIONS
@standpoint_options
@report_options
def spof(
    kinds: tuple[str, ...],
    least: int,
    top: int | None,
    standpoint: Standpoint,
    format_: Format,
    output: str | None,
) -> int:
    """List every node, link, cable and power area whose failure alone darkens a served site.

    The worst come first: by villages, services, people, sites. People are those of sites that say how many live
    there. A site is dark when its monitored nodes are, or where none is monitored all of them; what was dark before,
    and the vantage itself, have no part. Exit code 1 when there is any.

    Example: netmon topology spof -i inventory/tuban --least 5
    """
    from netmon.exporter.api.topology_document import people_of, spof_row  # noqa: PLC0415
    from netmon.topology.robustness.spof import spofs  # noqa: PLC0415 (help must not load it)

    inventory, today = standpoint.read()
    footing = stand(inventory, today)
    with progress_bar("taking out") as told:
        found = spofs(inventory, footing, told)
    chosen = [one for one in found if one.toll.sites >= least and (not kinds or one.element.kind in kinds)][:top]
    rows = [
        {
            "kind": str(one.element.kind),
            "id": one.element.id,
            "villages": one.toll.villages,
            "services": one.toll.services,
            "people": people_of(one.toll),
            "dark_sites": one.toll.sites,
            **({"sites": one.sites} if format_ == "csv" else {}),
        }
        for one in chosen
    ]
    document = {"rows": [spof_row(one) for one in chosen]} if format_ == "json" else None
    if rows or format_ != "table":
        columns = (*_COLUMNS, "sites") if format_ == "csv" else _COLUMNS
        write_report(Table(columns, rows), format_=format_, output=output, document=document)
    several = sum(one.toll.sites > 1 for one in found)
    click.echo(f"{many(len(found), 'single points')} of failure, {several} of them for more than one site", err=True)
    tell_uncounted(inventory)
    return 1 if chosen else 0
