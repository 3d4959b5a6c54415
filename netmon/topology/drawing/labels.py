"""Place names on a map so that they cover neither each other nor what must be seen."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from netmon.topology.drawing.lettering import breadth
from netmon.topology.geo import Box, Point

GLYPH = 0.64
"""Width of an average letter of a wide or bold sans-serif face, in sizes of the face."""
CAPITAL = 0.78
"""The same of capitals that stand a little apart, as names of districts do."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A name to place: near `anchor`, `gap` beside it (or right on it, when `gap` is None)."""

    text: str
    anchor: Point
    size: float
    gap: float | None = None


class Placed(NamedTuple):
    """A name that found its place, and the box it fills."""

    wanted: Wanted
    box: Box

    @property
    def tie(self) -> tuple[Point, Point] | None:
        """The line to draw from a marker to its name, where that stands too far off to be taken for its own."""
        gap, (x, y) = self.wanted.gap, self.wanted.anchor
        if gap is None:
            return None
        end = Point(min(max(x, self.box.left), self.box.right), min(max(y, self.box.top), self.box.bottom))
        length = math.dist(self.wanted.anchor, end)
        if length < _FAR * gap:
            return None
        share = (gap + 1.0) / length
        return Point(x + share * (end.x - x), y + share * (end.y - y)), end


# Where a name may stand, in widths and heights of its own box from the anchor: beside a marker, or on and around it.
_BESIDE = ((0.0, -0.5), (-1.0, -0.5), (-0.5, -1.0), (-0.5, 0.0), (0.0, -1.0), (0.0, 0.0), (-1.0, -1.0), (-1.0, 0.0))
_AROUND = (
    (0.0, 0.0), (0.0, -0.8), (0.0, 0.8), (-0.4, 0.0), (0.4, 0.0), (0.0, -1.6), (0.0, 1.6), (-0.4, -0.9), (0.4, -0.9),
    (-0.4, 0.9), (0.4, 0.9), (-0.8, 0.0), (0.8, 0.0), (0.0, -2.4), (0.0, 2.4), (-0.7, -1.6), (0.7, -1.6),
    (-0.7, 1.6), (0.7, 1.6), (-0.5, -2.4), (0.5, -2.4), (-0.5, 2.4), (0.5, 2.4), (-1.0, -0.9), (1.0, -0.9),
    (-1.0, 0.9), (1.0, 0.9), (0.0, -3.2), (0.0, 3.2), (-0.3, -3.2), (0.3, -3.2), (-0.3, 3.2), (0.3, 3.2),
    (-0.9, -2.0), (0.9, -2.0), (-0.9, 2.0), (0.9, 2.0), (0.0, -4.2), (0.0, 4.2), (-0.5, -4.2), (0.5, -4.2),
    (-0.5, 4.2), (0.5, 4.2),
)  # fmt: skip
# Where else one may stand that finds no room beside its marker: so many gaps off, that way.
_FAR = 2.0
_GAPS_OFF = (_FAR, 3.0, 4.5, 6.0, 8.0, 10.0, 13.0, 16.0)
_WAYS_OFF = (0, 180, 270, 90, 330, 210, 30, 150, 300, 240, 60, 120)


def place_labels(
    wanted: Iterable[Wanted],
    sheet: Box,
    taken: Sequence[Box],
    shunned: Sequence[Box] = (),
    marks: Sequence[Box] = (),
) -> list[Placed]:
    """Return the names that have a place within `sheet`, in the order given; first come, first served.

    No name covers another or a box of `taken`; of the places left, each takes the one that covers the fewest boxes of
    `shunned`. Neither does one cover `marks`, but a name of a wide place, which stands on no marker of its own, goes
    under a few of them rather than away. The name of a marker that would cover any of them beside it stands farther
    off, at the end of a `tie` which no other name covers. Names without any place are left out.
    """
    blocked = list(taken)
    placed: list[Placed] = []
    for want in wanted:
        candidates = _candidates(want)
        around = _hull(candidates)
        near = [box for box in blocked if box.overlaps(around)]
        near_marks = [box for box in marks if box.overlaps(around)]
        open_ = [box for box in candidates if _inside(box, sheet) and not any(map(box.overlaps, near))]
        free = [box for box in open_ if not any(map(box.overlaps, near_marks))]
        if not free and want.gap is None:
            free = open_
        disliked = [*near_marks, *(box for box in shunned if box.overlaps(around))]
        best = min(free, key=lambda box: _covered(box, disliked), default=None)
        if want.gap is not None and (best is None or _covered(best, disliked)):
            best = _farther_off(want, sheet, blocked, marks, shunned) or best
        if best is None:
            continue
        placed.append(Placed(want, best))
        blocked += [best, *_along(placed[-1].tie)]
    return placed


