"""A country in one drawing: regions on a national ring, one of them as large as asked. Seeded, for the bench.

The national ring holds a province for every 25 regions, and the monitor beside the first. A region hangs on two
provinces by two lines in one duct, its *trunk*. In it, districts stand in a ring and villages hang in chains, two of
which are joined at their ends now and then. Nothing of it is real: addresses are from 198.18.0.0/15 (RFC 2544), those
of a region one after the other.
"""

from __future__ import annotations

import ipaddress
import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from random import Random

FIRST = int(ipaddress.ip_address("198.18.0.1"))
MOST = 131_000
"""Addresses there are."""
PER_PROVINCE = 25
PER_DISTRICT = 17
CHAIN = 5
"""Villages in a chain, at most."""


@dataclass(frozen=True, slots=True)
class Drawing:
    """An inventory as YAML text, how many nodes it has, and of its largest region the trunk, nodes and addresses."""

    text: str
    nodes: int
    trunk: str
    region: tuple[str, ...]
    addresses: tuple[ipaddress.IPv4Address, ipaddress.IPv4Address]

    @property
    def all_addresses(self) -> Iterator[ipaddress.IPv4Address]:
        """The address of every node."""
        return map(ipaddress.IPv4Address, range(FIRST, FIRST + self.nodes))


class _Lines:
    """The entries of an inventory, as they are written."""

    def __init__(self) -> None:
        self.sites: list[str] = []
        self.nodes: list[str] = []
        self.names: list[str] = []
        self.links: list[str] = []
        self.cables: list[str] = []

    def place(self, name: str, kind: str) -> str:
        address = ipaddress.ip_address(FIRST + len(self.names))
        self.sites.append(f"{{id: {name}, name: {name.upper()}, kind: {kind}}}")
        self.nodes.append(f"{{id: {name}, site: {name}, address: {address}, monitor: [icmp]}}")
        self.names.append(name)
        return name

    def line(self, a: str, b: str, cable: str | None = None) -> None:
        if cable is None:
            cable = f"k-{a}-{b}"
            self.cables.append(f"{{id: {cable}, name: {a} - {b}}}")
        self.links.append(f"{{id: {a}-{b}, a: {a}, b: {b}, kind: fibre, cables: [{cable}]}}")

    def text(self, head: str) -> str:
        parts = (("sites", self.sites), ("nodes", self.nodes), ("links", self.links), ("cables", self.cables))
        return head + "".join(f"{name}:\n" + "".join(f"  - {one}\n" for one in entries) for name, entries in parts)


def country(villages: int, regions: int, largest: int, seed: int = 1) -> Drawing:
    """Return a country of so many villages in so many regions, one of them with `largest` of the villages.

    Raises:
        ValueError: there are not enough addresses, or not a village for each region.
    """
    rest = villages - largest
    if not 0 < largest <= villages or rest < regions - 1:
        raise ValueError(f"{regions} regions, one of {largest} villages, cannot be made of {villages} villages")
    shares = [largest, *(rest // (regions - 1) + (number <= rest % (regions - 1)) for number in range(1, regions))]
    count = max(3, -(-regions // PER_PROVINCE))
    routers = 1 + count + sum(1 + -(-share // PER_DISTRICT) + share for share in shares)
    if routers > MOST:
        raise ValueError(f"{routers} routers need more than the {MOST} addresses there are")
    chance, lines = Random(seed), _Lines()
    lines.place("noc", "noc")
    provinces = [lines.place(f"p{number:03}", "pop") for number in range(count)]
    for a, b in itertools.pairwise((*provinces, provinces[0])):
        lines.line(a, b)
    lines.line("noc", provinces[0])
    lines.line("noc", provinces[-1])
    begin = len(lines.names)
    _region(lines, "r000", shares[0], (provinces[1], provinces[2]), chance)
    end = len(lines.names)
    for number in range(1, regions):
        at = number // PER_PROVINCE
        _region(lines, f"r{number:03}", shares[number], (provinces[at], provinces[(at + 1) % len(provinces)]), chance)
    head = "version: 1\nregion: country\nvantage: {node: noc, sentinels: [p000]}\n"
    first, last = (ipaddress.IPv4Address(FIRST + place) for place in (begin, end - 1))
    return Drawing(lines.text(head), len(lines.names), "trunk-r000", tuple(lines.names[begin:end]), (first, last))


def _region(lines: _Lines, name: str, villages: int, provinces: Sequence[str], chance: Random) -> None:
    pop = lines.place(name, "pop")
    trunk = f"trunk-{name}"
    lines.cables.append(f"{{id: {trunk}, name: Trunk of {name}}}")
    for province in provinces:
        lines.line(province, pop, trunk)
    districts = [lines.place(f"{name}-d{number:03}", "district") for number in range(-(-villages // PER_DISTRICT))]
    for a, b in itertools.pairwise((pop, *districts)):
        lines.line(a, b)
    if len(districts) > 1:
        lines.line(pop, districts[-1])
    numbers = itertools.count()
    for place, district in enumerate(districts):
        count = len(range(place, villages, len(districts)))
        ends = []
        for length in _lengths(count, chance):
            chain = [lines.place(f"{name}-v{next(numbers):04}", "village") for _ in range(length)]
            for a, b in itertools.pairwise((district, *chain)):
                lines.line(a, b)
            ends.append(chain[-1])
        for a, b in itertools.pairwise(ends):
            if chance.random() < 0.2:
                lines.line(a, b)


def _lengths(villages: int, chance: Random) -> Iterator[int]:
    while villages > 0:
        length = min(chance.randint(1, CHAIN), villages)
        yield length
        villages -= length
