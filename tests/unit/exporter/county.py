"""A county of nine sites for the exporter's tests: a ring, a cable, a passive splitter, and a hostile name."""

from __future__ import annotations

from dataclasses import replace

from netmon.exporter.api.coverage_route import Months
from netmon.exporter.api.documents import Document
from netmon.exporter.view import DaemonStatus, View
from netmon.model import (
    Cable,
    Cause,
    Element,
    ElementKind,
    Fault,
    Finding,
    IcmpProbe,
    Inventory,
    Link,
    LinkEnd,
    LinkKind,
    Node,
    PortId,
    Reach,
    SecretRef,
    Service,
    Site,
    SiteKind,
    SnmpAuth,
    Stake,
    Vantage,
    Verdict,
)
from netmon.picture.ledger import Span
from netmon.picture.state import Incident, NodeState, Picture, ServiceState, Topology

NOW = 1_790_000_000.0
HOSTILE = "<script>alert(1)</script>"


def _site(id_: str, name: str, kind: SiteKind, lat: float | None, lon: float | None, *, served: bool = True) -> Site:
    return Site(id_, name, kind, "d1" if kind is not SiteKind.NOC else None, lat, lon, served)


def inventory() -> Inventory:
    """Return the drawing: noc – a – b – c – noc is a ring; v1 and v2 hang on b by one cable, v2 behind a splitter."""
    sites = [
        _site("noc", "NOC", SiteKind.NOC, -6.90, 112.05),
        _site("d1", "Jenu", SiteKind.DISTRICT, -6.85, 112.00),
        _site("a", "Awar-awar", SiteKind.VILLAGE, -6.88, 112.02),
        _site("b", "Beji", SiteKind.VILLAGE, -6.86, 111.98),
        _site("c", "Mentoso", SiteKind.VILLAGE, -6.83, 112.03),
        _site("v1", HOSTILE, SiteKind.VILLAGE, -6.84, 111.95),
        _site("v2", "Rawasan", SiteKind.VILLAGE, -6.82, 111.94),
        _site("far", "Never Connected", SiteKind.VILLAGE, -6.80, 111.90, served=False),
        _site("lost", "Nowhere", SiteKind.OPD, None, None),
    ]
    nodes = [
        Node(f"rtr-{site.id}", site.id, f"198.18.0.{number}", icmp=IcmpProbe())
        for number, site in enumerate(sites, start=1)
        if site.served and site.id != "lost"
    ]
    nodes.append(Node("split", "b", role="splitter", monitor=()))
    pairs = [("noc", "a"), ("a", "b"), ("b", "c"), ("c", "noc"), ("b", "v1"), ("a", "d1")]
    links = [Link(f"{a}-{b}", LinkEnd(f"rtr-{a}", f"to-{b}"), LinkEnd(f"rtr-{b}", f"to-{a}")) for a, b in pairs]
    links[4] = replace(links[4], cables=("west",))
    links += [
        Link("b-split", LinkEnd("rtr-b", "pon"), LinkEnd("split"), cables=("west",)),
        Link("split-v2", LinkEnd("split"), LinkEnd("rtr-v2", "pon"), kind=LinkKind.FIBRE, length_km=2.5),
    ]
    return Inventory(
        region="tuban",
        vantage=Vantage("rtr-noc"),
        sites={site.id: site for site in sites},
        nodes={node.id: node for node in nodes},
        links={link.id: link for link in links},
        cables={"west": Cable("west", "Kabel Barat")},
        services={"web-a": Service("web-a", "a", "website", "https://a.desa.test/")},
        auth={"field": SnmpAuth("field", "2c", community=SecretRef(env="COUNTY_COMMUNITY"))},
        timezone="Asia/Jakarta",
        digest="one",
    )


def calm(drawing: Inventory | None = None) -> Picture:
    """Return a picture in which all is well."""
    drawing = drawing or inventory()
    findings = {site.id: Finding(Verdict.UP if site.served else Verdict.UNSERVED) for site in drawing.sites.values()}
    findings["lost"] = Finding(Verdict.UNKNOWN)
    return replace(
        Picture.empty(drawing),
        at=NOW,
        position=7,
        nodes={node: NodeState(Reach.UP, NOW - 9000, NOW) for node in drawing.nodes if node != "split"},
        ports={PortId("rtr-noc", "to-a"): True, PortId("rtr-a", "to-b"): True},
        services={"web-a": ServiceState(up=True, since=NOW - 60)},
        node_findings={node: Finding(Verdict.UP) for node in drawing.nodes},
        site_findings=findings,
        topology=Topology(frozenset({"b-v1", "b-split", "split-v2", "a-d1"}), frozenset({"rtr-b", "split"})),
        ledger={site: (Span(NOW - 90_000, finding.verdict),) for site, finding in findings.items()},
        coverage={"local": NOW - 2},
    )


def cut(drawing: Inventory | None = None) -> Picture:
    """Return the picture after the cable to the west was cut."""
    before = calm(drawing)
    fault = Fault(
        "F8",
        Element(ElementKind.CABLE, "west"),
        cause=Cause.FIBRE,
        confidence=0.93,
        evidence=("port rtr-b:to-v1 receives no light",),
        nodes=("rtr-v1", "rtr-v2"),
        sites=("v1", "v2"),
    )
    dark = Finding(Verdict.UNREACHABLE, "F8")
    span = Span(NOW - 30, Verdict.UNREACHABLE, "F8")
    return replace(
        before,
        position=8,
        nodes={
            **before.nodes,
            **{node: NodeState(Reach.DOWN, NOW - 30, NOW - 31, dark_since=NOW - 30) for node in fault.nodes},
        },
        node_findings={**before.node_findings, "rtr-v1": dark, "rtr-v2": dark, "split": dark},
        site_findings={**before.site_findings, "v1": dark, "v2": dark},
        open_incidents=(Incident(fault, NOW - 30, NOW - 28.5, fault.nodes, fault.sites),),
        ledger={**before.ledger, **{site: (*before.ledger[site], span) for site in fault.sites}},
    )


def open_ring() -> Picture:
    """Return the picture after the cable to the west and then a link of the ring were cut."""
    dark = cut()
    silent = Fault("F9", Element(ElementKind.LINK, "b-c"), cause=Cause.FIBRE, confidence=0.99)
    stake = Stake(Element(ElementKind.LINK, "noc-a"), ("a", "b"))
    return replace(dark, open_incidents=(*dark.open_incidents, Incident(silent, NOW - 9, NOW - 9, stake=stake)))


async def counted_here(months: Months) -> Document:
    """Return what was counted of the villages of one district, up to the month that is asked for."""
    year, last = (int(part) for part in months.last.split("-"))
    counts = {"villages": 6, "served": 5, "online": 4, "websites": 1, "websites_active": 1}
    rows = [
        {"month": f"{year}-{number:02}", "district": id_, "name": name, "complete": number < last, **counts}
        for number in range(max(last - months.how_many, 0) + 1, last + 1)
        for id_, name in ((None, None), ("d1", "Jenu"))
    ]
    return {"months": [], "rows": rows}


def view(picture: Picture | None = None, *, daemon: DaemonStatus | None = None) -> View:
    """Return a view without measurements."""
    return View(picture or cut(), daemon or DaemonStatus(NOW - 100))
