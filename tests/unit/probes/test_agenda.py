"""Turns: spread, stable, never made up for."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netmon.probes.agenda import MOST_TOGETHER, Agenda, next_turn, phase
from tests.characters import UNICODE

TARGETS = [f"rtr-{i}" for i in range(374)]


@given(st.text(UNICODE, min_size=1), st.floats(0.1, 86400), st.floats(0, 1e9), st.floats(0.01, 10) | st.just(0.0))
def test_the_next_turn_is_within_one_interval(target: str, interval: float, now: float, step: float) -> None:
    turn = next_turn(target, interval, now, step)
    assert now - 1e-6 * max(1.0, now) <= turn <= now + interval * (1 + 1e-6) + 1e-6 * now
    assert 0 <= phase(target, interval, step) < interval
    assert 0 <= phase(target, interval) - phase(target, interval, step) + 1e-9 * interval <= step + 2e-9 * interval


def test_polls_of_a_county_are_spread_over_the_interval() -> None:
    slots = [0] * 30
    for target in TARGETS:
        slots[int(phase(target, 30.0))] += 1
    assert min(slots) > 2
    assert max(slots) < 30


def _moments(agenda: Agenda, until: float) -> dict[float, list[str]]:
    """Return who comes at which moment."""
    found: dict[float, list[str]] = {}
    while (due := agenda.next_due()) is not None and due < until:
        found[due] = agenda.take_due(due, most=100_000)
    return found


def test_targets_of_one_step_come_at_one_moment_and_steps_are_spread() -> None:
    agenda = Agenda(together=1.0)
    agenda.set_targets(dict.fromkeys(TARGETS, 30.0), 1000.5)
    moments = _moments(agenda, 1030.5)
    assert list(moments) == [float(second) for second in range(1001, 1031)]
    assert sorted(target for targets in moments.values() for target in targets) == sorted(TARGETS)
    assert min(map(len, moments.values())) > 2


def test_many_targets_have_shorter_steps() -> None:
    agenda = Agenda(together=1.0)
    agenda.set_targets({f"rtr-{i}": 30.0 for i in range(5_000)}, 1000.0)
    moments = _moments(agenda, 1030.0)
    assert sum(map(len, moments.values())) == 5_000
    assert 5_000 / len(moments) == pytest.approx(MOST_TOGETHER, rel=0.01)
    assert max(map(len, moments.values())) < 3 * MOST_TOGETHER


@pytest.mark.parametrize("together", [0.0, 1.0])
def test_every_target_has_one_turn_in_each_interval(together: float) -> None:
    agenda = Agenda(together)
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
