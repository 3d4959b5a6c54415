"""Cuts that stand: lines known to be cut while nothing is dark behind them, so that the ring runs open.

When such a ring is cut again, the first cut is no longer visible: the part between the two is dark, and a dead router
would explain it as well as a second cut. But the first cut was seen while both its ends lived. It is therefore taken
out of the drawing on which later faults are explained, until a port of the line says that it is up again.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from netmon.model import Element, ElementKind, Inventory, Link, PortId, Reach
from netmon.picture.altered import altered
from netmon.picture.state import Incident, Picture
from netmon.topology.graph import Graph


def stand(picture: Picture) -> Picture:
    """Return the picture with its standing cuts brought up to date."""
    standing = frozenset(
        incident.fault.element
        for incident in picture.open_incidents
        if not incident.fault.nodes and _is_cut(incident.fault.element, picture)
    )
    if standing == picture.standing:
        return picture
    uncut = Graph.from_inventory(without(picture.inventory, standing)) if standing else picture.graph
    return altered(picture, standing=standing, uncut=uncut)


def is_standing(incident: Incident, standing: frozenset[Element]) -> bool:
    """Tell whether an incident lives on by itself, whatever the diagnosis of the rest says."""
    return not incident.fault.nodes and incident.fault.element in standing


def _is_cut(element: Element, picture: Picture) -> bool:
    """Tell whether a line stands cut: it was seen so while both its ends lived, and no port of it is up since."""
    links = _links_of(element, picture.inventory)
    ends = [end for link in links for end in (link.a, link.b)]
    if any(picture.ports.get(PortId(end.node, end.port)) for end in ends if end.port is not None):
        return False
    return bool(links) and (element in picture.standing or all(_lives(end.node, picture) for end in ends))


def _lives(node: str, picture: Picture) -> bool:
    """Tell whether a node answers; one that nobody watches, whether all around it do."""
    watched = (node,) if node in picture.nodes else picture.graph.monitored_neighbours(node)
    return all(picture.nodes[name].reach is Reach.UP for name in watched)


def _links_of(element: Element, inventory: Inventory) -> list[Link]:
    match element.kind:
        case ElementKind.LINK:
            return [inventory.links[element.id]] if element.id in inventory.links else []
        case ElementKind.CABLE:
            return [link for link in inventory.links.values() if element.id in link.cables]
        case _:
            return []


def without(inventory: Inventory, elements: Iterable[Element]) -> Inventory:
    """Return the inventory without the links of these elements."""
    gone = {link.id for element in elements for link in _links_of(element, inventory)}
    return replace(inventory, links={name: link for name, link in inventory.links.items() if name not in gone})
