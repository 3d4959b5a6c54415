"""A county with services that lives through what a test tells."""

from __future__ import annotations

from netmon.events import (
    Effect,
    Elapsed,
    Entry,
    Event,
    InventoryInForce,
    NodeUp,
    ProbingStarted,
    ServiceAt,
    ServiceDown,
    ServiceUp,
)
from netmon.model import Finding, IcmpProbe, Inventory, Link, LinkEnd, Node, Service, Site, SiteKind, Vantage
from netmon.picture.fold import fold
from netmon.picture.state import Picture

VILLAGES = 12


HOST = "198.51.100.9"


def county(**drawn: object) -> Inventory:
    """Return a star: the monitor, a hosting server, and villages whose websites are on it."""
    sites = {"noc": Site("noc", "Kantor", SiteKind.NOC)}
    nodes = {"noc": Node("noc", "noc", "198.18.0.1", icmp=IcmpProbe())}
    nodes["hosting"] = Node("hosting", "noc", "198.18.0.9", "server", icmp=IcmpProbe())
    links = {"l-hosting": Link("l-hosting", LinkEnd("noc"), LinkEnd("hosting"))}
    services = {}
    for number in range(VILLAGES):
        place = f"v{number:02d}"
        sites[place] = Site(place, f"Desa {number}", SiteKind.VILLAGE)
        nodes[place] = Node(place, place, f"198.18.1.{number + 1}", icmp=IcmpProbe())
        links[f"l-{place}"] = Link(f"l-{place}", LinkEnd("noc"), LinkEnd(place))
        name = f"web-{place}"
        services[name] = Service(name, place, "website", f"http://{place}.desa.test/", **drawn)  # type: ignore[arg-type]
    return Inventory("t", Vantage("noc"), sites, nodes, links, services=services, digest="d")


class Story:
    """A picture that grows by entries."""

    def __init__(self, inventory: Inventory) -> None:
        self.inventory = inventory
        self.picture: Picture | None = None
        self.position = 0
        self.told: list[Effect] = []
        self.say(
            0.0, InventoryInForce(0.0, "d"), ProbingStarted(0.0, "p"), *(NodeUp(0.0, n, 0.0) for n in inventory.nodes)
        )

    def say(self, at: float, *events: Event) -> list[Effect]:
        self.position += 1
        entry = Entry(self.position, at, events or (Elapsed(at),), self.inventory if self.position == 1 else None)
        self.picture, effects = fold(self.picture, entry)
        self.told += effects
        return list(effects)

    def all_up(self, at: float, address: str | None = HOST) -> None:
        for name in self.inventory.services:
            places = [ServiceAt(at, name, address)] if address else []
            self.say(at, *places, ServiceUp(at, name, at))

    def fail(self, at: float, *names: str, reason: str = "timeout") -> list[Effect]:
        return [effect for name in names for effect in self.say(at + 5.0, ServiceDown(at + 5.0, name, at, reason))]

    @property
    def now(self) -> Picture:
        assert self.picture is not None
        return self.picture

    def finding(self, name: str) -> Finding:
        return self.now.service_findings[name]