def _farther_off(
    want: Wanted, sheet: Box, blocked: Sequence[Box], marks: Sequence[Box], shunned: Sequence[Box]
) -> Box | None:
    """Return the nearest place that covers nothing, one whose tie passes over no marker if there is any."""
    width, height = _size(want)
    x, y = want.anchor
    gap = want.gap or 0.0
    reach = _GAPS_OFF[-1] * gap
    around = Box(x - reach - width, y - reach - height, x + reach + width, y + reach + height)
    blocked = [box for box in blocked if box.overlaps(around)]
    markers = [box for box in (*marks, *shunned) if box.overlaps(around) and not box.holds(want.anchor)]
    second = None
    for gaps in _GAPS_OFF:
        for way in _WAYS_OFF:
            east, south = math.cos(math.radians(way)), math.sin(math.radians(way))
            left = x + gaps * gap * east - width * _before(east)
            top = y + gaps * gap * south - height * _before(south)
            box = Box(left, top, left + width, top + height)
            if not _inside(box, sheet) or any(map(box.overlaps, blocked)) or any(map(box.overlaps, markers)):
                continue  # as most are, before anybody asks where a tie would lie
            tie = _along(Placed(want, box).tie)
            if any(any(map(one.overlaps, blocked)) for one in tie):
                continue
            if not any(any(map(one.overlaps, markers)) for one in tie):
                return box
            second = second or box
    return second


def _before(course: float) -> float:
    """Return how much of a box lies before the end of a tie that comes on this course, from -1 to 1."""
    return 0.0 if course > 0.3 else 1.0 if course < -0.3 else 0.5


def _along(tie: tuple[Point, Point] | None) -> list[Box]:
    """Return small boxes along a tie."""
    if tie is None:
        return []
    (x, y), end = tie
    steps = math.ceil(math.dist(*tie) / 3.0)
    places = [(step + 0.5) / steps for step in range(steps)]
    return [
        Box(at_x - 1.5, at_y - 1.5, at_x + 1.5, at_y + 1.5)
        for at_x, at_y in ((x + share * (end.x - x), y + share * (end.y - y)) for share in places)
    ]


def _covered(box: Box, others: Iterable[Box]) -> int:
    return sum(map(box.overlaps, others))


def _candidates(want: Wanted) -> list[Box]:
    """Return the places a name may take, best first."""
    width, height = _size(want)
    x, y = want.anchor
    if want.gap is None:
        corners = [(x - width / 2 + across * width, y - height / 2 + down * height) for across, down in _AROUND]
    else:
        corners = [
            (x + across * width + want.gap * _side(across), y + down * height + want.gap * _side(down))
            for across, down in _BESIDE
        ]
    return [Box(left, top, left + width, top + height) for left, top in corners]


def _size(want: Wanted) -> tuple[float, float]:
    """Return the width and the height that a name takes; beside a marker it is bold."""
    usual = (CAPITAL if want.text.isupper() else GLYPH) * want.size * len(want.text)
    return max(usual, breadth(want.text, want.size, bold=want.gap is not None)), 1.15 * want.size


def _side(share: float) -> int:
    """Return to which side of its anchor a box lies entirely: 1 after it, -1 before it, 0 neither."""
    return {0.0: 1, -1.0: -1}.get(share, 0)


def _inside(box: Box, sheet: Box) -> bool:
    return sheet.left <= box.left and box.right <= sheet.right and sheet.top <= box.top and box.bottom <= sheet.bottom


def _hull(boxes: Sequence[Box]) -> Box:
    """Return the smallest box that holds all of the boxes."""
    lefts, tops, rights, bottoms = zip(*boxes, strict=True)
    return Box(min(lefts), min(tops), max(rights), max(bottoms))
