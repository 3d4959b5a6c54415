"""`netmon topology draw`: the drawing as a map, or for other programs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from netmon.cli.output import inventory_option
from netmon.cli.topology_standpoint import read_inventory
from netmon.errors import CannotError

if TYPE_CHECKING:
    from netmon.model import Inventory
    from netmon.topology.drawing.style import Theme


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
    default="map",
    show_default=True,
    help="Of a drawing: sites where they lie, or districts as panels, from the vantage outward.",
)
@click.option(
    "--theme", type=click.Choice(["auto", "light", "dark"]), default="auto", show_default=True, help="Of a drawing."
)
@click.option("-o", "--output", type=click.Path(dir_okay=False), help="Write to FILE.")
@inventory_option
def draw(kind: str, sheet: str, theme: Theme, output: str | None, inventory_path: str) -> None:
    """Draw the network: sites where they lie, links, districts, and the sites that are not served.

    The schematic shows every node, which links are bridges, what is not served and what is not joined, by shapes. On
    the map and in GeoJSON, sites without coordinates are left out and counted; nothing is placed by guess.

    Example: netmon topology draw -i inventory/tuban -o county.svg
    """
    inventory = read_inventory(inventory_path)
    text = _drawn(inventory, kind, sheet, theme)
    left_out = sum(site.lat is None or site.lon is None for site in inventory.sites.values())
    if left_out and (kind == "geojson" or (kind == "svg" and sheet == "map")):
        click.echo(f"{left_out} sites have no coordinates and are left out", err=True)
    if output is None:
        click.echo(text, nl=False)
        return
    try:
        Path(output).write_text(text, encoding="utf-8")
    except OSError as error:
        raise CannotError(f"cannot write {output}: {error.strerror}", "choose another file with -o") from error


def _drawn(inventory: Inventory, kind: str, sheet: str, theme: Theme) -> str:
    if kind == "svg" and sheet == "schematic":
        from netmon.topology.drawing.schematic import schematic_svg  # noqa: PLC0415 (help must not load it)

        return schematic_svg(inventory, theme=theme)
    if kind == "svg":
        from netmon.model import Finding, Verdict  # noqa: PLC0415
        from netmon.topology.drawing.county_map import map_svg  # noqa: PLC0415

        unserved = {site.id: Finding(Verdict.UNSERVED) for site in inventory.sites.values() if not site.served}
        return map_svg(inventory, unserved, {}, theme=theme)
    from netmon.topology.drawing import exchange  # noqa: PLC0415

    return {"dot": exchange.dot, "graphml": exchange.graphml, "geojson": exchange.geojson_text}[kind](inventory)
