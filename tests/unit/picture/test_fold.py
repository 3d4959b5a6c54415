"""The fold, told what a prober would say, in the order in which it would say it."""

from __future__ import annotations

from itertools import permutations

import pytest

from netmon.events import (
    Announce,
    Confirm,
    Coverage,
    Elapsed,
    Entry,
    InventoryInForce,
    NodeConfirmed,
    NodeUnknown,
    NodeUp,
    PortState,
    ProbingGap,
    ProbingStarted,
    ProbingStopped,
    ReadPorts,
    TrapSeen,
    Wake,
)
from netmon.model import Element, ElementKind, TrapKind, Verdict
from netmon.picture.fold import NothingYetError, fold
from netmon.picture.ledger import outages
from netmon.picture.observe import TRAPS_KEPT
from netmon.picture.settle import PATIENCE
from netmon.picture.state import Picture
from tests.drawings import drawing
from tests.unit.picture.story import T0, Story


def test_nothing_is_believed_before_an_inventory_is_in_force() -> None:
    with pytest.raises(NothingYetError):
        fold(None, Entry(1, T0, (ProbingStarted(T0, "p"),)))


def test_a_quiet_network_is_up() -> None:
    story = Story(drawing("noc-gw gw-a a-b"))
    assert story.verdicts() == {"noc": "up", "gw": "up", "a": "up", "b": "up"}
    assert not story.seen.open_incidents


def test_a_child_seen_dead_before_its_parent_is_never_accused() -> None:
    story = Story(drawing("noc-gw gw-core core-a a-b a-c gw-x"))
    story.now += 10.0
    effects = story.down("b")
    assert [effect.nodes for effect in effects if isinstance(effect, Confirm)] == [("a",)]
    assert story.verdicts()["b"] == "unreachable"
    assert story.named() == set()
    story.answer(effects, dead=frozenset({"a", "b", "c"}))
    story.answer(story.down("c"), dead=frozenset({"a", "b", "c"}))
    assert story.verdicts() == {
        "noc": "up", "gw": "up", "core": "up", "x": "up", "a": "down", "b": "unreachable", "c": "unreachable",
    }  # fmt: skip
    assert [span.verdict for site in ("b", "c") for span in story.seen.ledger[site]].count(Verdict.DOWN) == 0
    assert len(story.seen.open_incidents) == 1


def test_an_island_is_explained_although_a_question_was_lost() -> None:
    """The prober says that it has answered everything since: what is missing will not come."""
    story = Story(drawing("noc-gw gw-a a-b"))
    story.now += 10.0
    story.down("b")
    story.now += PATIENCE
    story.say(Coverage(story.now, "p", story.now))
    assert len(story.seen.open_incidents) == 1


def test_time_that_passed_while_nobody_was_asked_explains_nothing() -> None:
    """The machine was busy with something else: the clock ran, and the prober did not."""
    story = Story(drawing("noc-gw gw-a a-b"))
    story.now += 10.0
    asked = story.now
    story.down("b")
    story.now += 60.0
    story.say(Elapsed(story.now), Coverage(story.now, "p", asked - 1.0))
    assert not story.seen.open_incidents
    assert story.verdicts()["b"] == "unreachable"


def test_a_clock_set_back_covers_no_time_to_come() -> None:
    story = Story(drawing("noc-gw gw-a a-b"))
    story.say(Coverage(story.now, "p", story.now))
    story.now -= 300.0
    story.say(ProbingGap(story.now, "p", story.now, "the wall clock was stepped"))
    story.up("gw", "a", "b")
    story.now += 10.0
    story.down("b")
    assert not story.seen.open_incidents


