"""Names on the map: none covers another, none covers what must be seen."""

from __future__ import annotations

import math
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netmon.topology.drawing.labels import Wanted, place_labels
from netmon.topology.geo import Box, Point

SHEET = Box(0, 0, 400, 300)
anchors = st.builds(Point, st.floats(0, 400), st.floats(0, 300))
names = st.builds(
    Wanted,
    st.integers(1, 12).map(lambda length: "abcabcabcabc"[:length]),
    anchors,
    st.just(11.0),
    st.sampled_from([None, 6.0]),
)
boxes = anchors.map(lambda point: Box(*point, *point).grown(5))


@given(st.lists(names, max_size=20), st.lists(boxes, max_size=10))
def test_nothing_covers_anything_or_leaves_the_sheet(wanted: list[Wanted], taken: list[Box]) -> None:
    placed = [box for _, box in place_labels(wanted, SHEET, taken)]
    for box in placed:
        assert 0 <= box.left < box.right <= 400
        assert 0 <= box.top < box.bottom <= 300
        assert not any(box.overlaps(other) for other in taken)
    assert not any(a.overlaps(b) for a, b in combinations(placed, 2))


@given(st.lists(names, max_size=20))
def test_names_are_placed_in_order_and_none_is_invented(wanted: list[Wanted]) -> None:
    placed = [want for want, _ in place_labels(wanted, SHEET, [])]
    remaining = iter(wanted)
    assert all(want in remaining for want in placed)


def test_a_name_stands_right_of_its_marker_when_it_can() -> None:
    ((_, box),) = place_labels([Wanted("Beji", Point(100, 100), 10, gap=6)], SHEET, [])
    assert box.left == 106
    assert (box.top + box.bottom) / 2 == 100


def test_a_name_beside_a_marker_has_the_room_that_bold_letters_take_and_some_air() -> None:
    """`Klumpit` is 50.7 wide in DejaVu Sans Bold of 11.5: another name stood close to its last letter."""
    ((_, box),) = place_labels([Wanted("Klumpit", Point(100, 100), 11.5, gap=6)], SHEET, [])
    assert 53.0 < box.width < 60.0


def test_a_name_without_any_place_is_left_out() -> None:
    everywhere = [Box(0, 0, 400, 300)]
    assert place_labels([Wanted("Beji", Point(100, 100), 10, gap=6)], SHEET, everywhere) == []


def test_a_name_moves_off_what_it_had_better_not_cover() -> None:
    want = Wanted("JENU", Point(100, 100), 10)
    ((_, unmoved),) = place_labels([want], SHEET, [])
    ((_, moved),) = place_labels([want], SHEET, [], shunned=[unmoved])
    assert moved != unmoved
    ((_, resigned),) = place_labels([want], SHEET, [], shunned=[SHEET])
    assert resigned == unmoved, "what is shunned everywhere is covered all the same"


def crowd(distance: float) -> list[Box]:
    """Return markers on a grid around (200, 150), one that far beside the other."""
    steps = range(-4, 5)
    places = [Point(200 + x * distance, 150 + y * distance) for x in steps for y in steps]
    return [Box(*place, *place).grown(3.0) for place in places]


@pytest.mark.parametrize("distance", [8.0, 14.0, 20.0])
def test_a_name_in_a_crowd_stands_outside_it_at_the_end_of_a_line(distance: float) -> None:
    markers = crowd(distance)
    (placed,) = place_labels([Wanted("NOC Diskominfo", Point(200, 150), 11.5, gap=7.5)], SHEET, [], shunned=markers)
    assert not any(placed.box.overlaps(marker) for marker in markers)
    assert placed.tie is not None
    start, end = placed.tie
    assert math.dist((200, 150), start) == pytest.approx(8.5)
    assert placed.box.holds(end)


def test_a_name_beside_its_marker_needs_no_line() -> None:
    """Also where it stands across a corner of it, which is farther off than its side."""
    for taken in ([], [Box(206, 90, 400, 210)], [Box(0, 145, 400, 155)], [Box(0, 0, 400, 155)]):
        (placed,) = place_labels([Wanted("NOC", Point(200, 150), 11.5, gap=7.5)], SHEET, taken)
        assert placed.tie is None


def test_no_name_covers_the_line_to_another() -> None:
    wanted = Wanted("NOC Diskominfo", Point(200, 150), 11.5, gap=7.5)
    first, *_ = place_labels([wanted], SHEET, [], shunned=crowd(14.0))
    assert first.tie is not None
    middle = Point((first.tie[0].x + first.tie[1].x) / 2, (first.tie[0].y + first.tie[1].y) / 2)
    _, other = place_labels([wanted, Wanted("BEJI", middle, 10.5)], SHEET, [], shunned=crowd(14.0))
    assert not other.box.holds(middle)


def test_a_line_goes_around_markers_where_it_can() -> None:
    """Straight to the right the name would be nearer, with a marker in between."""
    wall = [Box(185, 100, 196, 200), Box(204, 132, 212, 168)]
    (placed,) = place_labels([Wanted("NOC", Point(200, 150), 11.5, gap=7.5)], SHEET, [], shunned=wall)
    assert placed.tie is not None
    xs, ys = zip(*placed.tie, strict=True)
    between = Point(sum(xs) / 2, sum(ys) / 2)
    assert not any(box.holds(between) for box in wall)
