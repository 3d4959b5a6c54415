"""Which ONUs of an OLT went off and which came back, and why. Pure.

What an OLT lists at first is no news: an ONU that has been off since last year is not an outage of today.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from netmon.events import OnuState
from netmon.probes.snmp.reading import DevicePoll
from netmon.probes.vendors.rows import OnuRow
from netmon.probes.vendors.tables import Part

MOST_ONUS = 4096  # of one OLT
MOST_AT_ONCE = 256  # events of one poll; the rest are said in the next ones


@dataclass(frozen=True, slots=True)
class Seen:
    """What was last said of an ONU, and the length of its fibre when it was last measured."""

    online: bool
    distance_meters: float | None = None


Onus = Mapping[tuple[str, int], Seen]


def onus_after(known: Onus, poll: DevicePoll) -> tuple[Onus, tuple[OnuState, ...]]:
    """Return what is known after a poll, and the events that say what changed.

    An ONU that is no longer listed in a complete table was taken off the list by somebody, and is forgotten.
    """
    if poll.system is None:
        return known, ()
    listed = {row.key for row in poll.onus}
    after = {key: seen for key, seen in known.items() if key in listed or not poll.has_all(Part.ONUS)}
    events: list[OnuState] = []
    for row in poll.onus[:MOST_ONUS]:
        before = known.get(row.key)
        online = row.online
        if online is None:
            continue
        distance = row.distance_meters or (before.distance_meters if before is not None else None)
        if before is None:
            after[row.key] = Seen(online, distance)
        elif before.online is online:
            after[row.key] = replace(before, distance_meters=distance)
        elif len(events) < MOST_AT_ONCE:
            after[row.key] = Seen(online, distance)
            events.append(_event(poll, row, online, distance))
    return after, tuple(events)


def _event(poll: DevicePoll, row: OnuRow, online: bool, distance: float | None) -> OnuState:
    cause = None if online or row.last_down_cause is None else row.last_down_cause.value
    return OnuState(poll.ended, poll.node, row.port, row.onu, online, cause, row.name, row.serial, distance)
