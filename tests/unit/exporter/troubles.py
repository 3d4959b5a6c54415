"""Every state that pages can be in: each verdict, cause, kind of fault, failure of a service, notice and word."""

from __future__ import annotations

import string
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import product

from netmon.exporter.view import DaemonStatus, View
from netmon.model import (
    Cause,
    Element,
    ElementKind,
    Evidence,
    EvidenceKind,
    Finding,
    Inventory,
    Link,
    LinkEnd,
    LinkKind,
    Reach,
    Service,
    ServiceFailure,
    ShareKind,
    Verdict,
)
from netmon.picture.state import Incident, NodeState, Pending, Picture, ServiceFault, ServiceState, Window
from netmon.picture.words.kinds import ROLES, SAID, SERVICES
from netmon.picture.words.readiness import NOT_READY
from netmon.picture.words.reasons import REASONS
from netmon.topology.diagnosis.sayings import SAYINGS
from tests.unit.exporter.county import NOW, calm, cut, inventory, open_ring, view

_VALUES = {
    "node": "rtr-a", "far": "rtr-b", "nodes": "rtr-a, rtr-b, rtr-c, rtr-d1, rtr-noc and 3 more", "link": "a-b",
    "links": "a-b, b-c", "cable": "west", "area": "jenu-2", "port": "rtr-a:to-b", "ports": "rtr-a:to-b",
    "count": "3", "all": "4", "seconds": "12", "now": "40 %", "usual": "0.1 %", "restarted": "rtr-a", "kept": "rtr-b",
}  # fmt: skip
_SITES = ("a", "b", "c", "v1", "v2", "d1", "far")
_VANTAGE = "F900"
_WORDS = (
    (Reach.UP, None), (Reach.UP, "F8"), (Reach.DOWN, None), (Reach.DOWN, "F8"), (Reach.UNKNOWN, None),
    (Reach.UNKNOWN, _VANTAGE),
)  # fmt: skip
"""What nodes say, and the fault that is blamed, for each picture of all verdicts."""


ENGINEERS = (
    "/weak", "/topology", "/topology?live=true", "/topology/redundancy?only=weak", "/topology/blackspots?live=true",
    "/topology/path", "/topology/path?a=rtr-a&b=v2&pair=true", "/topology/whatif", "/topology/whatif?find=x",
    "/topology/whatif?fail=node:rtr-b&fail=link:noc-a&from=2026-12-01T09:00&for=4h&find=", "/plan", "/plan?budget=",
    "/report/coverage", "/topology/draw?form=schematic&live=true", "/topology/show", "/topology/show?of=b",
    "/topology/show?of=node:rtr-b&live=true",
)  # fmt: skip
"""Pages of engineers, each with an answer and without."""


def every_page() -> Iterator[tuple[View, Sequence[str]]]:
    """Yield views that together show everything that can be said on a page, with the pages that show it."""
    for picture in (open_ring(), _faults(), _words(), _services(), _waiting()):
        yield view(picture), ("/", "/sites?district=d1", "/sites/a", "/sites/v1")
    yield view(open_ring()), ENGINEERS
    yield (
        view(calm()),
        ("/", "/sites?verdict=down", "/sites?verdict=up&q=beji", *(f"/sites/{n}" for n in calm().inventory.sites)),
    )
    for picture in _verdicts():
        yield view(picture), [f"/sites/{name}" for name in _SITES]
    missing = tuple(_filled({key: phrase.en for key, phrase in NOT_READY.items()}))
    yield view(calm(), daemon=DaemonStatus(NOW, not_ready=missing, network="lab")), ("/",)
    failing = DaemonStatus(
        NOW, network="simulated", journal_failing=True, events_buffered=3, last_reload_successful=False
    )
    yield view(replace(calm(), coverage={"local": NOW - 9_000}), daemon=failing), ("/sites",)
    drawing = inventory()
    empty = replace(drawing, sites={"noc": replace(drawing.sites["noc"], lat=None)}, links={}, cables={}, services={})
    yield view(Picture.empty(replace(empty, nodes={"rtr-noc": drawing.nodes["rtr-noc"]}))), ("/", "/sites/noc")


def _verdicts() -> Iterator[Picture]:
    """Yield all verdicts, each at a site, for each thing that the nodes there may say; with roles of every kind."""
    drawing = inventory()
    roles = {f"rtr-{n}": replace(drawing.nodes["rtr-a"], id=f"rtr-{n}", role=role) for n, role in enumerate(ROLES)}
    drawing = replace(drawing, nodes={**drawing.nodes, **roles})
    picture = cut(drawing)
    blind = replace(picture.open_incidents[0].fault, id=_VANTAGE, element=Element(ElementKind.VANTAGE, "rtr-noc"))
    incidents = (*picture.open_incidents, Incident(blind, NOW - 30, NOW - 20))
    quality = [_fill(REASONS["loses"].en), _fill(REASONS["slow"].en)]
    for number, (reach, fault) in enumerate(_WORDS):
        findings = {site: Finding(verdict, fault) for site, verdict in zip(_SITES, Verdict, strict=True)}
        nodes = [node for node in drawing.nodes.values() if node.monitor and node.site in findings]
        state = NodeState(reach, NOW - 40, NOW - 30, dark_since=NOW - 50, quality=quality[number % 2])
        yield replace(
            picture,
            nodes={**picture.nodes, **dict.fromkeys((node.id for node in nodes), state)},
            node_findings={**picture.node_findings, **{node.id: findings[node.site] for node in nodes}},
            site_findings={**picture.site_findings, **findings},
            evidence={node.id: _said(node.id) for node in nodes},
            booted={node.id: NOW - 9_000 for node in nodes},
            open_incidents=incidents,
        )


