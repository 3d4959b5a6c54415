"""Why a site has the verdict it has: the evidence with its times, what was rejected, and what would change it.

Everything is read off one picture, so the answer for a past moment is the answer for the picture of that moment.
Facts are values without language; `say` puts them into words.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from netmon.model import Element, ElementKind, Evidence, EvidenceKind, Finding, Link, Reach, Site, Verdict
from netmon.picture.line_ledger import ledger_lines
from netmon.picture.otherwise import proven
from netmon.picture.settle import observed
from netmon.picture.state import Incident, NodeState, Picture, Window
from netmon.picture.uplinks import OnSpare, on_spare
from netmon.picture.words.fact import Fact, Value
from netmon.picture.words.services import service_fact
from netmon.topology.diagnosis.rejected import Rejection, rejections
from netmon.topology.islands import Island, islands

NAMED = 4
"""Nodes, ports or neighbours that are told one by one; a picture has them all."""
_DARK = frozenset({Verdict.DOWN, Verdict.UNREACHABLE, Verdict.MAINTENANCE})
_LINES = frozenset({ElementKind.LINK, ElementKind.CABLE})


@dataclass(frozen=True, slots=True)
class Why:
    """The answer for one site at one moment. `since` is when the verdict began, None before there was one."""

    site: Site
    at: float
    verdict: Verdict
    since: float | None
    incident: Incident | None
    says: Fact
    because: tuple[Fact, ...] = ()
    rejected: tuple[Fact, ...] = ()
    would_change: tuple[Fact, ...] = ()


def why(picture: Picture, site: Site) -> Why:
    """Explain the verdict that a picture gives a site of its drawing."""
    finding = picture.site_findings.get(site.id, Finding(Verdict.UNKNOWN))
    timeline = picture.ledger.get(site.id, ())
    since = timeline[-1].start if timeline else None
    incident = picture.incident(finding.fault) if finding.fault is not None else None
    nodes = picture.graph.monitored_at(site.id)
    key = _key(picture, finding, incident, nodes)
    place: dict[str, Value] = {"site": site.name, "since": picture.at if since is None else since}
    return Why(
        site=site,
        at=picture.at,
        verdict=finding.verdict,
        since=since,
        incident=incident,
        says=Fact(key, place),
        because=tuple(_because(picture, site, finding, incident, nodes)),
        rejected=tuple(_rejected(picture, finding, incident, nodes)),
        would_change=tuple(_would_change(picture, key, incident, nodes)),
    )


def _key(picture: Picture, finding: Finding, incident: Incident | None, nodes: tuple[str, ...]) -> str:
    match finding.verdict:
        case Verdict.DEGRADED:
            silent = any(_state(picture, node).reach is Reach.DOWN for node in nodes)
            return "degraded-part" if silent else "degraded-line"
        case Verdict.UNREACHABLE if incident is None:
            return "unexplained"
        case Verdict.UNKNOWN:
            if incident is not None and incident.fault.element.kind is ElementKind.VANTAGE:
                return "isolated"
            if not nodes:
                return "not-probed"
            heard = any(_state(picture, node).judged > 0.0 for node in nodes)
            return "gap" if heard else "no-word"
        case verdict:
            return str(verdict)


def _state(picture: Picture, node: str) -> NodeState:
    return picture.nodes.get(node, NodeState())


# ---------------------------------------------------------------------------------------------------------
# Evidence
# ---------------------------------------------------------------------------------------------------------


def _because(
    picture: Picture, site: Site, finding: Finding, incident: Incident | None, nodes: tuple[str, ...]
) -> Iterator[Fact]:
    if not site.served:
        yield Fact("drawn-unserved")
    if not nodes:
        passive = [node.id for node in picture.inventory.nodes.values() if node.site == site.id]
        yield from (Fact("passive", {"node": node}) for node in sorted(passive)[:NAMED])
        if not passive:
            yield Fact("no-node")
    facts = [fact for node in nodes[:NAMED] for fact in _of_node(picture, node)]
    if finding.verdict in _DARK:
        facts += _around(picture, nodes)
    if incident is not None:
        facts += _of_ports(picture, incident)
    if finding.verdict is Verdict.UNKNOWN:
        facts += [Fact("covered", at=until) for until in picture.coverage.values()]
    facts += [
        Fact("asked", {"node": node}, asked)
        for pending in picture.pending
        if not set(nodes).isdisjoint(pending.nodes)
        for node, asked in sorted(pending.asked.items())[:NAMED]
    ]
    yield from sorted(facts, key=lambda fact: (fact.at is None, fact.at or 0.0))
    if incident is not None:
        yield from _of_incident(picture, incident)
    yield from (_spare(one, picture) for one in on_spare(picture) if one.site == site.id)
    lines = ledger_lines(site.id, picture)
    if any(line.spare for line in lines):
        yield from (line_fact(line, picture) for line in lines)
    own = sorted(service.id for service in picture.inventory.services.values() if service.site == site.id)
    yield from (service_fact(name, picture) for name in own[:NAMED])


def _spare(one: OnSpare, picture: Picture) -> Fact:
    suppliers = {name: picture.inventory.links[name].supplier or "-" for name in (*one.spare, *one.down)}
    values: dict[str, Value] = {
        "spare": one.spare,
        "supplier": tuple(dict.fromkeys(suppliers[name] for name in one.spare)),
        "line": one.down,
        "other": tuple(dict.fromkeys(suppliers[name] for name in one.down)),
    }
    return Fact("on-spare", values)


def line_fact(line: Link, picture: Picture) -> Fact:
    """Return what the ledger of lines says of a line now."""
    span = picture.line_ledger[line.id][-1]
    values: dict[str, Value] = {"line": line.id, "supplier": line.supplier or "-", "since": span.start}
    return Fact(f"own-line-{span.verdict}", values, span.start)


def _of_node(picture: Picture, node: str) -> Iterator[Fact]:
    state = _state(picture, node)
    named: dict[str, Value] = {"node": node}
    match state.reach:
        case Reach.UP:
            if state.word > state.since:
                yield Fact("node-proven", {**named, "since": state.since, "word": state.word}, state.word)
            else:
                yield Fact("node-answers", {**named, "since": state.since}, state.since)
            if state.quality:
                yield Fact("node-quality", {**named, "reason": state.quality})
        case Reach.DOWN:
            yield Fact("node-dark", {**named, "since": state.since}, state.since)
            if (service := proven(picture).get(node)) is not None:
                yield Fact("node-serves", {**named, "service": service}, picture.services[service].word)
            if state.judged >= state.since:
                yield Fact("node-judged", named, state.judged)
            for one in picture.evidence.get(node, ()):
                if one.kind is EvidenceKind.SAID_UNREACHABLE and one.at >= state.since:
                    yield _said_unreachable(picture, one)
        case Reach.UNKNOWN if state.judged > 0.0:
            if state.dark_since is not None:
                yield Fact("node-was-dark", named, state.dark_since)
            yield Fact("node-lost", named, state.since)
        case Reach.UNKNOWN:
            yield Fact("node-no-word", named)
    if node in picture.booted and state.reach is Reach.UP:
        yield Fact("node-runs", named, picture.booted[node])


def _said_unreachable(picture: Picture, one: Evidence) -> Fact:
    """Return the word of a router, named where its address is that of a node."""
    address, _, said = one.detail.partition(" ")
    router = next((node.id for node in picture.inventory.nodes.values() if node.address == address), address)
    return Fact("node-said-unreachable", {"node": one.node, "router": router, "said": said}, one.at)


def _island(picture: Picture, nodes: tuple[str, ...]) -> Island | None:
    """Return the dark part of the network that a site's nodes are in."""
    reach = {name: state.reach for name, state in picture.nodes.items()}
    return next((one for one in islands(picture.uncut, reach) if not set(nodes).isdisjoint(one.nodes)), None)


