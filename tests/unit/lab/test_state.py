"""The truth of the lab against brute force, and what faults do to the state."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given

from netmon.lab.story import faults as f
from netmon.lab.story.state import (
    LabState,
    apply_fault,
    faults_in_force,
    light_at,
    physical,
    truth,
)
from netmon.lab.wires.light import NO_LIGHT_DBM, is_lit
from netmon.model import Element, ElementKind, Inventory, Link, Service
from tests.lab.counties import draw
from tests.unit.lab.drawings import played


def after(inventory: Inventory, *faults: f.LabFault, at: float = 0.0) -> LabState:
    state = LabState()
    for fault in faults:
        state = apply_fault(inventory, state, fault, at)
    return state


def has_mains(inventory: Inventory, state: LabState, node: str) -> bool:
    return node not in state.off_nodes and inventory.nodes[node].power_area not in state.off_areas


def works(inventory: Inventory, state: LabState, link: Link) -> bool:
    """Say from first principles whether packets pass a link both ways."""
    ends = (link.a.node, link.b.node)
    has_power = all(has_mains(inventory, state, node) for node in ends)
    is_whole = link.id not in state.cut_links and not any(cable in state.cut_cables for cable in link.cables)
    carries = all(state.losses.get((link.id, node), 0.0) < 1 for node in ends)
    return has_power and is_whole and carries and is_lit(link, state.attenuation.get(link.id, 0.0))


def answers(inventory: Inventory, state: LabState, node: str) -> bool:
    """Say by growing the reachable set until nothing changes whether a node answers the vantage."""
    if not has_mains(inventory, state, inventory.vantage.node) or not has_mains(inventory, state, node):
        return False
    if node in state.muted:
        return False
    reached = {inventory.vantage.node}
    while True:
        more = {
            end.node
            for link in inventory.links.values()
            if works(inventory, state, link) and {link.a.node, link.b.node} & reached
            for end in (link.a, link.b)
        }
        if more <= reached:
            return node in reached
        reached |= more


@given(played)
def test_truth_equals_brute_force(case: tuple[Inventory, list[f.LabFault]]) -> None:
    inventory, faults = case
    state = after(inventory, *faults)
    found = truth(inventory, state)
    probed = [node.id for node in inventory.nodes.values() if node.is_monitored]
    assert found.dark_nodes == {node for node in probed if not answers(inventory, state, node)}
    assert found.dark_sites == found.dark_nodes, "every node is a site of its own in these drawings"


@given(played)
def test_the_faults_in_force_lead_to_the_same_state(case: tuple[Inventory, list[f.LabFault]]) -> None:
    inventory, faults = case
    state = after(inventory, *faults)
    again = after(inventory, *faults_in_force(state))
    assert replace(again, booted={}) == replace(state, booted={})
    assert physical(inventory, again) == physical(inventory, state)
    assert truth(inventory, again) == truth(inventory, state)


def test_a_site_is_dark_only_when_none_of_its_nodes_answers() -> None:
    drawn = draw([("a", "b"), ("a", "c")])
    inventory = replace(drawn, nodes={**drawn.nodes, "c": replace(drawn.nodes["c"], site="b")})
    assert truth(inventory, after(inventory, f.CutLink("a-b"))).dark_sites == frozenset()
    assert truth(inventory, after(inventory, f.CutLink("a-b"), f.CutLink("a-c"))).dark_sites == {"b"}


def test_a_cable_takes_all_its_links_and_is_the_one_failed_element() -> None:
    inventory = draw([("a", "b"), ("a", "c"), ("c", "d")], cables={"a-b": "duct", "a-c": "duct"})
    found = truth(inventory, after(inventory, f.CutCable("duct")))
    assert found.dark_nodes == {"b", "c", "d"}
    assert found.failed == {Element(ElementKind.CABLE, "duct")}


def test_a_power_area_takes_all_its_nodes() -> None:
    inventory = draw([("a", "b"), ("b", "c"), ("a", "d")], areas={"b": "mains", "d": "mains"})
    found = truth(inventory, after(inventory, f.PowerOffArea("mains")))
    assert found.dark_nodes == {"b", "c", "d"}
    assert found.failed == {Element(ElementKind.POWER_AREA, "mains")}


def test_a_node_off_by_itself_stays_so_while_an_area_is_off() -> None:
    inventory = draw([("a", "b"), ("a", "c")], areas={"c": "mains"})
    assert truth(inventory, after(inventory, f.PowerOff("b"), f.PowerOffArea("mains"))).dark_nodes == {"b", "c"}


def test_a_muted_node_is_dark_and_forwards() -> None:
    inventory = draw([("a", "b"), ("b", "c")])
    found = truth(inventory, after(inventory, f.MuteManagement("b")))
    assert found.dark_nodes == {"b"}
    assert found.failed == {Element(ElementKind.NODE, "b")}


@pytest.mark.parametrize(("ratio", "dark"), [(0.5, set()), (1.0, {"b"})])
def test_only_total_loss_one_way_darkens(ratio: float, dark: set[str]) -> None:
    inventory = draw([("a", "b")])
    state = after(inventory, f.LoseOneWay("a-b", "b", ratio))
    assert truth(inventory, state).dark_nodes == dark
    assert physical(inventory, state).links_down == frozenset(), "the port stays up"


def test_light_vanishes_with_the_fibre_and_with_the_far_laser() -> None:
    inventory = draw([("a", "b")], cables={"a-b": "duct"})
    whole = light_at(inventory, LabState(), "a-b", "a")
    assert whole is not None
    assert whole > -15
    assert light_at(inventory, after(inventory, f.CutCable("duct")), "a-b", "a") == NO_LIGHT_DBM
    without_power = after(inventory, f.PowerOff("b"))
    assert light_at(inventory, without_power, "a-b", "a") == NO_LIGHT_DBM
    assert light_at(inventory, without_power, "a-b", "b") == whole
    assert light_at(inventory, after(inventory, f.Attenuate("a-b", 3.0)), "a-b", "a") == whole - 3


def test_a_node_boots_when_its_power_comes_back_and_not_before() -> None:
    inventory = draw([("a", "b")], areas={"b": "mains"})
    state = after(inventory, f.PowerOff("b"), f.PowerOffArea("mains"))
    state = apply_fault(inventory, state, f.PowerOn("b"), 10.0)
    assert state.booted == {}, "its area is still without power"
    assert apply_fault(inventory, state, f.PowerOnArea("mains"), 20.0).booted == {"b": 20.0}


def test_a_service_fails_by_itself_or_with_the_node_that_hosts_it() -> None:
    drawn = draw([("a", "b"), ("a", "c")])
    service = Service("web", "b", "website", "http://b.test/", depends_on=("c",))
    inventory = replace(drawn, services={"web": service})
    assert truth(inventory, after(inventory, f.CutLink("a-b"))).failed_services == frozenset()
    assert truth(inventory, after(inventory, f.CutLink("a-c"))).failed_services == {"web"}
    failed = after(inventory, f.FailService("web", "error-500"))
    assert truth(inventory, failed).failed_services == {"web"}
    assert (
        truth(inventory, apply_fault(inventory, failed, f.RestoreService("web"), 0.0)).failed_services == frozenset()
    )
