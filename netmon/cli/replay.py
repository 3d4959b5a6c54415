"""`netmon replay`: fold a journal again, up to a moment, and print the picture it gives."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import click

from netmon.cli.output import Format, Table, report_options, rfc3339, write_report
from netmon.cli.status import counts
from netmon.cli.times import moment
from netmon.errors import StateError


@click.command()
@click.argument("journal", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--until", metavar="T", help="Stop before the first entry after T (RFC 3339; no zone means UTC).")
@click.option("--whole", is_flag=True, help="Fold every entry; begin with no checkpoint.")
@report_options
def replay(journal: Path, until: str | None, whole: bool, format_: Format, output: str | None) -> None:
    """Fold JOURNAL again and print the picture: the same bytes each time.

    Folding begins with the newest checkpoint before T, which gives the same picture as folding everything.

    Example: netmon replay /var/lib/netmon/journal.sqlite --until 2026-11-22T07:03:00Z --format json
    """
    from netmon.exporter.api.documents import incident_rows, site_rows  # noqa: PLC0415
    from netmon.journal.sqlite.journal import SqliteJournal  # noqa: PLC0415 (help must not load the fold)
    from netmon.recall.recall import recall  # noqa: PLC0415

    with closing(SqliteJournal(journal, read_only=True)) as source:
        picture = recall(source, moment(until, "--until"), whole=whole)
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
