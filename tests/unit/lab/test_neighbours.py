"""LLDP in the lab: who hears whom."""

from __future__ import annotations

from netmon.lab.routers.neighbours import heard_on
from netmon.lab.story.state import Physical
from netmon.lab.wires.wiring import wire
from netmon.model import Inventory
from tests.lab.counties import draw

TREE = draw([("a", "splitter"), ("splitter", "b"), ("splitter", "c"), ("b", "d")], passive={"splitter"})


def heard(inventory: Inventory, node: str, link: str, *down: str) -> list[str]:
    wiring = wire(inventory)
    shown = Physical(links_down=frozenset(down))
    return [str(port.node) for port in heard_on(inventory, wiring, shown, wiring.near(link, node))]


def test_a_router_hears_the_one_at_the_other_end() -> None:
    assert heard(TREE, "d", "b-d") == ["b"]
    assert heard(TREE, "b", "b-d") == ["d"]


def test_a_passive_splitter_passes_announcements_on() -> None:
    assert heard(TREE, "a", "a-splitter") == ["b", "c"]
    assert heard(TREE, "b", "splitter-b") == ["a", "c"]


def test_nothing_is_heard_through_a_cut() -> None:
    assert heard(TREE, "b", "b-d", "b-d") == []
    assert heard(TREE, "a", "a-splitter", "splitter-b") == ["c"]


def test_a_loop_of_passive_nodes_ends() -> None:
    loop = draw([("a", "s"), ("s", "t"), ("t", "u"), ("u", "s"), ("t", "b")], passive={"s", "t", "u"})
    assert heard(loop, "a", "a-s") == ["b"]
