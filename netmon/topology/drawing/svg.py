"""The few pieces of SVG that the map is made of."""

from __future__ import annotations

import html
from collections.abc import Iterable

from netmon.topology.geo import Box, Point

_FORBIDDEN = {code: None for code in (*range(0x20), 0x7F, 0xFFFE, 0xFFFF, *range(0xD800, 0xE000)) if code != 0x0A}


def text(raw: str) -> str:
    """Return a text for an element or attribute; characters that XML 1.0 forbids are left out."""
    return html.escape(raw.translate(_FORBIDDEN), quote=True)


def at(point: Point) -> str:
    """Return a point as path data has it, to a tenth of a unit."""
    return f"{point.x:.1f} {point.y:.1f}"


def line(start: Point, end: Point) -> str:
    """Return the path data of one line."""
    return f"M{at(start)}L{at(end)}"


def polygon(corners: Iterable[Point]) -> str:
    """Return the path data of a closed shape."""
    return "M" + "L".join(map(at, corners)) + "Z"


def rectangle(box: Box, kind: str = "") -> str:
    """Return a `<rect>`, of a class if one is given."""
    given = f' class="{kind}"' if kind else ""
    return f'<rect{given} x="{box.left:.1f}" y="{box.top:.1f}" width="{box.width:.1f}" height="{box.height:.1f}"/>'


def note(point: Point, words: str, anchor: str = "start") -> str:
    """Return a line of small print."""
    return lettered(point, words, "note", 11.0, anchor)


def lettered(point: Point, words: str, kind: str, size: float, anchor: str = "start") -> str:
    """Return words of a class, `size` pixels high, that begin, end or have their middle at a point."""
    place = f'x="{point.x:.1f}" y="{point.y:.1f}" font-size="{size:g}" text-anchor="{anchor}"'
    return f'<text class="{kind}" {place}>{text(words)}</text>'
