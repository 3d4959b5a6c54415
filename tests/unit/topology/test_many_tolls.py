"""What many falls cost is what each costs where all that falls is looked at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netmon.model import Inventory, Service
from netmon.topology.graph import Graph
from netmon.topology.robustness import many_tolls
from netmon.topology.robustness.footing import Footing
from netmon.topology.robustness.many_tolls import tolls_of
from netmon.topology.robustness.spans import Span
from netmon.topology.robustness.spof import spofs
from netmon.topology.robustness.toll import TollBooth
from netmon.topology.robustness.tree import Tree
from tests.draws import chances
from tests.unit.topology.drawn import draw


def crowded(random: Random, nodes: int) -> Inventory:
    """Return a network with several nodes at some sites, and services that these carry, or others, or several."""
    pairs = [(random.randrange(max(0, node - 3), node), node) for node in range(1, nodes)]
    for _ in range(random.choice((0, 1, nodes // 4))):
        a, b = random.sample(range(nodes), 2)
        pairs.append((a, b))
    inventory = draw("; ".join(["noc-n0", *(f"n{a}-n{b}" for a, b in pairs)]))
    homes = sorted(set(inventory.sites) - {"site-noc"})[:: random.choice((1, 2, 4))]
    placed = {
        name: replace(node, site=random.choice(homes)) if name != "noc" and random.random() < 0.5 else node
        for name, node in inventory.nodes.items()
    }
    services = {
        f"w{number}": Service(
            f"w{number}",
            random.choice(homes),
            "wifi",
            depends_on=tuple(random.sample(sorted(placed), min(len(placed), random.choice((0, 1, 1, 2, 4))))),
        )
        for number in range(random.randint(0, 8))
    }
    sites = {
        name: replace(site, people=random.choice((None, 0, 7, 2**40)), served=random.random() < 0.9)
        for name, site in inventory.sites.items()
    }
    return replace(inventory, nodes=placed, services=services, sites=sites)


@given(chances, st.integers(2, 20))
def test_many_tolls_are_those_of_each_fall(random: Random, nodes: int) -> None:
    """Of spans as they come, too, not only of those that fall in a tree."""
    inventory = crowded(random, nodes)
    tree = Tree(Footing.of(Graph.from_inventory(inventory)))
    booth = TollBooth(inventory, tree)
    falls = []
    for _ in range(20):
        edges = sorted(random.sample(range(len(tree.order) + 1), 2 * random.randint(0, (len(tree.order) + 1) // 2)))
        falls.append([Span(start, stop) for start, stop in list(pairwise(edges))[::2]])
    assert tolls_of(booth, falls) == [booth.toll(fall) for fall in falls]


def test_what_falls_is_not_looked_through_for_each_fall(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a line with two routers at each site, each of its failures takes half of it along; areas reach beside it."""
    looks = 0

    def look(spans: Sequence[Span], place: int) -> int:
        nonlocal looks
        looks += 1
        return holder(spans, place)

    holder = many_tolls._holder
    monkeypatch.setattr(many_tolls, "_holder", look)
    monkeypatch.setattr(TollBooth, "_dark", None)
    line = draw(
        "; ".join(["-".join(["noc", *(f"n{number}" for number in range(200))]), *(f"noc-m{n}" for n in range(10))]),
        areas={f"p{number}": f"n{20 * number} m{number}" for number in range(10)},
        sites={f"s{number}": f"n{number} n{number + 1}" for number in range(0, 200, 2)},
    )
    rows = spofs(line, Footing.of(Graph.from_inventory(line)))
    assert sum(row.toll.sites for row in rows) > 100 * 100
    assert looks < 200
