"""How many ways every node has to the vantage: the greatest number first, and each node searched for once at most.

A node has no more ways than gates, nor than the vantages have. From the greatest such bound down, those that may have
so many are looked at. Most need no search: who has k goals beside it, each over a gate of its own, has k ways, and is
a goal then too (so bootstrap percolation spreads: Chalupa, Leath and Reich, J. Phys. C 12, 1979). A search that finds
fewer has found a cut, which tells exactly how many there are and bounds all nodes behind it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from netmon.topology.robustness.footing import Footing
from netmon.topology.robustness.slope import Slope
from netmon.topology.robustness.ways import Flow, Goals, Maze

FEW = 2
"""Ways up to which the tree has counted."""


class NodeLevels:
    """Ways that share no gate, with nodes as places: links, or cables, must not be shared.

    `known` is the number of ways by node, of those that are reached; 0 for the vantages.

    Args:
        footing: what is reached.
        maze: its nodes as places.
        threads: mask of the nodes that hang on a single gate.
    """

    def __init__(self, footing: Footing, maze: Maze, threads: bytearray) -> None:
        self.footing = footing
        self.maze = maze
        self.roots = frozenset(footing.graph.roots)
        self.known = [
            FEW * reached - (reached and hangs) for reached, hangs in zip(footing.reached, threads, strict=True)
        ]
        for root in self.roots:
            self.known[root] = 0
        self.cuts: list[int] = []  # how many gates each cut has
        self.behind: dict[int, list[int]] = {}  # by node: the cuts that it lies behind
        self._goals_of: dict[int, tuple[Goals, Slope]] = {}
        self.doors = sum(1 for root in self.roots for _ in self.beside(root, set()))
        self._descend()

    def of(self, nodes: Sequence[int]) -> int:
        """Return how many ways there are from these nodes together; with one, from what is known."""
        ways = max(self.known[node] for node in nodes)
        most = min(self.doors, sum(map(self.bound, nodes)))
        if len(nodes) == 1 or ways == most:
            return ways
        common = set.intersection(*(set(self.behind.get(node, ())) for node in nodes))
        if any(self.cuts[cut] <= ways for cut in common):
            return ways
        for level in (ways + 1, most):
            direct, flow = self.flow(nodes, *self._goals(level))
            ways = direct + flow.grow(level - direct)
            if ways < level:
                self.note_cut(ways, self.behind_cut(flow))
                break
        return ways

    def bound(self, node: int) -> int:
        """Return a number that the ways of a node cannot exceed."""
        return len(self.maze.gates[node])

    def flow(self, nodes: Sequence[int], goals: Goals, slope: Slope) -> tuple[int, Flow]:
        """Return the ways that need no search, and the search for the others."""
        return 0, Flow(self.maze, nodes, goals, (), slope)

    def first_goals(self) -> Goals:
        """Return where ways end whatever is known: at a vantage."""
        return Goals(set(self.roots))

    def beside(self, node: int, gates_met: set[int]) -> Iterable[int]:
        """Yield the nodes that a goal lies beside, as often as by gates of their own; `gates_met` is added to."""
        for gate in self.maze.gates[node]:
            if gate not in gates_met:
                gates_met.add(gate)
                yield from self.maze.ends[gate]

    def as_goals(self, nodes: Sequence[int]) -> tuple[Sequence[int], Sequence[int]]:
        """Return nodes of which enough ways are known as places and as gates where ways may end."""
        return nodes, ()

    def behind_cut(self, flow: Flow) -> Collection[int]:
        """Return the nodes on the near side of the cut that a search has found."""
        return flow.seen_places

    def _goals(self, level: int) -> tuple[Goals, Slope]:
        """Return the goals for so many ways, when all are known."""
        if level not in self._goals_of:
            goals = self.first_goals()
            goals.add(*self.as_goals([node for node, ways in enumerate(self.known) if ways >= level]))
            self._goals_of[level] = goals, Slope(self.maze, goals)
        return self._goals_of[level]

    def note_cut(self, ways: int, nodes: Iterable[int]) -> None:
        """Note a cut of so many gates before these nodes: together, too, they have no more ways."""
        for node in nodes:
            self.behind.setdefault(node, []).append(len(self.cuts))
        self.cuts.append(ways)

    def _descend(self) -> None:
        descent = _Descent(self)
        for level in range(self.doors, FEW, -1):
            descent.settle_at(level)


class _Descent:
    """The nodes by how many ways they may have at most, from the greatest number down to three.

    `most` bounds the ways of a node that may have more than `FEW` and is not settled; `goals_beside` counts the gates
    over which goals lie beside a node, a goal having as many ways as the level, or more.
    """

    def __init__(self, levels: NodeLevels) -> None:
        self.levels = levels
        self.goals = levels.first_goals()
        self.slope = Slope(levels.maze, self.goals)
        self.most: dict[int, int] = {}
        self.exact: set[int] = set()
        self.waiting: dict[int, list[int]] = {}
        for node in self._from_the_vantage():
            if levels.known[node] == FEW:
                self._wait(node, min(levels.doors, levels.bound(node)))
        self.goals_beside = [0] * len(levels.known)
        self.gates_met: set[int] = set()
        for root in sorted(levels.roots):
            for node in levels.beside(root, self.gates_met):
                self.goals_beside[node] += 1

    def settle_at(self, level: int) -> None:
        """Find all nodes that have so many ways; those that have more are found."""
        waiting = self.waiting.get(level, [])
        for node in waiting:
            if self._waits(node, level) and (node in self.exact or self.goals_beside[node] >= level):
                self._settle(node, level)
        for node in waiting:
            if not self._waits(node, level):
                continue
            direct, flow = self.levels.flow((node,), self.goals, self.slope)
            ways = direct + flow.grow(level - direct)
            if ways == level:
                self._settle(node, level)
                continue
            near = self.levels.behind_cut(flow)
            self.levels.note_cut(ways, near)
            self.exact.add(node)
            for one in (node, *near):
                if self.most.get(one, 0) > ways:
                    self._wait(one, ways)

    def _wait(self, node: int, most: int) -> None:
        self.most[node] = most
        self.waiting.setdefault(most, []).append(node)

    def _waits(self, node: int, level: int) -> bool:
        return self.most.get(node) == level

    def _settle(self, node: int, level: int) -> None:
        """Note that a node has so many ways, and who has then."""
        levels, beside = self.levels, self.goals_beside
        settled = [node]
        del self.most[node]
        for one in settled:
            levels.known[one] = level
            for there in levels.beside(one, self.gates_met):
                beside[there] += 1
                if beside[there] >= level and self.most.get(there) == level:
                    del self.most[there]
                    settled.append(there)
        places, gates = levels.as_goals(settled)
        self.goals.add(places, gates)
        self.slope.add(places, gates)

    def _from_the_vantage(self) -> list[int]:
        """Return what is reached, the nearest first."""
        graph, footing = self.levels.footing.graph, self.levels.footing
        seen = bytearray(len(graph.ids))
        order = list(graph.roots)
        for root in order:
            seen[root] = 1
        for here in order:
            for there, link in graph.adjacency[here]:
                if not seen[there] and footing.reached[there] and link not in footing.shut_links:
                    seen[there] = 1
                    order.append(there)
        return order


class NodesAsGates(NodeLevels):
    """Ways that share no node: nodes are gates and links places, those at a vantage goals.

    A link between a node and a vantage is a way by itself.
    """

    def __init__(self, footing: Footing, threads: bytearray) -> None:
        graph = footing.graph
        self.roots = frozenset(graph.roots)
        self.hops = [
            [hop for hop in hops if footing.reached[hop.node] and hop.link not in footing.shut_links]
            if footing.reached[node]
            else []
            for node, hops in enumerate(graph.adjacency)
        ]
        self.final = frozenset(link for root in graph.roots for _, link in self.hops[root])
        ends = [[link for _, link in hops] for hops in self.hops]
        gates = [[end for end in pair if end not in self.roots] for pair in graph.ends]
        super().__init__(footing, Maze(ends, gates), threads)

    def bound(self, node: int) -> int:
        """Return a number that the ways of a node cannot exceed."""
        beside = {there for there, _ in self.hops[node]} - self.roots
        return len(beside) + sum(there in self.roots for there, _ in self.hops[node])

    def first_goals(self) -> Goals:
        """Return where ways end whatever is known: at a link of a vantage."""
        return Goals(set(self.final))

    def beside(self, node: int, gates_met: set[int]) -> Iterable[int]:  # noqa: ARG002 (each node is its own gate)
        """Yield the nodes that a goal lies beside: a vantage as often as links lead to it, another node once."""
        around = [there for there, _ in self.hops[node]]
        return around if node in self.roots else set(around)

    def as_goals(self, nodes: Sequence[int]) -> tuple[Sequence[int], Sequence[int]]:
        """Return nodes of which enough ways are known as places and as gates where ways may end, one at each gate."""
        return (), nodes

    def flow(self, nodes: Sequence[int], goals: Goals, slope: Slope) -> tuple[int, Flow]:
        """Return how many links lead straight to a vantage, and the search for the other ways."""
        own = set(nodes)
        links = {link: there for node in nodes for there, link in self.hops[node] if there not in own}
        direct = sum(there in self.roots for there in links.values())
        starts = [link for link, there in links.items() if there not in self.roots]
        return direct, Flow(self.maze, starts, goals, own, slope)

    def behind_cut(self, flow: Flow) -> Collection[int]:
        """Return the nodes on the near side of the cut that a search has found, which it could leave."""
        return flow.seen_out
