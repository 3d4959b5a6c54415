"""Lines whose ends have ceased to hear each other although their ports are up: a cut that no port reports. Pure.

A media converter or a leased line keeps a port up whatever happens behind it. Only announcements tell then. Both ends
must have lost the other while their ports were up, and must still hear somebody else, or it is an agent that was
switched off. A line that was cut with its ports down is none of these: its ports tell, and they come back first.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from netmon.events import Event, NeighboursHeard
from netmon.model import Inventory, Link, LinkEnd, PortId
from netmon.topology.hearing import Ears, Hearing
from netmon.topology.port_names import same_port

HOLD = 120.0
"""Seconds for which both ends must hear nobody: a router that restarts is heard again within two announcements."""
ANNOUNCED = frozenset({"lldp", "cdp", "mndp"})


def unheard(
    before: Mapping[str, float],
    events: Iterable[Event],
    inventory: Inventory,
    ears: Mapping[str, Ears],
    ports: Mapping[PortId, bool],
) -> Mapping[str, float]:
    """Return the links whose ends do not hear each other any more, and since when.

    Args:
        before: the same, before these events.
        events: what was journalled; only nodes that speak of their neighbours here can begin to miss one.
        inventory: the drawing; links without drawn ports are not looked at.
        ears: what is heard after the events.
        ports: the states of ports after the events.
    """
    spoke = {event.node for event in events if isinstance(event, NeighboursHeard)}
    if not spoke and not before:
        return before
    still = {
        name: since
        for name, since in before.items()
        if name in inventory.links
        and _lost(inventory.links[name], ears) is not None
        and not any(ports.get(port) is False for port in _ports(inventory.links[name]))
    }
    if spoke:
        for name, link in inventory.links.items():
            if name in still or not {link.a.node, link.b.node} & spoke:
                continue
            since = _lost(link, ears)
            begins = since is not None and any(ears[node].at == since for node in spoke if node in ears)
            if since is not None and begins and all(ports.get(port) for port in _ports(link)):
                still[name] = since
    return still


def silent_ports(inventory: Inventory, missing: Mapping[str, float], at: float) -> frozenset[PortId]:
    """Return the ports of the links that have been missing for long enough."""
    return frozenset(
        port for name, since in missing.items() if at - since >= HOLD for port in _ports(inventory.links[name])
    )


def _ports(link: Link) -> tuple[PortId, ...]:
    return tuple(PortId(end.node, end.port) for end in (link.a, link.b) if end.port is not None)


def _lost(link: Link, ears: Mapping[str, Ears]) -> float | None:
    """Return when the second end of a link lost the first; None if one hears somebody there, or nobody at all."""
    gone = [_gone(end, ears.get(end.node)) for end in (link.a, link.b)]
    found = [since for since in gone if since is not None]
    return max(found) if len(found) == 2 else None


def _gone(end: LinkEnd, ears: Ears | None) -> float | None:
    """Return when the last neighbour on a port went, if nobody is there now and others are heard elsewhere."""
    if ears is None or end.port is None:
        return None
    here = [one for one in ears.hearings if _is_announced(one) and same_port(one.neighbour.port, end.port)]
    elsewhere = any(_is_announced(one) and one.until is None and one not in here for one in ears.hearings)
    if not here or not elsewhere or any(one.until is None for one in here):
        return None
    return max(one.until for one in here if one.until is not None)


def _is_announced(hearing: Hearing) -> bool:
    return hearing.neighbour.protocol in ANNOUNCED
