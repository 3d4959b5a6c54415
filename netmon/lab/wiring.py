"""How an inventory is wired as a lab: ports with kernel names and indices, MAC addresses, addresses to forward by.

Pure. The same inventory always gives the same wiring, so that the kernel's interfaces, the SNMP agents and the
route computation agree without asking one another.
"""

from __future__ import annotations

import ipaddress
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from netmon.errors import ConfigError
from netmon.model import Inventory, Node

LOOPBACK_INDEX = 1
"""ifIndex of `lo`, the first interface of every namespace; ports follow from 2."""

NAME_LIMIT = 15
"""Longest interface name the kernel takes (IFNAMSIZ less the terminating zero)."""

_LEGAL_NAME = re.compile(rf"[^\s/:%]{{1,{NAME_LIMIT}}}")
_RESERVED_NAMES = {"lo", ".", "..", "all", "default"}
_PRIVATE_V4 = ipaddress.ip_network("198.19.0.0/16")
_PRIVATE_V6 = ipaddress.ip_network("fd6c:6162::/64")

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


@dataclass(frozen=True, slots=True)
class Port:
    """One end of a link. `index` is the ifIndex in the kernel and in SNMP; `device` is the kernel's name."""

    node: str
    index: int
    name: str
    device: str
    mac: bytes
    link: str


@dataclass(frozen=True, slots=True)
class Wiring:
    """Every port of the lab, by node and by link, and the addresses each node holds.

    `ports` lists the ports of a node by ascending index; `ends` gives the two ports of a link, the `a` end
    first; `addresses` starts with the node's own address from the inventory, if it has one. Further addresses
    are the lab's: they let passive nodes forward and the vantage speak both IP versions.
    """

    ports: Mapping[str, tuple[Port, ...]]
    ends: Mapping[str, tuple[Port, Port]]
    addresses: Mapping[str, tuple[Address, ...]]

    def far(self, port: Port) -> Port:
        """Return the port at the other end of the link."""
        a, b = self.ends[port.link]
        return b if port == a else a

    def near(self, link: str, node: str) -> Port:
        """Return the port by which `node` is on `link`."""
        a, b = self.ends[link]
        return a if a.node == node else b


def wire(inventory: Inventory) -> Wiring:
    """Lay out ports and addresses for every node and link of the inventory.

    Raises:
        ConfigError: a node's address is not an IP address.
    """
    numbers = {node: number for number, node in enumerate(sorted(inventory.nodes))}
    taken: dict[str, set[str]] = defaultdict(set)
    for link in inventory.links.values():
        for end in (link.a, link.b):
            if end.port is not None and is_device_name(end.port):
                taken[end.node].add(end.port)
    ports: dict[str, list[Port]] = {node: [] for node in inventory.nodes}
    ends: dict[str, tuple[Port, Port]] = {}
    named: set[tuple[str, str]] = set()
    for link in inventory.links.values():
        pair = []
        for end in (link.a, link.b):
            index = LOOPBACK_INDEX + 1 + len(ports[end.node])
            device = end.port
            if device is None or not is_device_name(device) or (end.node, device) in named:
                device = _free_name(taken[end.node])
                taken[end.node].add(device)
            named.add((end.node, device))
            port = Port(end.node, index, end.port or device, device, _mac(numbers[end.node], index), link.id)
            ports[end.node].append(port)
            pair.append(port)
        ends[link.id] = (pair[0], pair[1])
    return Wiring({node: tuple(rows) for node, rows in ports.items()}, ends, _addresses(inventory))


def is_device_name(name: str) -> bool:
    """Return whether the kernel accepts `name` for an interface beside `lo`."""
    return _LEGAL_NAME.fullmatch(name) is not None and name not in _RESERVED_NAMES and name.isascii()


def _free_name(taken: set[str]) -> str:
    number = 1
    while f"sfp{number}" in taken:
        number += 1
    return f"sfp{number}"


def _mac(node: int, index: int) -> bytes:
    """Return a locally administered unicast address that says which port it is."""
    return b"\x02\x6e" + node.to_bytes(2, "big") + index.to_bytes(2, "big")


def _addresses(inventory: Inventory) -> dict[str, tuple[Address, ...]]:
    own = {node.id: _own_address(node) for node in inventory.nodes.values()}
    used = {address for address in own.values() if address is not None}
    versions = {address.version for address in used} or {4}
    spare: dict[int, Iterator[Address]] = {4: _spare(_PRIVATE_V4, used), 6: _spare(_PRIVATE_V6, used)}
    held: dict[str, tuple[Address, ...]] = {}
    for node, address in sorted(own.items()):
        mine = [] if address is None else [address]
        wanted = versions if node == inventory.vantage.node else {min(versions)} if address is None else set()
        mine += [next(spare[version]) for version in sorted(wanted - {one.version for one in mine})]
        held[node] = tuple(mine)
    return held


def _own_address(node: Node) -> Address | None:
    if node.address is None:
        return None
    try:
        return ipaddress.ip_address(node.address)
    except ValueError as error:
        raise ConfigError(f"node {node.id}: {node.address!r} is not an IP address", "write it in numbers") from error


def _spare(pool: ipaddress.IPv4Network | ipaddress.IPv6Network, used: set[Address]) -> Iterator[Address]:
    """Yield addresses of the pool from its end, where inventories seldom reach, none of them in use."""
    offset = -2 if pool.version == 4 else -1
    while True:
        address = pool[offset]
        offset -= 1
        if address not in used:
            yield address
