"""Who is there: a silent prober is gone, a deaf listener declares nobody dead, and a new run is let in anew."""

from __future__ import annotations

from netmon.events import Member
from netmon.sharing.attendance import LOOK, SILENCE, Attendance

A, B = Member("a", "noc", since=1.0), Member("b", "noc", since=2.0)


def looks(seconds: float) -> int:
    return round(seconds / LOOK)


def test_who_is_silent_for_long_is_gone_and_who_is_heard_stays() -> None:
    there = Attendance()
    there.greeted(A, "run")
    there.greeted(B, "run")
    gone: list[str] = []
    for _ in range(looks(SILENCE)):
        there.heard("b", "run")
        gone += there.passed(LOOK, is_listening=True)
    assert gone == ["a"]
    assert list(there.members) == [B]


def test_a_listener_that_was_away_itself_declares_nobody_dead() -> None:
    there = Attendance((A,), {"a": "run"})
    assert there.passed(600.0, is_listening=True) == ()  # it was paused
    for _ in range(looks(3 * SILENCE)):
        assert there.passed(LOOK, is_listening=False) == ()  # it had no connection
    for _ in range(looks(SILENCE) - 1):
        assert there.passed(LOOK, is_listening=True) == ()
    assert there.passed(LOOK, is_listening=True) == ("a",)


def test_a_prober_that_stays_keeps_its_place_and_two_of_a_name_are_not_let_in() -> None:
    there = Attendance()
    assert there.greeted(A, "one")
    assert there.greeted(Member("a", "noc", since=9.0), "one")
    assert list(there.members) == [A]
    assert not there.greeted(Member("a", "noc", since=9.0), "two")
    there.heard("a", "two")
    there.left("a", "two")
    assert list(there.members) == [A]
    there.left("a", "one")
    assert list(there.members) == []
    assert there.greeted(Member("a", "noc", since=9.0), "two")
    assert there.greeted(Member("a", "jenu", since=11.0), "two")
    assert list(there.members) == [Member("a", "jenu", since=11.0)]


def test_who_was_there_before_this_listener_stays_when_it_is_heard() -> None:
    there = Attendance((A,))
    there.greeted(Member("a", "noc", since=50.0), "run")
    assert list(there.members) == [A]
