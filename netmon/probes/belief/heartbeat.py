"""What heartbeats of a service add up to: pure, one small value for each service.

One that is late may be lost on the way; a service is silent when so many in a row are missing that none of them was
merely late. Waiting is measured on the monotonic clock: while this machine sleeps, nobody can be heard.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from netmon.events import Event, ServiceConfirmed, ServiceDown, ServiceUp
from netmon.model import Reach, ServiceFailure

MISSING = 3
"""Heartbeats that may be missing before a service is called silent."""


@dataclass(frozen=True, slots=True)
class HeartbeatBelief:
    """What is held of a service: `heard` (wall clock) and `last` (monotonic) are of its latest heartbeat.

    Before the first one, both are of the moment from which it is waited for.
    """

    heard: float
    last: float
    reach: Reach = Reach.UNKNOWN


def heard(
    belief: HeartbeatBelief, service: str, at: float, monotonic: float, *, is_asked: bool
) -> tuple[HeartbeatBelief, tuple[Event, ...]]:
    """Return the belief after a heartbeat, and the event if it changed the word on the service, or was waited for."""
    after = replace(belief, heard=at, last=monotonic, reach=Reach.UP)
    if belief.reach is not Reach.UP:
        return after, (ServiceUp(at, service, since=at),)
    return after, (ServiceConfirmed(at, service, since=at),) if is_asked else ()


def waited(
    belief: HeartbeatBelief, service: str, interval: float, at: float, monotonic: float
) -> tuple[HeartbeatBelief, tuple[Event, ...]]:
    """Return the belief at a moment without one, and the event if the service is silent for too long by now.

    It is down since the first heartbeat that did not come.
    """
    if belief.reach is Reach.DOWN or monotonic - belief.last <= (MISSING + 0.5) * interval:
        return belief, ()
    since = min(belief.heard + interval, at)
    return replace(belief, reach=Reach.DOWN), (ServiceDown(at, service, since, ServiceFailure.SILENT),)
