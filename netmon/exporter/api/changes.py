"""What changed between two pictures, and the feed that tells it to every open event stream.

A slow reader never costs memory: what it has not taken yet is one change, merged with whatever comes after.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from netmon.model import Finding
from netmon.picture.state import Incident, Picture, ServiceFault


class Turnover(NamedTuple):
    """The ids of faults that opened, changed and closed."""

    opened: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    closed: tuple[str, ...] = ()


NOTHING = Turnover()


@dataclass(frozen=True, slots=True)
class Change:
    """What became different up to the picture `at` (Unix seconds) and `position`.

    `nodes` and `sites` hold the new findings; None means gone from the drawing. `surroundings` tells that ports,
    light, redundancy, services, regions not yet explained, or the drawing itself differ.
    """

    at: float
    position: int
    nodes: Mapping[str, Finding | None] = field(default_factory=dict)
    sites: Mapping[str, Finding | None] = field(default_factory=dict)
    faults: Turnover = NOTHING
    service_faults: Turnover = NOTHING
    surroundings: bool = False

    def __bool__(self) -> bool:
        return bool(
            self.nodes or self.sites or any(self.faults) or any(self.service_faults) or self.surroundings,
        )


def between(before: Picture, after: Picture) -> Change:
    """Return what became different from `before` to `after`; falsy when nothing that people see did."""
    return Change(
        at=after.at,
        position=after.position,
        nodes=_differing(before.node_findings, after.node_findings),
        sites=_differing(before.site_findings, after.site_findings),
        faults=_turnover(before.open_incidents, after.open_incidents),
        service_faults=_turnover(before.service_faults, after.service_faults),
        surroundings=_surroundings(before) != _surroundings(after),
    )


def merge(earlier: Change, later: Change) -> Change:
    """Return both changes as one, as a reader sees them who slept through the first."""
    return Change(
        at=later.at,
        position=later.position,
        nodes={**earlier.nodes, **later.nodes},
        sites={**earlier.sites, **later.sites},
        faults=_merged(earlier.faults, later.faults),
        service_faults=_merged(earlier.service_faults, later.service_faults),
        surroundings=earlier.surroundings or later.surroundings,
    )


class TooManyReadersError(Exception):
    """The feed has as many readers as it may have."""


class ChangeFeed:
    """Hands every change to every reader; used from one event loop only."""

    def __init__(self, limit: int = 64) -> None:
        self._limit = limit
        self._readers: set[Reader] = set()
        self._closed = False

    @property
    def readers(self) -> int:
        """How many readers are open."""
        return len(self._readers)

    def publish(self, before: Picture, after: Picture) -> None:
        """Tell every reader what became different between two pictures."""
        if before is after or not self._readers:
            return
        change = between(before, after)
        if not change:
            return
        merged: dict[int, Change] = {}  # by what waited: readers who waited for the same now wait for the same
        for reader in self._readers:
            waiting = reader.pending
            if id(waiting) not in merged:
                merged[id(waiting)] = change if waiting is None else merge(waiting, change)
            reader.offer(merged[id(waiting)])

    def open(self) -> Reader:
        """Return a new reader, which its user closes.

        Raises:
            TooManyReadersError: as many readers as may be are open already.
        """
        if len(self._readers) >= self._limit:
            raise TooManyReadersError
        reader = Reader(self._readers.discard)
        self._readers.add(reader)
        if self._closed:
            reader.end()
        return reader

    def close(self) -> None:
        """End every reader, so that a server can stop in good order."""
        self._closed = True
        for reader in self._readers:
            reader.end()


class Reader:
    """One stream's end of the feed."""

    def __init__(self, forget: Callable[[Reader], None]) -> None:
        self.ended = False
        self.pending: Change | None = None
        """What has not been taken yet."""
        self._forget = forget
        self._wake = asyncio.Event()

    def offer(self, change: Change) -> None:
        """Keep a change, with all that was pending in it, until it is taken."""
        self.pending = change
        self._wake.set()

    def end(self) -> None:
        """Let the reader know that no further change will come."""
        self.ended = True
        self._wake.set()

    def close(self) -> None:
        """Take no more changes."""
        self._forget(self)

    async def take(self, patience: float) -> Change | None:
        """Return what changed since the last call; None after `patience` seconds of silence, or at the end."""
        try:
            async with asyncio.timeout(patience):
                await self._wake.wait()
        except TimeoutError:
            return None
        if not self.ended:
            self._wake.clear()
        change, self.pending = self.pending, None
        return change


def _turnover(before: Sequence[Incident | ServiceFault], after: Sequence[Incident | ServiceFault]) -> Turnover:
    if before is after:
        return NOTHING
    old, new = {fault.id: fault for fault in before}, {fault.id: fault for fault in after}
    return Turnover(
        tuple(known for known in new if known not in old),
        tuple(known for known in new if known in old and new[known] != old[known]),
        tuple(known for known in old if known not in new),
    )


def _merged(earlier: Turnover, later: Turnover) -> Turnover:
    opened, changed, closed = (tuple(dict.fromkeys((*one, *two))) for one, two in zip(earlier, later, strict=True))
    return Turnover(opened, tuple(known for known in changed if known not in opened), closed)


def _differing(before: Mapping[str, Finding], after: Mapping[str, Finding]) -> dict[str, Finding | None]:
    if before is after:
        return {}
    differing: dict[str, Finding | None] = {
        name: finding for name, finding in after.items() if before.get(name) != finding
    }
    differing.update((name, None) for name in before if name not in after)
    return differing


def _surroundings(picture: Picture) -> tuple[object, ...]:
    return (
        picture.ports,
        picture.light,
        picture.topology,
        picture.services,
        picture.service_findings,
        picture.pending,
        picture.inventory.digest,
    )
