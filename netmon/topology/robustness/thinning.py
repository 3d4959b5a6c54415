"""What is left of a network when all goes that no count of three ways and more needs: tails, and bends of chains.

Whoever has two ways out, one to each side, has two ways at most, and is for others no more than a longer link. What
hangs on one thing is no way for anybody outside: who goes in comes out where he went in. Without them searches have
a tenth of the way to go, and nodes at both ends of a chain lie beside each other. Of all places that stay, exactly as
many ways lead to the kept ones as before.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from netmon.topology.robustness.maze import Maze

BEND = 2
"""Ways out of a place that is only passed through."""
PAIR = 2
"""Ends of a gate that is a link, or like one."""


def thin_maze(maze: Maze, kept: Collection[int], hanging: Sequence[int]) -> Maze:
    """Return a maze without bends and tails; they stay in it as places without gates.

    Args:
        maze: places and gates, which keep their numbers.
        kept: places where ways end.
        hanging: mask of the places that a single gate joins to those.
    """
    ends: dict[int, set[int]] = {}
    gates: dict[int, set[int]] = {}
    for place, around in enumerate(maze.gates):
        if around and not hanging[place]:
            gates[place] = set(around)
            for gate in around:
                if gate in ends:
                    ends[gate].add(place)
                else:
                    ends[gate] = {place}
    for gate in [gate for gate, places in ends.items() if len(places) < PAIR]:
        for place in ends.pop(gate):
            gates[place].discard(gate)
    bends = [place for place, here in gates.items() if len(here) <= BEND and place not in kept]
    for place in bends:
        if place in gates:
            bends += [there for there in _without(place, gates.pop(place), ends, gates) if there not in kept]
    found: list[list[int]] = [[] for _ in maze.gates]
    for place, here in gates.items():
        found[place] = sorted(here)
    left: list[tuple[int, ...]] = [()] * len(maze.ends)
    for gate, places in ends.items():
        left[gate] = tuple(sorted(places))
    return Maze(left, found)


def _without(place: int, here: Collection[int], ends: dict[int, set[int]], gates: dict[int, set[int]]) -> list[int]:
    """Take a place with one gate or two out of a maze; return who has become a bend by that.

    Where one of two gates leads to one other place only, that becomes an end of the other gate; else the place stays.
    """
    if len(here) == BEND:
        short, other = sorted(here, key=lambda gate: (len(ends[gate]), gate))
        if len(ends[short]) > PAIR:
            gates[place] = set(here)
            return []
        ends[short].discard(place)
        (there,) = ends.pop(short)
        gates[there].discard(short)
        ends[other].discard(place)
        ends[other].add(there)
        gates[there].add(other)
        touched = [there]
    else:
        other, touched = next(iter(here), -1), []
        if other >= 0:
            ends[other].discard(place)
    if other >= 0 and len(ends[other]) < PAIR:
        for there in ends.pop(other):
            gates[there].discard(other)
            touched.append(there)
    return [there for there in touched if len(gates[there]) <= BEND]


def thin_nodes(
    next_to: Sequence[Sequence[int]], direct: Sequence[int], kept: Collection[int], hanging: Sequence[int]
) -> tuple[list[list[int]], list[int]]:
    """Return who lies next to whom, and how often beside a vantage, where each node carries one way and bends go.

    Args:
        next_to: by node, the other nodes beside it, each once; vantages left out.
        direct: by node, how many links lead from it to vantages.
        kept: the vantages.
        hanging: mask of the nodes that a single link or node joins to the vantages.
    """
    around = {
        node: {there for there in each if not hanging[there]}
        for node, each in enumerate(next_to)
        if each and not hanging[node] and node not in kept
    }
    straight = list(direct)
    bends = [node for node, each in around.items() if len(each) + straight[node] <= BEND]
    for node in bends:
        if straight[node] > 1:
            continue
        each = around.pop(node, None)
        if each is None:
            continue
        for there in each:
            around[there].discard(node)
            straight[there] += straight[node]
        straight[node] = 0
        if len(each) == BEND:
            a, b = each
            around[a].add(b)
            around[b].add(a)
        bends += [there for there in each if len(around[there]) + straight[there] <= BEND]
    return [sorted(around.get(node, ())) for node in range(len(next_to))], straight
