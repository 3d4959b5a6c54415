"""Whose light may be asked for: once an hour each, so many a minute for an OLT, across restarts."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from netmon.probes.snmp.onu_budget import LEAST_GAP, MOST_A_MINUTE, due, remembered, still_worth

ONUS = tuple(f"4194304000.{number}" for number in range(200))


def test_who_was_never_asked_goes_first_then_who_was_asked_longest_ago() -> None:
    asked = {"a": 100.0, "b": 50.0, "c": 4000.0}
    assert due(("a", "b", "c", "d"), asked, 5000.0) == ("d", "b", "a")
    assert due(("a", "b", "c", "d"), asked, 5000.0, most=2) == ("d", "b")


def test_an_hour_is_an_hour() -> None:
    assert due(("a",), {"a": 0.0}, LEAST_GAP - 0.001) == ()
    assert due(("a",), {"a": 0.0}, LEAST_GAP) == ("a",)


def test_an_onu_that_is_listed_twice_is_asked_once() -> None:
    assert due(("a", "a"), {}, 0.0) == ("a",)


def test_a_large_olt_is_asked_so_many_a_minute() -> None:
    first = due(ONUS, {}, 0.0, most=1000)
    assert len(first) == MOST_A_MINUTE
    asked = dict.fromkeys(first, 0.0)
    assert due(ONUS, asked, 59.9) == ()
    second = due(ONUS, asked, 60.0)
    assert len(second) == MOST_A_MINUTE
    assert not set(first) & set(second)


def test_the_budget_of_an_olt_holds_across_a_restart() -> None:
    asked = dict.fromkeys(due(ONUS, {}, 1000.0), 1000.0)
    stored = dict.fromkeys(asked, 1700000000.0)
    again = remembered(stored, wall=1_700_000_030.0, now=5.0)  # 30 s later, by a monotonic clock that began anew
    assert due(ONUS, again, 5.0) == ()
    assert len(due(ONUS, again, 40.0)) == MOST_A_MINUTE
    assert not set(due(ONUS, again, 40.0)) & set(asked)
    assert due(("x",), remembered({"x": 0.0}, LEAST_GAP, 7.0), 7.0) == ("x",)


def test_a_wall_clock_that_stepped_back_costs_an_hour_and_no_read_too_many() -> None:
    asked = remembered({"a": 2_000_000_000.0}, wall=1_000.0, now=50.0)
    assert due(("a",), asked, 50.0 + LEAST_GAP - 1) == ()
    assert due(("a",), asked, 50.0 + LEAST_GAP) == ("a",)


def test_what_has_to_be_remembered_is_bounded() -> None:
    asked = {"gone, long ago": 0.0, "gone, lately": 4000.0, "listed": 0.0}
    assert still_worth(asked, ["listed"], 5000.0) == {"gone, lately": 4000.0, "listed": 0.0}


@given(
    st.lists(
        st.tuples(st.floats(0.0, 1800.0), st.integers(0, 30), st.booleans(), st.floats(-5000.0, 5000.0)), max_size=40
    )
)
def test_never_twice_within_an_hour(polls: list[tuple[float, int, bool, float]]) -> None:
    """Whatever polls, restarts and steps of the wall clock backwards come: real time decides."""
    real = 0.0
    offset = 0.0  # of the wall clock
    read: dict[str, float] = {}
    asked: dict[str, float] = {}
    stored: dict[str, float] = {}
    for wait, first, restarts, step in polls:
        real += wait
        offset += min(step, 0.0)
        if restarts:
            asked = remembered(stored, real + offset, real)
        onus = ONUS[first : first + 20]
        chosen = due(onus, asked, real, 8)
        for onu in chosen:
            assert real - read.get(onu, -LEAST_GAP) >= LEAST_GAP - 1e-6
            read[onu] = real
        asked = {**still_worth(asked, onus, real), **dict.fromkeys(chosen, real)}
        stored.update(dict.fromkeys(chosen, real + offset))
