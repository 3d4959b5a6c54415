"""The cheapest cut through a thicket: maximum flow by shortest augmenting paths (Edmonds and Karp, JACM 19(2), 1972).

Every hidden or dark node is split into an entrance and an exit, so that nodes and links are both arcs that can be
cut. An arc costs one failed element, plus a little less for likelier ones; so the cut has the fewest elements, and is
the most probable among those. Cables and areas are not arcs; `storm` tries them around it.
"""

from __future__ import annotations

from math import log

from netmon.topology.diagnosis.border import Thicket
from netmon.topology.diagnosis.scene import Scene

ELEMENT = 1_000_000
"""Cost of one failed element. The rest of a cost is the prior, which never adds up to as much."""
NAT = 100
"""Cost of one natural unit of improbability."""


class _Network:
    """Arcs with their reverses, numbered so that arc ^ 1 is the other direction."""

    def __init__(self) -> None:
        self.head: list[int] = []
        self.room: list[int] = []
        self.code: list[int] = []
        self.arcs: dict[int, list[int]] = {}

    def add(self, tail: int, head: int, room: int, code: int) -> None:
        for here, there, space in ((tail, head, room), (head, tail, 0)):
            self.arcs.setdefault(here, []).append(len(self.head))
            self.head.append(there)
            self.room.append(space)
            self.code.append(code)

    def search(self, source: int) -> dict[int, int]:
        """Return every place that can still be reached, with the arc that leads to it, in order of distance."""
        by_arc = {source: -1}
        waiting = [source]
        for here in waiting:
            for arc in self.arcs.get(here, ()):
                there = self.head[arc]
                if self.room[arc] and there not in by_arc:
                    by_arc[there] = arc
                    waiting.append(there)
        return by_arc

    def push(self, by_arc: dict[int, int], sink: int) -> None:
        """Send as much as fits along the way that the search found."""
        way = []
        here = sink
        while by_arc[here] >= 0:
            way.append(by_arc[here])
            here = self.head[by_arc[here] ^ 1]
        amount = min(self.room[arc] for arc in way)
        for arc in way:
            self.room[arc] -= amount
            self.room[arc ^ 1] += amount


def cheapest_cut(scene: Scene, thicket: Thicket, nodes: set[int], links: set[int]) -> frozenset[int]:
    """Return the cheapest set of nodes and links (codes) that parts live from dark, after `nodes` and `links` failed.

    Elements that cannot have failed are never cut; dark nodes can always be, so there is a cut.
    """
    graph = scene.graph
    endless = ELEMENT * (len(thicket.dark) + 1)
    source, sink = -1, -2
    network = _Network()

    def room(code: int) -> int:
        return ELEMENT - int(NAT * log(scene.prior(code))) if scene.is_accusable(code) else endless

    open_nodes = [node for node in sorted(thicket.hidden | thicket.dark) if node not in nodes]
    is_open = set(open_nodes)
    for node in open_nodes:
        network.add(2 * node, 2 * node + 1, room(node), node)
        if node in thicket.dark:
            network.add(2 * node + 1, sink, endless, -1)
            continue
        for there, link in graph.adjacency[node]:
            if there in is_open and link not in links:
                code = graph.code_of_link(link)
                network.add(2 * node + 1, 2 * there, room(code), code)
    for _, node, link in thicket.entries:
        if node in is_open and link not in links:
            code = graph.code_of_link(link)
            network.add(source, 2 * node, room(code), code)
    by_arc = network.search(source)
    while sink in by_arc:
        network.push(by_arc, sink)
        by_arc = network.search(source)
    return frozenset(
        network.code[arc]
        for here in by_arc
        for arc in network.arcs.get(here, ())
        if network.code[arc] >= 0 and arc % 2 == 0 and network.head[arc] not in by_arc
    )
