"""Pages of what the network hangs by: single points of failure, ways of each site, black spots by district."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from netmon.exporter.api.documents import Document
from netmon.exporter.page.here import Here
from netmon.exporter.page.tables import Cell, Jump, Since, Table, part_of
from netmon.exporter.page.templating import Reader, render
from netmon.exporter.page.things import district_name, kind_name, said, site_jump, thing_jump
from netmon.exporter.page.wording import decimal
from netmon.exporter.view import View
from netmon.model import Inventory
from netmon.topology.blackspots import Sense

_COUNTS = ("node_disjoint", "link_disjoint", "cable_disjoint")
FEW = 2
"""Ways below which a site hangs on one thing."""


def threads_page(
    view: View, reader: Reader, now: float, here: Here, document: Document | None, complaint: str
) -> str:
    """Return the page of single points of failure; without a document, that of the complaint."""
    if document is None:
        return render("threads.html", view, now, reader, here=here, complaint=complaint)
    rows, live, say = document["rows"], document["live"], reader.say
    part = part_of(len(rows), here.part)
    columns = ("element", "kind", "of-villages", "of-services", "of-people", "their-sites")
    table = Table(
        say("threads"),
        [say(name) for name in columns],
        [
            (
                thing_jump(row["element"], view.picture.inventory, live=live),
                kind_name(row["element"], reader),
                row["villages"],
                len(row["services"]),
                "–" if row["people"] is None else row["people"],
                row["dark_sites"],
            )
            for row in rows[part.start : part.stop]
        ],
        frozenset({2, 3, 4, 5}),
    )
    return render(
        "threads.html", view, now, reader,
        here=here, complaint="", live=live, count=len(rows), threads=table, part=part,
        programs=[Jump("JSON", here.for_programs("/api/v1/topology/spof"))],
    )  # fmt: skip


def redundancy_page(
    view: View, reader: Reader, now: float, here: Here, document: Document | None, complaint: str
) -> str:
    """Return the page of the ways of each site; without a document, that of the complaint."""
    live = here.first("live") == "true"
    if document is None:
        asked = {"to": here.first("to"), "live": live}
        return render("redundancy.html", view, now, reader, here=here, complaint=complaint, **asked)
    inventory, say = view.picture.inventory, reader.say
    every = sorted(document["rows"], key=lambda row: (_fewest(row), inventory.sites[row["site"]].name, row["site"]))
    only_weak = here.first("only") == "weak"
    weak = [row for row in every if _fewest(row) < FEW]
    rows = weak if only_weak else every
    part = part_of(len(rows), here.part)
    columns = ("site", "of-district", "node-disjoint", "link-disjoint", "cable-disjoint", "shared-by-all")
    table = Table(
        say("redundancy"),
        [say(name) for name in columns],
        [_ways(row, inventory, live=live) for row in rows[part.start : part.stop]],
        frozenset({2, 3, 4}),
    )
    return render(
        "redundancy.html", view, now, reader,
        here=here, complaint="", live=live, to=here.first("to"), only_weak=only_weak, count=len(rows), ways=table,
        part=part, told=say("redundancy-told", weak=len(weak), count=len(every), to=document["to"]),
        programs=[Jump("JSON", here.for_programs("/api/v1/topology/redundancy"))],
    )  # fmt: skip


def blackspots_page(
    view: View, reader: Reader, now: float, here: Here, document: Document | None, complaint: str
) -> str:
    """Return the page of black spots, counted by district; without a document, that of the complaint."""
    if document is None:
        return render("blackspots.html", view, now, reader, here=here, complaint=complaint)
    inventory, say, rows = view.picture.inventory, reader.say, document["rows"]
    part = part_of(len(rows), here.part)
    senses = [str(sense) for sense in Sense]
    totals = document["totals"]
    whole: list[Cell] = [
        say("whole-region"),
        len(inventory.sites),
        *(sum(row[sense] for row in totals) for sense in senses),
    ]
    by_district = Table(
        say("by-district"),
        [say("of-district"), say("their-sites"), *(say(sense) for sense in senses)],
        [
            *([row["name"] or row["district"] or "–", row["sites"], *(row[s] for s in senses)] for row in totals),
            whole,
        ],
        frozenset(range(1, 2 + len(senses))),
    )
    columns = ("site", "of-district", "sense", "reason", "since", "fault")
    spots = Table(
        say("black-spots"),
        [say(name) for name in columns],
        [_spot(row, inventory, reader) for row in rows[part.start : part.stop]],
    )
    return render(
        "blackspots.html", view, now, reader,
        here=here, complaint="", live=document["live"], count=len(rows), totals=by_district, spots=spots, part=part,
        programs=[Jump("JSON", here.for_programs("/api/v1/topology/blackspots"))],
    )  # fmt: skip


def reason_words(
    nearest: str | None, distance: float | None, reasons: Sequence[str], inventory: Inventory, reader: Reader
) -> str:
    """Return why a site is a black spot: how far it is from one that is served, or what is wrong with its lines."""
    told = [said(reason, reader.language) for reason in reasons]
    if nearest is not None and distance is not None:
        km = decimal(f"{distance / 1000:.1f}", reader.language)
        told.insert(0, reader.say("nearest", km=km, site=inventory.sites[nearest].name))
    return "; ".join(told)


def _spot(row: Mapping[str, Any], inventory: Inventory, reader: Reader) -> tuple[Cell, ...]:
    since = row["since"] if row["sense"] == Sense.DARK else None
    return (
        site_jump(row["site"], inventory),
        district_name(row["district"], inventory),
        reader.say(row["sense"]),
        reason_words(row["nearest"], row["distance_meters"], row["reasons"], inventory, reader),
        "" if since is None else Since(datetime.fromisoformat(since).timestamp()),
        "" if row["fault"] is None else Jump(row["fault"], f"/#fault-{row['fault']}"),
    )


def _ways(row: Mapping[str, Any], inventory: Inventory, *, live: bool) -> tuple[Cell, ...]:
    cables = row["cable_disjoint"] if row["cables_exact"] else f"≥ {row['cable_disjoint']}"
    return (
        site_jump(row["site"], inventory),
        district_name(inventory.sites[row["site"]].district, inventory),
        row["node_disjoint"],
        row["link_disjoint"],
        cables,
        [thing_jump(one, inventory, live=live) for one in row["shared"]],
    )


def _fewest(row: Mapping[str, Any]) -> int:
    return min(int(row[name]) for name in _COUNTS)
