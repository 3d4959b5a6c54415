"""The page of the way between two nodes: link by link, with delay and light."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from netmon.exporter.api.documents import Document
from netmon.exporter.page.here import Here
from netmon.exporter.page.tables import Cell, Jump, Table
from netmon.exporter.page.templating import Reader, render
from netmon.exporter.page.wording import decimal, kilometres, milliseconds
from netmon.exporter.view import View


@dataclass(frozen=True, slots=True)
class Way:
    """One way: what it comes to, and its links."""

    told: str
    links: Table


def path_page(view: View, reader: Reader, now: float, here: Here, document: Document | None, complaint: str) -> str:
    """Return the page; without a document there is only the form, with a complaint if there is one."""
    ways: list[Way] = []
    missing = ""
    programs: list[Jump] = []
    if document is not None:
        ways = [_way(number, one, document, reader) for number, one in enumerate(document["ways"], 1)]
        wanted = 2 if here.first("pair") == "true" else 1
        if len(ways) < wanted:
            missing = reader.say("no-second-way" if ways else "no-way")
        programs = [Jump("JSON", here.for_programs("/api/v1/topology/path"))]
    shown = {"ways": ways, "missing": missing, "programs": programs}
    return render("path.html", view, now, reader, here=here, complaint=complaint, **shown)


def _way(number: int, way: Mapping[str, Any], document: Document, reader: Reader) -> Way:
    say = reader.say
    length = kilometres(way["length_km"], reader.language)
    rtt = milliseconds(way["rtt_seconds"], reader.language)
    columns = (
        "link-row", "from-here", "to-there", "length", "delay", "light-lost", "by-splitter", "margin", "notes",
    )  # fmt: skip
    rows = [_row(row, reader) for row in document["rows"] if row["way"] == number]
    table = Table(say("way-number", number=number), [say(name) for name in columns], rows, frozenset(range(3, 8)))
    return Way(say("way-sum", links=way["links"], length=length, rtt=rtt), table)


def _row(row: Mapping[str, Any], reader: Reader) -> tuple[Cell, ...]:
    def light(value: float | None) -> str:
        return "" if value is None else decimal(f"{value:.1f} dB", reader.language)

    margin = row["margin_db"]
    notes = [reader.say("too-dim")] if margin is not None and margin < 0.0 else []
    notes += [reader.say("assumed")] if row["length_assumed"] else []
    return (
        row["link"],
        row["a"],
        row["b"],
        kilometres(row["length_km"], reader.language),
        milliseconds(row["delay_seconds"], reader.language),
        light(row["loss_db"]),
        light(row["splitter_db"]),
        light(margin),
        "; ".join(notes),
    )
