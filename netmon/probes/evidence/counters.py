"""Carry 32-bit counters of ports over their wraps, so that what is exported only grows while the agent lives. Pure.

A counter is carried on only where that is certain: the same life of the agent, no discontinuity between, and too
little time for more than one wrap at the speed of the port. Elsewhere it starts anew, as Prometheus allows a counter.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from netmon.probes.vendors.rows import InterfaceRow, SystemRow
from netmon.probes.vendors.system import WRAP_SECONDS

WRAP = 2**32
BYTES = ("receive_bytes", "transmit_bytes")
FRAMES = ("receive_errors", "transmit_errors", "receive_discards", "transmit_discards")  # 32 bits on every agent
LEAST_FRAME_BITS = 64 * 8
UPTIME_MARGIN = 10.0  # seconds by which sysUpTime may lag between two polls of one life
_UNKNOWN_SPEED = 1e9  # of a port that does not say


@dataclass(frozen=True, slots=True)
class Counted:
    """The ports as last exported, and when that was on the monotonic clock."""

    rows: Mapping[str, InterfaceRow] = field(default_factory=dict)
    system: SystemRow | None = None
    monotonic: float = 0.0


def carried(before: Counted, rows: Sequence[InterfaceRow], system: SystemRow | None, monotonic: float) -> Counted:
    """Return the ports of a poll at `monotonic` with their counters carried on from those of the poll before."""
    elapsed = monotonic - before.monotonic
    is_same_life = _is_same_life(before.system, system, elapsed)
    return Counted(
        {row.name: _carry(before.rows.get(row.name), row, elapsed) if is_same_life else row for row in rows},
        system,
        monotonic,
    )


def _is_same_life(before: SystemRow | None, after: SystemRow | None, elapsed: float) -> bool:
    if before is None or after is None or before.agent_seconds is None or after.agent_seconds is None:
        return False
    lag = before.agent_seconds + elapsed - after.agent_seconds
    return abs(lag) <= UPTIME_MARGIN or abs(lag - WRAP_SECONDS) <= UPTIME_MARGIN


def _carry(before: InterfaceRow | None, row: InterfaceRow, elapsed: float) -> InterfaceRow:
    if before is None or before.discontinuity_seconds != row.discontinuity_seconds or elapsed <= 0:
        return row
    speed = max(row.speed_bits_per_second or _UNKNOWN_SPEED, before.speed_bits_per_second or _UNKNOWN_SPEED)
    names: tuple[str, ...] = ()
    if row.counter_bits == before.counter_bits == 32 and speed / 8 * elapsed < WRAP:
        names += BYTES
    if speed / LEAST_FRAME_BITS * elapsed < WRAP:
        names += FRAMES
    on: dict[str, Any] = {}
    for name in names:
        was, now = getattr(before, name), getattr(row, name)
        if was is not None and now is not None and (carried_on := _on(was, now)) != now:
            on[name] = carried_on
    return replace(row, **on) if on else row


def _on(was: int, now: int) -> int:
    """Return a counter that went on from `was`, of which the agent shows the low 32 bits."""
    return was + (now - was) % WRAP if now < WRAP else now
