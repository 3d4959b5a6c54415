"""What live nodes say of the lines on their ports: the only evidence that sees a cut which darkens nothing.

Only the word of a node that answers counts: what a dark node last said is from before it fell silent. The rules:

- A line that is up at one live end is not cut, whatever the other end says: a link comes up only when light (or a
  carrier) arrives. Nor are its cables, and its far end has power.
- A line that is down, or without light, at a live end has failed somewhere: the link, its cable, or the far end.
- Light on a port whose line is down clears the cable, not the link: the fibre is whole, the trouble is at an end.
- A port that carries several links (a radio sector, a tagged trunk) says nothing of each while it is up.
"""

from __future__ import annotations

from dataclasses import dataclass

from netmon.model import Observations, PortId
from netmon.topology.graph import Graph
from netmon.topology.masks import both, either, is_within
from netmon.topology.reach import spread

NO_LIGHT_DBM = -35.0
"""At or below this a receiver is dark: modules report some -40 dBm for nothing, and none works below -30."""


@dataclass(frozen=True, slots=True)
class Lines:
    """Links by what live ports say of them, each with those ports.

    `up` is proven whole; `down` has failed; `lit` is down although light arrives; `unlit` those ports of `down`
    links that report no light. No link is both up and down.
    """

    up: dict[int, list[PortId]]
    down: dict[int, list[PortId]]
    lit: dict[int, list[PortId]]
    unlit: dict[int, list[PortId]]


def read_lines(graph: Graph, observations: Observations, is_answering: bytearray) -> Lines:
    """Sort the links by what ports of answering nodes report; ports that are on no drawn link say nothing."""
    up: dict[int, list[PortId]] = {}
    down: dict[int, list[PortId]] = {}
    lit: dict[int, list[PortId]] = {}
    unlit: dict[int, list[PortId]] = {}
    ports, light = observations.ports, observations.light
    for port in ports if not light else {**ports, **light}:
        links = graph.links_at.get(port)
        if links is None or not is_answering[graph.index[port.node]]:
            continue
        is_up = ports.get(port)
        is_lit = _is_lit(light[port]) if port in light else None
        if is_up or (is_up is None and is_lit):
            if len(links) == 1:
                up.setdefault(links[0], []).append(port)
            continue
        for link in links:
            down.setdefault(link, []).append(port)
            if is_lit is False:
                unlit.setdefault(link, []).append(port)
            elif is_lit and len(links) == 1:
                lit.setdefault(link, []).append(port)
    for link in up:
        for refuted in (down, lit, unlit):
            refuted.pop(link, None)
    return Lines(up, down, lit, unlit)


def sends(graph: Graph, lines: Lines, node: int) -> bool:
    """Tell whether a port at the other end of one of the node's links is up or receives light: the node has power."""
    return any(link in lines.up or link in lines.lit for _, link in graph.adjacency[node])


def without_refuted(graph: Graph, lines: Lines, must_reach: bytearray) -> Lines:
    """Return the lines without those that must carry traffic, down or not, because a node that answers needs them.

    Such a port report is old: a reply is newer and is proof.
    """
    if not lines.down:
        return lines
    reached = spread(graph, (graph.vantage,), bytearray(len(graph.ids)), lines.down)
    refuted: set[int] = set()
    while not is_within(must_reach, reached):
        beyond = {link: end for link in sorted(lines.down) for end in _beyond(graph, link, reached)}
        parts = {link: spread(graph, (end,), reached, lines.down) for link, end in beyond.items()}
        needed = next((link for link, part in parts.items() if any(both(part, must_reach))), min(beyond))
        refuted.add(needed)
        reached = either(reached, parts[needed])
    return Lines(
        lines.up,
        *(
            {link: ports for link, ports in said.items() if link not in refuted}
            for said in (lines.down, lines.lit, lines.unlit)
        ),
    )


def _beyond(graph: Graph, link: int, reached: bytearray) -> tuple[int, ...]:
    """Return the end of a link that is not reached, if the other one is."""
    a, b = graph.ends[link]
    return () if reached[a] == reached[b] else (b if reached[a] else a,)


def _is_lit(power_dbm: float | None) -> bool:
    return power_dbm is not None and power_dbm > NO_LIGHT_DBM
