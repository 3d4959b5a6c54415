"""What the network hangs by, as plain JSON values: the same rows for the API and for `netmon topology …`."""

from __future__ import annotations

import shlex
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from netmon.model import Element, Inventory
from netmon.topology.blackspots import BlackSpot, Sense
from netmon.topology.robustness.redundancy import Ways
from netmon.topology.robustness.spof import Spof
from netmon.topology.robustness.toll import Toll
from netmon.topology.robustness.whatif import Outcome

Document = dict[str, Any]


def people_of(toll: Toll) -> int | None:
    """Return how many people go dark, None where no site of them says how many it has."""
    return toll.people if toll.uncounted < toll.sites else None


def spof_row(one: Spof) -> Document:
    """Return one single point of failure."""
    return {
        "element": {"kind": str(one.element.kind), "id": one.element.id},
        "villages": one.toll.villages,
        "services": list(one.services),
        "people": people_of(one.toll),
        "uncounted_sites": one.toll.uncounted,
        "dark_sites": one.toll.sites,
        "sites": list(one.sites),
    }


def ways_rows(found: Iterable[Ways]) -> list[Document]:
    """Return how many ways each site has. What many sites share is one value in all their rows."""
    value_of: dict[Element, Document] = {}

    def value(element: Element) -> Document:
        if element not in value_of:
            value_of[element] = {"kind": str(element.kind), "id": element.id}
        return value_of[element]

    return [
        {
            "site": one.site,
            "node_disjoint": one.node_disjoint,
            "link_disjoint": one.link_disjoint,
            "cable_disjoint": one.cable_disjoint,
            "cables_exact": one.cables_exact,
            "shared": list(map(value, one.shared)),
        }
        for one in found
    ]


def whatif_document(failed: Iterable[Element], outcome: Outcome) -> Document:
    """Return what happens when these fail together."""
    return {
        "failed": [{"kind": str(one.kind), "id": one.id} for one in failed],
        "villages": outcome.toll.villages,
        "dark_sites": list(outcome.sites),
        "dark_nodes": list(outcome.nodes),
        "services": list(outcome.services),
        "bridges": list(outcome.bridges),
        "articulation_points": list(outcome.joints),
        "all_bridges": list(outcome.all_bridges),
    }


def announcement(element: str, start: str, lasting: str) -> str:
    """Return the command that announces work on an element, ready to be pasted into a shell."""
    return shlex.join(["netmon", "maintenance", "add", element, "--from", start, "--for", lasting])


def blackspots_document(
    spots: Iterable[BlackSpot], inventory: Inventory, since: Mapping[str, str | None]
) -> Document:
    """Return black spots, and how many there are of each kind by district. `since` is by site, as RFC 3339."""
    rows = [
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
    totals = [
        {
            "district": district,
            "name": inventory.sites[district].name if district in inventory.sites else None,
            "sites": places[district],
            **{str(sense): counts[district, str(sense)] for sense in Sense},
        }
        for district in sorted({str(district) for district, _ in counts})
    ]
    return {"rows": rows, "totals": totals}
