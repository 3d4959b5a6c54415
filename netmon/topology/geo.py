"""Where sites lie: distances, geohashes, and a flat map in metres. Positions are degrees (WGS 84)."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, NamedTuple

EQUATOR_RADIUS = 6_378_137.0
FLATTENING = 1 / 298.257223563
"""Of the ellipsoid of WGS 84, as the radius at the equator, in metres."""

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
    """Return the length in metres of the shortest way between two places over the ellipsoid of WGS 84.

    Lambert's formula (J. Lambert, 1942; also P. D. Thomas, Spheroidal Geodesics, 1970): the angle between the reduced
    latitudes by haversines, and the first order of the flattening. It is right to a millionth, to 0.2 % between
    antipodes; on a globe a short way north in the tropics comes out 0.6 % too long.
    """
    lat_a, lat_b = _reduced(a.lat), _reduced(b.lat)
    half_lon, middle, half = math.radians(b.lon - a.lon) / 2, (lat_a + lat_b) / 2, (lat_b - lat_a) / 2
    chord = min(1.0, math.sin(half) ** 2 + math.cos(lat_a) * math.cos(lat_b) * math.sin(half_lon) ** 2)
    if chord <= 0.0:
        return 0.0
    angle = 2 * math.asin(math.sqrt(chord))
    flat = (angle + math.sin(angle)) * (math.cos(middle) * math.sin(half)) ** 2 / chord
    if chord < 1.0:
        flat += (angle - math.sin(angle)) * (math.sin(middle) * math.cos(half)) ** 2 / (1.0 - chord)
    return EQUATOR_RADIUS * (angle - FLATTENING / 2 * flat)


def _reduced(lat: float) -> float:
    """Return the reduced latitude of a place, in radians."""
    return math.atan((1.0 - FLATTENING) * math.tan(math.radians(lat)))


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
    """An equirectangular map in metres around `origin`: true to scale there, and within 0.2 % over a county."""

    origin: Position

    @classmethod
    def around(cls, positions: Iterable[Position]) -> Projection:
        """Return the projection around the middle of the positions; (0, 0) when there are none.

        Longitudes are a circle: of those that hold all positions the shortest stretch is taken, so that a region
        across the antimeridian is one.
        """
        known = list(positions)
        if not known:
            return cls(Position(0.0, 0.0))
        lats, lons = [place.lat for place in known], sorted(place.lon for place in known)
        gap, east = max((there - here, there) for here, there in pairwise([lons[-1] - 360.0, *lons]))
        return cls(Position((min(lats) + max(lats)) / 2, _around(east + (360.0 - gap) / 2)))

    def point(self, position: Position) -> Point:
        """Return the place on the map, in metres east and south of the origin."""
        lat = math.radians(self.origin.lat)
        bent = 1.0 - FLATTENING * (2.0 - FLATTENING) * math.sin(lat) ** 2
        across = EQUATOR_RADIUS / math.sqrt(bent)
        along = across * (1.0 - FLATTENING) ** 2 / bent
        x = math.radians(_around(position.lon - self.origin.lon)) * math.cos(lat)
        y = math.radians(self.origin.lat - position.lat)
        return Point(across * x, along * y)


def _around(degrees: float) -> float:
    """Return a longitude from -180 up to 180."""
    return (degrees + 180.0) % 360.0 - 180.0 if not -180.0 <= degrees < 180.0 else degrees


def line(a: Position, b: Position) -> dict[str, Any]:
    """Return the straight line between two places as a geometry of GeoJSON, longitude first.

    Where the short way leads across the antimeridian it is cut there in two, and an end that lies on it is on the
    side of the other, so that no line goes around the globe (RFC 7946, section 3.1.9).
    """
    start, end = (a.lon, a.lat), (b.lon, b.lat)
    if abs(a.lon - b.lon) > 180.0:
        start, end = (_beside(a, b.lon), a.lat), (b.lon, b.lat)
        end = (_beside(b, start[0]), b.lat)
    if abs(start[0] - end[0]) <= 180.0:
        return {"type": "LineString", "coordinates": [[*start], [*end]]}
    side = math.copysign(180.0, start[0])
    share = (side - start[0]) / (side - start[0] + end[0] + side)
    lat = start[1] + share * (end[1] - start[1])
    return {"type": "MultiLineString", "coordinates": [[[*start], [side, lat]], [[-side, lat], [*end]]]}


def _beside(place: Position, other: float) -> float:
    """Return the longitude of a place; on the antimeridian, that of the side where another longitude is."""
    return math.copysign(180.0, other) if abs(place.lon) == 180.0 else place.lon


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
