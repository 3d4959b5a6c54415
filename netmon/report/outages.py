"""Outages of a period: when, why, whose, and how long repair took."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from statistics import median

from netmon.model import Cause, Element, Site
from netmon.picture.accounts import charges, owner_of
from netmon.picture.ledger import DARK, Account, Outage
from netmon.report.availability import in_force, places
from netmon.report.intervals import common, length
from netmon.report.record import Record


@dataclass(frozen=True, slots=True)
class Charged:
    """An outage of a site that touches the period: it is whole, `within_seconds` is what of it was dark there.

    `owner` is who answered for the element when the outage began; None is the network's own staff.
    """

    site: Site
    outage: Outage
    account: Account | None
    owner: str | None
    within_seconds: float

    @property
    def cause(self) -> Cause:
        """The cause, unknown where no incident is known."""
        return Cause.UNKNOWN if self.account is None else self.account.cause

    @property
    def element(self) -> Element | None:
        """What failed."""
        return None if self.account is None else self.account.element

    @property
    def repair_seconds(self) -> float | None:
        """From the first miss to the first reply; None while it lasts."""
        return None if self.outage.end is None else self.outage.end - self.outage.start


@dataclass(frozen=True, slots=True)
class Repairs:
    """How long repair took: of outages that ended in the period, from their first miss, wherever that was."""

    count: int
    median_seconds: float | None
    worst_seconds: float | None


def outages_of(record: Record) -> list[Charged]:
    """Return the outages that touch the period, by begin and site."""
    period = record.period
    found = []
    for name, site in places(record).items():
        stood = in_force(record, name)
        for charge in charges(name, record.picture, period.start, period.end):
            outage = charge.outage
            dark = common(stood, ((max(outage.start, period.start), min(outage.end or record.until, period.end)),))
            if not dark:
                continue
            inventory = record.inventory_at(outage.start)
            owner = owner_of(charge.account.element, inventory) if charge.account else None
            seconds = sum(length(common(dark, (span,))) for span in dark_spans(record, name))
            found.append(Charged(site, outage, charge.account, owner, seconds))
    return sorted(found, key=lambda one: (one.outage.start, one.site.id))


def repairs(outages: Iterable[Charged], start: float, end: float) -> Repairs:
    """Return the median and the worst of the repairs that were finished from `start` to before `end`."""
    times = [
        one.outage.end - one.outage.start
        for one in outages
        if one.outage.end is not None and start <= one.outage.end < end
    ]
    return Repairs(len(times), median(times) if times else None, max(times, default=None))


def dark_spans(record: Record, site: str) -> Iterator[tuple[float, float]]:
    """Yield when a site was dark, of all time that its ledger tells of."""
    timeline = record.picture.ledger.get(site, ())
    for place, span in enumerate(timeline):
        end = timeline[place + 1].start if place + 1 < len(timeline) else record.until
        if span.verdict in DARK:
            yield span.start, end
