"""The network as plain index lists, made once per inventory, for everything that walks it.

Nodes, links, cables and power areas are numbered in the order of their ids, so no result depends on the order of
the inventory. What can fail has one number over all four kinds, its *code*: nodes first, then links, cables, areas.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from netmon.model import Element, ElementKind, Inventory, Link, LinkEnd, LinkKind, PortId
from netmon.topology.priors import unavailability

ROOT_LINK = "~"
"""How the links between vantages begin: as no link of an inventory does, and after all of them."""


class Hop(NamedTuple):
    """One step from a node: the neighbour, and the link to it."""

    node: int
    link: int


@dataclass(frozen=True, slots=True, eq=False)
class Graph:
    """Index lists over one inventory; `ids[i]` names node i, `link_ids[j]` link j, and so on.

    `adjacency` holds every node's hops, self-loops left out and parallel links kept; `ends` the two nodes of a link;
    `area_of` a node's power area or -1; `is_drawn` is a mask of the nodes to which the drawing has a path at all;
    `links_at` the links drawn on a port, `ports_of` the ports of a link; `prior` the share of time each code is
    failed. `roots` are all vantages, `vantage` first; each of the others is joined to it by a link of the graph's own
    (`ROOT_LINK`), so that what one of them reaches is reached.
    """

    ids: tuple[str, ...]
    index: dict[str, int]
    adjacency: tuple[tuple[Hop, ...], ...]
    is_monitored: tuple[bool, ...]
    is_drawn: bytearray
    link_ids: tuple[str, ...]
    ends: tuple[tuple[int, int], ...]
    is_fibre: tuple[bool, ...]
    links_at: dict[PortId, tuple[int, ...]]
    ports_of: tuple[tuple[PortId, ...], ...]
    cable_ids: tuple[str, ...]
    cable_links: tuple[tuple[int, ...], ...]
    cables_of: tuple[tuple[int, ...], ...]
    area_ids: tuple[str, ...]
    area_nodes: tuple[tuple[int, ...], ...]
    area_of: tuple[int, ...]
    site_ids: tuple[str, ...]
    site_index: dict[str, int]
    site_of: tuple[int, ...]
    site_nodes: tuple[tuple[int, ...], ...]
    is_served: tuple[bool, ...]
    vantage: int
    roots: tuple[int, ...]
    sentinels: tuple[int, ...]
    prior: tuple[float, ...]

    @classmethod
    def from_inventory(cls, inventory: Inventory) -> Graph:
        """Number everything in the inventory and list what touches what."""
        inventory = _with_roots_joined(inventory)
        ids, index = _numbered(inventory.nodes)
        link_ids, link_index = _numbered(inventory.links)
        cable_ids, cable_index = _numbered(inventory.cables)
        area_ids, area_index = _numbered({node.power_area for node in inventory.nodes.values()} - {None})
        site_ids, site_index = _numbered(inventory.sites)
        nodes = [inventory.nodes[i] for i in ids]
        links = [inventory.links[i] for i in link_ids]
        ends = tuple((index[link.a.node], index[link.b.node]) for link in links)
        cables_of = tuple(tuple(sorted({cable_index[c] for c in link.cables})) for link in links)
        area_of = tuple(-1 if node.power_area is None else area_index[node.power_area] for node in nodes)
        site_of = tuple(site_index[node.site] for node in nodes)
        adjacency = _adjacency(len(ids), ends)
        vantage = index[inventory.vantage.node]
        ports: dict[PortId, tuple[int, ...]] = {}
        for link in links:
            for node, port in (link.a, link.b):
                if port is not None:
                    at = PortId(node, port)
                    ports[at] = (*ports.get(at, ()), link_index[link.id])
        return cls(
            ids=ids,
            index=index,
            adjacency=adjacency,
            is_monitored=tuple(node.is_monitored for node in nodes),
            is_drawn=_drawn(adjacency, vantage),
            link_ids=link_ids,
            ends=ends,
            is_fibre=tuple(link.kind is LinkKind.FIBRE for link in links),
            links_at=ports,
            ports_of=tuple(
                tuple(PortId(end.node, end.port) for end in (link.a, link.b) if end.port is not None)
                for link in links
            ),
            cable_ids=cable_ids,
            cable_links=_members(len(cable_ids), enumerate(cables_of)),
            cables_of=cables_of,
            area_ids=area_ids,
            area_nodes=_members(len(area_ids), ((i, (area,)) for i, area in enumerate(area_of) if area >= 0)),
            area_of=area_of,
            site_ids=site_ids,
            site_index=site_index,
            site_of=site_of,
            site_nodes=_members(len(site_ids), ((i, (site,)) for i, site in enumerate(site_of))),
            is_served=tuple(inventory.sites[i].served for i in site_ids),
            vantage=vantage,
            roots=(vantage, *(index[name] for name in inventory.vantage.also if index[name] != vantage)),
            sentinels=tuple(sorted(index[i] for i in inventory.vantage.sentinels)),
            prior=unavailability(inventory, ids, link_ids, cable_ids, area_ids),
        )

    def code_of_link(self, link: int) -> int:
        """Return the code of a link."""
        return len(self.ids) + link

    def code_of_cable(self, cable: int) -> int:
        """Return the code of a cable."""
        return len(self.ids) + len(self.link_ids) + cable

    def code_of_area(self, area: int) -> int:
        """Return the code of a power area."""
        return len(self.ids) + len(self.link_ids) + len(self.cable_ids) + area

    def member(self, code: int) -> tuple[ElementKind, int]:
        """Return the kind of a code and the number within its kind."""
        if code < len(self.ids):
            return ElementKind.NODE, code
        code -= len(self.ids)
        if code < len(self.link_ids):
            return ElementKind.LINK, code
        code -= len(self.link_ids)
        if code < len(self.cable_ids):
            return ElementKind.CABLE, code
        return ElementKind.POWER_AREA, code - len(self.cable_ids)

    def element(self, code: int) -> Element:
        """Return the element of a code."""
        kind, number = self.member(code)
        if kind is ElementKind.NODE:
            return Element(kind, self.ids[number])
        if kind is ElementKind.LINK:
            return Element(kind, self.link_ids[number])
        if kind is ElementKind.CABLE:
            return Element(kind, self.cable_ids[number])
        return Element(kind, self.area_ids[number])

    def code(self, element: Element) -> int:
        """Return the code of an element.

        Raises:
            KeyError: the drawing holds no such element; a vantage has no code.
        """
        match element.kind:
            case ElementKind.NODE:
                return self.index[element.id]
            case ElementKind.LINK:
                return self.code_of_link(_place(self.link_ids, element.id))
            case ElementKind.CABLE:
                return self.code_of_cable(_place(self.cable_ids, element.id))
            case ElementKind.POWER_AREA:
                return self.code_of_area(_place(self.area_ids, element.id))
            case ElementKind.VANTAGE:
                raise KeyError(element.id)

    def fails(self, code: int) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """Return the nodes and the links that fail when the element of this code does."""
        if code < len(self.ids):
            return (code,), ()
        code -= len(self.ids)
        if code < len(self.link_ids):
            return (), (code,)
        code -= len(self.link_ids)
        if code < len(self.cable_ids):
            return (), self.cable_links[code]
        return self.area_nodes[code - len(self.cable_ids)], ()

    def without_roots(self, dead: Collection[int]) -> Graph:
        """Return the graph without the links between vantages that lead to these: nobody watches from there now."""
        joins = (link for link, name in enumerate(self.link_ids) if name.startswith(ROOT_LINK))
        gone = {link for link in joins if self.ends[link][1] in dead}
        adjacency = tuple(tuple(hop for hop in around if hop.link not in gone) for around in self.adjacency)
        roots = tuple(root for root in self.roots if root not in dead)
        return replace(self, adjacency=adjacency, roots=roots, is_drawn=_drawn(adjacency, self.vantage))

    def out_of_sight(self, node_id: str) -> frozenset[str]:
        """Return the nodes to which the drawing has no way from this one, other than from vantage to vantage.

        All of them when it does not hold this one.
        """
        start = self.index.get(node_id)
        seen, waiting = {start}, [] if start is None else [start]
        for here in waiting:
            for there, link in self.adjacency[here]:
                if there not in seen and not self.link_ids[link].startswith(ROOT_LINK):
                    seen.add(there)
                    waiting.append(there)
        return frozenset(name for name, node in self.index.items() if node not in seen)

    def monitored_neighbours(self, node_id: str) -> tuple[str, ...]:
        """Return the nearest monitored nodes of a node, seen through unmonitored ones, sorted.

        Raises:
            KeyError: no such node.
        """
        start = self.index[node_id]
        seen = {start}
        waiting = [start]
        found: list[int] = []
        for here in waiting:
            for there, _ in self.adjacency[here]:
                if there not in seen:
                    seen.add(there)
                    (found if self.is_monitored[there] else waiting).append(there)
        return tuple(self.ids[i] for i in sorted(found))

    def monitored_at(self, site_id: str) -> tuple[str, ...]:
        """Return the monitored nodes at a site, sorted; empty for a site that is not in the drawing."""
        place = self.site_index.get(site_id)
        members = () if place is None else self.site_nodes[place]
        return tuple(self.ids[i] for i in members if self.is_monitored[i])


def _with_roots_joined(inventory: Inventory) -> Inventory:
    """Return the inventory with a link from the vantage to each further one."""
    home = inventory.vantage.node
    more = {
        f"{ROOT_LINK}{node}": Link(f"{ROOT_LINK}{node}", LinkEnd(home), LinkEnd(node), kind=LinkKind.VIRTUAL)
        for node in inventory.vantage.also
        if node != home
    }
    return replace(inventory, links={**inventory.links, **more}) if more else inventory


def _numbered(names: Iterable[str | None]) -> tuple[tuple[str, ...], dict[str, int]]:
    ordered = tuple(sorted(name for name in names if name is not None))
    return ordered, {name: i for i, name in enumerate(ordered)}


def _place(ordered: Sequence[str], name: str) -> int:
    place = bisect_left(ordered, name)
    if place == len(ordered) or ordered[place] != name:
        raise KeyError(name)
    return place


def _adjacency(count: int, ends: Collection[tuple[int, int]]) -> tuple[tuple[Hop, ...], ...]:
    hops: list[list[Hop]] = [[] for _ in range(count)]
    for link, (a, b) in enumerate(ends):
        if a != b:
            hops[a].append(Hop(b, link))
            hops[b].append(Hop(a, link))
    return tuple(tuple(sorted(around)) for around in hops)


def _drawn(adjacency: tuple[tuple[Hop, ...], ...], vantage: int) -> bytearray:
    seen = bytearray(len(adjacency))
    seen[vantage] = 1
    waiting = [vantage]
    for here in waiting:
        for there, _ in adjacency[here]:
            if not seen[there]:
                seen[there] = 1
                waiting.append(there)
    return seen


def _members(count: int, groups_of: Iterable[tuple[int, tuple[int, ...]]]) -> tuple[tuple[int, ...], ...]:
    """Turn (member, its groups) around into the members of each group, in order."""
    members: list[list[int]] = [[] for _ in range(count)]
    for member, groups in groups_of:
        for group in groups:
            members[group].append(member)
    return tuple(map(tuple, members))
