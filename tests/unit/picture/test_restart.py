"""Outages that outlive the daemon: what was dark before a restart is the same outage when it is seen again."""

from __future__ import annotations

from itertools import permutations

import pytest

from netmon.events import Coverage, ProbingStarted
from netmon.model import Verdict
from netmon.picture.ledger import ANSWERING, outages
from netmon.picture.settle import PATIENCE
from tests.drawings import drawing
from tests.unit.picture.story import Story

VALLEY = ("b", "c", "d")


def cut_and_restarted() -> tuple[Story, str]:
    """Return a story in which the cable to three nodes was cut, and probing begun anew; and the incident's id."""
    story = Story(drawing("noc-gw gw-a a-b b-c b-d", cables={"k": "a-b"}, ports=True))
    story.lose(*VALLEY)
    (incident,) = story.seen.open_incidents
    story.now += 5.0
    story.say(Coverage(story.now, "p", story.now))
    story.now += 20.0
    story.say(ProbingStarted(story.now, "p"))
    return story, incident.id


@pytest.mark.parametrize("order", list(permutations(VALLEY)))
def test_nodes_seen_dark_again_one_by_one_keep_their_incident(order: tuple[str, ...]) -> None:
    story, incident = cut_and_restarted()
    story.up("gw", "a")
    for node in order:
        story.now += 0.5
        story.answer(story.down(node))
        assert [one.id for one in story.seen.open_incidents] == [incident]
    assert not story.seen.closed_incidents
    story.now += 5.0
    story.up(*VALLEY)
    assert [one.id for one in story.seen.closed_incidents] == [incident]
    for site in VALLEY:
        (outage,) = outages(site, story.seen.ledger[site], story.now)
        assert outage.incidents == (incident,)
        assert outage.unknown_seconds > 15.0
        during = [span for span in story.seen.ledger[site] if outage.start <= span.start < (outage.end or 0)]
        assert not ANSWERING.intersection(span.verdict for span in during)


@pytest.mark.parametrize("order", list(permutations(VALLEY)))
def test_a_cable_is_not_named_anew_before_all_that_it_darkened_has_been_tried(order: tuple[str, ...]) -> None:
    """Each is found dead at its own time, on a machine with much to do: the first was not the one that failed."""
    story = Story(drawing("noc-gw gw-a a-b a-c gw-d", cables={"k": "a-b a-c gw-d"}))
    story.lose(*VALLEY)
    assert story.named() == {"cable:k"}
    story.say(Coverage(story.now, "p", story.now))
    story.now += 20.0
    story.say(ProbingStarted(story.now, "p"))
    story.up("gw", "a")
    for node in order:
        story.now += 1.0
        story.answer(story.down(node))
        story.say(Coverage(story.now, "p", story.now - 1.0))
        assert story.named() == {"cable:k"}
        assert {found.verdict for found in story.seen.site_findings.values()} <= {
            "up",
            "unreachable",
            "unknown",
            "unserved",
        }
    assert story.seen.open_incidents[0].fault.nodes == VALLEY


@pytest.mark.parametrize("order", list(permutations(VALLEY)))
def test_a_cable_cut_while_nobody_looked_is_not_taken_for_a_router_first(order: tuple[str, ...]) -> None:
    story = Story(drawing("noc-gw gw-a a-b a-c gw-d", cables={"k": "a-b a-c gw-d"}))
    story.now += 20.0
    story.say(ProbingStarted(story.now, "p"))
    story.up("gw", "a")
    for node in order:
        story.now += 0.5
        story.answer(story.down(node))
        assert story.named() <= {"cable:k"}
    assert story.named() == {"cable:k"}


def test_what_cannot_be_tried_after_a_restart_is_not_waited_for_longer_than_an_answer() -> None:
    story = Story(drawing("noc-gw gw-a a-b a-c gw-d", cables={"k": "a-b a-c gw-d"}))
    story.lose(*VALLEY)
    story.say(Coverage(story.now, "p", story.now))
    story.now += 20.0
    story.say(ProbingStarted(story.now, "p"))
    story.up("gw", "a")
    story.now += 1.0
    story.answer(story.down("b"))
    story.now += 1.0 + PATIENCE
    story.say(Coverage(story.now, "p", story.now))
    assert not story.seen.pending
    assert {str(one) for one in story.named()} <= {"node:b", "link:a-b"}


def test_a_port_seen_down_first_does_not_end_the_incident() -> None:
    """The live end of the line is read before the dark nodes are judged again."""
    story, incident = cut_and_restarted()
    drawn = story.inventory.links["a-b"].a
    story.up("gw", "a")
    assert drawn.port is not None
    story.read(f"{drawn.node}:{drawn.port}", up=False)
    story.now += 2.0
    story.answer(story.down("d"))
    assert [one.id for one in story.seen.open_incidents] == [incident]
    assert not story.seen.closed_incidents


def test_what_came_back_unseen_was_repaired() -> None:
    story, incident = cut_and_restarted()
    story.up("gw", "a", *VALLEY)
    assert not story.seen.open_incidents
    assert [one.id for one in story.seen.closed_incidents] == [incident]


def test_only_a_part_came_back_unseen() -> None:
    """The cable was spliced meanwhile: what is still dark has a fault of its own."""
    story, incident = cut_and_restarted()
    story.up("gw", "a", "b", "c")
    assert story.verdicts()["d"] == "unknown"
    story.now += 2.0
    story.answer(story.down("d"), dead=frozenset("d"))
    story.answer(story.wake(), dead=frozenset("d"))
    (still,) = story.seen.open_incidents
    assert still.id != incident
    assert still.fault.nodes == ("d",)
    assert [one.id for one in story.seen.closed_incidents] == [incident]


def test_a_monitor_killed_before_its_first_word_of_coverage_has_seen_nothing_since() -> None:
    """What was last said of each node was known when it was said, and nothing until probing begins anew."""
    story = Story(drawing("noc-gw gw-a a-b b-c b-d", cables={"k": "a-b"}, ports=True))
    story.now += 2.0
    story.lose(*VALLEY)
    killed = story.now
    story.now += 10_000.0
    story.say(ProbingStarted(story.now, "p"))
    story.up("gw", "a")
    story.answer(story.down(*VALLEY))
    for site in VALLEY:
        (outage,) = outages(site, story.seen.ledger[site], story.now)
        assert outage.start < killed
        assert 9_990.0 < outage.unknown_seconds <= 10_000.0
    assert [span.verdict for span in story.seen.ledger["a"] if span.start <= killed][-1] is Verdict.UNKNOWN
