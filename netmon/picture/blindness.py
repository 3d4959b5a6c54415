"""Probing began, ended or had a gap: what was believed is unknown again, and nobody has looked since. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TypeVar

from netmon.events import ProbingGap, ProbingStarted, ProbingStopped, ToldBy
from netmon.model import Inventory, PortId
from netmon.picture.layers import Draft
from netmon.picture.state import NodeState, Picture, ServiceState
from netmon.picture.views import Share, blind, polled_by

V = TypeVar("V")


def unseen(
    event: ProbingStarted | ProbingStopped | ProbingGap, told: ToldBy | None, picture: Picture, inventory: Inventory
) -> frozenset[str]:
    """Return whose ports, and which services (`service:ID`), are not known any more: nobody has looked at them.

    Who begins or ends elsewhere is known by the roll, and others have what it had.
    """
    if told is None:
        return frozenset((*inventory.nodes, *(f"service:{name}" for name in inventory.services)))
    if not isinstance(event, ProbingGap):
        return frozenset()
    unasked = {f"service:{name}" for name, one in inventory.services.items() if not one.is_asked}
    return polled_by(picture, told.prober) - unasked


def unchecked(services: Mapping[str, ServiceState], unread: Collection[str], since: float) -> dict[str, ServiceState]:
    """Return the states of those services that nobody has looked at since then."""
    return {name: ServiceState(since=since) for name in services if f"service:{name}" in unread}


def not_at(known: Draft[PortId, V], nodes: Collection[str]) -> Draft[PortId, V]:
    """Return what is known of the ports of all but these nodes."""
    return Draft({port: value for port, value in known.done().items() if port.node not in nodes})


def since_when(event: ProbingStarted | ProbingStopped | ProbingGap, coverage: dict[str, float]) -> float:
    """Return the time from which nothing is known: a new start knows nothing since the last coverage.

    A prober that was killed before its first word of coverage covered nothing after its start.
    """
    match event:
        case ProbingGap():
            return event.since
        case ProbingStarted():
            return min(event.at, coverage.get(event.prober, event.at))
        case ProbingStopped():
            return event.at


def covered(
    coverage: dict[str, float], event: ProbingStarted | ProbingStopped | ProbingGap, told: ToldBy | None
) -> dict[str, float]:
    """Return how far each prober has covered, never past now, should the clock have been set back.

    A prober elsewhere speaks for itself alone.
    """
    if told is not None:
        return {**coverage, told.prober: min(coverage.get(told.prober, event.at), event.at)}
    if isinstance(event, ProbingStarted):
        return {**coverage, event.prober: event.at}
    return {prober: min(until, event.at) for prober, until in coverage.items()}


def blind_again(
    nodes: Mapping[str, NodeState], share: Share, since: float, event: ProbingStarted | ProbingStopped | ProbingGap
) -> dict[str, NodeState]:
    """Return the states of a prober's nodes when it ends or begins; what was said last was known when it was said."""
    is_new = isinstance(event, ProbingStarted)
    return {
        name: blind(state, max(since, state.judged) if is_new else since, event.at)
        for name, state in nodes.items()
        if share.has(name)
    }
