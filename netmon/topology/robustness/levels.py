"""How many ways every node has to the vantage: the greatest number first, and each node searched for once at most.

A node has no more ways than gates, nor than the vantages have. From the greatest such bound down, those that may have
so many are looked at. Most need no search: who has k goals beside it, each over a gate of its own, has k ways, and is
a goal then too (so bootstrap percolation spreads: Chalupa, Leath and Reich, J. Phys. C 12, 1979). A search that finds
fewer has found a cut, which tells exactly how many there are and bounds all nodes behind it.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Collection, Iterable, Sequence
from typing import Generic, NamedTuple, Protocol, TypeVar

from netmon.topology.robustness.footing import Footing
from netmon.topology.robustness.maze import Goals, Maze
from netmon.topology.robustness.slope import Slope
from netmon.topology.robustness.ways import Flow

FEW = 2
"""Ways up to which the tree has counted."""


class Target(Protocol):
    """Where ways may end: at a vantage, and at nodes of which enough ways are known."""

    @property
    def far(self) -> Sequence[int]:
        """How far it is from each node to the nearest of them, as far as that is known."""

    def add(self, nodes: Sequence[int]) -> None:
        """Take in nodes of which enough ways are known."""


T = TypeVar("T", bound=Target)


class Search(Protocol):
    """A search for ways from some nodes."""

    def grow(self, most: int) -> int:
        """Add ways one by one, up to so many; return how many there are."""

    @property
    def near(self) -> Collection[int]:
        """The nodes on the near side of the cut that a search has found which found no more."""


class Cut(NamedTuple):
    """So many gates, and the nodes that are joined to the vantages by nothing else."""

    gates: int
    nodes: set[int]


class Levels(ABC, Generic[T]):
    """Ways that share no gate. `known` is their number by node, of those that are reached; 0 for the vantages.

    Args:
        footing: what is reached.
        threads: mask of the nodes that hang on a single gate.
        least: ways that each node has at least, where they are known.
        most: ways that each node cannot exceed, where that is known.
    """

    def __init__(
        self,
        footing: Footing,
        threads: bytearray,
        *,
        least: Sequence[int] | None = None,
        most: Sequence[int] | None = None,
    ) -> None:
        self.footing = footing
        self.roots = frozenset(footing.graph.roots)
        self.known = [
            FEW * reached - (reached and hangs) for reached, hangs in zip(footing.reached, threads, strict=True)
        ]
        for root in self.roots:
            self.known[root] = 0
        self.cuts: list[Cut] = []
        self.behind: dict[int, list[int]] = {}  # by node: the cuts that it lies behind
        self._targets: dict[int, T] = {}
        _Descent(self, least, most).settle()

    @abstractmethod
    def bound(self, node: int) -> int:
        """Return a number that the ways of a node cannot exceed."""

    @abstractmethod
    def doors(self) -> int:
        """Return a number that no ways can exceed, whatever nodes they come from."""

    @abstractmethod
    def beside(self, node: int, gates_met: set[int]) -> Iterable[int]:
        """Yield the nodes that a goal lies beside, as often as by gates of their own; `gates_met` is added to."""

    @abstractmethod
    def target(self) -> T:
        """Return where ways end whatever is known."""

    @abstractmethod
    def search(self, nodes: Sequence[int], target: T) -> tuple[int, Search]:
        """Return the ways that need no search, and the search for the others."""

    def of(self, nodes: Sequence[int]) -> int:
        """Return how many ways there are from these nodes together; with one, from what is known."""
        if len(nodes) == 1:
            return self.known[nodes[0]]
        ways = max(self.known[node] for node in nodes)
        most = min(self.doors(), sum(map(self.bound, nodes)))
        if ways == most:
            return ways
        common = set.intersection(*(set(self.behind.get(node, ())) for node in nodes))
        if any(self.cuts[cut].gates <= ways for cut in common):
            return ways
        for level in (ways + 1, most):
            direct, search = self.search(nodes, self._target(level))
            ways = direct + search.grow(level - direct)
            if ways < level:
                self.note_cut(Cut(ways, {*nodes, *search.near}))
                break
        return ways

    def note_cut(self, cut: Cut) -> None:
        """Note a cut: together, too, the nodes behind it have no more ways."""
        for node in cut.nodes:
            self.behind.setdefault(node, []).append(len(self.cuts))
        self.cuts.append(cut)

    def _target(self, level: int) -> T:
        """Return where so many ways may end, when all are known."""
        if level not in self._targets:
            target = self._targets[level] = self.target()
            target.add([node for node, ways in enumerate(self.known) if ways >= level])
        return self._targets[level]


class _Descent(Generic[T]):
    """The nodes by how many ways they may have at most, from the greatest number down to three.

    `most` bounds the ways of a node that may have more than `FEW` and is not settled; `goals_beside` counts the gates
    over which goals lie beside a node, a goal having as many ways as the level, or more.
    """

    def __init__(self, levels: Levels[T], least: Sequence[int] | None, most: Sequence[int] | None) -> None:
        self.levels = levels
        self.most: dict[int, int] = {}
        self.exact: set[int] = set()
        self.waiting: dict[int, list[int]] = {}
        doors = levels.doors()
        for node, known in enumerate(levels.known):
            if known == FEW:
                bound = min(doors, levels.bound(node))
                if most is not None and most[node] < bound:
                    bound = most[node]
                if bound > FEW:
                    self._wait(node, bound)
                    if least is not None and least[node] == bound:
                        self.exact.add(node)

    def settle(self) -> None:
        """Find the ways of all nodes."""
        if len(self.exact) == len(self.most):
            for node, ways in self.most.items():
                self.levels.known[node] = ways
            return
        levels = self.levels
        self.target = levels.target()
        for nodes in self.waiting.values():
            nodes.sort(key=self.target.far.__getitem__)  # who is nearer is a goal for those behind
        self.goals_beside = [0] * len(levels.known)
        self.gates_met: set[int] = set()
        for root in sorted(levels.roots):
            for node in levels.beside(root, self.gates_met):
                self.goals_beside[node] += 1
        for level in range(max(self.waiting, default=FEW), FEW, -1):
            self._settle_at(level)

    def _settle_at(self, level: int) -> None:
        """Find all nodes that have so many ways; those that have more are found."""
        waiting = self.waiting.get(level, [])
        for node in waiting:
            if self._waits(node, level) and (node in self.exact or self.goals_beside[node] >= level):
                self._settle(node, level)
        for node in waiting:
            if not self._waits(node, level):
                continue
            direct, search = self.levels.search((node,), self.target)
            ways = direct + search.grow(level - direct)
            if ways == level:
                self._settle(node, level)
                continue
            cut = Cut(ways, {node, *search.near})
            self.levels.note_cut(cut)
            self.exact.add(node)
            for one in cut.nodes:
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
        self.target.add(settled)


class NodeLevels(Levels["_Places"]):
    """Ways through a maze that has nodes as places: links, or cables, must not be shared."""

    def __init__(
        self,
        footing: Footing,
        maze: Maze,
        threads: bytearray,
        *,
        least: Sequence[int] | None = None,
        most: Sequence[int] | None = None,
    ) -> None:
        self.maze = maze
        super().__init__(footing, threads, least=least, most=most)

    def bound(self, node: int) -> int:
        """Return a number that the ways of a node cannot exceed."""
        return len(self.maze.gates[node])

    def doors(self) -> int:
        """Return how many gates the vantages have."""
        return len({gate for root in self.roots for gate in self.maze.gates[root]})

    def beside(self, node: int, gates_met: set[int]) -> Iterable[int]:
        """Yield the nodes that a goal lies beside, as often as by gates of their own; `gates_met` is added to."""
        for gate in self.maze.gates[node]:
            if gate not in gates_met:
                gates_met.add(gate)
                yield from self.maze.ends[gate]

    def target(self) -> _Places:
        """Return where ways end whatever is known: at a vantage."""
        return _Places(self.maze, self.roots)

    def search(self, nodes: Sequence[int], target: _Places) -> tuple[int, Search]:
        """Return that no way is known without a search, and the search."""
        return 0, _PlaceSearch(self.maze, nodes, target.goals, (), target.slope)


class _Places:
    """Places where ways may end, and how far it is to them."""

    def __init__(self, maze: Maze, roots: Iterable[int]) -> None:
        self.goals = Goals(set(roots))
        self.slope = Slope(maze, self.goals)
        self.far = self.slope.of_place

    def add(self, nodes: Sequence[int]) -> None:
        """Take in nodes of which enough ways are known."""
        self.goals.places.update(nodes)
        self.slope.add(nodes)


class _PlaceSearch(Flow):
    """A flow whose places are nodes."""

    @property
    def near(self) -> Collection[int]:
        """The nodes on the near side of the cut that a search has found which found no more."""
        return self.seen_places
