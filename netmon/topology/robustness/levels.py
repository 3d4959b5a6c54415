"""How many ways every node has, one number after another, nearest nodes first; see `ways` for why that is cheap."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from netmon.topology.robustness.footing import Footing
from netmon.topology.robustness.ways import Flow, Goals, Maze


class NodeLevels:
    """Ways that share no gate, with nodes as places: links, or cables, must not be shared.

    Args:
        footing: what is reached.
        maze: its nodes as places.
        threads: mask of the nodes that hang on a single gate.
    """

    def __init__(self, footing: Footing, maze: Maze, threads: bytearray) -> None:
        self.footing = footing
        self.maze = maze
        self.known = [
            2 * reached - (reached and hangs) for reached, hangs in zip(footing.reached, threads, strict=True)
        ]
        for root in footing.graph.roots:
            self.known[root] = 0
        self._climb()

    def of(self, nodes: Sequence[int]) -> int:
        """Return how many ways there are from these nodes together; with one, from what is known."""
        if len(nodes) == 1:
            return self.known[nodes[0]]
        direct, flow = self.flow(nodes, self.goals())
        return direct + flow.grow(len(self.footing.graph.link_ids))

    def bound(self, node: int) -> int:
        """Return a number that the ways of a node cannot exceed."""
        return len(self.maze.gates[node])

    def flow(self, nodes: Sequence[int], goals: Goals) -> tuple[int, Flow]:
        """Return the ways that need no search, and the search for the others."""
        return 0, Flow(self.maze, nodes, goals)

    def goals(self) -> Goals:
        """Return where ways end: at a vantage."""
        return Goals(set(self.footing.graph.roots))

    def strengthen(self, goals: Goals, node: int) -> None:
        """Let ways end at a node of which enough ways are known."""
        goals.places.add(node)

    def capped(self, flow: Flow) -> Iterable[int]:
        """Return the nodes on the near side of the cut that a search has found."""
        return flow.seen_places

    def _climb(self) -> None:
        order = self._from_the_vantage()
        level = 2
        while True:
            level += 1
            waiting = [node for node in order if self.known[node] == level - 1 and self.bound(node) >= level]
            if not waiting:
                return
            capped: set[int] = set()
            goals = self.goals()
            for node in waiting:
                if node in capped:
                    continue
                direct, flow = self.flow((node,), goals)
                if direct + flow.grow(level - direct) >= level:
                    self.known[node] = level
                    self.strengthen(goals, node)
                else:
                    capped.update(self.capped(flow))

    def _from_the_vantage(self) -> list[int]:
        graph = self.footing.graph
        seen = bytearray(len(graph.ids))
        order = list(graph.roots)
        for root in order:
            seen[root] = 1
        for here in order:
            for there, link in graph.adjacency[here]:
                if not seen[there] and self.footing.reached[there] and link not in self.footing.shut_links:
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

    def goals(self) -> Goals:
        """Return where ways end: at a link of a vantage."""
        return Goals(set(self.final))

    def strengthen(self, goals: Goals, node: int) -> None:
        """Let ways end at a node of which enough ways are known, one each."""
        goals.gates.add(node)

    def flow(self, nodes: Sequence[int], goals: Goals) -> tuple[int, Flow]:
        """Return how many links lead straight to a vantage, and the search for the other ways."""
        own = set(nodes)
        links = {link: there for node in nodes for there, link in self.hops[node] if there not in own}
        direct = sum(there in self.roots for there in links.values())
        return direct, Flow(self.maze, [link for link, there in links.items() if there not in self.roots], goals, own)

    def capped(self, flow: Flow) -> Iterable[int]:
        """Return the nodes on the near side of the cut that a search has found, which it could leave."""
        return flow.seen_out
