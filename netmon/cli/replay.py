"""`netmon replay`: fold a journal again, up to a moment, and print the picture it gives."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from netmon.cli.output import Format, Table, report_options, rfc3339, write_report
from netmon.cli.status import counts
from netmon.errors import StateError, UsageError


@click.command()
@click.argument("journal", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--until", metavar="T", help="Stop before the first entry after T (RFC 3339; no zone means UTC).")
@report_options
def replay(journal: Path, until: str | None, format_: Format, output: str | None) -> None:
    """Fold JOURNAL again and print the picture: the same bytes each time.

    Example: netmon replay /var/lib/netmon/journal.sqlite --until 2026-11-22T07:03:00Z --format json
    """
    from netmon.exporter.documents import incident_rows, site_rows  # noqa: PLC0415
    from netmon.journal.sqlite import SqliteJournal  # noqa: PLC0415 (help must not load the fold)
    from netmon.picture.fold import fold  # noqa: PLC0415
    from netmon.picture.state import Picture  # noqa: PLC0415

    end = _moment(until)
    picture: Picture | None = None
    source = SqliteJournal(journal, read_only=True)
    try:
        for entry in source.read():
            if end is not None and entry.at > end:
                break
            picture = fold(picture, entry)[0]
    finally:
        source.close()
    if picture is None:
        raise StateError(f"{journal} holds nothing up to then", "leave --until out to see the whole journal")
    incidents = incident_rows(picture)
    sites = [
        {key: row[key] for key in ("id", "name", "kind", "district", "verdict", "fault", "since")}
        for row in site_rows(picture)
    ]
    if format_ == "table":
        for incident in incidents:
            click.echo(f"{incident['id']}  {incident['text']}", err=output is not None)
        click.echo(counts(sites), err=output is not None)
        sites = [row for row in sites if row["verdict"] not in {"up", "unserved"}]
        if not sites:
            return
    write_report(
        Table(["id", "name", "kind", "district", "verdict", "fault", "since"], sites),
        format_=format_,
        output=output,
        document={
            "at": rfc3339(picture.at),
            "position": picture.position,
            "inventory": picture.inventory.digest,
            "sites": sites,
            "incidents": incidents,
        },
    )


def _moment(text: str | None) -> float | None:
    if text is None:
        return None
    try:
        when = datetime.fromisoformat(text)
    except ValueError as error:
        raise UsageError(f"--until {text!r} is not a time", "write it like 2026-11-22T07:03:00Z") from error
    return (when if when.tzinfo else when.replace(tzinfo=UTC)).timestamp()
