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
from netmon.exporter.workshop import Workshop
from netmon.model import Finding, Reach, Verdict
from netmon.picture.lines import link_states
from netmon.picture.state import Picture
from netmon.topology.blackspots import blackspots
from netmon.topology.graph import Graph
from netmon.topology.robustness.footing import Footing
from netmon.topology.robustness.redundancy import redundancy
from netmon.topology.robustness.spof import spofs

ASKED = {"live": ("true", "false")}
_DARK = frozenset({Verdict.DOWN, Verdict.UNREACHABLE})


def topology_routes(show: Show, workshop: Workshop) -> list[Route]:
    """Return the routes; `live=true` asks without what is dark or cut now, as `--live` does."""
    answers: dict[str, Callable[[Picture, bool], Document]] = {
        "spof": _spof,
        "redundancy": _redundancy,
        "blackspots": _blackspots,
    }
    return [
        answer_route(f"/api/v1/topology/{name}", show, workshop, _answer(document))
        for name, document in answers.items()
    ]


def _answer(document: Callable[[Picture, bool], Document]) -> Callable[[Request, View], Document]:
    def answer(request: Request, view: View) -> Document:
        is_live = "true" in chosen(request, ASKED).get("live", set())
        return {"live": is_live, **document(view.picture, is_live)}

    return answer


def _spof(picture: Picture, is_live: bool) -> Document:
    return {"rows": [spof_row(one) for one in spofs(picture.inventory, _footing(picture, is_live=is_live))]}


def _redundancy(picture: Picture, is_live: bool) -> Document:
    ways = redundancy(_footing(picture, is_live=is_live))
    return {"to": picture.inventory.vantage.node, "rows": [ways_row(one) for one in ways]}


def _blackspots(picture: Picture, is_live: bool) -> Document:
    findings: dict[str, Finding] = dict(picture.site_findings) if is_live else {}
    quality: dict[str, tuple[str, ...]] = {}
    since: dict[str, str | None] = {}
    if is_live:
        for name, state in sorted(picture.nodes.items()):
            if state.quality and name in picture.inventory.nodes:
                site = picture.inventory.nodes[name].site
                quality[site] = (*quality.get(site, ()), f"{name}: {state.quality}")
        since = {site: rfc3339(spans[-1].start) for site, spans in picture.ledger.items() if spans}
    return blackspots_document(blackspots(picture.inventory, findings, quality), picture.inventory, since)


def _footing(picture: Picture, *, is_live: bool) -> Footing:
    graph = Graph.from_inventory(picture.inventory)
    if not is_live:
        return Footing.of(graph)
    dark = {name for name, found in picture.node_findings.items() if found.verdict in _DARK}
    cut = {name for name, state in link_states(picture).items() if state is Reach.DOWN}
    return Footing.of(graph, dark=dark, cut=cut)
