"""Reachable by other evidence: a node does not answer, but what it carries does. Pure.

Its management address is dead, or filtered, and not the node: packets pass it, to the kiosk at its site or the
website on it. What it carries is drawn (`depends_on`) or has its address. So when a node falls silent, services that
it carries are asked to be checked at once, and only an answer from after its silence counts.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from netmon.model import WIFI, Reach
from netmon.picture.services import carriers
from netmon.picture.state import Picture

ASKED_AT_MOST = 8
"""Services that are asked for one dark region: one answer tells much, many cost time."""
MARK = "service:"
"""Stands before the id of a service where it is waited for among nodes; no id holds a colon."""


def proven(picture: Picture) -> Mapping[str, str]:
    """Return the silent nodes that carry a service which has answered since, each with one that did."""
    if not picture.services:
        return {}
    silent = {name: state.since for name, state in picture.nodes.items() if state.reach is Reach.DOWN}
    found: dict[str, str] = {}
    for node, names in _carried(picture, silent).items():
        for name in names:
            state = picture.services[name]
            if state.up and state.word > silent[node]:
                found[node] = name
                break
    return found


def reaches(picture: Picture) -> Mapping[str, Reach]:
    """Return what is believed of every node by all evidence: its own packets, and those of what it carries."""
    alive = proven(picture)
    return {name: Reach.UP if name in alive else state.reach for name, state in picture.nodes.items()}


def witnesses(picture: Picture, nodes: Collection[str]) -> Mapping[str, float]:
    """Return the services whose answer would prove dark nodes alive, each with the time it must be newer than."""
    newest = {name: picture.nodes[name].since for name in nodes}
    found: dict[str, float] = {}
    for node, names in _carried(picture, newest).items():
        for name in names:
            state = picture.services[name]
            if picture.inventory.services[name].is_asked and state.up and state.word <= newest[node]:
                found[MARK + name] = max(newest[node], found.get(MARK + name, 0.0))
    return dict(sorted(found.items())[:ASKED_AT_MOST])


def speakers(picture: Picture, nodes: Collection[str]) -> tuple[str, ...]:
    """Return the services of dark nodes that say by themselves that they live: their next word proves the node."""
    services = picture.inventory.services
    carried = {name for names in _carried(picture, nodes).values() for name in names}
    return tuple(sorted(name for name in carried if services[name].heartbeat is not None))


def _carried(picture: Picture, nodes: Collection[str]) -> Mapping[str, list[str]]:
    """Return the services that some nodes carry."""
    if not nodes or not picture.services:
        return {}
    inventory = picture.inventory
    addresses = {address: name for name in nodes if (address := inventory.nodes[name].address) is not None}
    found: dict[str, list[str]] = {}
    for name in picture.services:
        if inventory.services[name].probe == WIFI:
            continue  # whose clients the node itself counts, when it is polled
        for node in carriers(inventory.services[name], picture.service_places, addresses):
            if node in nodes:
                found.setdefault(node, []).append(name)
    return found
