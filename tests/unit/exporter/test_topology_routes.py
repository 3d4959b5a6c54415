"""The API says of the network's weak places what the command line says."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import jsonschema
import pytest

from netmon.exporter.api.changes import ChangeFeed
from netmon.exporter.app import create_app
from tests.in_process import AppClient
from tests.markdown import TOP
from tests.unit.exporter.county import NOW, calm, cut, view


@pytest.fixture(scope="module")
def client() -> AppClient:
    shown = view(cut())
    return AppClient(create_app(lambda: shown, ChangeFeed()))


def ask(client: AppClient, path: str) -> Any:
    return client.get(f"/api/v1/topology/{path}").raise_for_status().json()


@pytest.mark.parametrize("name", ["spof", "redundancy", "blackspots"])
@pytest.mark.parametrize("live", ["", "?live=true"])
def test_rows_are_those_of_the_committed_schema(client: AppClient, name: str, live: str) -> None:
    schema = json.loads((TOP / "docs" / "schemas" / f"topology-{name}.schema.json").read_text(encoding="utf-8"))
    answer = ask(client, name + live)
    assert answer["live"] is bool(live)
    assert answer["rows"]
    jsonschema.validate({key: value for key, value in answer.items() if key in schema["properties"]}, schema)


def test_the_drawing_and_what_is_left_of_it_today_differ(client: AppClient) -> None:
    worst = ask(client, "spof")["rows"][0]
    assert worst["dark_sites"] >= 2
    west = next(row for row in ask(client, "spof")["rows"] if row["element"] == {"kind": "cable", "id": "west"})
    assert west["sites"] == ["v1", "v2"]
    assert "west" not in [row["element"]["id"] for row in ask(client, "spof?live=true")["rows"]]
    ways = {row["site"]: row["node_disjoint"] for row in ask(client, "redundancy")["rows"]}
    assert (ways["b"], ways["v1"]) == (2, 1)
    assert "v1" not in {row["site"] for row in ask(client, "redundancy?live=true")["rows"] if row["node_disjoint"]}


def test_ways_are_counted_to_another_node_too(client: AppClient) -> None:
    """From behind a doorstep that all ways share."""
    answer = ask(client, "redundancy?to=rtr-b")
    assert answer["to"] == "rtr-b"
    assert {row["site"]: row["link_disjoint"] for row in answer["rows"]} == {
        "a": 2, "c": 2, "d1": 1, "noc": 2, "v1": 1, "v2": 1
    }  # fmt: skip
    assert ask(client, "redundancy?to=rtr-noc") == ask(client, "redundancy")
    assert client.get("/api/v1/topology/redundancy?to=x").json()["error"] == "there is no node 'x'"


def test_what_fails_together_is_told_as_by_the_command(client: AppClient) -> None:
    """noc – a – b – c – noc is a ring; v1 and v2 hang on b by the cable west, which is cut now."""
    schema = json.loads((TOP / "docs" / "schemas" / "topology-whatif.schema.json").read_text(encoding="utf-8"))
    schema["required"].remove("maintenance")  # commands to paste
    answer = ask(client, "whatif?fail=link:a-b&fail=cable:west&fail=link:a-b")
    jsonschema.validate({key: value for key, value in answer.items() if key in schema["properties"]}, schema)
    assert answer["failed"] == [{"kind": "cable", "id": "west"}, {"kind": "link", "id": "a-b"}]
    assert (answer["dark_sites"], answer["dark_nodes"]) == (["v1", "v2"], ["rtr-v1", "rtr-v2", "split"])
    assert answer["bridges"] == ["b-c", "c-noc", "noc-a"]
    today = ask(client, "whatif?live=true&fail=link:a-b&fail=cable:west")
    assert (today["dark_sites"], today["bridges"]) == ([], answer["bridges"])


def test_what_nobody_can_fail_is_refused(client: AppClient) -> None:
    refusals = {
        "": (400, "name 1 to 32 things that fail together, as in fail=cable:ID"),
        "?fail=west": (400, "'west' names nothing that can fail; write node:, link:, cable: or power_area:ID"),
        "?fail=vantage:rtr-noc": (400, "'vantage:rtr-noc' names nothing"),
        "?fail=node:": (400, "'node:' names nothing"),
        "?fail=cable:east&fail=cable:west": (404, "there is no cable 'east'"),
        "?fail=cable:west&live=maybe": (400, "live cannot be 'maybe'"),
        "?" + "&".join(f"fail=node:{number}" for number in range(33)): (400, "name 1 to 32 things"),
    }
    for query, (status, says) in refusals.items():
        answer = client.get(f"/api/v1/topology/whatif{query}")
        assert answer.status_code == status, query
        assert answer.json()["error"].startswith(says)


def test_a_way_is_that_of_the_command_and_today_goes_around_what_is_dark(client: AppClient) -> None:
    """rtr-v2 lies behind a splitter, in the cable that is cut now."""
    schema = json.loads((TOP / "docs" / "schemas" / "topology-path.schema.json").read_text(encoding="utf-8"))
    answer = ask(client, "path?a=rtr-a&b=rtr-v2")
    jsonschema.validate({key: value for key, value in answer.items() if key in schema["properties"]}, schema)
    assert [row["link"] for row in answer["rows"]] == ["a-b", "b-split", "split-v2"]
    assert [one["splitters"] for one in answer["sections"]] == [[], [{"node": "split", "ways": 2}]]
    dear = ask(client, "path?a=rtr-a&b=rtr-v2&budget=5")["sections"]
    assert [one["budget_db"] for one in dear] == [5.0, 5.0]
    today = ask(client, "path?a=rtr-a&b=rtr-v2&live=true")
    assert (today["live"], today["ways"], today["rows"]) == (True, [], [])
    around = ask(client, "path?a=rtr-a&b=rtr-b&avoid=link:a-b&avoid=cable:west")["rows"]
    assert [row["link"] for row in around] == ["noc-a", "c-noc", "b-c"]
    pair = ask(client, "path?a=rtr-a&b=rtr-b&pair=true")["ways"]
    assert [way["links"] for way in pair] == [1, 3]


def test_a_way_between_what_is_not_there_is_refused(client: AppClient) -> None:
    refusals = {
        "": (400, "a is missing"),
        "?a=rtr-a&a=rtr-b&b=rtr-c": (400, "a is given more than once"),
        "?a=rtr-a&b=rtr-x": (404, "there is no node 'rtr-x'"),
        "?a=rtr-a&b=rtr-a": (409, "rtr-a is where it is"),
        "?a=rtr-a&b=rtr-b&avoid=west": (400, "'west' names nothing that can fail"),
        "?a=rtr-a&b=rtr-b&avoid=link:x": (404, "there is no link 'x'"),
        "?a=rtr-a&b=rtr-b&budget=much": (400, "'much' is no number from 0 to 100"),
        "?a=rtr-a&b=rtr-b&budget=nan": (400, "'nan' is no number from 0 to 100"),
        "?a=rtr-a&b=rtr-b&budget=1_0": (400, "'1_0' is no number from 0 to 100"),
        "?a=rtr-a&b=rtr-b&" + "&".join(f"avoid=node:{number}" for number in range(33)): (
            400,
            "avoid no more than 32",
        ),
    }
    for query, (status, says) in refusals.items():
        answer = client.get(f"/api/v1/topology/path{query}")
        assert (answer.status_code, answer.json()["error"][: len(says)]) == (status, says), query


def test_black_spots_of_today_have_their_fault(client: AppClient) -> None:
    assert [(row["site"], row["sense"]) for row in ask(client, "blackspots")["rows"]] == [("far", "never-connected")]
    today = {row["site"]: row for row in ask(client, "blackspots?live=true")["rows"]}
    assert set(today) == {"far", "v1", "v2"}
    assert today["v1"]["fault"] == "F8"
    assert today["v1"]["since"] == "2026-09-21T14:12:50.000Z"


def test_a_site_that_comes_and_goes_is_a_black_spot_while_it_is_up() -> None:
    (incident,) = cut().open_incidents
    often = replace(incident, closed=NOW - 60, count=4, again=NOW - 90)
    shown = view(replace(calm(), closed_incidents=(often,)))
    rows = ask(AppClient(create_app(lambda: shown, ChangeFeed())), "blackspots?live=true")["rows"]
    assert [(row["site"], row["sense"], row["reasons"]) for row in rows if row["site"] != "far"] == [
        ("v1", "unusable", ["F8: dark 4 times, again and again"]),
        ("v2", "unusable", ["F8: dark 4 times, again and again"]),
    ]


def test_what_makes_no_sense_is_refused(client: AppClient) -> None:
    assert client.get("/api/v1/topology/spof?live=maybe").status_code == 400
    assert client.get("/api/v1/topology/spof?to=a").status_code == 400
