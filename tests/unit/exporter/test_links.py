"""What is said of links, which nothing measures by themselves."""

from __future__ import annotations

from dataclasses import replace

from netmon.model import Element, ElementKind, Finding, PortId, Reach, Verdict
from netmon.picture.lines import link_states
from netmon.picture.state import Picture, Topology
from tests.unit.exporter.county import calm, cut


def with_fault(picture: Picture, element: Element, alternatives: tuple[Element, ...] = ()) -> Picture:
    incident = picture.open_incidents[0]
    fault = replace(incident.fault, element=element, alternatives=alternatives)
    return replace(picture, open_incidents=(replace(incident, fault=fault),))


def test_a_port_that_is_up_at_a_live_end_means_up() -> None:
    assert link_states(calm())["noc-a"] is Reach.UP


def test_a_link_that_must_carry_the_traffic_is_up_without_any_port() -> None:
    states = link_states(calm())
    assert states["b-v1"] is Reach.UP
    assert states["split-v2"] is Reach.UP


def test_a_link_of_a_ring_without_word_of_its_ports_is_unknown() -> None:
    assert link_states(calm())["c-noc"] is Reach.UNKNOWN


def test_links_of_a_cut_cable_are_down_and_what_hangs_behind_is_unknown() -> None:
    states = link_states(cut())
    assert states["b-v1"] is Reach.DOWN
    assert states["b-split"] is Reach.DOWN
    assert states["split-v2"] is Reach.UNKNOWN


def test_a_fault_with_alternatives_says_of_no_link_that_it_is_down() -> None:
    link, other = Element(ElementKind.LINK, "b-v1"), Element(ElementKind.NODE, "rtr-v1")
    assert link_states(with_fault(cut(), link))["b-v1"] is Reach.DOWN
    assert link_states(with_fault(cut(), link, (other,)))["b-v1"] is Reach.UNKNOWN


def test_a_port_that_is_down_at_either_live_end_means_down() -> None:
    picture = replace(calm(), ports={PortId("rtr-noc", "to-a"): True, PortId("rtr-a", "to-noc"): False})
    assert link_states(picture)["noc-a"] is Reach.DOWN


def test_what_a_dark_node_last_said_is_no_evidence() -> None:
    before = calm()
    picture = replace(
        before,
        ports={PortId("rtr-noc", "to-a"): True},
        node_findings={**before.node_findings, "rtr-noc": Finding(Verdict.UNKNOWN)},
        topology=Topology(),
    )
    assert link_states(picture)["noc-a"] is Reach.UNKNOWN
