"""The ledger of lines: a timeline for each line of a supplier, and for those of a site that has a spare one. Pure.

A site is up while one of its lines works; what each of them did is written here, whoever else carried the site. A
line is up, down, under announced work, or unknown: from a village that is dark for another reason nobody hears of its
line. As in the ledger of sites, each moment of a line is in one span, and what is written is not rewritten.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from netmon.model import Element, ElementKind, Finding, Inventory, Link, PortId, Reach, Verdict
from netmon.picture.altered import altered
from netmon.picture.layers import differing
from netmon.picture.ledger import Span, extend
from netmon.picture.lines import Failed, answers, failed_elements, incident_of, link_state
from netmon.picture.state import NodeState, Picture
from netmon.picture.uplinks import customer_sites, lines_of_sites

_WORDS: Mapping[Reach, Verdict] = {
    Reach.UP: Verdict.UP,
    Reach.DOWN: Verdict.DOWN,
    Reach.UNKNOWN: Verdict.UNKNOWN,
}
_UNSEEN = NodeState()


def write_lines(before: Picture, seen: Picture) -> Picture:
    """Return the picture with every changed line written into its timeline."""
    touched = list(_touched(before, seen))
    if not touched:
        return seen
    failed = failed_elements(seen)
    ledger = dict(seen.line_ledger)
    for link in touched:
        found = line_finding(link, seen, failed)
        timeline = ledger.get(link.id, ())
        if not timeline or (timeline[-1].verdict, timeline[-1].incident) != found:
            span = Span(_since(link, found, seen, timeline), found.verdict, found.fault)
            ledger[link.id] = extend(timeline, span, seen.lines_ahead.room(link.id) if seen.lines_ahead else 0.0)
    return altered(seen, line_ledger=ledger)


def line_finding(link: Link, picture: Picture, failed: Failed) -> Finding:
    """Return what is said of a line, and the incident behind it."""
    incident = incident_of(link, failed)
    if incident is None:
        return Finding(_WORDS[link_state(link, picture, failed)])
    return Finding(Verdict.DOWN if incident.window is None else Verdict.MAINTENANCE, incident.id)


def kept_lines(inventory: Inventory) -> frozenset[str]:
    """Return the lines that have a timeline."""
    bought = {link.id for link in inventory.links.values() if link.supplier is not None or link.spare}
    beside = {link.id for spare, others in lines_of_sites(inventory).values() for link in (*spare, *others)}
    return frozenset(bought | beside)


def ledger_lines(site: str, picture: Picture) -> tuple[Link, ...]:
    """Return the lines with a timeline that serve a site, those that are not spare first, by id."""
    links, serves = picture.inventory.links, customer_sites(picture.inventory)
    found = [links[name] for name in picture.line_ledger if serves.get(name) == site]
    return tuple(sorted(found, key=lambda link: (link.spare, link.id)))


def _touched(before: Picture, seen: Picture) -> Iterator[Link]:
    """Yield the lines of which something may have changed that their state rests on."""
    links, known = seen.inventory.links, seen.line_ledger
    is_new = not known and not before.judged and before.node_findings is not seen.node_findings
    if is_new or before.inventory.digest != seen.inventory.digest:
        yield from (links[name] for name in sorted(kept_lines(seen.inventory)))
        return
    nodes = _changed_nodes(before, seen)
    names, cables = _changed_elements(before, seen)
    if before.topology is not seen.topology:
        names |= before.topology.bridges ^ seen.topology.bridges
    if not nodes and not names and not cables:
        return
    for name in known:
        link = links.get(name)
        if link is not None and (
            name in names
            or link.a.node in nodes
            or link.b.node in nodes
            or (cables and not cables.isdisjoint(link.cables))
        ):
            yield link


def _changed_elements(before: Picture, seen: Picture) -> tuple[set[str], set[str]]:
    """Return the links and the cables of which an incident says something new."""
    if before.open_incidents is seen.open_incidents:
        return set(), set()
    changed = {element for element, *_ in _failures(before) ^ _failures(seen)}
    return (
        {element.id for element in changed if element.kind is ElementKind.LINK},
        {element.id for element in changed if element.kind is ElementKind.CABLE},
    )


def _changed_nodes(before: Picture, seen: Picture) -> set[str]:
    """Return the nodes with a new verdict, or with a port that says something new or nothing any more."""
    changed = {port.node for port in differing(before.ports, seen.ports)}
    return changed | differing(before.node_findings, seen.node_findings)


def _failures(picture: Picture) -> set[tuple[Element, str, bool, str | None]]:
    """Return what incidents say that has failed, whether that is settled, and under which work."""
    return {(one.fault.element, one.id, bool(one.fault.alternatives), one.window) for one in picture.open_incidents}


def _since(link: Link, found: Finding, picture: Picture, timeline: tuple[Span, ...]) -> float:
    """Return the time from which a line is so: that of the last word it rests on."""
    ends = [end for end in (link.a, link.b) if end.node in picture.nodes]
    incident = picture.incident(found.fault) if found.fault is not None else None
    times: list[float] = []
    match found.verdict:
        case Verdict.UNKNOWN:
            times = [_state(picture, end.node).since for end in ends if not answers(end, picture)]
        case Verdict.UP:
            live = [end for end in ends if answers(end, picture)]
            ports = [PortId(end.node, end.port) for end in live if end.port is not None]
            good = [picture.read_at[port] for port in ports if picture.ports.get(port)]
            times = [_state(picture, end.node).since for end in live] + ([min(good)] if good else [])
        case Verdict.MAINTENANCE if incident is not None and incident.window is not None:
            window = picture.windows.get(incident.window)
            times = [incident.began] + ([window.start] if window is not None else [])
        case Verdict.DOWN if incident is not None and not _was_worked_on(timeline):
            times = [incident.began]
    return min(max(times, default=picture.at), picture.at)


def _was_worked_on(timeline: tuple[Span, ...]) -> bool:
    return bool(timeline) and timeline[-1].verdict is Verdict.MAINTENANCE


def _state(picture: Picture, node: str) -> NodeState:
    return picture.nodes.get(node, _UNSEEN)
