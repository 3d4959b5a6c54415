"""The way between two nodes: the shortest, one that avoids things, and two that share nothing.

A pair is found by augmenting paths (see `ways`), so that there is one whenever there can be; the ways share no node
but their ends, and where that cannot be, no link. Together they need not be the shortest pair.
"""

from __future__ import annotations

import heapq
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from netmon.model import Element, Inventory, Link, LinkKind
from netmon.topology.graph import ROOT_LINK, Graph
from netmon.topology.reach import failed_parts
from netmon.topology.robustness.maze import Goals, Maze
from netmon.topology.robustness.ways import Flow

USUAL_KM = 3.0
"""Length of a link of which the drawing gives none."""
FIBRE_KM_PER_SECOND = 204_190.0
"""Speed of light in silica at 1310 nm, group index 1.4682 (Corning SMF-28 data sheet)."""
AIR_KM_PER_SECOND = 299_700.0
DB_PER_KM = 0.35
"""Loss of G.652 fibre at 1310 nm with its splices (ITU-T G.652, G.671)."""
DB_CONNECTORS = 1.0
"""Two mated pairs of half a decibel each."""


@dataclass(frozen=True, slots=True)
class Span:
    """One link of a way, from a node to the next; losses and delays are what physics asks at least.

    `delay` is one way, in seconds; `loss_db` None where no fibre is passed; `is_assumed` tells that the drawing gives
    no length and a usual one is taken.
    """

    link: str
    a: str
    b: str
    length_km: float
    delay: float
    loss_db: float | None
    is_assumed: bool


def routes(
    inventory: Inventory, graph: Graph, a: str, b: str, *, avoid: Iterable[Element] = (), pair: bool = False
) -> tuple[tuple[Span, ...], ...]:
    """Return the shortest way between two nodes, or a pair that shares nothing; none when there is none.

    Raises:
        KeyError: the drawing holds no such node or element.
    """
    start, goal = graph.index[a], graph.index[b]
    shut_nodes, shut_links = failed_parts(graph, avoid)
    links = {
        link
        for link, (one, other) in enumerate(graph.ends)
        if one != other
        and link not in shut_links
        and not shut_nodes[one]
        and not shut_nodes[other]
        and not graph.link_ids[link].startswith(ROOT_LINK)
    }
    if start == goal or shut_nodes[start] or shut_nodes[goal]:
        return ()
    if not pair:
        way = _shortest(inventory, graph, start, goal, links)
        return () if way is None else (_spans(inventory, graph, start, way),)
    used = _pair(graph, start, goal, links)
    ways = []
    for only in used:
        way = _shortest(inventory, graph, start, goal, only)
        if way is not None:
            ways.append(_spans(inventory, graph, start, way))
    return tuple(sorted(ways, key=lambda spans: sum(span.length_km for span in spans)))


def _pair(graph: Graph, start: int, goal: int, links: Collection[int]) -> list[set[int]]:
    """Return the links of two ways, apart in nodes where that can be, else in links; one where there is but one."""
    gates: list[list[int]] = [[] for _ in graph.ids]
    for link in sorted(links):
        for end in graph.ends[link]:
            gates[end].append(link)
    ends = [[end for end in pair if end not in (start, goal)] for pair in graph.ends]
    straight = [link for link in gates[start] if goal in graph.ends[link]]
    inner = [link for link in gates[start] if link not in straight]
    between = Flow(Maze(gates, ends), inner, Goals(set(gates[goal])), {start, goal})
    if len(straight) + between.grow(2 - min(2, len(straight))) >= 2:
        ways = [{link} for link in straight]
        for route in between.routes():
            way = {between.entered_from[route[0]]}
            way.update(between.left_to[node] for node in route)
            ways.append(way)
        return ways[:2]
    flow = Flow(Maze(graph.ends, gates), [start], Goals({goal}))
    flow.grow(2)
    return [set(route) for route in flow.routes()]


def _shortest(inventory: Inventory, graph: Graph, start: int, goal: int, links: Collection[int]) -> list[int] | None:
    """Return the links of the shortest way, in order (Dijkstra, Numerische Mathematik 1, 1959)."""
    by: dict[int, tuple[int, int]] = {}
    waiting: list[tuple[float, int, int, int]] = [(0.0, start, -1, -1)]
    while waiting:
        far, here, before, link = heapq.heappop(waiting)
        if here in by:
            continue
        by[here] = before, link
        if here == goal:
            break
        for there, onward in graph.adjacency[here]:
            if onward in links and there not in by:
                length = inventory.links[graph.link_ids[onward]].length_km
                heapq.heappush(waiting, (far + (USUAL_KM if length is None else length), there, here, onward))
    if goal not in by:
        return None
    way = []
    here = goal
    while here != start:
        here, link = by[here]
        way.append(link)
    return way[::-1]


def _spans(inventory: Inventory, graph: Graph, start: int, way: Sequence[int]) -> tuple[Span, ...]:
    spans, here = [], start
    for number in way:
        link = inventory.links[graph.link_ids[number]]
        there = graph.ends[number][1] if graph.ends[number][0] == here else graph.ends[number][0]
        spans.append(_span(link, graph.ids[here], graph.ids[there]))
        here = there
    return tuple(spans)


def _span(link: Link, a: str, b: str) -> Span:
    length = USUAL_KM if link.length_km is None else link.length_km
    is_fibre = link.kind is LinkKind.FIBRE
    speed = AIR_KM_PER_SECOND if link.kind is LinkKind.RADIO else FIBRE_KM_PER_SECOND
    loss = length * DB_PER_KM + DB_CONNECTORS if is_fibre else None
    return Span(link.id, a, b, length, length / speed, loss, link.length_km is None)
