"""Networks that hear themselves, drawn by hand: links in, what each node would announce and hear out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from netmon.events import NeighboursHeard
from netmon.model import (
    Identity,
    Inventory,
    Link,
    LinkEnd,
    Neighbour,
    Node,
    PortId,
    Site,
    SiteKind,
    Vantage,
)
from netmon.topology.hearing import Ears, listen_to

Pair = tuple[str, str]


def end(text: str) -> LinkEnd:
    """Return `node:port` or `node` as an end."""
    node, _, port = text.partition(":")
    return LinkEnd(node, port or None)


def drawing(links: Iterable[Pair], passive: Iterable[str] = ()) -> Inventory:
    """Return a drawing of these links, called after their ends."""
    drawn = {f"{a}={b}": Link(f"{a}={b}", end(a), end(b)) for a, b in links}
    names = sorted({one.node for link in drawn.values() for one in (link.a, link.b)})
    nodes = {
        name: Node(name, "site", None if name in set(passive) else f"198.18.0.{number}")
        for number, name in enumerate(names, 1)
    }
    return Inventory("test", Vantage(names[0]), {"site": Site("site", "Site", SiteKind.POP)}, nodes, drawn)


def identity(node: str) -> Identity:
    return Identity(name=node, chassis=(f"chassis-{node}",))


def heard(far: str, port: str, protocol: str = "lldp") -> Neighbour:
    """Return that `port` hears `far`, as an LLDP agent announces itself."""
    other = end(far)
    return Neighbour(port, protocol, other.node, f"chassis-{other.node}", other.port or "")


def words(cables: Iterable[Pair], at: float = 100.0, mute: Iterable[str] = ()) -> list[NeighboursHeard]:
    """Return what every node says when these ports are joined; `mute` nodes are not polled."""
    rows: dict[str, list[Neighbour]] = {}
    for a, b in cables:
        for near, far in ((a, b), (b, a)):
            rows.setdefault(end(near).node, []).append(heard(far, end(near).port or ""))
    return [
        NeighboursHeard(at, node, identity(node), tuple(told)) for node, told in rows.items() if node not in set(mute)
    ]


def ears(cables: Iterable[Pair], at: float = 100.0, mute: Iterable[str] = ()) -> Mapping[str, Ears]:
    """Return what everybody hears when these ports are joined."""
    return listen_to(words(cables, at, mute))


def ports(links: Iterable[tuple[LinkEnd, LinkEnd]]) -> set[frozenset[PortId]]:
    return {frozenset(PortId(one.node, one.port or "") for one in ends) for ends in links}
