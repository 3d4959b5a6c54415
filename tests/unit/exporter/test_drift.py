"""Drift as it is served: the document, the metrics, and that it is worked out once."""

from __future__ import annotations

from dataclasses import replace

import pytest

from netmon.clock import rfc3339
from netmon.events import Entry, InventoryInForce, ProbingStarted
from netmon.exporter.adjacency import Adjacencies
from netmon.exporter.api.changes import ChangeFeed
from netmon.exporter.app import create_app
from netmon.exporter.samples.collect import Collector
from netmon.exporter.samples.writer import Writer
from netmon.picture.fold import fold
from netmon.topology.drift import DriftKind
from tests.in_process import AppClient
from tests.unit.exporter.county import view
from tests.unit.exporter.neighbourly import AT, dark, inventory, moved


def test_a_moved_cable_is_served_as_one() -> None:
    client = AppClient(create_app(lambda: view(moved()), ChangeFeed()))
    answer = client.get("/api/v1/drift").json()
    assert answer["counts"] == {"extra": 0, "missing": 0, "moved": 1, "never-confirmed": 0, "swapped-port": 0}
    (row,) = answer["drift"]
    assert row == {
        "kind": "moved",
        "link": "c-d",
        "drawn": [{"node": "c", "port": "2"}, {"node": "d", "port": "1"}],
        "seen": [{"node": "c", "port": "2"}, {"node": "a", "port": "9"}],
        "since": rfc3339(AT + 60),
        "detail": "by lldp",
    }
    assert set(answer["confirmed"]) == {"a-b", "b-c"}
    assert [one["name"] for one in answer["strangers"]] == ["AP"]
    assert client.get("/api/v1/drift?kind=extra").json()["drift"] == []
    assert client.get("/api/v1/drift?kind=moved").json()["drift"] == [row]
    refused = client.get("/api/v1/drift?kind=gone")
    assert refused.status_code == 400
    assert "swapped-port" in refused.json()["error"]


def test_metrics() -> None:
    text = Writer().write(Collector().collect(view(moved())), openmetrics=False).decode()
    drift = [f'netmon_topology_drift{{kind="{kind}"}} {float(kind == "moved")}' for kind in DriftKind]
    confirmed = [f'netmon_link_confirmed{{link="{link}"}} {float(link != "c-d")}' for link in ("a-b", "b-c", "c-d")]
    assert {*drift, *confirmed, "netmon_neighbours_not_drawn 1.0"} <= set(text.splitlines())


def test_it_is_worked_out_again_only_when_it_may_differ() -> None:
    adjacencies, picture = Adjacencies(), moved()
    first = adjacencies.of(picture)
    assert adjacencies.of(replace(picture, at=picture.at + 5, position=99)) is first
    fallen = dark(picture, "c")
    second = adjacencies.of(fallen)
    assert second is not first
    assert second.discovered.silent == {"c": AT + 85}
    assert adjacencies.of(fallen) is second


def test_neighbours_outlive_a_restart_and_leave_with_their_node() -> None:
    picture = moved()
    again, _ = fold(picture, Entry(9, AT + 100, (ProbingStarted(AT + 100, "p"),)))
    assert again.ears == picture.ears
    drawn = inventory()
    fewer = replace(drawn, nodes={n: d for n, d in drawn.nodes.items() if n != "d"}, links={}, digest="fewer")
    after, _ = fold(again, Entry(10, AT + 110, (InventoryInForce(AT + 110, "fewer"),), fewer))
    assert after.ears.keys() == {"a", "b", "c"}


@pytest.mark.parametrize("node", ["a", "d"])
def test_a_dark_end_takes_no_link_away(node: str) -> None:
    picture = dark(moved(), node)
    assert [one.kind for one in Adjacencies().of(picture).comparison.drifts] == ["moved"]
    assert "a-b" in Adjacencies().of(picture).comparison.confirmed
