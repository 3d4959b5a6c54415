"""Third step of the fold: give faults a life. The same fault keeps its id while it grows, shrinks or is refined.

An incident goes on when the diagnosis names the same element again, or when nothing it darkened has come back and
its dark nodes are now explained better; those that were lost from sight for a while count as dark. It closes when
what it darkened has come back. What is still dark then has a fault of its own, and a new incident. A fault that comes
back within minutes is the same incident once more (see `flapping`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from netmon.events import Announce, Effect, Wake
from netmon.model import ElementKind, Fault, Reach
from netmon.picture.flapping import calm, come_back, earlier
from netmon.picture.state import Incident, NodeState

HOLD = 5.0
"""Seconds a fault must last before people are told: routing converges in less, and pages nobody."""


@dataclass(frozen=True, slots=True)
class Lives:
    """Incidents after a diagnosis, and `names`: ids of the diagnosis' faults mapped to incident ids.

    `reopened` are the ids of those that were closed, and whose fault has come back.
    """

    open: tuple[Incident, ...]
    closed: tuple[Incident, ...]
    names: Mapping[str, str]
    effects: tuple[Effect, ...]
    reopened: frozenset[str] = frozenset()


def live_on(
    incidents: Iterable[Incident],
    faults: Iterable[Fault],
    nodes: Mapping[str, NodeState],
    held: frozenset[str],
    *,
    past: Sequence[Incident] = (),
    at: float,
    position: int,
) -> Lives:
    """Match the faults of a diagnosis with the open incidents.

    Args:
        incidents: open incidents, oldest first.
        faults: the faults named now.
        nodes: states of all monitored nodes.
        held: dark nodes that wait for their explanation; an incident that has any of them stays as it is.
        past: incidents that closed before, oldest first: what comes back soon is the same incident.
        at: time of the entry, Unix seconds.
        position: position of the entry; new incidents are called F<position>, F<position>-2, …
    """
    waiting = list(incidents)
    now_open: list[Incident] = []
    names: dict[str, str] = {}
    new = sorted(faults, key=lambda item: (-len(item.nodes), item.element))
    for search in (_same, _lost_from_sight):
        for fault in tuple(new):
            match = search(fault, waiting, nodes)
            if match is not None:
                new.remove(fault)
                waiting.remove(match)
                names[fault.id] = match.id
                now_open.append(_refine(match, fault))
    new = [fault for fault in new if fault.nodes or not held]  # what darkens nothing can wait for what is dark
    closed = [_end(incident, now_open, nodes, at) for incident in waiting if not _is_held(incident, nodes, held)]
    still = [incident for incident in waiting if _is_held(incident, nodes, held)]
    effects: list[Effect] = []
    reopened: set[str] = set()
    number = 0
    for fault in new:
        began = _beginning(fault, closed, nodes, at)
        before = earlier(fault, (one for one in past if one.id not in reopened), began)
        if before is None:
            number += 1
            incident_id = f"F{position}" if number == 1 else f"F{position}-{number}"
            parent = next((one.id for one in now_open if not set(fault.nodes).isdisjoint(one.nodes)), None)
            now_open.append(_begin(incident_id, fault, began, parent, at))
        else:
            again, told = come_back(before, fault, began)
            now_open.append(again)
            reopened.add(again.id)
            effects += told
        names[fault.id] = now_open[-1].id
        effects.append(Wake(began + HOLD))
    effects += [Announce(incident.id, "closed") for incident in closed if incident.announced and not incident.hushed]
    ordered = sorted((*now_open, *still), key=lambda incident: (incident.opened, incident.id))
    return Lives(tuple(ordered), tuple(closed), names, tuple(effects), frozenset(reopened))


def announce(incidents: tuple[Incident, ...], at: float) -> tuple[tuple[Incident, ...], tuple[Effect, ...]]:
    """Tell people of the incidents that have lasted, or are calm; return them marked, with the effects that tell.

    Work that was announced is told to nobody: what still is wrong when it ends will be.
    """
    if not incidents:
        return (), ()
    effects: list[Effect] = []
    marked = []
    for incident in incidents:
        after, told = calm(incident, at)
        is_due = after.closed is None and not after.announced and after.window is None and at >= after.began + HOLD
        if is_due:
            after = replace(after, announced=True)
            told = (Announce(after.id, "opened"),)
        marked.append(after)
        effects += told
    return (incidents if not effects else tuple(marked)), tuple(effects)


def _same(fault: Fault, incidents: Iterable[Incident], nodes: Mapping[str, NodeState]) -> Incident | None:
    """Return the open incident that this fault continues."""
    explained = {fault.element, *fault.alternatives}
    candidates = list(incidents)
    for incident in candidates:
        if incident.fault.element == fault.element:
            return incident
    touching = [
        one for one in candidates if not set(fault.nodes).isdisjoint(one.fault.nodes) and not _recovering(one, nodes)
    ]
    for incident in touching:
        if not explained.isdisjoint({incident.fault.element, *incident.fault.alternatives}):
            return incident
    return touching[0] if touching else None


def _lost_from_sight(fault: Fault, incidents: Iterable[Incident], nodes: Mapping[str, NodeState]) -> Incident | None:
    """Return the open incident that darkened nodes of this fault before they were lost from sight."""
    for incident in incidents:
        if not set(fault.nodes).isdisjoint(incident.nodes) and not _recovering(incident, nodes):
            return incident
    return None


def _recovering(incident: Incident, nodes: Mapping[str, NodeState]) -> bool:
    """Tell whether something it darkened came back. Power returns house by house and proves nothing."""
    return incident.fault.element.kind is not ElementKind.POWER_AREA and any(
        node in nodes and nodes[node].reach is Reach.UP for node in incident.nodes
    )


def _is_held(incident: Incident, nodes: Mapping[str, NodeState], held: frozenset[str]) -> bool:
    """Tell whether it is too early to end an incident: some of its nodes are not explained yet, or lost from sight.

    A node is lost from sight when it was dark and nothing is known of it since, as after a restart.
    """
    lost = (state for node in incident.nodes if (state := nodes.get(node)) and state.reach is Reach.UNKNOWN)
    return not held.isdisjoint(incident.fault.nodes) or any(state.dark_since is not None for state in lost)


def _refine(incident: Incident, fault: Fault) -> Incident:
    return replace(
        incident,
        fault=replace(fault, id=incident.id),
        nodes=tuple(sorted({*incident.nodes, *fault.nodes})),
        sites=tuple(sorted({*incident.sites, *fault.sites})),
    )


def _beginning(fault: Fault, closed: Iterable[Incident], nodes: Mapping[str, NodeState], at: float) -> float:
    """Return when a fault began: at the first miss, or when the repair of another one brought it to light."""
    misses = [state.dark_since for node in fault.nodes if (state := nodes.get(node)) and state.dark_since is not None]
    opened = min(misses, default=at)
    for repaired in closed:
        if repaired.closed is not None and not set(repaired.nodes).isdisjoint(fault.nodes):
            opened = max(opened, repaired.closed)
    return opened


def _begin(incident_id: str, fault: Fault, began: float, parent: str | None, at: float) -> Incident:
    return Incident(
        fault=replace(fault, id=incident_id),
        opened=began,
        named=at,
        nodes=fault.nodes,
        sites=fault.sites,
        split_from=parent,
    )


def _end(incident: Incident, others: Iterable[Incident], nodes: Mapping[str, NodeState], at: float) -> Incident:
    """Close an incident at the last first reply, or merge it into the one that explains its nodes now."""
    back = [nodes[node].since for node in incident.nodes if node in nodes and nodes[node].reach is Reach.UP]
    if back or not incident.nodes:
        return replace(incident, closed=max([incident.opened, *back]) if back else at)
    for other in others:
        if not set(other.fault.nodes).isdisjoint(incident.nodes):
            return replace(incident, closed=at, merged_into=other.id)
    return replace(incident, closed=at)
