"""`/api/v1/topology/draw`: the drawing as `netmon topology draw` makes it, as it stands or as it is now."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from netmon.exporter.api.routes import Show, chosen, one_of
from netmon.exporter.guard import drawing_policy
from netmon.exporter.page.county import CountyMap
from netmon.exporter.weaknesses import gone
from netmon.exporter.workshop import Workshop
from netmon.model import Inventory
from netmon.picture.lines import link_states
from netmon.picture.state import Picture
from netmon.topology.drawing.ground import Moment
from netmon.topology.drawing.sheets import FORMATS, FORMS, THEMES, Form, Format, drawn
from netmon.topology.drawing.structure import Structure
from netmon.topology.drawing.style import Theme
from netmon.topology.drawing.words import LANGUAGES, Language

KINDS: Final = {
    "svg": "image/svg+xml",
    "dot": "text/vnd.graphviz",
    "graphml": "application/xml",
    "geojson": "application/geo+json",
}
"""Media types by format."""
LOOK: Mapping[str, Sequence[str]] = {"form": FORMS, "live": ("false", "true")}
"""What a drawing is to show, by fields of a question."""
MOST: Final = 8
"""Drawings that are kept, to be asked for again."""


def draw_route(show: Show, workshop: Workshop, county_map: CountyMap) -> Route:
    """Return the route. Drawings are made in the workshop of the page, which has laid out the drawing already."""
    drawings = _Drawings(county_map)

    async def endpoint(request: Request) -> Response:
        view = show()
        wanted = chosen(request, {**LOOK, "format": FORMATS, "theme": THEMES, "lang": LANGUAGES})
        sheet = Sheet(
            one_of(wanted, "form", FORMS),
            one_of(wanted, "format", FORMATS),
            one_of(wanted, "theme", THEMES),
            one_of(wanted, "lang", LANGUAGES),
        )
        is_live = one_of(wanted, "live", LOOK["live"]) == "true"

        def made() -> Response:
            text = drawings.of(view.picture, sheet, is_live=is_live)
            headers = drawing_policy(text) if sheet.format == "svg" else {}
            return Response(text, media_type=KINDS[sheet.format], headers=headers)

        return await workshop.make(request, made)

    return Route("/api/v1/topology/draw", endpoint, methods=["GET"])


class Sheet(NamedTuple):
    """What a drawing is to be; a graph for other programs has neither form nor theme nor language."""

    form: Form
    format: Format
    theme: Theme
    language: Language


class _Drawings:
    """The latest drawings, each with what it shows: one is made again only when that has changed."""

    def __init__(self, county_map: CountyMap) -> None:
        self._county_map = county_map
        self._kept: OrderedDict[tuple[Sheet, bool], tuple[Inventory, Moment | None, str]] = OrderedDict()

    def of(self, picture: Picture, sheet: Sheet, *, is_live: bool) -> str:
        """Return a drawing of a picture."""
        if sheet.format != "svg":
            sheet = Sheet(FORMS[0], sheet.format, THEMES[0], LANGUAGES[0])
        inventory = picture.inventory
        moment = _moment(picture) if is_live else None
        key = sheet, is_live
        known = self._kept.get(key)
        if known is None or known[0] is not inventory or known[1] != moment:
            layout = self._county_map.layout(inventory) if sheet[:2] == ("map", "svg") else None
            form, format_, theme, language = sheet
            text = drawn(inventory, moment, form=form, format_=format_, theme=theme, layout=layout, language=language)
            known = self._kept[key] = inventory, moment, text
        self._kept.move_to_end(key)
        if len(self._kept) > MOST:
            self._kept.popitem(last=False)
        return known[2]


def _moment(picture: Picture) -> Moment:
    dark, cut = gone(picture)
    faults = tuple(incident.fault for incident in picture.open_incidents)
    left = Structure.of(picture.inventory, dark=dark, cut=cut)
    return Moment(
        picture.inventory,
        picture.site_findings,
        link_states(picture),
        faults,
        left.bridges,
        picture.node_findings,
    )
