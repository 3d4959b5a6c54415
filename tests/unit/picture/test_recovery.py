"""While a fault is being repaired, what is not back yet is accused of nothing; what stays silent is, soon after."""

from __future__ import annotations

import pytest

from netmon.events import Confirm, Coverage, NodeDown, NodeUp, Wake
from netmon.model import Verdict
from netmon.picture.recovery import ROUTES_RETURN
from tests.drawings import drawing
from tests.unit.picture.story import Story


def cable_cut() -> Story:
    """Return a valley of three behind one cable, which was cut and named: both its live ports are down."""
    story = Story(drawing("noc-gw gw-a a-b a-c a-d gw-x", cables={"k": "a-b a-c a-d"}, ports=True))
    story.now += 10.0
    story.read("a:b a:c a:d", up=False)
    story.lose("b", "c", "d")
    assert story.named() == {"cable:k"}
    return story


def test_a_port_that_is_well_before_anything_behind_it_answers_accuses_nobody() -> None:
    story = cable_cut()
    (cut,) = story.seen.open_incidents
    story.now += 60.0
    effects = story.read("a:b a:c a:d", up=True)
    asked = {node for effect in effects if isinstance(effect, Confirm) for node in effect.nodes}
    assert asked == {"b", "c", "d"}
    assert [one.id for one in story.seen.open_incidents] == [cut.id]
    assert set(story.verdicts().values()) == {"up", "unreachable"}
    story.answer(effects)  # they all answer, late or soon
    story.up("b", "c", "d")
    assert not story.seen.open_incidents
    assert not any(span.verdict is Verdict.DOWN for spans in story.seen.ledger.values() for span in spans)


def test_what_has_no_route_yet_is_asked_again_when_routes_had_their_time() -> None:
    story = cable_cut()
    story.now += 60.0
    back = story.now
    effects = story.up("b", "c")
    story.answer(effects, dead=frozenset("d"))
    assert story.verdicts()["d"] == "unreachable"
    assert Wake(back + ROUTES_RETURN) in story.effects
    story.up("d")
    assert not story.seen.open_incidents
    assert [span.verdict for span in story.seen.ledger["d"]] == [Verdict.UP, Verdict.UNREACHABLE, Verdict.UP]


def test_a_question_is_put_once_and_once_more_however_much_else_is_said() -> None:
    story = cable_cut()
    story.now += 60.0
    back = story.now - 0.05
    before = len(story.effects)
    story.answer(story.say(*(NodeUp(story.now, node, back) for node in "bc")), dead=frozenset("d"))
    for _ in range(5):
        story.now += 0.1
        story.answer(story.say(Coverage(story.now, "p", story.now)), dead=frozenset("d"))
    story.now = back + ROUTES_RETURN
    for _ in range(5):
        story.now += 0.1
        story.answer(story.say(Coverage(story.now, "p", story.now)), dead=frozenset("d"))
    asked = [effect.nodes for effect in story.effects[before:] if isinstance(effect, Confirm) and "d" in effect.nodes]
    assert asked == [("d",), ("d",)]
    assert story.verdicts()["d"] == "down"


def test_what_stays_silent_has_a_fault_of_its_own_from_the_repair_on() -> None:
    story = cable_cut()
    (cut,) = story.seen.open_incidents
    story.now += 60.0
    back = story.now
    story.answer(story.up("b", "c"), dead=frozenset("d"))
    story.answer(story.wake(), dead=frozenset("d"))
    (own,) = story.seen.open_incidents
    assert own.id != cut.id
    assert own.opened == back
    assert own.fault.nodes == ("d",)


@pytest.mark.parametrize("answers", [True, False])
def test_a_lost_question_does_not_leave_it_unexplained(answers: bool) -> None:
    story = cable_cut()
    story.now += 60.0
    story.up("b", "c")
    story.now += ROUTES_RETURN + 0.1
    effects = story.say(Coverage(story.now, "p", story.now))
    if answers:
        story.answer(effects, dead=frozenset("d"))
    story.now += 3.1
    story.say(Coverage(story.now, "p", story.now))
    assert story.verdicts()["d"] == "down"


def test_a_port_that_was_never_down_repairs_nothing() -> None:
    """It is read twice a minute, and a router that hangs behind it is named without delay."""
    story = Story(drawing("noc-gw gw-a a-b gw-x", ports=True))
    story.now += 10.0
    story.read("a:b", up=True)
    story.lose("b")
    story.read("a:b", up=True)
    assert story.named() == {"node:b"}
    before = len(story.effects)
    story.now += 30.0
    story.read("a:b", up=True)
    assert not any(isinstance(effect, Confirm) for effect in story.effects[before:])
    assert story.verdicts()["b"] == "down"


def test_what_comes_back_last_from_an_outage_that_was_over_before_it_was_named_is_not_taken_for_it() -> None:
    story = Story(drawing("noc-gw gw-a a-b b-c gw-x", ports=True))
    story.now += 10.0
    story.say(*(NodeDown(story.now, node, story.now - 0.8) for node in "bc"))  # and nobody answers what is asked
    story.now += 1.0
    story.up("b")
    assert not story.seen.open_incidents
    story.up("c")
    assert not (*story.seen.open_incidents, *story.seen.closed_incidents)
