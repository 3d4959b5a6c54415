"""How many ways share no cable: exact on small networks, a proven lower bound where that would take too long.

With cables that hang together and links that lie in one cable each, it is a maximum flow. A duct whose links do not
touch, or a link in two ducts, makes the question NP-hard (Hu, Networks 41(2), 2003): then the ways of the flow are
taken if they happen to share nothing, else all ways from the site are tried, as far as the steps last.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from netmon.topology.graph import Graph
from netmon.topology.robustness.footing import Footing
from netmon.topology.robustness.maze import Goals, Maze
from netmon.topology.robustness.slope import Slope
from netmon.topology.robustness.ways import Flow

SITE_STEPS = 20_000
"""Links that a search may try for one site."""
ALL_STEPS = 400_000
"""Links that all searches of one question may try together; on a large network `STEPS_PER_NODE` of each node."""
STEPS_PER_NODE = 40
DEEPEST = 300
"""Links that the ways of one choice may have together."""


@dataclass(frozen=True, slots=True, eq=False)
class CableMaze:
    """Nodes as places; as gates the links in no cable, and the parts of cables that hang together.

    The first gates are `lone` links, so many; each of the next stands for some of the `cables`. `bundles` are the
    links of each gate that stands for several; `is_exact` tells that no two gates share a risk, so that ways sharing
    no gate share no cable.
    """

    maze: Maze
    lone: int
    cables: tuple[tuple[int, ...], ...]
    bundles: tuple[tuple[int, ...], ...]
    is_exact: bool

    @classmethod
    def of(cls, footing: Footing) -> CableMaze:
        """Return the maze of what is reached."""
        graph = footing.graph
        ends: list[tuple[int, ...]] = []
        cables_of: list[tuple[int, ...]] = []
        bundles: list[list[int]] = []
        held: dict[tuple[int, ...], list[int]] = {}
        cables_met: list[int] = []
        reached, shut_links = footing.reached, footing.shut_links
        for link, (pair, cables) in enumerate(zip(graph.ends, graph.cables_of, strict=True)):
            a, b = pair
            if a == b or link in shut_links or not (reached[a] and reached[b]):
                continue
            if cables:
                held.setdefault(cables, []).append(link)
            else:
                ends.append(pair)
        lone = len(ends)
        for cables, links in sorted(held.items()):
            parts = _parts([graph.ends[link] for link in links])
            cables_met += cables * len(parts)
            ends += parts
            cables_of += [cables] * len(parts)
            if len(links) > len(parts):
                bundles += [[link for link in links if graph.ends[link][0] in part] for part in parts]
        gates: list[list[int]] = [[] for _ in graph.ids]
        for gate, places in enumerate(ends):
            for place in places:
                gates[place].append(gate)
        several = tuple(tuple(links) for links in bundles if len(links) > 1)
        return cls(Maze(ends, gates), lone, tuple(cables_of), several, len(cables_met) == len(set(cables_met)))

    def risks(self, gate: int) -> tuple[int, ...]:
        """Return the cables (from 0) that a gate stands for, or a number of its own (from -1 down)."""
        return (-1 - gate,) if gate < self.lone else self.cables[gate - self.lone]

    def bundled(self, graph: Graph, hanging: Sequence[int]) -> list[int]:
        """Return, by node, how many fewer ways may share no gate than share no node.

        Two that share no node can share a bundle whose links all lie at one node only if they begin there: such a
        bundle costs that node all ways but one of those that its links may carry. Another, or one at a vantage, may
        cost anybody as many.

        Args:
            graph: what the maze was made of.
            hanging: mask of the nodes that hang on a single node or link, to which no way leads from outside.
        """
        anybody = 0
        own = [0] * len(hanging)
        for links in self.bundles:
            pairs = [graph.ends[link] for link in links]
            if set(pairs[0]).intersection(*pairs[1:]).issubset(graph.roots):
                anybody += len(links) - 1
            met: set[int] = set()
            for a, b in pairs:
                if not (hanging[a] or hanging[b]):
                    own[a] += a in met
                    own[b] += b in met
                    met.update((a, b))
        return [anybody + ways for ways in own]


def _parts(pairs: Sequence[tuple[int, int]]) -> list[tuple[int, ...]]:
    """Return the ends of links as the parts that hang together."""
    parts: list[set[int]] = []
    for pair in pairs:
        part, apart = set(pair), []
        for other in parts:
            if other.isdisjoint(pair):
                apart.append(other)
            else:
                part |= other
        parts = [*apart, part]
    return [tuple(sorted(part)) for part in sorted(parts, key=min)]


class Count(NamedTuple):
    """How many ways there are: so many, or at least so many where it `is_exact` not."""

    ways: int
    is_exact: bool = True


class CableWays:
    """Counts for one site after another, out of one allowance of steps."""

    def __init__(self, cables: CableMaze, goals: Collection[int]) -> None:
        self.cables = cables
        self.goals = goals
        self.steps_left = max(ALL_STEPS, STEPS_PER_NODE * len(cables.maze.gates))
        self._slope: Slope | None = None

    def count(self, starts: Sequence[int], most: int) -> Count:
        """Return how many ways from a site share no cable, knowing that there is one and no more than `most`."""
        if most <= 1:
            return Count(most)
        if self.steps_left <= 0:
            return Count(1, is_exact=False)
        if self._slope is None:
            self._slope = Slope(self.cables.maze, Goals(set(self.goals)))
        flow = Flow(self.cables.maze, starts, self._slope.goals, (), self._slope)
        most = flow.grow(most)
        self.steps_left -= flow.steps
        routes = [{risk for gate in route for risk in self.cables.risks(gate)} for route in flow.routes()]
        apart = _apart(routes)
        if apart == most:
            return Count(most)
        search = _Search(self.cables, self.goals, starts, min(SITE_STEPS, self.steps_left))
        found = search.most(apart, most)
        self.steps_left -= search.taken
        return Count(found, is_exact=found == most or not search.is_tired)


def _apart(routes: Sequence[Collection[int]]) -> int:
    """Return how many routes can be taken one after another, each sharing no risk with those before."""
    used: set[int] = set()
    count = 0
    for route in sorted(routes, key=len):
        if used.isdisjoint(route):
            used.update(route)
            count += 1
    return count


class _Search:
    """All choices of ways out of one site, by the first gate of each; `taken` counts its steps."""

    def __init__(self, cables: CableMaze, goals: Collection[int], starts: Sequence[int], steps: int) -> None:
        self.cables = cables
        self.goals = goals
        self.starts = set(starts)
        self.steps = steps
        self.taken = 0
        self.depth = 0
        self.was_cut_short = False
        self.best = 0
        self.enough = 0
        gates = cables.maze.gates
        self.firsts = [(place, gate) for place in starts for gate in gates[place]]

    @property
    def is_tired(self) -> bool:
        """Tell whether the steps did not last."""
        return self.was_cut_short or self.taken >= self.steps

    def most(self, known: int, enough: int) -> int:
        """Return the largest number of ways found; known ones count."""
        self.best, self.enough = known, enough
        self._choose(0, 0, frozenset())
        return self.best

    def _choose(self, first: int, have: int, used: frozenset[int]) -> None:
        """Take a way through this first gate or later ones."""
        self.best = max(self.best, have)
        if self.best >= self.enough or self.is_tired or have + len(self.firsts) - first <= self.best:
            return
        place, gate = self.firsts[first]
        self._follow(first, have, used, frozenset(), gate, {place})
        self._choose(first + 1, have, used)

    def _follow(
        self,
        first: int,
        have: int,
        used: frozenset[int],
        way: frozenset[int],
        gate: int,
        visited: set[int],
    ) -> None:
        """Go through a gate and on, to every goal that can be reached without what is used."""
        risks = self.cables.risks(gate)
        if not used.isdisjoint(risks):
            return
        self.taken += 1
        if self.depth >= DEEPEST:
            self.was_cut_short = True
            return
        self.depth += 1
        way = way.union(risks)
        for there in self.cables.maze.ends[gate]:
            if self.best >= self.enough or self.is_tired:
                break
            if there in visited or there in self.starts:
                continue
            if there in self.goals:
                self._choose(first + 1, have + 1, used | way)
                continue
            visited.add(there)
            for onward in self.cables.maze.gates[there]:
                self._follow(first, have, used, way, onward, visited)
            visited.discard(there)
        self.depth -= 1
