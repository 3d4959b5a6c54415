"""What has been done to the lab's network, and what is therefore true: the judge that netmon is measured against.

Pure. `LabState` holds the faults in force; everything else is computed from it and the inventory: which links have
carrier, which nodes answer, which sites are dark.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from netmon.lab.services.hosting import host_of
from netmon.lab.story import faults as f
from netmon.lab.wires.light import NO_LIGHT_DBM, is_lit, received_dbm
from netmon.model import Element, ElementKind, Inventory


@dataclass(frozen=True, slots=True)
class LabState:
    """The faults in force.

    `losses` maps (link, sending node) to a ratio, `attenuation` a link to decibels, `failed_services` a service to
    how it fails, and `booted` a node to the moment (the lab's monotonic seconds) its power came back.
    """

    cut_links: frozenset[str] = frozenset()
    cut_cables: frozenset[str] = frozenset()
    off_nodes: frozenset[str] = frozenset()
    off_areas: frozenset[str] = frozenset()
    muted: frozenset[str] = frozenset()
    losses: Mapping[tuple[str, str], float] = field(default_factory=dict)
    attenuation: Mapping[str, float] = field(default_factory=dict)
    failed_services: Mapping[str, f.Failure] = field(default_factory=dict)
    booted: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Truth:
    """What a perfect observer at the vantage would know.

    `failed` are the elements at fault; `dark_nodes` the monitored nodes that cannot answer the vantage; `dark_sites`
    the sites with monitored nodes of which none can answer; `failed_services` the services that cannot be used.
    """

    failed: frozenset[Element] = frozenset()
    dark_nodes: frozenset[str] = frozenset()
    dark_sites: frozenset[str] = frozenset()
    failed_services: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Physical:
    """What the network must show for a state: the values that are written into the kernel."""

    links_down: frozenset[str] = frozenset()
    silent_nodes: frozenset[str] = frozenset()
    losses: Mapping[tuple[str, str], float] = field(default_factory=dict)


def apply_fault(inventory: Inventory, state: LabState, fault: f.LabFault, at: float) -> LabState:
    """Return the state after one fault or repair at `at` (the lab's monotonic seconds)."""
    after = _after(state, fault)
    revived = powered_off(inventory, state) - powered_off(inventory, after)
    return replace(after, booted={**after.booted, **dict.fromkeys(revived, at)}) if revived else after


def _after(state: LabState, fault: f.LabFault) -> LabState:
    match fault:
        case f.CutLink(link):
            return replace(state, cut_links=state.cut_links | {link})
        case f.HealLink(link):
            return replace(
                state,
                cut_links=state.cut_links - {link},
                losses={key: ratio for key, ratio in state.losses.items() if key[0] != link},
                attenuation=_without(state.attenuation, link),
            )
        case f.CutCable(cable):
            return replace(state, cut_cables=state.cut_cables | {cable})
        case f.HealCable(cable):
            return replace(state, cut_cables=state.cut_cables - {cable})
        case f.PowerOff(node):
            return replace(state, off_nodes=state.off_nodes | {node})
        case f.PowerOn(node):
            return replace(state, off_nodes=state.off_nodes - {node})
        case f.PowerOffArea(area):
            return replace(state, off_areas=state.off_areas | {area})
        case f.PowerOnArea(area):
            return replace(state, off_areas=state.off_areas - {area})
        case f.MuteManagement(node):
            return replace(state, muted=state.muted | {node})
        case f.UnmuteManagement(node):
            return replace(state, muted=state.muted - {node})
        case _:
            return _after_gradual(state, fault)


def _after_gradual(state: LabState, fault: f.LoseOneWay | f.Attenuate | f.FailService | f.RestoreService) -> LabState:
    match fault:
        case f.LoseOneWay(link, from_node, ratio):
            losses = {key: value for key, value in state.losses.items() if key != (link, from_node)}
            return replace(state, losses={**losses, (link, from_node): ratio} if ratio else losses)
        case f.Attenuate(link, decibel):
            rest = _without(state.attenuation, link)
            return replace(state, attenuation={**rest, link: decibel} if decibel else rest)
        case f.FailService(service, how):
            return replace(state, failed_services={**state.failed_services, service: how})
        case f.RestoreService(service):
            return replace(
                state, failed_services={key: how for key, how in state.failed_services.items() if key != service}
            )


def _without(levels: Mapping[str, float], name: str) -> dict[str, float]:
    return {key: value for key, value in levels.items() if key != name}


def faults_in_force(state: LabState) -> tuple[f.LabFault, ...]:
    """Return the faults that would bring an unharmed network into this state, in a fixed order."""
    return (
        *(f.CutCable(cable) for cable in sorted(state.cut_cables)),
        *(f.CutLink(link) for link in sorted(state.cut_links)),
        *(f.PowerOffArea(area) for area in sorted(state.off_areas)),
        *(f.PowerOff(node) for node in sorted(state.off_nodes)),
        *(f.MuteManagement(node) for node in sorted(state.muted)),
        *(f.LoseOneWay(link, node, ratio) for (link, node), ratio in sorted(state.losses.items())),
        *(f.Attenuate(link, decibel) for link, decibel in sorted(state.attenuation.items())),
        *(f.FailService(service, how) for service, how in sorted(state.failed_services.items())),
    )


def powered_off(inventory: Inventory, state: LabState) -> frozenset[str]:
    """Return the nodes without power, their own or their area's."""
    if not state.off_areas:
        return state.off_nodes
    return state.off_nodes | {node.id for node in inventory.nodes.values() if node.power_area in state.off_areas}


def physical(inventory: Inventory, state: LabState) -> Physical:
    """Return what the network must show: links without carrier, nodes that do not answer, losses."""
    off = powered_off(inventory, state)
    broken = state.cut_links | _unlit(inventory, state)
    down = {
        link.id
        for link in inventory.links.values()
        if link.id in broken
        or link.a.node in off
        or link.b.node in off
        or not state.cut_cables.isdisjoint(link.cables)
    }
    return Physical(frozenset(down), off | state.muted, state.losses)


def _unlit(inventory: Inventory, state: LabState) -> frozenset[str]:
    """Return the links that are attenuated beyond what their modules understand."""
    dimmed = state.attenuation.items()
    return frozenset(link for link, decibel in dimmed if not is_lit(inventory.links[link], decibel))


def light_at(inventory: Inventory, state: LabState, link: str, node: str) -> float | None:
    """Return the light that reaches the `node` end of a link in dBm; None when the link is not fibre."""
    drawn = inventory.links[link]
    received = received_dbm(drawn, state.attenuation.get(link, 0.0))
    sender = drawn.b.node if node == drawn.a.node else drawn.a.node
    is_cut = link in state.cut_links or not state.cut_cables.isdisjoint(drawn.cables)
    if received is not None and (is_cut or sender in powered_off(inventory, state)):
        return NO_LIGHT_DBM
    return received


def is_usable(shown: Physical, link: str, ends: tuple[str, str]) -> bool:
    """Return whether a link carries packets both ways."""
    if link in shown.links_down:
        return False
    return not shown.losses or all(shown.losses.get((link, end), 0.0) < 1.0 for end in ends)


def reachable(inventory: Inventory, shown: Physical, start: str) -> frozenset[str]:
    """Return the nodes that packets from `start` can reach and come back from, `start` included."""
    neighbours: dict[str, list[str]] = {node: [] for node in inventory.nodes}
    for link in inventory.links.values():
        ends = (link.a.node, link.b.node)
        if is_usable(shown, link.id, ends):
            neighbours[ends[0]].append(ends[1])
            neighbours[ends[1]].append(ends[0])
    seen = {start}
    waiting = [start]
    while waiting:
        for peer in neighbours[waiting.pop()]:
            if peer not in seen:
                seen.add(peer)
                waiting.append(peer)
    return frozenset(seen)


def truth(inventory: Inventory, state: LabState) -> Truth:
    """Return what is true of the network in this state, once routes have settled."""
    shown = physical(inventory, state)
    vantage = inventory.vantage.node
    reached = reachable(inventory, shown, vantage) if vantage not in powered_off(inventory, state) else frozenset()
    answering = reached - shown.silent_nodes
    monitored: dict[str, list[str]] = {}
    for node in inventory.nodes.values():
        if node.is_monitored:
            monitored.setdefault(node.site, []).append(node.id)
    return Truth(
        failed=_failed(inventory, state),
        dark_nodes=frozenset(node for nodes in monitored.values() for node in nodes if node not in answering),
        dark_sites=frozenset(site for site, nodes in monitored.items() if answering.isdisjoint(nodes)),
        failed_services=frozenset(
            service.id
            for service in inventory.services.values()
            if service.id in state.failed_services
            or not reached.issuperset(service.depends_on)
            or host_of(inventory, service) not in reached
        ),
    )


def _failed(inventory: Inventory, state: LabState) -> frozenset[Element]:
    broken = {
        *state.cut_links,
        *_unlit(inventory, state),
        *(link for (link, _), ratio in state.losses.items() if ratio >= 1.0),
    }
    return frozenset(
        {
            *(Element(ElementKind.LINK, link) for link in broken),
            *(Element(ElementKind.CABLE, cable) for cable in state.cut_cables),
            *(Element(ElementKind.NODE, node) for node in state.off_nodes | state.muted),
            *(Element(ElementKind.POWER_AREA, area) for area in state.off_areas),
        }
    )
