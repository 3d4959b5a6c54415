"""How an inventory is wired as a lab: ports with kernel names and indices, MAC addresses, addresses to forward by.

Pure. The same inventory always gives the same wiring, so that the kernel's interfaces, the SNMP agents and the
route computation agree without asking one another.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from netmon.errors import ConfigError
from netmon.model import Inventory, Node

LOOPBACK_INDEX = 1
"""ifIndex of `lo`, the first interface of every namespace; ports follow from 2."""

NAME_LIMIT = 15
"""Longest interface name the kernel takes (IFNAMSIZ less the terminating zero)."""

_LEGAL_NAME = re.compile(rf"[^\s/:%]{{1,{NAME_LIMIT}}}")
_RESERVED_NAMES = {"lo", ".", "..", "all", "default", "sink", "drain"}  # the kernel's, and `netlink.dig_sink`'s
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
    ends: dict[str, list[_End]] = {node: [] for node in inventory.nodes}
    for link in inventory.links.values():
        ends[link.a.node].append(_End(link.a.port, link.id, is_a=True))
        ends[link.b.node].append(_End(link.b.port, link.id, is_a=False))
    ports: dict[str, tuple[Port, ...]] = {}
    pairs: dict[str, dict[bool, Port]] = {link: {} for link in inventory.links}
    for number, node in enumerate(sorted(inventory.nodes)):
        named = sorted(_name_devices(ends[node]), key=lambda one: _natural(one[1]))
        made = []
        for index, (end, device) in enumerate(named, LOOPBACK_INDEX + 1):
            made.append(Port(node, index, end.port or device, device, _mac(number, index), end.link))
            pairs[end.link][end.is_a] = made[-1]
        ports[node] = tuple(made)
    return Wiring(ports, {link: (pair[True], pair[False]) for link, pair in pairs.items()}, _addresses(inventory))


class _End(NamedTuple):
    """An end of a link, before its port has a name in the kernel."""

    port: str | None
    link: str
    is_a: bool


def _name_devices(ends: list[_End]) -> list[tuple[_End, str]]:
    """Return the ends of one node with kernel names: the drawn ones where the kernel takes them, else `sfpN`."""
    taken: set[str] = {end.port for end in ends if end.port is not None and is_device_name(end.port)}
    used: set[str] = set()
    named = []
    for end in ends:
        device = end.port
        if device is None or device not in taken or device in used:
            device = _free_name(taken)
            taken.add(device)
        used.add(device)
        named.append((end, device))
    return named


def _natural(name: str) -> list[tuple[int, str]]:
    """Return a key that sorts sfp2 before sfp10, as routers number their ports."""
    return [(int(part), "") if "0" <= part[:1] <= "9" else (-1, part) for part in re.split(r"([0-9]+)", name)]


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
