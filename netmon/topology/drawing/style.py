"""How the map looks: shapes and colours of verdicts, in light and in dark.

Every verdict has a shape of its own, so that colour only repeats what the shape says. Colours keep a contrast of 3:1
to the land in both themes (WCAG 2.2, 1.4.11), and up stays quiet so that the rest stands out.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Literal

from netmon.model import Verdict
from netmon.topology.geo import Point

Theme = Literal["auto", "light", "dark"]

SHAPES: Mapping[Verdict, str] = {
    Verdict.UP: '<circle r="2.6"/>',
    Verdict.DEGRADED: '<circle r="4.6" class="ring"/><path d="M0-4.6A4.6 4.6 0 0 1 0 4.6Z"/>',
    Verdict.DOWN: '<path class="halo" d="M-4.6-4.6L4.6 4.6M4.6-4.6L-4.6 4.6"/>'
    '<path class="stroke" d="M-4.6-4.6L4.6 4.6M4.6-4.6L-4.6 4.6"/>',
    Verdict.UNREACHABLE: '<path class="ring" d="M0-5.4L5.4 0L0 5.4L-5.4 0Z"/>',
    Verdict.UNKNOWN: '<circle r="5.2" class="ring"/><path class="thin" d="M-1.7-1.4A1.8 1.8 0 1 1 .5.4Q0 .7 0 1.3"/>'
    '<circle cy="3" r=".8"/>',
    Verdict.MAINTENANCE: '<rect x="-4.4" y="-4.4" width="8.8" height="8.8" class="ring"/>'
    '<rect x="-1.6" y="-1.6" width="3.2" height="3.2"/>',
    Verdict.UNSERVED: '<circle r="3.8" class="dotted"/>',
}
"""The marker of each verdict around (0, 0)."""
_DOT = re.compile(r'<circle r="([\d.]+)"(?: class="(\w+)")?/>')

_LIGHT = {
    "land": "#f4f3ed", "seam": "#e6e4da", "border": "#bdbaab", "frame": "#9a978a", "ink": "#22261f",
    "quiet": "#6d6b60", "line": "#a9b3a8", "paper": "#fdfdfb", "hatch": "#cfcbbb",
    "up": "#3c8f6b", "degraded": "#a86a00", "down": "#c62419", "unreachable": "#8c3aa3", "unknown": "#5f6772",
    "maintenance": "#1f68ad", "unserved": "#8c897c",
}  # fmt: skip
_DARK = {
    "land": "#20262a", "seam": "#2a3136", "border": "#4a545b", "frame": "#6b757c", "ink": "#e8ebe6",
    "quiet": "#98a09c", "line": "#4e5b5a", "paper": "#14181b", "hatch": "#3b444a",
    "up": "#4fae83", "degraded": "#e3a53a", "down": "#ff6a5c", "unreachable": "#d48be6", "unknown": "#a2abb6",
    "maintenance": "#6cb1f2", "unserved": "#7f8580",
}  # fmt: skip
CROSS = "M-3.5-3.5L3.5 3.5M3.5-3.5L-3.5 3.5"
"""The path that crosses out what nothing joins."""
TINTED = (Verdict.DOWN, Verdict.UNREACHABLE, Verdict.DEGRADED, Verdict.UNKNOWN)
"""Verdicts that tint the land around a site."""

MARKERS = """.marker { fill: currentColor; stroke: none; }
.marker .ring { fill: var(--paper); stroke: currentColor; stroke-width: 1.8; }
.marker .stroke { fill: none; stroke: currentColor; stroke-width: 2.6; stroke-linecap: round; }
.marker .halo { fill: none; stroke: var(--paper); stroke-width: 5.2; stroke-linecap: round; }
.marker .thin { fill: none; stroke: currentColor; stroke-width: 1.3; stroke-linecap: round; }
.marker .dotted, .marker.dotted { fill: none; stroke: currentColor; stroke-width: 1.4; stroke-dasharray: 1.6 1.9; }
.marker .touch { fill: none; stroke: none; pointer-events: all; }
""" + "".join(f".marker.{verdict} {{ color: var(--{verdict}); }}\n" for verdict in Verdict)
"""The rules for the markers of verdicts."""

_RULES = (
    """.map { font-family: system-ui, "Segoe UI", "Noto Sans", sans-serif; }
