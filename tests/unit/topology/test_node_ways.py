"""Ways that share no node, searched for with a sense of direction that misleads, held against flows of networkx."""

from __future__ import annotations

from itertools import combinations, pairwise
from random import Random

import pytest
from hypothesis import given

from netmon.topology.robustness import trails
from netmon.topology.robustness.ground import LOOKED_AT
from netmon.topology.robustness.node_search import Ends, NodeSearch
from netmon.topology.robustness.node_ways import CLOSE, _NodeGround
from netmon.topology.robustness.trails import END
from tests.draws import chances
from tests.rows import every_row
from tests.unit.topology.drawn_ways import joined, most


@given(chances)
def test_a_search_that_is_led_astray_finds_as_many_ways(random: Random) -> None:
    """Wrong turns are taken back: ways are rerouted, and parts of them given up."""
    size = random.randint(6, 16)
    next_to = joined(random, size, random.randint(size, 2 * size))
    nodes = random.sample(range(size), size)
    starts, ends = nodes[: random.randint(1, 2)], set(nodes[2 : 2 + random.randint(1, 4)])
    far = [0 if node in ends else random.randint(1, 9) for node in range(size)]
    search = NodeSearch(ends_at(next_to, far), starts)
    check(search, search.grow(size), next_to, starts, ends)


@given(chances)
def test_searches_that_begin_with_what_others_found_find_as_many_ways(random: Random) -> None:
    """Nodes of which enough is known become ends meanwhile, and starts lie on ways of others."""
    size = random.randint(8, 14)
    next_to = joined(random, size, random.randint(2 * size, 3 * size))
    ends = set(random.sample(range(size), random.randint(2, 6)))
    ahead = ends_at(next_to, [0 if node in ends else random.randint(1, 9) for node in range(size)])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(trails, "LONG", random.choice((0, 0, 2)))
        for _ in range(6):
            starts = random.sample(range(size), random.choice((1, 1, 2)))
            search = NodeSearch(ahead, starts)
            check(search, search.grow(size), next_to, starts, ends)
            check_trails(ahead.trails, next_to, ends)
            more = random.randrange(size)
            ends.add(more)
            ahead.add([more])


@given(chances)
def test_who_touches_ways_of_another_has_as_many_as_told(random: Random) -> None:
    """Of ends beside the start some are on ways and some are not; ways that are kept are followed by the next."""
    size = random.randint(6, 14)
    next_to = joined(random, size, random.randint(size, 3 * size))
    ends = set(random.sample(range(size), random.randint(2, 6)))
    ahead = ends_at(next_to, [0 if node in ends else random.randint(1, 9) for node in range(size)])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(trails, "LONG", random.choice((0, 2)))
        for start in random.sample(range(size), 4):
            search = NodeSearch(ahead, (start,))
            search.grow(random.randint(1, size))
            for node, ways in search.touched(set(range(size)) - ends):
                assert ways <= most(next_to, [node], ends), node


def test_who_touches_all_ways_but_one_goes_on_by_the_start() -> None:
    """0 has ways by 1, 2 and 3; 1 lies beside 2, but 3 is to be come to by 0 alone."""
    next_to: list[list[int]] = [[] for _ in range(7)]
    for a, b in ((0, 1), (0, 2), (0, 3), (1, 2), (1, 4), (2, 5), (3, 6)):
        next_to[a].append(b)
        next_to[b].append(a)
    search = NodeSearch(ends_at(next_to, [2, 1, 1, 1, 0, 0, 0]), (0,))
    assert search.grow(3) == 3
    assert sorted(search.touched({1, 2, 3})) == [(1, 3), (2, 3), (3, 2)]


def with_doors(random: Random, least: int) -> tuple[list[list[int]], list[int]]:
    """Return who lies next to whom among so many nodes or a few more, and how often each beside a vantage."""
    size = random.randint(least, 14)
    next_to = joined(random, size, random.randint(size, 3 * size))
    return next_to, [random.choice((0, 0, 1, 2)) for _ in range(size)]


@given(chances)
def test_no_node_behind_a_cut_around_one_has_more_ways(random: Random) -> None:
    """Links straight to a vantage lead out from behind a cut, too."""
    next_to, doors = with_doors(random, 4)
    ground, size = _NodeGround(next_to, doors), len(doors)
    cut = ground.cut_around(random.randrange(size))
    for node in cut.nodes:
        ends = {one for one, count in enumerate(doors) if count and one != node}
        assert doors[node] + most(next_to, [node], ends) <= cut.gates


@given(chances)
def test_ways_that_lie_open_are_there(random: Random) -> None:
    """An end beside a node is used by nobody else, nor is what one way goes through."""
    next_to, doors = with_doors(random, 6)
    ground, size = _NodeGround(next_to, doors), len(doors)
    node = random.randrange(size)
    ways = doors[node] + most(next_to, [node], {one for one, count in enumerate(doors) if count and one != node})
    assert not ground.lies_open(node, ways + 1, ground.target())
    far = min((ground.target().far[there] for there in next_to[node]), default=CLOSE + 1)
    assert ground.lies_open(node, 1, ground.target()) == (doors[node] > 0 or far <= CLOSE)


