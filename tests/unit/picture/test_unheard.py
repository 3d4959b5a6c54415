"""A ring that is cut where no port reports it: both ends cease to hear each other, and that is a cut in the end."""

from __future__ import annotations

import pytest

from netmon.events import Coverage, Entry, Event, InventoryInForce, NeighboursHeard, NodeUp, PortState
from netmon.model import IcmpProbe, Inventory, Link, LinkEnd, Neighbour, Node, Site, SiteKind, Vantage
from netmon.picture.fold import fold
from netmon.picture.state import Picture
from netmon.picture.unheard import HOLD
from tests.unit.topology.neighbourhoods import identity

AT = 1_790_000_000.0
NODES = ("noc", "a", "b", "c")
RING = {"noc-a": ("noc:1", "a:1"), "a-b": ("a:2", "b:1"), "b-c": ("b:2", "c:1"), "c-noc": ("c:2", "noc:2")}


def end(text: str) -> LinkEnd:
    node, _, port = text.partition(":")
    return LinkEnd(node, port)


DRAWN = Inventory(
    "test",
    Vantage("noc"),
    {name: Site(name, name, SiteKind.POP) for name in NODES},
    {name: Node(name, name, f"198.18.0.{i}", icmp=IcmpProbe()) for i, name in enumerate(NODES, 1)},
    {name: Link(name, end(a), end(b)) for name, (a, b) in RING.items()},
    digest="ring",
)


def up(at: float, port: str, *, is_up: bool = True) -> PortState:
    node, _, name = port.partition(":")
    return PortState(at, node, name, up=is_up)


class Story:
    """A journal that is folded as it is told."""

    def __init__(self) -> None:
        self.picture: Picture | None = None
        self.position = 0
        living: list[Event] = [NodeUp(AT, name, AT) for name in NODES]
        ports: list[Event] = [up(AT, port) for pair in RING.values() for port in pair]
        self.tell(AT, InventoryInForce(AT, "ring"), *living, *ports, *(self.hears(AT, name, RING) for name in NODES))

    def tell(self, at: float, *events: Event) -> Picture:
        self.position += 1
        drawn = DRAWN if self.position == 1 else None
        self.picture, _ = fold(self.picture, Entry(self.position, at, events, drawn))
        return self.picture

    def wait(self, at: float) -> Picture:
        return self.tell(at, Coverage(at, "p", at))

    def hears(self, at: float, node: str, links: dict[str, tuple[str, str]]) -> NeighboursHeard:
        rows = [
            Neighbour(near.port or "", "lldp", far.node, f"chassis-{far.node}", far.port or "")
            for pair in links.values()
            for near, far in (map(end, pair), map(end, reversed(pair)))
            if near.node == node
        ]
        return NeighboursHeard(at, node, identity(node), tuple(rows))


CUT = {name: pair for name, pair in RING.items() if name != "b-c"}


def faults(picture: Picture) -> list[str]:
    return [str(incident.fault.element) for incident in picture.open_incidents]


def test_a_cut_that_no_port_reports_is_named_after_a_while_and_closed_when_it_is_heard() -> None:
    story = Story()
    story.tell(AT + 100, story.hears(AT + 100, "b", CUT))
    story.tell(AT + 110, story.hears(AT + 110, "c", CUT))
    assert faults(story.wait(AT + 110 + HOLD - 1)) == []
    named = story.wait(AT + 110 + HOLD)
    assert faults(named) == ["link:b-c"]
    (incident,) = named.open_incidents
    assert "port b:2 is up, but hears its neighbour no more" in incident.fault.evidence
    assert incident.fault.sites == ()
    assert faults(story.wait(AT + 400)) == ["link:b-c"]
    healed = story.tell(AT + 500, story.hears(AT + 500, "b", RING), story.hears(AT + 500, "c", RING))
    assert faults(healed) == []


def test_one_end_alone_is_no_cut() -> None:
    story = Story()
    story.tell(AT + 100, story.hears(AT + 100, "b", CUT))
    assert faults(story.wait(AT + 1000)) == []


@pytest.mark.parametrize("node", ["b", "c"])
def test_a_router_that_hears_nobody_at_all_has_its_agent_switched_off(node: str) -> None:
    story = Story()
    for name in NODES:
        without = {link: pair for link, pair in RING.items() if not any(end(p).node == node for p in pair)}
        story.tell(AT + 100, story.hears(AT + 100, name, without))
    assert faults(story.wait(AT + 1000)) == []


def test_a_line_that_went_down_is_told_by_its_ports_and_is_whole_when_they_are() -> None:
    """Ports come back before neighbours are heard again: that must not keep the line down."""
    story = Story()
    down = [up(AT + 100, port, is_up=False) for port in RING["b-c"]]
    cut = story.tell(AT + 100, *down, story.hears(AT + 100, "b", CUT), story.hears(AT + 100, "c", CUT))
    assert faults(cut) == ["link:b-c"]
    assert faults(story.tell(AT + 610, *(up(AT + 610, port) for port in RING["b-c"]))) == []
    assert faults(story.tell(AT + 620, story.hears(AT + 620, "a", RING))) == []
    assert faults(story.wait(AT + 1200)) == []
