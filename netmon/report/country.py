"""The month of many regions on one sheet: a line for each, what all come to together, and what each was made from.

Sums only: a region's districts and sites are in its own report. Each month is by its region's own clock.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from netmon.model import Cause, Site
from netmon.report.availability import Standing, combined, standings, together
from netmon.report.outages import outages_of, repairs
from netmon.report.pages import dark_by_cause, render
from netmon.report.period import Period
from netmon.report.programme import Progress, progress, villages
from netmon.report.record import Record
from netmon.report.suppliers import Supplied, by_supplier, deliveries
from netmon.report.words import Language, Speech


@dataclass(frozen=True, slots=True)
class Source:
    """What a line was made from, so that it can be made again; `until` is up to when anything is known."""

    first: int
    last: int
    journal: str
    inventory: str
    until: float
    is_complete: bool


@dataclass(frozen=True, slots=True)
class RegionMonth:
    """What the month of a region comes to. `causes` are dark seconds; `worst_seconds` is the longest repair."""

    region: str
    period: Period
    standing: Standing
    counts: Progress
    worst_seconds: float | None
    causes: tuple[tuple[Cause, float], ...]
    suppliers: tuple[Supplied, ...]
    source: Source


def region_month(region: str, record: Record, only: Callable[[Site], bool]) -> RegionMonth:
    """Return the line of a region, which is called so in the country."""
    every = list(standings(record))
    charged = [one for one in outages_of(record) if only(one.site)]
    period = record.period
    return RegionMonth(
        region,
        period,
        together(one for one in every if one.served and only(one.site)),
        progress(record, list(villages(record, every)))[0],
        repairs(charged, period.start, period.end).worst_seconds,
        tuple(dark_by_cause(charged)),
        tuple(by_supplier(deliveries(record), period.seconds)),
        Source(
            record.first,
            record.last,
            record.digest,
            record.drawings[-1].inventory.digest,
            min(record.until, period.end),
            record.is_complete,
        ),
    )


def country_page(regions: Sequence[RegionMonth], language: Language) -> str:
    """Return the sheet; the regions that were dark longest come first."""
    speech = Speech(language, regions[0].period.zone)
    ordered = sorted(regions, key=lambda one: (-one.standing.dark_seconds, one.region))
    return render(
        "country.html",
        speech,
        period=regions[0].period,
        title=speech.word("country_title"),
        regions=ordered,
        country=combined(one.standing for one in regions),
        villages=sum(one.counts.villages for one in regions),
        served=sum(one.counts.served for one in regions),
        online=sum(one.counts.online for one in regions),
        websites=sum(one.counts.websites_active for one in regions),
        worst_seconds=max((one.worst_seconds for one in regions if one.worst_seconds is not None), default=None),
        causes=_summed(regions),
        suppliers=_supplied(regions),
        most_dark=ordered[0].standing.dark_seconds,
    )


def _summed(regions: Iterable[RegionMonth]) -> list[tuple[Cause, float]]:
    """Return the dark seconds of each cause in all regions, the most first."""
    seconds: dict[Cause, float] = {}
    for one in regions:
        for cause, dark in one.causes:
            seconds[cause] = seconds.get(cause, 0.0) + dark
    return sorted(seconds.items(), key=lambda item: (-item[1], item[0]))


def _supplied(regions: Iterable[RegionMonth]) -> list[Supplied]:
    """Return what each supplier delivered in all regions, by name."""
    found: dict[str, Supplied] = {}
    for one in (supplied for region in regions for supplied in region.suppliers):
        known = found.get(one.supplier)
        found[one.supplier] = one if known is None else replace(
            one,
            lines=known.lines + one.lines,
            under_contract=known.under_contract + one.under_contract,
            met=known.met + one.met,
            in_force_seconds=known.in_force_seconds + one.in_force_seconds,
            down_seconds=known.down_seconds + one.down_seconds,
            longest_seconds=max(known.longest_seconds, one.longest_seconds),
            fee=known.fee + one.fee,
            restitution=known.restitution + one.restitution,
        )  # fmt: skip
    return [found[name] for name in sorted(found)]
