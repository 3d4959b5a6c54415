"""First step of the fold: what an entry's events say, written into the states of nodes, ports and services."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from typing import TypeVar

from netmon.events import (
    Coverage,
    Elapsed,
    Entry,
    Event,
    InventoryInForce,
    LightLevel,
    NeighboursHeard,
    NodeConfirmed,
    NodeDown,
    NodeQuality,
    NodeUnknown,
    NodeUp,
    PortState,
    ProbingGap,
    ProbingStarted,
    ProbingStopped,
    Rebooted,
    RunningSince,
    ServiceAt,
    ServiceConfirmed,
    ServiceDown,
    ServiceNamedBy,
    ServiceUp,
    ToldBy,
    TrapSeen,
)
from netmon.model import Inventory, PortId, Reach
from netmon.picture.altered import altered
from netmon.picture.blindness import blind_again, covered, not_at, since_when, unchecked, unseen
from netmon.picture.layers import Draft
from netmon.picture.presence import observe_presence, wifi_states
from netmon.picture.state import NodeState, Picture, ServiceState
from netmon.picture.testimony import testify
from netmon.picture.unheard import unheard
from netmon.picture.views import blind, is_repeated, rejoined, share_of, shared, vouched
from netmon.topology.graph import Graph
from netmon.topology.hearing import Ears, listen

V = TypeVar("V")

_PASSING = (Coverage, Elapsed)
TRAPS_KEPT = 8
"""Traps of each node that a picture shows; the journal keeps all."""


def observe(picture: Picture, entry: Entry) -> Picture:
    """Return the picture with every event of the entry applied in order; verdicts are not touched yet.

    Events about nodes or services that the drawing does not hold are ignored: they come from before a reload.
    """
    known, told = shared(picture, entry)
    if told is not None and is_repeated(picture, told):
        return altered(picture, position=entry.position, at=max(picture.at, entry.at))
    if told is None and all(isinstance(event, _PASSING) for event in entry.events):
        return _passed(picture, entry)
    return _observed(picture, known, entry, told)


def _passed(picture: Picture, entry: Entry) -> Picture:
    """Return the picture when time has passed, and the daemon's own probing with it: most entries say no more."""
    at = max(picture.at, entry.at)
    return altered(
        picture,
        at=at,
        position=entry.position,
        latest=max(picture.latest, entry.at),
        coverage={
            **picture.coverage,
            **{said.prober: said.until for said in entry.events if isinstance(said, Coverage)},
        },
        services=wifi_states(picture.services, picture.presences, picture.presences, at),
    )


def _observed(before: Picture, picture: Picture, entry: Entry, told: ToldBy | None) -> Picture:
    """Return the picture with the events applied; of `before` its probers were not where they are now."""
    share = share_of(picture, told)
    nodes, services, places = Draft(share.nodes), Draft(picture.services), Draft(picture.service_places)
    ports, light, read_at = Draft(picture.ports), Draft(picture.light), Draft(picture.read_at)
    ports_back = Draft(picture.ports_back)
    booted, evidence, traps = Draft(picture.booted), Draft(picture.evidence), Draft(picture.traps)
    coverage = dict(picture.coverage)
    blind_since: float | None = None
    inventory, graph, uncut, standing = picture.inventory, picture.graph, picture.uncut, picture.standing
    for event in entry.events:
        match event:
            case InventoryInForce() if entry.inventory is not None:
                if entry.inventory is not inventory:  # as it is at the beginning
                    inventory, graph = entry.inventory, Graph.from_inventory(entry.inventory)
                uncut, standing = graph, frozenset()
                nodes = _drawn(nodes, _monitored(inventory), NodeState(since=event.at))
                services = _drawn(services, inventory.services, ServiceState(since=event.at))
                places = _within(places, inventory.services)
                ports, light = _at_nodes(ports, inventory), _at_nodes(light, inventory)
                booted, evidence = _within(booted, inventory.nodes), _within(evidence, inventory.nodes)
                traps = _within(traps, inventory.nodes)
            case ProbingStarted() | ProbingStopped() | ProbingGap():
                since = since_when(event, coverage)
                blind_since = since if told is None else blind_since
                # A gap from before it was let in says nothing of what others knew then.
                nodes.update(blind_again(nodes.done(), share, max(since, share.since), event))
                coverage = covered(coverage, event, told)
                if unread := unseen(event, told, picture, inventory):
                    services.update(unchecked(services.done(), unread, max(since, share.since)))
                    ports, light = not_at(ports, unread), not_at(light, unread)
                    read_at, ports_back = not_at(read_at, unread), not_at(ports_back, unread)
            case Coverage():
                coverage[event.prober] = event.until
                nodes.update(vouched(nodes.done(), share, event, entry.at, inventory))
            case NodeUp() | NodeDown() | NodeConfirmed() | NodeUnknown() | NodeQuality():
                if event.node in nodes and share.has(event.node):
                    nodes[event.node] = judge(nodes[event.node], event)
            case PortState():
                port = PortId(event.node, event.port)
                read_at[port] = _said_at(event, is_good=event.up)
                if event.up and ports.get(port) is False:
                    ports_back[port] = read_at[port]
                ports[port] = event.up
            case LightLevel():
                light[PortId(event.node, event.port)] = event.power_dbm
                read_at[PortId(event.node, event.port)] = _said_at(event, is_good=event.power_dbm is not None)
            case Rebooted() | RunningSince() if event.booted <= event.at:
                booted[event.node] = event.booted
            case TrapSeen():
                traps[event.node] = (*traps.get(event.node, ()), event)[-TRAPS_KEPT:]
        _of_services(event, services, places)
        testify(event, evidence, inventory)
    at = max(picture.at, entry.at)
    sharing, together = rejoined(before, picture, share, nodes.done(), (inventory, graph))
    ears = _ears(picture, entry, inventory)
    servers = _servers(picture.service_servers, entry.events, inventory)
    presences = observe_presence(picture.presences, entry.events, inventory, blind_since)
    return altered(
        picture,
        inventory=inventory,
        graph=graph,
        uncut=uncut,
        standing=standing,
        at=at,
        position=entry.position,
        latest=max(picture.latest, entry.at),
        nodes=together,
        services=wifi_states(services.done(), picture.presences, presences, at),
        service_places=places.done(),
        service_servers=servers,
        presences=presences,
        ports=ports.done(),
        light=light.done(),
        read_at=read_at.done(),
        ports_back=ports_back.done(),
        booted=booted.done(),
        evidence=evidence.done(),
        ears=ears,
        unheard=unheard(picture.unheard, entry.events, inventory, ears, ports.done()),
        traps=traps.done(),
        coverage=coverage,
        sharing=sharing,
    )


