"""Random networks whose sites have several nodes or none that is watched, and plain removal to hold against."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from random import Random

import networkx as nx

from netmon.model import Element, ElementKind, Inventory, Link, LinkEnd, Service, Site, SiteKind
from tests.unit.topology.chance import network


def townscape(random: Random, size: int) -> Inventory:
    """Return a random network with parallel links, crowded and unserved sites, hosts, now and then in two parts."""
    inventory = network(random, size)
    links = dict(inventory.links)
    for name in random.sample(sorted(links), min(len(links), random.choice([0, 0, 1, 2]))):
        cables = random.choice([(), links[name].cables, tuple(sorted(inventory.cables)[:1])])
        links[f"{name}x"] = replace(links[name], id=f"{name}x", cables=cables)
    for name in random.sample(sorted(links), min(len(links), random.choice([0, 0, 0, 1, 3]))):
        del links[name]
    if random.random() < 0.2:
        links["loop"] = Link("loop", LinkEnd("n00"), LinkEnd("n00"))
    crowd = random.choice([0.0, 0.0, 0.3, 0.8])
    homes = sorted(inventory.sites)
    nodes = {
        name: replace(node, site=random.choice(homes[: max(1, size // 3)])) if random.random() < crowd else node
        for name, node in inventory.nodes.items()
    }
    kinds = [SiteKind.VILLAGE, SiteKind.VILLAGE, SiteKind.KELURAHAN, SiteKind.OPD]
    sites = {
        name: Site(
            name, name, random.choice(kinds), served=random.random() > 0.1, people=random.choice([None, 0, 90])
        )
        for name in homes
    }
    services = {
        f"w{number}": Service(
            f"w{number}", random.choice(homes), "website", depends_on=tuple(random.sample(sorted(nodes), number % 2))
        )
        for number in range(random.choice([0, 3]))
    }
    return replace(inventory, nodes=nodes, links=links, sites=sites, services=services)


class Removal:
    """What is reached when things are taken out of a drawing, found by taking them out."""

    def __init__(self, inventory: Inventory, base: Collection[Element] = ()) -> None:
        self.inventory = inventory
        self.vantage = inventory.vantage.node
        self.base = tuple(base)
        self.before = self.reached(())

    def parts(self, element: Element) -> tuple[set[str], set[str]]:
        """Return the nodes and links that an element is."""
        nodes, links = self.inventory.nodes.values(), self.inventory.links.values()
        match element.kind:
            case ElementKind.NODE:
                return {element.id}, set()
            case ElementKind.LINK:
                return set(), {element.id}
            case ElementKind.CABLE:
                return set(), {link.id for link in links if element.id in link.cables}
            case _:
                return {node.id for node in nodes if node.power_area == element.id}, set()

    def left(self, failed: Collection[Element]) -> nx.MultiGraph[str]:
        """Return the graph without what failed."""
        nodes = {name for one in (*self.base, *failed) for name in self.parts(one)[0]}
        links = {name for one in (*self.base, *failed) for name in self.parts(one)[1]}
        graph: nx.MultiGraph[str] = nx.MultiGraph()
        graph.add_nodes_from(name for name in self.inventory.nodes if name not in nodes)
        for name, link in self.inventory.links.items():
            if name not in links and link.a.node in graph and link.b.node in graph:
                graph.add_edge(link.a.node, link.b.node, name)
        return graph

    def reached(self, failed: Collection[Element]) -> set[str]:
        """Return the nodes that the vantage reaches."""
        graph = self.left(failed)
        return set(nx.node_connected_component(graph, self.vantage)) if self.vantage in graph else set()

    def speakers(self, site: str) -> set[str]:
        """Return the nodes that are reached at first and tell whether a site is dark."""
        members = [node for node in self.inventory.nodes.values() if node.site == site]
        watched = {node.id for node in members if node.is_monitored}
        names = watched | ({self.vantage} & {node.id for node in members}) if watched else {n.id for n in members}
        return names & self.before

    def dark_sites(self, failed: Collection[Element]) -> set[str]:
        """Return the served sites that were not dark and are."""
        reached = self.reached(failed)
        return {
            site.id
            for site in self.inventory.sites.values()
            if site.served and (speakers := self.speakers(site.id)) and not speakers & reached
        }

    def elements(self) -> list[Element]:
        """Return everything that can fail, besides the vantage."""
        kinds = (
            (ElementKind.NODE, sorted(set(self.inventory.nodes) - {self.vantage})),
            (ElementKind.LINK, sorted(self.inventory.links)),
            (ElementKind.CABLE, sorted(self.inventory.cables)),
            (ElementKind.POWER_AREA, sorted({n.power_area for n in self.inventory.nodes.values() if n.power_area})),
        )
        return [Element(kind, name) for kind, names in kinds for name in names]

    def bridges(self, failed: Collection[Element]) -> set[str]:
        """Return the links without which something more is not reached."""
        links = [Element(ElementKind.LINK, name) for name in self.inventory.links]
        reached = self.reached(failed)
        gone = {name for one in (*self.base, *failed) for name in self.parts(one)[1]}
        return {one.id for one in links if one.id not in gone and self.reached((*failed, one)) != reached}
