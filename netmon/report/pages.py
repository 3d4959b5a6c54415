"""Reports to be printed on A4 and handed over: one self-contained page of HTML, in Indonesian or English.

Nothing is loaded from anywhere, no script runs, and its own content security policy says so. The same record gives
the same bytes.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from netmon.model import Cause, Inventory, Site
from netmon.report import charts
from netmon.report.availability import SiteStanding, by_district, district_name, standings, together
from netmon.report.documents import coverage_rows
from netmon.report.intervals import common
from netmon.report.outages import Charged, dark_spans, outages_of, repairs
from netmon.report.programme import Progress, Village, progress, villages
from netmon.report.record import Record
from netmon.report.suppliers import Delivery, Supplied, by_supplier, deliveries
from netmon.report.words import Language, Speech

_TEMPLATES = Environment(
    loader=PackageLoader("netmon.report"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_STYLE = "paper.css"


def month_page(record: Record, only: Callable[[Site], bool], language: Language) -> str:
    """Return the report of a period: a sheet for the county, one for each district with a line for each site.

    Args:
        record: what happened.
        only: tells which sites are part of it.
        language: `id` or `en`.
    """
    speech = _speech(record, language)
    every = list(standings(record))
    served = [one for one in every if one.served and only(one.site)]
    charged = [one for one in outages_of(record) if only(one.site)]
    people = [one for one in villages(record, every) if only(record.drawings[-1].inventory.sites[one.id])]
    lines = [one for one in deliveries(record) if any(one.site == part.site.id for part in served)]
    suppliers = by_supplier(lines, record.period.seconds)
    inventory = record.drawings[-1].inventory
    sheets = [
        _district(district, parts, record, charged, people, speech)
        for district, parts in by_district(one for one in every if only(one.site)).items()
        if district or any(one.served for one in parts)
    ]
    return _render(
        "month.html",
        record,
        speech,
        title=speech.word("title"),
        county=together(served),
        counts=progress(record, people)[0],
        repaired=repairs(charged, record.period.start, record.period.end),
        suppliers=suppliers,
        restitution=sum(one.restitution for one in suppliers),
        sheets=sheets,
        most_dark=max((sheet["standing"].dark_seconds for sheet in sheets), default=0),
        by_day=Markup(_by_day(record, served, speech)),  # noqa: S704 (made of numbers and escaped texts)
        causes=dark_by_cause(charged),
        region=_region(inventory),
    )


def outages_page(record: Record, found: Sequence[Charged], language: Language) -> str:
    """Return a list of outages."""
    speech = _speech(record, language)
    repaired = repairs(found, record.period.start, record.period.end)
    return _render(
        "outages.html", record, speech, title=speech.word("outages_title"), outages=found, repaired=repaired
    )


def supplier_page(
    record: Record, suppliers: Sequence[Supplied], lines: Sequence[Delivery], language: Language
) -> str:
    """Return what suppliers delivered, all of them first, then line by line."""
    speech = _speech(record, language)
    names = {name: site.name for one in record.drawings for name, site in one.inventory.sites.items()}
    return _render(
        "supplier.html",
        record,
        speech,
        title=speech.word("supplier_title"),
        suppliers=suppliers,
        lines=[(names[line.site], line) for line in lines],
    )


def coverage_page(counts: Sequence[tuple[Record, Sequence[Progress]]], language: Language) -> str:
    """Return the progress of the programme: the plot, the county by month, and the districts of the last month."""
    record, latest = counts[-1]
    speech = _speech(record, language)
    inventory = record.drawings[-1].inventory
    return _render(
        "coverage.html",
        record,
        speech,
        title=speech.word("coverage_title"),
        plot=Markup(_progress_chart(counts, speech)),  # noqa: S704 (as above)
        months=[found[0] for _, found in counts],
        districts=[(district_name(one.district, inventory), one) for one in latest[1:]],
    )


def coverage_svg(counts: Sequence[tuple[Record, Sequence[Progress]]], language: Language) -> str:
    """Return the plot of the programme's progress as an SVG document."""
    return _progress_chart(counts, _speech(counts[-1][0], language), charts.STYLE) + "\n"


def progress_svg(rows: Sequence[Mapping[str, Any]], language: Language) -> str:
    """Return the same plot, of the rows of a document of that report."""
    return progress_plot(rows, language, charts.STYLE) + "\n"


