"""Counters: conserved along the way, never backwards, following the routes."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netmon.lab.wires.routes import graph_of, shortest_forest
from netmon.lab.wires.traffic import Direction, Meters, demands, flows, speed_mbps
from netmon.model import Inventory, LinkKind
from tests.lab.counties import draw

RING = draw([("a", "b"), ("b", "c"), ("c", "d"), ("d", "a"), ("c", "v")])


def rates(inventory: Inventory, down: frozenset[str] = frozenset()) -> dict[Direction, float]:
    forest = shortest_forest(graph_of(inventory), "a", lambda link: link not in down)
    return flows(inventory, forest, demands(inventory), down)


def test_what_enters_a_router_leaves_it_or_is_used_there() -> None:
    found, wanted = rates(RING), demands(RING)
    quiet = found["d-a", "a"] - wanted["d"]
    entering = sum(found[link, far] - quiet for link, far in (("b-c", "b"), ("c-d", "d")))
    upwards = found["c-d", "d"] - quiet
    assert entering - upwards - wanted["c"] == pytest.approx(found["c-v", "c"] - quiet)


def test_traffic_moves_to_the_other_side_of_a_ring() -> None:
    before, after = rates(RING), rates(RING, frozenset({"a-b"}))
    assert ("a-b", "a") not in after
    assert after["d-a", "a"] > before["d-a", "a"]


def test_nothing_flows_over_a_cut_that_routes_have_not_noticed_yet() -> None:
    forest = shortest_forest(graph_of(RING), "a", lambda _: True)
    found = flows(RING, forest, demands(RING), frozenset({"a-b"}))
    assert ("a-b", "a") not in found
    assert found["c-v", "c"] < 1_000


def test_a_contract_bounds_what_a_village_draws() -> None:
    thin = replace(RING.links["c-v"], contract_mbps=0.1)
    inventory = replace(RING, links={**RING.links, "c-v": thin})
    assert demands(inventory)["v"] < 0.1 * 125_000 < demands(RING)["v"]


def test_speeds() -> None:
    link = RING.links["c-v"]
    assert speed_mbps(link, rates(RING)) == 1_000
    assert speed_mbps(link, {("c-v", "c"): 1e8}) == 10_000
    assert speed_mbps(replace(link, kind=LinkKind.RADIO), {("c-v", "c"): 1e8}) == 300


steps = st.lists(st.tuples(st.floats(0.0, 100.0), st.floats(0.0, 1e6), st.floats(0.0, 1.0)), min_size=1, max_size=8)


A_TRACE = 1e-6
"""Octets: what a second of 1e-16 carries is lost where its end is rounded to its beginning."""


@given(steps)
def test_meters_never_run_backwards_and_lose_no_more_than_is_sent(changes: list[tuple[float, float, float]]) -> None:
    way = ("l", "a")
    meters = Meters(0.0)
    at, sent, lost = 0.0, 0.0, 0.0
    for seconds, rate, loss in changes:
        meters = meters.carry_on({way: rate}, {way: loss}, at)
        assert meters.sent(way, at) == pytest.approx(sent, abs=A_TRACE)
        at, sent, lost = at + seconds, sent + rate * seconds, lost + rate * loss * seconds
        assert meters.sent(way, at) == pytest.approx(sent, abs=A_TRACE)
        assert meters.lost(way, at) == pytest.approx(lost, abs=A_TRACE)
        assert meters.lost(way, at) <= meters.sent(way, at) * (1 + 1e-9)
