"""Distances, geohashes and the flat map."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from netmon.topology.geo import (
    EQUATOR_RADIUS,
    Box,
    Point,
    Position,
    Projection,
    bounding_box,
    distance,
    geohash,
    line,
)
from tests.rows import every_row

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


@every_row(
    ("a", "b", "metres"),
    [
        (Position(0, 0), Position(0, 0), 0.0),
        (Position(0, 0), Position(0, 1), 111_319.49),  # a degree of the equator
        (Position(0, 0), Position(1, 0), 110_574.39),  # the first of a meridian
        (Position(89, 10), Position(90, 0), 111_693.86),  # and the last
        (Position(90, 0), Position(-90, 0), 20_003_931.46),  # half of a meridian
        (Position(52.2296756, 21.0122287), Position(52.406374, 16.9251681), 279_352.90),  # Warszawa to Poznań
        (Position(-6.7942, 111.9028), Position(-6.8976, 112.0649), 21_255.15),  # Socorejo to Tuban
        (Position(-6.5, 112.0), Position(-7.2, 112.0), 77_413.06),  # over the county from north to south
        (Position(3.595, 98.672), Position(-0.95, 100.354), 536_277.68),  # Medan to Padang
        (Position(-0.22, -78.51), Position(-2.19, -79.89), 266_528.99),  # Quito to Guayaquil
        (Position(-18.14, 178.44), Position(-13.83, -171.76), 1_151_979.2),  # Suva to Apia, over the antimeridian
    ],
)
def test_distances_that_are_known(a: Position, b: Position, metres: float) -> None:
    """As geodesics on the ellipsoid are by Karney's algorithm."""
    assert distance(a, b) == pytest.approx(metres, rel=2e-6, abs=0.1)


def test_between_antipodes_a_distance_is_as_right_as_asked() -> None:
    assert distance(Position(0.6, 146.9), Position(-0.6, -33.1)) == pytest.approx(20_003_931.5, rel=2e-3)


@given(positions, positions)
def test_a_distance_is_the_same_both_ways_and_at_most_half_of_the_globe(a: Position, b: Position) -> None:
    assert distance(a, b) == pytest.approx(distance(b, a))
    assert 0.0 <= distance(a, b) <= EQUATOR_RADIUS * 3.1416


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


def test_a_region_across_the_antimeridian_is_one() -> None:
    """Suva, Taveuni and the Lau Islands: the shortest stretch of longitudes that holds all is not from 0 to 360."""
    places = [Position(-18.14, 178.44), Position(-16.8, -179.97), Position(-18.2, -178.8)]
    projection = Projection.around(places)
    assert projection.origin.lon == pytest.approx(179.82)
    suva, taveuni, lau = map(projection.point, places)
    assert suva.x < taveuni.x < lau.x
    assert lau.x - suva.x == pytest.approx(distance(Position(-17.5, 178.44), Position(-17.5, -178.8)), rel=2e-3)
    assert Projection.around(places[1:]).origin.lon == pytest.approx(-179.385)
    assert Projection.around([Position(0, 0), Position(0, 180)]).origin.lon in (-90.0, 90.0)


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


EAST, WEST = [[179.0, -16.0], [180.0, -16.333]], [[-180.0, -16.333], [-178.0, -17.0]]


@pytest.mark.parametrize(
    ("a", "b", "drawn"),
    [
        (Position(-7.0, 112.0), Position(-6.0, 112.5), [[112.0, -7.0], [112.5, -6.0]]),
        (Position(-16.0, 179.0), Position(-17.0, -178.0), [EAST, WEST]),
        (Position(-17.0, -178.0), Position(-16.0, 179.0), [WEST[::-1], EAST[::-1]]),
        (Position(-16.0, 180.0), Position(-17.0, -178.0), [[-180.0, -16.0], [-178.0, -17.0]]),
        (Position(-16.0, 179.0), Position(-17.0, -180.0), [[179.0, -16.0], [180.0, -17.0]]),
        (Position(-16.0, 180.0), Position(-17.0, -170.0), [[-180.0, -16.0], [-170.0, -17.0]]),
    ],
)  # fmt: skip
def test_a_line_of_geojson_goes_the_short_way_round_the_globe(a: Position, b: Position, drawn: list[Any]) -> None:
    geometry = line(a, b)
    assert geometry["type"] == ("LineString" if isinstance(drawn[0][0], float) else "MultiLineString")
    assert json.loads(json.dumps(geometry["coordinates"]), parse_float=lambda text: round(float(text), 3)) == drawn


@given(positions, positions)
def test_no_part_of_a_line_of_geojson_goes_around_the_globe(a: Position, b: Position) -> None:
    geometry = line(a, b)
    parts = geometry["coordinates"] if geometry["type"] == "MultiLineString" else [geometry["coordinates"]]
    assert all(abs(west - east) <= 180.0 for (west, _), (east, _) in parts)
    assert all(-180.0 <= lon <= 180.0 and -90.0 <= lat <= 90.0 for part in parts for lon, lat in part)
