"""Towns: what leads out of them bounds the ways of all in them, and those that stand for one place have as many."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from itertools import chain, combinations
from random import Random

import pytest
from hypothesis import given

from netmon.bench import networks
from netmon.bench.networks import network
from netmon.model import Link, LinkEnd
from netmon.topology.graph import Graph
from netmon.topology.robustness import towns
from netmon.topology.robustness.footing import Footing
from netmon.topology.robustness.maze import Goals, Maze
from netmon.topology.robustness.redundancy import redundancy
from netmon.topology.robustness.sets import Rows
from netmon.topology.robustness.towns import drawn_in, shrunk
from netmon.topology.robustness.ways import Flow
from tests.draws import chances


def test_who_has_most_links_to_those_behind_a_cut_is_drawn_in_but_no_vantage() -> None:
    """And it is counted how many links lead out from all of them."""
    leading = [[1, 1, 2], [0, 0, 3], [0, 3, 3], [1, 2, 2]]
    assert drawn_in({0}, leading, ()) == (frozenset({0, 1}), 2)
    assert drawn_in({0}, leading, (1,)) == (frozenset({0}), 3)


def test_a_town_is_drawn_in_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """What lies in one mostly draws in the same again, and each node of it would."""
    inside: set[int] = set()
    found: list[tuple[frozenset[int], int]] = []

    def draw_in(nodes: Collection[int], leading: Rows, roots: Collection[int]) -> tuple[frozenset[int], int]:
        assert not inside.issuperset(nodes)
        found.append(drawn_in(nodes, leading, roots))
        inside.update(found[-1][0])
        return found[-1]

    monkeypatch.setattr(towns, "drawn_in", draw_in)
    inventory = network(Random(1), networks.towns, 200)
    home = LinkEnd(inventory.vantage.node)
    doors = {f"door-{name}": Link(f"door-{name}", home, LinkEnd(name)) for name in sorted(inventory.nodes)[::10]}
    redundancy(Footing.of(Graph.from_inventory(replace(inventory, links={**inventory.links, **doors}))))
    assert len(found) > 1
    assert len(inside) > 100


@given(chances)
def test_towns_that_are_places_leave_everybody_as_many_ways(random: Random) -> None:
    """Of what is meant as a town some have few links in it, and some lie in cables that lead out, too."""
    places = [range(1, 6), range(6, 12)]
    size = 14
    kept = random.choice((0.6, 0.9, 1.0))
    pairs: list[tuple[int, ...]] = [
        pair for town in places for pair in combinations(town, 2) if random.random() < kept
    ]
    pairs += [tuple(random.sample(range(size), 2)) for _ in range(random.randint(4, 14))]
    cables = random.choice((0, 0, 2, 5))
    paths = laid(random, size, pairs, cables)
    small, alike = shrunk(paths, [frozenset(town) for town in places], None if cables else beside(pairs, size))
    stands_for = {node: one for one, others in alike.items() for node in (one, *others)}
    for node in range(1, size):
        assert ways(small, stands_for.get(node, node)) == ways(paths, node), node
    assert all(len(ends) != 1 for ends in small.ends)
    assert all(gate in small.gates[place] for gate, ends in enumerate(small.ends) for place in ends)
    assert all(place in small.ends[gate] for place, gates in enumerate(small.gates) for gate in gates)


def test_a_town_is_a_place_as_long_as_no_more_links_lead_out_than_join_its_nodes() -> None:
    """Six nodes, each joined to each; 6 has a link out as well, or lies in a cable that leads out."""
    town, out = list(combinations(range(1, 7), 2)), [(0, node) for node in range(1, 6)]
    assert alike_of(6, town, out) == {1: [2, 3, 4, 5, 6]}
    assert alike_of(6, town, out, [(0, 6)]) == {}
    assert alike_of(6, town, out, [(0, 6, 5)]) == {}
    assert alike_of(6, town, out[:3]) == {1: [2, 3, 4, 5, 6]}
    assert alike_of(6, town, out[:2]) == {}, "two ways are counted already"


def test_who_has_few_links_in_a_town_stands_for_itself() -> None:
    """5 and 6 are not joined, and the other four have one link more than those."""
    town, out = list(combinations(range(1, 7), 2))[:-1], [(0, node) for node in range(1, 6)]
    assert alike_of(6, town, out) == {1: [2, 3, 4]}
    assert alike_of(6, town, out[:4]) == {1: [2, 3, 4, 5, 6]}


def test_two_towns_with_a_link_between_are_not_one() -> None:
    halves = [*combinations(range(1, 5), 2), *combinations(range(5, 9), 2)]
    assert alike_of(8, halves, [(4, 5), (0, 1), (0, 2), (0, 6)]) == {}


def alike_of(count: int, *links: Sequence[tuple[int, ...]]) -> dict[int, list[int]]:
    """Return who stands for whom in a town of the nodes from 1 on; the same when it is told who lies beside whom."""
    ends, town = list(chain.from_iterable(links)), [frozenset(range(1, count + 1))]
    paths = maze(count + 1, ends)
    found = shrunk(paths, town)[1]
    if all(len(pair) == 2 for pair in ends):
        assert shrunk(paths, town, beside(ends, count + 1))[1] == found
    return found


def beside(pairs: Sequence[tuple[int, ...]], size: int) -> Rows:
    return [[end for pair in pairs if node in pair for end in pair if end != node] for node in range(size)]


def laid(random: Random, size: int, pairs: Sequence[tuple[int, ...]], cables: int) -> Maze:
    """Return a maze of links, some of which lie in cables with others that leave the same node."""
    ends = list(pairs)
    for _ in range(cables):
        node = random.randrange(size)
        mine = [pair for pair in ends if node in pair and len(pair) == 2]
        if len(mine) > 1:
            chosen = random.sample(mine, min(len(mine), random.randint(2, 4)))
            for pair in chosen:
                ends.remove(pair)
            ends.append(tuple(sorted({*chain.from_iterable(chosen)})))
    return maze(size, ends)


def maze(size: int, ends: Sequence[tuple[int, ...]]) -> Maze:
    return Maze(ends, [[gate for gate, places in enumerate(ends) if node in places] for node in range(size)])


def ways(paths: Maze, node: int) -> int:
    return Flow(paths, [node], Goals({0})).grow(len(paths.ends))
