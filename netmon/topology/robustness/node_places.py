"""Ways where nodes are places and links, or cables, the gates: how many every node has to the vantage."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence

from netmon.topology.robustness.footing import Footing
from netmon.topology.robustness.ground import LOOKED_AT, Cut, Search
from netmon.topology.robustness.levels import Levels
from netmon.topology.robustness.maze import Goals, Maze
from netmon.topology.robustness.place_ways import GateTrails, PlaceSearch
from netmon.topology.robustness.slope import Slope
from netmon.topology.robustness.towns import Towns, shrunk
from netmon.topology.robustness.ways import Flow

CROWD = 8
"""Doors from more than which on ways to a node with more gates are searched for from the vantages."""

CLOSE = 7
"""How far from beside a node, by places and gates, goals are to which ways are tried without a search."""

HEARD = 3
"""How far a new goal is noticed, by places and gates: who lies beside one, and what leads there."""


class NodesAsPlaces(Levels["_Places"]):
    """Ways through a maze that has nodes as places: links, or cables, must not be shared."""

    def __init__(
        self,
        footing: Footing,
        maze: Maze,
        thin: Maze,
        threads: bytearray,
        towns: Towns,
        *,
        least: Sequence[int] | None = None,
    ) -> None:
        roots = footing.graph.roots
        thin, alike = shrunk(thin, towns.towns, towns.leading if thin is towns.links else None)
        grounds = _MazeGround(maze, roots), _MazeGround(thin, roots)
        super().__init__(footing, threads, *grounds, least=least, most=towns.most, alike=alike, cuts=towns.cuts)


class _MazeGround:
    """A maze with vantages."""

    def __init__(self, maze: Maze, roots: Sequence[int]) -> None:
        self.maze = maze
        self.roots = roots

    def doors(self) -> int:
        """Return how many gates the vantages have."""
        return len({gate for root in self.roots for gate in self.maze.gates[root]})

    def bound(self, node: int) -> int:
        """Return how many gates a node has."""
        return len(self.maze.gates[node])

    def neighbours(self, node: int) -> Iterable[int]:
        """Yield the nodes beside a node, itself too."""
        for gate in self.maze.gates[node]:
            yield from self.maze.ends[gate]

    def cut_around(self, node: int) -> Cut:
        """Return the gates of a node, or those out of it and what is drawn in: whose gates lead mostly to those."""
        gates, ends = self.maze.gates, self.maze.ends
        behind, drawn_in = {node}, [node]
        inward: Counter[int] = Counter()
        for here in drawn_in:
            for gate in gates[here]:
                for there in ends[gate]:
                    if there not in behind:
                        inward[there] += 1
                        if 2 * inward[there] > len(gates[there]) and there not in self.roots:
                            behind.add(there)
                            drawn_in.append(there)
        leaving = {gate for here in behind for gate in gates[here] if not behind.issuperset(ends[gate])}
        return Cut(len(leaving), behind) if len(leaving) < len(gates[node]) else Cut(len(gates[node]), {node})

    def lies_open(self, node: int, ways: int, target: _Places) -> bool:
        """Tell whether so many ways lie open downhill, to goals close by."""
        gates, ends = self.maze.gates, self.maze.ends
        of_place, of_gate = target.slope.of_place, target.slope.of_gate
        spare = len(gates[node]) - ways
        taken = set(gates[node])
        for first in gates[node]:
            gate, far = first, CLOSE
            while far:
                step = far
                for end in ends[gate]:
                    if of_place[end] < far and end != node:
                        there, far = end, of_place[end]
                if far == step:
                    break
                if far:
                    for onward in gates[there][:LOOKED_AT]:
                        if of_gate[onward] < far and onward not in taken:
                            gate = onward
                            taken.add(gate)
                            break
                    else:
                        break
            if far:
                spare -= 1
                if spare < 0:
                    return False
        return spare >= 0

    def target(self) -> _Places:
        """Return where ways end whatever is known: at a vantage."""
        return _Places(self.maze, self.roots)

    def search(self, nodes: Sequence[int], target: _Places) -> tuple[int, Search]:
        """Return that no way is known without a search, and the search."""
        if target.is_bare and CROWD < self.doors() < sum(len(self.maze.gates[node]) for node in nodes):
            return 0, _SearchBack(self.maze, nodes, self.roots)
        return 0, PlaceSearch(self.maze, nodes, target.slope, target.trails)


class _SearchBack:
    """Ways from the vantages to some nodes: as many, and found sooner where it is the doors that are scarce."""

    def __init__(self, maze: Maze, nodes: Sequence[int], roots: Sequence[int]) -> None:
        goals = Goals(set(nodes))
        self.flow = Flow(maze, roots, goals, (), Slope(maze, goals))

    def grow(self, most: int) -> int:
        """Add ways one by one, up to so many; return how many there are."""
        return self.flow.grow(most)

    @property
    def near(self) -> Collection[int]:
        """The nodes beyond the cut that a search has found which found no more."""
        seen = self.flow.seen_places
        return [node for node, gates in enumerate(self.flow.maze.gates) if gates and node not in seen]

    @property
    def is_far_afield(self) -> bool:
        """Tell that nothing is kept for searches nearby."""
        return False

    def touched(self, open_nodes: Collection[int]) -> Iterable[tuple[int, int]]:  # noqa: ARG002
        """Return nothing: its ways begin at the vantages."""
        return ()


class _Places:
    """Places where ways may end, how far it is to them, and ways that were found."""

    def __init__(self, maze: Maze, roots: Iterable[int]) -> None:
        self.maze = maze
        self.is_bare = True  # no ways may end but at a vantage
        self.goals = Goals(set(roots))
        self.slope = Slope(maze, self.goals)
        self.far = self.slope.of_place
        self.trails = GateTrails()

    def add(self, nodes: Sequence[int]) -> None:
        """Take in nodes of which enough ways are known."""
        self.is_bare = self.is_bare and not nodes
        if self.trails.first:
            for node in nodes:
                self.trails.end_at(node, self.maze.gates[node])
        self.goals.places.update(nodes)
        self.slope.add(nodes, reach=HEARD)
