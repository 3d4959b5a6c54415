"""The page of the whole county, and the list of its sites."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from netmon.exporter.page.templating import Reader, render
from netmon.exporter.view import View
from netmon.model import Finding, Inventory, Site, Verdict
from netmon.picture.lines import link_states
from netmon.picture.state import Incident, Picture
from netmon.picture.words.faults import describe
from netmon.picture.words.phrases import Language
from netmon.picture.words.reasons import translate
from netmon.topology.drawing.county_map import MapWords, map_svg
from netmon.topology.drawing.layout import Layout, lay_out

_REPAIRED = 8  # closed incidents on the page
_UNJUDGED = Finding(Verdict.UNKNOWN)


class CountyMap:
    """Draws maps for the page; keeps the layout of the inventory, and the last map while nothing on it changes."""

    def __init__(self) -> None:
        self._laid_out: tuple[Inventory, Layout] | None = None
        self._drawn: dict[Language, tuple[tuple[object, ...], str]] = {}

    def layout(self, inventory: Inventory) -> Layout:
        """Return the layout of an inventory."""
        known = self._laid_out
        if known is None or known[0] is not inventory:
            known = self._laid_out = (inventory, lay_out(inventory))
        return known[1]

    def draw(self, picture: Picture, reader: Reader) -> str:
        """Return the map of a picture as an SVG element, with a reader's words."""
        layout, states = self.layout(picture.inventory), link_states(picture)
        faults = tuple(incident.fault for incident in picture.open_incidents)
        shown = (layout, picture.site_findings, states, faults)
        known = self._drawn.get(reader.language)
        if known is None or known[0] != shown:
            svg = map_svg(
                picture.inventory,
                picture.site_findings,
                states,
                faults=faults,
                layout=layout,
                theme=None,
                site_url="/sites/",
                words=MapWords(
                    reader.say("map-of", region=picture.inventory.region),
                    lambda count, told: reader.say("map-told", count=count, told=told),
                    reader.say,
                ),
            )
            known = self._drawn[reader.language] = (shown, svg)
        return known[1]


@dataclass(frozen=True, slots=True)
class FaultRow:
    """An open or repaired fault as the page tells it."""

    id: str
    text: str
    sites: Sequence[Site]
    evidence: Sequence[str]
    confidence: int
    delay: str
    lasted: str | None


@dataclass(frozen=True, slots=True)
class DistrictRow:
    """How the sites of a district fare."""

    id: str
    name: str
    total: int
    counts: Mapping[Verdict, int]


@dataclass(frozen=True, slots=True)
class SiteRow:
    """One line of the list of sites."""

    site: Site
    district: str
    verdict: Verdict
    fault: str | None
    since: float | None


def county_page(view: View, county_map: CountyMap, reader: Reader, now: float) -> str:
    """Return the page of the whole county."""
    picture = view.picture
    inventory = picture.inventory
    layout = county_map.layout(inventory)
    closed = [incident for incident in picture.closed_incidents if incident.merged_into is None]
    worst_first = sorted(picture.open_incidents, key=lambda one: (-len(one.fault.sites), -one.opened, one.id))
    return render(
        "county.html",
        view,
        now,
        reader,
        counts={verdict: picture.count(verdict) for verdict in Verdict},
        map=Markup(county_map.draw(picture, reader)),  # noqa: S704 (the drawing escapes every text)
        faults=[fault_row(incident, inventory, reader) for incident in worst_first],
        pending=sum(len(region.nodes) for region in picture.pending),
        repaired=[fault_row(incident, inventory, reader) for incident in closed[: -_REPAIRED - 1 : -1]],
        districts=_districts(picture),
        unplaced=[inventory.sites[site] for site in layout.unplaced],
    )


def sites_page(view: View, verdict: Verdict | None, district: Site | None, reader: Reader, now: float) -> str:
    """Return the list of sites, of one verdict or district, or those like what the reader looks for, if so asked."""
    picture = view.picture
    sought = _sought(reader.wanted, picture.inventory)
    rows = [
        row
        for row in _site_rows(picture)
        if (verdict is None or row.verdict is verdict)
        and (district is None or row.site.district == district.id)
        and (sought is None or row.site.id in sought)
    ]
    one = "one-" if len(rows) == 1 else ""
    counted = "" if one else "s"
    say = reader.say
    parts = [
        say(f"{one}site{counted}", count=len(rows))
        if verdict is None
        else say(f"{one}site{counted}-so", count=len(rows), verdict=say(verdict))
    ]
    parts += [say("in", district=district.name)] if district is not None else []
    parts += [say("like", words=reader.wanted)] if sought is not None else []
    filtered = bool(verdict or district or sought is not None)
    return render("sites.html", view, now, reader, heading=" ".join(parts), rows=rows, filtered=filtered)


def _sought(wanted: str, inventory: Inventory) -> set[str] | None:
    """Return the sites whose id or name, district, node or address holds every word looked for; None: nothing is."""
    words = wanted.casefold().split()
    if not words:
        return None
    told = {site.id: [site.id, site.name] for site in inventory.sites.values()}
    for site in inventory.sites.values():
        district = inventory.sites.get(site.district or "")
        told[site.id] += [district.name] if district is not None else []
    for node in inventory.nodes.values():
        told[node.site] += [node.id, node.address or ""]
    return {site for site, texts in told.items() if all(word in " ".join(texts).casefold() for word in words)}


def fault_row(incident: Incident, inventory: Inventory, reader: Reader) -> FaultRow:
    """Return an incident as the page tells it."""
    fault = incident.fault
    return FaultRow(
        id=incident.id,
        text=describe(incident, inventory, reader.language),
        sites=[inventory.sites[site] for site in fault.sites if site in inventory.sites],
        evidence=[translate(line, reader.language) for line in fault.evidence],
        confidence=round(100 * fault.confidence),
        delay=f"{max(incident.named - incident.opened, 0.0):.1f}",
        lasted=None if incident.closed is None else reader.length_of_time(incident.closed - incident.opened),
    )


def _site_rows(picture: Picture) -> list[SiteRow]:
    """Return all sites, by district and name."""
    sites = picture.inventory.sites
    rows = []
    for site in sites.values():
        finding = picture.site_findings.get(site.id, _UNJUDGED)
        timeline = picture.ledger.get(site.id)
        district = sites.get(site.district) if site.district is not None else None
        rows.append(
            SiteRow(
                site,
                district.name if district is not None else "",
                finding.verdict,
                finding.fault,
                timeline[-1].start if timeline else None,
            )
        )
    return sorted(rows, key=lambda row: (row.district, row.site.name, row.site.id))


def _districts(picture: Picture) -> list[DistrictRow]:
    """Return how each district fares, by name; sites without one are not counted here."""
    sites = picture.inventory.sites
    counts: dict[str, Counter[Verdict]] = {}
    for site in sites.values():
        if site.district is not None:
            verdict = picture.site_findings.get(site.id, _UNJUDGED).verdict
            counts.setdefault(site.district, Counter())[verdict] += 1
    rows = [
        DistrictRow(id_, sites[id_].name if id_ in sites else id_, count.total(), count)
        for id_, count in counts.items()
    ]
    return sorted(rows, key=lambda row: (row.name, row.id))
