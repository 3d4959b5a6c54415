"""How many clients an access point has, and what counts in a row prove: pure.

Counts are measurements; only that somebody comes after nobody, or nobody for an hour, is an event: a few a day for
each wifi. A poll that fails says nothing, and a quarter of an hour without a count is one of which nothing is known.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from netmon.events import ClientsSeen, Event
from netmon.probes.snmp.reading import DevicePoll
from netmon.probes.vendors.tables import Part

QUIET = 3_600.0
"""Seconds without any client after which nobody uses a wifi."""
LOST = 900.0
"""Seconds without a count after which nothing is known."""


@dataclass(frozen=True, slots=True)
class Usage:
    """What was last told of a wifi (None: nothing), when it was last counted, and since when nobody was."""

    told: bool | None = None
    counted: float | None = None
    zero_from: float | None = None


def clients_of(poll: DevicePoll) -> int | None:
    """Return the clients of all radios of a device; None where it neither counts nor lists any.

    A radio that does not count its clients may list them; from an empty list alone it is not known that it would.
    """
    if not poll.ok or Part.RADIOS in poll.failed:
        return None
    counted = {radio.port: radio.stations for radio in poll.radios if radio.stations is not None}
    listed = sum(station.port not in counted for station in poll.stations)
    return sum(counted.values()) + listed if counted or listed else None


def together(counts: Iterable[int | None]) -> int | None:
    """Return the clients of several access points: nobody only when each of them says so."""
    every = list(counts)
    known = [count for count in every if count is not None]
    return sum(known) if any(known) or (every and len(known) == len(every)) else None


def tallied(usage: Usage, service: str, at: float, count: int | None) -> tuple[Usage, tuple[Event, ...]]:
    """Return the usage after one look at the counts, and the event that says what has changed."""
    lost = usage.counted is not None and at - usage.counted > LOST
    if count is None:
        if usage.counted is None or not lost or usage.told is None:
            return usage, ()
        return Usage(counted=usage.counted), (ClientsSeen(at, service, None, since=usage.counted),)
    if count > 0:
        after = Usage(told=True, counted=at)
        return after, () if usage.told is True else (ClientsSeen(at, service, some=True, since=at),)
    begins = at if usage.zero_from is None or lost else usage.zero_from
    after = replace(usage, counted=at, zero_from=begins)
    if usage.told is False or at - begins < QUIET:
        return after, ()
    return replace(after, told=False), (ClientsSeen(at, service, some=False, since=begins),)
