"""The API plans as the command does, and refuses what that would."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import click
import jsonschema
import pytest
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.routing import Route

from netmon.cli.plan import plan as command
from netmon.exporter.api.changes import ChangeFeed
from netmon.exporter.api.documents import Document
from netmon.exporter.api.plan_route import AMOUNTS, GOALS, MOST, WEIGHTS, Plans, plan_route
from netmon.exporter.app import create_app
from netmon.exporter.page.county import CountyMap
from netmon.exporter.plan_process import plan_here
from netmon.exporter.workshop import Workshop
from netmon.model import Inventory
from tests.in_process import AppClient
from tests.markdown import TOP
from tests.unit.exporter.county import cut, inventory, view
from tests.unit.exporter.planned import planned_here


@pytest.fixture
def client() -> AppClient:
    return AppClient(create_app(view, ChangeFeed(), plan=planned_here))


def test_a_plan_is_that_of_the_committed_schema(client: AppClient) -> None:
    schema = json.loads((TOP / "docs" / "schemas" / "plan.schema.json").read_text(encoding="utf-8"))
    answer = client.get("/api/v1/plan").raise_for_status().json()
    jsonschema.validate({key: value for key, value in answer.items() if key in schema["properties"]}, schema)
    assert answer["steps"][0]["connects"] == ["far"]
    assert answer["after"]["protected_sites"] > answer["before"]["protected_sites"]
    joined = client.get("/api/v1/plan?goal=connect&per_km=1e6&per_site=0&route_factor=2").raise_for_status().json()
    (span,) = joined["steps"][0]["spans"]
    assert joined["cost"] == pytest.approx(1e6 * span["length_km"], rel=1e-3)
    dearer = client.get("/api/v1/plan?goal=connect&per_km=1e6&per_site=0&route_factor=2&terrain=d1=3").json()
    assert dearer["cost"] == pytest.approx(3 * joined["cost"])
    assert client.get("/api/v1/plan?budget=0").json()["steps"] == []


def test_numbers_that_are_not_given_are_those_of_the_command() -> None:
    context = click.Context(command)
    usual = {option.name: option.get_default(context) for option in command.params}
    for name in AMOUNTS.keys() - {"budget", "time_limit"}:
        assert AMOUNTS[name].usual == usual[name], name
    assert AMOUNTS["budget"].usual is None
    assert (GOALS[0], WEIGHTS[0]) == (usual["goal"], usual["weight"])


def test_what_makes_no_plan_is_refused(client: AppClient) -> None:
    refusals = {
        "goal=all": (400, "goal cannot be 'all'"),
        "goal=both&goal=connect": (400, "goal is given more than once"),
        "reach=-1": (400, "'-1' is no number from 0 to 1000"),
        "route_factor=0.9": (400, "'0.9' is no number from 1 to 100"),
        "budget=": (400, "'' is no number"),
        "terrain=d1": (400, "terrain cannot be 'd1'"),
        "terrain=d1=0": (400, "'d1=0' is no factor"),
        "terrain=d1=1&terrain=d1=2": (400, "'d1=2' is no factor of its own"),
        "terrain=d9=1.5": (404, "there is no district 'd9'"),
        "&".join(f"terrain=d{number}=1" for number in range(101)): (400, "name no more than 100"),
        "weight=people": (409, "no site says how many people live there"),
        "candidates=spans.csv": (400, "unknown filter 'candidates'"),
    }
    for query, (status, says) in refusals.items():
        answer = client.get(f"/api/v1/plan?{query}")
        assert (answer.status_code, answer.json()["error"][: len(says)]) == (status, says), query


def test_services_that_are_not_drawn_weigh_nothing() -> None:
    bare = replace(inventory(), services={})
    client = AppClient(create_app(lambda: view(cut(bare)), ChangeFeed(), plan=planned_here))
    answer = client.get("/api/v1/plan?weight=services")
    assert (answer.status_code, answer.json()["error"]) == (409, "there are no services")


def test_a_plan_is_kept_until_the_drawing_changes() -> None:
    made: list[object] = []
    drawing = [inventory()]

    async def counted(shown: Inventory, terms: Mapping[str, Any]) -> Document:
        made.append(terms["budget"])
        return plan_here(shown, terms)

    client = AppClient(create_app(lambda: view(cut(drawing[0])), ChangeFeed(), plan=counted))
    first = client.get("/api/v1/plan?budget=1").json()
    assert client.get("/api/v1/plan?budget=1").json() == first
    assert made == [1.0]
    drawing[0] = replace(drawing[0])
    client.get("/api/v1/plan?budget=1")
    assert made == [1.0, 1.0]
    for budget in (*range(2, 2 + MOST), 1):
        client.get(f"/api/v1/plan?budget={budget}")
    assert made[2:] == [2.0, 3.0, 4.0, 5.0, 1.0]


async def answered(route: Route) -> tuple[int, str]:
    """Return the status that a question gets, and the reason of a refusal."""
    scope = {"type": "http", "method": "GET", "path": route.path, "query_string": b"", "headers": []}
    try:
        return (await route.endpoint(Request(scope))).status_code, ""
    except HTTPException as refused:
        return refused.status_code, refused.detail


def test_who_comes_while_a_plan_is_made_waits_and_is_sent_away(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("netmon.exporter.api.plan_route.PATIENCE", 0.01)

    async def story() -> tuple[int, int, str]:
        going, done = asyncio.Event(), asyncio.Event()

        async def slow(_drawing: Inventory, _terms: Mapping[str, Any]) -> Document:
            going.set()
            await done.wait()
            return {}

        route = plan_route(view, Workshop(), Plans(slow), CountyMap())
        first = asyncio.create_task(answered(route))
        await going.wait()
        second, told = await answered(route)
        done.set()
        return (await first)[0], second, told

    assert asyncio.run(story()) == (200, 503, "another plan is being made")