@every_row(("door", "is_open"), [(2, True), (LOOKED_AT, True), (3 * LOOKED_AT, False)])
def test_not_all_of_a_hub_is_looked_at_for_a_way_that_lies_open(door: int, is_open: bool) -> None:
    """To look at all of it for each of its sites would take the square of them; a search finds what is not seen."""
    size = 4 * LOOKED_AT
    next_to = [[1], [node for node in range(size) if node != 1], *[[1]] * (size - 2)]
    ground = _NodeGround(next_to, [int(node == door) for node in range(size)])
    assert ground.lies_open(0, 1, ground.target()) == is_open
    direct, search = ground.search((0,), ground.target())
    assert (direct, search.grow(1)) == (0, 1)


def test_two_ways_that_meet_do_not_lie_open_both() -> None:
    """0 leads by 1 and by 2 to 3, and from there to the end 4; by 5 to another."""
    next_to = [[1, 2, 5], [0, 3], [0, 3], [1, 2, 4], [3], [0, 6], [5]]
    ground = _NodeGround(next_to, [0, 0, 0, 0, 1, 0, 1])
    assert [ground.lies_open(0, ways, ground.target()) for ways in (2, 3)] == [True, False]


def test_a_cut_around_a_node_leaves_out_who_leads_nowhere_else() -> None:
    """Five nodes each beside each, of which 3 and 4 have a link to others; 5 leads on to 6 alone."""
    next_to: list[list[int]] = [[] for _ in range(7)]
    for a, b in (*combinations(range(5), 2), (3, 5), (5, 6), (4, 6)):
        next_to[a].append(b)
        next_to[b].append(a)
    cut = _NodeGround(next_to, [0, 0, 0, 0, 0, 1, 1]).cut_around(0)
    assert (cut.gates, cut.nodes) == (2, {0, 1, 2})


def check_trails(kept: trails.Trails, next_to: list[list[int]], ends: set[int]) -> None:
    """Hold what is kept against what it is to be: ways to ends, none of which shares a node with another."""
    met: list[int] = []
    for trail, first in kept.first.items():
        here = first
        while here != END:
            met.append(here)
            assert kept.trail_of[here] == trail
            onward = kept.after[here]
            assert here in ends if onward == END else onward in next_to[here]
            assert onward == END or (kept.before[onward], kept.left[onward] < kept.left[here]) == (here, True)
            here = onward
    assert sorted(met) == sorted(kept.trail_of)


def check(search: NodeSearch, ways: int, next_to: list[list[int]], starts: list[int], ends: set[int]) -> None:
    """Hold what a search has found against the largest flow, and its ways against what ways are."""
    assert ways == most(next_to, starts, ends)
    found = ways_of(search)
    assert len(found) == ways
    nodes = [node for way in found for node in way]
    assert len(set(nodes)) == len(nodes), "no two share a node"
    assert not set(nodes) & set(starts), "no way goes through where ways begin"
    for way in found:
        assert way[-1] in ends
        assert any(way[0] in next_to[start] for start in starts)
        assert all(there in next_to[node] for node, there in pairwise(way))
    assert not set(search.near) & ends - set(nodes), "an end that is free is not on the near side"


def ways_of(search: NodeSearch) -> list[list[int]]:
    """Return the nodes of each way: its own, and those of what it follows."""
    after = {before: node for node, before in search.came_from.items() if before >= 0}
    ways = []
    for first in [node for node, before in search.came_from.items() if before < 0]:
        way, here = [], first
        while here != END:
            way.append(here)
            here = search.trails.after[here] if here in search.trails.trail_of else after.get(here, END)
        ways.append(way)
    return ways


def test_a_node_of_a_way_is_given_up_where_two_ways_go_around_it() -> None:
    """The first way goes s-p-x-z-t; the second needs z, so that the first leaves p by q, and x is on neither."""
    s, p, x, z, t, w, q, u = range(8)
    next_to: list[list[int]] = [[] for _ in range(8)]
    for a, b in ((s, p), (p, x), (x, z), (z, t), (s, w), (w, z), (p, q), (q, u)):
        next_to[a].append(b)
        next_to[b].append(a)
    search = NodeSearch(ends_at(next_to, [9, 5, 3, 1, 0, 8, 4, 0]), (s,))
    assert search.grow(1) == 1
    assert search.came_from == {p: -1, x: p, z: x, t: z}
    assert search.grow(2) == 2
    assert search.came_from == {p: -1, q: p, u: q, w: -1, z: w, t: z}


def ends_at(next_to: list[list[int]], far: list[int]) -> Ends:
    """Return ends where `far` is 0, and how far it says that it is to them."""
    ends = Ends(next_to, ())
    ends.far = far
    return ends
