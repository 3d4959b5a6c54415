"""The questions of robustness as networkx answers them, for benches: bridges, articulation points, flows, removal."""

from __future__ import annotations

from collections.abc import Iterable

import networkx as nx

from netmon.model import Element, ElementKind, Inventory


class Peer:
    """A drawing as a graph of networkx, parallel links as one."""

    def __init__(self, inventory: Inventory) -> None:
        self.inventory = inventory
        self.home = inventory.vantage.node
        self.graph: nx.Graph[str] = nx.Graph()
        self.graph.add_nodes_from(inventory.nodes)
        self.graph.add_edges_from(
            (link.a.node, link.b.node) for link in inventory.links.values() if link.a.node != link.b.node
        )

    def threads(self) -> tuple[int, int]:
        """Return how many bridges and articulation points there are."""
        bridges = sum(1 for _ in nx.bridges(self.graph))
        return bridges, sum(1 for _ in nx.articulation_points(self.graph))

    def ways(self, node: str) -> tuple[int, int]:
        """Return how many ways of one node share no node, and no link."""
        if self.graph.has_edge(node, self.home):
            return 1, int(nx.edge_connectivity(self.graph, node, self.home))
        return (
            int(nx.node_connectivity(self.graph, node, self.home)),
            int(nx.edge_connectivity(self.graph, node, self.home)),
        )

    def without(self, failed: Iterable[Element]) -> tuple[int, int]:
        """Return how many nodes are reached without nodes, links, cables and power areas, and the bridges left."""
        left = self.graph.copy()
        for one in failed:
            match one.kind:
                case ElementKind.NODE:
                    left.remove_nodes_from([one.id])
                case ElementKind.POWER_AREA:
                    left.remove_nodes_from([n.id for n in self.inventory.nodes.values() if n.power_area == one.id])
                case _:
                    links = self.inventory.links.values()
                    gone = [link for link in links if one.id == link.id or one.id in link.cables]
                    left.remove_edges_from([(link.a.node, link.b.node) for link in gone])
        reached = left.subgraph(nx.node_connected_component(left, self.home)) if self.home in left else nx.Graph()
        return len(reached), sum(1 for _ in nx.bridges(reached))
