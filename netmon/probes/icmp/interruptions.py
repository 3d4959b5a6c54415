"""Was the prober itself away? Suspend, stalled loops and stepped clocks, told apart by three clocks. Pure."""

from __future__ import annotations

from dataclasses import dataclass

STEP = 0.5
"""Seconds that the wall clock may drift from the others between two turns before it counts as stepped."""


@dataclass(frozen=True, slots=True)
class Reading:
    """Three clocks read together, seconds. `boot` is CLOCK_BOOTTIME, which unlike `monotonic` runs on in suspend."""

    wall: float
    monotonic: float
    boot: float


@dataclass(frozen=True, slots=True)
class Interruption:
    """Why the time between two readings cannot be accounted for."""

    reason: str
    lost_packets: bool
    """True when requests in flight can say nothing; False when only the wall clock moved."""


def interruption(before: Reading, after: Reading, *, longest_stall: float) -> Interruption | None:
    """Say whether something came between two turns of the loop.

    Args:
        before: the clocks at the end of the last turn.
        after: the clocks now.
        longest_stall: seconds for which the loop may stand still without losing its knowledge.
    """
    stalled = after.monotonic - before.monotonic
    suspended = (after.boot - before.boot) - stalled
    stepped = (after.wall - before.wall) - (after.boot - before.boot)
    if suspended > longest_stall:
        return Interruption(f"the machine was suspended for {suspended:.0f} s", lost_packets=True)
    if stalled > longest_stall:
        return Interruption(f"probing stood still for {stalled:.1f} s", lost_packets=True)
    if abs(stepped) > STEP:
        return Interruption(f"the wall clock was stepped by {stepped:+.3f} s", lost_packets=False)
    return None


def judged_until(before: float, now: float, *, longest_sleep: float) -> float:
    """Return the monotonic time up to which unanswered requests may be called missed, after reading the sockets.

    Nothing is called missed whose time ran out after the reading began: its reply may have come meanwhile. Where the
    loop was late, the whole machine may have been, and what the network stack has not got to yet counts as well: then
    only what was overdue at the reading before is.

    Args:
        before: when the reading before this one began.
        now: when this one began.
        longest_sleep: seconds between two readings of a loop that is not late.
    """
    return now if now - before <= longest_sleep else before
