"""The page of the drawing: the map or the schematic, as it stands or as it is now, and files of it to take along."""

from __future__ import annotations

from netmon.exporter.api.documents import Document
from netmon.exporter.page.here import Here
from netmon.exporter.page.tables import Jump
from netmon.exporter.page.templating import Reader, render
from netmon.exporter.view import View
from netmon.topology.drawing.sheets import FORMATS, FORMS

API = "/api/v1/topology/draw"
_CALLED = {"svg": "SVG", "dot": "DOT", "graphml": "GraphML", "geojson": "GeoJSON"}


def drawing_page(
    view: View, reader: Reader, now: float, here: Here, document: Document | None, complaint: str
) -> str:
    """Return the page; without a document, that of the complaint."""
    if document is None:
        return render("drawing.html", view, now, reader, here=here, complaint=complaint)
    form, live = document["form"], document["live"]
    forms = [(reader.say(one), here.at(form=one), one == form) for one in FORMS]
    return render(
        "drawing.html", view, now, reader,
        here=here, complaint="", programs=[], form=form, forms=forms, live=live,
        drawing=here.for_programs(API, lang=reader.language),
        files=[
            Jump(_CALLED[format_], here.for_programs(API, format=format_, lang=reader.language))
            for format_ in FORMATS
        ],
    )  # fmt: skip
