"""`/api/v1/topology/…`: what hangs by one thing, how many ways there are, where they lead, and what if."""

from __future__ import annotations

from starlette.routing import Route

from netmon.exporter.api.routes import Show, answer_route
from netmon.exporter.api.topology_answers import TopologyAnswers
from netmon.exporter.workshop import Workshop


def topology_routes(show: Show, workshop: Workshop) -> list[Route]:
    """Return the routes."""
    answers = TopologyAnswers()
    return [
        answer_route(f"/api/v1/topology/{name}", show, workshop, answer)
        for name, answer in (
            ("spof", answers.spof),
            ("blackspots", answers.blackspots),
            ("redundancy", answers.redundancy),
            ("whatif", answers.whatif),
            ("path", answers.path),
            ("show", answers.show),
        )
    ]
