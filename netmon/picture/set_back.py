"""The clock was set back: the picture's time goes back with it, and nothing in it keeps a time that is yet to come.

An old word would pass for a fresh one, a question would wait until tomorrow for its answer, a fault would count as
one that comes back. What lies in the future can only have happened before now, which is the latest that it can be.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TypeVar

from netmon.events import Entry, ProbingGap, ProbingStarted, ToldBy
from netmon.model import Evidence
from netmon.picture.altered import altered
from netmon.picture.clock_ahead import come_to, gone_back
from netmon.picture.layers import edited
from netmon.picture.ledger import Account
from netmon.picture.presence import not_later
from netmon.picture.state import Incident, NodeState, Pending, Picture, ServiceFault, ServiceState
from netmon.topology.hearing import Ears

K = TypeVar("K")

FAR = 60.0
"""Seconds by which an entry may be dated before the one in front of it: clocks of several writers differ a little."""


def told_the_time(picture: Picture, entry: Entry) -> Picture:
    """Return the picture by whose time an entry is folded; it goes back where the clock was set back.

    It was if the daemon's own prober says so, or begins, or if an entry is dated far before the one in front of it.
    """
    if picture.ahead is not None:
        ledger, ahead = come_to(picture.ledger, picture.ahead, picture.at, entry.at)
        picture = altered(picture, ledger=ledger, ahead=ahead)
    if picture.lines_ahead is not None:
        ledger, ahead = come_to(picture.line_ledger, picture.lines_ahead, picture.at, entry.at)
        picture = altered(picture, line_ledger=ledger, lines_ahead=ahead)
    if entry.at >= picture.at or not _is_set_back(picture, entry):
        return picture
    return _brought_back(picture, entry.at)


def _is_set_back(picture: Picture, entry: Entry) -> bool:
    if entry.at < picture.at - FAR:
        return True
    kinds = {type(event) for event in entry.events}
    return not kinds.isdisjoint((ProbingGap, ProbingStarted)) and ToldBy not in kinds


def _brought_back(picture: Picture, at: float) -> Picture:
    sites, ahead = gone_back(picture.ledger, picture.ahead, picture.at, at)
    lines, lines_ahead = gone_back(picture.line_ledger, picture.lines_ahead, picture.at, at)
    sharing, zone = picture.sharing, picture.inventory.timezone
    return altered(
        picture,
        at=at,
        ledger=sites,
        line_ledger=lines,
        ahead=ahead,
        lines_ahead=lines_ahead,
        nodes=_states(picture.nodes, at),
        sharing=replace(
            sharing,
            members=tuple(replace(one, since=min(one.since, at)) for one in sharing.members),
            views={vantage: _states(view, at) for vantage, view in sharing.views.items()},
            absent={name: _states(states, at) for name, states in sharing.absent.items()},
        ),
        services={name: _service(state, at) for name, state in picture.services.items()},
        service_asked=_all(picture.service_asked, at),
        service_faults=tuple(_service_fault(fault, at) for fault in picture.service_faults),
        past_service_faults=tuple(_service_fault(fault, at) for fault in picture.past_service_faults),
        presences={name: not_later(known, at, zone) for name, known in picture.presences.items()},
        read_at=_all(picture.read_at, at),
        ports_back=_all(picture.ports_back, at),
        booted={node: booted for node, booted in picture.booted.items() if booted <= at},
        evidence={node: _signs(known, at) for node, known in picture.evidence.items()},
        ears={node: _ears(known, at) for node, known in picture.ears.items()},
        unheard=_all(picture.unheard, at),
        open_incidents=tuple(_incident(one, at) for one in picture.open_incidents),
        closed_incidents=tuple(_incident(one, at) for one in picture.closed_incidents),
        accounts={name: _account(one, at) for name, one in picture.accounts.items()},
        pending=tuple(_pending(one, at) for one in picture.pending),
        coverage=_all(picture.coverage, at),
    )


def _all(times: Mapping[K, float], at: float) -> Mapping[K, float]:
    return {name: min(when, at) for name, when in times.items()}


def _at_most(when: float | None, at: float) -> float | None:
    return None if when is None else min(when, at)


def _states(nodes: Mapping[str, NodeState], at: float) -> Mapping[str, NodeState]:
    return edited(nodes, {name: _node(state, at) for name, state in nodes.items() if _node(state, at) != state})


def _node(state: NodeState, at: float) -> NodeState:
    return NodeState(
        state.reach,
        min(state.since, at),
        min(state.word, at),
        min(state.judged, at),
        _at_most(state.dark_since, at),
        state.quality,
    )


def _service(state: ServiceState, at: float) -> ServiceState:
    return replace(state, since=min(state.since, at), word=min(state.word, at))


def _service_fault(fault: ServiceFault, at: float) -> ServiceFault:
    return replace(fault, opened=min(fault.opened, at), closed=_at_most(fault.closed, at))


def _signs(known: tuple[Evidence, ...], at: float) -> tuple[Evidence, ...]:
    """Return evidence without starts that are yet to come: they were reckoned by the clock that was ahead."""
    return tuple(replace(one, at=min(one.at, at)) for one in known if one.value is None or one.value <= at)


def _ears(known: Ears, at: float) -> Ears:
    hearings = tuple(replace(one, since=min(one.since, at), until=_at_most(one.until, at)) for one in known.hearings)
    return replace(known, hearings=hearings, at=min(known.at, at))


def _incident(one: Incident, at: float) -> Incident:
    return replace(
        one,
        opened=min(one.opened, at),
        named=min(one.named, at),
        closed=_at_most(one.closed, at),
        again=_at_most(one.again, at),
        due=_at_most(one.due, at),
        penalised=min(one.penalised, at),
        signs=_signs(one.signs, at),
    )


def _account(one: Account, at: float) -> Account:
    return replace(one, opened=min(one.opened, at), closed=_at_most(one.closed, at))


def _pending(one: Pending, at: float) -> Pending:
    return replace(one, asked=_all(one.asked, at), since=min(one.since, at))
