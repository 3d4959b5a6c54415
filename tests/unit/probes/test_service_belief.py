"""Two failures make a service down, one success makes it up."""

from __future__ import annotations

from netmon.events import Event, ServiceDown, ServiceUp
from netmon.model import Reach
from netmon.probes.belief.services import ServiceBelief, judge


def story(*failures: str | None) -> tuple[ServiceBelief, list[Event]]:
    """Judge checks that start every ten seconds and take one."""
    belief = ServiceBelief()
    said: list[Event] = []
    for turn, failure in enumerate(failures):
        belief, events = judge(belief, "web", 10.0 * turn, 10.0 * turn + 1, failure)
        said += events
    return belief, said


def test_the_first_success_is_said_once() -> None:
    belief, events = story(None, None)
    assert belief == ServiceBelief(Reach.UP)
    assert events == [ServiceUp(1.0, "web", since=0.0)]


def test_one_failure_is_only_a_suspicion() -> None:
    belief, events = story(None, "timeout")
    assert belief.is_suspect
    assert len(events) == 1
    assert not story(None, "timeout", None)[0].is_suspect


def test_two_failures_date_from_the_first() -> None:
    belief, events = story(None, "timeout", "refused", "refused")
    assert events[1:] == [ServiceDown(21.0, "web", since=10.0, reason="refused")]
    assert belief.reach is Reach.DOWN
    assert not belief.is_suspect


def test_failures_that_do_not_follow_each_other_do_not_add_up() -> None:
    assert [event.kind for event in story(None, "dns", None, "dns", None)[1]] == ["service-up"]


def test_what_never_answered_is_down_after_two_checks() -> None:
    assert story("dns", "dns")[1] == [ServiceDown(11.0, "web", since=0.0, reason="dns")]


def test_recovery_dates_from_the_check_that_succeeded() -> None:
    assert story("dns", "dns", None)[1][1:] == [ServiceUp(21.0, "web", since=20.0)]