@pytest.mark.parametrize("order", list(permutations("abc")))
def test_after_a_gap_the_first_to_be_found_dead_is_not_accused(order: tuple[str, ...]) -> None:
    """Nothing is known of anybody: the nodes beside it are asked, and waited for, whichever comes first."""
    story = Story(drawing("noc-gw gw-a a-b b-c gw-x"))
    story.now += 10.0
    story.say(ProbingGap(story.now, "p", story.now - 3.0, "probing stood still"))
    story.up("gw", "x")
    for node in order:
        story.now += 0.2
        effects = story.down(node, missed=story.now - 1.0)
        for asked in (effect.nodes for effect in effects if isinstance(effect, Confirm)):
            story.say(*(NodeConfirmed(story.now, one, story.now) for one in asked if one in ("gw", "x")))
        assert story.named() <= {"link:gw-a"}, "or its other end: a is silent in any case"
        assert {site for site, verdict in story.verdicts().items() if verdict == "down"} <= {"a"}
    assert story.named() == {"link:gw-a"}


def test_an_answer_is_one_although_it_was_not_said_before_that_the_node_is_up() -> None:
    """Events that could not be written are lost, and the prober does not say again what it has said."""
    story = Story(drawing("noc-gw gw-a"))
    story.now += 10.0
    story.say(ProbingGap(story.now, "journal", story.now - 3.0, "events were lost"))
    assert story.verdicts()["a"] == "unknown"
    story.say(NodeConfirmed(story.now, "a", story.now))
    assert story.verdicts()["a"] == "up"


def test_who_cannot_be_asked_is_not_waited_for() -> None:
    story = Story(drawing("noc-gw gw-a a-b"))
    story.now += 10.0
    story.say(ProbingGap(story.now, "p", story.now - 3.0, "probing stood still"))
    story.up("gw")
    effects = story.down("b")
    assert [effect.nodes for effect in effects if isinstance(effect, Confirm)] == [("a",)]
    story.now += 0.1
    assert not story.seen.open_incidents
    story.say(NodeUnknown(story.now, "a", story.now, "it is not pinged"))
    assert len(story.seen.open_incidents) == 1


def test_outage_times_are_those_of_first_miss_and_first_reply() -> None:
    story = Story(drawing("noc-gw gw-a a-b"))
    story.now = 2000.0
    story.answer(story.down("b", missed=1998.5))
    story.now = 2100.0
    story.say(NodeUp(2100.0, "b", 2099.25))
    outage = list(outages("b", story.seen.ledger["b"], 2200.0))
    assert [(one.start, one.end) for one in outage] == [(1998.5, 2099.25)]
    assert [(one.opened, one.closed) for one in story.seen.closed_incidents] == [(1998.5, 2099.25)]


def test_people_are_told_after_the_hold_and_when_it_ends() -> None:
    story = Story(drawing("noc-gw gw-a a-b"))
    story.lose("b")
    opened = story.seen.open_incidents[0].opened
    told = [effect for effect in story.effects if isinstance(effect, Announce)]
    assert told == []
    story.now = max(effect.at for effect in story.effects if isinstance(effect, Wake) and effect.at > opened + 4.9)
    effects = story.say(Elapsed(story.now))
    assert [(one.change) for one in effects if isinstance(one, Announce)] == ["opened"]
    effects = story.up("b")
    assert [(one.change) for one in effects if isinstance(one, Announce)] == ["closed"]


def test_a_blackout_shorter_than_the_hold_pages_nobody() -> None:
    story = Story(drawing("noc-gw gw-a a-b"))
    story.lose("b")
    story.now += 2.0
    story.up("b")
    story.now += 10.0
    story.say(Elapsed(story.now))
    assert not [effect for effect in story.effects if isinstance(effect, Announce)]
    assert len(story.seen.closed_incidents) == 1


def test_a_second_fault_that_surfaces_after_repair_is_a_new_incident_from_the_repair_on() -> None:
    story = Story(drawing("noc-gw gw-a a-b a-c a-d gw-x"))
    story.lose("a", "b", "c", "d")
    first = story.seen.open_incidents[0]
    story.now += 60.0
    back = story.now
    story.answer(story.up("a", "b", "d"), dead=frozenset({"c"}))
    story.answer(story.wake(), dead=frozenset({"c"}))
    assert [incident.id for incident in story.seen.closed_incidents] == [first.id]
    (second,) = story.seen.open_incidents
    assert second.id != first.id
    assert second.opened == back
    assert story.verdicts()["c"] == "down"
    assert [(span.verdict, span.incident) for span in story.seen.ledger["c"][-2:]] == [
        (Verdict.UNREACHABLE, first.id),
        (Verdict.DOWN, second.id),
    ]
    assert story.seen.ledger["c"][-1].start == back


