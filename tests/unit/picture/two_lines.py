"""A county behind two lines of suppliers."""

from __future__ import annotations

from netmon.events import PortState
from netmon.model import IcmpProbe, Inventory, Link, LinkEnd, Node, Site, SiteKind, Vantage
from tests.unit.picture.service_story import Story


def two_lines(*, spare: bool = True) -> Inventory:
    names = ("noc", "pop-a", "pop-b", "desa")
    sites = {name: Site(name, name, SiteKind.VILLAGE if name == "desa" else SiteKind.POP) for name in names}
    nodes = {name: Node(name, name, f"198.18.0.{n + 1}", icmp=IcmpProbe()) for n, name in enumerate(names)}
    links = (
        Link("na", LinkEnd("noc"), LinkEnd("pop-a")),
        Link("nb", LinkEnd("noc"), LinkEnd("pop-b")),
        Link("main", LinkEnd("pop-a", "p1"), LinkEnd("desa", "wan1"), supplier="icon"),
        Link("backup", LinkEnd("pop-b", "p1"), LinkEnd("desa", "wan2"), supplier="telkom", spare=spare),
    )
    return Inventory("t", Vantage("noc"), sites, nodes, {link.id: link for link in links}, digest="d")


def cut(story: Story, at: float, pop: str, port: str) -> None:
    story.say(at, PortState(at, pop, "p1", up=False), PortState(at, "desa", port, up=False))
    story.say(at + 10.0)


def lit(inventory: Inventory) -> Story:
    story = Story(inventory)
    for node, port in (("pop-a", "p1"), ("pop-b", "p1"), ("desa", "wan1"), ("desa", "wan2")):
        story.say(10.0, PortState(10.0, node, port, up=True))
    return story
