"""Which routing neighbours of a device were lost and which are back. Pure.

An agent deletes neighbours that are dead, so one that is gone from a complete table is lost. What is there at first
is no news.
"""

from __future__ import annotations

from collections.abc import Mapping

from netmon.events import RoutingState
from netmon.probes.snmp.reading import DevicePoll
from netmon.probes.vendors.tables import Part

MOST_NEIGHBOURS = 256  # of one device

Sessions = Mapping[tuple[str, str], bool]
"""By protocol and neighbour, whether routes are exchanged with it."""


def sessions_after(known: Sessions, poll: DevicePoll) -> tuple[Sessions, tuple[RoutingState, ...]]:
    """Return what is known after a poll, and the events that say what changed.

    A neighbour that is gone is remembered as lost, so that its return is news, until others take its place.
    """
    if poll.system is None:
        return known, ()
    after = dict(known)
    events: list[RoutingState] = []

    def say(protocol: str, neighbour: str, up: bool, state: str) -> None:
        events.append(RoutingState(poll.ended, poll.node, protocol, neighbour, up, state))

    for row in poll.routing[:MOST_NEIGHBOURS]:
        if row.is_up is None:
            continue
        if row.key in known and known[row.key] is not row.is_up:
            say(row.protocol, row.neighbour, row.is_up, row.state or "")
        after[row.key] = row.is_up
    if poll.has_all(Part.ROUTING):
        listed = {row.key for row in poll.routing}
        for (protocol, neighbour), up in known.items():
            if up and (protocol, neighbour) not in listed:
                say(protocol, neighbour, up=False, state="gone")
                after[protocol, neighbour] = False
        surplus = len(after) - MOST_NEIGHBOURS
        for key in [key for key in after if key not in listed][: max(surplus, 0)]:
            del after[key]
    return after, tuple(events)
