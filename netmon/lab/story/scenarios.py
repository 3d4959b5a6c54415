"""A story for any inventory: what breaks when, chosen by what the graph says and never by name. Pure.

A village loses its power; a ring is cut once, which darkens nothing but costs its redundancy; a cable is cut that
darkens several sites; a second cut isolates a part of the ring; then all is repaired. Acts for which the drawing has
no object (no ring, no cable) are left out.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

from netmon.lab.story import faults as f
from netmon.lab.story.state import LabState, Truth, apply_fault, truth
from netmon.lab.wires.routes import Graph, graph_of, path_from_root, shortest_forest
from netmon.model import Inventory, SiteKind

T = TypeVar("T")

_LARGEST_SHARE = 0.15
"""No act darkens a larger part of the sites than this, if it can be helped."""

# When each act comes, as parts of the duration. A ring that is cut or mended without anybody going dark shows only
# when ports are next read, so much time follows the first cut and the last repair.
_POWER_OFF, _POWER_ON = 0.04, 0.12
_RING_CUT, _CABLE_CUT, _SECOND_CUT = 0.21, 0.42, 0.52
_CABLE_MENDED, _RING_MENDED = 0.63, 0.74


@dataclass(frozen=True, slots=True)
class Act:
    """At `at` seconds these faults happen; `expect` is what is true from then on."""

    at: float
    title: str
    faults: tuple[f.LabFault, ...]
    expect: Truth


def story(inventory: Inventory, duration: float = 60.0, seed: int = 1) -> tuple[Act, ...]:
    """Return the acts of a story of `duration` seconds; the seed chooses among objects that suit equally well."""
    chance = random.Random(seed)
    scenes = list(_scenes(inventory, chance))
    acts = []
    state = LabState()
    for part, title, faults in sorted(scenes, key=lambda scene: scene[0]):
        at = part * duration
        for fault in faults:
            state = apply_fault(inventory, state, fault, at)
        acts.append(Act(at, title, faults, truth(inventory, state)))
    return tuple(acts)


Scene = tuple[float, str, tuple[f.LabFault, ...]]


def _scenes(inventory: Inventory, chance: random.Random) -> Iterator[Scene]:
    ring = _choose(chance, ring_cuts(inventory))
    taken: frozenset[str] = frozenset()
    if ring is not None:
        first, second = ring
        taken = _darkened(inventory, f.CutLink(first), f.CutLink(second)).dark_sites
        dark = _count(taken)
        yield _RING_CUT, f"The ring is cut {_between(inventory, first)}: nothing goes dark", (f.CutLink(first),)
        yield _SECOND_CUT, f"A second cut {_between(inventory, second)} isolates {dark}", (f.CutLink(second),)
        yield _RING_MENDED, "The ring is spliced at both places", (f.HealLink(first), f.HealLink(second))
    valley = _choose(chance, valleys(inventory, apart_from=taken, beside=ring or ()))
    if valley is not None:
        dark = _count(_darkened(inventory, valley).dark_sites)
        name, mend = _line(inventory, valley)
        yield _CABLE_CUT, f"{name} is cut: {dark} go dark", (valley,)
        yield _CABLE_MENDED, f"{name} is spliced", (mend,)
    village = _choose(chance, lone_villages(inventory))
    if village is not None:
        name = inventory.sites[inventory.nodes[village].site].name
        yield _POWER_OFF, f"{name} loses its power", (f.PowerOff(village),)
        yield _POWER_ON, f"{name} has power again", (f.PowerOn(village),)


def lone_villages(inventory: Inventory) -> tuple[str, ...]:
    """Return the nodes whose loss darkens their own site alone: ends of a single link first, villages among them."""
    ways = Counter(end.node for link in inventory.links.values() for end in (link.a, link.b))
    probed = [
        node
        for node in inventory.nodes.values()
        if node.is_monitored and node.id not in (inventory.vantage.node, *inventory.vantage.sentinels)
    ]
    at_site = Counter(node.site for node in inventory.nodes.values() if node.is_monitored)
    ends = [node.id for node in probed if ways[node.id] == 1 and at_site[node.site] == 1]
    villages = [node for node in ends if inventory.sites[inventory.nodes[node].site].kind is SiteKind.VILLAGE]
    others = (node.id for node in probed if _darkened(inventory, f.PowerOff(node.id)).dark_sites == {node.site})
    return _first_filled(villages, ends, others)


def ring_cuts(inventory: Inventory) -> tuple[tuple[str, str], ...]:
    """Return pairs of links neither of which darkens anything alone, while both together darken a part of a ring.

    Pairs whose cut can be read from ports at both ends, and which isolate more than one site but not too many, come
    alone if there are any.
    """
    graph = graph_of(inventory)
    alone = _bridges(inventory, graph, frozenset())
    pairs = []
    for first in inventory.links:
        if first in alone:
            continue
        for second in _bridges(inventory, graph, frozenset({first})) - alone:
            isolated = _darkened(inventory, f.CutLink(first), f.CutLink(second))
            if isolated.dark_sites and not isolated.dark_nodes.intersection(inventory.vantage.sentinels):
                pairs.append((first, second, len(isolated.dark_sites)))
    most = _largest(inventory)
    read = [pair for pair in pairs if _is_read(inventory, pair[0]) and _is_read(inventory, pair[1])]
    chosen = _first_filled((pair for pair in read if 2 <= pair[2] <= most), read, pairs)
    return tuple(sorted((first, second) for first, second, _ in chosen))


def valleys(
    inventory: Inventory, apart_from: frozenset[str] = frozenset(), beside: Sequence[str] = ()
) -> tuple[f.CutCable | f.CutLink, ...]:
    """Return the cuts of one cable (or, without cables, one link) that darken several sites.

    What they darken is neither in `apart_from` nor changed by cuts of the links `beside`.
    """
    cuts: list[tuple[f.CutCable | f.CutLink, int]] = []
    others = [f.CutLink(link) for link in beside]
    lines: list[f.CutCable | f.CutLink] = [f.CutCable(cable) for cable in inventory.cables]
    for cut in lines or [f.CutLink(link) for link in inventory.links]:
        then = _darkened(inventory, cut)
        if (
            len(then.dark_sites) > 1
            and then.dark_sites.isdisjoint(apart_from)
            and not then.dark_nodes.intersection(inventory.vantage.sentinels)
            and _darkened(inventory, cut, *others[:1]).dark_sites == then.dark_sites
            and _darkened(inventory, cut, *others).dark_sites == then.dark_sites | apart_from
        ):
            cuts.append((cut, len(then.dark_sites)))
    chosen = _first_filled((one for one in cuts if 3 <= one[1] <= _largest(inventory)), cuts)
    return tuple(cut for cut, _ in chosen)


def _bridges(inventory: Inventory, graph: Graph, cut: frozenset[str]) -> frozenset[str]:
    """Return the links on which something hangs by them alone, once the links in `cut` are gone.

    They are the links of any spanning tree that no other link closes into a cycle.
    """
    forest = shortest_forest(graph, inventory.vantage.node, lambda link: link not in cut)
    tree = {uplink.link for uplink in forest.values() if uplink is not None}
    in_cycles: set[str] = set()
    for link in inventory.links.values():
        if link.id not in tree and link.id not in cut:
            ways = [{crossed for crossed, _ in path_from_root(forest, end.node)} for end in (link.a, link.b)]
            in_cycles |= ways[0] ^ ways[1]
    return frozenset(tree - in_cycles)


def _darkened(inventory: Inventory, *faults: f.LabFault) -> Truth:
    state = LabState()
    for fault in faults:
        state = apply_fault(inventory, state, fault, 0.0)
    return truth(inventory, state)


def _is_read(inventory: Inventory, link: str) -> bool:
    """Return whether the ports at both ends are named in the drawing and polled."""
    ends = (inventory.links[link].a, inventory.links[link].b)
    return all(end.port is not None and inventory.nodes[end.node].snmp is not None for end in ends)


def _largest(inventory: Inventory) -> float:
    return max(3.0, _LARGEST_SHARE * len(inventory.sites))


def _first_filled(*choices: Iterable[T]) -> tuple[T, ...]:
    return next((filled for choice in choices if (filled := tuple(choice))), ())


def _choose(chance: random.Random, suitable: Sequence[T]) -> T | None:
    return chance.choice(suitable) if suitable else None


def _between(inventory: Inventory, link: str) -> str:
    ends = (inventory.links[link].a, inventory.links[link].b)
    places = [inventory.sites[inventory.nodes[end.node].site].name for end in ends]
    if places[0] == places[1]:
        places = [end.node for end in ends]
    return f"between {places[0]} and {places[1]}"


def _line(inventory: Inventory, cut: f.CutCable | f.CutLink) -> tuple[str, f.LabFault]:
    """Return what people call the line that is cut, and its repair."""
    if isinstance(cut, f.CutCable):
        return inventory.cables[cut.cable].name, f.HealCable(cut.cable)
    return f"The line {_between(inventory, cut.link)}", f.HealLink(cut.link)


def _count(sites: frozenset[str]) -> str:
    return "1 site" if len(sites) == 1 else f"{len(sites)} sites"
