"""`/api/v1/topology/…`: what hangs by one thing, how many ways there are, and where service is wanting."""

from __future__ import annotations

from collections.abc import Callable

from starlette.requests import Request
from starlette.routing import Route

from netmon.clock import rfc3339
from netmon.exporter.api.documents import Document
from netmon.exporter.api.routes import Show, answer_route, chosen
from netmon.exporter.api.topology_document import blackspots_document, spof_row, ways_row
from netmon.exporter.view import View
from netmon.exporter.weaknesses import Weaknesses, black_spots
from netmon.exporter.workshop import Workshop
from netmon.picture.state import Picture

ASKED = {"live": ("true", "false")}


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
        answer_route(f"/api/v1/topology/{name}", show, workshop, _answer(document))
        for name, document in answers.items()
    ]


def _answer(document: Callable[[Picture, bool], Document]) -> Callable[[Request, View], Document]:
    def answer(request: Request, view: View) -> Document:
        is_live = "true" in chosen(request, ASKED).get("live", set())
        return {"live": is_live, **document(view.picture, is_live)}

    return answer


def _blackspots(picture: Picture, is_live: bool) -> Document:
    since: dict[str, str | None] = {}
    if is_live:
        since = {site: rfc3339(spans[-1].start) for site, spans in picture.ledger.items() if spans}
    return blackspots_document(black_spots(picture, is_live=is_live), picture.inventory, since)
