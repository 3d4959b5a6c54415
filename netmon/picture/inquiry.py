"""Keep the causes of incidents in step with the evidence: of open ones in the picture, of closed ones by an event.

What a closed incident is said to have been caused by is history, on which bills rest. It changes by a `CauseRevised`
event alone, so that the journal keeps who changed it, when and why, whatever rules a later version has.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from netmon.events import Announce, CauseRevised, Effect, Event, ProbingStarted, Record, Wake
from netmon.model import Cause, Element, Fault, Finding, Reach, Verdict
from netmon.picture.accounts import BY_EVIDENCE
from netmon.picture.altered import altered
from netmon.picture.cause import Case, judge
from netmon.picture.layers import alike
from netmon.picture.signs import OF_LINES, Sight, heads, kinds_of_lines, signs, together
from netmon.picture.state import Incident, NodeState, Picture

SETTLING = 3600.0
"""Seconds after its end in which an incident's cause still follows the evidence: polls and late traps arrive."""
ASKED_AT_MOST = 8
"""Nodes that are asked since when they run when an incident ends: a few tell as much as all."""


def revise(picture: Picture, events: Iterable[Event]) -> tuple[Picture, tuple[Effect, ...]]:
    """Return the picture with the causes that events revise; incidents it does not remember are left to reports."""
    effects: list[Effect] = []
    for event in events:
        if isinstance(event, CauseRevised):
            before = picture.incident(event.incident)
            if before is None:
                continue
            after = revised(before, event)
            picture = _with(picture, after)
            if before.announced and before.fault.cause is not after.fault.cause:
                effects.append(Announce(before.id, "changed"))
    return picture, tuple(effects)


def revised(incident: Incident, event: CauseRevised) -> Incident:
    """Return an incident after one revision of its cause."""
    fault = replace(incident.fault, cause=event.cause)
    if event.element is not None:
        fault = replace(fault, element=event.element, alternatives=())
    is_person = event.by != BY_EVIDENCE
    said = (f"{event.by}: {event.note}" if event.note else f"{event.by} says so",) if is_person else event.evidence
    return replace(incident, fault=fault, reasons=said, is_ruled=is_person, proposed=event.cause)


def inquire(before: Picture, seen: Picture, events: Iterable[Event]) -> tuple[Picture, tuple[Effect, ...]]:
    """Return the picture with the causes of its incidents judged anew, and what must be told, asked or recorded."""
    effects: list[Effect] = []
    started = any(isinstance(event, ProbingStarted) for event in events)
    if seen.open_incidents and (started or _must_judge(before, seen)):
        sight = _sight(seen)
        judged = []
        for incident in seen.open_incidents:
            after, more = _of_open(incident, sight, seen)
            judged.append(after)
            effects += more
        if tuple(judged) != seen.open_incidents:
            seen = altered(seen, open_incidents=tuple(judged))
    if started or not alike(before.evidence, seen.evidence):
        seen, more = _of_closed(seen, is_again=started)
        effects += more
    return seen, tuple(effects)


def _must_judge(before: Picture, seen: Picture) -> bool:
    """Tell whether anything changed on which causes of open incidents rest, or evidence has been waited for."""
    if before.node_findings is not seen.node_findings or before.open_incidents is not seen.open_incidents:
        return True
    if any(incident.due is not None and seen.at >= incident.due for incident in seen.open_incidents):
        return True
    return not (
        before.inventory is seen.inventory
        and alike(before.ports, seen.ports)
        and alike(before.light, seen.light)
        and alike(before.read_at, seen.read_at)
        and alike(before.evidence, seen.evidence)
    )


def to_ask(closed: Iterable[Incident], picture: Picture) -> tuple[str, ...]:
    """Return the nodes whose uptime tells why these incidents were."""
    found: dict[str, None] = {}
    for incident in closed:
        nodes = heads(picture.graph, _stated(incident.fault), incident.nodes)
        polled = [node for node in nodes if picture.inventory.nodes[node].snmp is not None]
        found.update(dict.fromkeys(polled[:ASKED_AT_MOST]))
    return tuple(sorted(found))


