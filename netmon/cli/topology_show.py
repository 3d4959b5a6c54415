"""`netmon topology show`: one site or node and what stands around it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from netmon.cli.output import Format, Table, report_options, write_report
from netmon.cli.topology_standpoint import Standpoint, stand, standpoint_options
from netmon.errors import UsageError

if TYPE_CHECKING:
    from netmon.model import Inventory
    from netmon.topology.robustness.surroundings import Surroundings

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
    from netmon.topology.robustness.surroundings import surroundings  # noqa: PLC0415 (help must not load it)

    inventory, today = standpoint.read()
    kind, name = _found(inventory, thing)
    nodes = [name] if kind == "node" else sorted(n.id for n in inventory.nodes.values() if n.site == name)
    around = surroundings(inventory, stand(inventory, today), nodes)
    document = show_document(inventory, kind, name, nodes, around)
    write_report(Table(_COLUMNS, _rows(inventory, document)), format_=format_, output=output, document=document)
    return 0


def show_document(
    inventory: Inventory, kind: str, name: str, nodes: list[str], around: Surroundings
) -> dict[str, Any]:
    """Return a site (`kind` "site") or a node with what stands around it as JSON."""
    site = inventory.sites[name if kind == "site" else inventory.nodes[name].site]
    return {
        "kind": kind,
        "id": name,
        "site": {"id": site.id, "name": site.name, "kind": str(site.kind), "district": site.district},
        "served": site.served,
        "nodes": [
            {"id": node.id, "role": node.role, "address": node.address, "power_area": node.power_area}
            for node in (inventory.nodes[one] for one in nodes)
        ],
        "links": [
            {
                "link": line.link,
                "node": line.node,
                "neighbour": line.neighbour,
                "neighbour_site": inventory.nodes[line.neighbour].site,
                "kind": str(inventory.links[line.link].kind),
                "length_km": inventory.links[line.link].length_km,
                "cables": list(inventory.links[line.link].cables),
                "bridge": line.is_bridge,
            }
            for line in around.lines
        ],
        "way": [
            {"a": span.a, "b": span.b, "link": span.link, "length_km": round(span.length_km, 3)}
            for span in around.way
        ],
        "hangs_on": [{"kind": str(one.kind), "id": one.id} for one in around.hangs_on],
        "below": {"sites": list(around.sites), "services": list(around.services)},
    }


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


def _found(inventory: Inventory, thing: str) -> tuple[str, str]:
    """Return `site` or `node`, and the id.

    Raises:
        UsageError: nothing, or more than one site, is called so.
    """
    from netmon.inventory.flaw import did_you_mean  # noqa: PLC0415 (help must not load it)

    word, colon, rest = thing.partition(":")
    if colon and word in ("site", "node"):
        known = inventory.sites if word == "site" else inventory.nodes
        if rest in known:
            return word, rest
    if thing in inventory.sites:
        return "site", thing
    if thing in inventory.nodes:
        return "node", thing
    named = sorted(site.id for site in inventory.sites.values() if site.name.casefold() == thing.casefold())
    if len(named) == 1:
        return "site", named[0]
    if named:
        raise UsageError(f"{len(named)} sites are called {thing!r}", f"name one by its id: {', '.join(named)}")
    names = {*inventory.sites, *inventory.nodes, *(site.name for site in inventory.sites.values())}
    raise UsageError(f"there is no site or node {thing!r}", did_you_mean(thing, sorted(names)) or "see the inventory")