def progress_plot(rows: Sequence[Mapping[str, Any]], language: Language, style: str = "") -> str:
    """Return the plot as an element for a page that has the style, of the rows of a document of that report."""
    return _plot([row for row in rows if row["district"] is None], Speech(language, "UTC"), style)


def _progress_chart(counts: Sequence[tuple[Record, Sequence[Progress]]], speech: Speech, style: str = "") -> str:
    return _plot([row for row in coverage_rows(counts) if row["district"] is None], speech, style)


def _plot(county: Sequence[Mapping[str, Any]], speech: Speech, style: str) -> str:
    series = [
        ("served", speech.word("served_line"), [row["served"] for row in county]),
        ("online", speech.word("online_line"), [row["online"] for row in county]),
        ("active", speech.word("active_line"), [row["websites_active"] for row in county]),
    ]
    most = max(row["villages"] for row in county)
    return charts.progress_chart(speech.word("coverage_title"), [row["month"] for row in county], series, most, style)


def _district(
    district: str,
    parts: Sequence[SiteStanding],
    record: Record,
    charged: Sequence[Charged],
    people: Sequence[Village],
    speech: Speech,
) -> dict[str, Any]:
    """Return what the sheet of a district shows."""
    period = record.period
    here = {one.site.id for one in parts}
    served = [one for one in parts if one.served]
    websites = {one.id: one for one in people}
    own = [one for one in charged if one.site.id in here]
    rows = []
    for part in parts:
        outages = [one for one in own if one.site.id == part.site.id]
        label = f"{part.site.name}: {speech.percent(part.standing.availability)}"
        drawn = charts.strip(
            record.picture.ledger.get(part.site.id, ()),
            period.start,
            period.end,
            min(record.until, period.end),
            label,
        )
        rows.append(
            {
                "part": part,
                "strip": Markup(drawn),  # noqa: S704 (as above)
                "repaired": repairs(outages, period.start, period.end),
                "cause": _main_cause(outages),
                "village": websites.get(part.site.id),
            }
        )
    return {
        "name": district_name(district, record.drawings[-1].inventory),
        "served": len(served),
        "standing": together(served),
        "repaired": repairs(own, period.start, period.end),
        "villages": [one for one in people if one.id in here],
        "rows": rows,
    }


def _main_cause(outages: Iterable[Charged]) -> Cause | None:
    """Return the cause that darkened longest within the period; None without outages."""
    seconds = dark_by_cause(outages)
    return seconds[0][0] if seconds else None


def dark_by_cause(outages: Iterable[Charged]) -> list[tuple[Cause, float]]:
    """Return the dark seconds of each cause, the most first."""
    seconds: dict[Cause, float] = {}
    for one in outages:
        seconds[one.cause] = seconds.get(one.cause, 0.0) + one.within_seconds
    return sorted(seconds.items(), key=lambda item: (-item[1], item[0]))


def _by_day(record: Record, served: Sequence[SiteStanding], speech: Speech) -> str:
    period = record.period
    days = charts.day_names(period.start, period.end, period.zone)
    hours = [0.0] * len(days)
    for one in served:
        dark = common(one.drawn, dark_spans(record, one.site.id))
        for start, end in dark:
            for place, (begin, finish, _) in enumerate(days):
                if start < finish and begin < end:
                    hours[place] += (min(end, finish) - max(start, begin)) / 3_600.0
    largest = speech.number(max(hours, default=0.0), 1)
    return charts.columns(hours, [name for _, _, name in days], speech.word("by_day"), largest)


def _speech(record: Record, language: Language) -> Speech:
    return Speech(language, record.period.zone)


def _region(inventory: Inventory) -> str:
    return inventory.region[:1].upper() + inventory.region[1:]


def _render(template: str, record: Record, speech: Speech, **values: Any) -> str:
    drawn = record.drawings[-1].inventory
    return render(template, speech, record=record, period=record.period, inventory=drawn, **values)


def render(template: str, speech: Speech, **values: Any) -> str:
    """Return a page; every page gets the words and numbers of one language, and the style."""
    style = _TEMPLATES.get_template(_STYLE).render().strip()
    policy = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    return _TEMPLATES.get_template(template).render(
        speech=speech,
        say=speech.word,
        style=Markup(style),  # noqa: S704 (a file of this room)
        policy=policy,
        bar=lambda value, most, label: Markup(charts.bar(value, most, label)),  # noqa: S704 (as above)
        dark_hours=lambda seconds: speech.number(seconds / 3_600, 1),
        **values,
    )
