"""Progress of the programme: of the villages, how many are served, online, and have an active website, by month.

- *served*: drawn as connected when the month ended;
- *online*: served, and answered for more than half of the time of the month that is known of it;
- *active website*: one of its websites was in order for more than half of the time that is known of it.

A village of which nothing was known for the whole month is neither online nor active: nobody could show that it was.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from netmon.model import Service, Site, SiteKind, Verdict
from netmon.report.availability import WELL, SiteStanding, standings
from netmon.report.intervals import length
from netmon.report.record import Record
from netmon.report.services import spans
from netmon.report.states import State

WEBSITES = frozenset({"website", "opensid"})
"""Kinds of services that are a village's website."""


@dataclass(frozen=True, slots=True)
class Village:
    """How far one village has come in a month.

    `has_website` when one is declared for it; `website_active` is None when nothing is known of that for the month.
    """

    id: str
    district: str
    served: bool
    online: bool
    has_website: bool
    website_active: bool | None


@dataclass(frozen=True, slots=True)
class Progress:
    """Counts of villages in one month; `district` is empty for the whole county."""

    month: str
    district: str
    villages: int
    served: int
    online: int
    websites: int
    websites_active: int
    is_complete: bool


Counted = tuple[Record, list[Progress]]
"""A record and what was counted in it."""


def villages(record: Record, found: list[SiteStanding] | None = None) -> Iterator[Village]:
    """Yield the villages that stood in the inventory when the month ended, or as far as anything is known.

    `found` are the standings of the record, where they are known already.
    """
    inventory = record.drawings[-1].inventory
    active = active_websites(record)
    declared = {one.site for one in inventory.services.values() if one.kind in WEBSITES}
    for one in standings(record) if found is None else found:
        site = inventory.sites.get(one.site.id)
        if site is None or site.kind is not SiteKind.VILLAGE:
            continue
        standing = one.standing
        well = sum(standing.seconds[verdict] for verdict in WELL)
        known = standing.known_seconds - standing.seconds[Verdict.UNSERVED] - standing.seconds[Verdict.MAINTENANCE]
        yield Village(
            site.id,
            site.district or "",
            site.served,
            site.served and well * 2 > known,
            site.id in declared,
            active.get(site.id),
        )


def progress(record: Record, found: list[Village] | None = None) -> list[Progress]:
    """Return the counts of the county, then of each district in the order of ids."""
    every = list(villages(record)) if found is None else found
    districts = sorted({village.district for village in every if village.district})
    return [_counted(record, district, every) for district in ("", *districts)]


def counted(found: Iterable[Record], only: Callable[[Site], bool] = lambda _: True) -> list[Counted]:
    """Return the counts of each record: the county's, then those of districts. `only` tells which sites count."""
    return [
        (
            record,
            progress(record, [one for one in villages(record) if only(record.drawings[-1].inventory.sites[one.id])]),
        )
        for record in found
    ]


def active_websites(record: Record) -> dict[str, bool]:
    """Return of each site of whose website anything is known, whether one was in order for most of that time."""
    services: dict[str, Service] = {}
    for drawing in record.drawings:
        services.update(drawing.inventory.services)
    active: dict[str, bool] = {}
    for name, service in services.items():
        up, known = _seconds(record, record.services.get(name, ()))
        if service.kind in WEBSITES and known > 0:
            active[service.site] = active.get(service.site, False) or up * 2 > known
    return active


def _seconds(record: Record, states: tuple[State, ...]) -> tuple[float, float]:
    """Return how long a service was up, and for how long anything is known of it."""
    up, down = (length(spans(record, states, up=word)) for word in (True, False))
    return up, up + down


def _counted(record: Record, district: str, every: list[Village]) -> Progress:
    here = [village for village in every if not district or village.district == district]
    return Progress(
        record.period.month,
        district,
        len(here),
        sum(village.served for village in here),
        sum(village.online for village in here),
        sum(village.has_website for village in here),
        sum(bool(village.website_active) for village in here),
        record.is_complete,
    )
