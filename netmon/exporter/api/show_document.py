"""One site or node and what stands around it, as plain JSON values: for the API and for `netmon topology show`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from netmon.errors import UsageError
from netmon.inventory.flaw import did_you_mean
from netmon.model import Inventory
from netmon.topology.robustness.surroundings import Surroundings

Document = dict[str, Any]


def places_called(inventory: Inventory, thing: str) -> list[tuple[str, str]]:
    """Return `site` or `node`, and the id, of what is called so: by an id, `site:ID`, `node:ID`, or a site's name.

    Several are sites of one name, in the order of their ids.
    """
    word, colon, rest = thing.partition(":")
    if colon and word in ("site", "node"):
        known = inventory.sites if word == "site" else inventory.nodes
        if rest in known:
            return [(word, rest)]
    if thing in inventory.sites:
        return [("site", thing)]
    if thing in inventory.nodes:
        return [("node", thing)]
    named = sorted(site.id for site in inventory.sites.values() if site.name.casefold() == thing.casefold())
    return [("site", name) for name in named]


def names_of_places(inventory: Inventory) -> list[str]:
    """Return all by which a place may be called."""
    return sorted({*inventory.sites, *inventory.nodes, *(site.name for site in inventory.sites.values())})


def find_place(inventory: Inventory, thing: str) -> tuple[str, str]:
    """Return `site` or `node`, and the id, of the one place of `places_called`.

    Raises:
        UsageError: nothing, or more than one site, is called so.
    """
    found = places_called(inventory, thing)
    if len(found) == 1:
        return found[0]
    if found:
        names = ", ".join(name for _, name in found)
        raise UsageError(f"{len(found)} sites are called {thing!r}", f"name one by its id: {names}")
    hint = did_you_mean(thing, names_of_places(inventory))
    raise UsageError(f"there is no site or node {thing!r}", hint or "see the inventory")


def nodes_of(inventory: Inventory, kind: str, name: str) -> list[str]:
    """Return the ids of the nodes of a place that `find_place` has found."""
    return [name] if kind == "node" else sorted(node.id for node in inventory.nodes.values() if node.site == name)


def show_document(inventory: Inventory, kind: str, name: str, nodes: Sequence[str], around: Surroundings) -> Document:
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
