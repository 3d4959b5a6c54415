"""Second step of the fold: wait until a dark region's surroundings have spoken, then name its faults.

The oldest wound of the field is the child seen dead before its parent. A dark region (island) is therefore not
diagnosed until each live-looking node around it (its frontier, and its mates in a cable or power area) has answered a
request sent after the island's last first-miss; those that do not answer join the island, and its new surroundings
are asked. So are the nodes beside it of which nothing is known, until something is: after a gap in probing, the first
to be found dead is not the one that failed, and all that an incident darkened before is waited for. When a fault is
being repaired, the nodes it darkened are asked in the same way before anything new is said of those still dark
(`recovery`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from netmon.events import CheckServices, Confirm, Effect, ReadPorts, Wake
from netmon.model import Diagnosis, Finding, Observations, PortId, Reach, Verdict
from netmon.picture.ledger import DARK
from netmon.picture.otherwise import MARK, proven, reaches, speakers, witnesses
from netmon.picture.recovery import ROUTES_RETURN, repair_time, repairs, still_silent
from netmon.picture.state import NodeState, Pending, Picture
from netmon.picture.unheard import silent_ports
from netmon.picture.views import watched
from netmon.topology.diagnosis.diagnose import diagnose
from netmon.topology.islands import Island, islands, lines_in_doubt

KEPT = DARK | {Verdict.MAINTENANCE}
PATIENCE = 3.0
"""Seconds of probing after which an island is diagnosed with what is known: a lost question must not mute it.

They are seconds that the prober says it has covered, every question answered. The clock alone proves nothing: a
machine that is starved of processor time lets it run while nobody is asked.
"""
WITNESS_PATIENCE = 1.0
"""The same for a service that a dark node carries: dead with it, it answers nothing, and not even that it is dead."""


@dataclass(frozen=True, slots=True)
class Settled:
    """What can be said now: the diagnosis of all islands that are ready, and the ones still waited for."""

    diagnosis: Diagnosis
    pending: tuple[Pending, ...]
    effects: tuple[Effect, ...]

    @property
    def pending_nodes(self) -> frozenset[str]:
        """Dark nodes of which nothing is said yet."""
        return frozenset(node for pending in self.pending for node in pending.nodes)


def settle(picture: Picture) -> Settled:
    """Diagnose the islands that are ready; ask the surroundings of the others."""
    reach, graph, covered = reaches(picture), watched(picture), _covered(picture)
    pending: list[Pending] = []
    effects: list[Effect] = []
    returning = repairs(picture)
    waited_for = {node: earlier for earlier in picture.pending for node in earlier.nodes}
    unheard = _unheard(picture)
    for island in islands(graph, reach):
        repaired = repair_time(island, returning)
        wanted = _wanted(island, picture, repaired, unheard)
        if not wanted:
            continue
        asked: dict[str, float] = {}
        earlier = {waited_for[node].nodes[0]: waited_for[node] for node in island.nodes if node in waited_for}
        for one in sorted(earlier):
            asked.update(earlier[one].asked)
        ask = tuple(sorted(node for node, newer_than in wanted.items() if asked.get(node, 0.0) <= newer_than))
        if ask:
            asked.update(dict.fromkeys(ask, picture.at))
            services = tuple(name.removeprefix(MARK) for name in ask if name.startswith(MARK))
            nodes = tuple(name for name in ask if not name.startswith(MARK))
            effects += [Confirm(nodes, picture.at)] if nodes else []
            services += speakers(picture, island.nodes)  # not waited for: they cannot be asked, only heard
            effects += [CheckServices(services)] if services else []
            effects += _read_again(island, picture)
            if repaired is not None and picture.at < repaired + ROUTES_RETURN:
                effects.append(Wake(repaired + ROUTES_RETURN))
        since = max(asked.values())
        if covered < max(asked[name] + _patience(name) for name in wanted):
            pending.append(Pending(island.nodes, asked, since))
    held = frozenset(node for waiting_island in pending for node in waiting_island.nodes)
    observations = observed(picture, held, reach)
    return Settled(diagnose(graph, observations), tuple(pending), tuple(effects))


def _covered(picture: Picture) -> float:
    """Return the time up to which every prober that is there has covered what it was given."""
    if picture.sharing.members:
        return min(picture.coverage.get(member.name, 0.0) for member in picture.sharing.members)
    return max(picture.coverage.values(), default=0.0)


def _patience(name: str) -> float:
    return WITNESS_PATIENCE if name.startswith(MARK) else PATIENCE


def observed(
    picture: Picture, held: frozenset[str] = frozenset(), reach: Mapping[str, Reach] | None = None
) -> Observations:
    """Return what a diagnosis may rest on: words of ports that are not older than the silence they would explain.

    Nothing is said of the nodes that are `held`. `reach` is what `reaches` says, where that is known already.
    """
    known = reaches(picture) if reach is None else reach
    silence = _silence(picture)
    quiet = silent_ports(picture.inventory, picture.unheard, picture.at)
    return Observations(
        nodes={**known, **dict.fromkeys(held, Reach.UNKNOWN)},
        ports={port: up for port, up in picture.ports.items() if not up or _is_fresh(port, picture, silence)}
        | dict.fromkeys(quiet, False),
        light={
            port: level
            for port, level in picture.light.items()
            if port not in quiet and (level is None or _is_fresh(port, picture, silence))
        },
        unheard=quiet,
    )


def _silence(picture: Picture) -> dict[int, float]:
    """Return the links that a silence puts in doubt, each with the newest first miss that does."""
    newest: dict[int, float] = {}
    for name, state in picture.nodes.items():
        if state.reach is Reach.DOWN:
            for link in lines_in_doubt(picture.graph, name):
                newest[link] = max(newest.get(link, 0.0), state.since)
    return newest


def _is_fresh(port: PortId, picture: Picture, silence: Mapping[int, float]) -> bool:
    """Tell whether a port's good word may clear its line: a word from before the silence may not."""
    links = picture.graph.links_at.get(port, ())
    return all(picture.read_at.get(port, 0.0) > silence.get(link, 0.0) for link in links)


