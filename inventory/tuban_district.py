"""One district of the invented network: feeders from its router in all directions to the villages."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import Any

from tuban_plant import (
    Plant,
    Spot,
    address_of,
    bearing,
    distance_km,
    road_km,
    router_entry,
    site_entry,
    slug,
)

UNSERVED = {"01": 2, "02": 2, "03": 2, "05": 2, "07": 2, "08": 3, "09": 3, "10": 2, "11": 3, "20": 3}
RADIO_TAILS = ("01", "02", "03", "04", "05", "07", "08", "09", "10", "11", "14", "20")
SECOND_LINES = ("02", "04", "06", "11", "13", "14", "17", "18")
VILLAGE_RINGS = ("03", "09", "12", "19")
SHARED_DUCTS = {
    "04": ("06", "ring-tambakboyo-bancar"),
    "08": ("13", "ring-kerek-merakurak"),
    "19": ("18", "ring-palang-widang"),
}
LONE_POWER = {"12": "35.23.12.2002"}
DIRECTIONS = ("utara", "timur laut", "timur", "tenggara", "selatan", "barat daya", "barat", "barat laut")


class District:
    """Draws one district: its router, and feeders in all directions to the villages."""

    def __init__(
        self, plant: Plant, centre: Spot, villages: list[Spot], districts: dict[str, Spot], busy: set[str]
    ) -> None:
        self.plant, self.random, self.centre, self.districts = plant, plant.random, centre, districts
        self.number, self.slug = centre.code[-2:], slug(centre.name)
        self.part = plant.part(f"district-{self.number}-{self.slug}")
        by_distance = sorted(villages, key=self._distance)
        far = [spot for spot in reversed(by_distance) if spot.kind == "village" and spot.code not in busy]
        self.unserved = far[: UNSERVED.get(self.number, 0)]
        self.villages = [spot for spot in by_distance if spot not in self.unserved]
        self.by_radio = [spot for spot in far if spot not in self.unserved][: int(self.number in RADIO_TAILS)]
        self.by_splitter: list[Spot] = []
        self.parents: set[str] = set()
        self.feeder_of: dict[str, str] = {}

    def draw(self) -> None:
        """Draw everything of the district."""
        self._places()
        sectors = self._sectors()
        for index, sector in enumerate(sectors):
            self._feeder(sector, with_splitter=index == 0)
        self._radio()
        if self.number in SECOND_LINES:
            self._second_line(sectors)
        if self.number in VILLAGE_RINGS:
            self._village_ring()

    def _places(self) -> None:
        centre = self.centre
        self.part.sites.append(site_entry(centre, "district"))
        for spot in sorted([*self.villages, *self.unserved], key=lambda spot: spot.code):
            served = {"served": False} if spot in self.unserved else {}
            self.part.sites.append({**site_entry(spot, spot.kind, centre.code), **served})
        areas = self._power_areas()
        for spot in [centre, *sorted(self.villages, key=lambda spot: spot.code)]:
            self.part.nodes.append(
                router_entry(spot.node, spot.code, address_of(spot.code), f"{self.slug}-{areas[spot.code]}")
            )

    def _power_areas(self) -> dict[str, int]:
        """Return the number of every node's area: 1 is the router's, 2 holds one village alone."""
        lone = LONE_POWER.get(self.number, self.random.choice(self.villages[len(self.villages) // 2 :]).code)
        seeds = [self.centre]
        rest = [spot for spot in self.villages if spot.code != lone]
        while len(seeds) < min(5, max(2, len(rest) // 4)):
            seeds.append(max(rest, key=lambda spot: min(distance_km(spot.position, seed.position) for seed in seeds)))
        areas = {self.centre.code: 1, lone: 2}
        for spot in rest:
            nearest = min(range(len(seeds)), key=lambda index: distance_km(spot.position, seeds[index].position))
            areas[spot.code] = 1 if nearest == 0 else nearest + 2
        return areas

    def _distance(self, spot: Spot) -> float:
        return distance_km(spot.position, self.centre.position)

    def _sectors(self) -> list[list[Spot]]:
        """Return the villages with a fibre, grouped by direction, the largest group first."""
        spots = sorted((spot for spot in self.villages if spot not in self.by_radio), key=self._bearing)
        gaps = [(self._bearing(b) - self._bearing(a)) % 360 for a, b in zip(spots[-1:] + spots, spots, strict=False)]
        widest = gaps.index(max(gaps))
        spots = spots[widest:] + spots[:widest]
        count = max(2, round(len(spots) / 5))
        bounds = [round(index * len(spots) / count) for index in range(count + 1)]
        return sorted((spots[a:b] for a, b in pairwise(bounds)), key=len, reverse=True)

    def _bearing(self, spot: Spot) -> float:
        return bearing(self.centre.position, spot)

    def _feeder(self, sector: list[Spot], *, with_splitter: bool) -> None:
        sector = sorted(sector, key=self._distance)
        east = sum(math.sin(math.radians(self._bearing(spot))) for spot in sector)
        north = sum(math.cos(math.radians(self._bearing(spot))) for spot in sector)
        way = DIRECTIONS[round(math.degrees(math.atan2(east, north)) % 360 / 45) % 8]
        way += " luar" if f"{self.slug}-{slug(way)}" in self.feeder_of.values() else ""
        cable = f"{self.slug}-{slug(way)}"
        self.part.cable(cable, f"Kabel {self.centre.name} {way}", road_km(self.centre.position, sector[-1].position))
        self.feeder_of.update({spot.code: cable for spot in sector})
        duct = self._duct(cable, way)
        if with_splitter:
            self._splitter(sector, duct)
        is_tree = not with_splitter and self.random.random() < 0.5
        joined: list[tuple[Spot, float, int]] = [(self.centre, 0.0, 0)]
        for spot in sector:
            if spot in self.by_splitter:
                continue
            parent, so_far, depth = min(
                (one for one in joined if one[2] < 3),
                key=lambda one: distance_km(one[0].position, spot.position) + one[1] / 3,
            )
            self._village_link(parent, spot, duct)
            if is_tree:
                joined.append((spot, so_far + distance_km(parent.position, spot.position), depth + 1))

    def _duct(self, cable: str, way: str) -> tuple[str, ...]:
        """Return the cables of a feeder's links; towards some neighbours they begin in the duct of the ring."""
        neighbour, ring = SHARED_DUCTS.get(self.number, ("", ""))
        if not neighbour:
            return (cable,)
        towards = self._bearing(self.districts[f"35.23.{neighbour}"])
        return (ring, cable) if way == DIRECTIONS[round(towards / 45) % 8] else (cable,)

    def _splitter(self, sector: list[Spot], duct: tuple[str, ...]) -> None:
        """Feed the two or three villages that lie closest together through a passive splitter at one of them."""
        first = min(
            sector, key=lambda spot: sorted(distance_km(spot.position, other.position) for other in sector)[2]
        )
        self.by_splitter = sorted(sector, key=lambda spot: distance_km(first.position, spot.position))
        self.by_splitter = self.by_splitter[: 3 if len(sector) > 4 else 2]
        node = f"odp-{self.slug}"
        self.part.nodes.append({"id": node, "site": first.code, "role": "splitter", "monitor": []})
        self.plant.link(self.part, (self.centre.node, node), (self.centre.position, first.position), duct)
        for spot in self.by_splitter:
            self.plant.link(
                self.part, (node, spot.node), (first.position, spot.position), **self.plant.contract(spot)
            )

    def _village_link(self, parent: Spot, spot: Spot, cables: tuple[str, ...], **more: Any) -> None:
        self.parents.add(parent.code)
        ends, positions = (parent.node, spot.node), (parent.position, spot.position)
        self.plant.link(self.part, ends, positions, cables, **self.plant.contract(spot), **more)

    def _radio(self) -> None:
        for spot in self.by_radio:
            others = [other for other in self.villages if other is not spot]
            parent = min(others, key=lambda other: distance_km(other.position, spot.position))
            self._village_link(parent, spot, (), kind="radio")

    def _leaves(self) -> list[Spot]:
        """Return villages at the end of a fibre of their own, the farthest first."""
        excluded = {*self.parents, *(spot.code for spot in (*self.by_radio, *self.by_splitter))}
        return [spot for spot in reversed(self.villages) if spot.code not in excluded]

    def _second_line(self, sectors: list[list[Spot]]) -> None:
        spot = self._leaves()[0]
        others = sorted(
            {self.feeder_of[other.code] for sector in sectors for other in sector} - {self.feeder_of[spot.code]}
        )
        ends, positions = (self.centre.node, spot.node), (self.centre.position, spot.position)
        cables = (self.random.choice(others),)
        self.plant.link(self.part, ends, positions, cables, suffix="-b", contract="kedua-50")

    def _village_ring(self) -> None:
        leaves = self._leaves()
        pairs = [
            (a, b)
            for a in leaves
            for b in leaves
            if a.code < b.code and self.feeder_of[a.code] != self.feeder_of[b.code]
        ]
        a, b = min(pairs, key=lambda pair: distance_km(pair[0].position, pair[1].position))
        name, length = f"Kabel antar desa {a.name} – {b.name}", road_km(a.position, b.position)
        cable = self.part.cable(f"{self.slug}-antar-desa", name, length)
        self.plant.link(self.part, (a.node, b.node), (a.position, b.position), (cable,))
