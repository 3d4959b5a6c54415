"""Small networks drawn by hand for tests of the lab."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

from netmon.model import Cable, IcmpProbe, Inventory, Link, LinkEnd, Node, Site, SiteKind, SnmpProbe, Vantage


def draw(
    links: Iterable[tuple[str, str]],
    *,
    passive: Iterable[str] = (),
    cables: dict[str, str] | None = None,
    areas: dict[str, str] | None = None,
) -> Inventory:
    """Return an inventory of these links; the first end named is the vantage. Every node is a site of its own.

    Args:
        links: pairs of node ids, each a link `A-B`.
        passive: nodes without an address.
        cables: link id to the cable it runs in.
        areas: node id to its power area.
    """
    pairs = list(links)
    passive = set(passive)
    names = list(dict.fromkeys(node for pair in pairs for node in pair))
    nodes = {}
    for number, name in enumerate(names):
        address = None if name in passive else f"198.18.{number // 250}.{number % 250 + 1}"
        monitor = () if name in passive else ("icmp", "snmp")
        nodes[name] = Node(
            name,
            name,
            address,
            monitor=monitor,
            power_area=(areas or {}).get(name),
            icmp=None if name in passive else IcmpProbe(),
            snmp=None if name in passive else SnmpProbe(),
        )
    drawn = {}
    for a, b in pairs:
        link = f"{a}-{b}"
        cable = (cables or {}).get(link)
        drawn[link] = Link(link, LinkEnd(a), LinkEnd(b), length_km=5.0, cables=() if cable is None else (cable,))
    return Inventory(
        region="test",
        vantage=Vantage(names[0]),
        sites={name: Site(name, name.title(), SiteKind.VILLAGE) for name in names},
        nodes=nodes,
        links=drawn,
        cables={cable: Cable(cable, f"Cable {cable}") for cable in sorted(set((cables or {}).values()))},
    )


def draw_county(routers: int = 374, districts: int = 20) -> Inventory:
    """Return a county: a vantage, two cores, a ring of districts through them, villages as leaves."""
    links = [("noc", "core1"), ("core1", "core2")]
    ring = ["core1", *(f"district{number}" for number in range(districts)), "core2"]
    links += list(pairwise(ring))
    links += [(f"district{number % districts}", f"village{number}") for number in range(routers - districts - 3)]
    return draw(links)
