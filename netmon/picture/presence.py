"""Wifi that nobody uses: learned for each hour of the week, from the journal alone. Pure.

What is told of a wifi is when somebody uses it and when nobody does. Of that the hours of the week are learned, by
the clock of the region: in which of them there always was somebody. Nobody at night is as usual; nobody for a day,
hours among them at which there always was somebody, is a finding. It says only that the wifi is not used.

What was a finding for more than a week teaches nothing: a broken access point must not become a habit. A shorter one
does, so that a habit which has changed is told twice, and then is one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from netmon.events import ClientsSeen, Event, InventoryInForce, ProbingGap, ProbingStarted, ProbingStopped
from netmon.model import WIFI, Inventory, ServiceFailure
from netmon.picture.state import Presence, ServiceState

HOUR = 3_600.0
DAY = 86_400.0
WEEK = 168
"""Hours of a week."""
WEEKS = 8
"""How many weeks back an hour is remembered."""
FEWEST = 3
"""Weeks in which an hour must have been seen before anything is expected of it."""
TOLERANT = 4
"""Weeks from which on one without anybody does not yet make an hour unusual."""
MISSED = 3
"""Hours at which there always was somebody, and nobody came, that make a finding."""
_CONCERNING = ClientsSeen | ProbingStarted | ProbingStopped | ProbingGap | InventoryInForce


def observe_presence(
    before: Mapping[str, Presence], events: Iterable[Event], inventory: Inventory, blind_since: float | None
) -> Mapping[str, Presence]:
    """Return what is known of each wifi after the events of one entry.

    `blind_since` is from when on nothing is known, where one of the events says that probing began or ended.
    """
    concerning = [event for event in events if isinstance(event, _CONCERNING)]
    if not concerning:
        return before
    found = dict(before)
    for event in concerning:
        match event:
            case ClientsSeen() if event.service in inventory.services:
                known = found.get(event.service, Presence())
                found[event.service] = told(known, event.some, event.since, inventory.timezone)
            case ProbingStarted() | ProbingStopped() | ProbingGap() if blind_since is not None:
                since, zone = min(blind_since, event.at), inventory.timezone
                found = {
                    name: told(not_later(known, event.at, zone), None, since, zone) for name, known in found.items()
                }
            case _:
                pass
    drawn = inventory.services
    return {name: known for name, known in found.items() if name in drawn and drawn[name].probe == WIFI}


def wifi_states(
    services: Mapping[str, ServiceState], before: Mapping[str, Presence], presences: Mapping[str, Presence], at: float
) -> Mapping[str, ServiceState]:
    """Return the states of services with those of each wifi brought up to `at`; most of the time only that passes."""
    changed = {
        name: _state(services[name], known, at)
        for name, known in presences.items()
        if (presences is not before or is_missed(known, at)) and name in services
    }
    return {**services, **changed} if changed else services


def _state(before: ServiceState, known: Presence, at: float) -> ServiceState:
    if known.some is None:
        return before if before.up is None else ServiceState(since=known.since)
    if is_missed(known, at):
        since = known.since if known.zero_since is None else known.zero_since
        return ServiceState(up=False, since=since, reason=ServiceFailure.NO_CLIENTS)
    return before if before.up else ServiceState(up=True, since=known.since, word=known.since)


def is_missed(known: Presence, at: float) -> bool:
    """Tell whether nobody has used a wifi for so long that it is a finding."""
    return known.some is False and known.due is not None and at >= known.due


def told(known: Presence, some: bool | None, since: float, zone: str) -> Presence:
    """Return what is known of a wifi that is, from `since` on, used by somebody, by nobody, or nobody knows."""
    since = max(since, known.since)
    after = _learned(known, since, zone)
    zero_since, missed = known.zero_since, known.missed
    if known.some is False:
        missed += sum(_is_usual(known, hour) for hour in _whole_hours(known.since, since, zone))
    if some:
        return replace(after, some=True, since=since, zero_since=None, missed=0, due=None)
    if some is None:
        return replace(after, some=None, since=since, missed=missed, due=None)
    began = since if zero_since is None else zero_since
    quiet = replace(after, some=False, since=since, zero_since=began, missed=missed)
    return replace(quiet, due=_due(quiet, began, zone))


def not_later(known: Presence, at: float, zone: str) -> Presence:
    """Return what is known with no time later than now: the clock may have been set back."""
    if known.since <= at:
        return known
    zero_since = None if known.zero_since is None else min(known.zero_since, at)
    return replace(known, since=at, zero_since=zero_since, learned=min(known.learned, _hour(at, zone)))


def _learned(known: Presence, until: float, zone: str) -> Presence:
    """Return the memory with the hours of the span that ends: used at any time of them, or unused for all of them."""
    if known.some is None or until <= known.since:
        return known
    if is_missed(known, until - WEEK * HOUR):
        return known
    if known.some:
        first, last = _hour(known.since, zone), _hour(until - 1e-3, zone)
        hours = range(max(first, last + 1 - WEEKS * WEEK), last + 1)
    else:
        hours = _whole_hours(known.since, until, zone)
    used, weeks = bytearray(known.used), bytearray(known.weeks)
    learned = known.learned
    for hour in hours:
        if hour < learned:
            continue  # it is known already that it was used
        place = hour % WEEK
        used[place] = (used[place] << 1 | known.some) & 0xFF
        weeks[place] = min(weeks[place] + 1, WEEKS)
        learned = hour + 1
    return replace(known, used=bytes(used), weeks=bytes(weeks), learned=learned)


def _is_usual(known: Presence, hour: int) -> bool:
    """Tell whether there always was somebody at this hour of the week; of many weeks one may be missing."""
    weeks = known.weeks[hour % WEEK]
    if weeks < FEWEST:
        return False
    seen = (known.used[hour % WEEK] & (1 << weeks) - 1).bit_count()
    return seen >= weeks - (weeks >= TOLERANT)


def _due(known: Presence, began: float, zone: str) -> float | None:
    """Return when nobody has come for a day, and at enough hours at which there always was somebody; None: never."""
    missed = known.missed
    if missed >= MISSED:
        return max(began + DAY, known.since)
    hours = _whole_hours(known.since, known.since + (WEEK + 1) * HOUR, zone)
    for passed, hour in enumerate(hours, 1):
        missed += _is_usual(known, hour)
        if missed >= MISSED:
            ends = _begins(hours.start, known.since, zone) + passed * HOUR
            return max(began + DAY, ends)
    return None


def _whole_hours(start: float, end: float, zone: str) -> range:
    """Return the hours that lie within a time as a whole."""
    first = _hour(start, zone)
    if _begins(first, start, zone) < start:
        first += 1
    return range(first, _hour(end, zone))


def _hour(at: float, zone: str) -> int:
    """Return the number of the hour, by the clock of the region, that a moment lies in; 168 of them are a week."""
    return int((at + _offset(at, zone)) // HOUR)


def _begins(hour: int, near: float, zone: str) -> float:
    """Return when an hour begins, by the offset in force at a moment near it."""
    return hour * HOUR - _offset(near, zone)


def _offset(at: float, zone: str) -> float:
    offset = datetime.fromtimestamp(at, ZoneInfo(zone)).utcoffset()
    return 0.0 if offset is None else offset.total_seconds()
