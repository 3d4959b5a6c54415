"""Place names on a map so that they cover neither each other nor what must be seen."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

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
    under a few of them rather than away. Names without any place are left out.
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
        if not free:
            continue
        disliked = [*near_marks, *(box for box in shunned if box.overlaps(around))]
        best = min(free, key=lambda box: _covered(box, disliked))
        placed.append(Placed(want, best))
        blocked.append(best)
    return placed


def _covered(box: Box, others: Iterable[Box]) -> int:
    return sum(map(box.overlaps, others))


def _candidates(want: Wanted) -> list[Box]:
    """Return the places a name may take, best first."""
    width = (CAPITAL if want.text.isupper() else GLYPH) * want.size * len(want.text)
    height = 1.15 * want.size
    x, y = want.anchor
    if want.gap is None:
        corners = [(x - width / 2 + across * width, y - height / 2 + down * height) for across, down in _AROUND]
    else:
        corners = [
            (x + across * width + want.gap * _side(across), y + down * height + want.gap * _side(down))
            for across, down in _BESIDE
        ]
    return [Box(left, top, left + width, top + height) for left, top in corners]


def _side(share: float) -> int:
    """Return to which side of its anchor a box lies entirely: 1 after it, -1 before it, 0 neither."""
    return {0.0: 1, -1.0: -1}.get(share, 0)


def _inside(box: Box, sheet: Box) -> bool:
    return sheet.left <= box.left and box.right <= sheet.right and sheet.top <= box.top and box.bottom <= sheet.bottom


def _hull(boxes: Sequence[Box]) -> Box:
    """Return the smallest box that holds all of the boxes."""
    lefts, tops, rights, bottoms = zip(*boxes, strict=True)
    return Box(min(lefts), min(tops), max(rights), max(bottoms))
