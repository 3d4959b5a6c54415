"""Where everything of a map goes on its sheet: the same for one inventory whatever happens on the network.

The sheet is `width` units wide, about a pixel each. Where many sites crowd, as in a town, they are drawn once more
apart in an inset, and only there, so that no marker swallows another.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from netmon.model import Inventory, Site, SiteKind
from netmon.topology.drawing.cells import Cell, cells
from netmon.topology.geo import Box, Point, Position, Projection, bounding_box

MARGIN = 14.0
EMPTY = 80.0  # height of a sheet without sites
CROWDED = 11.0  # units between two markers below which they touch
CROWD = 8  # sites that make a crowd worth an inset
APART = 17.0  # units that an inset wants between close neighbours
TOUCHING = 9.0  # units between two markers below which they are moved apart
MOST_PAIRS = 20_000  # of close markers; where there are more, moving them helps nobody and takes its time
MOST_ENLARGED = 0.6  # of the sites: where all is crowded, a larger part of it helps nobody
SMALLEST_SCALE = 1.8  # an inset that enlarges less is not worth its place
LARGEST_INSET = 0.36  # of the sheet's width
WIDEST_CELL = 1.7  # radius of a cell in median distances between neighbours
GOLDEN_ANGLE = math.pi * (3 - math.sqrt(5))

_LAND = frozenset({SiteKind.VILLAGE, SiteKind.KELURAHAN})


@dataclass(frozen=True, slots=True)
class Inset:
    """A part of the sheet shown larger: what lies in `source` is drawn in `frame`, `scale` times as large."""

    source: Box
    frame: Box
    scale: float

    def place(self, point: Point) -> Point:
        """Return where a point of the sheet lies in the frame."""
        return Point(
            self.frame.left + (point.x - self.source.left) * self.scale,
            self.frame.top + (point.y - self.source.top) * self.scale,
        )


@dataclass(frozen=True, slots=True)
class Layout:
    """A map's sheet. `places` maps sites to points of the sheet; `unplaced` are the sites without coordinates.

    `markers` is where sites are drawn: at their places or in the inset, moved apart a little where they touch.
    `land` holds the cells of the sites `land_ids`. `meter` is the length of a metre on the sheet.
    """

    width: float
    height: float
    meter: float
    places: Mapping[str, Point]
    unplaced: tuple[str, ...]
    land_ids: tuple[str, ...]
    land: tuple[Cell, ...]
    inset: Inset | None
    markers: Mapping[str, Point]

    def is_inset(self, site: str) -> bool:
        """Tell whether a site is drawn in the inset."""
        return self.inset is not None and self.inset.source.holds(self.places[site])


def lay_out(inventory: Inventory, width: float = 1000.0) -> Layout:
    """Return the sheet for an inventory; without a single position it is empty."""
    known = {site.id: _position(site) for _, site in sorted(inventory.sites.items())}
    positions = {name: position for name, position in known.items() if position is not None}
    unplaced = tuple(name for name, position in known.items() if position is None)
    if not positions:
        return Layout(width, EMPTY, 0.0, {}, unplaced, (), (), None, {})
    projection = Projection.around(positions.values())
    ground = {name: projection.point(position) for name, position in positions.items()}
    land_ids = tuple(name for name in ground if inventory.sites[name].kind in _LAND)
    radius = WIDEST_CELL * _typical_distance([ground[name] for name in land_ids])
    box = bounding_box(ground.values())
    box = box.grown(max(radius, 0.02 * max(box.width, box.height), 1.0))
    meter = (width - 2 * MARGIN) / max(box.width, box.height)
    middle = (width - meter * box.width) / 2

    def place(point: Point) -> Point:
        return Point(middle + meter * (point.x - box.left), MARGIN + meter * (point.y - box.top))

    places = {name: place(point) for name, point in ground.items()}
    height = 2 * MARGIN + meter * box.height
    land = tuple(cells([places[name] for name in land_ids], radius * meter)) if radius > 0 else ()
    inset, height = _make_inset(list(places.values()), width, height)
    drawn = [
        inset.place(point) if inset is not None and inset.source.holds(point) else point for point in places.values()
    ]
    markers = dict(zip(places, move_apart(drawn, TOUCHING), strict=True))
    return Layout(width, height, meter, places, unplaced, land_ids if land else (), land, inset, markers)


def _position(site: Site) -> Position | None:
    return None if site.lat is None or site.lon is None else Position(site.lat, site.lon)


def _typical_distance(points: Sequence[Point]) -> float:
    """Return the median distance from a point to its nearest neighbour; 0 for fewer than three points."""
    return median(_nearest(points)) if len(points) >= 3 else 0.0


def _nearest(points: Sequence[Point]) -> list[float]:
    """Return each point's distance to the nearest other place; 0 when all lie at one place."""
    ordered = sorted(set(points))
    nearest: list[float] = []
    for index, point in enumerate(ordered):
        best = math.inf
        for step in (1, -1):  # outward from the point in order of x, until x alone is too far
            other = index + step
            while 0 <= other < len(ordered) and abs(ordered[other].x - point.x) < best:
                best = min(best, math.dist(point, ordered[other]))
                other += step
        nearest.append(best if math.isfinite(best) else 0.0)
    return nearest


