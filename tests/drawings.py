"""Small networks for tests, drawn in one line each: `drawing("noc-gw gw-a a-b", cables={"c1": "gw-a a-b"})`."""

from __future__ import annotations

from collections.abc import Mapping

from netmon.model import Cable, IcmpProbe, Inventory, Link, LinkEnd, Node, Site, SiteKind, Vantage


def drawing(
    links: str,
    *,
    cables: Mapping[str, str] | None = None,
    passive: str = "",
    power: Mapping[str, str] | None = None,
    ports: bool = False,
    digest: str = "test",
) -> Inventory:
    """Draw a network: links are `a-b`, named as written; every node stands at a site of its own, called like it.

    The vantage is `noc`, its sentinels its neighbours. With `ports`, each end is on the port named after the other
    node.
    """
    groups = {link: cable for cable, members in (cables or {}).items() for link in members.split()}
    areas = {node: area for area, members in (power or {}).items() for node in members.split()}
    pairs = {name: tuple(name.split("-")) for name in links.split()}
    names = sorted({"noc"} | {node for pair in pairs.values() for node in pair})
    nodes = {
        name: Node(
            id=name,
            site=name,
            address=f"198.18.0.{index}",
            monitor=() if name in {"noc", *passive.split()} else ("icmp",),
            icmp=None if name in {"noc", *passive.split()} else IcmpProbe(),
            power_area=areas.get(name),
        )
        for index, name in enumerate(names, start=1)
    }
    return Inventory(
        region="test",
        vantage=Vantage("noc", tuple(sorted(b if a == "noc" else a for a, b in pairs.values() if "noc" in (a, b)))),
        sites={name: Site(name, name.title(), SiteKind.VILLAGE, lat=-7.0, lon=112.0) for name in names},
        nodes=nodes,
        links={
            name: Link(
                name,
                LinkEnd(a, b if ports else None),
                LinkEnd(b, a if ports else None),
                cables=(groups[name],) if name in groups else (),
            )
            for name, (a, b) in pairs.items()
        },
        cables={name: Cable(name, f"Kabel {name}") for name in cables or {}},
        digest=digest,
    )
