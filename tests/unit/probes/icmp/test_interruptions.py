"""Three clocks tell suspend, stall and clock step apart."""

from __future__ import annotations

import pytest

from netmon.probes.icmp.interruptions import Reading, interruption, judged_until
from tests.rows import every_row

BEFORE = Reading(wall=1_000_000.0, monotonic=500.0, boot=700.0)


def after(*, wall: float, monotonic: float, boot: float) -> Reading:
    return Reading(BEFORE.wall + wall, BEFORE.monotonic + monotonic, BEFORE.boot + boot)


@every_row(
    ("now", "reason", "lost_packets"),
    [
        (after(wall=3600.1, monotonic=0.1, boot=3600.1), "the machine was suspended for 3600 s", True),
        (after(wall=7.0, monotonic=7.0, boot=7.0), "probing stood still for 7.0 s", True),
        (after(wall=-30.0, monotonic=0.1, boot=0.1), "the wall clock was stepped by -30.100 s", False),
        (after(wall=60.1, monotonic=0.1, boot=0.1), "the wall clock was stepped by +60.000 s", False),
    ],
)
def test_each_interruption_has_its_name(now: Reading, reason: str, lost_packets: bool) -> None:
    found = interruption(BEFORE, now, longest_stall=2.0)
    assert found is not None
    assert (found.reason, found.lost_packets) == (reason, lost_packets)


@pytest.mark.parametrize(
    "now",
    [
        after(wall=0.1, monotonic=0.1, boot=0.1),
        after(wall=1.9, monotonic=1.9, boot=1.9),  # a slow turn of the loop
        after(wall=0.3, monotonic=0.1, boot=0.1),  # the clock is being slewed
    ],
)
def test_small_delays_are_no_interruption(now: Reading) -> None:
    assert interruption(BEFORE, now, longest_stall=2.0) is None


@every_row(
    ("before", "now", "until"),
    [(10.0, 10.15, 10.15), (10.0, 10.25, 10.25), (10.0, 11.4, 10.0), (float("-inf"), 10.0, float("-inf"))],
)
def test_what_ran_out_while_the_loop_was_late_is_looked_for_once_more(
    before: float, now: float, until: float
) -> None:
    assert judged_until(before, now, longest_sleep=0.3) == until
