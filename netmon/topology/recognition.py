"""Whose name is that: from what a neighbour announces to a node of the drawing, and to the name of its port. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from netmon.model import Inventory, Neighbour
from netmon.topology.hearing import Ears
from netmon.topology.port_names import normal


class Recognition:
    """Knows the nodes of a drawing by chassis id, address and name.

    What two nodes share (a cloned MAC, a sysName nobody changed) tells neither. A chassis id says more than an
    address, an address more than a name.
    """

    def __init__(self, inventory: Inventory, ears: Mapping[str, Ears]) -> None:
        self._nodes = inventory.nodes
        heard = {node: each for node, each in ears.items() if node in inventory.nodes}
        self._chassis = _unique(
            (chassis.lower(), node)
            for node, each in heard.items()
            for chassis in (*each.identity.chassis, *(mac for mac, _ in each.identity.ports))
        )
        drawn = {node.address: node.id for node in inventory.nodes.values() if node.address is not None}
        said = _unique((address, node) for node, each in heard.items() for address in each.identity.addresses)
        self._addresses = {**said, **drawn}
        self._names = _unique(
            (name, node)
            for node in inventory.nodes
            for name in _spellings(node, heard[node].identity.name if node in heard else "")
        )
        self._port_of_mac = {(node, mac): port for node, each in heard.items() for mac, port in each.identity.ports}
        self._ports = {
            (node, normal(port)): port
            for node, each in heard.items()
            for port in (*(h.neighbour.port for h in each.hearings), *(port for _, port in each.identity.ports))
        }

    def node_of(self, neighbour: Neighbour) -> str | None:
        """Return the node that a neighbour is, or None: not drawn, or it could be several."""
        for known, word in (
            (self._chassis, neighbour.chassis.lower()),
            (self._addresses, neighbour.chassis),  # some give an address for their chassis
            (self._addresses, neighbour.address),
        ):
            if word and word in known:
                return known[word]
        for name in (neighbour.name, neighbour.chassis):
            for spelling in _spellings(name):
                if spelling in self._names:
                    return self._names[spelling]
        return None

    def port_of(self, node: str, announced: str) -> str | None:
        """Return the name by which `node` itself calls a port that it announces by MAC or by another spelling."""
        if not announced:
            return None
        by_mac = self._port_of_mac.get((node, announced.lower()))
        return by_mac or self._ports.get((node, normal(announced)), announced)


def _spellings(*names: str) -> Iterable[str]:
    """Yield a name as nodes may give it: with and without its domain, in any case."""
    for name in dict.fromkeys(names):
        lower = name.strip().lower()
        if lower:
            yield lower
        host, dot, _ = lower.partition(".")
        if dot and host and not host.isdigit():
            yield host


def _unique(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Return what each word stands for, leaving out words that stand for several nodes."""
    found: dict[str, str] = {}
    shared: set[str] = set()
    for word, node in pairs:
        if found.setdefault(word, node) != node:
            shared.add(word)
    return {word: node for word, node in found.items() if word and word not in shared}
