"""What can be said of a link: nothing measures it as such, so it follows from its ports, its ends and the faults."""

from __future__ import annotations

from collections.abc import Mapping

from netmon.model import ElementKind, Link, LinkEnd, PortId, Reach
from netmon.picture.ledger import ANSWERING
from netmon.picture.state import Picture


def link_states(picture: Picture) -> Mapping[str, Reach]:
    """Return the state of every link of the drawing, three-valued as always.

    Down: an open fault names it, or its cable, without alternatives; or a port at one of its live ends is down. Up: a
    port at a live end is up, or both ends live and nothing else joins them, so that it must carry their traffic. What
    a dark node last said of its ports is no evidence.
    """
    failed = {
        (incident.fault.element.kind, incident.fault.element.id)
        for incident in picture.open_incidents
        if not incident.fault.alternatives
    }
    return {name: _state(link, picture, failed) for name, link in picture.inventory.links.items()}


def _state(link: Link, picture: Picture, failed: set[tuple[ElementKind, str]]) -> Reach:
    if (ElementKind.LINK, link.id) in failed or any((ElementKind.CABLE, cable) in failed for cable in link.cables):
        return Reach.DOWN
    live = [end for end in (link.a, link.b) if _answers(end, picture)]
    words = [picture.ports.get(PortId(end.node, end.port)) for end in live if end.port is not None]
    if False in words:
        return Reach.DOWN
    if True in words or (len(live) == 2 and link.id in picture.topology.bridges):
        return Reach.UP
    return Reach.UNKNOWN


def _answers(end: LinkEnd, picture: Picture) -> bool:
    finding = picture.node_findings.get(end.node)
    return finding is not None and finding.verdict in ANSWERING
