"""Ways through mazes: with trails of others, and without bends and tails, as many as a plain flow finds."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

import pytest
from hypothesis import given

from netmon.topology.robustness import trails
from netmon.topology.robustness.ground import LOOKED_AT
from netmon.topology.robustness.maze import Goals, Maze
from netmon.topology.robustness.node_places import CLOSE, _MazeGround
from netmon.topology.robustness.place_ways import GateTrails, PlaceSearch
from netmon.topology.robustness.slope import Slope, flooded
from netmon.topology.robustness.thinning import BEND, thin_maze, thin_nodes
from netmon.topology.robustness.trails import END
from netmon.topology.robustness.ways import Flow
from tests.draws import chances
from tests.rows import every_row
from tests.unit.topology.drawn_ways import joined, most


def maze(random: Random, size: int, count: int) -> Maze:
    """Return a random maze, some gates of which have three ends or four."""
    ends = [tuple(sorted(random.sample(range(size), random.choice((2, 2, 2, 2, 3, 4))))) for _ in range(count)]
    gates: list[list[int]] = [[] for _ in range(size)]
    for gate, places in enumerate(ends):
        for place in places:
            gates[place].append(gate)
    return Maze(ends, gates)


def flow(paths: Maze, starts: list[int], goals: set[int]) -> int:
    return Flow(paths, starts, Goals(set(goals))).grow(len(paths.ends))


@given(chances)
def test_searches_that_begin_with_what_others_found_find_as_many_ways(random: Random) -> None:
    """Places become goals meanwhile, and the sense of direction misleads."""
    size = random.randint(6, 14)
    paths = maze(random, size, random.randint(size, 3 * size))
    goals = Goals(set(random.sample(range(size), random.randint(1, 3))))
    slope = Slope(paths, goals)
    kept = GateTrails()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(trails, "LONG", random.choice((0, 0, 2)))
        for _ in range(8):
            if random.random() < 0.3:
                slope.of_place[:] = [0 if place in goals.places else random.randint(1, 9) for place in range(size)]
            starts = random.sample(range(size), random.choice((1, 1, 1, 2)))
            if not goals.places.isdisjoint(starts):
                continue
            search = PlaceSearch(paths, starts, slope, kept)
            ways = search.grow(len(paths.ends))
            assert ways == flow(paths, starts, goals.places)
            check(kept, paths, goals.places)
            more = random.randrange(size)
            kept.end_at(more, paths.gates[more])
            goals.places.add(more)
            slope.add([more])


def test_a_way_that_follows_another_back_to_where_it_begins_is_kept_without_the_loop(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The way of 1 goes by one of two links to 2 and on to 0; that of 2, led astray, by the other back to 1."""
    paths = Maze([(1, 2), (0, 2), (1, 2)], [[1], [0, 2], [0, 1, 2]])
    slope, kept = Slope(paths, Goals({0})), GateTrails()
    slope.of_place[:], slope.of_gate[:] = [0, 6, 5], [4, 3, 2]
    monkeypatch.setattr(trails, "LONG", 0)
    for start in (1, 2):
        assert PlaceSearch(paths, [start], slope, kept).grow(3 - start) == 1
        check(kept, paths, {0})
        assert kept.after[1] == END, "the link to 0 is kept"


@given(chances)
def test_ways_to_a_goal_that_lie_open_are_there(random: Random) -> None:
    """Links side by side, and cables with several ends, carry no more than one way each."""
    size = random.randint(4, 9)
    paths = maze(random, size, random.randint(size, 4 * size))
    goals = set(random.sample(range(size), random.randint(1, size - 1)))
    ground = _MazeGround(paths, sorted(goals))
    target = ground.target()
    for node in set(range(size)) - goals:
        ways = flow(paths, [node], goals)
        assert not ground.lies_open(node, ways + 1, target), node
        beside = [target.far[end] for gate in paths.gates[node] for end in paths.ends[gate] if end != node]
        assert ground.lies_open(node, 1, target) == (min(beside, default=CLOSE) < CLOSE), node


@every_row(("root", "is_open"), [(2, True), (LOOKED_AT, True), (3 * LOOKED_AT, False)])
def test_not_all_gates_of_a_hub_are_looked_at_for_a_way_that_lies_open(root: int, is_open: bool) -> None:
    """To look at all of them for each of its sites would take the square of those."""
    size = 4 * LOOKED_AT
    others = [place for place in range(size) if place != 1]
    hub = Maze(
        [(1, place) for place in others], [[0], list(range(size - 1)), *([gate] for gate in range(1, size - 1))]
    )
    ground = _MazeGround(hub, [root])
    assert ground.lies_open(0, 1, ground.target()) == is_open
    assert flow(hub, [0], {root}) == 1


