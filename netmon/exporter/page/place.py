"""The page of one site or node and what stands around it: its lines, its way out, what it hangs on, what on it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from netmon.exporter.api.documents import Document
from netmon.exporter.page.here import Here
from netmon.exporter.page.tables import Cell, Jump, Table
from netmon.exporter.page.templating import Reader, render
from netmon.exporter.page.things import kind_name, site_jump, thing_jump
from netmon.exporter.page.wording import kilometres
from netmon.exporter.view import View
from netmon.model import Inventory
from netmon.picture.words.kinds import LINES, ROLES, called

API = "/api/v1/topology/show"
SHOWN = 200
"""Sites below that are listed; the answer for programs has all."""


def place_page(view: View, reader: Reader, now: float, here: Here, document: Document | None, complaint: str) -> str:
    """Return the page; without a document there is only the form, with a complaint if there is one."""
    told = {"programs": []} if document is None else _told(document, view.picture.inventory, reader, here)
    return render("place.html", view, now, reader, here=here, complaint=complaint, answer=document, **told)


def _told(document: Document, inventory: Inventory, reader: Reader, here: Here) -> dict[str, Any]:
    """Return what the page shows of a place."""
    say, live = reader.say, document["live"]
    below = document["below"]
    tables: dict[str, tuple[str, tuple[str, ...], list[tuple[Cell, ...]]]] = {
        "nodes": ("nodes", ("node", "role", "address", "of-power"), [
            (one["id"], called(one["role"], ROLES, reader.language), one["address"] or "", one["power_area"] or "")
            for one in document["nodes"]
        ]),
        "lines": ("lines", ("link-row", "from-here", "to-there", "medium", "length", "of-cables", "notes"), [
            _line(one, inventory, reader, live=live) for one in document["links"]
        ]),
        "way": ("way-out", ("link-row", "from-here", "to-there", "length"), [
            (one["link"], one["a"], one["b"], kilometres(one["length_km"], reader.language))
            for one in document["way"]
        ]),
        "hangs_on": ("hangs-on", ("element", "kind"), [
            (thing_jump(one, inventory, live=live), kind_name(one, reader)) for one in document["hangs_on"]
        ]),
        "below": ("below", ("site", "kind"), [
            (site_jump(site, inventory), say(inventory.sites[site].kind)) for site in below["sites"][:SHOWN]
        ]),
    }  # fmt: skip
    return {
        "called": document["id"] if document["kind"] == "node" else document["site"]["name"],
        "site": site_jump(document["site"]["id"], inventory),
        "below_more": max(len(below["sites"]) - SHOWN, 0),
        "services": ", ".join(below["services"][:SHOWN]),
        "tables": {
            key: Table(
                say(title),
                [say(name) for name in columns],
                rows,
                frozenset({columns.index("length")} if "length" in columns else ()),
            )
            for key, (title, columns, rows) in tables.items()
        },
        "programs": [Jump("JSON", here.for_programs(API))],
    }


def _line(one: Mapping[str, Any], inventory: Inventory, reader: Reader, *, live: bool) -> tuple[Cell, ...]:
    length = one["length_km"]
    there = inventory.sites[one["neighbour_site"]].name
    return (
        one["link"],
        one["node"],
        f"{one['neighbour']} ({there})",
        called(one["kind"], LINES, reader.language),
        "" if length is None else kilometres(length, reader.language),
        [thing_jump({"kind": "cable", "id": cable}, inventory, live=live) for cable in one["cables"]],
        reader.say("is-bridge") if one["bridge"] else "",
    )
