"""Charts of reports as SVG: only shapes and classes, so that a strict content security policy lets them through.

Nothing is told by colour alone: what is dark is high, lines have their own dashes, marks and labels.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from html import escape
from zoneinfo import ZoneInfo

from netmon.model import Verdict
from netmon.picture.ledger import Span

STRIP_WIDTH, STRIP_HEIGHT = 116.0, 9.0
_NARROWEST = 0.6  # so that a short outage in a long month can still be seen
_SHAPES = {
    Verdict.DOWN: ("dark", 0.0, 9.0),
    Verdict.UNREACHABLE: ("dark", 0.0, 9.0),
    Verdict.MAINTENANCE: ("work", 3.5, 5.5),
    Verdict.UNKNOWN: ("unknown", 8.0, 1.0),
    Verdict.UNSERVED: ("unknown", 8.0, 1.0),
}
_MARKS = {
    "served": "M-3,-3H3V3H-3Z",
    "online": "M0,-4L4,0L0,4L-4,0Z",
    "active": "M0,-4L4,3H-4Z",
}
STYLE = (
    "text{font:11px sans-serif;fill:#222}.axis{stroke:#888;fill:none}.line{fill:none;stroke-width:2}"
    ".served{stroke:#555}.online{stroke:#0b6e4f;stroke-dasharray:6 3}.active{stroke:#7a3e9d;stroke-dasharray:2 2}"
    ".mark{stroke:none;stroke-dasharray:none}.mark.served{fill:#555}.mark.online{fill:#0b6e4f}"
    ".mark.active{fill:#7a3e9d}.t{font-size:14px;font-weight:600}.e{text-anchor:end}.m{text-anchor:middle}"
)
"""Style sheet of a progress chart that stands alone."""


def strip(timeline: Sequence[Span], start: float, end: float, until: float, label: str) -> str:
    """Return the verdicts of a site from `start` to `end` as one line; after `until` nothing is known."""
    scale = STRIP_WIDTH / (end - start)
    shapes = [f'<path class="base" d="M0,8.5H{_n(STRIP_WIDTH)}"/>']
    for begin, finish, verdict in _parts(timeline, start, end, until):
        if verdict in _SHAPES:
            name, top, height = _SHAPES[verdict]
            width = max((finish - begin) * scale, _NARROWEST)
            left = min((begin - start) * scale, STRIP_WIDTH - width)
            shapes.append(
                f'<rect class="{name}" x="{_n(left)}" y="{_n(top)}" width="{_n(width)}" height="{_n(height)}"/>'
            )
    return _svg(STRIP_WIDTH, STRIP_HEIGHT, label, shapes, "strip")


def bar(value: float, most: float, label: str) -> str:
    """Return a bar whose length is a value's part of the largest."""
    width = 90.0 * value / most if most > 0 else 0.0
    return _svg(90.0, 8.0, label, [f'<rect class="dark" x="0" y="1" width="{_n(width)}" height="6"/>'], "bar")


def columns(values: Sequence[float], names: Sequence[str], label: str, largest: str) -> str:
    """Return a column for each value with its name below; above the largest stands `largest`."""
    width, height, base = 680.0, 92.0, 76.0
    step = width / max(len(values), 1)
    most = max(values, default=0.0)
    shapes = [f'<path class="axis" d="M0,{_n(base)}H{_n(width)}"/>']
    for place, (value, name) in enumerate(zip(values, names, strict=True)):
        tall = (base - 14.0) * value / most if most > 0 else 0.0
        left = place * step
        shapes.append(
            f'<rect class="dark" x="{_n(left + step * 0.15)}" y="{_n(base - tall)}" width="{_n(step * 0.7)}" '
            f'height="{_n(tall)}"/>'
            f'<text class="m" x="{_n(left + step / 2)}" y="{_n(base + 12)}">{escape(name)}</text>'
        )
        if most > 0 and value == most and values.index(most) == place:
            shapes.append(
                f'<text class="m" x="{_n(left + step / 2)}" y="{_n(base - tall - 3)}">{escape(largest)}</text>'
            )
    return _svg(width, height, label, shapes, "columns")


