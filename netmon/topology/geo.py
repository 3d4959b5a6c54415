"""Where sites lie: distances, geohashes, and a flat map in metres. Positions are degrees (WGS 84)."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

EARTH_RADIUS = 6_371_008.8
"""Mean radius of the Earth in metres (IUGG)."""

_BASE32 = "0123456789bcdefghjkmnpqrstuvwxyz"


class Position(NamedTuple):
    """A place on Earth in degrees: north and east are positive."""

    lat: float
    lon: float


class Point(NamedTuple):
    """A place on a flat map: x grows to the east, y to the south, as on a screen."""

    x: float
    y: float


def distance(a: Position, b: Position) -> float:
    """Return the length in metres of the shortest way between two places over the globe (haversine formula)."""
    lat_a, lat_b = math.radians(a.lat), math.radians(b.lat)
    half_lat, half_lon = (lat_b - lat_a) / 2, math.radians(b.lon - a.lon) / 2
    chord = math.sin(half_lat) ** 2 + math.cos(lat_a) * math.cos(lat_b) * math.sin(half_lon) ** 2
    return 2 * EARTH_RADIUS * math.asin(min(1.0, math.sqrt(chord)))


def geohash(position: Position, length: int = 9) -> str:
    """Return the geohash of a place; each character halves the cell two or three times, nine name about 5 m.

    Source: G. Niemeyer's geohash.org: bits of longitude and latitude in turn, five to a character.
    """
    lat, lon = [-90.0, 90.0], [-180.0, 180.0]
    letters, bits, even = [], 0, True
    for step in range(1, 5 * length + 1):
        cell, value = (lon, position.lon) if even else (lat, position.lat)
        middle = (cell[0] + cell[1]) / 2
        upper = value >= middle
        cell[0 if upper else 1] = middle
        bits, even = 2 * bits + upper, not even
        if step % 5 == 0:
            letters.append(_BASE32[bits])
            bits = 0
    return "".join(letters)


@dataclass(frozen=True, slots=True)
class Projection:
    """An equirectangular map in metres around `origin`: true to scale there, and within 0.1 % over a county."""

    origin: Position

    @classmethod
    def around(cls, positions: Iterable[Position]) -> Projection:
        """Return the projection around the middle of the positions' bounding box; (0, 0) when there are none.

        Longitudes are taken as they are: a region across the antimeridian would be torn apart.
        """
        known = list(positions)
        if not known:
            return cls(Position(0.0, 0.0))
        lats, lons = [place.lat for place in known], [place.lon for place in known]
        return cls(Position((min(lats) + max(lats)) / 2, (min(lons) + max(lons)) / 2))

    def point(self, position: Position) -> Point:
        """Return the place on the map, in metres east and south of the origin."""
        x = math.radians(position.lon - self.origin.lon) * math.cos(math.radians(self.origin.lat))
        y = math.radians(self.origin.lat - position.lat)
        return Point(EARTH_RADIUS * x, EARTH_RADIUS * y)


class Box(NamedTuple):
    """An upright rectangle on a flat map."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def width(self) -> float:
        """The extent from west to east."""
        return self.right - self.left

    @property
    def height(self) -> float:
        """The extent from north to south."""
        return self.bottom - self.top

    def grown(self, margin: float) -> Box:
        """Return the box with `margin` added on every side."""
        return Box(self.left - margin, self.top - margin, self.right + margin, self.bottom + margin)

    def overlaps(self, other: Box) -> bool:
        """Tell whether the boxes share more than an edge."""
        return (
            self.left < other.right
            and other.left < self.right
            and self.top < other.bottom
            and other.top < self.bottom
        )

    def holds(self, point: Point) -> bool:
        """Tell whether a point lies in the box or on its edge."""
        return self.left <= point.x <= self.right and self.top <= point.y <= self.bottom


def bounding_box(points: Iterable[Point]) -> Box:
    """Return the smallest box around the points.

    Raises:
        ValueError: there are no points.
    """
    known = list(points)
    if not known:
        raise ValueError("no points, so there is nothing to put a box around")
    xs, ys = [point.x for point in known], [point.y for point in known]
    return Box(min(xs), min(ys), max(xs), max(ys))
