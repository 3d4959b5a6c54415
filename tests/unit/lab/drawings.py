"""Hypothesis strategies for small networks and for what is done to them."""

from __future__ import annotations

from hypothesis import strategies as st

from netmon.lab import faults as f
from netmon.model import Inventory
from tests.lab.counties import draw

NAMES = tuple("abcdefgh")


@st.composite
def inventories(composite: st.DrawFn) -> Inventory:
    """Return a connected network of 2 to 8 nodes, some passive, with cables and power areas; `a` is the vantage."""
    count = composite(st.integers(2, len(NAMES)))
    names = NAMES[:count]
    tree = [(names[composite(st.integers(0, place - 1))], names[place]) for place in range(1, count)]
    pairs = [(one, other) for one in names for other in names if one < other and (one, other) not in tree]
    extra = composite(st.lists(st.sampled_from(pairs), unique=True, max_size=5)) if pairs else []
    links = [f"{one}-{other}" for one, other in tree + extra]
    cables = composite(st.dictionaries(st.sampled_from(links), st.sampled_from(("north", "south"))))
    areas = composite(st.dictionaries(st.sampled_from(names), st.sampled_from(("mains-1", "mains-2"))))
    passive = composite(st.sets(st.sampled_from(names[1:]), max_size=2))
    return draw(tree + extra, cables=cables, areas=areas, passive=passive)


@st.composite
def fault_on(composite: st.DrawFn, inventory: Inventory) -> f.LabFault:
    """Return a fault or a repair of something in the inventory."""
    link = composite(st.sampled_from(sorted(inventory.links)))
    node = composite(st.sampled_from(sorted(inventory.nodes)))
    ends = (inventory.links[link].a.node, inventory.links[link].b.node)
    choices: list[f.LabFault] = [
        f.CutLink(link),
        f.HealLink(link),
        f.PowerOff(node),
        f.PowerOn(node),
        f.MuteManagement(node),
        f.UnmuteManagement(node),
        f.LoseOneWay(link, composite(st.sampled_from(ends)), composite(st.sampled_from((0.0, 0.3, 1.0)))),
        f.Attenuate(link, composite(st.sampled_from((0.0, 3.0, 40.0)))),
    ]
    for cable in sorted(inventory.cables):
        choices += [f.CutCable(cable), f.HealCable(cable)]
    for area in sorted(f.power_areas(inventory)):
        choices += [f.PowerOffArea(area), f.PowerOnArea(area)]
    return composite(st.sampled_from(choices))


@st.composite
def played(composite: st.DrawFn) -> tuple[Inventory, list[f.LabFault]]:
    """Return an inventory and a sequence of faults and repairs on it."""
    inventory = composite(inventories())
    return inventory, composite(st.lists(fault_on(inventory), max_size=8))
