"""What the API answers: plain JSON values made from a view. Times are UTC in RFC 3339, the rest are base units."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from netmon.clock import rfc3339
from netmon.exporter.api.changes import Change
from netmon.exporter.view import View
from netmon.model import Element, ElementKind, Finding, Inventory, Link, Node, Reach, Site, Stake, Verdict
from netmon.picture.ledger import Span, outages
from netmon.picture.line_ledger import ledger_lines
from netmon.picture.lines import failed_elements, link_state, link_states
from netmon.picture.state import Incident, NodeState, Picture, ServiceFault
from netmon.picture.uplinks import on_spare
from netmon.picture.words.facts import say
from netmon.picture.words.faults import describe
from netmon.picture.words.phrases import Language
from netmon.picture.words.services import fault_fact, service_fact
from netmon.topology.diagnosis.stake import is_silent

SCHEMA_VERSION = 1
Document = dict[str, Any]

_UNJUDGED = Finding(Verdict.UNKNOWN)
_UNSEEN = NodeState()


def encode(body: Mapping[str, Any]) -> bytes:
    """Return a JSON document with `schema_version`, keys sorted, without NaN."""
    versioned = {"schema_version": SCHEMA_VERSION, **body}
    return json.dumps(versioned, sort_keys=True, ensure_ascii=False, allow_nan=False).encode() + b"\n"


def stamp(view: View) -> Document:
    """Return what every answer says of the moment it shows."""
    return {"at": rfc3339(view.picture.at), "position": view.picture.position, "network": view.daemon.network}


def site_rows(picture: Picture) -> list[Document]:
    """Return all sites with their verdicts, by id."""
    spared = {one.site for one in on_spare(picture)}
    sites = sorted(picture.inventory.sites.items())
    return [site_row(site, picture, is_on_spare=name in spared) for name, site in sites]


def site_row(site: Site, picture: Picture, *, is_on_spare: bool) -> Document:
    """Return one site: what it is, its verdict, the fault behind it and since when, and which line carries it."""
    finding = picture.site_findings.get(site.id, _UNJUDGED)
    timeline = picture.ledger.get(site.id)
    return {
        "id": site.id,
        "name": site.name,
        "kind": site.kind,
        "district": site.district,
        "lat": site.lat,
        "lon": site.lon,
        "served": site.served,
        "verdict": finding.verdict,
        "fault": finding.fault,
        "since": rfc3339(timeline[-1].start) if timeline else None,
        "on_spare": is_on_spare,
    }


def site_detail(site: Site, picture: Picture) -> Document:
    """Return one site with its nodes, its services, its lines with their outages, and the outages in its ledger."""
    inventory = picture.inventory
    return {
        **site_row(site, picture, is_on_spare=any(one.site == site.id for one in on_spare(picture))),
        "nodes": [node_row(n, picture) for _, n in sorted(inventory.nodes.items()) if n.site == site.id],
        "services": [
            service_row(name, picture) for name, each in sorted(inventory.services.items()) if each.site == site.id
        ],
        "lines": [link_detail(link, picture) for link in ledger_lines(site.id, picture)],
        "outages": _outages(site.id, picture.ledger, picture.at),
    }


def _outages(name: str, ledger: Mapping[str, tuple[Span, ...]], at: float) -> list[Document]:
    return [
        {
            "start": rfc3339(outage.start),
            "end": rfc3339(outage.end),
            "dark_seconds": outage.dark_seconds,
            "unknown_seconds": outage.unknown_seconds,
            "incidents": list(outage.incidents),
        }
        for outage in outages(name, ledger.get(name, ()), at)
    ]


def node_rows(picture: Picture) -> list[Document]:
    """Return all nodes with what is known of them, by id."""
    return [node_row(node, picture) for _, node in sorted(picture.inventory.nodes.items())]


def node_row(node: Node, picture: Picture) -> Document:
    """Return one node: what it is, what its own packets say, and the verdict."""
    state = picture.nodes.get(node.id, _UNSEEN)
    finding = picture.node_findings.get(node.id, _UNJUDGED)
    return {
        "id": node.id,
        "site": node.site,
        "address": node.address,
        "role": node.role,
        "monitor": list(node.monitor),
        "power_area": node.power_area,
        "reach": state.reach,
        "since": rfc3339(state.since or None),
        "quality": state.quality or None,
        "booted": rfc3339(picture.booted.get(node.id)),
        "verdict": finding.verdict,
        "fault": finding.fault,
        "articulation_point": node.id in picture.topology.articulation_points,
    }


def link_rows(picture: Picture) -> list[Document]:
    """Return all links with their states, by id."""
    states = link_states(picture)
    return [link_row(link, picture, states[name]) for name, link in sorted(picture.inventory.links.items())]


def link_row(link: Link, picture: Picture, state: Reach) -> Document:
    """Return one link: what it joins, and whether it carries traffic.

    Verdict, time and fault are from the ledger of lines: they are None where a link is in none.
    """
    timeline = picture.line_ledger.get(link.id)
    return {
        "id": link.id,
        "a": {"node": link.a.node, "port": link.a.port},
        "b": {"node": link.b.node, "port": link.b.port},
        "kind": link.kind,
        "length_meters": None if link.length_km is None else round(link.length_km * 1000, 3),
        "cables": list(link.cables),
        "supplier": link.supplier,
        "contract": link.contract,
        "spare": link.spare,
        "state": state,
        "verdict": timeline[-1].verdict if timeline else None,
        "since": rfc3339(timeline[-1].start) if timeline else None,
        "fault": timeline[-1].incident if timeline else None,
        "bridge": link.id in picture.topology.bridges,
    }


def link_detail(link: Link, picture: Picture) -> Document:
    """Return one link with the outages in its ledger."""
    state = link_state(link, picture, failed_elements(picture))
    return {**link_row(link, picture, state), "outages": _outages(link.id, picture.line_ledger, picture.at)}


def service_row(name: str, picture: Picture) -> Document:
    """Return one service and whether it answers."""
    service, state = picture.inventory.services[name], picture.services.get(name)
    word = None if state is None else state.up
    finding = picture.service_findings.get(name, _UNJUDGED)
    return {
        "id": name,
        "site": service.site,
        "kind": service.kind,
        "reach": {True: Reach.UP, False: Reach.DOWN, None: Reach.UNKNOWN}[word],
        "since": rfc3339(state.since or None) if state else None,
        "reason": (state.reason or None) if state else None,
        "verdict": finding.verdict,
        "fault": finding.fault,
        "address": picture.service_places.get(name),
        "text": say(service_fact(name, picture), picture.inventory, Language.ENGLISH, picture.at),
    }


def service_fault_rows(picture: Picture) -> list[Document]:
    """Return the open faults of services, oldest first."""
    return [_service_fault_row(fault, picture) for fault in picture.service_faults]


def _service_fault_row(fault: ServiceFault, picture: Picture) -> Document:
    fact, drawn = fault_fact(fault, picture), picture.inventory
    return {
        "id": fault.id,
        "kind": fault.kind,
        "element": fault.element,
        "opened": rfc3339(fault.opened),
        "services": list(fault.services),
        "sites": sorted({drawn.services[name].site for name in fault.services if name in drawn.services}),
        "text": say(fact, drawn, Language.ENGLISH, picture.at),
        "text_id": say(fact, drawn, Language.INDONESIAN, picture.at),
    }


def incident_row(incident: Incident, inventory: Inventory, now: float) -> Document:
    """Return the life of one fault, in fields and in words as they are said at `now`."""
    fault = incident.fault
    return {
        "id": incident.id,
        "state": "open" if incident.closed is None else "closed",
        "kind": fault.element.kind,
        "element": _element(fault.element),
        "alternatives": [_element(element) for element in fault.alternatives],
        "cause": fault.cause,
        "confidence": fault.confidence,
        "evidence": list(incident.evidence),
        "nodes": list(fault.nodes),
        "sites": list(fault.sites),
        "effect": _effect(incident),
        "at_stake": _stake(incident.stake),
        "ever": {"nodes": list(incident.nodes), "sites": list(incident.sites)},
        "opened": rfc3339(incident.opened),
        "named": rfc3339(incident.named),
        "closed": rfc3339(incident.closed),
        "merged_into": incident.merged_into,
        "split_from": incident.split_from,
        "count": incident.count,
        "again": rfc3339(incident.again),
        "maintenance": incident.window,
        "ruled": incident.is_ruled,
        "text": describe(incident, inventory, now),
    }


def fault_rows(picture: Picture) -> list[Document]:
    """Return the open faults, oldest first."""
    return [incident_row(incident, picture.inventory, picture.at) for incident in picture.open_incidents]


def incident_rows(picture: Picture) -> list[Document]:
    """Return the open incidents and the latest closed ones, oldest first."""
    incidents = sorted((*picture.closed_incidents, *picture.open_incidents), key=lambda one: (one.opened, one.id))
    return [incident_row(incident, picture.inventory, picture.at) for incident in incidents]


def summary_document(view: View) -> Document:
    """Return what a region says of itself in a few lines: sites counted by kind and verdict, and the open faults."""
    picture = view.picture
    counts: dict[str, dict[str, int]] = {}
    for name, site in picture.inventory.sites.items():
        each = counts.setdefault(site.kind, dict.fromkeys(map(str, Verdict), 0))
        each[picture.site_findings.get(name, _UNJUDGED).verdict] += 1
    return {
        "region": picture.inventory.region,
        "timezone": picture.inventory.timezone,
        "inventory": picture.inventory.digest,
        "ready": view.daemon.ready,
        "covered_until": rfc3339(max(picture.coverage.values(), default=None)),
        "counts": counts,
        "faults": fault_rows(picture),
    }


def picture_document(view: View) -> Document:
    """Return everything the picture says, of one moment."""
    picture = view.picture
    return {
        "region": picture.inventory.region,
        "inventory": picture.inventory.digest,
        "ready": view.daemon.ready,
        "leads": view.daemon.leads,
        "not_ready": list(view.daemon.not_ready),
        "counts": {verdict: picture.count(verdict) for verdict in Verdict},
        "coverage": {prober: rfc3339(until) for prober, until in picture.coverage.items()},
        "probers": [
            {"name": one.name, "vantage": one.vantage, "since": rfc3339(one.since)} for one in picture.sharing.members
        ],
        "partitions": [
            {
                "vantage": one.vantage,
                "nodes": list(one.nodes),
                "seen_from": list(one.seen_from),
                "between": [[_element(element) for element in named] for named in one.between],
            }
            for one in picture.sharing.partitions
        ],
        "unexplained": [
            {"nodes": list(region.nodes), "asked": sorted(region.asked), "since": rfc3339(region.since)}
            for region in picture.pending
        ],
        "faults": fault_rows(picture),
        "sites": site_rows(picture),
        "nodes": node_rows(picture),
        "links": link_rows(picture),
        "services": [service_row(name, picture) for name in sorted(picture.inventory.services)],
        "service_faults": service_fault_rows(picture),
    }


def change_document(change: Change) -> Document:
    """Return what changed, for an event stream."""
    return {
        "at": rfc3339(change.at),
        "position": change.position,
        "sites": {name: _finding(found) for name, found in change.sites.items()},
        "nodes": {name: _finding(found) for name, found in change.nodes.items()},
        "faults": change.faults._asdict(),
        "service_faults": change.service_faults._asdict(),
    }


def _effect(incident: Incident) -> str:
    """Return what a fault does: `darkness`, `redundancy` lost with nothing dark, or `isolation` of the monitor."""
    if incident.fault.element.kind is ElementKind.VANTAGE:
        return "isolation"
    return "redundancy" if is_silent(incident.fault) and not incident.nodes else "darkness"


def _stake(stake: Stake | None) -> Document | None:
    return None if stake is None else {"cut": _element(stake.cut), "sites": list(stake.sites)}


def _element(element: Element) -> Document:
    return {"kind": element.kind, "id": element.id}


def _finding(finding: Finding | None) -> Document | None:
    return None if finding is None else {"verdict": finding.verdict, "fault": finding.fault}
