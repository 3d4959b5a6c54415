"""Land for a map that has no borders: each site's cell is what lies nearer to it than to any other, within a radius.

That is the Voronoi diagram of the sites (G. Voronoi, 1908), cut by half-planes. Cells are not administrative areas.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from netmon.topology.geo import Point

CORNERS = 24
"""Corners of the polygon that stands for the circle around a site."""
_COURSES = tuple(
    (math.cos(angle), math.sin(angle)) for angle in (2 * math.pi * corner / CORNERS for corner in range(CORNERS))
)


class Edge(NamedTuple):
    """One side of a cell, from `start` to the start of the next edge. `beyond` is the neighbour's index, or None."""

    start: Point
    beyond: int | None


@dataclass(frozen=True, slots=True)
class Cell:
    """The cell of one site, its edges in order around it. Empty for a site that shares its place with another."""

    edges: tuple[Edge, ...]

    def sides(self) -> Iterable[tuple[Point, Point, int | None]]:
        """Yield each side's two ends and the neighbour beyond it."""
        for index, edge in enumerate(self.edges):
            yield edge.start, self.edges[(index + 1) % len(self.edges)].start, edge.beyond


def cells(points: Sequence[Point], radius: float) -> list[Cell]:
    """Return the cell of every point, none wider than `radius` (in the points' unit).

    Of several points at one place only the first gets a cell.
    """
    squares: dict[tuple[int, int], list[int]] = defaultdict(list)
    for index, point in enumerate(points):
        squares[_square(point, radius)].append(index)
    return [_cell(index, points, radius, squares) for index in range(len(points))]


def _cell(index: int, points: Sequence[Point], radius: float, squares: dict[tuple[int, int], list[int]]) -> Cell:
    here = points[index]
    polygon = _circle(here, radius)
    column, row = _square(here, radius)
    around = [
        (math.dist(here, points[other]), other)
        for x in range(column - 2, column + 3)
        for y in range(row - 2, row + 3)
        for other in squares.get((x, y), ())
        if other != index
    ]
    reach = radius
    for distance, other in sorted(around):
        if distance == 0.0:
            if other < index:
                return Cell(())
            continue
        if distance > 2 * reach:
            break
        whole, polygon = polygon, _cut(polygon, here, points[other], other)
        if polygon is whole:
            continue
        if not polygon:  # so near that their numbers do not tell them apart
            return Cell(())
        reach = max(math.dist(here, edge.start) for edge in polygon)
    return Cell(tuple(polygon))


def _square(point: Point, size: float) -> tuple[int, int]:
    return math.floor(point.x / size), math.floor(point.y / size)


def _circle(centre: Point, radius: float) -> list[Edge]:
    return [Edge(Point(centre.x + radius * east, centre.y + radius * south), None) for east, south in _COURSES]


def _cut(polygon: list[Edge], here: Point, there: Point, beyond: int) -> list[Edge]:
    """Return the part of a convex polygon that is nearer to `here` than to `there`."""
    normal = Point(there.x - here.x, there.y - here.y)
    limit = (there.x**2 + there.y**2 - here.x**2 - here.y**2) / 2
    outside = [normal.x * edge.start.x + normal.y * edge.start.y - limit for edge in polygon]
    if max(outside) <= 0:
        return polygon
    kept: list[Edge] = []
    for index, edge in enumerate(polygon):
        following = (index + 1) % len(polygon)
        if outside[index] <= 0:
            kept.append(edge)
        if (outside[index] <= 0) != (outside[following] <= 0):
            share = outside[index] / (outside[index] - outside[following])
            end = polygon[following].start
            crossing = Point(
                edge.start.x + share * (end.x - edge.start.x),
                edge.start.y + share * (end.y - edge.start.y),
            )
            kept.append(Edge(crossing, beyond if outside[index] <= 0 else edge.beyond))
    return kept
