"""The page of the programme's progress: villages served, online and with a website in order, month by month."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from markupsafe import Markup

from netmon.exporter.api.coverage_route import county_rows
from netmon.exporter.api.documents import Document
from netmon.exporter.page.here import Here
from netmon.exporter.page.tables import Cell, Jump, Table
from netmon.exporter.page.templating import Reader, render
from netmon.exporter.view import View
from netmon.report.pages import progress_plot

API = "/api/v1/report/coverage"
_COUNTS = ("villages", "served", "online", "websites", "websites_active")


def progress_page(
    view: View, reader: Reader, now: float, here: Here, document: Document | None, complaint: str
) -> str:
    """Return the page; without a document there is only the form, with a complaint if there is one."""
    shown = {} if document is None else _told(document, reader, here)
    return render("progress.html", view, now, reader, here=here, complaint=complaint, **shown)


def _told(document: Document, reader: Reader, here: Here) -> dict[str, Any]:
    """Return what the page shows of a report."""
    say, rows = reader.say, document["rows"]
    county = county_rows(document)
    last = county[-1]["month"]
    headings = [say("of-villages"), *(say(name) for name in _COUNTS[1:])]
    numbers = frozenset(range(1, 1 + len(_COUNTS)))
    months = [_row(row["month"] if row["complete"] else say("so-far", month=row["month"]), row) for row in county]
    districts = [
        _row(row["name"] or row["district"], row)
        for row in rows
        if row["month"] == last and row["district"] is not None
    ]
    title = say("in-month", month=last)
    return {
        "plot": Markup(progress_plot(rows, reader.language.value)),  # noqa: S704 (made of numbers and escaped texts)
        "months": Table(say("by-month"), [say("month"), *headings], months, numbers),
        "districts": Table(title, [say("of-district"), *headings], districts, numbers),
        "programs": [
            Jump("JSON", here.for_programs(API)),
            Jump("SVG", here.for_programs(API, format="svg", lang=reader.language)),
        ],
    }


def _row(name: str, row: Mapping[str, Any]) -> tuple[Cell, ...]:
    return (name, *(row[field] for field in _COUNTS))