def test_recovery_one_by_one_opens_nothing_new() -> None:
    story = Story(drawing("noc-gw gw-a a-b a-c a-d gw-x"))
    story.lose("a", "b", "c", "d")
    story.now += 60.0
    for node in "abcd":  # each reply arrives before the confirmations that the one before it asked for
        story.now += 0.05
        story.up(node)
    assert len(story.seen.closed_incidents) == 1
    assert not story.seen.open_incidents


def test_a_ring_cut_once_and_then_again() -> None:
    story = Story(drawing("noc-gw gw-a a-b b-c c-d d-gw", cables={"ab": "a-b", "cd": "c-d"}))
    story.lose("b", "c")
    assert story.verdicts()["a"] == "up"
    elements = {Element(ElementKind.CABLE, "ab"), Element(ElementKind.CABLE, "cd")}
    stated = {
        element
        for incident in story.seen.open_incidents
        for element in (incident.fault.element, *incident.fault.alternatives)
    }
    assert elements <= stated or {"link:a-b", "link:c-d"} <= {str(element) for element in stated}


def test_the_monitor_cut_off_is_one_incident_and_no_outage() -> None:
    story = Story(drawing("noc-gw gw-a gw-b a-c"))
    story.lose("a", "b", "c", "gw")
    assert {str(incident.fault.element) for incident in story.seen.open_incidents} == {"vantage:noc"}
    assert {story.verdicts()[site] for site in ("gw", "a", "b", "c")} == {"unknown"}
    story.now += 30.0
    story.up("gw", "a", "b", "c")
    assert not [one for site in "abc" for one in outages(site, story.seen.ledger[site], story.now)]
    assert not story.seen.open_incidents


def test_a_restart_in_an_outage_leaves_one_outage_with_an_unknown_gap() -> None:
    story = Story(drawing("noc-gw gw-a a-b"))
    story.lose("b")
    started = story.seen.open_incidents[0].opened
    incident = story.seen.open_incidents[0].id
    story.now += 5.0
    story.say(Coverage(story.now, "p", story.now))
    covered = story.now
    story.now += 20.0
    story.say(ProbingStarted(story.now, "p"))
    assert set(story.verdicts().values()) - {"up"} == {"unknown"}
    story.up("gw", "a")
    story.now += 1.5
    again = story.now - 1.0
    story.answer(story.down("b", missed=again), dead=frozenset({"b"}))
    assert [one.id for one in story.seen.open_incidents] == [incident]
    story.now += 10.0
    story.up("b")
    (outage,) = outages("b", story.seen.ledger["b"], story.now + 5.0)
    assert (outage.start, outage.end) == (started, story.now)
    assert outage.unknown_seconds == pytest.approx(again - covered)
    assert outage.incidents == (incident,)


def test_a_stopped_prober_knows_nothing_any_more() -> None:
    story = Story(drawing("noc-gw gw-a"))
    story.say(ProbingStopped(story.now, "p"))
    assert story.verdicts()["a"] == "unknown"


def test_a_replay_gives_the_same_picture() -> None:
    story = Story(drawing("noc-gw gw-a a-b a-c", cables={"ab": "a-b a-c"}))
    story.lose("b", "c")
    story.now += 9.0
    story.up("b", "c")
    again: Picture | None = None
    for entry in story.entries:
        again, _ = fold(again, entry)
    assert again is not None
    assert (again.site_findings, again.ledger, again.open_incidents, again.closed_incidents) == (
        story.seen.site_findings,
        story.seen.ledger,
        story.seen.open_incidents,
        story.seen.closed_incidents,
    )


def test_events_about_things_no_longer_drawn_are_ignored() -> None:
    story = Story(drawing("noc-gw gw-a a-b"))
    smaller = drawing("noc-gw gw-a", digest="other")
    story.say(InventoryInForce(story.now, "other"), inventory=smaller)
    story.down("b")
    assert "b" not in story.seen.nodes
    assert story.verdicts()["a"] == "up"