def _make_inset(points: Sequence[Point], width: float, height: float) -> tuple[Inset | None, float]:
    """Return the inset for the largest crowd, if there is one, and the height of the sheet with it."""
    crowd = _largest_crowd(points)
    if not CROWD <= len(crowd) <= MOST_ENLARGED * len(points):
        return None, height
    source = bounding_box(crowd).grown(CROWDED)
    spread = sorted(_nearest(crowd))
    wanted = APART / max(spread[len(spread) // 10], 0.1)
    wanted = max(SMALLEST_SCALE, min(wanted, LARGEST_INSET * width / max(source.width, source.height)))
    scale = wanted
    while scale >= SMALLEST_SCALE:
        frame = _free_corner(source, scale, points, width, height)
        if frame is not None:
            return Inset(source, frame, scale), height
        scale *= 0.95
    below = Box(width - wanted * source.width - 1, height, width - 1, height + wanted * source.height)
    return Inset(source, below, wanted), below.bottom + 1


def _free_corner(source: Box, scale: float, points: Sequence[Point], width: float, height: float) -> Box | None:
    """Return the corner of the sheet nearest to `source` where a frame covers nothing, if there is one."""
    across, down = scale * source.width, scale * source.height
    middle = Point((source.left + source.right) / 2, (source.top + source.bottom) / 2)
    free = [
        frame
        for left in (1.0, width - across - 1)
        for top in (1.0, height - down - 1)
        if not (frame := Box(left, top, left + across, top + down)).overlaps(source)
        and not any(frame.grown(CROWDED).holds(point) for point in points)
    ]
    return min(
        free,
        key=lambda frame: math.dist(middle, ((frame.left + frame.right) / 2, (frame.top + frame.bottom) / 2)),
        default=None,
    )


def move_apart(points: Sequence[Point], least: float, rounds: int = 40) -> list[Point]:
    """Return the points with pairs closer than `least` pushed apart; the same points always give the same result.

    Points at one place leave it in different directions. A crowd may stay a little closer than `least`, and
    a great one where it is.
    """
    moved = [
        Point(point.x + 0.01 * math.cos(index * GOLDEN_ANGLE), point.y + 0.01 * math.sin(index * GOLDEN_ANGLE))
        if count > 1
        else point
        for index, (point, count) in enumerate(zip(points, map(Counter(points).__getitem__, points), strict=True))
    ]
    pairs = [
        (one, other) for one, near in enumerate(_neighbourhoods(moved, 2 * least)) for other in near if one < other
    ]
    if len(pairs) > MOST_PAIRS:
        return moved
    for _ in range(rounds):
        moving = False
        for one, other in pairs:
            a, b = moved[one], moved[other]
            gap = max(math.dist(a, b), 1e-9)
            if gap < 0.999 * least:
                push = (least - gap) / 2 / gap
                x, y = push * (b.x - a.x), push * (b.y - a.y)
                moved[one], moved[other] = Point(a.x - x, a.y - y), Point(b.x + x, b.y + y)
                moving = True
        if not moving:
            break
    return moved


def _largest_crowd(points: Sequence[Point]) -> list[Point]:
    """Return the largest set of points that hang together by steps shorter than `CROWDED`."""
    near = _neighbourhoods(points, CROWDED)
    waiting = set(range(len(points)))
    largest: list[int] = []
    while waiting:
        crowd = [waiting.pop()]
        for index in crowd:  # grows while it is walked
            joining = [other for other in near[index] if other in waiting]
            waiting.difference_update(joining)
            crowd.extend(joining)
        if len(crowd) > len(largest):
            largest = crowd
    return [points[index] for index in sorted(largest)]


def _neighbourhoods(points: Sequence[Point], reach: float) -> list[list[int]]:
    """Return for every point the other points that are nearer than `reach`."""
    squares: dict[tuple[int, int], list[int]] = defaultdict(list)
    for index, point in enumerate(points):
        squares[math.floor(point.x / reach), math.floor(point.y / reach)].append(index)
    return [
        [
            other
            for x in (-1, 0, 1)
            for y in (-1, 0, 1)
            for other in squares.get((math.floor(point.x / reach) + x, math.floor(point.y / reach) + y), ())
            if other != index and math.dist(point, points[other]) < reach
        ]
        for index, point in enumerate(points)
    ]