def _around(picture: Picture, nodes: tuple[str, ...]) -> Iterator[Fact]:
    """Yield who answers at the border of the darkness: that is what faults are told by."""
    island = _island(picture, nodes)
    if island is not None:
        for node in island.frontier[:NAMED]:
            state = _state(picture, node)
            yield Fact("neighbour-answers", {"node": node}, max(state.word, state.since))


def _of_ports(picture: Picture, incident: Incident) -> Iterator[Fact]:
    """Yield what the ports at the ends of the named lines said."""
    graph = picture.graph
    stated = (incident.fault.element, *incident.fault.alternatives)
    codes = [graph.code(element) for element in stated if element.kind in _LINES and _is_drawn(element, picture)]
    ports = sorted({port for code in codes for link in graph.fails(code)[1] for port in graph.ports_of[link]})
    told = [port for port in ports if port in picture.read_at and _state(picture, port.node).reach is Reach.UP]
    for port in told[:NAMED]:
        at = picture.read_at[port]
        if port in picture.light and picture.light[port] is None:
            yield Fact("port-unlit", {"port": port}, at)
        if port in picture.ports:
            yield Fact("port-up" if picture.ports[port] else "port-down", {"port": port}, at)


def _is_drawn(element: Element, picture: Picture) -> bool:
    return element.id in (picture.inventory.links if element.kind is ElementKind.LINK else picture.inventory.cables)


