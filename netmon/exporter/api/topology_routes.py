"""`/api/v1/topology/…`: what hangs by one thing, how many ways there are, where service is wanting, and what if."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from typing import Final

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.routing import Route

from netmon.clock import rfc3339
from netmon.exporter.api.documents import Document
from netmon.exporter.api.routes import Show, answer_route, chosen
from netmon.exporter.api.topology_document import blackspots_document, spof_row, ways_row, whatif_document
from netmon.exporter.view import View
from netmon.exporter.weaknesses import Weaknesses, black_spots
from netmon.exporter.workshop import Workshop
from netmon.model import Element, ElementKind
from netmon.picture.state import Picture
from netmon.topology.reach import can_fail
from netmon.topology.robustness.whatif import what_if

ASKED = {"live": ("true", "false")}
FAIL: Final = "^(node|link|cable|power_area):.+"
"""How what fails is written."""
MOST_FAIL: Final = 32
"""Things that may fail together in one question."""


def topology_routes(show: Show, workshop: Workshop) -> list[Route]:
    """Return the routes; `live=true` asks without what is dark or cut now, as `--live` does."""
    known = Weaknesses()

    def spof(picture: Picture, is_live: bool) -> Document:
        return {"rows": [spof_row(one) for one in known.spofs(picture, is_live=is_live)]}

    def redundancy(picture: Picture, is_live: bool) -> Document:
        ways = known.redundancy(picture, is_live=is_live)
        return {"to": picture.inventory.vantage.node, "rows": [ways_row(one) for one in ways]}

    answers = {"spof": spof, "redundancy": redundancy, "blackspots": _blackspots}
    return [
        *(
            answer_route(f"/api/v1/topology/{name}", show, workshop, _answer(document))
            for name, document in answers.items()
        ),
        answer_route("/api/v1/topology/whatif", show, workshop, _whatif(known)),
    ]


def _answer(document: Callable[[Picture, bool], Document]) -> Callable[[Request, View], Document]:
    def answer(request: Request, view: View) -> Document:
        is_live = "true" in chosen(request, ASKED).get("live", set())
        return {"live": is_live, **document(view.picture, is_live)}

    return answer


def _whatif(known: Weaknesses) -> Callable[[Request, View], Document]:
    def answer(request: Request, view: View) -> Document:
        wanted = chosen(request, {"fail": (), **ASKED})
        texts = sorted(wanted.get("fail", ()))
        if not 1 <= len(texts) <= MOST_FAIL:
            raise HTTPException(400, f"name 1 to {MOST_FAIL} things that fail together, as in fail=cable:ID")
        is_live = "true" in wanted.get("live", set())
        elements = can_fail(inventory := view.picture.inventory)
        failed = [_element(elements, text) for text in texts]
        outcome = what_if(inventory, known.footing(view.picture, is_live=is_live), failed)
        return {"live": is_live, **whatif_document(failed, outcome)}

    return answer


def _element(elements: Mapping[ElementKind, Collection[str]], text: str) -> Element:
    """Return one of these elements.

    Raises:
        HTTPException: 400, it is not written as one; 404, the drawing holds none of this id.
    """
    if not re.match(FAIL, text, re.DOTALL):
        raise HTTPException(400, f"{text!r} names nothing that can fail; write node:, link:, cable: or power_area:ID")
    word, _, name = text.partition(":")
    kind = ElementKind(word)
    if name not in elements[kind]:
        raise HTTPException(404, f"there is no {word} {name!r}")
    return Element(kind, name)


def _blackspots(picture: Picture, is_live: bool) -> Document:
    since: dict[str, str | None] = {}
    if is_live:
        since = {site: rfc3339(spans[-1].start) for site, spans in picture.ledger.items() if spans}
    return blackspots_document(black_spots(picture, is_live=is_live), picture.inventory, since)