def _drawn(known: Draft[str, V], names: Iterable[str], unseen: V) -> Draft[str, V]:
    """Return what is known of each of these names, and of the others what is known of the unseen."""
    return Draft({name: known.get(name, unseen) for name in names})


def _within(known: Draft[str, V], names: Collection[str]) -> Draft[str, V]:
    """Return what is known of these names alone."""
    return Draft({name: value for name, value in known.done().items() if name in names})


def _at_nodes(known: Draft[PortId, V], inventory: Inventory) -> Draft[PortId, V]:
    """Return what is known of the ports of nodes that are drawn."""
    return Draft({port: value for port, value in known.done().items() if port.node in inventory.nodes})


def _said_at(event: PortState | LightLevel, *, is_good: bool) -> float:
    """Return how old a port's word is at most, if good, or at least: a bad one accuses nobody who spoke after it."""
    return event.asked if is_good and event.asked is not None else event.at


def _ears(picture: Picture, entry: Entry, inventory: Inventory) -> Mapping[str, Ears]:
    """Return what the nodes of the drawing have heard; a restart of the monitor changes no cable."""
    words = [event for event in entry.events if isinstance(event, NeighboursHeard)]
    if not words and inventory is picture.inventory:
        return picture.ears
    ears = dict(picture.ears)
    for event in words:
        ears[event.node] = listen(ears.get(event.node), event)
    return {node: each for node, each in ears.items() if node in inventory.nodes}


def judge(state: NodeState, event: Event) -> NodeState:
    """Return a node's state after one event about it.

    What it is about may have been asked by a clock that was set back since: nothing is true from later on than it is
    known.
    """
    match event:
        case NodeUp():
            return _heard(state, min(event.since, event.at), event.at)
        case NodeDown():
            if state.reach is Reach.DOWN:  # asked again and still silent: the outage began when it began
                return replace(state, judged=event.at)
            since = min(event.since, event.at)
            dark_since = since if state.dark_since is None else state.dark_since
            return replace(state, reach=Reach.DOWN, since=since, judged=event.at, dark_since=dark_since)
        case NodeConfirmed() if state.reach is not Reach.UP:  # it answers, whatever was lost of what was said before
            return _heard(state, min(event.asked, event.at), event.at)
        case NodeConfirmed():
            return replace(state, word=max(state.word, min(event.asked, event.at)), judged=event.at)
        case NodeUnknown():
            return replace(blind(state, event.since, event.at), judged=event.at)
        case NodeQuality():
            return replace(state, quality=event.reason if event.degraded else "")
        case _:
            return state


def _heard(state: NodeState, since: float, at: float) -> NodeState:
    return NodeState(Reach.UP, since, max(state.word, since), at, None, state.quality)


def _of_services(event: Event, services: Draft[str, ServiceState], places: Draft[str, str]) -> None:
    """Write down what an event says of a service of the drawing."""
    match event:
        case ServiceUp() if event.service in services:
            services[event.service] = ServiceState(up=True, since=event.since, word=event.since)
        case ServiceDown() if event.service in services:
            word = services[event.service].word
            services[event.service] = ServiceState(up=False, since=event.since, reason=event.reason, word=word)
        case ServiceConfirmed() if event.service in services:
            before = services[event.service]
            word = max(before.word, event.since)
            # It answers, whatever was lost of what was said before.
            fresh = before if before.up else ServiceState(up=True, since=event.since)
            services[event.service] = replace(fresh, word=word)
        case ServiceAt() if event.service in services:
            places[event.service] = event.address
        case _:
            pass


def _servers(
    before: Mapping[str, tuple[str, ...]], events: Iterable[Event], inventory: Inventory
) -> Mapping[str, tuple[str, ...]]:
    """Return the name servers that are known of the services of the drawing."""
    told = {event.service: event.servers for event in events if isinstance(event, ServiceNamedBy)}
    if not told and before.keys() <= inventory.services.keys():
        return before
    return {name: servers for name, servers in {**before, **told}.items() if name in inventory.services}


def _monitored(inventory: Inventory) -> list[str]:
    return [name for name, node in inventory.nodes.items() if node.is_monitored]