def _of_open(incident: Incident, sight: Sight, picture: Picture) -> tuple[Incident, list[Effect]]:
    if incident.is_ruled:  # its element may still be refined; its cause is not the rules' to say
        return replace(incident, fault=replace(incident.fault, cause=incident.proposed or Cause.UNKNOWN)), []
    case = _case(incident, sight, picture)
    said = judge(case)
    fault = replace(incident.fault, cause=said.cause)
    if said.element is not None and fault.alternatives:
        fault = replace(fault, element=said.element, alternatives=())
    effects: list[Effect] = []
    if said.due is not None and said.due != incident.due:
        effects.append(Wake(said.due))
    was_unknown = incident.proposed in (None, Cause.UNKNOWN)  # a diagnosis that was made anew knows no cause yet
    if incident.announced and was_unknown and said.cause is not Cause.UNKNOWN:
        effects.append(Announce(incident.id, "changed"))
    after = replace(incident, fault=fault, signs=case.signs, reasons=said.reasons, due=said.due, proposed=said.cause)
    return after, effects


def _of_closed(picture: Picture, *, is_again: bool) -> tuple[Picture, list[Effect]]:
    """Judge what ended a while ago, on the signs of its time and what was told of its heads since."""
    effects: list[Effect] = []
    sight = _sight(picture)
    for incident in picture.closed_incidents:
        if incident.closed is None or incident.is_ruled or picture.at - incident.closed > SETTLING:
            continue
        case = _case(incident, sight, picture)
        said = judge(case)
        is_new = said.cause is not incident.fault.cause or said.element not in (None, incident.fault.element)
        if said.cause is Cause.UNKNOWN or not is_new or (said.cause is incident.proposed and not is_again):
            continue
        event = CauseRevised(
            picture.at, incident.id, said.cause, BY_EVIDENCE, element=said.element, evidence=said.reasons
        )
        effects.append(Record(event))
        picture = _with(picture, replace(incident, signs=case.signs, proposed=said.cause))
    return picture, effects


def _case(incident: Incident, sight: Sight, picture: Picture) -> Case:
    """Return an incident's case: lines speak only while it is open, its heads afterwards too."""
    fault = incident.fault
    nearest = heads(picture.graph, _stated(fault), incident.nodes)
    seen = signs(sight, fault, nearest, incident.began)
    if incident.closed is not None:
        seen = tuple(one for one in seen if one.kind not in OF_LINES)
    return Case(
        element=fault.element,
        alternatives=fault.alternatives,
        kinds=kinds_of_lines(picture.graph, picture.inventory, _stated(fault)),
        heads=nearest,
        signs=together(incident.signs, seen),
        since=incident.began,
        now=picture.at,
        until=incident.closed,
    )


def _sight(picture: Picture) -> Sight:
    return Sight(
        picture.inventory,
        picture.graph,
        live=_Answering(picture.nodes),
        ports=picture.ports,
        light=picture.light,
        read_at=picture.read_at,
        told=picture.evidence,
        forwarders=_Forwarding(picture.node_findings),
    )


@dataclass(frozen=True, slots=True)
class _Answering:
    """The nodes that answer; looked up when asked, since an incident asks for few."""

    nodes: Mapping[str, NodeState]

    def __contains__(self, name: object) -> bool:
        return name in self.nodes and self.nodes[str(name)].reach is Reach.UP


@dataclass(frozen=True, slots=True)
class _Forwarding:
    """The nodes that pass packets on without answering."""

    findings: Mapping[str, Finding]

    def __contains__(self, name: object) -> bool:
        found = self.findings.get(str(name))
        return found is not None and found.verdict is Verdict.DEGRADED and found.fault is not None


def _stated(fault: Fault) -> tuple[Element, ...]:
    return (fault.element, *fault.alternatives)


def _with(picture: Picture, incident: Incident) -> Picture:
    """Return the picture with an incident in the place of its earlier self."""
    return replace(
        picture,
        open_incidents=tuple(incident if one.id == incident.id else one for one in picture.open_incidents),
        closed_incidents=tuple(incident if one.id == incident.id else one for one in picture.closed_incidents),
    )
