"""Causes of one moment, as `netmon diagnose` states them, and the rules where they are most easily got wrong."""

from __future__ import annotations

from dataclasses import replace

import pytest

from netmon.model import Cause, Element, ElementKind, Evidence, EvidenceKind, LinkKind, Observations
from netmon.picture.cause import AT_ONCE, HOLD, Case, judge, with_causes
from netmon.picture.signs import Sight
from netmon.topology.diagnosis.diagnose import diagnose
from netmon.topology.graph import Graph
from tests.unit.topology.drawn import draw, seen

TREE = "noc-gw-a-b-c; a-d; b-e"
RING = "noc-gw-r1-r2-r3-r4-r5-r6-gw"
LINK, NODE = Element(ElementKind.LINK, "a-b"), Element(ElementKind.NODE, "b")


def cause_of(drawn: str, dark: str = "", **given: object) -> tuple[str, Cause]:
    """Return the one fault's element and cause."""
    drawing = {key: given.pop(key) for key in ("cables", "areas", "sites") if key in given}
    inventory = draw(drawn, **drawing)  # type: ignore[arg-type]
    graph = Graph.from_inventory(inventory)
    observations: Observations = seen(graph, dark, **given)  # type: ignore[arg-type]
    (fault,) = with_causes(diagnose(graph, observations), Sight.of(inventory, graph, observations)).faults
    return str(fault.element), fault.cause


def test_a_leaf_that_is_silent_has_no_cause() -> None:
    assert cause_of(TREE, "c") == ("node:c", Cause.UNKNOWN)


def test_two_lines_of_a_cable_lost_at_once_are_fibre() -> None:
    assert cause_of(RING, "r3 r4 r5", cables={"k": "r2-r3 r5-r6"}) == ("cable:k", Cause.FIBRE)


def test_a_silent_forwarder_is_a_device() -> None:
    assert cause_of("noc-gw-a-b; gw-c", "a", sites={"here": "a"}) == ("node:a", Cause.DEVICE)


def test_a_port_that_is_up_towards_a_silent_node_is_a_device() -> None:
    assert cause_of(TREE, "c", ports={"b:c": True}) == ("node:c", Cause.DEVICE)


def test_light_lost_between_two_live_nodes_is_fibre() -> None:
    assert cause_of(RING, r2__r3=None, r3__r2=-40.0) == ("link:r2-r3", Cause.FIBRE)


def test_light_that_arrives_on_a_dead_line_is_a_device() -> None:
    assert cause_of(RING, cables={"k": "r2-r3"}, ports={"r2:r3": False}, r2__r3=-9.0) == ("link:r2-r3", Cause.DEVICE)


def test_a_dark_power_area_is_power() -> None:
    assert cause_of("noc-gw-a; gw-b; gw-c-d", "a b", areas={"p": "a b"}) == ("power_area:p", Cause.POWER)


def test_no_light_towards_a_leaf_may_be_its_power_as_well() -> None:
    assert cause_of(TREE, "c", ports={"b:c": False}, b__c=None)[1] is Cause.UNKNOWN


def case(*signs: Evidence, heads: str = "b", now: float = 1000.0, **changes: object) -> Case:
    """Return the case of a tail that fell silent at 100."""
    made = Case(LINK, (NODE,), frozenset({LinkKind.FIBRE}), tuple(heads.split()), signs, 100.0, now)
    return replace(made, **changes)  # type: ignore[arg-type]


def word(kind: EvidenceKind, at: float = 100.0, node: str = "b", value: float | None = None) -> Evidence:
    return Evidence(at, node, kind, value=value)


LOS, GASP = EvidenceKind.LIGHT_LOST_AT_NODE, EvidenceKind.DYING_GASP
STARTED = EvidenceKind.RUNNING_SINCE


def test_a_loss_of_light_is_held_until_a_gasp_could_have_come() -> None:
    early = judge(case(word(LOS), now=100.0 + HOLD - 0.1))
    assert (early.cause, early.due) == (Cause.UNKNOWN, 100.0 + HOLD)
    assert judge(case(word(LOS), now=100.0 + HOLD)).cause is Cause.FIBRE


@pytest.mark.parametrize("gasped", [99.0, 100.0, 103.0])
def test_a_gasp_counts_with_or_without_a_loss_of_light(gasped: float) -> None:
    assert judge(case(word(LOS), word(GASP, gasped))).cause is Cause.POWER
    assert judge(case(word(GASP, gasped))).element == NODE


def test_an_old_gasp_says_nothing_of_this_silence() -> None:
    assert judge(case(word(GASP, -500.0))).cause is Cause.UNKNOWN


def test_a_gasp_from_behind_the_fault_says_nothing() -> None:
    assert judge(case(word(GASP, 101.0, node="deep"))).cause is Cause.UNKNOWN


def test_a_battery_that_was_recharged_before_the_silence_says_nothing() -> None:
    battery, mains = word(EvidenceKind.ON_BATTERY, 10.0), word(EvidenceKind.MAINS_BACK, 50.0)
    assert judge(case(battery)).cause is Cause.POWER
    assert judge(case(battery, mains)).cause is Cause.UNKNOWN


def test_what_ran_on_lost_its_path_and_what_was_off_for_long_its_power() -> None:
    ran_on = judge(case(word(STARTED, 900.0, value=-5000.0)))
    assert (ran_on.cause, ran_on.element) == (Cause.FIBRE, LINK)
    was_off = judge(case(word(STARTED, 900.0, value=100.0 + AT_ONCE)))
    assert (was_off.cause, was_off.element) == (Cause.POWER, NODE)
    assert judge(case(word(STARTED, 900.0, value=99.0 + AT_ONCE))).cause is Cause.UNKNOWN


def test_evidence_that_contradicts_itself_names_nothing() -> None:
    assert judge(case(word(GASP), word(STARTED, 900.0, value=-5000.0))).cause is Cause.UNKNOWN
    starts = word(STARTED, 900.0, value=-5000.0), word(STARTED, 900.0, node="c", value=700.0)
    assert judge(case(*starts, heads="b c")).cause is Cause.UNKNOWN


def test_a_start_after_the_end_belongs_to_a_later_outage() -> None:
    assert judge(case(word(STARTED, 900.0, value=700.0), until=500.0)).cause is Cause.UNKNOWN


def test_a_port_that_came_back_may_stand_before_a_booting_device() -> None:
    down = Evidence(101.0, "a", EvidenceKind.LINE_DOWN, "sfp1")
    up = Evidence(400.0, "a", EvidenceKind.LINE_UP, "sfp1")
    assert judge(case(up, element=NODE, alternatives=())).cause is Cause.DEVICE
    assert judge(case(down, up, element=NODE, alternatives=())).cause is Cause.UNKNOWN
