"""Small networks written as text, for tests."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import pairwise

from netmon.model import (
    Cable,
    Element,
    ElementKind,
    IcmpProbe,
    Inventory,
    Link,
    LinkEnd,
    Node,
    Observations,
    PortId,
    Reach,
    Site,
    SiteKind,
    Vantage,
)
from netmon.topology.graph import Graph


def draw(
    ways: str,
    *,
    passive: str = "",
    cables: Mapping[str, str] | None = None,
    areas: Mapping[str, str] | None = None,
    sites: Mapping[str, str] | None = None,
    alone: str = "",
    sentinels: str = "",
    vantage: str = "noc",
) -> Inventory:
    """Return the inventory of chains such as `noc-a-b; a-c`.

    A link is called after its ends in the order written (`a-b`), a second one between the same ends `a-b.2`; its
    ports are the names of the far ends. `passive`, `alone` (nodes without links) and `sentinels` list nodes; `cables`
    maps to links, `areas` and `sites` to nodes. A node without a site of its own is one (`site-a`).
    """
    links: dict[str, Link] = {}
    names: set[str] = {vantage, *alone.split()}
    carried = {link: cable for cable, members in (cables or {}).items() for link in members.split()}
    for chain in filter(None, (part.strip() for part in ways.split(";"))):
        stops = chain.split("-")
        names.update(stops)
        for a, b in pairwise(stops):
            name, count = f"{a}-{b}", 1
            while name in links:
                count += 1
                name = f"{a}-{b}.{count}"
            mark = "" if count == 1 else f".{count}"
            in_cables = (carried[name],) if name in carried else ()
            links[name] = Link(name, LinkEnd(a, b + mark), LinkEnd(b, a + mark), cables=in_cables)
    power = {node: area for area, members in (areas or {}).items() for node in members.split()}
    housed = {node: site for site, members in (sites or {}).items() for node in members.split()}
    unprobed = {vantage, *passive.split()}
    nodes = {
        name: Node(
            name,
            housed.get(name, f"site-{name}"),
            address=f"198.18.{place // 250}.{place % 250 + 1}",
            monitor=() if name in unprobed else ("icmp",),
            icmp=None if name in unprobed else IcmpProbe(),
            power_area=power.get(name),
        )
        for place, name in enumerate(sorted(names))
    }
    places = {node.site for node in nodes.values()}
    return Inventory(
        region="test",
        vantage=Vantage(vantage, tuple(sentinels.split())),
        sites={place: Site(place, place, SiteKind.VILLAGE) for place in places},
        nodes=nodes,
        links=links,
        cables={cable: Cable(cable, cable) for cable in cables or {}},
    )


def graph_of(ways: str, **options: object) -> Graph:
    """Return the graph of a drawing."""
    return Graph.from_inventory(draw(ways, **options))  # type: ignore[arg-type]  # passed through to draw


def seen(
    graph: Graph, dark: str = "", *, unknown: str = "", ports: Mapping[str, bool] | None = None, **light: float | None
) -> Observations:
    """Return observations in which every monitored node answers but those listed. Ports are written `node:port`."""
    words = {name: Reach.UP for name, monitored in zip(graph.ids, graph.is_monitored, strict=True) if monitored}
    words.update(dict.fromkeys(dark.split(), Reach.DOWN))
    for name in unknown.split():
        del words[name]
    return Observations(
        words,
        {port(at): up for at, up in (ports or {}).items()},
        {port(at.replace("__", ":")): level for at, level in light.items()},
    )


def port(text: str) -> PortId:
    """Return the port written `node:port`."""
    node, _, name = text.partition(":")
    return PortId(node, name)


def element(text: str) -> Element:
    """Return the element written `kind:id`."""
    kind, _, name = text.partition(":")
    return Element(ElementKind(kind), name)


def written(elements: Iterable[Element]) -> set[str]:
    """Return elements as `kind:id`."""
    return {str(one) for one in elements}
