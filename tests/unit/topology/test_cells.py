"""Cells against their definition: what lies nearer to a site than to any other, within a radius."""

from __future__ import annotations

import math

from hypothesis import given
from hypothesis import strategies as st

from netmon.topology.drawing.cells import CORNERS, Cell, cells
from netmon.topology.geo import Point

RADIUS = 10.0
points = st.builds(Point, st.floats(-30, 30), st.floats(-30, 30))


def holds(cell: Cell, point: Point) -> float:
    """Return how far a point is inside a convex cell, in units; negative when it is outside."""
    depth = math.inf
    for start, end, _ in cell.sides():
        length = math.dist(start, end)
        if length > 1e-9:
            across = (end.x - start.x) * (point.y - start.y) - (end.y - start.y) * (point.x - start.x)
            depth = min(depth, across / length)
    return depth


@given(st.lists(points, min_size=1, max_size=12, unique=True), points)
def test_a_place_lies_in_the_cell_of_its_nearest_site(sites: list[Point], place: Point) -> None:
    distances = sorted((math.dist(place, site), index) for index, site in enumerate(sites))
    nearest, index = distances[0]
    clearly = len(distances) == 1 or distances[1][0] - nearest > 1e-6
    made = cells(sites, RADIUS)
    inner = RADIUS * math.cos(math.pi / CORNERS)  # of the polygon that stands for the circle
    if clearly and nearest < inner - 1e-6:
        assert holds(made[index], place) > -1e-6
    for other, cell in enumerate(made):
        if (other != index and clearly) or nearest > RADIUS + 1e-6:
            assert holds(cell, place) < 1e-6


@given(st.lists(points, min_size=2, max_size=10, unique=True))
def test_edges_know_what_lies_beyond_them(sites: list[Point]) -> None:
    for index, cell in enumerate(cells(sites, RADIUS)):
        for start, end, beyond in cell.sides():
            middle = Point((start.x + end.x) / 2, (start.y + end.y) / 2)
            if beyond is not None:
                assert beyond != index
                assert math.isclose(math.dist(middle, sites[index]), math.dist(middle, sites[beyond]), abs_tol=1e-6)


def test_of_sites_at_one_place_the_first_has_the_land() -> None:
    first, second, third = cells([Point(0, 0), Point(0, 0), Point(5, 0)], RADIUS)
    assert len(first.edges) > 2
    assert second.edges == ()
    assert len(third.edges) > 2


def test_a_site_alone_has_a_round_cell() -> None:
    (cell,) = cells([Point(3, 4)], RADIUS)
    assert len(cell.edges) == CORNERS
    assert all(math.isclose(math.dist(edge.start, (3, 4)), RADIUS) for edge in cell.edges)
    assert {edge.beyond for edge in cell.edges} == {None}


def test_no_sites_have_no_cells() -> None:
    assert cells([], RADIUS) == []
