"""A daemon is ready when its verdicts can be trusted, not when its first requests have left."""

from __future__ import annotations

from netmon.daemon.readiness import Readiness
from netmon.events import NodeDown, NodeUnknown, NodeUp
from tests.drawings import drawing
from tests.unit.picture.story import Story

DRAWN = drawing("noc-gw gw-a a-b b-c")


def test_every_node_has_a_word_first() -> None:
    readiness, picture = Readiness(), Story(DRAWN).seen
    assert readiness.missing(None) == ("no inventory in force yet",)
    readiness.expect(["gw", "a", "b", "gone"])
    readiness.hear([NodeUp(1.0, "gw", 1.0), NodeDown(1.0, "a", 1.0)])
    assert readiness.missing(picture) == ("1 of the pinged nodes have not been judged yet",)
    readiness.hear([NodeUnknown(2.0, "b", 1.0, "cannot send to it")])
    assert readiness.missing(picture) == ()  # `gone` is no longer drawn


def test_what_is_dark_has_its_fault_first_and_later_faults_change_nothing() -> None:
    readiness, story = Readiness(), Story(DRAWN)
    story.now += 10.0
    story.down("b")
    assert story.seen.pending
    assert readiness.missing(story.seen) == ("what is dark has no fault yet",)
    story.now += 10.0
    story.down("c")
    settled = Story(DRAWN).seen
    assert readiness.missing(settled) == ()
    assert readiness.missing(story.seen) == ()


def test_at_its_end_a_daemon_is_ready_no_more_before_nothing_is_known() -> None:
    readiness, story = Readiness(), Story(DRAWN)
    assert readiness.missing(story.seen) == ()
    readiness.end()
    assert readiness.missing(story.seen) == ("netmon is ending",)
