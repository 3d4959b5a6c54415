"""Availability of sites, districts and the county by the buckets of the ledger, and the trend against before."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from netmon.model import Inventory, Site, Verdict
from netmon.picture.accounts import charges
from netmon.picture.ledger import buckets, whole_seconds
from netmon.report.intervals import Interval, common, union
from netmon.report.period import before
from netmon.report.record import Record

WELL = (Verdict.UP, Verdict.DEGRADED)
ILL = (Verdict.DOWN, Verdict.UNREACHABLE)


@dataclass(frozen=True, slots=True)
class Standing:
    """How long a site, or several together, was in each verdict; whole seconds that sum to the period.

    While a site did not stand in the inventory, it is unknown. `earlier` is the availability in the period before.
    """

    seconds: Mapping[Verdict, int]
    outages: int
    sites: int = 1
    earlier: float | None = None

    @property
    def period_seconds(self) -> int:
        """All buckets together."""
        return sum(self.seconds.values())

    @property
    def known_seconds(self) -> int:
        """What netmon can vouch for."""
        return self.period_seconds - self.seconds[Verdict.UNKNOWN]

    @property
    def dark_seconds(self) -> int:
        """Down and unreachable."""
        return sum(self.seconds[verdict] for verdict in ILL)

    @property
    def availability(self) -> float | None:
        """Up and degraded over that and down and unreachable; None where neither was seen."""
        return ratio(self.seconds)

    @property
    def change(self) -> float | None:
        """Availability less that of the period before; None where either is not known."""
        now = self.availability
        return None if now is None or self.earlier is None else now - self.earlier


@dataclass(frozen=True, slots=True)
class SiteStanding:
    """The standing of one site: `served` at any time of the period or not; `drawn` is when it was in the drawing."""

    site: Site
    served: bool
    standing: Standing
    drawn: tuple[Interval, ...]


def ratio(seconds: Mapping[Verdict, float]) -> float | None:
    """Return the availability of buckets: maintenance and what is unknown count for neither side."""
    well, ill = sum(seconds[one] for one in WELL), sum(seconds[one] for one in ILL)
    return well / (well + ill) if well + ill else None


def places(record: Record) -> dict[str, Site]:
    """Return every site that stood in an inventory of the period, as it stood there last; in the order of ids."""
    found: dict[str, Site] = {}
    for drawing in record.drawings:
        found.update(drawing.inventory.sites)
    return dict(sorted(found.items()))


def in_force(record: Record, site: str) -> tuple[Interval, ...]:
    """Return when a site stood in the inventory."""
    return union((one.start, one.end) for one in record.drawings if site in one.inventory.sites)


def standings(record: Record) -> Iterator[SiteStanding]:
    """Yield the standing of every site of the period, in the order of ids."""
    earlier = before(record.period)
    for name, site in places(record).items():
        timeline = record.picture.ledger.get(name, ())
        stood = in_force(record, name)
        exact = dict.fromkeys(Verdict, 0.0)
        for start, end in stood:
            known_until = min(max(record.until, start), end)
            for verdict, seconds in buckets(timeline, start, known_until).items():
                exact[verdict] += seconds
        exact[Verdict.UNKNOWN] += record.period.seconds - sum(exact.values())
        then = buckets(timeline, earlier.start, earlier.end)
        count = sum(
            1
            for charge in charges(name, record.picture, record.period.start, record.period.end)
            if common(stood, ((charge.outage.start, charge.outage.end or record.period.end),))
        )
        standing = Standing(whole_seconds(exact, record.period.seconds), count, earlier=ratio(then))
        yield SiteStanding(site, _was_served(record, name), standing, stood)


def together(parts: Iterable[SiteStanding]) -> Standing:
    """Return the standing of several sites."""
    return combined(part.standing for part in parts)


def combined(parts: Iterable[Standing]) -> Standing:
    """Return what several standings come to; `earlier` is weighed by the time each was seen now."""
    seconds = dict.fromkeys(Verdict, 0)
    outages = sites = 0
    weight = well = 0.0
    for standing in parts:
        sites += standing.sites
        outages += standing.outages
        for verdict, value in standing.seconds.items():
            seconds[verdict] += value
        if standing.earlier is not None:
            seen = sum(standing.seconds[one] for one in (*WELL, *ILL))
            weight += seen
            well += standing.earlier * seen
    return Standing(seconds, outages, sites, well / weight if weight else None)


def by_district(parts: Iterable[SiteStanding]) -> dict[str, list[SiteStanding]]:
    """Return the sites of each district, in the order of ids; those of none are under the empty name, last."""
    found: dict[str, list[SiteStanding]] = {}
    for part in parts:
        found.setdefault(part.site.district or "", []).append(part)
    return dict(sorted(found.items(), key=lambda item: (not item[0], item[0])))


def district_name(district: str, inventory: Inventory) -> str:
    """Return what a district is called; its id where it is not drawn."""
    site = inventory.sites.get(district)
    return site.name if site else district


def _was_served(record: Record, site: str) -> bool:
    drawn = (drawing.inventory.sites.get(site) for drawing in record.drawings)
    return any(one.served for one in drawn if one is not None)
