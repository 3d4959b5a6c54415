"""The evidence that bears on one fault, gathered from all that is known: what its cause is judged on.

Only two sorts of places bear on a fault: its lines, of which live ends report, and its *heads*, the dark nodes
nearest to it. What lies behind them says nothing: it may have lost its power long after.
"""

from __future__ import annotations

from collections.abc import Collection, Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from netmon.model import (
    Element,
    ElementKind,
    Evidence,
    EvidenceKind,
    Fault,
    Inventory,
    LinkKind,
    Observations,
    PortId,
    Reach,
)
from netmon.topology.diagnosis.lines import NO_LIGHT_DBM
from netmon.topology.graph import Graph

SUPPLY = frozenset({EvidenceKind.ON_BATTERY, EvidenceKind.MAINS_BACK, EvidenceKind.POWER_FAILING})
"""What holds for all that shares a supply: a site, a power area."""
OF_LINES = frozenset({EvidenceKind.LINE_DOWN, EvidenceKind.LINE_UP, EvidenceKind.LIGHT_LOST, EvidenceKind.LIGHT_SEEN})


@dataclass(frozen=True, slots=True)
class Sight:
    """All that is known at one moment. `read_at` says when a port's word came; a port not in it spoke just now."""

    inventory: Inventory
    graph: Graph
    live: Container[str]
    ports: Mapping[PortId, bool] = field(default_factory=dict)
    light: Mapping[PortId, float | None] = field(default_factory=dict)
    read_at: Mapping[PortId, float] = field(default_factory=dict)
    told: Mapping[str, tuple[Evidence, ...]] = field(default_factory=dict)
    forwarders: Container[str] = frozenset()

    @classmethod
    def of(
        cls, inventory: Inventory, graph: Graph, observations: Observations, forwarders: Collection[str] = frozenset()
    ) -> Sight:
        """Return the sight of observations without times."""
        live = frozenset(name for name, reach in observations.nodes.items() if reach is Reach.UP)
        return cls(inventory, graph, live, observations.ports, observations.light, forwarders=forwarders)


def heads(graph: Graph, stated: Iterable[Element], dark: Collection[str]) -> tuple[str, ...]:
    """Return the dark nodes nearest to what is stated: at the far end of its lines, or it itself, or its power area.

    Args:
        graph: the drawing.
        stated: the element of a fault and its alternatives; those that are no longer drawn are left out.
        dark: the nodes that the fault darkens, or darkened.
    """
    touched: set[int] = set()
    for element in stated:
        code = code_of(graph, element)
        if code is not None:
            nodes, links = graph.fails(code)
            touched.update(nodes, *(graph.ends[link] for link in links))
    found: set[str] = set()
    for node in touched:
        name = graph.ids[node]
        found.update((name,) if graph.is_monitored[node] else graph.monitored_neighbours(name))
    return tuple(sorted(found.intersection(dark)))


def kinds_of_lines(graph: Graph, inventory: Inventory, stated: Iterable[Element]) -> frozenset[LinkKind]:
    """Return what carries the lines among the stated elements."""
    found: set[LinkKind] = set()
    for element in stated:
        code = code_of(graph, element)
        if code is not None:
            found.update(inventory.links[graph.link_ids[link]].kind for link in graph.fails(code)[1])
    return frozenset(found)


def signs(sight: Sight, fault: Fault, at_heads: Collection[str], since: float) -> tuple[Evidence, ...]:
    """Return the evidence that bears on a fault which darkens things since `since`, in order of time."""
    found = [*_of_lines(sight, fault, since), *_of_heads(sight, at_heads)]
    if fault.element.kind is ElementKind.NODE and fault.element.id in sight.forwarders:
        found.append(Evidence(since, fault.element.id, EvidenceKind.FORWARDS))
    return tuple(sorted(found, key=_order))


def together(known: Iterable[Evidence], more: Iterable[Evidence]) -> tuple[Evidence, ...]:
    """Return both, of each kind and place the latest word."""
    latest: dict[tuple[str, EvidenceKind, str], Evidence] = {}
    for one in (*known, *more):
        place = (one.node, one.kind, one.detail if one.kind in OF_LINES else "")
        if place not in latest or latest[place].at <= one.at:
            latest[place] = one
    return tuple(sorted(latest.values(), key=_order))


def code_of(graph: Graph, element: Element) -> int | None:
    """Return the code of an element; None for a vantage, or what is not drawn (any more)."""
    try:
        return graph.code(element)
    except KeyError:
        return None


def _of_lines(sight: Sight, fault: Fault, since: float) -> Iterator[Evidence]:
    """Yield what live ports say of the lines; a good word from before the silence says nothing."""
    graph = sight.graph
    links: set[int] = set()
    for element in (fault.element, *fault.alternatives):
        code = code_of(graph, element)
        if code is not None:
            nodes, lines = graph.fails(code)
            links.update(lines)
            if element == fault.element:  # a port towards a node speaks of it, not of what else it might be
                links.update(hop.link for node in nodes for hop in graph.adjacency[node])
    for link in sorted(links):
        for port in graph.ports_of[link]:
            if port.node not in sight.live or len(graph.links_at[port]) > 1:
                continue
            at = sight.read_at.get(port, since)
            is_fresh = at >= since
            up, has_light = sight.ports.get(port), port in sight.light
            power = sight.light.get(port)
            is_lit = power is not None and power > NO_LIGHT_DBM
            if up is not None and (is_fresh or not up):
                yield Evidence(at, port.node, EvidenceKind.LINE_UP if up else EvidenceKind.LINE_DOWN, port.port)
            if has_light and (is_fresh or not is_lit):
                kind = EvidenceKind.LIGHT_SEEN if is_lit else EvidenceKind.LIGHT_LOST
                yield Evidence(at, port.node, kind, port.port, power if is_lit else None)


def _of_heads(sight: Sight, at_heads: Collection[str]) -> Iterator[Evidence]:
    """Yield what was told of the heads, and of the supplies that they share with others."""
    for head in at_heads:
        own = set(sight.told.get(head, ()))
        yield from sorted(own)
        for name in _sharing_supply(sight.graph, head):
            for one in sight.told.get(name, ()):
                if one.kind in SUPPLY:
                    yield Evidence(one.at, head, one.kind, f"{name} {one.detail}".rstrip())


def _sharing_supply(graph: Graph, head: str) -> list[str]:
    """Return the other nodes at the site of a node, and in its power area."""
    here = graph.index[head]
    area = graph.area_of[here]
    found = {*graph.site_nodes[graph.site_of[here]], *(graph.area_nodes[area] if area >= 0 else ())}
    return [graph.ids[node] for node in sorted(found - {here})]


def _order(one: Evidence) -> tuple[float, str, str, str]:
    return (one.at, one.node, one.kind, one.detail)
