"""`netmon report`: the ledger of a period, out of the journal: outages, availability, coverage."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from netmon.cli.output import Format, Table, report_options, rfc3339, write_report
from netmon.cli.times import moment
from netmon.errors import StateError, UsageError

if TYPE_CHECKING:
    from netmon.picture.state import Picture

OUTAGES = (
    "site", "name", "district", "start", "end", "dark_seconds", "unknown_seconds", "repair_seconds", "incident",
    "element", "cause", "owner",
)  # fmt: skip
VERDICTS = ("up", "degraded", "down", "unreachable", "maintenance", "unknown", "unserved")
AVAILABILITY = ("site", "name", "district", "availability_ratio", "outages", *(f"{one}_seconds" for one in VERDICTS))
COVERAGE = ("site", "name", "district", "coverage_ratio", "known_seconds", "unknown_seconds")


@click.group()
def report() -> None:
    """Print the ledger of a period, out of a journal; a daemon may be writing it meanwhile."""


def _period(command: Any) -> Any:
    command = click.option("--to", "until", metavar="T", help="End.  [default: the last word of the journal]")(
        command
    )
    command = click.option("--from", "since", metavar="T", help="Begin (RFC 3339; no zone: UTC).")(command)
    return click.argument("journal", type=click.Path(exists=True, dir_okay=False, path_type=Path))(command)


@report.command()
@_period
@report_options
def outages(journal: Path, since: str | None, until: str | None, format_: Format, output: str | None) -> None:
    """List the outages of all sites: when, why, what failed, and whose it is.

    An outage that is not over has no end. `owner` is the supplier of a line, a power area, or an agency; empty is the
    network's own. `dark_seconds` are those seen dark, `unknown_seconds` gaps between them.

    Example: netmon report outages state/journal.sqlite --from 2026-11-01 --to 2026-12-01 --format csv
    """
    picture, start, end = _recalled(journal, since, until)
    rows = list(_outages(picture, start, end))
    _write(OUTAGES, rows, start, end, "outages", format_, output)


@report.command()
@_period
@report_options
def availability(journal: Path, since: str | None, until: str | None, format_: Format, output: str | None) -> None:
    """Say of each site how long it was in each verdict, in whole seconds that sum to the period.

    `availability_ratio` is up and degraded over that and down and unreachable: maintenance and what is unknown count
    for neither side. It is empty where nothing is known.

    Example: netmon report availability state/journal.sqlite --from 2026-11-01 --to 2026-12-01
    """
    picture, start, end = _recalled(journal, since, until)
    rows = [row for row in _sites(picture, start, end) if row["served"]]
    _write(AVAILABILITY, rows, start, end, "sites", format_, output)


@report.command()
@_period
@report_options
def coverage(journal: Path, since: str | None, until: str | None, format_: Format, output: str | None) -> None:
    """Say of each site how much of the period netmon can vouch for.

    Example: netmon report coverage state/journal.sqlite --from 2026-11-01 --to 2026-12-01
    """
    picture, start, end = _recalled(journal, since, until)
    rows = [row for row in _sites(picture, start, end) if row["served"]]
    _write(COVERAGE, rows, start, end, "sites", format_, output)


def _recalled(path: Path, since: str | None, until: str | None) -> tuple[Picture, float, float]:
    """Return the picture of a journal and the period in whole seconds; all of it where nothing is said."""
    from netmon.journal.sqlite import SqliteJournal  # noqa: PLC0415 (help must not load the fold)
    from netmon.recall.recall import recall  # noqa: PLC0415

    with closing(SqliteJournal(path, read_only=True)) as source:
        picture = recall(source)
    if picture is None:
        raise StateError(f"{path} holds nothing yet", "let `netmon run` write it for a while")
    begun = min((timeline[0].start for timeline in picture.ledger.values() if timeline), default=picture.at)
    start, end = moment(since, "--from"), moment(until, "--to")
    start, end = float(int(begun if start is None else start)), float(int(picture.at if end is None else end))
    if start >= end:
        raise UsageError(f"the period ends at {rfc3339(end)}, before it begins", "give another --from or --to")
    return picture, start, end


def _outages(picture: Picture, start: float, end: float) -> Iterator[dict[str, Any]]:
    from netmon.picture.accounts import charges  # noqa: PLC0415

    found = [
        (charge.outage.start, site, charge)
        for site in picture.inventory.sites.values()
        for charge in charges(site.id, picture, start, end)
    ]
    for _, site, charge in sorted(found, key=lambda one: (one[0], one[1].id)):
        outage, account = charge.outage, charge.account
        yield {
            "site": site.id,
            "name": site.name,
            "district": site.district,
            "start": rfc3339(outage.start),
            "end": rfc3339(outage.end),
            "dark_seconds": round(outage.dark_seconds, 3),
            "unknown_seconds": round(outage.unknown_seconds, 3),
            "repair_seconds": None if outage.end is None else round(outage.end - outage.start, 3),
            "incident": account.id if account else None,
            "incidents": list(outage.incidents),
            "element": str(account.element) if account else None,
            "cause": str(charge.cause),
            "owner": charge.owner,
        }


def _sites(picture: Picture, start: float, end: float) -> Iterator[Mapping[str, Any]]:
    """Yield how long each site was in each verdict. After the journal's last word, nothing is known."""
    from netmon.picture.accounts import charges  # noqa: PLC0415
    from netmon.picture.ledger import buckets, whole_seconds  # noqa: PLC0415

    known_until = min(max(picture.at, start), end)
    for name, site in sorted(picture.inventory.sites.items()):
        exact = {str(one): value for one, value in buckets(picture.ledger.get(name, ()), start, known_until).items()}
        exact["unknown"] += end - known_until
        seconds = whole_seconds(exact, int(end - start))
        well, ill = seconds["up"] + seconds["degraded"], seconds["down"] + seconds["unreachable"]
        known = int(end - start) - seconds["unknown"]
        yield {
            "site": name,
            "name": site.name,
            "district": site.district,
            "served": site.served,
            "availability_ratio": round(well / (well + ill), 6) if well + ill else None,
            "outages": sum(1 for _ in charges(name, picture, start, end)),
            **{f"{one}_seconds": seconds[one] for one in VERDICTS},
            "known_seconds": known,
            "coverage_ratio": round(known / int(end - start), 6),
        }


def _write(
    columns: tuple[str, ...],
    rows: list[Any],
    start: float,
    end: float,
    name: str,
    format_: Format,
    output: str | None,
) -> None:
    document = {"from": rfc3339(start), "to": rfc3339(end), "period_seconds": int(end - start), name: rows}
    title = f"{rfc3339(start)} to {rfc3339(end)}"
    write_report(Table(columns, rows), format_=format_, output=output, document=document, title=title)
