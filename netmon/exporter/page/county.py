"""The page of the whole county."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from markupsafe import Markup

from netmon.exporter.page.faults import fault_row, service_rows, worst_first
from netmon.exporter.page.templating import Reader, render
from netmon.exporter.view import View
from netmon.model import Finding, Inventory, Verdict
from netmon.picture.lines import link_states
from netmon.picture.state import Picture
from netmon.picture.words.phrases import Language
from netmon.topology.drawing.county_map import MapWords, map_svg
from netmon.topology.drawing.layout import Layout, lay_out
from netmon.topology.drawing.words import Speech

_REPAIRED = 8  # closed incidents on the page
_ALWAYS = frozenset({Verdict.UP, Verdict.DOWN, Verdict.UNREACHABLE})  # told even where no site is so
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
                words=MapWords(Speech(reader.language.value)),
            )
            known = self._drawn[reader.language] = (shown, svg)
        return known[1]


@dataclass(frozen=True, slots=True)
class DistrictRow:
    """How the sites of a district fare."""

    id: str
    name: str
    total: int
    counts: Mapping[Verdict, int]


def county_page(view: View, county_map: CountyMap, reader: Reader, now: float) -> str:
    """Return the page of the whole county."""
    picture = view.picture
    inventory = picture.inventory
    layout = county_map.layout(inventory)
    counts = {verdict: picture.count(verdict) for verdict in Verdict}
    closed = [incident for incident in picture.closed_incidents if incident.merged_into is None]
    return render(
        "county.html",
        view,
        now,
        reader,
        counts=counts,
        told=[verdict for verdict in Verdict if counts[verdict] or verdict in _ALWAYS],
        map=Markup(county_map.draw(picture, reader)),  # noqa: S704 (the drawing escapes every text)
        faults=[fault_row(incident, picture, reader) for incident in worst_first(picture.open_incidents)],
        service_faults=service_rows(picture, reader),
        pending=sum(len(region.nodes) for region in picture.pending),
        repaired=[fault_row(incident, picture, reader) for incident in closed[: -_REPAIRED - 1 : -1]],
        districts=_districts(picture),
        unplaced=[inventory.sites[site] for site in layout.unplaced],
    )


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
