"""What nodes have heard on their ports, with its history: the raw material of discovery. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from netmon.events import NeighboursHeard
from netmon.model import Identity, Neighbour

REMEMBERED = 3
"""Neighbours that have gone, for each port: enough to say what was moved, and no more."""


@dataclass(frozen=True, slots=True)
class Hearing:
    """One neighbour on one port, heard from `since` on; `until` is when it had gone, None while it is there."""

    neighbour: Neighbour
    since: float
    until: float | None = None


@dataclass(frozen=True, slots=True)
class Ears:
    """What one node said of itself and heard, at its latest word `at` and before."""

    identity: Identity = field(default_factory=Identity)
    hearings: tuple[Hearing, ...] = ()
    at: float = 0.0


def listen(before: Ears | None, event: NeighboursHeard) -> Ears:
    """Return what a node has heard after one more word of it; who went is remembered for a while."""
    known = {} if before is None else {hearing.neighbour: hearing for hearing in before.hearings}
    now = []
    for neighbour in dict.fromkeys(event.heard):
        hearing = known.pop(neighbour, None)
        now.append(Hearing(neighbour, event.at) if hearing is None else replace(hearing, until=None))
    gone = [hearing if hearing.until is not None else replace(hearing, until=event.at) for hearing in known.values()]
    return Ears(event.identity, (*now, *_latest(gone)), event.at)


def listen_to(events: Iterable[NeighboursHeard]) -> Mapping[str, Ears]:
    """Return what all nodes have heard, from their words in the order of time."""
    ears: dict[str, Ears] = {}
    for event in events:
        ears[event.node] = listen(ears.get(event.node), event)
    return ears


def _latest(gone: Iterable[Hearing]) -> list[Hearing]:
    """Return the newest few of each port."""
    kept: list[Hearing] = []
    count: Counter[str] = Counter()
    for hearing in sorted(gone, key=lambda one: (-(one.until or 0.0), one.neighbour)):
        count[hearing.neighbour.port] += 1
        if count[hearing.neighbour.port] <= REMEMBERED:
            kept.append(hearing)
    return kept