def day_names(start: float, end: float, zone: str) -> list[tuple[float, float, str]]:
    """Return begin, end and number of each day of a period, by the clock of a time zone."""
    days: list[tuple[float, float, str]] = []
    here = ZoneInfo(zone)
    begin = start
    while begin < end:
        today = datetime.fromtimestamp(begin, here).date()
        tomorrow = date.fromordinal(today.toordinal() + 1)
        midnight = datetime(tomorrow.year, tomorrow.month, tomorrow.day, tzinfo=here).timestamp()
        days.append((begin, min(midnight, end), str(today.day)))
        begin = midnight
    return days


def progress_chart(
    title: str, months: Sequence[str], series: Sequence[tuple[str, str, Sequence[int]]], most: int, style: str = ""
) -> str:
    """Return lines over months.

    Args:
        title: stands above.
        months: names below.
        series: key (`served`, `online`, `active`), name and one value for each month.
        most: what the top stands for: all villages.
        style: a style sheet to put in, where the chart stands alone.
    """
    left, right, top, bottom = 40.0, 560.0, 40.0, 250.0
    step = (right - left) / max(len(months) - 1, 1)
    tall = (bottom - top) / max(most, 1)
    shapes = [
        f"<style>{style}</style>" if style else "",
        f'<text class="t" x="{_n(left)}" y="20">{escape(title)}</text>',
        f'<path class="axis" d="M{_n(left)},{_n(top)}V{_n(bottom)}H{_n(right)}"/>',
        f'<text class="e" x="{_n(left - 6)}" y="{_n(top + 4)}">{most}</text>',
        f'<text class="e" x="{_n(left - 6)}" y="{_n(bottom + 4)}">0</text>',
    ]
    every = -(-len(months) // 12)
    for place, name in enumerate(months):
        if place % every == 0:
            shapes.append(
                f'<text class="m" x="{_n(left + place * step)}" y="{_n(bottom + 16)}">{escape(name)}</text>'
            )
    labels = _apart([bottom - values[-1] * tall for _, _, values in series], 13.0)
    for (key, name, values), where in zip(series, labels, strict=True):
        points = [(left + place * step, bottom - value * tall) for place, value in enumerate(values)]
        shapes.append(f'<path class="line {key}" d="M{"L".join(f"{_n(x)},{_n(y)}" for x, y in points)}"/>')
        shapes += [
            f'<path class="mark {key}" d="{_MARKS[key]}" transform="translate({_n(x)},{_n(y)})"/>' for x, y in points
        ]
        shapes.append(f'<text x="{_n(right + 10)}" y="{_n(where + 4)}">{values[-1]} {escape(name)}</text>')
    return _svg(720.0, 280.0, title, shapes, "progress")


def _parts(
    timeline: Sequence[Span], start: float, end: float, until: float
) -> Iterator[tuple[float, float, Verdict]]:
    """Yield what was when, what is worst last so that it lies on top."""
    first = timeline[0].start if timeline else end
    parts = [(start, min(first, end), Verdict.UNKNOWN)] if start < first else []
    for place, span in enumerate(timeline):
        finish = timeline[place + 1].start if place + 1 < len(timeline) else until
        if max(span.start, start) < min(finish, end):
            parts.append((max(span.start, start), min(finish, end), span.verdict))
    if until < end:
        parts.append((max(until, start), end, Verdict.UNKNOWN))
    yield from sorted(parts, key=lambda part: _SHAPES.get(part[2], ("", 0.0, 0.0))[2])


def _apart(places: Sequence[float], least: float) -> list[float]:
    """Return places moved apart so that texts there do not lie on each other, in the order given."""
    moved = dict.fromkeys(range(len(places)), 0.0)
    below = float("-inf")
    for index in sorted(range(len(places)), key=lambda index: (places[index], index)):
        below = max(places[index], below + least)
        moved[index] = below
    return [moved[index] for index in range(len(places))]


def _svg(width: float, height: float, label: str, shapes: Iterable[str], name: str) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="{name}" viewBox="0 0 {_n(width)} {_n(height)}" '
        f'width="{_n(width)}" height="{_n(height)}" role="img" aria-label="{escape(label)}">{"".join(shapes)}</svg>'
    )


def _n(value: float) -> str:
    """Return a coordinate: two digits are enough, and the same everywhere."""
    return f"{value:.2f}".rstrip("0").rstrip(".") or "0"
