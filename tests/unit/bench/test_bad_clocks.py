"""The monitor's own troubles, rehearsed: its cable, its clock and its sleep are nobody's outage."""

from __future__ import annotations

from random import Random

import pytest

from netmon.bench.networks import network
from netmon.bench.rehearsal import Rehearsal
from netmon.model import Element, ElementKind, Inventory
from netmon.picture.ledger import Outage, outages
from tests.drawings import drawing

COUNTY = "noc-gw gw-core core-a a-b b-c c-core core-d d-e gw-x"


def rehearsed(inventory: Inventory | None = None) -> Rehearsal:
    stage = Rehearsal(inventory or drawing(COUNTY), Random(4), most_lost=0.02)
    stage.run(4.0)
    assert all(state.reach == "up" for state in stage.picture.nodes.values())
    return stage


def written(stage: Rehearsal) -> list[Outage]:
    """Return every outage in the ledger."""
    return [one for site, spans in stage.picture.ledger.items() for one in outages(site, spans, stage.wall)]


def test_the_cable_of_the_monitor_is_one_incident_and_nobodys_outage() -> None:
    stage = rehearsed()
    stage.fail([Element(ElementKind.LINK, "noc-gw")])
    stage.run(60.0)
    (incident,) = stage.picture.open_incidents
    assert incident.fault.element == Element(ElementKind.VANTAGE, "noc")
    assert [page.incident.id for page in stage.pages] == [incident.id]
    stage.fail([])
    stage.run(10.0)
    assert set(stage.opened) == {incident.id}
    assert not stage.picture.open_incidents
    assert not written(stage)


def test_a_dead_core_router_is_an_incident_and_not_muted() -> None:
    stage = rehearsed()
    stage.fail([Element(ElementKind.NODE, "core")])
    stage.run(20.0)
    (page,) = stage.pages
    assert "core" in {page.incident.fault.element.id, *(one.id for one in page.incident.fault.alternatives)}
    assert set(page.incident.fault.sites) == {"core", "a", "b", "c", "d", "e"}
    stage.fail([])
    stage.run(10.0)
    assert {one.site for one in written(stage)} == {"core", "a", "b", "c", "d", "e"}


@pytest.mark.parametrize("seconds", [3600.0, -3600.0])
def test_a_stepped_clock_writes_no_outage(seconds: float) -> None:
    stage = rehearsed()
    stage.step(seconds)
    stage.run(20.0)
    assert all(state.reach == "up" for state in stage.picture.nodes.values())
    assert not stage.opened
    assert not written(stage)


def test_ten_minutes_of_sleep_are_unknown_and_no_outage() -> None:
    stage = rehearsed()
    stage.suspend(600.0)
    stage.run(20.0)
    assert not stage.opened
    assert not written(stage)
    spans = stage.picture.ledger["e"]
    assert "unknown" in {str(span.verdict) for span in spans}


@pytest.mark.parametrize("seconds", [3600.0, -3600.0])
def test_a_fault_after_the_clock_was_stepped_is_named_as_ever(seconds: float) -> None:
    """What was heard before is no fresh word, even where the old clock makes it look so."""
    stage = rehearsed()
    stage.step(seconds)
    stage.run(10.0)
    stage.fail([Element(ElementKind.NODE, "d"), Element(ElementKind.NODE, "e")])
    stage.run(3.0)
    assert not stage.pages, "the hold before paging is one of elapsed time"
    stage.run(9.0)
    (page,) = stage.pages
    assert page.incident.fault.element == Element(ElementKind.LINK, "core-d") or page.incident.fault.element.id == "d"
    assert set(stage.opened) == {page.incident.id}


@pytest.mark.parametrize("seed", range(4))
def test_no_step_at_any_moment_of_an_outage_adds_another(seed: int) -> None:
    random = Random(seed)
    stage = Rehearsal(network(random, "tree", 14), random, most_lost=0.02)
    stage.run(4.0)
    victim = next(node for node in reversed(stage.nodes) if len(stage.graph.adjacency[stage.graph.index[node]]) == 1)
    stage.fail([Element(ElementKind.NODE, victim)], after=random.uniform(0.0, 1.0))
    stage.run(random.uniform(0.0, 4.0))
    seconds = random.choice([-3600.0, 3600.0, -5.0, 5.0])
    stage.step(seconds)
    stage.run(20.0)
    assert len(stage.opened) == len(stage.pages) == 1
    stage.fail([])
    stage.run(8.0)
    assert not stage.picture.open_incidents
    sites = {one.site for one in written(stage)}
    assert sites <= {f"site-{victim}"}
    assert sites or seconds < -60.0, "an hour that the clock repeats is written once"