@given(chances)
def test_no_place_behind_a_cut_around_one_has_more_ways(random: Random) -> None:
    size = random.randint(4, 10)
    paths = maze(random, size, random.randint(size, 4 * size))
    roots = random.sample(range(size), random.randint(1, 2))
    for node in set(range(size)).difference(roots):
        cut = _MazeGround(paths, roots).cut_around(node)
        assert node in cut.nodes
        assert cut.nodes.isdisjoint(roots)
        assert all(flow(paths, [one], set(roots)) <= cut.gates for one in cut.nodes)


def test_a_search_is_told_of_hollows_by_what_it_had_to_climb() -> None:
    """Down to 1 it went, up over 5, and down to the goal; 6 at the start leads over as well as before."""
    passed = [(6, 60), (3, 30), (1, 10), (4, 40), (5, 50), (2, 20), (1, 11)]
    assert dict(flooded(passed)) == {30: 6, 10: 6, 40: 6}


def check(kept: GateTrails, paths: Maze, goals: set[int]) -> None:
    """Hold what is kept against what it is to be: ways to goals, none of which shares a gate with another."""
    met = []
    for trail, first in kept.first.items():
        here, place = first, kept.entered_from[first]
        while here != END:
            met.append(here)
            assert kept.trail_of[here] == trail
            assert kept.entered_from[here] == place
            place = kept.left_to[here]
            assert {kept.entered_from[here], place} <= set(paths.ends[here])
            here = kept.after[here]
        assert place in goals
    assert sorted(met) == sorted(kept.trail_of)


@given(chances)
def test_a_maze_without_bends_and_tails_has_as_many_ways(random: Random) -> None:
    size = random.randint(4, 14)
    paths = maze(random, size, random.randint(size - 1, 2 * size))
    roots = set(random.sample(range(size), random.randint(1, 2)))
    before = [0 if place in roots else flow(paths, [place], roots) for place in range(size)]
    thin = thin_maze(paths, roots, bytearray(place not in roots and before[place] < BEND for place in range(size)))
    for place in set(range(size)) - roots:
        if thin.gates[place]:
            assert flow(thin, [place], roots) == before[place]
        else:
            assert before[place] <= BEND
    assert all(len(places) != 1 for places in thin.ends)
    assert all(gate in thin.gates[place] for gate, places in enumerate(thin.ends) for place in places)
    assert all(place in thin.ends[gate] for place, gates in enumerate(thin.gates) for gate in gates)


@given(chances)
def test_nodes_without_bends_and_tails_have_as_many_ways(random: Random) -> None:
    size = random.randint(4, 14)
    next_to = joined(random, size, random.randint(size - 1, 3 * size))
    direct = [random.choice((0, 0, 0, 1, 2)) for _ in range(size)]

    def ways(beside: Sequence[Sequence[int]], doors: list[int], node: int) -> int:
        return doors[node] + most(beside, [node], {one for one, count in enumerate(doors) if count and one != node})

    before = [ways(next_to, direct, node) for node in range(size)]
    hanging = [count < BEND for count in before]
    thin, doors, inner = thin_nodes(next_to, direct, (), hanging)
    stands_for = {other: node for node, others in inner.items() for other in others}
    for node in range(size):
        if hanging[node]:
            continue
        if node in stands_for or thin[node] or doors[node]:
            one = stands_for.get(node, node)
            assert ways(thin, doors, one) == before[node]
        else:
            assert before[node] == BEND


def test_whose_neighbours_lie_beside_each_other_is_passed_by_nobody() -> None:
    """Of five nodes each beside each, 3 and 4 lead on, and 2 has a door of its own."""
    next_to = [[there for there in range(5) if there != node] for node in range(5)] + [[3], [4]]
    next_to[3].append(5)
    next_to[4].append(6)
    thin = thin_nodes(next_to, [0, 0, 1, 0, 0, 1, 1], (), bytearray(7))
    assert thin.inner == {0: [1]}
    assert [list(each) for each in thin.next_to[:5]] == [[2, 3, 4], [], [3, 4], [2, 4], [2, 3]]
