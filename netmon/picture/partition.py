"""Partitions: what one vantage has lost and another reaches. Nothing of it is dark, but the network is in parts.

Disagreement is evidence: seen from the vantage that lost them, the silent nodes have a cheapest explanation like any
others, and it names where the network came apart, though from the others together nothing shows. As with outages
(`settle`), nothing is named before those around the silent nodes have spoken since: they may be missed next.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from netmon.events import Confirm
from netmon.model import Observations, Reach
from netmon.picture.altered import altered
from netmon.picture.settle import PATIENCE
from netmon.picture.standing import without
from netmon.picture.state import NodeState, Partition, Picture
from netmon.topology.diagnosis.diagnose import diagnose
from netmon.topology.graph import Graph
from netmon.topology.islands import Island, islands


def divided(before: Picture, seen: Picture) -> tuple[Picture, tuple[Confirm, ...]]:
    """Return the picture with its partitions, and whom to ask before a new one is believed.

    The last word of whoever still reaches a node may be older than its silence elsewhere: the node may just be dark.
    """
    views = seen.sharing.views
    is_settled = views is before.sharing.views and all(one.between for one in seen.sharing.partitions)
    if len(views) < 2 or is_settled:
        return seen, ()
    found, ask = [], set[str]()
    for vantage in sorted(views):
        lost, stale = _lost(seen, vantage)
        ask |= {name for name in stale if _is_new(name, vantage, before, seen)}
        if lost:
            part, around = _partition(before, seen, vantage, lost)
            found.append(part)
            ask |= around
    sharing = replace(seen.sharing, partitions=tuple(found))
    return altered(seen, sharing=sharing), (Confirm(tuple(sorted(ask)), seen.at),) if ask else ()


def _lost(seen: Picture, vantage: str) -> tuple[dict[str, tuple[str, ...]], set[str]]:
    """Return what a vantage has lost, each with the vantages that reach it; and of what nobody has spoken since."""
    sharing = seen.sharing
    others = {name: view for name, view in sharing.views.items() if name != vantage}
    lost, stale = {}, set[str]()
    for name, state in sharing.views[vantage].items():
        if state.reach is not Reach.DOWN or name in sharing.beyond.get(vantage, ()):
            continue
        reaching = {other: view[name] for other, view in others.items() if _reaches(view, name)}
        fresh = tuple(sorted(other for other, its in reaching.items() if its.word > state.since))
        if fresh:
            lost[name] = fresh
        elif reaching:
            stale.add(name)
    return lost, stale


def _reaches(view: Mapping[str, NodeState], name: str) -> bool:
    return name in view and view[name].reach is Reach.UP


def _is_new(name: str, vantage: str, before: Picture, seen: Picture) -> bool:
    known = before.sharing.views.get(vantage, {}).get(name)
    return known is None or known.reach is not seen.sharing.views[vantage][name].reach


def _partition(
    before: Picture, seen: Picture, vantage: str, lost: Mapping[str, tuple[str, ...]]
) -> tuple[Partition, set[str]]:
    """Return what came apart, as the vantage that lost something explains it; and whom to ask about that."""
    inventory = without(seen.inventory, seen.standing)
    alone = replace(inventory.vantage, node=vantage, sentinels=(), also=())
    graph = Graph.from_inventory(replace(inventory, vantage=alone))
    words = {name: state.reach for name, state in seen.sharing.views[vantage].items()}
    held, ask = set[str](), set[str]()
    is_first = all(one.vantage != vantage for one in before.sharing.partitions)
    for island in islands(graph, words):
        silent = _silent_so_far(island, seen, vantage)
        if silent:
            held.update(island.nodes)
        if is_first or any(_is_new(name, vantage, before, seen) for name in island.nodes):
            ask |= silent
    faults = diagnose(graph, Observations(words | dict.fromkeys(held, Reach.UNKNOWN))).faults
    part = Partition(
        vantage,
        nodes=tuple(sorted(lost)),
        seen_from=tuple(sorted(set().union(*lost.values()))),
        between=tuple(
            (fault.element, *fault.alternatives) for fault in faults if not lost.keys().isdisjoint(fault.nodes)
        ),
    )
    return part, ask


def _silent_so_far(island: Island, seen: Picture, vantage: str) -> set[str]:
    """Return the live-looking nodes around an island that have not spoken since; none once they were waited for."""
    view = seen.sharing.views[vantage]
    newest_miss = max(view[name].since for name in island.nodes)
    if _covered(seen, vantage) >= newest_miss + PATIENCE:
        return set()
    return {name for name in (*island.frontier, *island.mates) if view[name].word <= newest_miss}


def _covered(seen: Picture, vantage: str) -> float:
    """Return the time up to which all probers at a vantage have covered what they were given."""
    there = (one.name for one in seen.sharing.members if one.vantage == vantage)
    return min((seen.coverage.get(name, 0.0) for name in there), default=0.0)
