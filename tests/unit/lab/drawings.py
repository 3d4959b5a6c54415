"""Hypothesis strategies for small networks and for what is done to them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from hypothesis import strategies as st

from netmon.lab.story import faults as f
from netmon.model import Inventory
from tests.draws import together
from tests.lab.counties import draw

T = TypeVar("T")
NAMES = tuple("abcdefgh")


# Strategies that are made once: numbers are drawn, and each stands for what is at its place, counted round and round.
places = st.integers(0, 27)


def _at(things: Sequence[T], place: int) -> T:
    return things[place % len(things)]


def _drawn(
    parents: list[int], extra: list[int], cables: dict[int, str], areas: dict[int, str], passive: list[int]
) -> Inventory:
    names = NAMES[: len(parents) + 1]
    tree = [(_at(names[: place + 1], parent), names[place + 1]) for place, parent in enumerate(parents)]
    pairs = [(one, other) for one in names for other in names if one < other and (one, other) not in tree]
    wired = tree + list(dict.fromkeys(_at(pairs, place) for place in extra if pairs))
    links = [f"{one}-{other}" for one, other in wired]
    return draw(
        wired,
        cables={_at(links, place): cable for place, cable in cables.items()},
        areas={_at(names, place): area for place, area in areas.items()},
        passive={_at(names[1:], place) for place in passive},
    )


inventories = st.builds(
    _drawn,
    st.lists(st.integers(0, 6), min_size=1, max_size=len(NAMES) - 1),
    st.lists(places, max_size=5),
    st.dictionaries(st.integers(0, 11), st.sampled_from(("north", "south"))),
    st.dictionaries(st.integers(0, len(NAMES) - 1), st.sampled_from(("mains-1", "mains-2"))),
    st.lists(places, max_size=2),
)
"""A connected network of 2 to 8 nodes, some passive, with cables and power areas; `a` is the vantage."""


def _fault(
    inventory: Inventory, kind: int, of_links: int, of_nodes: int, of_ends: int, lost: float, dimmed: float
) -> f.LabFault:
    """Return a fault or a repair of something in the inventory."""
    link = _at(sorted(inventory.links), of_links)
    node = _at(sorted(inventory.nodes), of_nodes)
    ends = (inventory.links[link].a.node, inventory.links[link].b.node)
    choices: list[f.LabFault] = [
        f.CutLink(link),
        f.HealLink(link),
        f.PowerOff(node),
        f.PowerOn(node),
        f.MuteManagement(node),
        f.UnmuteManagement(node),
        f.LoseOneWay(link, _at(ends, of_ends), lost),
        f.Attenuate(link, dimmed),
    ]
    for cable in sorted(inventory.cables):
        choices += [f.CutCable(cable), f.HealCable(cable)]
    for area in sorted(f.power_areas(inventory)):
        choices += [f.PowerOffArea(area), f.PowerOnArea(area)]
    return _at(choices, kind)


_drawn_faults = st.lists(
    together(range(16), range(28), range(28), range(2), (0.0, 0.3, 1.0), (0.0, 3.0, 40.0)), max_size=8
)
played = st.builds(
    lambda inventory, faults: (inventory, [_fault(inventory, *each) for each in faults]), inventories, _drawn_faults
)
"""An inventory and a sequence of faults and repairs on it."""
