"""What questions of robustness start from: the drawing, or what is left of it today, and who speaks for a site.

A site is dark when every node that speaks for it is, as a picture has it: its monitored nodes speak, and where none
is monitored all of them. The vantage always speaks for its own site. Sites that were never connected have no part.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from netmon.model import Element, ElementKind
from netmon.topology.graph import Graph
from netmon.topology.reach import failed_parts, spread


@dataclass(frozen=True, slots=True, eq=False)
class Footing:
    """The network before anything is asked of it.

    `shut_nodes` is a mask of the nodes that are not there, `shut_links` the links that are not; `reached` a mask of
    the nodes that the vantage reaches; `speakers` lists, by number of the site, the reached nodes that speak for it:
    none for a site that is not served, or that nothing joins to the vantage.
    """

    graph: Graph
    shut_nodes: bytearray
    shut_links: frozenset[int]
    reached: bytearray
    speakers: tuple[tuple[int, ...], ...]

    @classmethod
    def of(
        cls, graph: Graph, *, failed: Iterable[Element] = (), dark: Collection[str] = (), cut: Collection[str] = ()
    ) -> Footing:
        """Return what is left of the drawing without failed elements, dark nodes and cut links, these by their ids.

        Raises:
            KeyError: the drawing holds no such failed element.
        """
        shut_nodes, shut_links = failed_parts(graph, failed)
        for name in dark:
            if name in graph.index:
                shut_nodes[graph.index[name]] = 1
        shut_nodes[graph.vantage] = 0  # where one looks from
        gone = set(cut)
        shut_links.update(link for link, name in enumerate(graph.link_ids) if name in gone)
        starts = [root for root in graph.roots if not shut_nodes[root]]
        reached = spread(graph, starts, shut_nodes, frozenset(shut_links))
        speakers = tuple(
            tuple(node for node in speaking(graph, site) if reached[node]) if graph.is_served[site] else ()
            for site in range(len(graph.site_ids))
        )
        return cls(graph, shut_nodes, frozenset(shut_links), reached, speakers)

    @property
    def is_whole(self) -> bool:
        """Tell whether everything is there and reached."""
        return all(self.reached) and not self.shut_links

    def missing(self) -> list[Element]:
        """Return the nodes and links that are not there."""
        graph = self.graph
        gone = [Element(ElementKind.NODE, graph.ids[node]) for node, shut in enumerate(self.shut_nodes) if shut]
        return gone + [Element(ElementKind.LINK, graph.link_ids[link]) for link in sorted(self.shut_links)]

    def unjoined(self) -> tuple[str, ...]:
        """Return the served sites of which nothing is reached, by id, sorted: nothing can be said of them."""
        graph = self.graph
        sites = enumerate(graph.site_ids)
        return tuple(name for site, name in sites if graph.is_served[site] and not self.speakers[site])


def speaking(graph: Graph, site: int) -> tuple[int, ...]:
    """Return the nodes that speak for a site."""
    members = graph.site_nodes[site]
    watched = tuple(node for node in members if graph.is_monitored[node] or node == graph.vantage)
    if any(graph.is_monitored[node] for node in watched):
        return watched
    return members
