"""How likely each element is to be failed at any one moment, before anything is seen.

The figure is an unavailability: failures per year times hours to repair, as a share of the year. Only ratios
matter: they order explanations of the same size and weigh them against each other. They are round numbers on
purpose. A county that keeps its own ledger will have better ones, but the order is robust: a village loses mains
more often than its tail is cut, a router in a junction has a UPS and outlives the fibre beside it.
"""

from __future__ import annotations

from collections.abc import Sequence

from netmon.model import Inventory, Link, LinkKind, Node

LEAF_NODE = 2e-3  # about four mains failures a year that outlast the battery, four hours each
JUNCTION_NODE = 2e-4  # the same behind a real UPS
PASSIVE_NODE = 2e-5  # a splitter has no power to lose
POWER_AREA = 1e-4  # the feeder of a whole neighbourhood
CUT_PER_KM = 1e-4  # a fibre on poles: about a cut per ten kilometres and year, eight hours to splice
PATCHING = 5e-5  # connectors, transceivers and ports, whatever the length
OTHER_LINKS = {LinkKind.RADIO: 1e-3, LinkKind.COPPER: 3e-4, LinkKind.LEASED: 2e-3, LinkKind.VIRTUAL: 1e-4}
USUAL_KM = 3.0  # where the drawing gives no length


def unavailability(
    inventory: Inventory,
    nodes: Sequence[str],
    links: Sequence[str],
    cables: Sequence[str],
    areas: Sequence[str],
) -> tuple[float, ...]:
    """Return the share of time that each element is failed: nodes, links, cables, areas, in the orders given."""
    degree = dict.fromkeys(nodes, 0)
    for link in inventory.links.values():
        degree[link.a.node] += 1
        degree[link.b.node] += 1
    longest = dict.fromkeys(cables, 0.0)
    for link in inventory.links.values():
        for cable in link.cables:
            longest[cable] = max(longest[cable], link.length_km or 0.0)
    return (
        *(_node(inventory.nodes[node], degree[node]) for node in nodes),
        *(_link(inventory.links[link]) for link in links),
        *(CUT_PER_KM * (inventory.cables[cable].length_km or longest[cable] or USUAL_KM) for cable in cables),
        *(POWER_AREA for _ in areas),
    )


def _node(node: Node, degree: int) -> float:
    if not node.monitor:
        return PASSIVE_NODE
    return LEAF_NODE if degree <= 1 else JUNCTION_NODE


def _link(link: Link) -> float:
    if link.kind is not LinkKind.FIBRE:
        return OTHER_LINKS[link.kind]
    if link.cables:  # what cuts the fibre cuts the cable
        return PATCHING
    return PATCHING + CUT_PER_KM * (USUAL_KM if link.length_km is None else link.length_km)
