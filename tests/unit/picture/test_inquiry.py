"""Causes over the life of an incident: while it is open, after recovery, by late words, by a person."""

from __future__ import annotations

from dataclasses import replace

import pytest

from netmon.events import (
    Announce,
    CauseRevised,
    Elapsed,
    EvidenceSeen,
    OnuState,
    PortState,
    ProbingStarted,
    ReadPorts,
    Record,
    RunningSince,
    Wake,
)
from netmon.model import Cause, Element, ElementKind, EvidenceKind, Inventory, SnmpProbe
from netmon.picture.cause import HOLD
from netmon.picture.inquiry import SETTLING
from tests.drawings import drawing
from tests.unit.picture.story import Story


def polled(inventory: Inventory) -> Inventory:
    """Return the inventory with every node polled too."""
    return replace(inventory, nodes={name: replace(node, snmp=SnmpProbe()) for name, node in inventory.nodes.items()})


def tail() -> Story:
    return Story(polled(drawing("noc-gw gw-a a-b b-c")))


def closed_tail() -> tuple[Story, float]:
    """Return a tail that was dark for ten minutes, and since when it was."""
    story = tail()
    story.lose("b", "c")
    began = story.seen.open_incidents[0].opened
    story.now += 600.0
    story.up("b", "c")
    return story, began


def recorded(story: Story) -> list[CauseRevised]:
    return [effect.event for effect in story.effects if isinstance(effect, Record)]


def test_a_dying_gasp_that_came_first_names_power() -> None:
    story = tail()
    story.say(EvidenceSeen(story.now + 9.0, "b", EvidenceKind.DYING_GASP, story.now + 9.0))
    story.lose("b", "c")
    (incident,) = story.seen.open_incidents
    assert (str(incident.fault.element), incident.fault.cause) == ("node:b", Cause.POWER)
    assert "b sent a dying gasp" in incident.evidence


def test_a_loss_of_light_waits_for_a_gasp_and_wakes_the_fold() -> None:
    story = tail()
    story.lose("b", "c")
    opened = story.seen.open_incidents[0].opened
    effects = story.say(EvidenceSeen(story.now, "b", EvidenceKind.LIGHT_LOST_AT_NODE, opened))
    assert [one.fault.cause for one in story.seen.open_incidents] == [Cause.UNKNOWN]
    assert Wake(opened + HOLD) in effects
    story.now = opened + HOLD
    story.say(Elapsed(story.now))
    assert story.seen.open_incidents[0].fault.cause is Cause.FIBRE


def test_people_are_told_once_that_a_cause_was_found() -> None:
    story = Story(polled(drawing("noc-gw gw-a a-b b-c gw-x", ports=True)))
    story.lose("b", "c")
    story.now += 60.0
    story.say(Elapsed(story.now))
    (incident,) = story.seen.open_incidents
    effects = [*story.say(EvidenceSeen(story.now, "b", EvidenceKind.DYING_GASP, incident.opened))]
    for up in (True, False, True):  # words of ports elsewhere, which make the diagnosis anew
        effects += story.say(PortState(story.now, "gw", "x", up))
        assert incident.id in {one.id for one in story.seen.open_incidents if one.fault.cause is Cause.POWER}
    assert [effect for effect in effects if effect == Announce(incident.id, "changed")] == [
        Announce(incident.id, "changed")
    ]


def test_uptimes_are_asked_for_when_it_is_over() -> None:
    story, _ = closed_tail()
    asked = [effect.nodes for effect in story.effects if isinstance(effect, ReadPorts)]
    assert ("b",) in asked


def test_what_ran_on_revises_a_closed_incident_by_an_event_alone() -> None:
    story, began = closed_tail()
    story.now += 5.0
    story.say(RunningSince(story.now, "b", began - 90_000.0))
    (incident,) = story.seen.closed_incidents
    assert incident.fault.cause is Cause.UNKNOWN
    (event,) = recorded(story)
    assert (event.cause, event.element) == (Cause.FIBRE, Element(ElementKind.LINK, "a-b"))
    story.say(event)
    (incident,) = story.seen.closed_incidents
    assert incident.fault.cause is Cause.FIBRE
    assert incident.evidence[-1] == "b ran on while it was dark: the path was broken, not its power"
    story.say(RunningSince(story.now, "b", began - 90_000.0))
    assert len(recorded(story)) == 1


