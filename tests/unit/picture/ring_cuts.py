"""Rings of the reference county opened in turn: what is said of it, held against every second cut there is."""

from __future__ import annotations

from functools import cache

from netmon.events import PortState
from netmon.model import Element, ElementKind, Inventory, Link, Observations, PortId
from netmon.picture.words.faults import describe
from tests.reference_county import county
from tests.unit.picture.story import Story
from tests.unit.topology.oracle import Oracle


@cache
def rings() -> Rings:
    """Return the rings of the reference county."""
    return Rings(county())


class Rings:
    """The rings of an inventory, by brute force."""

    def __init__(self, inventory: Inventory) -> None:
        self.inventory = inventory
        self.oracle = Oracle(inventory, Observations())
        self.monitored = frozenset(node.site for node in inventory.nodes.values() if node.is_monitored)
        links = [frozenset({link}) for link in inventory.links]
        cables = [
            frozenset(link.id for link in inventory.links.values() if cable in link.cables)
            for cable in inventory.cables
        ]
        self.darkened_by = {cut: self.darkened(cut) for cut in (*links, *cables)}

    def links(self) -> list[Link]:
        """Return the links whose loss darkens nothing, and at both ends of which somebody reads a port."""
        links = (link for _, link in sorted(self.inventory.links.items()))
        return [link for link in links if not self.darkened_by[frozenset({link.id})] and len(self.ports(link)) > 1]

    def worst(self, lost: str) -> int:
        """Return how many sites the worst second cut darkens, of those that darken others than before the first."""
        most = 0
        for cut, before in self.darkened_by.items():
            after = self.darkened(cut | {lost})
            if after != before:
                most = max(most, len(after))
        return most

    def darkened(self, cut: frozenset[str]) -> frozenset[str]:
        """Return the sites that the loss of links darkens."""
        reached = self.oracle.walk(set(), cut)
        nodes = self.inventory.nodes
        return self.monitored.difference([nodes[node].site for node in reached])

    def ports(self, link: Link) -> list[PortId]:
        """Return the ports of a link that are read."""
        nodes = self.inventory.nodes
        return [PortId(end.node, end.port) for end in (link.a, link.b) if end.port and nodes[end.node].snmp]


def quiet_county() -> Story:
    """Return a story in which every port of the county has been read as up."""
    story = Story(county())
    ports = {port for link in county().links.values() for port in rings().ports(link)}
    story.say(*(PortState(story.now, port.node, port.port, up=True) for port in sorted(ports)))
    return story


def hold_ring_cut(story: Story, link: Link) -> None:
    """Cut a link as its ports show it: it is reported with what is at stake, and closed when spliced."""
    _read(story, link, up=False)
    assert set(story.verdicts().values()) <= {"up", "unserved"}
    (incident,) = story.seen.open_incidents
    assert Element(ElementKind.LINK, link.id) in (incident.fault.element, *incident.fault.alternatives)
    most = rings().worst(link.id)
    assert len(incident.stake.sites if incident.stake else ()) == most, link.id
    said = describe(incident, story.inventory, story.seen.at)
    assert ("redundancy is lost: one more cut darkens" in said) == (most > 0), said
    _read(story, link, up=True)
    assert not story.seen.open_incidents


def _read(story: Story, link: Link, *, up: bool) -> None:
    story.now += 10.0
    ports = rings().ports(link)
    story.answer(story.say(*(PortState(story.now, port.node, port.port, up=up) for port in ports)))