def _read_again(island: Island, picture: Picture) -> list[Effect]:
    """Return the request to read the live ends of the lines that an island puts in doubt."""
    graph = picture.graph
    links = {link for node in island.nodes for link in lines_in_doubt(graph, node)}
    ends = {graph.ids[end] for link in links for end in graph.ends[link]}
    live = sorted(name for name in ends if name in picture.nodes and picture.nodes[name].reach is Reach.UP)
    return [ReadPorts(tuple(live))] if live else []


def _unheard(picture: Picture) -> Mapping[str, tuple[str, ...]]:
    """Return the dark nodes of incidents of which others are lost from sight, as after a restart; each with those."""
    found: dict[str, tuple[str, ...]] = {}
    for incident in picture.open_incidents:
        states = [(name, picture.nodes[name]) for name in incident.nodes if name in picture.nodes]
        lost = tuple(name for name, one in states if one.reach is Reach.UNKNOWN and one.dark_since is not None)
        if lost:
            found |= {name: found.get(name, ()) + lost for name, one in states if one.reach is Reach.DOWN}
    return found


def _wanted(
    island: Island, picture: Picture, repaired: float | None, unheard: Mapping[str, tuple[str, ...]]
) -> dict[str, float]:
    """Return the nodes whose word is too old to judge this island by, each with the time it must be newer than."""
    states = picture.nodes
    newest_miss = max(states[node].since for node in island.nodes)
    around = (node for node in (*island.frontier, *island.mates) if states[node].reach is Reach.UP)
    wanted = {node: newest_miss for node in around if states[node].word <= newest_miss}
    wanted.update(witnesses(picture, island.nodes))
    # After a gap in probing nothing is known of anybody, and the first to be found dead is not the one that failed.
    hidden = {*island.unknown, *(name for node in island.nodes for name in unheard.get(node, ()))}
    wanted.update({node: newest_miss for node in sorted(hidden) if states[node].judged <= newest_miss})
    for node in island.frontier:
        wanted.update(_beyond_dead_ports(node, picture))
    if repaired is not None:
        wanted.update(still_silent(island, repaired, picture))
    return wanted


