"""Towns: nodes that more links join among themselves than lead out, so that these are all that counts.

Where no more links lead out of a town than ways inside it join two of its nodes, both have as many ways to the
vantage and stand for one place: a smaller cut that parts them can be drawn around the town instead, since what cuts
off two sets of nodes together, and what they have in common, is no more than what cuts off each. Such towns shrink
to a place each, as links are contracted that lie in no least cut (Padberg and Rinaldi, Mathematical
Programming 47, 1990).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from itertools import accumulate

from netmon.topology.robustness.ground import Cut
from netmon.topology.robustness.maze import Maze
from netmon.topology.robustness.node_ways import NodesAsGates
from netmon.topology.robustness.sets import Rows
from netmon.topology.robustness.thinning import BEND, PAIR


class _Leading(dict[int, list[int]]):
    """The other ends of the links of a node, but for what hangs on one thing."""

    def __init__(self, links: Maze, hanging: Sequence[int]) -> None:
        super().__init__()
        self.links = links
        self.hanging = hanging

    def __missing__(self, node: int) -> list[int]:
        ends, hanging = self.links.ends, self.hanging
        own = [end for link in self.links.gates[node] for end in ends[link] if end != node and not hanging[end]]
        self[node] = own
        return own


class Towns:
    """What is known of links by cuts of nodes.

    `most` is, by node, how many links it has, or lead out from behind one of the cuts of nodes or the towns that it
    lies in; `towns` are those that may stand for one place, no two of which share a node: fewer links lead out than
    they have nodes, or more would than ways inside join two of them.

    Args:
        links: the nodes as places and the links as gates, without bends and tails.
        by_node: ways that share no node.
        roots: the vantages, which lie in no town.
        hanging: mask of what hangs on one thing: links to it lead nowhere, but from what hangs too.
    """

    def __init__(self, links: Maze, by_node: NodesAsGates, roots: Collection[int], hanging: Sequence[int]) -> None:
        self.links = links
        self.roots = roots
        self.most = [len(gates) for gates in links.gates]
        self.leading = _Leading(links, hanging)
        self.is_in_town = bytearray(len(self.most))
        self.towns: list[frozenset[int]] = []
        self.cuts: list[Cut] = []
        for node, known in enumerate(by_node.known):
            if self.most[node] > known and not hanging[node]:
                self.most[node] = len(self.leading[node])
        for center in by_node.centers:
            self._draw_in(center)
        for gates, nodes in by_node.cuts:
            if all(self.most[node] <= gates for node in nodes):  # no fewer links lead out than nodes
                continue
            links_out = sum(end not in nodes for node in nodes for end in self.leading[node])
            self._lower(nodes, links_out)
            if links_out > gates:  # nodes of the cut may have few links outwards
                self._draw_in(nodes)

    def _draw_in(self, nodes: Collection[int]) -> None:
        """Note the town around some nodes; what lies in one mostly draws in the same again."""
        if all(map(self.is_in_town.__getitem__, nodes)):
            return
        town, links_out = drawn_in(nodes, self.leading, self.roots)
        self._lower(town, links_out)
        self.cuts.append(Cut(links_out, town))
        if links_out < len(town) and not any(map(self.is_in_town.__getitem__, town)):  # else more than join any two
            self.towns.append(town)
        for node in town:
            self.is_in_town[node] = 1

    def _lower(self, nodes: Collection[int], links_out: int) -> None:
        """Note that so many links lead out from some nodes."""
        most = self.most
        for node in nodes:
            most[node] = min(most[node], links_out)


def drawn_in(nodes: Collection[int], leading: Rows, roots: Collection[int]) -> tuple[frozenset[int], int]:
    """Draw in, one after another, those that have more links to some nodes than to others.

    Return these and all that are drawn in, and how many links lead out from them.
    """
    behind, waiting = set(nodes), list(nodes)
    inward: defaultdict[int, int] = defaultdict(int)
    for here in waiting:
        for there in leading[here]:
            if there not in behind:
                inward[there] += 1
                if 2 * inward[there] > len(leading[there]) and there not in roots:
                    behind.add(there)
                    waiting.append(there)
                    del inward[there]
    return frozenset(behind), sum(inward.values())


def shrunk(
    maze: Maze, towns: Sequence[frozenset[int]], around: Rows | None = None
) -> tuple[Maze, dict[int, list[int]]]:
    """Return a maze where towns are places, and by the node that stands for one the others.

    `around` tells who lies beside each place of a maze without cables, where it is known.
    """
    alike: dict[int, list[int]] = {}
    for town in towns:
        same = _inseparable(maze, town, around)
        if len(same) > 1:
            alike[same[0]] = same[1:]
    if not alike:
        return maze, alike
    stands_for = list(range(len(maze.gates)))
    for one, others in alike.items():
        for node in others:
            stands_for[node] = one
    ends, gates = list(maze.ends), list(maze.gates)
    for one, others in alike.items():
        left: list[int] = []
        for node in (one, *others):
            for gate in maze.gates[node]:
                places = ends[gate]
                if node in places:  # else another of the town has been there
                    if len(places) == PAIR:
                        a, b = places
                        there = b if a == node else a
                        ends[gate] = places = (one, there) if stands_for[there] != one else ()
                    else:
                        places = tuple({one if stands_for[place] == one else place for place in places})
                        ends[gate] = places = places if len(places) >= PAIR else ()
                    if places:
                        left.append(gate)
            gates[node] = ()
        gates[one] = left
    return Maze(ends, gates), alike


def _inseparable(maze: Maze, town: frozenset[int], around: Rows | None) -> list[int]:
    """Return the nodes of a town which no fewer gates part than lead out of it, in order.

    Of j nodes, half the town at most, each has j - 1 links to the others at most. So no fewer lead out than one of
    them has links, and the others more than j each (after Chartrand, SIAM J. Appl. Math. 14, 1966): as few as that
    would be for those of the town that have fewest. Cables of three ends and more lead out of one node and of two in
    any case.
    """
    ends = maze.ends
    beside: dict[int, frozenset[int]] = {}
    wide: set[int] = set()
    out = 0
    for node in town:
        gates = maze.gates[node]
        if around is not None:
            beside[node] = town.intersection(around[node])
            out += len(gates) - len(beside[node])  # of links side by side one counts as inside
            continue
        rows = [ends[gate] for gate in gates]
        others = [places[0] + places[1] - node for places in rows if len(places) == PAIR]
        if len(others) < len(rows):
            wide.update([gate for gate, places in zip(gates, rows, strict=True) if len(places) > PAIR])
        beside[node] = town.intersection(others)
        out += len(others) - len(beside[node])
    inner = [gate for gate in wide if town.issuperset(ends[gate])]
    out += len(wide) - len(inner)
    if out <= BEND:
        return []
    fewest = sorted(map(len, beside.values()))
    more = [total - size * (size + 1) for size, total in enumerate(accumulate(fewest[: len(town) // 2 - 1]), 1)]
    of_two, of_more = min([0, *more[:1]]), min(more[1:], default=len(inner))
    in_cables = Counter(place for gate in inner for place in ends[gate])
    same = {node for node, own in beside.items() if len(own) + min(in_cables[node] + of_two, of_more) >= out}
    if same:
        for node in beside.keys() - same:
            if sum(not same.isdisjoint(ends[gate]) for gate in maze.gates[node]) >= out:
                same.add(node)
    return sorted(same)