@pytest.mark.parametrize(("asked", "cause"), [(-0.5, Cause.UNKNOWN), (0.5, Cause.FIBRE)])
def test_a_poll_that_began_before_the_silence_does_not_prove_that_it_ran_on(asked: float, cause: Cause) -> None:
    """It said since when it runs, lost its power, and the poll waited for the rest."""
    story = tail()
    story.lose("b", "c")
    (incident,) = story.seen.open_incidents
    said = {incident.fault.element, *incident.fault.alternatives}
    story.now += 3.0
    story.say(RunningSince(story.now, "b", incident.opened - 90_000.0, asked=incident.opened + asked))
    (incident,) = story.seen.open_incidents
    assert incident.fault.cause is cause
    assert ({incident.fault.element, *incident.fault.alternatives} == said) is (cause is Cause.UNKNOWN)


def test_what_started_again_late_had_no_power() -> None:
    story, began = closed_tail()
    story.say(RunningSince(story.now, "b", began + 500.0))
    assert [(event.cause, str(event.element)) for event in recorded(story)] == [(Cause.POWER, "node:b")]


def test_a_late_trap_counts_from_when_it_is_true_but_not_for_ever() -> None:
    story, began = closed_tail()
    story.now += 60.0
    gasp = EvidenceSeen(story.now, "b", EvidenceKind.DYING_GASP, began, "last down cause of the OLT")
    late = story.now + SETTLING
    story.say(gasp)
    assert [event.cause for event in recorded(story)] == [Cause.POWER]
    other, began = closed_tail()
    other.now = late
    other.say(replace(gasp, at=late))
    assert recorded(other) == []


def test_a_person_has_the_last_word() -> None:
    story, began = closed_tail()
    (incident,) = story.seen.closed_incidents
    story.say(CauseRevised(story.now, incident.id, Cause.DEVICE, "siti", "the cat sat on the switch"))
    story.say(RunningSince(story.now, "b", began - 90_000.0))
    assert recorded(story) == []
    (incident,) = story.seen.closed_incidents
    assert (incident.fault.cause, incident.is_ruled) == (Cause.DEVICE, True)
    assert incident.evidence[-1] == "siti: the cat sat on the switch"


def test_a_person_may_judge_an_open_incident_and_people_are_told() -> None:
    story = tail()
    story.lose("b", "c")
    story.now += 10.0
    story.say(Elapsed(story.now))
    (incident,) = story.seen.open_incidents
    effects = story.say(CauseRevised(story.now, incident.id, Cause.FIBRE, "siti"))
    assert Announce(incident.id, "changed") in effects
    story.say(EvidenceSeen(story.now, "b", EvidenceKind.DYING_GASP, incident.opened))
    story.lose("gw")  # all is explained anew
    assert Cause.FIBRE in {one.fault.cause for one in story.seen.open_incidents}


def test_a_revision_lost_in_a_crash_is_asked_for_again_at_the_next_start() -> None:
    story, began = closed_tail()
    story.say(RunningSince(story.now, "b", began - 90_000.0))
    story.effects.clear()
    story.say(ProbingStarted(story.now, "p"))
    assert [event.cause for event in recorded(story)] == [Cause.FIBRE]


def test_a_revision_of_what_is_not_remembered_is_left_to_reports() -> None:
    story = tail()
    before = story.seen.closed_incidents
    story.say(CauseRevised(story.now, "F77", Cause.FIBRE, "siti"))
    assert story.seen.closed_incidents == before


def test_an_olt_speaks_of_the_node_that_its_onu_is_named_after() -> None:
    story = tail()
    off = OnuState(story.now + 9.0, "a", "gpon 0/1", 7, online=False, cause="power", name="b")
    other = replace(off, onu=8, name="nobody's node")
    story.say(off, other, replace(off, onu=9, name="c", cause="admin"))
    story.lose("b", "c")
    (incident,) = story.seen.open_incidents
    assert (str(incident.fault.element), incident.fault.cause) == ("node:b", Cause.POWER)
    assert set(story.seen.evidence) <= {"noc", "gw", "a", "b", "c"}
    assert not [one for one in story.seen.evidence.get("c", ()) if one.kind is not EvidenceKind.RUNNING_SINCE]
