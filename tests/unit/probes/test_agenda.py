"""Turns: spread, stable, never made up for."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from netmon.probes.agenda import Agenda, next_turn, phase
from tests.characters import UNICODE

TARGETS = [f"rtr-{i}" for i in range(374)]


@given(st.text(UNICODE, min_size=1), st.floats(0.1, 86400), st.floats(0, 1e9))
def test_the_next_turn_is_within_one_interval(target: str, interval: float, now: float) -> None:
    turn = next_turn(target, interval, now)
    assert now - 1e-6 * max(1.0, now) <= turn <= now + interval * (1 + 1e-6) + 1e-6 * now
    assert 0 <= phase(target, interval) < interval


def test_polls_of_a_county_are_spread_over_the_interval() -> None:
    slots = [0] * 30
    for target in TARGETS:
        slots[int(phase(target, 30.0))] += 1
    assert min(slots) > 2
    assert max(slots) < 30


def test_every_target_has_one_turn_in_each_interval() -> None:
    agenda = Agenda()
    agenda.set_targets(dict.fromkeys(TARGETS, 30.0), 1000.0)
    for start in (1000.0, 1030.0, 1060.0):
        found: list[str] = []
        for tick in range(1, 301):
            found += agenda.take_due(start + tick / 10, most=1000)
        assert sorted(found) == sorted(TARGETS)
    assert agenda.skipped == 0


def test_a_restart_does_not_move_a_turn() -> None:
    first, second = Agenda(), Agenda()
    first.set_targets({"a": 30.0}, 1000.0)
    second.set_targets({"a": 30.0}, 5011.0)
    assert (first.next_due() or 0) % 30 == (second.next_due() or 0) % 30


def test_no_more_are_taken_than_wanted() -> None:
    agenda = Agenda()
    agenda.set_targets(dict.fromkeys(TARGETS, 30.0), 1000.0)
    taken = [agenda.take_due(1030.0, most=100) for _ in range(5)]
    assert [len(part) for part in taken] == [100, 100, 100, 74, 0]


def test_turns_slept_through_are_counted_not_made_up_for() -> None:
    agenda = Agenda()
    agenda.set_targets(dict.fromkeys(TARGETS, 30.0), 1000.0)
    assert agenda.take_due(1000.0 + 3600, most=1000) == []
    assert agenda.skipped == len(TARGETS)
    assert (agenda.next_due() or 0) <= 1000.0 + 3630


def test_a_hint_comes_first_and_the_regular_turn_stays() -> None:
    agenda = Agenda()
    agenda.set_targets({"a": 30.0}, 1000.0)
    regular = agenda.next_due()
    assert regular is not None
    agenda.bring_forward("a", 1000.5)
    assert agenda.next_due() == 1000.5
    assert agenda.take_due(1000.5, most=9) == ["a"]
    assert agenda.next_due() == regular


def test_a_hint_never_delays() -> None:
    agenda = Agenda()
    agenda.set_targets({"a": 30.0}, 1000.0)
    regular = agenda.next_due()
    agenda.bring_forward("a", 5000.0)
    agenda.bring_forward("stranger", 1000.0)
    assert agenda.next_due() == regular


def test_targets_that_leave_are_not_probed_and_those_that_stay_keep_their_turn() -> None:
    agenda = Agenda()
    agenda.set_targets({"a": 30.0, "b": 30.0}, 1000.0)
    agenda.bring_forward("b", 1001.0)
    agenda.set_targets({"b": 30.0, "c": 30.0}, 1000.5)
    assert agenda.take_due(1001.0, most=9) == ["b"]
    found = agenda.take_due(1035.0, most=9)
    assert "a" not in found
    assert "c" in found
    agenda.set_targets({}, 1036.0)
    assert agenda.next_due() is None


def test_a_changed_interval_counts_at_once() -> None:
    agenda = Agenda()
    agenda.set_targets({"a": 3600.0}, 1000.0)
    agenda.set_targets({"a": 1.0}, 1000.0)
    assert (agenda.next_due() or 0) <= 1001.0
