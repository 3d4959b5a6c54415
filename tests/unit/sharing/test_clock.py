"""A prober dates what it sees by the clock of whoever writes the journal."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from netmon.clock import TOLERATED, FakeClock, SteeredClock


@given(st.floats(-3600.0, 3600.0), st.floats(0.0, 1.0), st.floats(0.0, 1.0))
def test_a_wrong_clock_is_set_and_one_that_is_right_enough_is_left_alone(
    skew: float, way: float, back: float
) -> None:
    here, there = FakeClock(wall=1e9), FakeClock(wall=1e9 + skew)
    steered = SteeredClock(here)
    for _ in range(3):
        asked = steered.wall()
        here.advance(way)
        there.advance(way)
        theirs = there.wall()
        here.advance(back)
        there.advance(back)
        steered.steer(theirs, asked, steered.wall())
    error = steered.wall() - there.wall()
    assert abs(error) <= TOLERATED + way + back
    if abs(skew) <= TOLERATED - 1e-6:
        assert steered.offset == 0.0
    assert steered.monotonic() == here.monotonic()
