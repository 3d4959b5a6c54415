"""A plan on the county's map: what stands is thin, what is to be built thick and numbered, with a table of its cost.

A span that joins a site has a square number, one that protects a round one; radio is dashed. So nothing is told by
colour alone. Numbers stand where they cover neither each other nor a site; the table has them all.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from netmon.model import Finding, Inventory, LinkKind, Reach, Verdict
from netmon.topology.drawing.county_map import MapWords, Overlay, map_svg
from netmon.topology.drawing.layout import Inset, Layout, lay_out
from netmon.topology.drawing.lettering import breadth, fitted
from netmon.topology.drawing.style import Theme
from netmon.topology.drawing.svg import at, lettered, line, note
from netmon.topology.drawing.words import Language, Speech
from netmon.topology.geo import Box, Point
from netmon.topology.planning.candidates import Candidate
from netmon.topology.planning.plan import Plan, Step

_RULES = """
.map .plan path { fill: none; stroke-linecap: round; }
.map .plan .bed { stroke: var(--paper); stroke-width: 5.4; }
.map .plan .joins { stroke: var(--ink); stroke-width: 2.8; }
.map .plan .protects { stroke: var(--maintenance); stroke-width: 2.2; }
.map .plan .radio { stroke-dasharray: 5.5 4.5; }
.map .number circle, .map .number rect { fill: var(--paper); stroke: var(--ink); stroke-width: 1.1; }
.map .number text { fill: var(--ink); font-weight: 600; }
.map .row { fill: var(--ink); }
.map .rule { stroke: var(--frame); stroke-width: .7; fill: none; }
"""
_NUMBER = 8.0  # half the height of a number's shape
_ALONG = (0.5, 0.38, 0.62, 0.26, 0.74)  # where on its span a number may stand
_ASIDE = (11.0, -11.0, 15.0, -15.0)  # how far beside it, where it has no room there
_COLUMNS = 3
_ROWS = 40  # of each column; what does not fit is told
_LINE = 14.0
_SMALL = 9.5
_INDENT = 26.0  # room for a number
_BETWEEN = 7.0  # columns of the table
_DASH = " – "
_HEAD = 80.0  # legend and headings over the rows


@dataclass(frozen=True, slots=True)
class _Drawn:
    """A span on the sheet: its step, how it is drawn, and from where to where, in the inset or outside of it."""

    number: int
    span: Candidate
    joins: bool
    start: Point
    end: Point
    is_inset: bool


def plan_svg(
    inventory: Inventory,
    plan: Plan,
    *,
    width: float = 1000.0,
    theme: Theme = "light",
    layout: Layout | None = None,
    language: Language = "en",
) -> str:
    """Return a plan as one `<svg>` element, a valid file; spans without coordinates stand only in its table.

    `layout` is of this inventory, where it was made before; else it is made now, `width` wide.
    """
    sheet = lay_out(inventory, width) if layout is None else layout
    drawn = list(_drawn(sheet, plan.steps))
    labels, boxes = _numbers(sheet, drawn)
    rows = min(-(-len(plan.steps) // _COLUMNS), _ROWS)
    say = Speech(language)
    overlay = Overlay(
        rules=_RULES,
        ground=list(_ground(drawn)),
        labels=labels,
        covered=boxes,
        foot=list(_foot(inventory, plan, sheet, rows, say)),
        foot_height=_HEAD + _LINE * (rows + 2),
    )
    unserved = {
        site.id: Finding(Verdict.UP if site.served else Verdict.UNSERVED) for site in inventory.sites.values()
    }
    words = MapWords(say, title="plan-for", is_drawing=True)
    states = dict.fromkeys(inventory.links, Reach.UP)
    return map_svg(inventory, unserved, states, layout=sheet, theme=theme, words=words, overlay=overlay)


def _drawn(sheet: Layout, steps: Sequence[Step]) -> Iterator[_Drawn]:
    for number, step in enumerate(steps, 1):
        for span in step.spans:
            if span.a not in sheet.places or span.b not in sheet.places:
                continue
            inside = sheet.is_inset(span.a) + sheet.is_inset(span.b)
            for inset in dict.fromkeys((None, sheet.inset)):
                if inside == (2 if inset is None else 0):
                    continue
                start, end = _end(sheet, span.a, inset), _end(sheet, span.b, inset)
                yield _Drawn(number, span, bool(step.connects), start, end, inset is not None)


def _end(sheet: Layout, site: str, inset: Inset | None) -> Point:
    """Return where a span meets a site: at its marker, if that is in this part of the map."""
    if sheet.is_inset(site) == (inset is not None):
        return sheet.markers[site]
    return sheet.places[site] if inset is None else inset.place(sheet.places[site])


def _ground(drawn: Sequence[_Drawn]) -> Iterator[str]:
    yield '<g class="plan">'
    for is_inset in (False, True):
        here = [one for one in drawn if one.is_inset == is_inset]
        if is_inset and here:
            yield '<g clip-path="url(#map-inset)">'
        if here:
            yield f'<path class="bed" d="{"".join(line(one.start, one.end) for one in here)}"/>'
        for one in here:
            kind = ("joins" if one.joins else "protects") + (" radio" if one.span.kind is LinkKind.RADIO else "")
            yield f'<path class="{kind}" d="{line(one.start, one.end)}"/>'
        if is_inset and here:
            yield "</g>"
    yield "</g>"


def _numbers(sheet: Layout, drawn: Sequence[_Drawn]) -> tuple[list[str], list[Box]]:
    """Return the numbers that have room, and the boxes they fill."""
    markers = [Box(*point, *point).grown(2.6) for point in sheet.markers.values()]
    labels: list[str] = []
    boxes: list[Box] = []
    frame = sheet.inset.frame if sheet.inset is not None else None
    told: set[tuple[int, Candidate]] = set()
    for one in drawn:
        if (one.number, one.span) in told:
            continue
        half = _NUMBER + 2.6 * (len(str(one.number)) - 1) / 2
        for x, y in _places(one):
            box = Box(x - half, y - _NUMBER, x + half, y + _NUMBER)
            if (frame is not None and frame.overlaps(box)) != one.is_inset:
                continue
            if not any(box.overlaps(other) for other in (*boxes, *markers)):
                boxes.append(box)
                labels.append(_number(Point(x, y), one.number, joins=one.joins, half=half))
                told.add((one.number, one.span))
                break
    return labels, boxes


def _places(one: _Drawn) -> Iterator[Point]:
    """Yield where the number of a span may stand: on it, else close beside it."""
    (x, y), (across, down) = one.start, (one.end.x - one.start.x, one.end.y - one.start.y)
    length = math.hypot(across, down) or 1.0
    for aside in (0.0, *_ASIDE):
        for share in _ALONG:
            yield Point(x + share * across - aside * down / length, y + share * down + aside * across / length)


def _number(place: Point, number: int, *, joins: bool, half: float = _NUMBER) -> str:
    corner = "1.5" if joins else f"{_NUMBER:g}"
    return (
        f'<g class="number" transform="translate({at(place)})">'
        f'<rect x="{-half:.1f}" y="{-_NUMBER:g}" width="{2 * half:.1f}" height="{2 * _NUMBER:g}" rx="{corner}"/>'
        f'<text y="0" font-size="9" text-anchor="middle">{number}</text></g>'
    )


def _foot(inventory: Inventory, plan: Plan, sheet: Layout, rows: int, say: Speech) -> Iterator[str]:
    """Yield the legend, what the plan comes to, and the steps with their cost, in columns."""
    top = sheet.height + 18.0
    yield from _legend(Point(20.0, top), say)
    told = say(
        "plan-told",
        steps=len(plan.steps),
        cost=_money(plan.steps, say),
        before=plan.before.joined,
        after=plan.after.joined,
        safe_before=plan.before.protected,
        safe_after=plan.after.protected,
    )
    yield lettered(Point(20.0, top + 22.0), told, "row", 12.0)
    first = top + 58.0
    shown = plan.steps[: rows * _COLUMNS]
    figures = [("", say("length"), say("cost"), say("gain"))]
    figures += [_figures(number, step, say) for number, step in enumerate(shown, 1)]
    widest = [max(breadth(one[cell], _SMALL) for one in figures) for cell in range(4)]
    wide = (sheet.width - 40.0) / _COLUMNS
    ends = [wide - _BETWEEN - sum(part + _BETWEEN for part in widest[cell:]) for cell in (2, 3, 4)]
    room = ends[0] - widest[1] - _BETWEEN - _INDENT
    for column in range(min(_COLUMNS, len(shown))):
        yield from _cells(figures[0], say("between"), Point(20.0 + column * wide, first - _LINE), ends, "note")
    for number, step in enumerate(shown):
        column, row = divmod(number, rows)
        at_left = Point(20.0 + column * wide, first + row * _LINE)
        yield from _cells(figures[number + 1], _ways(inventory, step, room), at_left, ends, "row")
    rest = plan.steps[len(shown) :]
    if rest:
        told = say("more-steps", count=len(rest), cost=_money(rest, say))
        yield note(Point(20.0, first + rows * _LINE + 4.0), told)


def _money(steps: Sequence[Step], say: Speech) -> str:
    return say.number(f"{sum(step.cost for step in steps):,.0f}")


def _legend(start: Point, say: Speech) -> Iterator[str]:
    """Yield what each kind of line and number means, in one row."""
    x, y = start
    for kind, joins, key in (
        ("links", None, "stands"),
        ("joins", True, "joins-site"),
        ("protects", False, "protects-sites"),
        ("protects radio", None, "by-radio"),
    ):
        group = "links" if kind == "links" else "plan"
        name = "up" if kind == "links" else kind
        yield f'<g class="{group}"><path class="{name}" d="{line(Point(x, y), Point(x + 34, y))}"/></g>'
        if joins is not None:
            yield _number(Point(x + 17, y), 1, joins=joins)
        yield note(Point(x + 42, y), say(key))
        x += 150.0
    yield f'<use href="#marker-unserved" x="{x:.1f}" y="{y:.1f}"/>'
    yield note(Point(x + 11, y), say("not-served-today"))


def _figures(number: int, step: Step, say: Speech) -> tuple[str, str, str, str]:
    """Return what one step comes to as cells: its number, its length and cost, and what it buys."""
    gain = [say("joins", count=len(step.connects))] * bool(step.connects)
    gain += [f"+{len(step.protects)}"] * bool(step.protects)
    length = sum(span.length_km for span in step.spans)
    return str(number), say.number(f"{length:.1f} km"), _money([step], say), " ".join(gain)


def _ways(inventory: Inventory, step: Step, room: float) -> str:
    """Return where the spans of a step lead, in so much room."""
    each = (room - breadth(", ", _SMALL) * (len(step.spans) - 1)) / len(step.spans)
    return ", ".join(_between(inventory, span, each) for span in step.spans)


def _cells(
    figures: tuple[str, str, str, str], ways: str, left: Point, ends: Sequence[float], kind: str
) -> Iterator[str]:
    number, *rest = figures
    yield lettered(Point(left.x + _INDENT - 6.0, left.y), number, kind, _SMALL, "end")
    yield lettered(Point(left.x + _INDENT, left.y), ways, kind, _SMALL)
    for end, words in zip(ends, rest, strict=True):
        yield lettered(Point(left.x + end, left.y), words, kind, _SMALL, "end")


def _between(inventory: Inventory, span: Candidate, room: float) -> str:
    """Return the names of both ends, the wider one cut until they fit, or both."""
    names = [inventory.sites[site].name for site in (span.a, span.b)]
    left = room - breadth(_DASH, _SMALL)
    wide = [breadth(name, _SMALL) for name in names]
    if sum(wide) > left:
        share = max(left - min(wide), left / 2)
        names = [fitted(name, _SMALL, share) for name in names]
    return _DASH.join(names)
