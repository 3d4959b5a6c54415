"""Names on the map: none covers another, none covers what must be seen."""

from __future__ import annotations

from itertools import combinations

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
