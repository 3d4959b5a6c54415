"""Undrawn nodes hang where the last known router on the way to them is."""

from __future__ import annotations

from netmon.events import NeighboursHeard
from netmon.model import Identity
from netmon.topology.hearing import listen_to
from netmon.topology.placement import ACROSS, DIRECT, Placement, place, undrawn
from tests.unit.topology.neighbourhoods import drawing

DRAWN = drawing([("a", "b"), ("b", "c"), ("x", "y")])
ADDRESS = {node.id: node.address or "" for node in DRAWN.nodes.values()}


def test_nodes_without_a_drawn_path_are_undrawn() -> None:
    assert undrawn(DRAWN) == ("x", "y")
    assert undrawn(drawing([("a", "x"), ("x", "y")], passive=["x"])) == ()


def test_a_node_hangs_at_the_hop_before_it() -> None:
    path = [ADDRESS["b"], ADDRESS["c"], ADDRESS["x"]]
    assert place(DRAWN, {"x": [path]}) == (Placement("x", "c", 0, 1.0, DIRECT),)


def test_silent_and_unknown_hops_lie_between() -> None:
    paths = {"x": [[ADDRESS["b"], None, "203.0.113.9", ADDRESS["x"]]]}
    assert place(DRAWN, paths) == (Placement("x", "b", 2, 1.0, ACROSS),)


def test_one_hop_away_it_hangs_at_the_vantage() -> None:
    assert place(DRAWN, {"x": [[ADDRESS["x"]]]}) == (Placement("x", "a", 0, 1.0, DIRECT),)


def test_traces_that_differ_are_counted() -> None:
    direct, other = [ADDRESS["c"], ADDRESS["x"]], [ADDRESS["b"], ADDRESS["x"]]
    (found,) = place(DRAWN, {"x": [direct, other, direct]})
    assert (found.at, found.support) == ("c", 2 / 3)
    assert place(DRAWN, {"x": []}) == ()


def test_a_router_is_known_by_the_address_of_any_of_its_ports() -> None:
    ears = listen_to([NeighboursHeard(1.0, "c", Identity("c", addresses=("10.0.0.2",)), ())])
    (found,) = place(DRAWN, {"x": [["10.0.0.2", ADDRESS["x"]]]}, ears)
    assert found.at == "c"
