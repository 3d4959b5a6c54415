"""`/api/v1/openapi.json`: the API's own description, OpenAPI 3.1, made of the catalogue of its routes.

What a list can be filtered by is read off the collections that filter, values off the enums that they come from: a
description by hand is wrong within a month.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from netmon import __version__
from netmon.exporter.api.coverage_route import LANGUAGES, MONTH, MOST_MONTHS, USUAL_MONTHS
from netmon.exporter.api.draw_route import KINDS
from netmon.exporter.api.plan_route import AMOUNTS, FORMATS, GOALS, MOST_TERRAIN, TERRAIN, WEIGHTS, Amount
from netmon.exporter.api.routes import COLLECTIONS, Collection
from netmon.exporter.api.shapes import (
    BLACKSPOTS,
    COVERAGE,
    DIGESTS,
    DRIFT,
    PICTURE,
    PLAN,
    REDUNDANCY,
    SHAPES,
    SHOW,
    SPOF,
    SUMMARY,
    TARGETS,
    WAYS,
    WHATIF,
    WHEN,
    WHY,
    Shape,
    document,
    named,
    one_of,
    several,
    text,
)
from netmon.exporter.api.topology_answers import FAIL, LASTING, MOST_FAIL, MOST_LIGHT, USUAL_WORK
from netmon.picture.words.phrases import Language
from netmon.probes.once import Module
from netmon.topology.drawing import sheets
from netmon.topology.drift import DriftKind

PATH = "/api/v1/openapi.json"
NO_CONTENT = 204
_JSON, _TEXT = "application/json", "text/plain"
_ROW = {
    "sites": "Site",
    "nodes": "Node",
    "links": "Link",
    "faults": "Incident",
    "incidents": "Incident",
    "service_faults": "ServiceFault",
}
_DETAIL = {"sites": "SiteDetail", "links": "LinkDetail"}
"""Collections of which one says more than its row in the list."""
_WHY_NOT = {
    400: "a parameter is unknown or has an impossible value",
    401: "not with its own token",
    403: "not enabled, or asked by a web page",
    404: "there is no such thing",
    409: "it has no answer by this drawing",
    503: "not now; the body says why",
}


@dataclass(frozen=True, slots=True)
class Operation:
    """One route as the description has it: what it is for, its parameters, its good answer, how it may refuse.

    `others` are media types in which it may answer besides.
    """

    path: str
    summary: str
    answer: Shape | None = None
    kind: str = _JSON
    query: Mapping[str, Shape] = field(default_factory=dict)
    within: Mapping[str, Shape] = field(default_factory=dict)
    required: Sequence[str] = ()
    refusals: Sequence[int] = ()
    methods: Sequence[str] = ("get",)
    status: int = 200
    others: Sequence[str] = ()


def operations() -> list[Operation]:
    """Return the catalogue: every route that programs ask, in the order of the documentation."""
    found = [operation for collection in COLLECTIONS for operation in _of(collection)]
    at = {**WHEN, "description": "a past moment"}
    live = {**_choices(("true", "false")), "description": "true: without what is dark or cut now"}
    return [
        *found,
        Operation("/api/v1/picture", "everything at one moment", document(**PICTURE), refusals=(400,)),
        Operation(
            "/api/v1/summary",
            "sites counted by kind and verdict, and the open faults: what a country asks its regions",
            document(**SUMMARY),
            refusals=(400,),
        ),
        Operation(
            "/api/v1/digests",
            "digests of the picture now and at earlier hundredths of entries: equal wherever the journal is read",
            document(**DIGESTS),
            refusals=(400,),
        ),
        Operation(
            "/api/v1/drift",
            "where the drawing and what nodes hear of their neighbours part",
            document(**DRIFT),
            query={"kind": _choices(tuple(DriftKind))},
            refusals=(400,),
        ),
        Operation(
            "/api/v1/why/{site}",
            "why a site has its verdict, now or at a past moment",
            document(**WHY),
            query={"at": at, "lang": one_of(Language)},
            within={"site": text("id or name")},
            refusals=(400, 404, 503),
        ),
        *(
            Operation(f"/api/v1/topology/{name}", summary, document(**shape), query={"live": live}, refusals=(400,))
            for name, summary, shape in (
                ("spof", "what darkens a site by itself, the worst first", SPOF),
                ("blackspots", "sites that are not well served", BLACKSPOTS),
            )
        ),
        Operation(
            "/api/v1/topology/redundancy",
            "how many ways each site has that share nothing",
            document(**REDUNDANCY),
            query={"to": {**text("a node that ways lead to; usually the vantage"), "minLength": 1}, "live": live},
            refusals=(400, 404),
        ),
        Operation(
            "/api/v1/topology/whatif",
            "who goes dark when things fail together, and what hangs by one thing then",
            document(**WHATIF),
            query={
                "fail": {**several({**text("what fails"), "pattern": FAIL}), "minItems": 1, "maxItems": MOST_FAIL},
                "from": {**WHEN, "description": "when planned work begins: how to announce it is told too"},
                "for": {**text("how long it lasts"), "pattern": LASTING, "default": USUAL_WORK},
                "live": live,
            },
            required=("fail",),
            refusals=(400, 404),
        ),
        Operation(
            "/api/v1/topology/path",
            "the shortest way between two nodes, or two that share nothing, with its delay and its light",
            document(**WAYS),
            query={
                "a": {**text("a node"), "minLength": 1},
                "b": {**text("another one"), "minLength": 1},
                "avoid": {**several({**text("what ways go around"), "pattern": FAIL}), "maxItems": MOST_FAIL},
                "pair": {**_choices(("true", "false")), "description": "true: two that share no node, else no link"},
                "budget": {**_number(Amount(None, 0.0, MOST_LIGHT)), "description": "of light, dB"},
                "live": live,
            },
            required=("a", "b"),
            refusals=(400, 404, 409),
        ),
        Operation(
            "/api/v1/topology/show",
            "a site or a node and what stands around it",
            document(**SHOW),
            query={"of": {**text("an id, or the name of a site"), "minLength": 1}, "live": live},
            required=("of",),
            refusals=(400, 404),
        ),
        Operation(
            "/api/v1/topology/draw",
            "the network as a drawing, or as a graph for other programs",
            kind=KINDS["svg"],
            query={
                "form": {**one_of(sheets.FORMS), "description": "of a drawing"},
                "format": one_of(sheets.FORMATS),
                "theme": {**one_of(sheets.THEMES), "description": "of a drawing"},
                "lang": {**one_of(LANGUAGES), "description": "of a drawing"},
                "live": {**one_of(("true", "false")), "description": "true: as it is now"},
            },
            others=[kind for kind in KINDS.values() if kind != KINDS["svg"]],
            refusals=(400,),
        ),
        Operation(
            "/api/v1/plan",
            "which spans to build first, made from geography, with what each step costs and buys",
            document(**PLAN),
            query={
                "goal": one_of(GOALS),
                "weight": {**one_of(WEIGHTS), "description": "what counts in protecting"},
                "terrain": {
                    **several({**text("what a km costs more in a district"), "pattern": TERRAIN}),
                    "maxItems": MOST_TERRAIN,
                },
                **{name: {**_number(one), "description": one.says} for name, one in AMOUNTS.items()},
                "format": one_of(FORMATS),
                "theme": {**one_of(sheets.THEMES), "description": "of a drawing"},
                "lang": {**one_of(LANGUAGES), "description": "of a drawing"},
            },
            others=(KINDS["svg"], KINDS["geojson"]),
            refusals=(400, 404, 409, 503),
        ),
        Operation(
            "/api/v1/report/coverage",
            "villages that are served, online, and have an active website, by month and district",
            document(**COVERAGE),
            query={
                "month": {**text("the last of them"), "pattern": MONTH},
                "months": {"type": "integer", "minimum": 1, "maximum": MOST_MONTHS, "default": USUAL_MONTHS},
                "format": one_of(("json", "svg")),
                "lang": {**one_of(LANGUAGES), "description": "of a plot"},
            },
            others=(KINDS["svg"],),
            refusals=(400, 404, 503),
        ),
        Operation(PATH, "this description", {"type": "object"}),
        Operation("/events", "changes as they happen: server-sent events", kind="text/event-stream", refusals=(503,)),
        Operation("/metrics", "metrics, as text or OpenMetrics by `Accept`", text(), _TEXT),
        Operation(
            "/probe",
            "one probe on demand, of what the inventory names",
            text(),
            _TEXT,
            query={
                "target": {**text("id, address or URL"), "minLength": 1},
                "module": one_of(Module),
                "debug": one_of(("true", "false")),
            },
            required=("target",),
            refusals=(400, 503),
        ),
        Operation(
            "/sd/{module}",
            "targets for Prometheus' HTTP service discovery",
            TARGETS,
            within={"module": one_of(Module)},
            refusals=(404,),
        ),
        Operation(
            "/runbooks/{alert}",
            "what an alert means and what to do",
            text(),
            _TEXT,
            within={"alert": text()},
            refusals=(404,),
        ),
        Operation(
            "/api/v1/heartbeats/{id}",
            "a service says, with its own token as bearer, that it lives",
            within={"id": text()},
            refusals=(401, 503),
            methods=("post",),
            status=204,
        ),
        Operation("/-/healthy", "200 as long as netmon runs", text(), _TEXT),
        Operation("/-/ready", "200 when verdicts can be trusted", text(), _TEXT, refusals=(503,)),
        Operation(
            "/-/reload",
            "read the inventory again",
            text(),
            _TEXT,
            methods=("post", "put"),
            status=202,
            refusals=(403,),
        ),
    ]


def describe_api() -> dict[str, Any]:
    """Return the OpenAPI document."""
    paths: dict[str, Any] = {}
    for operation in operations():
        paths[operation.path] = {method: _operation(operation, method) for method in operation.methods}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "netmon",
            "version": __version__,
            "description": "The picture of a county's network. Times are UTC in RFC 3339, values are base units, "
            "what is not known is null.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/"}],
        "paths": paths,
        "components": {"schemas": dict(SHAPES)},
    }


@cache
def openapi_text() -> str:
    """Return the document as it is served and committed."""
    return json.dumps(describe_api(), indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def openapi_route() -> Route:
    """Return the route of the description."""
    body = openapi_text().encode()

    async def endpoint(_request: Request) -> Response:
        return Response(body, media_type=_JSON)

    return Route(PATH, endpoint, methods=["GET"])


def _of(collection: Collection) -> tuple[Operation, Operation]:
    row = named(_ROW[collection.name])
    one = named(_DETAIL.get(collection.name, _ROW[collection.name]))
    return (
        Operation(
            f"/api/v1/{collection.name}",
            f"all {collection.name}, or those that fit",
            document(**{collection.name: several(row)}),
            query={name: _choices(values) for name, values in collection.filters.items()},
            refusals=(400,),
        ),
        Operation(
            f"/api/v1/{collection.name}/{{id}}",
            f"one {collection.singular}",
            document(**{collection.singular: one}),
            within={"id": text()},
            refusals=(400, 404),
        ),
    )


def _choices(values: Sequence[str]) -> Shape:
    """Return the shape of a filter; given several times, either value will do."""
    return several(one_of(values) if values else text())


def _number(amount: Amount) -> Shape:
    """Return the shape of a number within bounds."""
    usual = {} if amount.usual is None else {"default": amount.usual}
    return {"type": "number", "minimum": amount.least, "maximum": amount.most, **usual}


def _operation(operation: Operation, method: str) -> dict[str, Any]:
    parameters = [_parameter(name, "path", shape, required=True) for name, shape in operation.within.items()]
    parameters += [
        _parameter(name, "query", shape, required=name in operation.required)
        for name, shape in operation.query.items()
    ]
    good: dict[str, Any] = {operation.kind: {} if operation.answer is None else {"schema": dict(operation.answer)}}
    good |= {kind: {} for kind in operation.others}
    bad = {_JSON: {"schema": named("Error")}} if operation.path.startswith("/api/") else {_TEXT: {"schema": text()}}
    answers: dict[str, Any] = {str(operation.status): {"description": "as asked", "content": good}}
    if operation.status == NO_CONTENT:
        answers[str(NO_CONTENT)].pop("content")
    answers |= {str(code): {"description": _WHY_NOT[code], "content": bad} for code in operation.refusals}
    return {
        "summary": operation.summary,
        "operationId": f"{method} {operation.path}",
        "parameters": parameters,
        "responses": answers,
    }


def _parameter(name: str, where: str, shape: Shape, *, required: bool) -> dict[str, Any]:
    return {"name": name, "in": where, "required": required, "schema": dict(shape)}
