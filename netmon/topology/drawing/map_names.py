"""Which names stand on a map, and where: of the vantage, dark sites and districts, of all sites where few are."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator

from netmon.model import Verdict
from netmon.topology.drawing.ground import DARK, Moment
from netmon.topology.drawing.labels import CAPITAL, Wanted, place_labels
from netmon.topology.drawing.layout import Layout
from netmon.topology.drawing.svg import lettered, line
from netmon.topology.drawing.words import Speech
from netmon.topology.geo import Box, Point

_QUIET = frozenset({Verdict.UP, Verdict.UNSERVED})
_NAMED = 60  # dark sites that get their names, or all where there are no more; more would hide the map
_UNGROUPED = 200  # sites that all get their names where there are no districts to be named instead
_CALM = 10.0  # size of the names of sites that are well


def draw_names(moment: Moment, sheet: Layout, covered: Collection[Box], say: Speech) -> Iterator[str]:
    """Yield the names of vantage, dark sites and districts as far as they have room, of all sites where few are."""
    sites = moment.inventory.sites
    dark = [site for site in sheet.markers if moment.verdict(site) in DARK]
    dark.sort(key=lambda site: (moment.verdict(site) is not Verdict.DOWN, sites[site].kind, site))
    home = moment.inventory.nodes[moment.inventory.vantage.node].site
    named = [site for site in dict.fromkeys((home, *dark[:_NAMED])) if site in sheet.markers]
    wanted = [Wanted(sites[site].name, sheet.markers[site], 11.5, gap=7.5) for site in named]
    districts = list(_districts(moment, sheet))
    wanted += [Wanted(name.upper(), place, 10.5) for name, place, _ in districts]
    if len(sheet.markers) <= (_NAMED if districts else _UNGROUPED):
        others = sorted(set(sheet.markers).difference(named))
        wanted += [Wanted(sites[site].name, sheet.markers[site], _CALM, gap=6.0) for site in others]
    troubled = {name.upper() for name, _, is_troubled in districts if is_troubled}
    taken: list[Box] = [*covered]
    shunned: list[Box] = []
    marks: list[Box] = []
    if sheet.inset is not None:
        title = f"{_inset_name(moment, sheet) or say('enlarged')} × {say.number(f'{sheet.inset.scale:.2g}')}"
        box = _inside_corner(sheet.inset.frame, CAPITAL * 10.5 * len(title), 14.0, sheet.markers.values())
        taken += [*_edges(sheet.inset.frame), box]
        yield lettered(
            Point((box.left + box.right) / 2, (box.top + box.bottom) / 2), title, "district", 10.5, "middle"
        )
    for site, point in sheet.markers.items():
        quiet = moment.verdict(site) in _QUIET
        (shunned if quiet else marks).append(Box(*point, *point).grown(3.0 if quiet else 6.0))
    for placed in place_labels(wanted, Box(0.0, 0.0, sheet.width, sheet.height), taken, shunned, marks):
        want, box = placed
        if placed.tie is not None:
            yield f'<path class="tie" d="{line(*placed.tie)}"/>'
        middle = (box.top + box.bottom) / 2
        if want.gap is None:
            kind = "district troubled" if want.text in troubled else "district"
            yield lettered(Point((box.left + box.right) / 2, middle), want.text, kind, want.size, "middle")
            continue
        kind = "name calm" if want.size == _CALM else "name"
        if box.left >= want.anchor.x:
            yield lettered(Point(box.left, middle), want.text, kind, want.size, "start")
        elif box.right <= want.anchor.x:
            yield lettered(Point(box.right, middle), want.text, kind, want.size, "end")
        else:
            yield lettered(Point((box.left + box.right) / 2, middle), want.text, kind, want.size, "middle")


def _districts(moment: Moment, sheet: Layout) -> Iterator[tuple[str, Point, bool]]:
    """Yield the name of every district that has sites outside the inset, the middle of those, and if any is dark."""
    members: dict[str, list[Point]] = defaultdict(list)
    troubled: set[str] = set()
    for site, place in sheet.places.items():
        district = moment.inventory.sites[site].district
        if district is not None and not sheet.is_inset(site):
            members[district].append(place)
            if moment.verdict(site) in DARK:
                troubled.add(district)
    for district, places in sorted(members.items()):
        known = moment.inventory.sites.get(district)
        if known is not None and len(places) > 1:
            middle = Point(sum(p.x for p in places) / len(places), sum(p.y for p in places) / len(places))
            yield known.name, middle, district in troubled


def _inset_name(moment: Moment, sheet: Layout) -> str:
    """Return the name of the district that most sites of the inset belong to, empty where it has none."""
    sites = moment.inventory.sites
    members = Counter(sites[site].district for site in sheet.places if sheet.is_inset(site))
    common = max(sorted(members, key=str), key=members.__getitem__)
    return sites[common].name.upper() if common is not None and common in sites else ""


def _inside_corner(frame: Box, width: float, height: float, markers: Iterable[Point]) -> Box:
    """Return the corner of a frame where a title covers the fewest markers."""
    points = list(markers)
    inside = frame.grown(-4.0)
    corners = [
        Box(left, top, left + width, top + height)
        for left in (inside.left, inside.right - width)
        for top in (inside.top, inside.bottom - height)
    ]
    return min(corners, key=lambda box: sum(map(box.grown(4.0).holds, points)))


def _edges(box: Box) -> list[Box]:
    """Return the four sides of a box as thin boxes."""
    return [
        Box(box.left, box.top, box.right, box.top).grown(1.0),
        Box(box.left, box.bottom, box.right, box.bottom).grown(1.0),
        Box(box.left, box.top, box.left, box.bottom).grown(1.0),
        Box(box.right, box.top, box.right, box.bottom).grown(1.0),
    ]
