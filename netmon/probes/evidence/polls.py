"""What a poll proves, as events: ports, light, reboots, neighbours and conditions, on change only. Pure.

`Known` is what was last said of a device. The first poll of a device says everything: the picture has to learn the
state of every port once. A failed poll proves nothing; after it, the device says again since when
it runs.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from netmon.events import Event, LightLevel, PortState, Rebooted, RunningSince
from netmon.probes.evidence.adjacency import Heard, hear
from netmon.probes.evidence.conditions import Conditions, conditions_after
from netmon.probes.snmp.reading import DevicePoll
from netmon.probes.vendors.rows import SystemRow
from netmon.probes.vendors.system import WRAP_SECONDS
from netmon.probes.vendors.tables import Part

LIGHT_STEP_DB = 1.0
MOST_PORTS = 1024  # of one device that are evidence: a liar must not fill the journal
REBOOT_MARGIN = 10.0  # seconds by which an uptime may lag between two polls without a restart
CLOCK_DRIFT = 1e-3  # of the time between two polls: the worst oscillators
_WRAPS = (WRAP_SECONDS, WRAP_SECONDS / 10)  # the second: hrSystemUptime of hosts that count milliseconds inside


@dataclass(frozen=True, slots=True)
class Known:
    """What was last journalled of one device, and its clocks at the poll of `monotonic`.

    `booted` is when it last started, Unix seconds. With `is_asked`, the next answer says so whether or not it is
    news: nobody can tell a reboot from a cut without it.
    """

    ports: Mapping[str, bool] = field(default_factory=dict)
    light: Mapping[str, float | None] = field(default_factory=dict)
    system: SystemRow | None = None
    monotonic: float = 0.0
    heard: Heard = field(default_factory=Heard)
    booted: float | None = None
    is_asked: bool = True
    conditions: Conditions = field(default_factory=Conditions)


def untold(known: Known) -> Known:
    """Return what is known as if the state of ports, light and the last start had never been said."""
    return replace(known, ports={}, light={}, is_asked=True)


def weigh(known: Known | None, poll: DevicePoll) -> tuple[Known, tuple[Event, ...]]:
    """Return what is known after a poll, and the events that say what changed."""
    known = Known() if known is None else known
    if poll.system is None:
        return replace(known, is_asked=True), ()
    booted, starts = _starts(known, poll, poll.system)
    ports, port_events = _ports(known, poll)
    light, light_events = _light(known, poll)
    heard, word = hear(known.heard, poll)
    is_asked = known.is_asked and booted is None
    conditions, changes = conditions_after(known.conditions, poll)
    after = Known(ports, light, poll.system, poll.monotonic, heard, booted, is_asked, conditions)
    return after, (*starts, *port_events, *light_events, *([] if word is None else [word]), *changes)


def _ports(known: Known, poll: DevicePoll) -> tuple[Mapping[str, bool], list[Event]]:
    """Compare states.

    A port that is gone from a complete table (module pulled, session over) carries nothing: down, then forgotten.
    """
    rows = poll.interfaces[:MOST_PORTS]
    said = {row.name: row.oper_up for row in rows if row.oper_up is not None}
    gone = known.ports.keys() - {row.name for row in rows} if poll.has_all(Part.INTERFACES) else frozenset()
    kept = {port: up for port, up in known.ports.items() if port not in gone}
    changed = {port: up for port, up in said.items() if known.ports.get(port) is not up}
    changed |= {port: False for port in sorted(gone) if known.ports[port]}
    return kept | said, [PortState(poll.ended, poll.node, port, up, asked=poll.at) for port, up in changed.items()]


def _light(known: Known, poll: DevicePoll) -> tuple[Mapping[str, float | None], list[Event]]:
    """Compare received light with what was last journalled; a module without a sample proves nothing."""
    levels = dict(known.light)
    events: list[Event] = []
    seen: set[str] = set()
    for row in poll.optics:
        power = row.receive_power_dbm
        if row.port in seen or (power is None and not row.receive_lost):
            continue
        seen.add(row.port)  # of two rows for one port the first counts: a port must not flap by itself
        if row.port not in levels or is_step(levels[row.port], power):
            levels[row.port] = power
            events.append(LightLevel(poll.ended, poll.node, row.port, power, asked=poll.at))
    return levels, events


def is_step(before: float | None, after: float | None) -> bool:
    """Say whether light appeared, vanished, or moved by a step worth an event."""
    if before is None or after is None:
        return before is not after
    return abs(after - before) >= LIGHT_STEP_DB


def _starts(known: Known, poll: DevicePoll, system: SystemRow) -> tuple[float | None, list[Event]]:
    """Return when the device last started, as far as it says, and the event that tells it if any must.

    An uptime that wrapped makes the start look later than it was: without a restart, the earlier one stands.
    """
    elapsed = poll.monotonic - known.monotonic
    has_restarted = known.system is not None and restarted(known.system, system, elapsed)
    uptime = system.host_seconds if system.host_seconds is not None else system.agent_seconds
    if known.system is not None and not _has_host_clock(known.system, system):
        uptime = system.agent_seconds
    if uptime is None:
        return known.booted, []
    booted = poll.at - uptime
    if has_restarted:
        return booted, [Rebooted(poll.ended, poll.node, booted, asked=poll.at)]
    if known.booted is not None:
        booted = min(booted, known.booted)
    return booted, [RunningSince(poll.ended, poll.node, booted, asked=poll.at)] if known.is_asked else []


def restarted(before: SystemRow, after: SystemRow, elapsed: float) -> bool:
    """Say whether the host restarted between two polls that are `elapsed` seconds apart.

    The host's own uptime decides where the agent reports it: an agent that restarts alone resets only sysUpTime.
    """
    if _has_host_clock(before, after):
        return _went_back(before.host_seconds, after.host_seconds, elapsed)
    return _went_back(before.agent_seconds, after.agent_seconds, elapsed)


def _has_host_clock(before: SystemRow, after: SystemRow) -> bool:
    return before.host_seconds is not None and after.host_seconds is not None


def _went_back(before: float | None, after: float | None, elapsed: float) -> bool:
    """Compare an uptime with what it must be by now; lagging by exactly one wrap of its counter is no restart."""
    if before is None or after is None:
        return False
    margin = REBOOT_MARGIN + CLOCK_DRIFT * elapsed
    lag = before + elapsed - after
    return lag > margin and all(abs(lag - wrap) > margin for wrap in _WRAPS)
