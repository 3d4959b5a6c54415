"""`netmon topology draw`: the drawing as a map, or for other programs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from netmon.cli.output import many
from netmon.cli.topology.standpoint import Standpoint, standpoint_options
from netmon.errors import CannotError, UsageError

if TYPE_CHECKING:
    from netmon.cli.topology.today import Today
    from netmon.model import Inventory
    from netmon.topology.drawing.ground import Moment
    from netmon.topology.drawing.sheets import Form, Format
    from netmon.topology.drawing.style import Theme
    from netmon.topology.drawing.words import Language


@click.command()
@click.option(
    "--as",
    "kind",
    type=click.Choice(["svg", "dot", "graphml", "geojson"]),
    default="svg",
    show_default=True,
    help="A drawing, or a graph for Graphviz, yEd and Gephi, or QGIS.",
)
@click.option(
    "--kind",
    "sheet",
    type=click.Choice(["map", "schematic"]),
    help="Of a drawing: sites where they lie, or districts as panels, from the vantage outward.  [default: map]",
)
@click.option("--theme", type=click.Choice(["auto", "light", "dark"]), help="Of a drawing.  [default: auto]")
@click.option(
    "--lang", type=click.Choice(["en", "id"]), default="en", show_default=True, help="English or Indonesian."
)
@click.option("-o", "--output", type=click.Path(dir_okay=False), help="Write to FILE.")
@standpoint_options
def draw(
    kind: Format,
    sheet: Form | None,
    theme: Theme | None,
    lang: Language,
    output: str | None,
    standpoint: Standpoint,
) -> None:
    """Draw the network: sites where they lie, links, districts, and the sites that are not served.

    Bridges are thick, what is not served is dotted and what nothing joins is crossed out. With --live or --journal,
    verdicts have their shapes and colours, and lines that are cut are crossed. On the map and in GeoJSON, sites
    without coordinates are named and left out; nothing is placed by guess.

    Example: netmon topology draw -i inventory/tuban -o county.svg
    """
    from netmon.topology.drawing.sheets import drawn  # noqa: PLC0415 (help must not load it)

    if kind != "svg" and (sheet or theme):
        raise UsageError(f"--kind and --theme are of drawings, and {kind} is none", "leave them out, or --as svg")
    inventory, today = standpoint.read()
    moment = None if today is None else _moment(inventory, today)
    sheet = sheet or "map"
    text = drawn(inventory, moment, form=sheet, format_=kind, theme=theme or "auto", language=lang)
    left_out = sorted(site.id for site in inventory.sites.values() if site.lat is None or site.lon is None)
    if left_out and (kind == "geojson" or (kind == "svg" and sheet == "map")):
        click.echo(
            f"left out for want of coordinates: {many(len(left_out), 'sites')}: {', '.join(left_out)}", err=True
        )
    if output is None:
        click.echo(text, nl=False)
        return
    try:
        Path(output).write_text(text, encoding="utf-8")
    except OSError as error:
        raise CannotError(f"cannot write {output}: {error.strerror}", "choose another file with -o") from error


def _moment(inventory: Inventory, today: Today) -> Moment:
    from netmon.topology.drawing.ground import Moment  # noqa: PLC0415 (help must not load it)
    from netmon.topology.drawing.structure import Structure  # noqa: PLC0415

    left = Structure.of(inventory, dark=today.dark, cut=today.cut)
    return Moment(inventory, today.sites, today.links, today.faults, left.bridges, today.nodes)
