"""What the network hangs by, as plain JSON values: the same rows for the API and for `netmon topology …`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from netmon.model import Inventory
from netmon.topology.blackspots import BlackSpot, Sense
from netmon.topology.robustness.redundancy import Ways
from netmon.topology.robustness.spof import Spof
from netmon.topology.robustness.toll import Toll

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


def ways_row(one: Ways) -> Document:
    """Return how many ways one site has."""
    return {
        "site": one.site,
        "node_disjoint": one.node_disjoint,
        "link_disjoint": one.link_disjoint,
        "cable_disjoint": one.cable_disjoint,
        "cables_exact": one.cables_exact,
        "shared": [{"kind": str(element.kind), "id": element.id} for element in one.shared],
    }


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
