"""`netmon topology show`: one site or node and what stands around it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from netmon.cli.output import Format, Table, report_options, write_report
from netmon.cli.topology.standpoint import Standpoint, stand, standpoint_options

if TYPE_CHECKING:
    from netmon.model import Inventory

_COLUMNS = ("what", "kind", "id", "name", "detail")


@click.command()
@click.argument("thing", metavar="SITE|NODE")
@standpoint_options
@report_options
def show(thing: str, standpoint: Standpoint, format_: Format, output: str | None) -> int:
    """Show a site or a node: its neighbours, links and cables, the way to the vantage, and what hangs on what.

    A site is named by its id or name, a node by its id; site:ID and node:ID tell apart what is called the same.

    Example: netmon topology show Socorejo -i inventory/tuban
    """
    from netmon.exporter.api.show_document import find_place, nodes_of, show_document  # noqa: PLC0415
    from netmon.topology.robustness.surroundings import surroundings  # noqa: PLC0415 (help must not load it)

    inventory, today = standpoint.read()
    kind, name = find_place(inventory, thing)
    nodes = nodes_of(inventory, kind, name)
    around = surroundings(inventory, stand(inventory, today), nodes)
    document = show_document(inventory, kind, name, nodes, around)
    write_report(Table(_COLUMNS, _rows(inventory, document)), format_=format_, output=output, document=document)
    return 0


def _rows(inventory: Inventory, document: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the document as rows, in the order in which people ask."""
    sites = inventory.sites

    def row(what: str, kind: str, name: str, of_site: str | None, detail: str) -> dict[str, Any]:
        told = None if of_site is None else sites[of_site].name
        return {"what": what, "kind": kind, "id": name, "name": told, "detail": detail}

    site = document["site"]
    rows = [row("itself", site["kind"], site["id"], site["id"], "" if document["served"] else "not served")]
    rows += [
        row("node", one["role"], one["id"], None, ", ".join(filter(None, (one["address"], one["power_area"]))))
        for one in document["nodes"]
    ]
    for one in document["links"]:
        length = None if one["length_km"] is None else f"{one['length_km']:g} km"
        detail = ", ".join(filter(None, (f"to {one['neighbour']}", length, "bridge" if one["bridge"] else None)))
        rows.append(row("link", one["kind"], one["link"], one["neighbour_site"], detail))
    cables = sorted({cable for one in document["links"] for cable in one["cables"]})
    rows += [row("cable", "cable", name, None, inventory.cables[name].name) for name in cables]
    rows += [
        row("way", "link", one["link"], inventory.nodes[one["b"]].site, f"to {one['b']}, {one['length_km']:g} km")
        for one in document["way"]
    ]
    rows += [row("hangs on", one["kind"], one["id"], None, "") for one in document["hangs_on"]]
    rows += [row("below", str(sites[name].kind), name, name, "") for name in document["below"]["sites"]]
    rows += [
        row("below", "service", name, inventory.services[name].site, "") for name in document["below"]["services"]
    ]
    return rows
