"""`netmon report`: what a period of the journal comes to: availability, outages, suppliers, progress, probing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from netmon.cli.output import Table, put_by, write_report, write_text
from netmon.cli.report.period import (
    Wanted,
    coverage_options,
    period_options,
    recorded,
    recorded_months,
)
from netmon.errors import UsageError

if TYPE_CHECKING:
    from netmon.report.record import Record

PROBING = ("site", "name", "district", "coverage_ratio", "known_seconds", "unknown_seconds")


@click.group()
def report() -> None:
    """Print what a period of the journal comes to; a daemon may be writing it meanwhile."""


def _country_page(sheets: Sequence[Any], language: Any) -> str:
    from netmon.report.country import country_page  # noqa: PLC0415 (help must not load it)

    return country_page(sheets, language)


@report.command()
@period_options("table", "json", "csv", "html", page=_country_page)
def availability(wanted: Wanted) -> None:
    """Say of each site how long it was in each verdict, in whole seconds that sum to the period.

    `availability_ratio` is up and degraded over that and down and unreachable: maintenance and what is unknown count
    for neither side. It is empty where nothing is known. `change_ratio` is how much it is better than in the month
    before. As HTML it is the report of the month, a page for the county and one for each district, to be printed;
    with --regions one sheet with a line for each region.

    Example: netmon report availability --month 2026-10 --format html -o october.html
    """
    from netmon.report.availability import standings  # noqa: PLC0415 (help must not load it)
    from netmon.report.documents import AVAILABILITY, availability_document, availability_rows  # noqa: PLC0415
    from netmon.report.outages import outages_of, repairs  # noqa: PLC0415

    record = recorded(wanted)
    if wanted.format == "html" and wanted.region is not None:
        from netmon.report.country import region_month  # noqa: PLC0415

        put_by(region_month(wanted.region, record, wanted.only))
        return
    if wanted.format == "html":
        from netmon.report.pages import month_page  # noqa: PLC0415

        write_text(month_page(record, wanted.only, wanted.language), wanted.output)
        return
    found = [one for one in standings(record) if wanted.only(one.site)]
    period = record.period
    repaired = repairs((one for one in outages_of(record) if wanted.only(one.site)), period.start, period.end)
    document = availability_document(record, found, repaired)
    _write(wanted, record, Table(AVAILABILITY, availability_rows(found)), document)


@report.command()
@period_options("table", "json", "csv", "html")
def outages(wanted: Wanted) -> None:
    """List the outages of all sites: when, why, what failed, and whose it is.

    An outage that is not over has no end. `owner` is the supplier of a line, a power area, or an agency; empty is the
    network's own. `dark_seconds` are those seen dark, `unknown_seconds` gaps between them, `within_seconds` what of
    it was dark in the period.

    Example: netmon report outages --month 2026-10 --format csv
    """
    from netmon.report.documents import OUTAGES, outage_rows, outages_document  # noqa: PLC0415
    from netmon.report.outages import outages_of, repairs  # noqa: PLC0415

    record = recorded(wanted)
    found = [one for one in outages_of(record) if wanted.only(one.site)]
    if wanted.format == "html":
        from netmon.report.pages import outages_page  # noqa: PLC0415

        write_text(outages_page(record, found, wanted.language), wanted.output)
        return
    repaired = repairs(found, record.period.start, record.period.end)
    _write(wanted, record, Table(OUTAGES, outage_rows(found)), outages_document(record, found, repaired))


@report.command()
@period_options("table", "json", "csv", "html")
def supplier(wanted: Wanted) -> None:
    """Hold what suppliers delivered against their contracts, line by line, and say what they owe.

    A line is down when it failed, or its site was dark because of a line of the same supplier; announced work, and
    what is unknown, are not counted. `restitution` is monthly fee × hours down / (hours of the month × committed
    share), owed when the commitment was missed, and at most the fee.

    Example: netmon report supplier --month 2026-10 --format csv
    """
    from netmon.report.documents import SUPPLIER, supplier_document, supplier_rows  # noqa: PLC0415
    from netmon.report.suppliers import by_supplier, deliveries  # noqa: PLC0415

    if wanted.month is None:
        raise UsageError("a supplier is held against calendar months", "say which with --month")
    record = recorded(wanted)
    places = {name: site for drawing in record.drawings for name, site in drawing.inventory.sites.items()}
    lines = [one for one in deliveries(record) if wanted.only(places[one.site])]
    suppliers = by_supplier(lines, record.period.seconds)
    if wanted.format == "html":
        from netmon.report.pages import supplier_page  # noqa: PLC0415

        write_text(supplier_page(record, suppliers, lines, wanted.language), wanted.output)
        return
    table = Table(SUPPLIER, supplier_rows(record, lines))
    _write(wanted, record, table, supplier_document(record, suppliers, lines))


@report.command()
@click.option(
    "--prometheus", default="http://127.0.0.1:9090", show_default=True, help="Where the counters were kept."
)
@period_options("table", "json", "csv")
def speed(wanted: Wanted, prometheus: str) -> None:
    """Say how much of its contract each line of a supplier was used, from counters that Prometheus kept.

    By the rule of lines billed by use: mean rates of five minutes, the highest 5 % left out. `saturated_seconds` are
    those at 95 % of the contracted speed or more. Round trips and loss under load are not known from counters. With
    --regions, one Prometheus that keeps the series of all with a label `region` is asked for those of each.

    Example: netmon report speed --month 2026-10 --format csv
    """
    from netmon.cli.report.speed import uses  # noqa: PLC0415
    from netmon.report.documents import SPEED, head, speed_rows  # noqa: PLC0415
    from netmon.report.speed import metered  # noqa: PLC0415

    if wanted.month is None:
        raise UsageError("a contract is held against calendar months", "say which with --month")
    record = recorded(wanted)
    sites = record.drawings[-1].inventory.sites
    lines = [one for one in metered(record) if wanted.only(sites[one.site])]
    rows = speed_rows(record, uses(lines, record.period, prometheus, wanted.region))
    _write(wanted, record, Table(SPEED, rows), {**head(record), "lines": rows})


@report.command()
@period_options("table", "json", "csv")
def services(wanted: Wanted) -> None:
    """Say of each service how long it was in order, in whole seconds that sum to the period.

    Services are what villages use: websites, kiosks, applications, public wifi. `availability_ratio` is up over up
    and down: what is unknown counts for neither side. Of a wifi, `used_seconds` are those in which somebody used it.

    Example: netmon report services --month 2026-10 --site Socorejo
    """
    from netmon.report.documents import SERVICES, head, service_rows  # noqa: PLC0415
    from netmon.report.services import service_standings  # noqa: PLC0415

    record = recorded(wanted)
    rows = service_rows(one for one in service_standings(record) if wanted.only(one.site))
    _write(wanted, record, Table(SERVICES, rows), {**head(record), "services": rows})


@report.command()
@coverage_options("table", "json", "csv", "html", "svg")
def coverage(wanted: Wanted) -> None:
    """Count the villages that are served, online, and have an active website, by month and district.

    Online is a served village that answered for most of the month, active a website that was in order for most of
    it; of a month without any data nothing is counted as either.

    Example: netmon report coverage --month 2026-10 --months 12 --format svg -o progress.svg
    """
    from netmon.report.documents import COVERAGE, coverage_document, coverage_rows  # noqa: PLC0415
    from netmon.report.programme import counted  # noqa: PLC0415

    found = recorded_months(wanted)
    counts = counted(found, wanted.only)
    if wanted.format in ("svg", "html"):
        from netmon.report.pages import coverage_page, coverage_svg  # noqa: PLC0415

        drawn = coverage_svg if wanted.format == "svg" else coverage_page
        write_text(drawn(counts, wanted.language), wanted.output)
        return
    _write(wanted, counts[-1][0], Table(COVERAGE, coverage_rows(counts)), coverage_document(counts))


@report.command()
@period_options("table", "json", "csv")
def probing(wanted: Wanted) -> None:
    """Say of each site how much of the period netmon can vouch for.

    Example: netmon report probing --month 2026-10
    """
    from netmon.report.availability import standings  # noqa: PLC0415
    from netmon.report.documents import head  # noqa: PLC0415

    record = recorded(wanted)
    rows = [
        {
            "site": one.site.id,
            "name": one.site.name,
            "district": one.site.district,
            "coverage_ratio": round(one.standing.known_seconds / record.period.seconds, 6),
            "known_seconds": one.standing.known_seconds,
            "unknown_seconds": record.period.seconds - one.standing.known_seconds,
        }
        for one in standings(record)
        if one.served and wanted.only(one.site)
    ]
    _write(wanted, record, Table(PROBING, rows), {**head(record), "sites": rows})


def _write(wanted: Wanted, record: Record, table: Table, document: dict[str, Any]) -> None:
    write_report(table, format_=wanted.format, output=wanted.output, document=document, title=record.period.title)
