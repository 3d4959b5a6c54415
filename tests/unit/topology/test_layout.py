"""Where the sites go on the sheet: true to scale, apart, and a crowded town enlarged in a free corner."""

from __future__ import annotations

import math
import random
from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from netmon.model import Inventory, Node, Site, SiteKind, Vantage
from netmon.topology.drawing.layout import CROWD, TOUCHING, lay_out, move_apart
from netmon.topology.geo import Point, Position, distance


def inventory(*positions: tuple[float, float] | None, kind: SiteKind = SiteKind.VILLAGE) -> Inventory:
    sites = {
        f"s{number:03}": Site(f"s{number:03}", f"Site {number}", kind, None, *(place or (None, None)))
        for number, place in enumerate(positions)
    }
    return Inventory("x", Vantage("n"), sites, {"n": Node("n", next(iter(sites), ""))}, {})


def grid(rows: int, columns: int, step: float = 0.02) -> list[tuple[float, float]]:
    return [(-7 + step * row, 111 + step * column) for row in range(rows) for column in range(columns)]


def town(count: int, at: tuple[float, float], spread: float = 0.004) -> list[tuple[float, float]]:
    rolled = random.Random(5)
    return [(at[0] + rolled.uniform(-spread, spread), at[1] + rolled.uniform(-spread, spread)) for _ in range(count)]


def test_the_sheet_is_true_to_scale() -> None:
    layout = lay_out(inventory((-6.8, 111.6), (-7.1, 112.2), (-6.9, 111.9)))
    on_sheet = math.dist(layout.places["s000"], layout.places["s001"])
    assert math.isclose(on_sheet / layout.meter, distance(Position(-6.8, 111.6), Position(-7.1, 112.2)), rel_tol=2e-3)


def test_every_site_lies_on_the_sheet() -> None:
    layout = lay_out(inventory(*grid(6, 9)))
    assert all(0 < p.x < layout.width and 0 < p.y < layout.height for p in layout.markers.values())
    assert len(layout.markers) == 54
    assert layout.inset is None


def test_a_site_without_coordinates_is_named_and_nowhere_drawn() -> None:
    layout = lay_out(inventory((-6.8, 111.6), None, (-7.1, 112.2)))
    assert layout.unplaced == ("s001",)
    assert "s001" not in layout.places
    assert "s001" not in layout.markers


def test_no_coordinates_at_all_make_an_empty_sheet() -> None:
    layout = lay_out(inventory(None, None))
    assert layout.markers == {}
    assert layout.height > 0
    assert lay_out(inventory()).unplaced == ()


def test_one_site_alone_has_a_sheet() -> None:
    layout = lay_out(inventory((-6.8, 111.6)))
    assert math.isfinite(layout.height)
    assert layout.meter > 0
    assert len(layout.markers) == 1


def test_a_crowded_town_is_enlarged_where_nothing_is_covered() -> None:
    layout = lay_out(inventory(*[p for p in grid(8, 12) if p[0] < -6.9 or p[1] > 111.12], *town(30, (-6.95, 111.1))))
    assert layout.inset is not None
    frame, source = layout.inset.frame, layout.inset.source
    enlarged = {site for site in layout.places if layout.is_inset(site)}
    assert len(enlarged) >= 30
    assert layout.inset.scale > 1.5
    assert all(frame.grown(TOUCHING).holds(layout.markers[site]) for site in enlarged)
    assert not any(frame.holds(layout.markers[site]) for site in layout.places if site not in enlarged)
    assert not frame.overlaps(source)
    assert frame.right <= layout.width
    assert frame.bottom <= layout.height


def test_without_a_free_corner_the_sheet_grows() -> None:
    full = grid(20, 28, 0.01)
    layout = lay_out(inventory(*full, *town(20, (-6.905, 111.135), 0.0025)))
    plain = lay_out(inventory(*full))
    assert layout.inset is not None
    assert layout.inset.frame.top >= plain.height - 1
    assert layout.height > plain.height


def test_a_few_neighbours_are_no_crowd() -> None:
    assert lay_out(inventory(*grid(5, 5), *town(CROWD - 2, (-6.955, 111.055), 0.001))).inset is None


def test_markers_at_one_place_are_drawn_beside_each_other() -> None:
    layout = lay_out(inventory(*grid(4, 4), (-7, 111), (-7, 111)))
    shared = [layout.markers[site] for site in ("s000", "s016", "s017")]
    assert all(math.dist(a, b) > 0.9 * TOUCHING for a, b in combinations(shared, 2))


points = st.lists(st.builds(Point, st.floats(0, 500), st.floats(0, 500)), max_size=15)


@given(points)
def test_moving_apart_is_repeatable_and_leaves_others_alone(places: list[Point]) -> None:
    moved = move_apart(places, 8.0)
    assert moved == move_apart(places, 8.0)
    if all(math.dist(a, b) >= 8.0 for a, b in combinations(places, 2)):
        assert moved == places


def test_only_places_get_land() -> None:
    assert lay_out(inventory(*grid(3, 3), kind=SiteKind.OPD)).land == ()
    villages = lay_out(inventory(*grid(3, 3)))
    assert len(villages.land) == len(villages.land_ids) == 9