def _said(node: str) -> tuple[Evidence, ...]:
    kind = EvidenceKind.SAID_UNREACHABLE
    return tuple(Evidence(NOW - 20, node, kind, detail=f"198.18.0.9 {word}") for word in SAID)


def _faults() -> Picture:
    """Return a picture of every kind of element with every cause: open, in maintenance, come back, and over."""
    drawing = inventory()
    ends = LinkEnd("rtr-a", "x"), LinkEnd("rtr-b", "x")
    kinds = {f"x-{kind}": Link(f"x-{kind}", *ends, kind=kind) for kind in LinkKind}
    picture = cut(replace(drawing, links={**drawing.links, **kinds}))
    failed = [
        *(Element(ElementKind.LINK, name) for name in (*kinds, "b-v1", "gone")),
        Element(ElementKind.CABLE, "west"), Element(ElementKind.CABLE, "gone"), Element(ElementKind.NODE, "rtr-v1"),
        Element(ElementKind.NODE, "gone"), Element(ElementKind.POWER_AREA, "jenu-2"),
        Element(ElementKind.VANTAGE, "rtr-noc"),
    ]  # fmt: skip
    others = (
        Element(ElementKind.NODE, "rtr-v1"),
        Element(ElementKind.LINK, "b-v1"),
        Element(ElementKind.CABLE, "west"),
    )
    (incident,) = picture.open_incidents
    told = [
        replace(
            incident,
            fault=replace(
                incident.fault, id=f"F{number}", element=element, cause=cause, alternatives=others[: number % 4]
            ),
            count=1 + number % 2,
            again=NOW - 20 if number % 2 else None,
            window="W1" if number % 3 == 0 else None,
        )
        for number, (element, cause) in enumerate(product(failed, Cause), 100)
    ]
    over = [replace(one, closed=NOW - 5) for one in told[:2]] + [
        replace(one, closed=NOW - 5, sites=(), nodes=(), fault=replace(one.fault, sites=(), nodes=()))
        for one in told[2:4]
    ]
    findings = {site: Finding(Verdict.DOWN, one.id) for site, one in zip(_SITES, told[::9], strict=False)}
    return replace(
        picture,
        open_incidents=(*told, *open_ring().open_incidents),
        closed_incidents=tuple(over),
        windows={"W1": Window("W1", f"{ElementKind.CABLE}:west", NOW - 60, NOW + 60)},
        site_findings={**picture.site_findings, **findings},
    )


def _words() -> Picture:
    """Return a picture of a fault with all evidence and reasons that there are."""
    picture = cut()
    (incident,) = picture.open_incidents
    fault = replace(incident.fault, evidence=tuple(_filled(SAYINGS)))
    reasons = tuple(_filled({key: phrase.en for key, phrase in REASONS.items()}))
    return replace(picture, open_incidents=(replace(incident, fault=fault, reasons=reasons),))


def _services() -> Picture:
    """Return a picture of services that answer, are not known yet, and fail in every way, alone and together."""
    shared = {ShareKind.NODE: "rtr-b", ShareKind.ADDRESS: "198.18.9.9", ShareKind.DOMAIN: "desa.test"}
    services: dict[str, Service] = {}
    states: dict[str, ServiceState] = {}
    findings: dict[str, Finding] = {}
    faults: list[ServiceFault] = []

    def draw(name: str, site: str, kind: str, state: ServiceState, finding: Finding) -> None:
        services[name] = Service(name, site, kind, "https://x.desa.test/")
        states[name], findings[name] = state, finding

    for number, failure in enumerate(ServiceFailure):
        failing = ServiceState(up=False, since=NOW - 50, reason=failure)
        for place, (share, element) in enumerate(shared.items()):
            names = tuple(f"s-{number}-{place}-{site}" for site in ("a", "b"))
            for name in names:
                draw(name, name[-1], "website", failing, Finding(Verdict.UNREACHABLE, f"S{number}{place}"))
            faults.append(ServiceFault(f"S{number}{place}", share, element, NOW - 50, names, names))
        draw(f"s-{number}", "a", "website", failing, Finding(Verdict.DOWN, f"S{number}"))
        faults.append(ServiceFault(f"S{number}", ShareKind.SERVICE, f"s-{number}", NOW - 50, (f"s-{number}",), ()))
        draw(f"s-{number}-asked", "a", "website", failing, Finding(Verdict.UNREACHABLE))
        draw(f"s-{number}-dark", "a", "website", failing, Finding(Verdict.UNREACHABLE, "F8"))
    for kind in SERVICES:
        draw(f"s-{kind}-up", "a", kind, ServiceState(up=True, since=NOW - 60), Finding(Verdict.UP))
        draw(f"s-{kind}-new", "a", kind, ServiceState(), Finding(Verdict.UNKNOWN))
    drawing: Inventory = replace(inventory(), services=services)
    return replace(cut(drawing), services=states, service_findings=findings, service_faults=tuple(faults))


def _waiting() -> Picture:
    """Return a picture in which what is dark waits for its explanation."""
    picture = cut()
    findings = {**picture.site_findings, "v1": Finding(Verdict.UNREACHABLE)}
    pending = (Pending(("rtr-v1",), {"rtr-b": NOW - 1}, NOW - 1),)
    return replace(picture, site_findings=findings, open_incidents=(), pending=pending)


def _filled(sentences: Mapping[str, str]) -> list[str]:
    return [_fill(sentence) for sentence in sentences.values()]


def _fill(sentence: str) -> str:
    names = [name for _, name, _, _ in string.Formatter().parse(sentence) if name]
    return sentence.format(**{name: _VALUES[name] for name in names})
