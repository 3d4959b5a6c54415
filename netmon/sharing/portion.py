"""What of an inventory one prober probes. Pure.

At each vantage every node is pinged, once: a node that one vantage cannot reach may be reached from another. Ports
are read and services checked by one prober of all, whatever its vantage: what a device says is the same everywhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from netmon.events import Member
from netmon.model import Inventory
from netmon.sharing.assignment import assign


@dataclass(frozen=True, slots=True)
class Portion:
    """The nodes to ping, and the inventory less the nodes and services that others poll and check.

    `polls` are those that are left in it, by name, as `polls` has them.
    """

    pinged: frozenset[str]
    polls: frozenset[str]
    polled: Inventory

    def polls_as(self, other: Portion) -> bool:
        """Tell whether the same is polled and checked of the same drawing as by another portion."""
        return self.polls == other.polls and self.polled.digest == other.polled.digest


def districts(inventory: Inventory) -> dict[str, str]:
    """Return every node that is pinged, with the district it lies in: what probers share at each vantage."""
    return {
        node.id: inventory.sites[node.site].district or ""
        for node in inventory.nodes.values()
        if node.icmp is not None and node.address is not None
    }


def polls(inventory: Inventory) -> dict[str, str]:
    """Return every node and every service that is polled, with its district: what all probers share.

    Services are written `service:ID`, since they may be called as nodes are.
    """
    places = {node.id: node.site for node in inventory.nodes.values() if node.snmp is not None}
    places |= {f"service:{one.id}": one.site for one in inventory.services.values() if one.probe is not None}
    return {name: inventory.sites[site].district or "" for name, site in places.items()}


def portion(inventory: Inventory, members: Sequence[Member], me: Member) -> Portion:
    """Return what `me`, who is among the members, probes."""
    beside = [member for member in members if member.vantage == me.vantage]
    pinged = frozenset(node for node, keeper in assign(districts(inventory), beside).items() if keeper == me.name)
    mine = frozenset(name for name, keeper in assign(polls(inventory), members).items() if keeper == me.name)
    nodes = {
        node.id: node if node.id in mine or node.snmp is None else replace(node, snmp=None)
        for node in inventory.nodes.values()
    }
    services = {name: one for name, one in inventory.services.items() if f"service:{name}" in mine}
    return Portion(pinged, mine, replace(inventory, nodes=nodes, services=services))
