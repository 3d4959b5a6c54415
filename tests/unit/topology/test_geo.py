"""Distances, geohashes and the flat map."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from netmon.topology.geo import (
    EARTH_RADIUS,
    Box,
    Point,
    Position,
    Projection,
    bounding_box,
    distance,
    geohash,
)

lats, lons = st.floats(-90, 90), st.floats(-180, 180)
positions = st.builds(Position, lats, lons)


def cell_of(text: str) -> tuple[float, float, float, float]:
    """Return the south, north, west and east edges of a geohash's cell, decoded bit by bit."""
    bits = "".join(f"{'0123456789bcdefghjkmnpqrstuvwxyz'.index(letter):05b}" for letter in text)
    edges = {0: [-180.0, 180.0], 1: [-90.0, 90.0]}
    for index, bit in enumerate(bits):
        low, high = edges[index % 2]
        edges[index % 2][0 if bit == "1" else 1] = (low + high) / 2
    (south, north), (west, east) = edges[1], edges[0]
    return south, north, west, east


@pytest.mark.parametrize(
    ("a", "b", "metres"),
    [
        (Position(0, 0), Position(0, 0), 0.0),
        (Position(0, 0), Position(0, 1), 111_195.0),  # a degree at the equator
        (Position(90, 0), Position(-90, 0), 20_015_115.0),  # half of a meridian
        (Position(52.2296756, 21.0122287), Position(52.406374, 16.9251681), 278_459.0),  # Warszawa to Poznań
        (Position(-6.7942, 111.9028), Position(-6.8976, 112.0649), 21_251.0),  # Socorejo to Tuban
    ],
)
def test_distances_that_are_known(a: Position, b: Position, metres: float) -> None:
    assert distance(a, b) == pytest.approx(metres, rel=2e-3, abs=1.0)


@given(positions, positions)
def test_a_distance_is_the_same_both_ways_and_at_most_half_of_the_globe(a: Position, b: Position) -> None:
    assert distance(a, b) == pytest.approx(distance(b, a))
    assert 0.0 <= distance(a, b) <= EARTH_RADIUS * 3.1416


@pytest.mark.parametrize(
    ("position", "hash_"),
    [
        (Position(57.64911, 10.40744), "u4pruydqq"),  # the example of geohash.org
        (Position(-25.382708, -49.265506), "6gkzwgjzn"),
        (Position(0.0, 0.0), "s00000000"),
        (Position(90.0, 180.0), "zzzzzzzzz"),
        (Position(-90.0, -180.0), "000000000"),
    ],
)
def test_geohashes_that_are_known(position: Position, hash_: str) -> None:
    assert geohash(position) == hash_


@given(positions, st.integers(1, 12))
def test_a_geohash_names_a_cell_that_holds_the_place(position: Position, length: int) -> None:
    text = geohash(position, length)
    south, north, west, east = cell_of(text)
    assert len(text) == length
    assert south <= position.lat <= north
    assert west <= position.lon <= east


@given(st.lists(st.builds(Position, st.floats(-7.2, -6.7), st.floats(111.5, 112.3)), min_size=2, max_size=6))
def test_the_map_keeps_the_distances_of_a_county(places: list[Position]) -> None:
    projection = Projection.around(places)
    a, b = places[0], places[1]
    assume(distance(a, b) > 100)
    on_map = (
        (projection.point(a).x - projection.point(b).x) ** 2 + (projection.point(a).y - projection.point(b).y) ** 2
    ) ** 0.5
    assert on_map == pytest.approx(distance(a, b), rel=2e-3)


def test_east_is_right_and_north_is_up() -> None:
    projection = Projection.around([Position(-7, 111), Position(-6, 113)])
    assert projection.origin == Position(-6.5, 112)
    assert projection.point(Position(-6.5, 112)) == Point(0, 0)
    assert projection.point(Position(-6.0, 113)).x > 0
    assert projection.point(Position(-6.0, 113)).y < 0


def test_no_positions_have_a_map_but_no_box() -> None:
    assert Projection.around([]).origin == Position(0, 0)
    with pytest.raises(ValueError, match="no points"):
        bounding_box([])


def test_boxes() -> None:
    box = bounding_box([Point(1, 5), Point(4, 2), Point(2, 2)])
    assert box == Box(1, 2, 4, 5)
    assert (box.width, box.height) == (3, 3)
    assert box.grown(1) == Box(0, 1, 5, 6)
    assert box.holds(Point(4, 5))
    assert not box.holds(Point(4.1, 5))
    assert box.overlaps(Box(3, 4, 9, 9))
    assert not box.overlaps(Box(4, 2, 9, 9)), "an edge alone is no overlap"