def _beyond_dead_ports(node: str, picture: Picture) -> dict[str, float]:
    """Return the live-looking nodes beyond the dead ports of a node: their last word may be older than the port's."""
    graph, links = picture.graph, picture.inventory.links
    wanted = {}
    for hop in graph.adjacency[graph.index[node]]:
        link = links[graph.link_ids[hop.link]]
        here = link.a if link.a.node == node else link.b
        port = PortId(here.node, here.port or "")
        if picture.ports.get(port) is not False:
            continue
        far = graph.ids[hop.node]
        for name in (far,) if far in picture.nodes else graph.monitored_neighbours(far):
            state = picture.nodes.get(name)
            if name != node and state and state.reach is Reach.UP and state.word <= picture.read_at[port]:
                wanted[name] = picture.read_at[port]
    return wanted


def findings(
    settled: Settled, picture: Picture, names: Mapping[str, str]
) -> tuple[dict[str, Finding], dict[str, Finding]]:
    """Return the verdicts of all nodes and sites. `names` maps fault ids of the diagnosis to incident ids.

    A dark node that waits for its explanation keeps the one it had, or is `unreachable` with no fault. A line that
    is bad, but answers, makes `up` into `degraded`.
    """
    held, alive = settled.pending_nodes, proven(picture)
    nodes, sites = dict(settled.diagnosis.nodes), dict(settled.diagnosis.sites)
    named = [name for name, found in nodes.items() if found.fault is not None]
    poor = [name for name, state in picture.nodes.items() if state.quality]
    for name in {*named, *poor, *held, *alive} & nodes.keys():  # of most is said what the diagnosis says
        found, state = nodes[name], picture.nodes.get(name)
        if name in held:
            nodes[name] = _waiting(picture.node_findings.get(name))
        elif name in alive and found.verdict is Verdict.UP:
            nodes[name] = Finding(Verdict.DEGRADED)
        else:
            nodes[name] = _named(_with_quality(found, state), names)
    touched = {picture.inventory.nodes[name].site for name in {*named, *poor, *held, *alive} & nodes.keys()}
    for name in touched.union(name for name, found in sites.items() if found.fault is not None) & sites.keys():
        found, members = sites[name], picture.graph.monitored_at(name)
        if (
            members
            and all(
                node in held or (picture.nodes[node].reach is Reach.DOWN and node not in alive) for node in members
            )
            and not held.isdisjoint(members)
        ):
            sites[name] = _waiting(picture.site_findings.get(name))
        elif found.verdict is Verdict.UP and any(nodes[node].verdict is Verdict.DEGRADED for node in members):
            sites[name] = Finding(Verdict.DEGRADED)
        else:
            sites[name] = _named(found, names)
    return nodes, sites


def _waiting(before: Finding | None) -> Finding:
    """Return what is said of something dark that waits for its explanation.

    It keeps the one it had. What was unknown because the monitor was cut off stays so: the first node that is heard
    again does not make an outage of all the others.
    """
    if before is not None:
        is_isolated = before.verdict is Verdict.UNKNOWN and before.fault is not None
        if before.verdict in KEPT or is_isolated:
            return before
    return Finding(Verdict.UNREACHABLE)


def _with_quality(found: Finding, state: NodeState | None) -> Finding:
    if found.verdict is Verdict.UP and state is not None and state.quality:
        return Finding(Verdict.DEGRADED)
    return found


def _named(found: Finding, names: Mapping[str, str]) -> Finding:
    return Finding(found.verdict, names.get(found.fault)) if found.fault is not None else found
