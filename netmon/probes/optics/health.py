"""The health of all lines of one device: which light of a poll is a sample of which line, and what is news."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from netmon.events import LightHealth
from netmon.probes.optics.limits import OLT_LIMIT, ONU_LIMIT, limit_of
from netmon.probes.optics.line import HOUR, Line, sampled
from netmon.probes.snmp.reading import DevicePoll
from netmon.probes.vendors.rows import OnuRow

MOST_LINES = 4096  # of one device
FORGOTTEN_AFTER = 28 * 86400.0  # seconds without a sample


class Condition(StrEnum):
    """How a line does. A line that has stepped may drift besides; the step is what is said."""

    WELL = "well"
    DRIFTING = "drifting"
    STEPPED = "stepped"


@dataclass(frozen=True, slots=True)
class LineHealth:
    """One line: its memory, its limit in dBm where it has one, and what was last said of it."""

    line: Line
    limit_dbm: float | None = None
    said: Condition = Condition.WELL

    @property
    def condition(self) -> Condition:
        """How the line does now."""
        if self.line.stepped is not None:
            return Condition.STEPPED
        return Condition.DRIFTING if self.line.is_drifting else Condition.WELL

    @property
    def lasting(self) -> tuple[object, ...]:
        """What has to outlive a restart; it changes about once a day."""
        return self.line.days, self.line.before, self.line.stepped, self.line.is_drifting, self.said

    @property
    def margin_db(self) -> float | None:
        """By how much the light exceeds what the receiver needs."""
        level = self.line.level
        return None if level is None or self.limit_dbm is None else level - self.limit_dbm

    @property
    def days_to_margin(self) -> float | None:
        """In how many days a drifting line will be at its limit."""
        return self.line.lasts_until(self.limit_dbm)


NEW_LINE = LineHealth(Line())

Lines = Mapping[str, LineHealth]
"""Lines of a device by name: a port, or `PORT:ONU` for what an ONU receives, `PORT:ONU up` for what the OLT does."""


def examined(lines: Lines, poll: DevicePoll) -> tuple[Lines, tuple[LightHealth, ...]]:
    """Return the lines after a poll, and the events that say whose condition changed."""
    after = {name: health for name, health in lines.items() if poll.at - health.line.at < FORGOTTEN_AFTER}
    events = []
    for name, power, limit in _samples(lines, poll):
        before = after.get(name)
        if before is None:
            if len(after) >= MOST_LINES:
                continue
            before = NEW_LINE
        health = LineHealth(sampled(before.line, poll.at, power), limit, before.said)
        if health.condition is not health.said:
            events.append(_event(poll, name, health))
            health = replace(health, said=health.condition)
        after[name] = health
    return after, tuple(events)


def _samples(lines: Lines, poll: DevicePoll) -> Iterator[tuple[str, float, float | None]]:
    """Yield name, power and limit of each line that a poll has a sample of."""
    speeds = {row.name: row.speed_bits_per_second for row in poll.interfaces}
    seen: set[str] = set()
    for row in poll.optics:
        if row.receive_power_dbm is None or row.port in seen:
            continue
        seen.add(row.port)
        known = lines.get(row.port)
        usual = None if known is None else known.line.baseline
        yield (
            row.port,
            row.receive_power_dbm,
            limit_of(row, speeds.get(row.port), usual, poll.expected_light.get(row.port)),
        )
    for onu in poll.onus:
        name = line_name(onu)
        for line, power, limit in (
            (name, onu.receive_power_dbm, ONU_LIMIT),
            (f"{name} up", onu.olt_receive_power_dbm, OLT_LIMIT),
        ):
            if power is not None and line not in seen and _is_fresh(lines.get(line), poll.at, power):
                seen.add(line)
                yield line, power, limit


def line_name(onu: OnuRow) -> str:
    """Return what the line to an ONU is called."""
    return f"{onu.port}:{onu.onu}"


def _is_fresh(known: LineHealth | None, at: float, power: float) -> bool:
    """Say whether an ONU's power is a sample: it is read once an hour, and stands in each poll until then."""
    if known is None or not known.line.recent:
        return True
    return power != known.line.recent[-1] or at - known.line.at >= HOUR


def _event(poll: DevicePoll, name: str, health: LineHealth) -> LightHealth:
    return LightHealth(
        at=poll.ended,
        node=poll.node,
        line=name,
        condition=health.condition.value,
        power_dbm=health.line.level,
        usual_dbm=health.line.baseline,
        days_to_margin=health.days_to_margin,
    )
