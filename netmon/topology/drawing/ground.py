"""What lies under the markers of the map: land, borders of districts, links, and where they are cut."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from netmon.model import Element, ElementKind, Fault, Finding, Inventory, Link, Reach, Verdict
from netmon.topology.drawing.layout import Inset, Layout
from netmon.topology.drawing.style import TINTED
from netmon.topology.drawing.svg import at, line, polygon, rectangle
from netmon.topology.geo import Box, Point

DARK = frozenset({Verdict.DOWN, Verdict.UNREACHABLE})

_UNJUDGED = Finding(Verdict.UNKNOWN)
_SIDE_BY_SIDE = 2.6  # units between parallel links
_ORDER = ("unknown", "up", "dark", "down", "suspect", "failed")


@dataclass(frozen=True, slots=True)
class Moment:
    """What is shown: the drawing, verdicts of sites and nodes, states of links, the open faults, and the bridges."""

    inventory: Inventory
    findings: Mapping[str, Finding]
    links: Mapping[str, Reach]
    faults: Collection[Fault] = ()
    bridges: Collection[str] = ()
    nodes: Mapping[str, Finding] = field(default_factory=dict)

    def verdict(self, site: str) -> Verdict:
        """Return the verdict of a site."""
        return self.findings.get(site, _UNJUDGED).verdict


def draw_ground(moment: Moment, sheet: Layout) -> Iterator[str]:
    """Yield the ground of the sheet and, over it, of the inset."""
    yield from _land(moment, sheet, None)
    yield from _links(moment, sheet, None)
    inset = sheet.inset
    if inset is None:
        return
    yield f'<path class="lead" d="{_leads(inset.source, inset.frame)}"/>'
    yield rectangle(inset.source, "frame")
    yield f'<g clip-path="url(#map-inset)">{rectangle(inset.frame, "sheet")}'
    yield from _land(moment, sheet, inset)
    yield from _links(moment, sheet, inset)
    yield f"</g>{rectangle(inset.frame, 'frame')}"


def _land(moment: Moment, sheet: Layout, inset: Inset | None) -> Iterator[str]:
    """Yield cells tinted by verdict, hatched where nobody is served, and the borders of districts."""
    shapes: dict[Verdict, list[str]] = defaultdict(list)
    borders: list[str] = []
    districts = [moment.inventory.sites[site].district for site in sheet.land_ids]
    for index, cell in enumerate(sheet.land):
        corners = [_moved(edge.start, inset) for edge in cell.edges]
        if not corners:
            continue
        shapes[moment.verdict(sheet.land_ids[index])].append(polygon(corners))
        for side, (_, beyond) in enumerate(cell.edges):
            if beyond is None or (index < beyond and districts[index] != districts[beyond]):
                borders.append(line(corners[side], corners[(side + 1) % len(corners)]))
    if not shapes:
        return
    yield '<g class="cells">'
    for verdict, outlines in sorted(shapes.items()):
        tint = f' class="{verdict}"' if verdict in TINTED else ""
        yield f'<path{tint} d="{"".join(outlines)}"/>'
    yield "</g>"
    if Verdict.UNSERVED in shapes:
        yield f'<path fill="url(#map-hatch)" d="{"".join(shapes[Verdict.UNSERVED])}"/>'
    yield f'<path class="borders" d="{"".join(borders)}"/>'


def _links(moment: Moment, sheet: Layout, inset: Inset | None) -> Iterator[str]:
    """Yield the links that show in an inset, or outside of it, and a mark where one is known to be cut."""
    failed, suspect = accused(moment)
    lines: dict[str, list[str]] = defaultdict(list)
    cuts: list[str] = []
    for link, start, end in _ends(moment, sheet, inset):
        if link.id in failed:
            kind = "failed"
            cuts.append(_cut(Point((start.x + end.x) / 2, (start.y + end.y) / 2)))
        else:
            kind = "suspect" if link.id in suspect else _kind(link, moment)
        kind += " bridge" * (link.id in moment.bridges)
        lines[kind].append(line(start, end))
    yield '<g class="links">'
    for kind in sorted(lines, key=lambda kind: (_ORDER.index(kind.split()[0]), kind)):
        yield f'<path class="{kind}" d="{"".join(lines[kind])}"/>'
    yield "</g>"
    yield from cuts


def _ends(moment: Moment, sheet: Layout, inset: Inset | None) -> Iterator[tuple[Link, Point, Point]]:
    """Yield the links between different sites of this part of the map with their ends, parallel ones side by side."""
    nodes = moment.inventory.nodes
    between: dict[tuple[str, str], list[Link]] = defaultdict(list)
    for _, link in sorted(moment.inventory.links.items()):
        one, other = sorted((nodes[link.a.node].site, nodes[link.b.node].site))
        if one != other and one in sheet.places and other in sheet.places:
            between[one, other].append(link)
    for (one, other), links in between.items():
        inside = sheet.is_inset(one) + sheet.is_inset(other)
        if inside == (2 if inset is None else 0):
            continue
        start, end = _end(one, sheet, inset), _end(other, sheet, inset)
        length = math.dist(start, end) or 1.0
        across = Point((start.y - end.y) / length, (end.x - start.x) / length)
        for number, link in enumerate(links):
            aside = _SIDE_BY_SIDE * (number - (len(links) - 1) / 2)
            x, y = aside * across.x, aside * across.y
            yield link, Point(start.x + x, start.y + y), Point(end.x + x, end.y + y)


def _end(site: str, sheet: Layout, inset: Inset | None) -> Point:
    """Return where a link meets a site: at its marker, if that is in this part of the map."""
    if sheet.is_inset(site) == (inset is not None):
        return sheet.markers[site]
    return _moved(sheet.places[site], inset)


def accused(moment: Moment) -> tuple[set[str], set[str]]:
    """Return the links that are known to be cut, and those of which one of several is."""
    failed: set[str] = set()
    suspect: set[str] = set()
    for fault in moment.faults:
        accused = suspect if fault.alternatives else failed
        for element in (fault.element, *fault.alternatives):
            accused.update(_links_of(element, moment.inventory))
    return failed, suspect - failed


def _links_of(element: Element, inventory: Inventory) -> Iterable[str]:
    if element.kind is ElementKind.LINK:
        return (element.id,)
    if element.kind is ElementKind.CABLE:
        return [link.id for link in inventory.links.values() if element.id in link.cables]
    return ()


def _kind(link: Link, moment: Moment) -> str:
    state = moment.links.get(link.id, Reach.UNKNOWN)
    sites = (moment.inventory.nodes[end.node].site for end in (link.a, link.b))
    if state is Reach.UNKNOWN and any(moment.verdict(site) in DARK for site in sites):
        return "dark"
    return str(state)


def _cut(point: Point) -> str:
    cross = "M-2.4-2.4L2.4 2.4M2.4-2.4L-2.4 2.4"
    return f'<g class="cut" transform="translate({at(point)})"><circle r="5.5"/><path d="{cross}"/></g>'


def _moved(point: Point, inset: Inset | None) -> Point:
    return point if inset is None else inset.place(point)


def _leads(source: Box, frame: Box) -> str:
    """Return the two lines from what is enlarged to its frame, between the sides that face each other."""
    if frame.bottom <= source.top or source.bottom <= frame.top:
        here, there = (source.top, frame.bottom) if frame.bottom <= source.top else (source.bottom, frame.top)
        ends = [
            (Point(source.left, here), Point(frame.left, there)),
            (Point(source.right, here), Point(frame.right, there)),
        ]
    else:
        here, there = (source.left, frame.right) if frame.right <= source.left else (source.right, frame.left)
        ends = [
            (Point(here, source.top), Point(there, frame.top)),
            (Point(here, source.bottom), Point(there, frame.bottom)),
        ]
    return "".join(line(start, end) for start, end in ends)
