"""Random networks as an access provider builds them, for benches: seeded, so that anyone can make them again."""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations, pairwise
from math import hypot, isqrt
from random import Random

from netmon.model import Cable, IcmpProbe, Inventory, Link, LinkEnd, Node, Site, SiteKind, Vantage

Pairs = set[tuple[int, int]]

IN_A_TOWN, LEAVING_A_TOWN = 10, 4
"""Nodes of a town, and links that lead out from it to others."""


def _pair(a: int, b: int) -> tuple[int, int]:
    return (a, b) if a < b else (b, a)


def rings_of_rings(random: Random, size: int) -> Pairs:
    """Return a core ring, rings hung between two of its nodes, and short tails."""
    core = max(3, size // 40)
    pairs = {_pair(node, (node + 1) % core) for node in range(core)}
    joints = list(range(core))
    built = core
    while built < size:
        length = min(random.randint(3, 12), size - built)
        ring = list(range(built, built + length))
        built += length
        pairs.update(_pair(a, b) for a, b in pairwise(ring))
        pairs.add(_pair(random.choice(joints), ring[0]))
        if random.random() < 0.7:
            pairs.add(_pair(random.choice(joints), ring[-1]))
            joints.extend(ring[::2])
    return pairs


def tree(random: Random, size: int) -> Pairs:
    """Return a tree whose branches are a few nodes wide."""
    return {_pair(node, random.randrange(max(0, node - 30), node)) for node in range(1, size)}


def mesh(random: Random, size: int) -> Pairs:
    """Return a tree with a third again as many cross-links."""
    pairs = tree(random, size)
    for _ in range(size // 3):
        a, b = random.sample(range(size), 2)
        pairs.add(_pair(a, b))
    return pairs


def geometric(random: Random, size: int) -> Pairs:
    """Return places on a map, each joined to the nearest of those before it, and some to the second nearest."""
    places = [(random.random(), random.random()) for _ in range(size)]
    pairs: Pairs = set()
    for node in range(1, size):
        x, y = places[node]
        near = sorted(range(node), key=lambda other: hypot(places[other][0] - x, places[other][1] - y))
        pairs.add(_pair(node, near[0]))
        if len(near) > 1 and random.random() < 0.35:
            pairs.add(_pair(node, near[1]))
    return pairs


def dual_homed(random: Random, size: int) -> Pairs:
    """Return two cores to which nine tenths of the others are joined both, and the rest to one of those before."""
    pairs = {(0, 1)}
    for node in range(2, size):
        pairs.update([(0, node), (1, node)] if random.random() < 0.9 else [(random.randrange(node), node)])
    return pairs


def hubs(random: Random, size: int) -> Pairs:
    """Return one to three links from each node to those before it, the more joined ones more often.

    So the public Internet has grown (Barabási and Albert, Science 286, 1999).
    """
    pairs: Pairs = set()
    ends = [0]
    for node in range(1, size):
        chosen = {random.choice(ends) for _ in range(random.choice((1, 1, 2, 3)))}
        pairs.update((other, node) for other in chosen)
        ends += [*sorted(chosen), *[node] * len(chosen)]
    return pairs


def ladder(random: Random, size: int) -> Pairs:  # noqa: ARG001 (the same whatever the chance)
    """Return two long lines side by side with a rung at every node: two fibres of a backbone."""
    half = size // 2
    sides = [range(half), range(half, 2 * half)]
    return {pair for side in sides for pair in pairwise(side)} | set(zip(*sides, strict=True))


def grid(random: Random, size: int) -> Pairs:  # noqa: ARG001 (the same whatever the chance)
    """Return streets that cross at right angles, a node at each corner: nearly all have four ways out."""
    side = isqrt(size)
    along = {(node, node + 1) for node in range(size - 1) if (node + 1) % side}
    return along | {(node, node + side) for node in range(size - side)}


def towns(random: Random, size: int) -> Pairs:
    """Return towns of ten nodes, each joined to each, and four links from each town to anywhere."""
    pairs: Pairs = set()
    for first in range(0, size, IN_A_TOWN):
        town = range(first, min(first + IN_A_TOWN, size))
        pairs.update(combinations(town, 2))
        away = [random.randrange(first)] if first else []  # all hang together
        away += [random.randrange(size) for _ in range(LEAVING_A_TOWN - len(away))]
        pairs.update(_pair(random.choice(town), there) for there in away if there not in town)
    return pairs


Shape = Callable[[Random, int], Pairs]
SHAPES: dict[str, Shape] = {
    "rings": rings_of_rings,
    "tree": tree,
    "mesh": mesh,
    "geometric": geometric,
}


def network(random: Random, shape: str | Shape, size: int, *, passive: float = 0.0, cables: float = 0.0) -> Inventory:
    """Return a network with one node per site, the vantage and its gateway in front.

    Args:
        random: the source of chance.
        shape: a key of `SHAPES`, or what returns the pairs of nodes that are joined.
        size: nodes besides the vantage.
        passive: share of the nodes that are never probed.
        cables: share of the links that lie in a cable with one to three of their neighbours.
    """
    names = [f"n{node:05d}" for node in range(size)]
    pairs = sorted((SHAPES[shape] if isinstance(shape, str) else shape)(random, size))
    nodes = {
        name: _node(name, is_passive=place > 0 and random.random() < passive) for place, name in enumerate(names)
    }
    nodes["noc"] = _node("noc", is_passive=True)
    in_cable = _cabled(random, pairs, cables)
    ends = [("noc", names[0]), *((names[a], names[b]) for a, b in pairs)]
    links = {}
    for number, (a, b) in enumerate(ends):
        name = f"{a}-{b}"
        cable = in_cable.get(number - 1)
        links[name] = Link(name, LinkEnd(a, b), LinkEnd(b, a), cables=() if cable is None else (cable,))
    return Inventory(
        region="bench",
        vantage=Vantage("noc", (names[0],)),
        sites={node.site: Site(node.site, node.site, SiteKind.VILLAGE) for node in nodes.values()},
        nodes=nodes,
        links=links,
        cables={cable: Cable(cable, cable) for cable in in_cable.values()},
    )


def _node(name: str, *, is_passive: bool) -> Node:
    if is_passive:
        return Node(name, f"site-{name}", monitor=())
    return Node(name, f"site-{name}", icmp=IcmpProbe())


def _cabled(random: Random, pairs: list[tuple[int, int]], share: float) -> dict[int, str]:
    """Put links into cables with others that leave the same node: link number → cable."""
    leaving: dict[int, list[int]] = {}
    for number, (a, b) in enumerate(pairs):
        leaving.setdefault(a, []).append(number)
        leaving.setdefault(b, []).append(number)
    in_cable: dict[int, str] = {}
    for node, links in sorted(leaving.items()):
        if random.random() < share:
            free = [link for link in links if link not in in_cable]
            if len(free) > 1:
                in_cable.update(
                    dict.fromkeys(random.sample(free, min(len(free), random.randint(2, 4))), f"cable-{node}")
                )
    return in_cable
