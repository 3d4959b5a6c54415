"""What is left of a network when all goes that no count of three ways and more needs: tails, and bends of chains.

Whoever has two ways out, one to each side, has two ways at most, and is for others no more than a longer link. What
hangs on one thing is no way for anybody outside: who goes in comes out where he went in. Without them searches have
a tenth of the way to go, and nodes at both ends of a chain lie beside each other. Of all places that stay, exactly as
many ways lead to the kept ones as before.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import NamedTuple

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
    ends, gates = _Sets(maze.ends), _Sets(maze.gates)
    staying = [place for place, around in enumerate(maze.gates) if around and not hanging[place]]
    if 2 * len(staying) < len(maze.gates):  # sooner made of those that stay
        ends, gates = _Sets([()] * len(maze.ends)), _Sets([()] * len(maze.gates))
        for place in staying:
            gates[place] = set(maze.gates[place])
            for gate in maze.gates[place]:
                ends[gate].add(place)
    else:
        for place, around in enumerate(maze.gates):
            if around and hanging[place]:
                gates[place] = set()
                for gate in around:
                    if gate not in ends:
                        ends[gate] = {end for end in maze.ends[gate] if not hanging[end]}
    for gate, left in ends.items():
        if len(left) < PAIR:
            for place in left:
                gates[place].discard(gate)
            left.clear()
    bends = [place for place in staying if len(gates.get(place, maze.gates[place])) <= BEND and place not in kept]
    for place in bends:
        here = _taken(gates, place)
        if here:
            bends += [there for there in _without(place, here, ends, gates) if there not in kept]
    return Maze(ends.settled(), gates.settled())


class _Sets(dict[int, set[int]]):
    """Sets by number, made of rows when they are asked for: most are left as they are."""

    def __init__(self, rows: Sequence[Sequence[int]]) -> None:
        super().__init__()
        self.rows = rows

    def __missing__(self, number: int) -> set[int]:
        own = self[number] = set(self.rows[number])
        return own

    def settled(self) -> list[Sequence[int]]:
        """Return the rows with what has become of them, in order."""
        rows = list(self.rows)
        for number, own in self.items():
            rows[number] = sorted(own) if own else ()
        return rows


def _taken(sets: _Sets, number: int) -> set[int]:
    """Return a set and leave an empty one."""
    own, sets[number] = sets[number], set()
    return own


def _without(place: int, here: set[int], ends: _Sets, gates: _Sets) -> list[int]:
    """Take a place with one gate or two out of a maze; return who has become a bend by that.

    Where one of two gates leads to one other place only, that becomes an end of the other gate; else the place stays.
    """
    if len(here) == BEND:
        short, other = sorted(here, key=lambda gate: (len(ends[gate]), gate))
        if len(ends[short]) > PAIR:
            gates[place] = here
            return []
        ends[short].discard(place)
        (there,) = _taken(ends, short)
        gates[there].discard(short)
        ends[other].discard(place)
        ends[other].add(there)
        gates[there].add(other)
        touched = [there]
    else:
        (other,), touched = here, []
        ends[other].discard(place)
    if len(ends[other]) < PAIR:
        for there in _taken(ends, other):
            gates[there].discard(other)
            touched.append(there)
    return [there for there in touched if len(gates[there]) <= BEND]


class ThinNodes(NamedTuple):
    """Who lies `next_to` whom, and how often `direct`ly beside a vantage, without tails, bends and what is inner.

    `inner` are, by one of each kind, the others of its kind (`_inner`). Of the one it is only kept who lies next to
    it, of the others nothing.
    """

    next_to: list[Sequence[int]]
    direct: list[int]
    inner: dict[int, list[int]]


def thin_nodes(
    next_to: Sequence[Sequence[int]], direct: Sequence[int], kept: Collection[int], hanging: Sequence[int]
) -> ThinNodes:
    """Return what is left where each node carries one way.

    Args:
        next_to: by node, the other nodes beside it, each once; vantages left out.
        direct: by node, how many links lead from it to vantages.
        kept: the vantages.
        hanging: mask of the nodes that a single link or node joins to the vantages.
    """
    hung = {node for node, hangs in enumerate(hanging) if hangs}
    around = {
        node: set(each).difference(hung)
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
    inner = _inner(around, straight)
    return ThinNodes([sorted(around.get(node, ())) for node in range(len(next_to))], straight, inner)


def _inner(around: dict[int, set[int]], direct: Sequence[int]) -> dict[int, list[int]]:
    """Take inner nodes out, by kinds: those whose neighbours lie beside each other, so that no way needs to pass.

    Two such nodes beside each other have the same neighbours besides, and so as many ways. Of each kind one stays,
    and is left by ways but entered by none.
    """
    inner: dict[int, list[int]] = {}
    met: set[int] = set()
    for node, each in around.items():
        if direct[node] or len(each) <= BEND or node in met:
            continue
        others = len(each) - 1
        for there in each:
            if len(around[there]) <= others or len(each & around[there]) < others:
                break
        else:
            inner[node] = [there for there in each if len(around[there]) == len(each) and not direct[there]]
            met.update(inner[node])
    for node, alike in inner.items():
        around[node].difference_update(alike)
        for there in around[node]:
            around[there].difference_update(alike)
            around[there].discard(node)
        for one in alike:
            around[one].clear()
    return inner
