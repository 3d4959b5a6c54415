"""`netmon maintenance`: announce work, so that what it darkens pages nobody and is written down as what it is."""

from __future__ import annotations

import time
from pathlib import Path

import click

from netmon.cli.output import Format, Table, report_options, rfc3339, write_report
from netmon.cli.tell import state_option, tell
from netmon.cli.times import length, moment
from netmon.errors import UsageError

COLUMNS = ("id", "element", "from", "to", "active", "by", "note")


@click.group()
def maintenance() -> None:
    """Announce work, list it, end it early."""


@maintenance.command()
@click.argument("element")
@click.option("--from", "start", metavar="T", help="When it begins (RFC 3339; no zone means UTC).  [default: now]")
@click.option("--to", "end", metavar="T", help="When it ends.")
@click.option("--for", "lasting", metavar="LENGTH", help="How long it lasts instead, as 90m, 4h or 1d.")
@click.option("--id", "window", help="Name of the window.  [default: made from the time]")
@click.option("--note", default="", help="What is done, for those who ask later.")
@state_option
def add(
    element: str,
    start: str | None,
    end: str | None,
    lasting: str | None,
    window: str | None,
    note: str,
    state: Path | None,
) -> None:
    """Announce work on ELEMENT: cable:ID, link:ID, node:ID, power_area:ID or site:ID.

    It covers the fault that is the work, or cannot be told from it; whatever else fails meanwhile is told as ever.

    Example: netmon maintenance add cable:jenu-utara --for 4h --note poles
    """
    begins = moment(start, "--from")
    begins = time.time() if begins is None else begins
    if (end is None) == (lasting is None):
        raise UsageError("when does it end?", "give one of --to and --for")
    seconds = length(lasting, "--for", least=1.0)
    ends = moment(end, "--to") if seconds is None else begins + seconds
    name = window or f"m{begins:.0f}"
    tell(state, {"act": "schedule", "window": name, "element": element, "start": begins, "end": ends, "note": note})
    click.echo(name)


@maintenance.command()
@click.argument("window")
@state_option
def end(window: str, state: Path | None) -> None:
    """Say that the work WINDOW is over, or does not happen.

    Example: netmon maintenance end m1790000000
    """
    tell(state, {"act": "end", "window": window})


@maintenance.command("list")
@state_option
@report_options
def list_(state: Path | None, format_: Format, output: str | None) -> None:
    """List announced work: what goes on, what will, and what is over since a week.

    Example: netmon maintenance list --format json
    """
    rows = [
        {**one, "from": rfc3339(one["start"]), "to": rfc3339(one["end"])}
        for one in tell(state, {"act": "windows"})["windows"]
    ]
    rows = [{key: row[key] for key in COLUMNS} for row in rows]
    write_report(Table(COLUMNS, rows), format_=format_, output=output, document={"windows": rows})
