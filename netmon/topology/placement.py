"""Where a node hangs that no neighbour speaks of: after the last router that a packet passes on its way there. Pure.

Routing shows the path of this moment, not the cables: a proposal is for people to draw, never drawn by itself.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from netmon.model import Inventory
from netmon.topology.hearing import Ears

DIRECT = 0.6  # the hop before it is a drawn node
ACROSS = 0.3  # hops between are silent, or not drawn


@dataclass(frozen=True, slots=True)
class Placement:
    """A node whose place is not drawn, and the drawn node that it seems to hang at.

    `hops_between` are routers on the way from there that are silent or not drawn; `support` is the share of traces
    that agree; `confidence` is 0 to 1.
    """

    node: str
    at: str
    hops_between: int
    support: float
    confidence: float


def undrawn(inventory: Inventory) -> tuple[str, ...]:
    """Return the nodes with an address that no drawn path joins to the vantage."""
    around: dict[str, set[str]] = {}
    for link in inventory.links.values():
        around.setdefault(link.a.node, set()).add(link.b.node)
        around.setdefault(link.b.node, set()).add(link.a.node)
    seen, waiting = {inventory.vantage.node}, [inventory.vantage.node]
    while waiting:
        new = around.get(waiting.pop(), set()) - seen
        seen |= new
        waiting += new
    return tuple(
        sorted(node.id for node in inventory.nodes.values() if node.address is not None and node.id not in seen)
    )


def place(
    inventory: Inventory,
    paths: Mapping[str, Iterable[Sequence[str | None]]],
    ears: Mapping[str, Ears] | None = None,
) -> tuple[Placement, ...]:
    """Propose where nodes hang.

    Args:
        inventory: the drawing, by whose addresses hops are known.
        paths: by node, the addresses of the hops of each trace that reached it, from the first to the node itself;
            None for a hop that said nothing.
        ears: further addresses of nodes, as they say themselves.
    """
    owner = {address: node for node, each in (ears or {}).items() for address in each.identity.addresses}
    owner |= {node.address: node.id for node in inventory.nodes.values() if node.address is not None}
    placements = []
    for node in sorted(paths):
        found = [_last_known(node, path, owner, inventory.vantage.node) for path in paths[node]]
        if not found:
            continue
        votes = Counter(found)
        (at, between), count = max(votes.items(), key=lambda vote: (vote[1], -vote[0][1], vote[0][0]))
        support = count / len(found)
        confidence = (DIRECT if between == 0 else ACROSS) * support
        placements.append(Placement(node, at, between, support, confidence))
    return tuple(placements)


def _last_known(node: str, path: Sequence[str | None], owner: Mapping[str, str], vantage: str) -> tuple[str, int]:
    """Return the last drawn node before the end of a path, the vantage if none is, and the hops between."""
    before = [owner.get(address) if address is not None else None for address in path[:-1]]
    for between, at in enumerate(reversed(before)):
        if at is not None and at != node:
            return at, between
    return vantage, len(before)
