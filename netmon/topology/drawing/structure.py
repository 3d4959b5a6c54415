"""What a drawing shows of the network's own shape: which links are bridges, and what nothing joins to the vantage."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from netmon.model import Inventory
from netmon.topology.graph import Graph
from netmon.topology.lowlink import hinges
from netmon.topology.robustness.footing import Footing


@dataclass(frozen=True, slots=True)
class Structure:
    """The ids of links that are bridges in what is left of a drawing, and of served sites that it never joins."""

    bridges: frozenset[str]
    islands: frozenset[str]

    @classmethod
    def of(cls, inventory: Inventory, *, dark: Collection[str] = (), cut: Collection[str] = ()) -> Structure:
        """Return the structure of a drawing, without dark nodes and cut links, these by their ids."""
        graph = Graph.from_inventory(inventory)
        left = Footing.of(graph, dark=dark, cut=cut)
        found = hinges(graph, graph.vantage, left.shut_nodes, left.shut_links)
        return cls(
            frozenset(graph.link_ids[link] for link in found.bridges),
            frozenset(Footing.of(graph).unjoined()),
        )
