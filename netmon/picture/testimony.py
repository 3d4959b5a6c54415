"""What events say of why a node may be silent: the latest word of each kind is kept. Pure."""

from __future__ import annotations

from netmon.events import Event, EvidenceSeen, OnuState, Rebooted, RunningSince
from netmon.model import Evidence, EvidenceKind, Inventory
from netmon.picture.layers import Draft


def testify(event: Event, evidence: Draft[str, tuple[Evidence, ...]], inventory: Inventory) -> None:
    """Write down what an event says of why a node may be silent."""
    if (said := _evidence(event, inventory)) is not None:
        evidence[said.node] = _told(evidence.get(said.node, ()), said)


def _evidence(event: Event, inventory: Inventory) -> Evidence | None:
    """Return what an event says of why a node may be silent, if it does.

    An OLT's word of an ONU is about the node that the ONU is named after: the operator's text there is the node's id.
    """
    match event:
        case Rebooted() | RunningSince():
            if event.booted > event.at:  # it was asked by a clock that was set back before it answered
                return None
            read = event.at if event.asked is None else min(event.asked, event.at)
            return Evidence(read, event.node, EvidenceKind.RUNNING_SINCE, value=event.booted)
        case EvidenceSeen():
            return Evidence(event.since, event.node, event.what, event.detail)
        case OnuState(online=False, name=str() as name, cause="power" | "fibre" as cause) if name in inventory.nodes:
            kind = EvidenceKind.DYING_GASP if cause == "power" else EvidenceKind.LIGHT_LOST_AT_NODE
            return Evidence(event.at, name, kind, f"last down cause at {event.node} {event.port}:{event.onu}")
        case _:
            return None


def _told(known: tuple[Evidence, ...], said: Evidence) -> tuple[Evidence, ...]:
    """Return what is known of a node with one more word, which replaces an older one of its kind."""
    return tuple(sorted((*(one for one in known if one.kind is not said.kind), said)))