def ring() -> Story:
    """Draw gw–a–b–c–d–gw with a port on every end, all read as up."""
    story = Story(drawing("noc-gw gw-a a-b b-c c-d d-gw", ports=True))
    story.now += 5.0
    story.read("gw:a gw:d a:gw a:b b:a b:c c:b c:d d:c d:gw", up=True)
    return story


def test_a_cut_that_darkens_nothing_is_an_incident_until_a_port_is_up_again() -> None:
    story = ring()
    story.read("a:b b:a", up=False)
    assert story.named() == {"link:a-b"}
    (incident,) = story.seen.open_incidents
    assert incident.fault.sites == ()
    assert "gw-a" in story.seen.topology.bridges
    story.now += 60.0
    story.read("a:b b:a", up=True)
    assert not story.seen.open_incidents
    assert story.seen.topology.bridges == frozenset({"noc-gw"})


def test_the_second_cut_of_a_ring_is_told_from_a_dead_router() -> None:
    story = ring()
    story.read("a:b b:a", up=False)
    first = story.seen.open_incidents[0].id
    story.lose("b", "c")
    story.read("d:c", up=False)
    assert story.seen.open_incidents[0].id == first
    (second,) = (one for one in story.seen.open_incidents if one.id != first)
    stated = {str(element) for element in (second.fault.element, *second.fault.alternatives)}
    assert "link:c-d" in stated
    assert second.fault.sites == ("b", "c")


def test_what_a_port_said_before_the_silence_clears_nothing() -> None:
    story = Story(drawing("noc-gw gw-a a-b", ports=True))
    story.read("a:b b:a a:gw gw:a", up=True)
    story.lose("b")
    (incident,) = story.seen.open_incidents
    stated = {str(element) for element in (incident.fault.element, *incident.fault.alternatives)}
    assert stated == {"link:a-b", "node:b"}
    story.read("a:b", up=True)  # read after the silence: the line works, so the router does not
    (incident,) = story.seen.open_incidents
    assert (str(incident.fault.element), incident.fault.alternatives) == ("node:b", ())


def test_a_good_word_that_was_asked_for_before_the_silence_clears_nothing() -> None:
    """The poll was under way when the line was cut: its answer comes after the silence, and is older."""
    story = Story(drawing("noc-gw gw-a a-b", ports=True))
    story.lose("b")
    (incident,) = story.seen.open_incidents
    first_miss = story.seen.nodes["b"].since
    story.now += 1.0
    story.say(PortState(story.now, "a", "b", up=True, asked=first_miss - 0.1))
    assert story.seen.open_incidents == (incident,)
    story.say(PortState(story.now, "a", "b", up=True, asked=first_miss + 0.1))
    (incident,) = story.seen.open_incidents
    assert (str(incident.fault.element), incident.fault.alternatives) == ("node:b", ())


def test_ports_are_read_again_when_their_node_is_back() -> None:
    story = Story(drawing("noc-gw gw-a a-b", ports=True))
    story.read("a:b a:gw gw:a", up=True)
    story.lose("b")
    story.read("a:b", up=False)
    story.now += 60.0
    effects = story.up("b")
    assert [effect.nodes for effect in effects if isinstance(effect, ReadPorts)] == [("a",)]
    assert not story.seen.open_incidents  # the stale word of a:b opens nothing


def test_traps_are_kept_and_judge_nobody() -> None:
    story = Story(drawing("noc-a a-b b-c c-a"))
    before = story.seen
    for number in range(TRAPS_KEPT + 3):
        effects = story.say(TrapSeen(story.now + number, "a", TrapKind.LINK_DOWN, f"sfp{number}"))
        assert effects == ()
    assert [trap.port for trap in story.seen.traps["a"]] == [f"sfp{number}" for number in range(3, TRAPS_KEPT + 3)]
    assert story.seen.node_findings == before.node_findings
    assert story.seen.site_findings == before.site_findings
    assert story.seen.open_incidents == ()
    story.say(InventoryInForce(story.now, "other"), inventory=drawing("noc-b", digest="other"))
    assert story.seen.traps == {}