def _of_incident(picture: Picture, incident: Incident) -> Iterator[Fact]:
    fault = incident.fault
    named: dict[str, Value] = {
        "fault": incident.id, "element": fault.element, "sure": fault.confidence, "count": len(fault.nodes),
    }  # fmt: skip
    yield Fact("named" if fault.nodes else "named-lit", named, incident.named)
    yield from (Fact("alternative", {"element": element}) for element in fault.alternatives[:NAMED])
    yield Fact("cause", {"cause": str(fault.cause)})
    yield from (Fact("reason", {"reason": reason}) for reason in incident.reasons)
    if incident.again is not None:
        yield Fact("came-back", {"fault": incident.id, "count": incident.count}, incident.again)
    window = picture.windows.get(incident.window) if incident.window is not None else None
    if window is not None:
        yield Fact("window", {"work": _work(window, picture), "until": window.end}, window.start)


def _work(window: Window, picture: Picture) -> Value:
    """Return what is worked on: an element, or the name of a site."""
    kind, _, name = window.element.partition(":")
    if kind in tuple(ElementKind):
        return Element(ElementKind(kind), name)
    site = picture.inventory.sites.get(name)
    return name if site is None else site.name


# ---------------------------------------------------------------------------------------------------------
# What it is not, and what would change it
# ---------------------------------------------------------------------------------------------------------


def _rejected(
    picture: Picture, finding: Finding, incident: Incident | None, nodes: tuple[str, ...]
) -> Iterator[Fact]:
    dark = [node for node in nodes if _state(picture, node).reach is Reach.DOWN]
    if finding.verdict not in _DARK or incident is None or not dark:
        return
    accused = {incident.fault.element, *incident.fault.alternatives}
    for rejection in rejections(picture.uncut, observed(picture), accused, incident.fault.nodes, dark[0]):
        yield _said(picture, rejection)


def _said(picture: Picture, rejection: Rejection) -> Fact:
    """Return a rejection as a fact, dated by the word it rests on."""
    values: dict[str, Value] = {"element": rejection.element, "nodes": rejection.nodes}
    words = [max(state.word, state.since) for node in rejection.nodes if (state := picture.nodes.get(node))]
    at = min(words, default=None)
    if rejection.port is not None:
        values["port"] = rejection.port
        at = picture.read_at.get(rejection.port)
    return Fact(str(rejection.ground), values, at)


def _would_change(picture: Picture, key: str, incident: Incident | None, nodes: tuple[str, ...]) -> Iterator[Fact]:
    shown = nodes[:NAMED]
    match key:
        case "up":
            yield from (Fact("if-silent", {"node": node}) for node in shown)
            yield Fact("if-bad")
        case "degraded-line":
            yield from (Fact("if-good", {"node": node}) for node in shown if _state(picture, node).quality)
        case "down" | "unreachable" | "degraded-part":
            silent = [node for node in shown if _state(picture, node).reach is Reach.DOWN]
            yield from (Fact("if-answers", {"node": node}) for node in silent)
            if incident is not None:
                yield from _otherwise(picture, key, incident, silent)
        case "unexplained":
            yield Fact("if-told")
        case "isolated":
            yield Fact("if-any-answers")
        case "gap" | "no-word":
            yield from (Fact("if-word", {"node": node}) for node in shown)
        case "not-probed":
            yield Fact("if-monitored")
        case "unserved":
            yield Fact("if-drawn")
        case "maintenance":
            yield Fact("if-over")
        case _:
            raise ValueError(key)


def _otherwise(picture: Picture, key: str, incident: Incident, silent: list[str]) -> Iterator[Fact]:
    element = incident.fault.element
    if key == "unreachable":
        yield from (Fact("if-repaired", {"element": element, "node": node}) for node in silent[:1])
    if element.kind in _LINES:
        yield Fact("if-port-up", {"element": element})
    island = _island(picture, tuple(silent))
    if island is not None:
        yield from (Fact("if-neighbour-falls", {"node": node}) for node in island.frontier[:1])
