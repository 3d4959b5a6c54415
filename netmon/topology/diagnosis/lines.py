"""What live nodes say of the lines on their ports: the only evidence that sees a cut which darkens nothing.

Only the word of a node that answers counts: what a dark node last said is from before it fell silent. The rules:

- A line that is up at one live end is not cut, whatever the other end says: a link comes up only when light (or a
  carrier) arrives. Nor are its cables, and its far end has power.
- A line that is down, or without light, at a live end has failed somewhere: the link, its cable, or the far end.
- Light on a port whose line is down clears the cable, not the link: the fibre is whole, the trouble is at an end.
- A port that carries several links (a radio sector, a tagged trunk) says nothing of each while it is up.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from netmon.model import Observations, PortId
from netmon.topology.graph import Graph
from netmon.topology.masks import both, either, is_within
from netmon.topology.reach import spread

NO_LIGHT_DBM = -35.0
"""At or below this a receiver is dark: modules report some -40 dBm for nothing, and none works below -30."""

Ports = tuple[PortId, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Lines:
    """Links by what live ports say of them, each with those ports.

    `down` links have failed; of them, `lit` are reached by light all the same, and `unlit` report none. Whether a
    line is up is looked up when asked: a network has as many as links, and few are in question.
    """

    graph: Graph
    observations: Observations
    is_answering: bytearray
    down: Mapping[int, Ports]
    lit: Mapping[int, Ports]
    unlit: Mapping[int, Ports]
    _up: dict[int, Ports] = field(default_factory=dict)

    def up(self, link: int) -> Ports:
        """Return the live ports that report this line up, or light on it: it is proven whole."""
        known = self._up.get(link)
        if known is None:
            ports = (port for port in self.graph.ports_of[link] if len(self.graph.links_at[port]) == 1)
            known = self._up[link] = tuple(port for port in ports if _says(self, port) is True)
        return known

    def is_whole(self, link: int) -> bool:
        """Tell whether the fibre of a link is proven not to be cut."""
        return link in self.lit or bool(self.up(link))

    def sends(self, node: int) -> bool:
        """Tell whether the other end of one of the node's links hears it: it has power."""
        return any(self.is_whole(link) for _, link in self.graph.adjacency[node])


def _says(lines: Lines, port: PortId) -> bool | None:
    """Return whether a port reports its line up, by its state or else by its light; None when it says nothing."""
    if not lines.is_answering[lines.graph.index[port.node]]:
        return None
    is_up = lines.observations.ports.get(port)
    return is_up if is_up is not None else _is_lit(lines.observations, port)


def _is_lit(observations: Observations, port: PortId) -> bool | None:
    if port not in observations.light:
        return None
    power_dbm = observations.light[port]
    return power_dbm is not None and power_dbm > NO_LIGHT_DBM


def read_lines(graph: Graph, observations: Observations, is_answering: bytearray) -> Lines:
    """Sort the links by what ports of answering nodes report; ports that are on no drawn link say nothing."""
    lines = Lines(graph, observations, is_answering, {}, {}, {})
    suspected = {port for port, is_up in observations.ports.items() if not is_up}
    suspected.update(port for port in observations.light if not _is_lit(observations, port))
    down: dict[int, Ports] = {}
    if not suspected:
        return lines
    for port in sorted(suspected.intersection(graph.links_at)):
        if _says(lines, port) is False:
            for link in graph.links_at[port]:
                if not lines.up(link):
                    down[link] = (*down.get(link, ()), port)
    return replace(
        lines,
        down=down,
        lit={link: ports for link in down if (ports := _with_light(graph, observations, down[link], is_lit=True))},
        unlit={link: ports for link in down if (ports := _with_light(graph, observations, down[link], is_lit=False))},
    )


def _with_light(graph: Graph, observations: Observations, ports: Ports, *, is_lit: bool) -> Ports:
    """Return the ports that report light, or none. Light on a port of several links speaks for none of them."""
    found = (port for port in ports if _is_lit(observations, port) is is_lit)
    return tuple(port for port in found if not is_lit or len(graph.links_at[port]) == 1)


def without_refuted(lines: Lines, must_reach: bytearray) -> Lines:
    """Return the lines without those that must carry traffic, down or not, because a node that answers needs them.

    Such a port report is old: a reply is newer and is proof.
    """
    if not lines.down:
        return lines
    graph = lines.graph
    reached = spread(graph, (graph.vantage,), bytearray(len(graph.ids)), lines.down)
    refuted: set[int] = set()
    while not is_within(must_reach, reached):
        beyond = {link: end for link in sorted(lines.down) for end in _beyond(graph, link, reached)}
        parts = {link: spread(graph, (end,), reached, lines.down) for link, end in beyond.items()}
        needed = next((link for link, part in parts.items() if any(both(part, must_reach))), min(beyond))
        refuted.add(needed)
        reached = either(reached, parts[needed])
    down, lit, unlit = (
        {link: ports for link, ports in said.items() if link not in refuted}
        for said in (lines.down, lines.lit, lines.unlit)
    )
    return replace(lines, down=down, lit=lit, unlit=unlit)


def _beyond(graph: Graph, link: int, reached: bytearray) -> tuple[int, ...]:
    """Return the end of a link that is not reached, if the other one is."""
    a, b = graph.ends[link]
    return () if reached[a] == reached[b] else (b if reached[a] else a,)
