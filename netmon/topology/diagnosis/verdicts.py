"""What is said of every node and site, once the faults are named.

A dark node is `down` when everything stated of its fault (the element and all alternatives) is its own: the node,
its power, or a line that ends at it alone; or when the fault darkens nothing but the node's site. It is `unreachable`
when the fault is, or may be, elsewhere. A silent forwarder is `degraded`. A node of which nothing is known is
`unknown`; a passive one that is named as a fault is `down`.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import chain

from netmon.model import Element, Finding, Verdict
from netmon.topology.diagnosis.scene import Scene
from netmon.topology.diagnosis.shadows import Shadow, Shadows
from netmon.topology.graph import Graph

SEEN_UP = Finding(Verdict.UP)
NOTHING_KNOWN = Finding(Verdict.UNKNOWN)
UNSERVED = Finding(Verdict.UNSERVED)


@dataclass(frozen=True, slots=True)
class Naming:
    """One fault before it is put into words: the element and its code, other codes, how sure, what it darkens."""

    element: Element
    code: int
    alternatives: tuple[int, ...]
    confidence: float
    shadow: Shadow


def as_seen(scene: Scene) -> list[Finding]:
    """Return a finding for each node where nothing has failed."""
    found = [SEEN_UP if up else NOTHING_KNOWN for up in scene.is_up]
    if any(scene.is_up):
        for root in scene.graph.roots:
            found[root] = SEEN_UP
    return found


def node_findings(scene: Scene, shadows: Shadows, named: Sequence[Naming]) -> list[Finding]:
    """Return a finding for each node; fault ids are `F1`, `F2`, … in the order of `named`."""
    graph, found = scene.graph, as_seen(scene)
    judged: set[int] = set()
    for place, one in enumerate(named, 1):
        down, behind = Finding(Verdict.DOWN, f"F{place}"), Finding(Verdict.UNREACHABLE, f"F{place}")
        failed, pieces = one.shadow.failed, one.shadow.pieces
        for piece in pieces:
            if piece not in judged:
                judged.add(piece)
                for node in shadows.pieces[piece]:
                    found[node] = behind
        for node in failed:
            found[node] = behind
        for node in _own(graph, shadows, one):
            if node in failed or shadows.piece_of.get(node) in pieces:
                found[node] = down
        if one.code in scene.forwarders:
            found[one.code] = Finding(Verdict.DEGRADED, f"F{place}")
        elif one.code < len(graph.ids) and scene.is_hidden(one.code):
            verdict = Verdict.UNKNOWN if graph.is_monitored[one.code] else Verdict.DOWN
            found[one.code] = Finding(verdict, f"F{place}")
    return found


def _own(graph: Graph, shadows: Shadows, one: Naming) -> Collection[int]:
    """Return the nodes whose own a fault is, whichever of the stated elements it be."""
    failed, behind = one.shadow.failed, shadows.lee(one.shadow).nodes
    sites = (graph.site_of[node] for node in chain(failed, behind))
    site = next(sites, None)
    if site is not None and all(other == site for other in sites):
        return (*failed, *behind)
    return shadows.own_to_all((one.code, *one.alternatives))


def site_findings(graph: Graph, nodes: Sequence[Finding]) -> dict[str, Finding]:
    """Return a finding for each site, from those of its nodes.

    Nodes of which nothing is known count only where nothing is known of any. With some nodes answering and others
    not, a site is `degraded`; with none, `down` if one has a fault of its own, else `unreachable`.
    """
    found = dict.fromkeys(graph.site_ids, SEEN_UP)
    for site in {site for site, finding in zip(graph.site_of, nodes, strict=True) if finding is not SEEN_UP}:
        members = graph.site_nodes[site]
        found[graph.site_ids[site]] = nodes[members[0]] if len(members) == 1 else _site(nodes, members)
    for site, members in enumerate(graph.site_nodes):
        if not members:
            found[graph.site_ids[site]] = NOTHING_KNOWN if graph.is_served[site] else UNSERVED
    return found


def _site(nodes: Sequence[Finding], members: Sequence[int]) -> Finding:
    known = [nodes[node] for node in members if nodes[node].verdict is not Verdict.UNKNOWN]
    if not known:
        return next((nodes[node] for node in members if nodes[node].fault is not None), NOTHING_KNOWN)
    troubled = [finding for finding in known if finding.fault is not None]
    if not troubled:
        return SEEN_UP
    if len(troubled) < len(known) or any(finding.verdict is Verdict.DEGRADED for finding in troubled):
        return Finding(Verdict.DEGRADED, troubled[0].fault)
    return next((finding for finding in troubled if finding.verdict is Verdict.DOWN), troubled[0])
