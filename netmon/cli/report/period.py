"""Which period of which journal a report is about, and which sites of it."""

from __future__ import annotations

import functools
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from netmon.cli.regions import Page, each_region, journals
from netmon.cli.run import default_state
from netmon.cli.times import moment
from netmon.clock import PRINTED, SystemClock, rfc3339
from netmon.errors import StateError, UsageError
from netmon.inventory.flaw import did_you_mean, shown

if TYPE_CHECKING:
    from netmon.journal.protocol import Journal
    from netmon.model import Site
    from netmon.report.period import Period
    from netmon.report.record import Record

JOURNAL = "journal.sqlite"
LAST = "last"
"""Stands for the month before the one it is now."""
MOST_MONTHS = 120


@dataclass(slots=True)
class Wanted:
    """What was asked for on the command line. `only` tells whether a site is part of it, once a record is read.

    `region` is the name of the region, where the report is made over many.
    """

    journal: Path
    format: Any
    output: str | None
    language: Any = "id"
    month: str | None = None
    months: int = 1
    since: str | None = None
    until: str | None = None
    district: str | None = None
    site: str | None = None
    region: str | None = None
    only: Callable[[Site], bool] = lambda _: True


_ASKED = frozenset(field.name for field in fields(Wanted))


def period_options(*formats: str, page: Page | None = None) -> Callable[[Callable[..., None]], Any]:
    """Add the options of a report about one period; the command gets them as one `Wanted`.

    `page` draws the sheets of many regions as HTML.
    """
    return _options(
        click.option("--month", metavar="YYYY-MM", help="Calendar month by the clock of the region, or `last`."),
        click.option(
            "--from", "since", metavar="T", help="Begin (RFC 3339; no zone: UTC).  [default: the month of the end]"
        ),
        click.option("--to", "until", metavar="T", help="End.  [default: the last word of the journal]"),
        formats=formats,
        page=page,
    )


def coverage_options(*formats: str) -> Callable[[Callable[..., None]], Any]:
    """Add the options of a report about several months."""
    return _options(
        click.option(
            "--month",
            metavar="YYYY-MM",
            help="The last of them, or `last`.  [default: the newest]",
        ),
        click.option(
            "--months", type=click.IntRange(1, MOST_MONTHS), default=12, show_default=True, help="How many months."
        ),
        formats=formats,
    )


def _options(
    *periods: Any, formats: tuple[str, ...], page: Page | None = None
) -> Callable[[Callable[..., None]], Any]:
    def decorate(command: Callable[..., None]) -> Any:
        @functools.wraps(command)
        def wrapped(journal: Path | None, format_: str, **options: Any) -> None:
            asked = {name: options.pop(name) for name in _ASKED & options.keys()}
            command(Wanted(journal or default_state() / JOURNAL, format_, **asked), **options)

        found: Any = wrapped
        found = click.option("-o", "--output", type=click.Path(dir_okay=False), help="Write to FILE.")(found)
        found = click.option(
            "--format",
            "format_",
            type=click.Choice(formats),
            default="table",
            show_default=True,
            help="table is for people and may change.",
        )(found)
        if "html" in formats:
            found = click.option(
                "--lang",
                "language",
                type=click.Choice(["id", "en"]),
                default="id",
                show_default=True,
                help="Language of what is printed on paper.",
            )(found)
        found = click.option("--site", metavar="S", help="Only this site, by its id or name.")(found)
        found = click.option("--district", metavar="D", help="Only this district, by its id or name.")(found)
        for option in reversed(periods):
            found = option(found)
        alone = {"journal": "JOURNAL", "district": "--district", "site": "--site"}
        each = each_region("journal", journals, "a journal", alone=alone, needed=("month", "since"), page=page)
        found = each(found)
        path = click.Path(exists=True, dir_okay=False, path_type=Path)
        return click.argument("journal", type=path, required=False)(found)

    return decorate


def open_journal(path: Path) -> Any:
    """Return the journal, to be closed.

    Raises:
        StateError: there is none.
    """
    from netmon.journal.sqlite.journal import SqliteJournal  # noqa: PLC0415 (help must not load the fold)

    if not path.exists():
        raise StateError(f"there is no journal {path}", "name one: netmon report … /var/lib/netmon/journal.sqlite")
    return SqliteJournal(path, read_only=True)


def recorded(wanted: Wanted) -> Record:
    """Return the record of the period that was asked for, and let `wanted.only` know its sites.

    Raises:
        StateError: the journal says nothing of it.
        UsageError: the period, the district or the site cannot be.
    """
    from netmon.report.record import records  # noqa: PLC0415

    with closing(open_journal(wanted.journal)) as journal:
        period = _period(wanted, journal)
        found = records(journal, [period])[0]
    if found is None:
        raise StateError(f"{wanted.journal} holds nothing of {period.title}", "ask for a time when netmon ran")
    _choose(wanted, found)
    return found


