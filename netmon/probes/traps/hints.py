"""What follows from a trap: whose ports to read and whom to ping, at once, and what it is evidence of. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from netmon.events import EvidenceSeen, TrapSeen
from netmon.model import EvidenceKind, Inventory, PortId, TrapKind
from netmon.probes.vendors.tables import Part

_OF_A_LINE = frozenset(
    {
        TrapKind.LINK_DOWN,
        TrapKind.LINK_UP,
        TrapKind.LIGHT_LOST,
        TrapKind.LIGHT_BACK,
        TrapKind.DYING_GASP,
        TrapKind.DYING_GASP_OVER,
        TrapKind.ONUS_OFFLINE,
        TrapKind.ONUS_BACK,
    }
)
_PARTS = {
    TrapKind.NEIGHBOURS_CHANGED: frozenset({Part.NEIGHBOURS}),
    TrapKind.ROUTING_CHANGED: frozenset({Part.ROUTING}),
    TrapKind.ON_BATTERY: frozenset({Part.UPS}),
    TrapKind.LINE_RESTORED: frozenset({Part.UPS}),
}
"""What is read less often than ports, and is worth it now."""
_NO_MATTER = frozenset({TrapKind.AUTHENTICATION_FAILURE})  # says something of who asked, not of the network


@dataclass(frozen=True, slots=True)
class Look:
    """Nodes to ping and to poll by SNMP now, and those to poll when routing may have found another way there.

    `parts` of the nodes polled now are read although it is not their time yet.
    """

    ping: tuple[str, ...] = ()
    poll: tuple[str, ...] = ()
    poll_later: tuple[str, ...] = ()
    parts: frozenset[Part] = frozenset()


class FarEnds:
    """Which nodes are at the other end of every port of an inventory, as far as it names ports."""

    def __init__(self, inventory: Inventory) -> None:
        self._beyond: dict[PortId, tuple[str, ...]] = {}
        for link in inventory.links.values():
            for near, far in ((link.a, link.b), (link.b, link.a)):
                if near.port is not None:
                    port = PortId(near.node, near.port)
                    self._beyond[port] = (*self._beyond.get(port, ()), far.node)

    def beyond(self, node: str, port: str | None) -> tuple[str, ...]:
        """Return the nodes that a port leads to."""
        return () if port is None else self._beyond.get(PortId(node, port), ())


def where_to_look(trap: TrapSeen, far_ends: FarEnds, inventory: Inventory) -> Look:
    """Return what a trap makes worth a look.

    The node itself always; of a line, its other end as well, which may have gone silent with it. That end is polled
    when it says something itself, or a little later: a request into a hole costs the time until it is repeated.
    """
    if trap.what in _NO_MATTER:
        return Look()
    beyond = far_ends.beyond(trap.node, trap.port) if trap.what in _OF_A_LINE else ()
    nodes = [inventory.nodes[name] for name in dict.fromkeys((trap.node, *beyond)) if name in inventory.nodes]
    polled = [node.id for node in nodes if node.snmp is not None]
    return Look(
        ping=tuple(node.id for node in nodes if node.icmp is not None),
        poll=tuple(node for node in polled if node == trap.node),
        poll_later=tuple(node for node in polled if node != trap.node),
        parts=_PARTS.get(trap.what, frozenset()),
    )


_OF_ITS_SITE = {TrapKind.ON_BATTERY: EvidenceKind.ON_BATTERY, TrapKind.LINE_RESTORED: EvidenceKind.MAINS_BACK}
_OF_ITS_ONU = {
    TrapKind.DYING_GASP: EvidenceKind.DYING_GASP,
    TrapKind.DYING_GASP_OVER: EvidenceKind.MAINS_BACK,
    TrapKind.LIGHT_LOST: EvidenceKind.LIGHT_LOST_AT_NODE,
}


def evidence_in(trap: TrapSeen, far_ends: FarEnds, inventory: Inventory) -> tuple[EvidenceSeen, ...]:
    """Return what a trap says of a cause; what the polls that follow it will say better is left to them.

    An optical line terminal speaks of an ONU: that is evidence about the node behind the port, if it can only be one.
    """
    if trap.what in _OF_ITS_SITE:
        return (EvidenceSeen(trap.at, trap.node, _OF_ITS_SITE[trap.what], trap.at, trap.detail),)
    beyond = far_ends.beyond(trap.node, trap.port)
    if trap.what in _OF_ITS_ONU and len(beyond) == 1 and inventory.nodes[beyond[0]].is_monitored:
        said = f"{trap.node} {trap.port}" + (f" {trap.detail}" if trap.detail else "")
        return (EvidenceSeen(trap.at, beyond[0], _OF_ITS_ONU[trap.what], trap.at, said),)
    return ()
