"""The county as an SVG map: land, links, sites by verdict, names, and where the cuts are.

The same drawing stands on the page and in files; the page brings the style sheet, and addresses for the sites.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from urllib.parse import quote

from netmon.model import Fault, Finding, Inventory, Reach, Verdict
from netmon.topology.drawing.ground import Moment, draw_ground
from netmon.topology.drawing.layout import Layout, lay_out
from netmon.topology.drawing.map_names import draw_names
from netmon.topology.drawing.structure import Structure
from netmon.topology.drawing.style import CROSS, Theme, coloured, marker, marker_definitions, style
from netmon.topology.drawing.svg import at, note, rectangle, text
from netmon.topology.drawing.words import ENGLISH, Language, Speech
from netmon.topology.geo import Box, Point

# What is drawn later lies on top: the quiet first, the worst last.
_ORDER = (
    Verdict.UNSERVED,
    Verdict.UP,
    Verdict.MAINTENANCE,
    Verdict.UNKNOWN,
    Verdict.DEGRADED,
    Verdict.UNREACHABLE,
    Verdict.DOWN,
)
_DRAWN = {Verdict.UP: "served", Verdict.UNSERVED: "not-served"}
_LEGEND = 36.0  # height of the legend under a map that stands alone
_LEGEND_ROW = 18.0  # of what more it takes


@dataclass(frozen=True, slots=True)
class MapWords:
    """How the map speaks, and by which key of its words it is called.

    Where it `is_drawing`, nothing is said of any moment: up only means that it is drawn.
    """

    say: Speech = ENGLISH
    title: str = "map-of"
    is_drawing: bool = False

    def verdict(self, verdict: Verdict) -> str:
        """Return what a verdict is called."""
        return self.say(_DRAWN.get(verdict, verdict) if self.is_drawing else verdict)


@dataclass(frozen=True, slots=True)
class Overlay:
    """What another drawing puts on the map: style rules, what lies on the ground, what it covers, and a foot.

    `ground` and `labels` are elements under and over the markers, `covered` the boxes where no name may stand; `foot`
    stands under the map in place of the legend, `foot_height` high.
    """

    rules: str
    ground: Iterable[str]
    labels: Iterable[str]
    covered: Collection[Box]
    foot: Iterable[str]
    foot_height: float


def map_svg(
    inventory: Inventory,
    findings: Mapping[str, Finding],
    link_states: Mapping[str, Reach],
    *,
    faults: Collection[Fault] = (),
    width: float = 1000.0,
    layout: Layout | None = None,
    theme: Theme | None = "auto",
    site_url: str | None = None,
    words: MapWords | None = None,
    structure: Structure | None = None,
    overlay: Overlay | None = None,
) -> str:
    """Return the map as one `<svg>` element, a valid file by itself.

    Args:
        inventory: the drawing.
        findings: verdicts of sites; a site that is missing is unknown.
        link_states: states of links; a link that is missing is unknown.
        faults: open faults, whose links and cables are marked.
        width: of the sheet, in pixels at natural size.
        layout: of this inventory, where it was made before; else it is made now.
        theme: None leaves out style sheet, marker definitions and legend, for a page that brings its own.
        site_url: what the quoted id of a site is appended to, to make its marker a link.
        words: another title, or in another language than English.
        structure: shows bridges thick and crosses out the sites that nothing joins.
        overlay: what is drawn over this layout besides, in a map that stands alone.
    """
    sheet = lay_out(inventory, width) if layout is None else layout
    shape = structure or Structure(frozenset(), frozenset())
    moment = Moment(inventory, findings, link_states, faults, shape.bridges)
    words = words or MapWords()
    foot = 0.0 if theme is None else _LEGEND + (0.0 if structure is None or words.is_drawing else _LEGEND_ROW)
    foot = foot if overlay is None else overlay.foot_height
    parts = [
        *_head(moment, sheet, theme, words, foot, overlay, role="img" if site_url is None else "group"),
        *draw_ground(moment, sheet),
        *(overlay.ground if overlay is not None else ()),
        *draw_names(moment, sheet, overlay.covered if overlay is not None else (), words.say),
        *_markers(moment, sheet, site_url, words),
        *_islands(moment, sheet, shape, words.say),
        *(overlay.labels if overlay is not None else ()),
        *_scale_bar(sheet),
        *(overlay.foot if overlay is not None else [] if theme is None else _legend(moment, sheet, words, structure)),
        "</svg>\n",
    ]
    return "\n".join(parts)


def drawing_svg(
    inventory: Inventory, *, theme: Theme = "auto", layout: Layout | None = None, language: Language = "en"
) -> str:
    """Return the map of a drawing of which no moment is known: what is served, what is not, what is a bridge."""
    findings = {
        name: Finding(Verdict.UP if site.served else Verdict.UNSERVED) for name, site in inventory.sites.items()
    }
    words = MapWords(Speech(language), is_drawing=True)
    links = dict.fromkeys(inventory.links, Reach.UP)
    structure = Structure.of(inventory)
    return map_svg(inventory, findings, links, theme=theme, words=words, structure=structure, layout=layout)


def _head(
    moment: Moment,
    sheet: Layout,
    theme: Theme | None,
    words: MapWords,
    foot: float,
    overlay: Overlay | None,
    *,
    role: str,
) -> Iterator[str]:
    height = sheet.height + foot
    kind = "map drawing" if words.is_drawing else "map"
    yield (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="{kind}" viewBox="0 0 {sheet.width:g} {height:.0f}" '
        f'width="{sheet.width:g}" height="{height:.0f}" role="{role}" aria-labelledby="map-title map-text">'
    )
    counts = Counter(moment.verdict(site) for site in moment.inventory.sites)
    told = ", ".join(f"{counts[verdict]} {words.verdict(verdict)}" for verdict in Verdict if counts[verdict])
    told = words.say("map-told", count=len(moment.inventory.sites), told=told or words.say("none"))
    yield f'<title id="map-title">{text(words.say(words.title, region=moment.inventory.region))}</title>'
    yield f'<desc id="map-text">{text(told)}</desc>'
    if theme is not None:
        yield f"<style>{style(theme)}{'' if overlay is None else coloured(overlay.rules, theme)}</style>"
        yield f"<defs>{marker_definitions()}</defs>"
    frame = sheet.inset.frame if sheet.inset is not None else Box(0.0, 0.0, 0.0, 0.0)
    yield (
        f'<defs><clipPath id="map-inset">{rectangle(frame)}</clipPath>'
        '<pattern id="map-hatch" width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
        '<path class="hatched" d="M0 0V5"/></pattern></defs>'
    )
    if theme is not None:
        yield f'<rect class="sheet" width="{sheet.width:g}" height="{height:.0f}"/>'
    if not sheet.places:
        yield note(Point(sheet.width / 2, sheet.height / 2), words.say("map-empty"), anchor="middle")


def _markers(moment: Moment, sheet: Layout, site_url: str | None, words: MapWords) -> Iterator[str]:
    """Yield a marker for every site that has a place, each with its name and verdict as a tooltip."""
    sites = moment.inventory.sites
    home = sheet.markers.get(moment.inventory.nodes[moment.inventory.vantage.node].site)
    if home is not None:
        yield f'<circle class="home" cx="{home.x:.1f}" cy="{home.y:.1f}" r="8.5"/>'
    for site in sorted(sheet.markers, key=lambda site: (_ORDER.index(moment.verdict(site)), site)):
        verdict, point = moment.verdict(site), sheet.markers[site]
        fault = moment.findings[site].fault if site in moment.findings else None
        told = f"{sites[site].name}: {words.verdict(verdict)}" + (f" ({fault})" if fault else "")
        drawn = marker(verdict, point, f"<title>{text(told)}</title>")
        yield (
            drawn
            if site_url is None
            else f'<a href="{text(site_url + quote(site, safe=""))}" tabindex="-1">{drawn}</a>'
        )


def _islands(moment: Moment, sheet: Layout, shape: Structure, say: Speech) -> Iterator[str]:
    """Yield a cross over every site that the drawing does not join to the vantage."""
    for site in sorted(shape.islands & sheet.markers.keys()):
        told = text(f"{moment.inventory.sites[site].name}: {say('not-joined')}")
        place = f'transform="translate({at(sheet.markers[site])})"'
        yield f'<path class="island" {place} d="{CROSS}"><title>{told}</title></path>'


def _scale_bar(sheet: Layout) -> Iterator[str]:
    """Yield a bar of 1, 2 or 5 times a power of ten metres, at most a sixth of the sheet long."""
    if sheet.meter <= 0.0:
        return
    longest = sheet.width / 6 / sheet.meter
    power = 10 ** math.floor(math.log10(longest))
    length = max(step * power for step in (1, 2, 5) if step * power <= longest)
    start, end = Point(14.0, sheet.height - 12), Point(14.0 + length * sheet.meter, sheet.height - 12)
    name = f"{length / 1000:g} km" if length >= 1000 else f"{length:g} m"
    yield f'<path class="scale" d="M{start.x:.1f} {start.y - 4:.1f}v4L{at(end)}v-4"/>'
    yield note(Point(end.x + 6, end.y - 2), name)


def _legend(moment: Moment, sheet: Layout, words: MapWords, structure: Structure | None) -> Iterator[str]:
    """Yield each verdict's marker, word and number of sites in one row under the map, and what else shapes mean."""
    counts = Counter(moment.verdict(site) for site in moment.inventory.sites)
    shown = (Verdict.UP, Verdict.UNSERVED) if words.is_drawing else tuple(Verdict)
    entries: list[tuple[Callable[[Point], str], str]] = [
        (partial(marker, verdict, inside=""), f"{words.verdict(verdict)} {counts[verdict]}") for verdict in shown
    ]
    if structure is not None:
        entries.append((_cross, f"{words.say('not-joined')} {len(structure.islands)}"))
        entries.append((_bridge, f"{words.say('bridge')} {len(structure.bridges)}"))
    step = (sheet.width - 28) / len(Verdict)
    for number, (shape, told) in enumerate(entries):
        row, column = divmod(number, len(Verdict))
        place = Point(20 + column * step, sheet.height + _LEGEND / 2 + row * _LEGEND_ROW)
        yield shape(place)
        yield note(Point(place.x + 11, place.y), told)


def _cross(place: Point) -> str:
    return f'<path class="island" transform="translate({at(place)})" d="{CROSS}"/>'


def _bridge(place: Point) -> str:
    return f'<path class="sample bridge" d="M{at(place)}m-8 0h16"/>'
