"""`/api/v1/topology/…`: what hangs by one thing, how many ways there are, where they lead, and what if."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Final

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.routing import Route

from netmon.clock import rfc3339
from netmon.exporter.api.documents import Document
from netmon.exporter.api.path_document import path_document
from netmon.exporter.api.routes import Show, amount, answer_route, chosen, only
from netmon.exporter.api.topology_document import blackspots_document, spof_row, ways_row, whatif_document
from netmon.exporter.view import View
from netmon.exporter.weaknesses import Weaknesses, black_spots
from netmon.exporter.workshop import Workshop
from netmon.model import Element, ElementKind, Inventory
from netmon.picture.state import Picture
from netmon.topology.reach import can_fail
from netmon.topology.robustness.routes import routes
from netmon.topology.robustness.whatif import what_if

ASKED = {"live": ("true", "false")}
FAIL: Final = "^(node|link|cable|power_area):.+"
"""How what fails is written."""
MOST_FAIL: Final = 32
"""Things that may fail together in one question, or be avoided."""
MOST_LIGHT: Final = 100.0
"""Decibels that a light budget may have."""


def topology_routes(show: Show, workshop: Workshop) -> list[Route]:
    """Return the routes; `live=true` asks without what is dark or cut now, as `--live` does."""
    known = Weaknesses()

    def spof(picture: Picture, is_live: bool) -> Document:
        return {"rows": [spof_row(one) for one in known.spofs(picture, is_live=is_live)]}

    answers = {"spof": spof, "blackspots": _blackspots}
    return [
        *(
            answer_route(f"/api/v1/topology/{name}", show, workshop, _answer(document))
            for name, document in answers.items()
        ),
        answer_route("/api/v1/topology/redundancy", show, workshop, _redundancy(known)),
        answer_route("/api/v1/topology/whatif", show, workshop, _whatif(known)),
        answer_route("/api/v1/topology/path", show, workshop, _path(known)),
    ]


def _answer(document: Callable[[Picture, bool], Document]) -> Callable[[Request, View], Document]:
    def answer(request: Request, view: View) -> Document:
        is_live = "true" in chosen(request, ASKED).get("live", set())
        return {"live": is_live, **document(view.picture, is_live)}

    return answer


def _redundancy(known: Weaknesses) -> Callable[[Request, View], Document]:
    def answer(request: Request, view: View) -> Document:
        wanted = chosen(request, {"to": (), **ASKED})
        is_live = "true" in wanted.get("live", set())
        home = view.picture.inventory.vantage.node
        to = _end(view.picture.inventory, only(wanted, "to")) if "to" in wanted else home
        found = known.redundancy(view.picture, is_live=is_live, to=None if to == home else to)
        return {"live": is_live, "to": to, "rows": [ways_row(one) for one in found]}

    return answer


def _whatif(known: Weaknesses) -> Callable[[Request, View], Document]:
    def answer(request: Request, view: View) -> Document:
        wanted = chosen(request, {"fail": (), **ASKED})
        texts = sorted(wanted.get("fail", ()))
        if not 1 <= len(texts) <= MOST_FAIL:
            raise HTTPException(400, f"name 1 to {MOST_FAIL} things that fail together, as in fail=cable:ID")
        is_live = "true" in wanted.get("live", set())
        failed = _elements(view.picture.inventory, texts)
        outcome = what_if(view.picture.inventory, known.footing(view.picture, is_live=is_live), failed)
        return {"live": is_live, **whatif_document(failed, outcome)}

    return answer


def _path(known: Weaknesses) -> Callable[[Request, View], Document]:
    def answer(request: Request, view: View) -> Document:
        wanted = chosen(request, {"a": (), "b": (), "avoid": (), "budget": (), "pair": ("true", "false"), **ASKED})
        inventory = view.picture.inventory
        a, b = (_end(inventory, only(wanted, name)) for name in ("a", "b"))
        if a == b:
            raise HTTPException(409, f"{a} is where it is")
        budget = amount(only(wanted, "budget"), 0.0, MOST_LIGHT) if "budget" in wanted else None
        texts = sorted(wanted.get("avoid", ()))
        if len(texts) > MOST_FAIL:
            raise HTTPException(400, f"avoid no more than {MOST_FAIL} things")
        is_live = "true" in wanted.get("live", set())
        footing = known.footing(view.picture, is_live=is_live)
        avoided = [*_elements(inventory, texts), *footing.missing()]
        is_pair = "true" in wanted.get("pair", set())
        ways = routes(inventory, footing.graph, a, b, avoid=avoided, pair=is_pair)
        return {"live": is_live, **path_document(inventory, footing.graph, a, b, ways, budget=budget)}

    return answer


def _end(inventory: Inventory, name: str) -> str:
    """Return the id of a node.

    Raises:
        HTTPException: 404, the drawing holds none of this id.
    """
    if name not in inventory.nodes:
        raise HTTPException(404, f"there is no node {name!r}")
    return name


def _elements(inventory: Inventory, texts: Iterable[str]) -> list[Element]:
    """Return the elements that texts such as `cable:ID` name.

    Raises:
        HTTPException: 400, one is not written so; 404, the drawing holds none of this id.
    """
    known, found = can_fail(inventory), []
    for text in texts:
        if not re.match(FAIL, text, re.DOTALL):
            raise HTTPException(
                400, f"{text!r} names nothing that can fail; write node:, link:, cable: or power_area:ID"
            )
        word, _, name = text.partition(":")
        if name not in known[ElementKind(word)]:
            raise HTTPException(404, f"there is no {word} {name!r}")
        found.append(Element(ElementKind(word), name))
    return found


def _blackspots(picture: Picture, is_live: bool) -> Document:
    since: dict[str, str | None] = {}
    if is_live:
        since = {site: rfc3339(spans[-1].start) for site, spans in picture.ledger.items() if spans}
    return blackspots_document(black_spots(picture, is_live=is_live), picture.inventory, since)
