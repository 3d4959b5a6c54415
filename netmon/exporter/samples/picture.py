"""From a picture to samples: sites, faults, nodes, links and services."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

import numpy as np

from netmon.exporter.samples.columns import METRICS, Sample, alone, column, ones
from netmon.exporter.samples.kept import Kept
from netmon.exporter.samples.rows import Rows
from netmon.exporter.samples.writer import Column, Row
from netmon.model import Finding, Reach, Verdict
from netmon.picture.accounts import owner_of
from netmon.picture.maintenance import worked_on
from netmon.picture.state import NodeState, Picture, Topology
from netmon.picture.uplinks import on_spare, sites_with_spare
from netmon.topology.diagnosis.stake import is_silent

_UNJUDGED = Finding(Verdict.UNKNOWN)
_PLACES = {verdict: place for place, verdict in enumerate(Verdict)}
_STATES = np.eye(len(Verdict))
"""For each verdict in turn: 1 at its own place, 0 at those of the others."""


def picture_samples(picture: Picture, rows: Rows, states: Mapping[str, Reach], kept: Kept) -> Iterator[Sample]:
    """Yield everything the picture says; `rows` are those of its inventory, `states` those of its links."""
    findings, topology = picture.node_findings, picture.topology
    yield from kept.same("sites", (picture.site_findings, rows), lambda: _sites(picture.site_findings, rows))
    yield from kept.same("faults", (picture.open_incidents, picture.pending, rows), lambda: _faults(picture))
    yield from kept.same(
        "nodes", (picture.nodes, findings, topology, rows), lambda: _nodes(picture.nodes, findings, topology, rows)
    )
    at_work = worked_on(picture)
    yield column("netmon_node_in_maintenance", rows.nodes, (node in at_work for (node,) in rows.nodes))
    yield from kept.same("links", (states, topology, rows), lambda: _links(states, topology, rows))
    judged = (picture.services, picture.service_findings, picture.service_faults, picture.site_findings)
    yield from kept.same("services", (*judged, states, rows), lambda: _services(picture, rows, states))


def _sites(findings: Mapping[str, Finding], rows: Rows) -> Iterator[Sample]:
    verdicts = [findings.get(site, _UNJUDGED).verdict for site in rows.sites]
    states = _STATES[[_PLACES[verdict] for verdict in verdicts]]
    yield Column(METRICS["netmon_site_verdict"], rows.site_verdict, states.ravel())
    counts: Counter[Row] = Counter((*pair, verdict) for pair, verdict in zip(rows.groups, verdicts, strict=True))
    each_count = [counts[row] for row in rows.sites_by_verdict]
    yield column("netmon_sites", rows.sites_by_verdict, each_count)
    yield ones("netmon_site_info", rows.site_info)
    darkened = [(site, found.fault) for site in rows.sites if (found := findings.get(site)) and found.fault]
    yield ones("netmon_site_fault_info", [(site, fault) for site, fault in darkened if fault is not None])


def _faults(picture: Picture) -> Iterator[Sample]:
    incidents = sorted(picture.open_incidents, key=lambda incident: incident.id)
    rows: list[Row] = [(incident.id,) for incident in incidents]
    faults = [incident.fault for incident in incidents]
    yield ones(
        "netmon_fault_active",
        [(fault.id, fault.element.kind, fault.element.id, fault.cause) for fault in faults],
    )
    yield column("netmon_fault_sites", rows, (len(fault.sites) for fault in faults))
    silent = [incident for incident in incidents if is_silent(incident.fault)]
    yield column(
        "netmon_fault_sites_at_stake",
        [(incident.id,) for incident in silent],
        (len(incident.stake.sites) if incident.stake else 0 for incident in silent),
    )
    yield column("netmon_fault_opened_timestamp_seconds", rows, (incident.opened for incident in incidents))
    yield column("netmon_fault_confidence_ratio", rows, (fault.confidence for fault in faults))
    owners = [(incident.id, owner_of(incident.fault.element, picture.inventory)) for incident in incidents]
    yield ones("netmon_fault_owner_info", [(fault, owner) for fault, owner in owners if owner is not None])
    yield column("netmon_fault_maintenance", rows, (incident.window is not None for incident in incidents))
    yield column("netmon_fault_count", rows, (incident.count for incident in incidents))
    yield alone("netmon_dark_regions_unexplained", len(picture.pending))


def _nodes(
    nodes: Mapping[str, NodeState], findings: Mapping[str, Finding], topology: Topology, rows: Rows
) -> Iterator[Sample]:
    known = [(state.reach if (state := nodes.get(node)) else Reach.UNKNOWN) for (node,) in rows.monitored]
    yield column("netmon_node_up", rows.monitored, (reach is Reach.UP for reach in known))
    yield column("netmon_node_known", rows.monitored, (reach is not Reach.UNKNOWN for reach in known))
    verdicts = [findings.get(node, _UNJUDGED).verdict for (node,) in rows.nodes]
    yield column("netmon_node_shadowed", rows.nodes, (verdict is Verdict.UNREACHABLE for verdict in verdicts))
    cutting = topology.articulation_points
    yield column("netmon_node_articulation_point", rows.nodes, (node in cutting for (node,) in rows.nodes))
    yield ones("netmon_node_info", rows.node_info)


def _links(states: Mapping[str, Reach], topology: Topology, rows: Rows) -> Iterator[Sample]:
    yield column("netmon_link_up", rows.links, (states[link] is Reach.UP for (link,) in rows.links))
    yield column("netmon_link_known", rows.links, (states[link] is not Reach.UNKNOWN for (link,) in rows.links))
    yield column("netmon_link_bridge", rows.links, (link in topology.bridges for (link,) in rows.links))
    contracts = rows.link_contracts
    yield column(
        "netmon_link_contract_bytes_per_second", [link for link, _ in contracts], (speed for _, speed in contracts)
    )
    yield ones("netmon_link_info", rows.link_info)


def _services(picture: Picture, rows: Rows, states: Mapping[str, Reach]) -> Iterator[Sample]:
    up = [(state.up if (state := picture.services.get(service)) else None) for (service,) in rows.services]
    yield column("netmon_service_up", rows.services, (word is True for word in up))
    yield column("netmon_service_known", rows.services, (word is not None for word in up))
    with_spare = sites_with_spare(picture)
    running = {one.site for one in on_spare(picture, states)}
    yield column("netmon_site_on_spare", [(site,) for site in with_spare], (site in running for site in with_spare))
    shadowed = [
        found.fault is not None and found.verdict is not Verdict.DOWN
        for (service,) in rows.services
        for found in (picture.service_findings.get(service, Finding(Verdict.UNKNOWN)),)
    ]
    yield column("netmon_service_shadowed", rows.services, shadowed)
    faults = {(one.id, one.kind, one.element): len(one.services) for one in picture.service_faults}
    yield column("netmon_service_fault_services", tuple(faults), faults.values())
    yield ones("netmon_service_info", rows.service_info)
    yield ones("netmon_service_host_info", rows.service_hosts)
