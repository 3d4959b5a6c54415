"""32-bit counters over their wraps."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netmon.probes.evidence.counters import WRAP, Counted, carried
from netmon.probes.vendors.rows import InterfaceRow, SystemRow
from netmon.probes.vendors.system import WRAP_SECONDS

PORT = InterfaceRow(
    "ether1", 1, receive_bytes=WRAP - 10, receive_errors=3, counter_bits=32, speed_bits_per_second=1e8
)


def after(
    first: InterfaceRow, second: InterfaceRow, *, uptime: float = 1030.0, seconds: float = 30.0
) -> InterfaceRow:
    before = carried(Counted(), [first], SystemRow(agent_seconds=1000.0), 500.0)
    return carried(before, [second], SystemRow(agent_seconds=uptime), 500.0 + seconds).rows["ether1"]


@pytest.mark.quirk("all", "32-bit counters wrap: they are carried on where only one wrap is possible")
def test_a_wrap_goes_on() -> None:
    assert after(PORT, replace(PORT, receive_bytes=5)).receive_bytes == WRAP + 5


def test_a_counter_that_went_on_keeps_its_wraps() -> None:
    one = carried(Counted(), [PORT], SystemRow(agent_seconds=0.0), 0.0)
    two = carried(one, [replace(PORT, receive_bytes=5)], SystemRow(agent_seconds=30.0), 30.0)
    three = carried(two, [replace(PORT, receive_bytes=90)], SystemRow(agent_seconds=60.0), 60.0)
    assert three.rows["ether1"].receive_bytes == WRAP + 90


@pytest.mark.quirk("all", "an agent that restarted, and ifCounterDiscontinuityTime, start counters anew")
def test_a_new_life_and_a_discontinuity_start_anew() -> None:
    assert after(PORT, replace(PORT, receive_bytes=5), uptime=20.0).receive_bytes == 5
    assert after(PORT, replace(PORT, receive_bytes=5, discontinuity_seconds=1010.0)).receive_bytes == 5


def test_an_uptime_that_wraps_is_the_same_life() -> None:
    before = carried(Counted(), [PORT], SystemRow(agent_seconds=WRAP_SECONDS - 10), 0.0)
    row = carried(before, [replace(PORT, receive_bytes=5)], SystemRow(agent_seconds=20.0), 30.0).rows["ether1"]
    assert row.receive_bytes == WRAP + 5


def test_two_wraps_are_never_guessed() -> None:
    fast = replace(PORT, speed_bits_per_second=1e10)
    assert after(fast, replace(fast, receive_bytes=5)).receive_bytes == 5


def test_wide_counters_are_left_alone_and_narrow_ones_beside_them_are_not() -> None:
    wide = replace(PORT, counter_bits=64, receive_bytes=2**40, receive_errors=WRAP - 1)
    row = after(wide, replace(wide, receive_bytes=2**39, receive_errors=1))
    assert (row.receive_bytes, row.receive_errors) == (2**39, WRAP + 1)


def test_a_port_that_changed_its_index_keeps_its_counters() -> None:
    assert after(PORT, replace(PORT, index=9, receive_bytes=5)).receive_bytes == WRAP + 5


@given(st.lists(st.integers(0, 10**8), max_size=20))
def test_steps_add_up(steps: list[int]) -> None:
    counted, true = Counted(), 0
    for place, step in enumerate(steps):
        true += step
        row = replace(PORT, receive_bytes=true % WRAP)
        counted = carried(counted, [row], SystemRow(agent_seconds=30.0 * place), 30.0 * place)
        assert counted.rows["ether1"].receive_bytes == true
