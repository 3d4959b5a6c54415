"""How many ways every node has to the vantage: the greatest number first, and each node searched for once at most.

A node has no more ways than gates, nor than the vantages have. From the greatest such bound down, those that may have
so many are looked at; who has them is a goal for the others from then on. Most need no search: their ways lie open,
one after another, to goals close by. A search that finds fewer has found a cut, which tells exactly how many there
are and bounds all nodes behind it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Generic, TypeVar

from netmon.topology.robustness.footing import Footing
from netmon.topology.robustness.ground import Cut, Ground, Search, Target

FEW = 2
"""Ways up to which the tree has counted."""
MANY = 5
"""Ways from which on a cut is looked for around a node first: for fewer a search finds it as soon."""

NEARBY, FAR_FEWER = 2, 4
"""How far from open nodes goals are noted, and how many times fewer these must be for it to be worth while."""

TRIED, SELDOM, RARELY = 50, 4, 20
"""Searches that are asked of others in any case, and how many more for each node of which they tell enough; as many
cuts are looked for, and how many more for each that is found."""


T = TypeVar("T", bound=Target)


class Levels(Generic[T]):
    """Ways that share no gate. `known` is their number by node, of those that are reached; 0 for the vantages.

    Args:
        footing: what is reached.
        threads: mask of the nodes that hang on a single gate.
        full: all that is reached.
        thin: the same without bends and tails (`thinning`), where ways of one node are looked for.
        least: ways that each node has at least, where they are known.
        most: ways that each node cannot exceed, where that is known.
        alike: by nodes of `thin`, others that have as many ways and are not in it.
        cuts: cuts that are known, for nodes that are asked together.
    """

    def __init__(
        self,
        footing: Footing,
        threads: bytearray,
        full: Ground[T],
        thin: Ground[T],
        *,
        least: Sequence[int] | None = None,
        most: Sequence[int] | None = None,
        alike: Mapping[int, Collection[int]] | None = None,
        cuts: Iterable[Cut] = (),
    ) -> None:
        self.full = full
        self.thin = thin
        self.known = [
            FEW * reached - (reached and hangs) for reached, hangs in zip(footing.reached, threads, strict=True)
        ]
        for root in footing.graph.roots:
            self.known[root] = 0
        self.cuts: list[Cut] = []
        self.behind: dict[int, list[int]] = {}  # by node: the cuts that it lies behind
        self.alike = {} if alike is None else alike
        self.given_cuts = cuts
        _Descent(self, least, most).settle()
        for node, others in self.alike.items():
            for other in others:
                self.known[other] = self.known[node]

    def of(self, sites: Sequence[Sequence[int]], sure: Sequence[int] | None = None) -> list[int]:
        """Return how many ways there are from the nodes of each site together; from one node, what is known.

        As many as are `sure` there are in any case, where that is given.

        What is searched for is one way more than from the best node, as long as that is often too many, and then as
        many as there may be; each time for the sites of the greatest number first, as goals are only added, and of
        those for who is nearest, as what cuts him off is around those behind.
        """
        known = self.known
        least = [known[nodes[0]] if len(nodes) == 1 else max(known[node] for node in nodes) for nodes in sites]
        several = [site for site, nodes in enumerate(sites) if len(nodes) > 1]
        if not several:
            return least
        if sure is not None:
            least = list(map(max, least, sure))
        for cut in self.given_cuts:
            self.note_cut(cut)
        doors = self.full.doors()
        most = least[:]
        for site in several:
            most[site] = self._bound(sites[site], min(doors, sum(known[node] for node in sites[site])))
        by_known = sorted(range(len(known)), key=known.__getitem__)
        for is_trial in (True, False):
            levels = [ways + 1 for ways in least] if is_trial else most[:]
            open_sites = [site for site in several if least[site] < most[site]]
            if not open_sites:
                break
            target, left = self.full.target(), by_known[:]
            open_sites.sort(key=lambda site: (-levels[site], min(map(target.far.__getitem__, sites[site]))))
            asked = fewer = 0
            for site in open_sites:
                nodes, level = sites[site], levels[site]
                most[site] = self._bound(nodes, most[site])
                if most[site] <= least[site]:
                    continue
                goals = []
                while left and known[left[-1]] >= level:
                    goals.append(left.pop())
                target.add(goals)
                enough = min(level, most[site])
                direct, search = self.full.search(nodes, target)
                least[site] = direct + search.grow(enough - direct)
                asked += 1
                if least[site] < enough:
                    fewer += 1
                    most[site] = least[site]
                    self.note_cut(Cut(least[site], {*nodes, *search.near}))
                if is_trial and asked > TRIED + SELDOM * fewer:
                    break
        return least

    def _bound(self, nodes: Sequence[int], most: int) -> int:
        """Return so many ways, or how many gates are in the least cut that all nodes are known to lie behind."""
        common = set.intersection(*(set(self.behind.get(node, ())) for node in nodes))
        return min([most, *(self.cuts[cut].gates for cut in common)])

    def note_cut(self, cut: Cut) -> None:
        """Note a cut: together, too, the nodes behind it have no more ways."""
        nodes = set(cut.nodes).union(*(self.alike[node] for node in self.alike.keys() & cut.nodes))
        for node in nodes:
            self.behind.setdefault(node, []).append(len(self.cuts))
        self.cuts.append(Cut(cut.gates, nodes))


class _Descent(Generic[T]):
    """The nodes by how many ways they may have at most, from the greatest number down to three.

    `most` bounds the ways of a node that may have more than `FEW` and is not settled, `open` are those of them that
    may have fewer. `given` are the nodes, by their ways, of which it is known beforehand that they have no fewer than
    they may have.
    """

    def __init__(self, levels: Levels[T], least: Sequence[int] | None, most: Sequence[int] | None) -> None:
        self.levels = levels
        self.least = [0] * len(levels.known) if least is None else list(least)
        most = None if most is None else list(most)
        for one, others in levels.alike.items():
            self.least[one] = max(self.least[node] for node in (one, *others))
            if most is not None:
                most[one] = min(most[node] for node in (one, *others))
        self.most: dict[int, int] = {}
        self.open: set[int] = set()
        self.given: defaultdict[int, list[int]] = defaultdict(list)
        self.asked = self.told = 0  # searches what they tell of others, and nodes of which they told enough
        self.found = 0  # cuts close around nodes
        self.waiting: dict[int, list[int]] = {}
        self.looked_around: set[int] = set()
        doors = levels.thin.doors()
        for node, known in enumerate(levels.known):
            if known == FEW:
                bound = min(doors, levels.thin.bound(node))
                if most is not None and most[node] < bound:
                    bound = most[node]
                if bound > FEW and self.least[node] < bound:
                    self._wait(node, bound)
                elif bound > FEW:
                    self.given[bound].append(node)
                    levels.known[node] = bound

    def settle(self) -> None:
        """Find the ways of all nodes."""
        if self.open:
            self._descend()
        for node, ways in self.most.items():
            self.levels.known[node] = ways

    def _descend(self) -> None:
        """Find the ways of nodes from the greatest number down, until nobody may have fewer than is known."""
        thin = self.levels.thin
        self.target = thin.target()
        for nodes in self.waiting.values():
            nodes.sort(key=self.target.far.__getitem__)  # who is nearer is a goal for those behind
        near = self._near_open(sum(map(len, self.given.values())))
        for level in range(max([*self.waiting, *self.given]), FEW, -1):
            given = self.given[level]
            self._settle(given if near is None else [node for node in given if node in near], level)
            self._settle_at(level)
            if not self.open:
                return

    def _near_open(self, others: int) -> Collection[int] | None:
        """Return the nodes near those that are open, where these are few: searches hardly meet other goals."""
        near = frontier = set(self.open)
        for _ in range(NEARBY):
            if FAR_FEWER * len(near) > others:
                return None
            frontier = {there for node in frontier for there in self.levels.thin.neighbours(node)} - near
            near = near | frontier
        return near

    def _settle_at(self, level: int) -> None:
        """Find all nodes that have so many ways; those that have more are found."""
        waiting, most, thin, target = self.waiting.get(level, []), self.most, self.levels.thin, self.target
        sure = [node for node in waiting if most.get(node) == level and node not in self.open]
        self._settle(sure, level)
        nexts = waiting[::-1]
        while nexts:
            node = nexts.pop()
            if most.get(node) != level:
                continue
            if thin.lies_open(node, level, target):
                self._settle([node], level)
                continue
            if self._is_cut_around(node, level):
                continue
            direct, search = thin.search((node,), target)
            ways = direct + search.grow(level - direct)
            if search.is_far_afield:
                nexts += [there for there in thin.neighbours(node) if most.get(there) == level]
            if ways == level:
                self._settle([node, *self._sure_by(search, level)], level)
                continue
            self._bound_by(Cut(ways, {node, *search.near}))
            self.open.discard(node)

    def _sure_by(self, search: Search, level: int) -> list[int]:
        """Note what a search that has found all ways tells of others; return who has so many ways by that."""
        if self.asked > TRIED + SELDOM * self.told:
            return []
        self.asked += 1
        found = []
        for node, ways in search.touched(self.open):
            self.least[node] = max(self.least[node], ways)
            if ways >= self.most[node]:
                self.told += 1
                self.open.discard(node)
                if self.most[node] == level:
                    found.append(node)
        return found

    def _is_cut_around(self, node: int, level: int) -> bool:
        """Tell whether a cut close around a node leaves it fewer ways than the level, and wait for those."""
        looked = len(self.looked_around)
        if level < MANY or node in self.looked_around or looked > TRIED + RARELY * self.found:
            return False
        self.looked_around.add(node)
        cut = self.levels.thin.cut_around(node)
        if cut.gates >= level:
            return False
        self.found += 1
        self._bound_by(cut)
        return True

    def _bound_by(self, cut: Cut) -> None:
        """Note a cut: those behind it have no more ways than gates are in it."""
        self.levels.note_cut(cut)
        for one in cut.nodes:
            if self.most.get(one, 0) > cut.gates:
                self._wait(one, cut.gates)

    def _wait(self, node: int, most: int) -> None:
        self.most[node] = most
        if self.least[node] < most:
            self.open.add(node)
        else:
            self.open.discard(node)
        self.waiting.setdefault(most, []).append(node)

    def _settle(self, nodes: Sequence[int], level: int) -> None:
        """Note that some nodes have so many ways: they are goals from now on."""
        for node in nodes:
            self.most.pop(node, None)
            self.levels.known[node] = level
        self.open.difference_update(nodes)
        self.target.add(nodes)
