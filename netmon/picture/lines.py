"""What can be said of a link: nothing measures it as such, so it follows from its ports, its ends and the faults."""

from __future__ import annotations

from collections.abc import Mapping

from netmon.model import Element, ElementKind, Link, LinkEnd, PortId, Reach
from netmon.picture.ledger import ANSWERING
from netmon.picture.state import Incident, Picture

Failed = Mapping[Element, Incident]
"""The open incidents whose element is settled, by it."""


def link_states(picture: Picture) -> Mapping[str, Reach]:
    """Return the state of every link of the drawing, three-valued as always.

    Down: an open fault names it, or its cable, without alternatives; or a port at one of its live ends is down. Up: a
    port at a live end is up, or both ends live and nothing else joins them, so that it must carry their traffic. What
    a dark node last said of its ports is no evidence.
    """
    failed = failed_elements(picture)
    return {name: link_state(link, picture, failed) for name, link in picture.inventory.links.items()}


def failed_elements(picture: Picture) -> Failed:
    """Return what is known to have failed."""
    return {
        incident.fault.element: incident for incident in picture.open_incidents if not incident.fault.alternatives
    }


def link_state(link: Link, picture: Picture, failed: Failed) -> Reach:
    """Return the state of one link."""
    if failed and incident_of(link, failed) is not None:
        return Reach.DOWN
    live = [end for end in (link.a, link.b) if answers(end, picture)]
    words = [picture.ports.get(PortId(end.node, end.port)) for end in live if end.port is not None]
    if False in words:
        return Reach.DOWN
    if True in words or (len(live) == 2 and link.id in picture.topology.bridges):
        return Reach.UP
    return Reach.UNKNOWN


def incident_of(link: Link, failed: Failed) -> Incident | None:
    """Return the incident by which a link, or a cable it runs in, has failed."""
    elements = (Element(ElementKind.LINK, link.id), *(Element(ElementKind.CABLE, cable) for cable in link.cables))
    return next((failed[element] for element in elements if element in failed), None)


def answers(end: LinkEnd, picture: Picture) -> bool:
    """Tell whether the node at an end of a link answers."""
    finding = picture.node_findings.get(end.node)
    return finding is not None and finding.verdict in ANSWERING
