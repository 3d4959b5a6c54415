"""Ways that share no node: each node carries one, and links are free.

Every node but the ends is split into where a way comes in and where it goes out (Ford and Fulkerson, Flows in
Networks, 1962, I.11), so that searches walk from node to node and remember of a way where its nodes were come from.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from netmon.topology.robustness.footing import Footing
from netmon.topology.robustness.ground import LOOKED_AT, Cut, Search
from netmon.topology.robustness.levels import Levels
from netmon.topology.robustness.node_search import Ends, NodeSearch
from netmon.topology.robustness.sets import Sets
from netmon.topology.robustness.thinning import thin_nodes

CLOSE = 3
"""Steps from beside a node to an end, up to which ways are tried without a search."""
DRAWN_IN = 32
"""Nodes that are drawn in around one, to see whether little leads out from all of them."""


class NodesAsGates(Levels["Ends"]):
    """Ways that share no node but their ends. A link between a node and a vantage is a way by itself.

    `centers` are nodes that lie beside each other, each with no more links elsewhere than between them.
    """

    def __init__(self, footing: Footing, threads: bytearray) -> None:
        graph, reached, shut = footing.graph, footing.reached, footing.shut_links
        roots = frozenset(graph.roots)
        around: list[Sequence[int]]
        if footing.is_whole:
            around = [next(zip(*hops, strict=True), ()) for hops in graph.adjacency]
        else:
            around = [
                [there for there, link in hops if reached[there] and link not in shut] if reached[node] else []
                for node, hops in enumerate(graph.adjacency)
            ]
        direct = [0] * len(around)
        for root in roots:
            for there in around[root]:
                direct[there] += there not in roots
        hanging = roots.union(node for node, hangs in enumerate(threads) if hangs)
        next_to = []
        for hangs, each in zip(threads, around, strict=True):  # no way leads down to what hangs, but from there too
            left_out = roots if hangs else hanging
            is_plain = left_out.isdisjoint(each)
            next_to.append(list(dict.fromkeys(each if is_plain else (one for one in each if one not in left_out))))
        thin = thin_nodes(next_to, direct, roots, threads)
        grounds = _NodeGround(next_to, direct), _NodeGround(thin.next_to, thin.direct, thin.inner)
        super().__init__(footing, threads, *grounds, alike=thin.inner)
        self.centers = []
        for node, alike in thin.inner.items():
            beside = thin.next_to[node]
            self.note_cut(Cut(len(beside), {node}))
            others = len(alike) + len(beside)  # all beside each other
            self.centers.append([node, *alike, *(there for there in beside if len(next_to[there]) < 2 * others)])


class _NodeGround:
    """Who lies `next_to` each besides vantages, and how many links lead `direct` to those.

    `inner` are nodes that nobody lies next to although they lie next to others.
    """

    def __init__(
        self, next_to: Sequence[Sequence[int]], direct: Sequence[int], inner: Collection[int] = frozenset()
    ) -> None:
        self.next_to = next_to
        self.direct = direct
        self.inner_nodes = inner
        self.inner = sum(map(bool, direct))
        self.beside = Sets(next_to)

    def doors(self) -> int:
        """Return how many links lead to vantages."""
        return sum(self.direct)

    def bound(self, node: int) -> int:
        """Return a number that the ways of a node cannot exceed."""
        return min(len(self.next_to[node]), self.inner - bool(self.direct[node])) + self.direct[node]

    def neighbours(self, node: int) -> Iterable[int]:
        """Return the nodes beside a node."""
        return self.next_to[node]

    def cut_around(self, node: int) -> Cut:
        """Return the least cut met while what leads to one node more, or to none, is drawn in behind it.

        Where a network is dense most of what lies around a node leads nowhere else; a search would go through all of
        it, and to the vantage as often as there are ways.
        """
        beside, direct = self.beside, self.direct
        behind, edge, doors = [node], set(beside[node]), direct[node]
        closed = {node, *edge}
        least, kept = len(edge) + doors, 1
        seen = 0
        while seen < len(behind) <= DRAWN_IN:
            seen = len(behind)
            for there in tuple(edge):
                if len(beside[there]) > len(closed):  # it lies beside all of them at most, and one more is allowed
                    continue
                beyond = beside[there] - closed
                if len(beyond) + direct[there] <= 1:
                    behind.append(there)
                    edge.remove(there)
                    edge |= beyond
                    closed |= beyond
                    doors += direct[there]
                    if len(edge) + doors < least:
                        least, kept = len(edge) + doors, len(behind)
        return Cut(least, set(behind[:kept]))

    def lies_open(self, node: int, ways: int, target: Ends) -> bool:
        """Tell whether so many ways lie open downhill, to ends close by."""
        far, next_to = target.far, self.next_to
        around = next_to[node]
        spare = len(around) + self.direct[node] - ways
        taken = {node, *around}
        for first in around:
            here, step = first, far[first]
            while 0 < step <= CLOSE:
                for there in next_to[here][:LOOKED_AT]:
                    if far[there] < step and there not in taken:
                        taken.add(there)
                        here, step = there, far[there]
                        break
                else:
                    break
            if step:
                spare -= 1
                if spare < 0:
                    return False
        return spare >= 0

    def target(self) -> Ends:
        """Return where ways end whatever is known: in a node beside a vantage."""
        return Ends(self.next_to, [node for node, doors in enumerate(self.direct) if doors], self.inner_nodes)

    def search(self, nodes: Sequence[int], target: Ends) -> tuple[int, Search]:
        """Return how many links lead straight to a vantage, and the search for the other ways."""
        return sum(self.direct[node] for node in nodes), NodeSearch(target, nodes)
