"""Flapping: a fault that comes back soon is the same incident, with a count, and is not told each time.

As with routes (RFC 2439), each return adds a penalty that decays by half in a half-life. While enough of it is left
the fault is the same incident; above a threshold its comings and goings are told to nobody until it is calm again.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import replace

from netmon.events import Announce, Effect, Wake
from netmon.model import Fault
from netmon.picture.state import Incident

PENALTY = 1000.0
HALF_LIFE = 900.0
"""Seconds in which half of a penalty is forgotten."""
REUSE = 750.0
"""Above this, a fault that comes back is the same incident; below it, calm has returned."""
HUSH = 2000.0
"""Above this it flaps: the third time within some minutes."""


def penalty(incident: Incident, at: float) -> float:
    """Return what is left of an incident's penalty; one that never came back has that of its first time."""
    if incident.count == 1:
        start, left = incident.opened, PENALTY
    else:
        start, left = incident.penalised, incident.penalty
    return left * math.exp2(-max(0.0, at - start) / HALF_LIFE)


def calm_at(incident: Incident) -> float:
    """Return when the incident's penalty will have decayed."""
    return incident.penalised + HALF_LIFE * math.log2(max(incident.penalty, REUSE) / REUSE)


def earlier(fault: Fault, closed: Iterable[Incident], at: float) -> Incident | None:
    """Return the closed incident whose fault has come back, the latest first."""
    for incident in reversed(tuple(closed)):
        if incident.merged_into is None and incident.fault.element == fault.element and penalty(incident, at) > REUSE:
            return incident
    return None


def come_back(incident: Incident, fault: Fault, began: float) -> tuple[Incident, tuple[Effect, ...]]:
    """Return an incident open once more since `began`, and what is to be told or waited for.

    The third time, people are told once that it flaps; then it is hushed until it is calm.
    """
    left = penalty(incident, began) + PENALTY
    flaps = left > HUSH
    after = replace(
        incident,
        fault=replace(fault, id=incident.id),
        nodes=tuple(sorted({*incident.nodes, *fault.nodes})),
        sites=tuple(sorted({*incident.sites, *fault.sites})),
        closed=None,
        count=incident.count + 1,
        again=began,
        penalty=left,
        penalised=began,
        hushed=flaps,
        announced=flaps,
        is_ruled=False,
        signs=(),
        reasons=(),
        due=None,
        proposed=None,
    )
    if not flaps:
        return after, ()
    told = () if incident.hushed else (Announce(incident.id, "changed" if incident.announced else "opened"),)
    return after, (*told, Wake(calm_at(after)))


def calm(incident: Incident, at: float) -> tuple[Incident, tuple[Effect, ...]]:
    """Return an incident that is hushed no longer if it is calm, with word of how it stands now."""
    if not incident.hushed or penalty(incident, at) > REUSE:
        return incident, ()
    change = Announce(incident.id, "changed" if incident.closed is None else "closed")
    return replace(incident, hushed=False), (change,)
