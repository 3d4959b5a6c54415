"""Every choice of a few spans, each judged by flooding the network once for everything that can fail.

It shares nothing with what it is held against but the drawing: no patches, no gains, only who is reached.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import combinations
from random import Random

from netmon.model import Inventory
from netmon.topology.planning.augmented import Exposure, entrances
from netmon.topology.planning.darkness import Darkness, Offer
from tests.unit.topology.townscape import Removal, townscape


class AllChoices:
    """A random network, some spans with prices, what sites count, and what each set of spans is worth."""

    def __init__(self, random: Random, size: int, count: int, *, is_weighed: bool = False) -> None:
        self.inventory = townscape(random, size)
        exposure, doors = Exposure.of(self.inventory), entrances(self.inventory)
        self.dark = Darkness.of(exposure, doors)
        home = self.inventory.nodes[self.inventory.vantage.node].site
        pairs = list(combinations(sorted({*exposure.joined, home}), 2))
        pairs = random.sample(pairs, min(count, len(pairs)))
        self.offers = [
            Offer(self.dark.sites[a], self.dark.sites[b], float(random.randint(1, 30)), number)
            for number, (a, b) in enumerate(pairs)
        ]
        weights = {site: float(random.randint(0, 9)) if is_weighed else 1.0 for site in self.dark.sites}
        self.worth = list(weights.values())
        self._flood = _Flood(self.inventory, [(doors[a], doors[b]) for a, b in pairs], exposure.joined)
        alone = self._flood.protected(())
        self.values = {}
        for mask in range(1 << len(pairs)):
            chosen = [number for number in range(len(pairs)) if mask >> number & 1]
            won = self._flood.protected(chosen) - alone
            self.values[mask] = sum(weights[site] for site in won), sum(self.offers[n].cost for n in chosen)

    def best(self, budget: float) -> tuple[float, float]:
        """Return the most that a budget can be worth, and the least that costs."""
        worth, saving = max((worth, -cost) for worth, cost in self.values.values() if cost <= budget)
        return worth, -saving

    def least(self, wanted: float) -> float:
        """Return the least that being worth so much costs."""
        return min(cost for worth, cost in self.values.values() if worth >= wanted)

    def worth_of(self, groups: Iterable[Sequence[Offer]]) -> float:
        """Return what groups of spans are worth together."""
        return self.values[sum(1 << offer.number for group in groups for offer in group)][0]

    @staticmethod
    def cost(groups: Iterable[Sequence[Offer]]) -> float:
        """Return what groups of spans cost."""
        return sum(offer.cost for group in groups for offer in group)


class _Flood:
    """Nodes as bits of a number."""

    def __init__(self, inventory: Inventory, spans: Sequence[tuple[str, str]], joined: Iterable[str]) -> None:
        removal = Removal(inventory)
        self.bit = {name: 1 << place for place, name in enumerate(sorted(inventory.nodes))}
        self.vantage = self.bit[removal.vantage]
        self.spans = [(self.bit[a], self.bit[b]) for a, b in spans]
        self.speakers = {site: sum(self.bit[node] for node in removal.speakers(site)) for site in joined}
        centre = inventory.nodes[removal.vantage].site
        self.failures = []
        for one in removal.elements():
            nodes, links = removal.parts(one)
            own = {inventory.nodes[node].site for node in nodes}
            ends = {inventory.nodes[e.node].site for n in links for e in (inventory.links[n].a, inventory.links[n].b)}
            if one.kind == "power_area" or own == {centre} or (links and ends == {centre}):
                continue
            left = [
                (self.bit[link.a.node], self.bit[link.b.node])
                for name, link in inventory.links.items()
                if name not in links
            ]
            self.failures.append((sum(self.bit[node] for node in nodes), left, own))

    def protected(self, chosen: Iterable[int]) -> set[str]:
        """Return the sites that survive everything with these spans."""
        more = [self.spans[number] for number in chosen]
        safe = set(self.speakers)
        for gone, links, own in self.failures:
            reached = self.vantage
            edges = [(a, b) for a, b in (*links, *more) if not (a | b) & gone]
            grown = True
            while grown:
                grown = False
                for a, b in edges:
                    if bool(reached & a) != bool(reached & b):
                        reached |= a | b
                        grown = True
            safe -= {site for site in safe - own if not self.speakers[site] & reached}
        return safe
