"""What of an inventory is pinged."""

from __future__ import annotations

from netmon.model import Inventory
from netmon.probes.icmp.targets import IcmpTarget
from netmon.topology.graph import Graph
from netmon.topology.islands import surroundings


def icmp_targets(inventory: Inventory, graph: Graph) -> tuple[IcmpTarget, ...]:
    """Return what to ping: every monitored node, with those whose word is wanted when it falls silent."""
    return tuple(
        IcmpTarget(node.id, node.address, node.icmp.interval, surroundings(graph, node.id))
        for node in inventory.nodes.values()
        if node.icmp is not None and node.address is not None
    )
