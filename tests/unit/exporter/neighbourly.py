"""A picture in which nodes hear their neighbours: one cable was plugged elsewhere, and a stranger is on a port."""

from __future__ import annotations

from netmon.events import Entry, Event, InventoryInForce, NeighboursHeard, NodeDown
from netmon.model import IcmpProbe, Identity, Inventory, Link, LinkEnd, Neighbour, Node, Site, SiteKind, Vantage
from netmon.picture.fold import fold
from netmon.picture.state import Picture

AT = 1_790_000_000.0
NODES = ("a", "b", "c", "d")
DRAWN = {"a-b": ("a:1", "b:1"), "b-c": ("b:2", "c:1"), "c-d": ("c:2", "d:1")}
CABLES = (("a:1", "b:1"), ("b:2", "c:1"), ("c:2", "a:9"))
STRANGER = Neighbour("9", "mndp", "AP", "02:00:00:00:00:99", address="198.18.0.99")


def _end(text: str) -> LinkEnd:
    node, _, port = text.partition(":")
    return LinkEnd(node, port)


def inventory() -> Inventory:
    return Inventory(
        "test",
        Vantage("a"),
        {"site": Site("site", "Site", SiteKind.POP)},
        {name: Node(name, "site", f"198.18.0.{i}", icmp=IcmpProbe()) for i, name in enumerate(NODES, 1)},
        {name: Link(name, _end(a), _end(b)) for name, (a, b) in DRAWN.items()},
        digest="neighbourly",
    )


def words(cables: tuple[tuple[str, str], ...], at: float) -> list[Event]:
    """Return what each node hears, the stranger on port 9 of d included."""
    heard: dict[str, list[Neighbour]] = {name: [] for name in NODES}
    heard["d"].append(STRANGER)
    for pair in cables:
        for near, far in (map(_end, pair), map(_end, reversed(pair))):
            heard[near.node].append(Neighbour(near.port or "", "lldp", far.node, "", far.port or ""))
    return [NeighboursHeard(at, name, Identity(name), tuple(rows)) for name, rows in heard.items()]


def moved() -> Picture:
    """Return the picture after the cable from c to d was plugged into a."""
    drawn = inventory()
    picture, _ = fold(
        None, Entry(1, AT, (InventoryInForce(AT, drawn.digest), *words(tuple(DRAWN.values()), AT)), drawn)
    )
    return fold(picture, Entry(2, AT + 60, tuple(words(CABLES, AT + 60))))[0]


def dark(picture: Picture, node: str) -> Picture:
    """Return the picture after a node fell silent."""
    return fold(picture, Entry(picture.position + 1, AT + 90, (NodeDown(AT + 90, node, AT + 85),)))[0]
