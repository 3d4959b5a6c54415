"""Rings of the reference county opened in turn: what is said of it, held against every second cut there is."""

from __future__ import annotations

from functools import cache

from netmon.events import PortState
from netmon.model import Element, ElementKind, Inventory, Link, PortId
from netmon.picture.words.faults import describe
from tests.reference_county import county
from tests.unit.picture.story import Story


@cache
def rings() -> Rings:
    """Return the rings of the reference county."""
    return Rings(county())


class Rings:
    """The rings of an inventory, by brute force: each cut there is, and each pair of them, is walked through.

    All cuts at once, a bit of a number for each: to walk for each alone takes a tenth of a second for each ring.
    """

    def __init__(self, inventory: Inventory) -> None:
        self.inventory = inventory
        self.monitored = frozenset(node.site for node in inventory.nodes.values() if node.is_monitored)
        cables = [
            frozenset(link.id for link in inventory.links.values() if cable in link.cables)
            for cable in inventory.cables
        ]
        self.cuts = [*(frozenset({link}) for link in inventory.links), *cables]
        self.all = (1 << len(self.cuts)) - 1
        self.whole_in = dict.fromkeys(inventory.links, self.all)
        for place, cut in enumerate(self.cuts):
            for link in cut:
                self.whole_in[link] ^= 1 << place
        self.darkened_by = self.darkened()

    def links(self) -> list[Link]:
        """Return the links whose loss darkens nothing, and at both ends of which somebody reads a port."""
        links = (link for _, link in sorted(self.inventory.links.items()))
        alone = dict(zip(self.inventory.links, self.darkened_by, strict=False))
        return [link for link in links if not alone[link.id] and len(self.ports(link)) > 1]

    def worst(self, lost: str) -> int:
        """Return how many sites the worst second cut darkens, of those that darken others than before the first."""
        both = zip(self.darkened_by, self.darkened(lost), strict=True)
        return max((len(after) for before, after in both if after != before), default=0)

    def darkened(self, lost: str | None = None) -> list[frozenset[str]]:
        """Return the sites that each cut darkens, besides the loss of a link."""
        around: dict[str, list[tuple[str, int]]] = {node: [] for node in self.inventory.nodes}
        for name, link in self.inventory.links.items():
            if name != lost:
                around[link.a.node].append((link.b.node, self.whole_in[name]))
                around[link.b.node].append((link.a.node, self.whole_in[name]))
        vantage = self.inventory.vantage.node
        reached_in = {**dict.fromkeys(around, 0), vantage: self.all}
        waiting = [vantage]
        for here in waiting:
            for there, whole in around[here]:
                more = reached_in[here] & whole & ~reached_in[there]
                if more:
                    reached_in[there] |= more
                    waiting.append(there)
        lit_in = dict.fromkeys(self.monitored, 0)
        for node, mask in reached_in.items():
            site = self.inventory.nodes[node].site
            if site in lit_in:
                lit_in[site] |= mask
        found: list[set[str]] = [set() for _ in self.cuts]
        for site, mask in lit_in.items():
            dark = self.all & ~mask
            while dark:
                place = dark.bit_length() - 1
                found[place].add(site)
                dark ^= 1 << place
        return [frozenset(sites) for sites in found]

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