.map text { fill: var(--ink); dominant-baseline: central; }
.map .sheet { fill: var(--paper); }
.map .cells path { fill: var(--land); stroke: var(--seam); stroke-width: .6; stroke-linejoin: round; }
.map .hatched { fill: none; stroke: var(--hatch); stroke-width: 1; }
.map .borders { fill: none; stroke: var(--border); stroke-width: 1; stroke-linecap: round; }
.map .links { fill: none; stroke: var(--line); stroke-width: 1.1; stroke-linecap: round; }
.map .links .unknown { stroke-dasharray: 1 3.2; }
.map .links .dark { stroke: var(--unreachable); stroke-dasharray: 3.5 3; }
.map .links .bridge, .map .sample.bridge { stroke-width: 2.3; }
.map .sample { fill: none; stroke: var(--line); stroke-width: 1.1; stroke-linecap: round; }
.map .island { fill: none; stroke: var(--ink); stroke-width: 1.6; stroke-linecap: round; }
.map.drawing .marker.up { color: var(--ink); }
.map .links .down { stroke: var(--down); stroke-width: 2; stroke-dasharray: 6 4; }
.map .links .failed { stroke: var(--down); stroke-width: 3; }
.map .links .suspect { stroke: var(--degraded); stroke-width: 3; stroke-dasharray: 6 4; }
.map .cut circle { fill: var(--paper); stroke: var(--down); stroke-width: 1.6; }
.map .cut path { fill: none; stroke: var(--down); stroke-width: 2; stroke-linecap: round; }
.map .home { fill: none; stroke: var(--ink); stroke-width: 1.2; }
.map .frame { fill: none; stroke: var(--frame); stroke-width: 1; }
.map .lead { stroke: var(--frame); stroke-width: .7; stroke-dasharray: 2 3; }
.map .tie { stroke: var(--ink); stroke-width: .8; }
.map .district { fill: var(--quiet); letter-spacing: .06em; }
.map .name, .map .district { paint-order: stroke; stroke: var(--land); stroke-width: 3; stroke-linejoin: round; }
.map .name { font-weight: 600; }
.map .calm { font-weight: 400; }
.map .scale { stroke: var(--quiet); fill: none; stroke-width: 1; }
.map .note { fill: var(--quiet); }
.map a { cursor: pointer; }
.map a:hover :is(use, circle) { opacity: .55; }
"""
    + MARKERS
    + "".join([f".map .cells .{verdict} {{ fill: var(--{verdict}-land); }}\n" for verdict in TINTED])
)


def marker_definitions() -> str:
    """Return the markers as `<g>` elements with the ids `marker-VERDICT`, for `<defs>`."""
    return "".join(f'<g id="marker-{verdict}" class="marker {verdict}">{SHAPES[verdict]}</g>' for verdict in Verdict)


def marker(verdict: Verdict, point: Point, inside: str) -> str:
    """Return the marker of a verdict at a point of the map, with elements inside it.

    Most sites are up, and a circle is a circle: a browser makes a tree of its own for every `<use>`.
    """
    x, y = f"{point.x:.1f}", f"{point.y:.1f}"
    dot = _DOT.fullmatch(SHAPES[verdict])
    if dot is None:
        return f'<use href="#marker-{verdict}" x="{x}" y="{y}">{inside}</use>'
    kind = f"marker {verdict} {dot[2] or ''}".rstrip()
    return f'<circle class="{kind}" cx="{x}" cy="{y}" r="{dot[1]}">{inside}</circle>'


def style(theme: Theme = "auto") -> str:
    """Return the style sheet of the map."""
    return coloured(_RULES, theme)


def coloured(rules: str, theme: Theme = "auto") -> str:
    """Return a style sheet with the colours that its rules name.

    On the screen `auto` follows the reader by CSS variables, which the page shares; paper is light.
    `light` and `dark` are fixed, and plain enough for drawing programs that know no variables.
    """
    light, dark = _with_tints(_LIGHT), _with_tints(_DARK)
    if theme == "auto":
        return (
            f":root {{ color-scheme: light dark; {_variables(light)} }}\n"
            f"@media screen and (prefers-color-scheme: dark) {{ :root {{ {_variables(dark)} }} }}\n{rules}"
        )
    colours = light if theme == "light" else dark
    return re.sub(r"var\(--([a-z-]+)\)", lambda match: colours[match[1]], rules)


def _variables(colours: Mapping[str, str]) -> str:
    return " ".join(f"--{name}: {colour};" for name, colour in colours.items())


def _with_tints(colours: Mapping[str, str]) -> dict[str, str]:
    return {**colours, **{f"{verdict}-land": _mix(colours[verdict], colours["land"], 0.2) for verdict in TINTED}}


def _mix(colour: str, ground: str, share: float) -> str:
    """Return `share` of one colour on another, both as #rrggbb."""
    pairs = [(int(colour[i : i + 2], 16), int(ground[i : i + 2], 16)) for i in (1, 3, 5)]
    return "#" + "".join(f"{round(share * over + (1 - share) * under):02x}" for over, under in pairs)
