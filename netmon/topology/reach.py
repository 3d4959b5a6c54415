"""What the vantage can reach when some elements have failed."""

from __future__ import annotations

from collections.abc import Collection, Container, Iterable, Mapping

from netmon.model import Element, ElementKind, Inventory
from netmon.topology.graph import Graph


def spread(
    graph: Graph, starts: Iterable[int], shut_nodes: bytearray, shut_links: Container[int] = frozenset()
) -> bytearray:
    """Mark every node that can be reached from the starts without entering a shut node or taking a shut link.

    `shut_nodes` is a mask over all nodes; a start is reached even when it is shut. Linear.
    """
    closed = bytearray(shut_nodes)  # reached or shut
    adjacency = graph.adjacency
    waiting = list(starts)
    for start in waiting:
        closed[start] = 1
    if shut_links:
        for here in waiting:
            for there, link in adjacency[here]:
                if not closed[there] and link not in shut_links:
                    closed[there] = 1
                    waiting.append(there)
    else:
        for here in waiting:
            for there, _ in adjacency[here]:
                if not closed[there]:
                    closed[there] = 1
                    waiting.append(there)
    reached = bytearray(len(closed))
    for node in waiting:
        reached[node] = 1
    return reached


def can_fail(inventory: Inventory) -> Mapping[ElementKind, Collection[str]]:
    """Return the ids of all that can fail, by kind."""
    areas = {node.power_area for node in inventory.nodes.values() if node.power_area is not None}
    return {
        ElementKind.NODE: inventory.nodes,
        ElementKind.LINK: inventory.links,
        ElementKind.CABLE: inventory.cables,
        ElementKind.POWER_AREA: areas,
    }


def failed_parts(graph: Graph, elements: Iterable[Element]) -> tuple[bytearray, set[int]]:
    """Return the mask of nodes and the set of links that fail when these elements do.

    Raises:
        KeyError: the drawing holds no such element.
    """
    nodes = bytearray(len(graph.ids))
    links: set[int] = set()
    for element in elements:
        if element.kind is ElementKind.VANTAGE:
            links.update(link for _, link in graph.adjacency[graph.vantage])
            continue
        more_nodes, more_links = graph.fails(graph.code(element))
        for node in more_nodes:
            nodes[node] = 1
        links.update(more_links)
    return nodes, links


def dark_if(graph: Graph, elements: Iterable[Element]) -> frozenset[str]:
    """Return the nodes that lose their path to the vantage when these elements fail, the failed ones included.

    A failed vantage node, or a failed vantage, darkens everything but itself, as far as no other vantage reaches it.
    Nodes that the drawing never joins to the vantage are darkened only by a failure of their own.

    Raises:
        KeyError: the drawing holds no such element.
    """
    nodes, links = failed_parts(graph, elements)
    if nodes[graph.vantage]:
        links.update(link for _, link in graph.adjacency[graph.vantage])
    starts = [graph.vantage, *(root for root in graph.roots[1:] if not nodes[root])]
    seen = spread(graph, starts, nodes, links)
    return frozenset(
        name
        for name, drawn, reached, failed in zip(graph.ids, graph.is_drawn, seen, nodes, strict=True)
        if (drawn and not reached) or failed
    ) - {graph.ids[graph.vantage]}