def recorded_months(wanted: Wanted) -> list[Record]:
    """Return the records of the months that were asked for, as far as the journal says anything of them.

    Raises:
        StateError: it says nothing of any.
        UsageError: the month, the district or the site cannot be.
    """
    from netmon.report.period import back  # noqa: PLC0415
    from netmon.report.record import records  # noqa: PLC0415

    with closing(open_journal(wanted.journal)) as journal:
        zone, last = _zone_and_end(wanted, journal)
        final = _month(wanted.month, zone) if wanted.month else month_at(last, zone)
        periods = [back(final, count) for count in reversed(range(wanted.months))]
        found = [one for one in records(journal, periods) if one is not None]
    if not found:
        raise StateError(f"{wanted.journal} holds nothing of these months", "ask for a time when netmon ran")
    _choose(wanted, found[-1])
    return found


def _period(wanted: Wanted, journal: Journal) -> Period:
    from netmon.recall.recall import recall  # noqa: PLC0415
    from netmon.report.period import Period  # noqa: PLC0415

    if wanted.month is not None and (wanted.since or wanted.until):
        raise UsageError("--month says already from when to when", "leave out --from and --to")
    if wanted.month is not None:
        return _month(wanted.month, _zone(wanted, journal, wanted.month))
    start, end = moment(wanted.since, "--from"), moment(wanted.until, "--to")
    picture = recall(journal)
    if picture is None:
        raise StateError(f"{wanted.journal} holds nothing yet", "let `netmon run` write it for a while")
    zone = picture.inventory.timezone
    end = float(int(picture.at if end is None else end))
    if start is None:  # years of a journal need not be folded to say how it is going
        begun = min((timeline[0].start for timeline in picture.ledger.values() if timeline), default=picture.at)
        start = max(begun, month_at(end - PRINTED, zone).start)
    start = float(int(start))
    if start >= end:
        raise UsageError(f"the period ends at {rfc3339(end)}, before it begins", "give another --from or --to")
    return Period(start, end, zone)


def month_at(when: float, zone: str) -> Period:
    """Return the month in which a journal ends.

    Raises:
        StateError: it was written by a machine whose clock had not been set: in January of 1970, say.
    """
    from netmon.report.period import month, month_of  # noqa: PLC0415 (help must not load it)

    try:
        return month(month_of(when, zone), zone)
    except ValueError as error:
        raise StateError(
            f"the journal ends at {rfc3339(when)}: its machine had the wrong time",
            "say of which with --from and --to",
        ) from error


def _month(text: str, zone: str) -> Period:
    from netmon.report.period import back, month, month_of  # noqa: PLC0415

    if text == LAST:
        return back(month(month_of(SystemClock().wall(), zone), zone), 1)
    try:
        return month(text, zone)
    except ValueError as error:
        raise UsageError(f"--month {text!r} is not a month", "write it like 2026-10") from error


def _zone(wanted: Wanted, journal: Journal, month: str) -> str:
    """Return the time zone of the region as it was about when a month began."""
    from netmon.recall.recall import find_start  # noqa: PLC0415

    picture = find_start(journal, _month(month, "UTC").start).picture
    if picture is not None:
        return picture.inventory.timezone
    for entry in journal.read():
        if entry.inventory is not None:
            return entry.inventory.timezone
    raise StateError(f"{wanted.journal} holds nothing yet", "let `netmon run` write it for a while")


def _zone_and_end(wanted: Wanted, journal: Journal) -> tuple[str, float]:
    from netmon.recall.recall import recall  # noqa: PLC0415

    if wanted.month is not None:
        zone = _zone(wanted, journal, wanted.month)
        return zone, _month(wanted.month, zone).end - PRINTED
    picture = recall(journal)
    if picture is None:
        raise StateError(f"{wanted.journal} holds nothing yet", "let `netmon run` write it for a while")
    return picture.inventory.timezone, picture.at


def _choose(wanted: Wanted, record: Record) -> None:
    """Let `wanted.only` tell the sites that were asked for.

    Raises:
        UsageError: there is no such district or site.
    """
    from netmon.report.availability import places  # noqa: PLC0415

    sites = places(record)
    districts = {name: sites[name] for name in {site.district for site in sites.values()} if name in sites}
    district = _one("--district", wanted.district, districts)
    site = _one("--site", wanted.site, sites)
    wanted.only = lambda one: district in (None, one.district) and site in (None, one.id)


def _one(option: str, text: str | None, sites: dict[Any, Site]) -> str | None:
    if text is None or text in sites:
        return text
    named = [site.id for site in sites.values() if site.name.lower() == text.lower()]
    if len(named) > 1:
        raise UsageError(
            f"{option} {shown(text)} is the name of {len(named)} places", f"say which: {', '.join(named)}"
        )
    if not named:
        hint = did_you_mean(text, [site.name for site in sites.values()]) or "use an id or a name of the inventory"
        raise UsageError(f"{option} {shown(text)} is not in the inventory", hint)
    return named[0]
