"""The API's description is that of the routes there are, and its shapes are those of real answers."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from functools import partial

import jsonschema
import pytest
from starlette.routing import Route

from netmon.exporter.api.changes import ChangeFeed
from netmon.exporter.api.openapi import openapi_text, operations
from netmon.exporter.app import create_app
from netmon.exporter.page.here import PAGES
from netmon.picture.state import Pending
from tests.in_process import AppClient
from tests.markdown import TOP
from tests.unit.exporter.county import NOW, cut, open_ring, view
from tests.unit.exporter.neighbourly import moved
from tests.unit.exporter.planned import planned_here
from tests.unit.exporter.promised import check

FOR_PEOPLE = {"/", "/sites", "/sites/{id}", "/static/{name}", "/weak", *(path for _, path in PAGES)}


@pytest.fixture(scope="module")
def clients() -> list[AppClient]:
    """Return clients of three counties: a cut and a riddle, a ring opened in silence, a link drawn elsewhere."""
    riddle = replace(cut(), pending=(Pending(("rtr-c",), {"rtr-b": NOW}, NOW),))
    return [
        AppClient(create_app(partial(view, shown), ChangeFeed(), plan=planned_here))
        for shown in (riddle, open_ring(), moved())
    ]


def test_every_route_for_programs_is_described_and_no_other() -> None:
    app = create_app(view, ChangeFeed())
    routes = {re.sub(r":\w+}", "}", route.path): route for route in app.routes if isinstance(route, Route)}
    described = {operation.path: operation for operation in operations()}
    assert set(described) == set(routes) - FOR_PEOPLE
    for path, operation in described.items():
        methods = routes[path].methods or set()
        assert {method.upper() for method in operation.methods} == methods - {"HEAD"}


def test_it_is_served_as_it_is_committed(clients: list[AppClient]) -> None:
    served = clients[0].get("/api/v1/openapi.json")
    assert served.headers["content-type"] == "application/json"
    assert served.text == openapi_text()
    assert json.loads(served.text)["openapi"].startswith("3.1.")
    assert (TOP / "docs" / "schemas" / "openapi.json").read_text(encoding="utf-8") == served.text, "run `make docs`"


@pytest.mark.parametrize(
    ("path", "asked"),
    [
        ("/api/v1/picture", ""), ("/api/v1/sites", ""), ("/api/v1/nodes", ""), ("/api/v1/links", ""),
        ("/api/v1/faults", ""), ("/api/v1/incidents", ""), ("/api/v1/drift", ""), ("/sd/{module}", "/sd/icmp"),
        ("/sd/{module}", "/sd/http"), ("/api/v1/sites/{id}", "/api/v1/sites/{sites}"),
        ("/api/v1/nodes/{id}", "/api/v1/nodes/{nodes}"), ("/api/v1/links/{id}", "/api/v1/links/{links}"),
        ("/api/v1/faults/{id}", "/api/v1/faults/{faults}"), ("/api/v1/why/{site}", "/api/v1/why/{sites}"),
        ("/api/v1/why/{site}", "/api/v1/why/{sites}?lang=id"), ("/api/v1/topology/spof", ""),
        ("/api/v1/topology/redundancy", ""), ("/api/v1/topology/blackspots", ""),
        ("/api/v1/topology/blackspots", "/api/v1/topology/blackspots?live=true"),
        ("/api/v1/topology/spof", "/api/v1/topology/spof?live=true"),
        ("/api/v1/topology/whatif", "/api/v1/topology/whatif?fail=node:{nodes}"),
        ("/api/v1/topology/whatif", "/api/v1/topology/whatif?fail=link:{links}&live=true"),
        ("/api/v1/topology/whatif", "/api/v1/topology/whatif?fail=link:{links}&from=2026-12-01T09:00:00Z&for=2h"),
        ("/api/v1/topology/show", "/api/v1/topology/show?of=node:{nodes}"),
        ("/api/v1/plan", "/api/v1/plan?budget=4e9"),
    ],
)  # fmt: skip
def test_real_answers_have_the_shapes(clients: list[AppClient], path: str, asked: str) -> None:
    seen = 0
    for client in clients:
        collection = re.search(r"{(\w+)}", asked)
        ids = (
            [""]
            if collection is None
            else [row["id"] for row in client.get(f"/api/v1/{collection[1]}").json()[collection[1]]]
        )
        for id_ in ids:
            check(client.get(re.sub(r"{\w+}", id_, asked or path)).raise_for_status().json(), path)
            seen += 1
    assert seen


def test_a_way_has_the_shape_and_so_has_none(clients: list[AppClient]) -> None:
    path = "/api/v1/topology/path"
    for query in ("a=rtr-a&b=rtr-v2", "a=rtr-a&b=rtr-b&pair=true", "a=rtr-a&b=rtr-v2&live=true"):
        check(clients[0].get(f"{path}?{query}").raise_for_status().json(), path)
    check(clients[0].get(f"{path}?a=rtr-a&b=rtr-a").json(), path, "409")


def test_refusals_have_the_shape_of_errors(clients: list[AppClient]) -> None:
    check(clients[0].get("/api/v1/sites?nope=1").json(), "/api/v1/sites", "400")
    check(clients[0].get("/api/v1/sites/nobody").json(), "/api/v1/sites/{id}", "404")
    check(clients[0].get("/api/v1/topology/whatif?fail=cable:x").json(), "/api/v1/topology/whatif", "404")
    check(clients[0].get("/api/v1/plan?weight=people").json(), "/api/v1/plan", "409")


def test_a_key_too_many_or_too_few_would_be_noticed(clients: list[AppClient]) -> None:
    answer = clients[0].get("/api/v1/sites").json()
    answer["sites"][0]["colour"] = "red"
    with pytest.raises(jsonschema.ValidationError):
        check(answer, "/api/v1/sites")
    del answer["sites"][0]["colour"], answer["sites"][0]["since"]
    with pytest.raises(jsonschema.ValidationError):
        check(answer, "/api/v1/sites")
