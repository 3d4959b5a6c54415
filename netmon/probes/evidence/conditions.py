"""What a poll proves beside ports, light and reboots: power, ONUs, routing and the health of lines. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from netmon.events import Event
from netmon.probes.evidence.onus import Onus, onus_after
from netmon.probes.evidence.sessions import Sessions, sessions_after
from netmon.probes.evidence.supplies import Supplies, power_after
from netmon.probes.optics.health import LineHealth, examined
from netmon.probes.snmp.reading import DevicePoll


@dataclass(frozen=True, slots=True)
class Conditions:
    """What was last said of one device in each of these."""

    supplies: Supplies = field(default_factory=Supplies)
    onus: Onus = field(default_factory=dict)
    sessions: Sessions = field(default_factory=dict)
    lines: Mapping[str, LineHealth] = field(default_factory=dict)


def conditions_after(known: Conditions, poll: DevicePoll) -> tuple[Conditions, tuple[Event, ...]]:
    """Return the conditions after a poll, and the events that say what changed."""
    supplies, power = power_after(known.supplies, poll)
    onus, states = onus_after(known.onus, poll)
    sessions, routing = sessions_after(known.sessions, poll)
    lines, light = examined(known.lines, poll)
    return Conditions(supplies, onus, sessions, lines), (*power, *states, *routing, *light)
