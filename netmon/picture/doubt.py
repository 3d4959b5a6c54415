"""What becomes stale, and must be read again: ports read during an outage still say "down" after it.

A node that answers again proves that some way to it works, not which. The words "down" and "no light" of the ports
on its lines, read before, are therefore dropped, and the ports are read anew. After a gap in probing, all are.
"""

from __future__ import annotations

from collections.abc import Iterable

from netmon.events import CheckServices, Effect, Event, ProbingGap, ReadPorts
from netmon.model import PortId, Reach
from netmon.picture.altered import altered
from netmon.picture.layers import differing
from netmon.picture.state import Picture


def doubt(before: Picture, seen: Picture, events: Iterable[Event]) -> tuple[Picture, tuple[Effect, ...]]:
    """Return the picture without the port words that are stale now, and the requests to read anew what is unknown."""
    if unknown := _unknown(before, seen, events):
        return seen, unknown
    changed = differing(before.nodes, seen.nodes)
    if not changed:  # nobody can have come back: most entries are words of coverage
        return seen, ()
    back = [
        name
        for name in changed & seen.nodes.keys() & before.nodes.keys()
        if seen.nodes[name].reach is Reach.UP and before.nodes[name].dark_since is not None
    ]
    if not back:
        return seen, ()
    stale = {port for name in back for port in _ports_on_lines(seen, name)}
    ports = {port: up for port, up in seen.ports.items() if up or port not in stale}
    light = {port: level for port, level in seen.light.items() if level is not None or port not in stale}
    dropped = (seen.ports.keys() - ports.keys()) | (seen.light.keys() - light.keys())
    if not dropped:
        return seen, ()
    return altered(seen, ports=ports, light=light), (ReadPorts(tuple(sorted({port.node for port in dropped}))),)


def _unknown(before: Picture, seen: Picture, events: Iterable[Event]) -> tuple[Effect, ...]:
    """Return the requests to read ports, and check services, of which nothing is known after a gap in probing.

    Nobody says by itself what has not changed.
    """
    is_gap = any(isinstance(event, ProbingGap) for event in events)
    if not is_gap and (seen.ports or not before.ports):
        return ()
    read = tuple(sorted({port.node for port in before.ports.keys() - seen.ports.keys()}))
    known = [name for name, state in before.services.items() if state.up is not None and name in seen.services]
    checked = tuple(sorted(name for name in known if is_gap and seen.services[name].up is None))
    return (*([ReadPorts(read)] if read else ()), *([CheckServices(checked)] if checked else ()))


def _ports_on_lines(picture: Picture, node: str) -> list[PortId]:
    """Return the ports at both ends of a node's links, as far as the drawing names them."""
    graph, links = picture.graph, picture.inventory.links
    ends = [
        end
        for hop in graph.adjacency[graph.index[node]]
        for end in (links[graph.link_ids[hop.link]].a, links[graph.link_ids[hop.link]].b)
    ]
    return [PortId(end.node, end.port) for end in ends if end.port is not None]
