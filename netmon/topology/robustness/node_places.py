"""Ways where nodes are places and links, or cables, the gates: how many every node has to the vantage."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Sequence

from netmon.topology.robustness.footing import Footing
from netmon.topology.robustness.ground import Cut, Search
from netmon.topology.robustness.levels import FEW, Levels
from netmon.topology.robustness.maze import Goals, Maze
from netmon.topology.robustness.place_ways import GateTrails, PlaceSearch
from netmon.topology.robustness.slope import Slope
from netmon.topology.robustness.thinning import PAIR
from netmon.topology.robustness.ways import Flow

CROWD = 8
"""Doors from more than which on ways to a node with more gates are searched for from the vantages."""

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
        *,
        least: Sequence[int] | None = None,
        most: Sequence[int] | None = None,
    ) -> None:
        roots = footing.graph.roots
        super().__init__(footing, threads, _MazeGround(maze, roots), _MazeGround(thin, roots), least=least, most=most)


class _MazeGround:
    """A maze with vantages."""

    def __init__(self, maze: Maze, roots: Sequence[int]) -> None:
        self.maze = maze
        self.roots = roots
        self.lends = [False] * len(maze.gates)
        self.is_goal = bytearray(len(maze.gates))
        self.to_goals = [0] * len(maze.gates)  # by node: gates that lead to goals only

    def doors(self) -> int:
        """Return how many gates the vantages have."""
        return len({gate for root in self.roots for gate in self.maze.gates[root]})

    def bound(self, node: int) -> int:
        """Return how many gates a node has."""
        return len(self.maze.gates[node])

    def beside_vantages(self, gates_met: set[int]) -> Iterable[int]:
        """Yield the nodes beside vantages, as often as by gates of their own; `gates_met` is added to."""
        for root in self.roots:
            yield from self.beside(root, gates_met)

    def beside(self, node: int, gates_met: set[int]) -> Iterable[int]:
        """Yield the nodes that come to have one way more when a node becomes a goal; `gates_met` is added to.

        It is one for each gate between them that no other goal has, and one through each place beside the new goal.
        For a goal takes any number of ways: such a place lends its first link to one to whoever lies beside it, each
        by the link between the two. When the place becomes a goal itself, what it has lent is not counted again.
        """
        ends, lends = self.maze.ends, self.lends
        had_lent, met = lends[node], set()
        lends[node] = True
        self.is_goal[node] = 1
        for gate in self.maze.gates[node]:
            if gate in gates_met:
                continue
            gates_met.add(gate)
            if len(ends[gate]) != PAIR:
                yield from ends[gate]
                continue
            a, b = ends[gate]
            there = b if a == node else a
            self.to_goals[there] += 1
            if there in met or not had_lent:
                yield there
            met.add(there)
            if not lends[there]:
                lends[there] = True
                yield from self._borrowers(there, gates_met)

    def _borrowers(self, node: int, gates_met: set[int]) -> Collection[int]:
        """Return the nodes that links lead to from a node, besides goals."""
        ends = self.maze.ends
        links = [ends[gate] for gate in self.maze.gates[node] if gate not in gates_met and len(ends[gate]) == PAIR]
        return {b if a == node else a for a, b in links}

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

    def lies_open(self, node: int, ways: int, target: _Places) -> bool:  # noqa: ARG002
        """Return that nothing is known of ways but what goals lend."""
        return False

    def is_sure(self, node: int, ways: int, least: Sequence[int]) -> bool:
        """Tell whether what nodes beside a node have, at `least` or as goals, gives it so many ways.

        Were it behind a cut of fewer gates, and of those beside it only some that are no goals, then without the node
        these are behind another: in that lie the gates between, but no longer the node's other ones. So if each of
        them has twice as many ways as it has gates to such nodes, there is no cut. Of these are not counted, as
        `firm`, those of which more gates lead to goals than elsewhere, but to the node and to each other: to have
        them behind the cut costs more than it can save.
        """
        gates, ends, is_goal, to_goals = self.maze.gates, self.maze.ends, self.is_goal, self.to_goals
        if to_goals[node] < FEW:  # nor have those beside it many goals
            return False
        firm: Counter[int] = Counter()
        others: set[int] = set()
        loose = wide = 0  # gates to others alone; gates of several ends, of which one is a goal
        for gate in gates[node]:
            if len(ends[gate]) == PAIR:
                a, b = ends[gate]
                there = b if a == node else a
                if not is_goal[there]:
                    firm[there] += 1
            elif any(map(is_goal.__getitem__, ends[gate])):
                wide += 1
            else:
                loose += 1
                others.update(ends[gate])
        others.discard(node)
        dropped = [there for there in firm if there in others]
        while True:
            for there in dropped:
                loose += firm.pop(there)
                others.add(there)
            dropped = [there for there in firm if not self._is_firm(there, firm)]
            if not dropped:
                break
        spare = len(gates[node]) - ways
        return 2 * loose + wide - spare <= min(map(least.__getitem__, others), default=2 * loose + wide)

    def _is_firm(self, node: int, others: Collection[int]) -> bool:
        """Tell whether no fewer gates of a node lead to goals than elsewhere but to others and to who asks."""
        missing = len(self.maze.gates[node]) - 2 * self.to_goals[node]
        if missing <= 0 or missing > len(others):
            return missing <= 0
        pairs = (self.maze.ends[gate] for gate in self.maze.gates[node])
        return missing <= sum(len(ends) == PAIR and ends[0] in others and ends[1] in others for ends in pairs)

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
        for node in nodes:
            self.trails.end_at(node, self.maze.gates[node])
        self.goals.places.update(nodes)
        self.slope.add(nodes, reach=HEARD)
