"""Spans that could be built between sites: from geography, with what a kilometre and a site cost."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from operator import attrgetter

from netmon.model import Inventory, LinkKind
from netmon.topology.geo import Position, distance


@dataclass(frozen=True, slots=True, order=True)
class Candidate:
    """A span between two sites, `a` before `b`; `cost` in the currency of the prices, `length_km` along the route."""

    a: str
    b: str
    length_km: float
    cost: float
    kind: LinkKind = LinkKind.FIBRE


_LEAST_RADIUS_KM = 6_300.0
"""Of a sphere on which every way is shorter than on the Earth."""

in_order = attrgetter("a", "b", "length_km", "cost", "kind")
"""The key by which candidates are in order: tuples are compared in a fraction of the time."""


@dataclass(frozen=True, slots=True)
class Prices:
    """What building costs, and how far it may reach.

    A route is `route_factor` times as long as the straight line; `terrain` multiplies what a kilometre costs, by
    district, the dearer of the two ends. A radio span needs no route, costs the same at any length, and reaches
    `radio_reach_km`; 0 means none. `per_site` is paid once for each site that is joined.
    """

    per_km: float
    per_site: float = 0.0
    reach_km: float = 8.0
    route_factor: float = 1.3
    terrain: Mapping[str, float] = field(default_factory=dict)
    radio_reach_km: float = 0.0
    per_radio: float = 0.0


def by_geography(inventory: Inventory, prices: Prices, sites: Collection[str]) -> list[Candidate]:
    """Return a span for each pair of these sites within reach, fibre or radio, whichever is cheaper, in order.

    Sites without coordinates have none.
    """
    placed = sorted(
        (Position(site.lat, site.lon), name)
        for name in sites
        if (site := inventory.sites[name]).lat is not None and site.lon is not None
    )
    farthest = max(prices.reach_km, prices.radio_reach_km)
    degrees = farthest / 110.0  # a degree of latitude is never shorter
    # Whoever goes to another meridian by an angle of longitude goes at least so far that the sine of the way is the
    # sine of that angle by the cosine of the latitude; every sphere below the ellipsoid has the shorter ways.
    reach = math.sin(min(farthest / _LEAST_RADIUS_KM, math.pi / 2))
    east = [math.radians(place.lon) for place, _ in placed]
    found = []
    for index, (here, one) in enumerate(placed):
        round_here, lon = math.cos(math.radians(here.lat)), east[index]
        for number in range(index + 1, len(placed)):
            there, other = placed[number]
            if there.lat - here.lat > degrees:
                break
            if round_here * abs(math.sin(east[number] - lon)) > reach:
                continue
            straight = distance(here, there) / 1000
            span = _cheapest(inventory, prices, straight, *sorted((one, other)))
            if span is not None:
                found.append(span)
    return sorted(found, key=in_order)


def _cheapest(inventory: Inventory, prices: Prices, straight_km: float, a: str, b: str) -> Candidate | None:
    ways = []
    if straight_km <= prices.reach_km:
        districts = [inventory.sites[site].district or site for site in (a, b)]
        factor = max(prices.terrain.get(district, 1.0) for district in districts)
        length = straight_km * prices.route_factor
        ways.append(Candidate(a, b, length, length * prices.per_km * factor))
    if straight_km <= prices.radio_reach_km:
        ways.append(Candidate(a, b, straight_km, prices.per_radio, LinkKind.RADIO))
    return min(ways, key=lambda span: (span.cost, span.kind), default=None)
