"""How every report leaves netmon: a table for people, JSON and CSV for programs, to standard output or a file."""

from __future__ import annotations

import csv
import io
import json
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, TypeVar

import click

from netmon.clock import rfc3339
from netmon.errors import CannotError
from netmon.inventory.sheets import guard

__all__ = [
    "SCHEMA_VERSION", "Format", "Report", "Table", "defuse_formula", "gathered", "inventory_option",
    "many", "names_option", "put_by", "report_options", "rfc3339", "write_report", "write_text",
]  # fmt: skip

Format = Literal["table", "json", "csv"]
SCHEMA_VERSION = 1
F = TypeVar("F", bound=Callable[..., Any])


def report_options(command: F) -> F:
    """Add the options that all reports share: `--format` and `-o`."""
    command = click.option("-o", "--output", type=click.Path(dir_okay=False), help="Write to FILE.")(command)
    return click.option(
        "--format",
        "format_",
        type=click.Choice(["table", "json", "csv"]),
        default="table",
        show_default=True,
        help="table is for people and may change.",
    )(command)


def inventory_option(command: F) -> F:
    """Add `-i/--inventory`, also read from NETMON_INVENTORY."""
    return click.option(
        "-i",
        "--inventory",
        "inventory_path",
        envvar="NETMON_INVENTORY",
        type=click.Path(readable=False),
        required=True,
        help="Inventory: a YAML file or a folder of them.",
    )(command)


def names_option(meaning: str) -> Callable[[F], F]:
    """Return what adds `-i/--inventory` to a command that can do without: with one, what it holds can be named."""
    return click.option(
        "-i",
        "--inventory",
        "inventory_path",
        envvar="NETMON_INVENTORY",
        type=click.Path(readable=False, path_type=Path),
        help=meaning,
    )


@dataclass(frozen=True, slots=True)
class Table:
    """Rows for a report. `columns` are field names with units, such as `since` or `rtt_seconds`."""

    columns: Sequence[str]
    rows: Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Report:
    """What would have been written; `sheet` is a part of a page."""

    table: Table
    document: Mapping[str, Any] | None
    sheet: Any = None


_GATHERING: ContextVar[list[Report] | None] = ContextVar("gathering", default=None)


@contextmanager
def gathered() -> Iterator[list[Report]]:
    """Gather what is reported while the block lasts, instead of writing it."""
    found: list[Report] = []
    token = _GATHERING.set(found)
    try:
        yield found
    finally:
        _GATHERING.reset(token)


def put_by(sheet: object) -> None:
    """Keep a part of a page, which is drawn when all parts are there: what is gathered is never written alone."""
    gathering = _GATHERING.get()
    if gathering is None:
        raise RuntimeError("put_by() outside of gathered()")
    gathering.append(Report(Table((), ()), None, sheet))


def write_report(
    table: Table,
    *,
    format_: Format,
    output: str | None = None,
    document: Mapping[str, Any] | None = None,
    title: str | None = None,
) -> None:
    """Write one report. JSON is `document` (default `{"rows": …}`) with `schema_version`; CSV has a header."""
    if (gathering := _GATHERING.get()) is not None:
        gathering.append(Report(table, document))
        return
    if format_ == "json":
        body = {"schema_version": SCHEMA_VERSION, **(document or {"rows": list(table.rows)})}
        text = json.dumps(body, sort_keys=True, ensure_ascii=False, allow_nan=False, indent=2) + "\n"
    elif format_ == "csv":
        text = _csv(table)
    else:
        text = _plain(table, title) if output or not sys.stdout.isatty() else ""
        if not text:
            _rich(table, title)
            return
    write_text(text, output)


def write_text(text: str, output: str | None) -> None:
    """Write a text to FILE, or to standard output.

    Raises:
        CannotError: the file cannot be written.
    """
    if output is None:
        click.echo(text, nl=False)
        return
    try:
        Path(output).write_text(text, encoding="utf-8", errors="backslashreplace")  # as on standard output
    except OSError as error:
        raise CannotError(f"cannot write {output}: {error.strerror}", "choose another file with -o") from error


def many(count: int, things: str) -> str:
    """Return how many of something there are, in words; `things` is written for several."""
    return f"{count} {things if count != 1 else things.removesuffix('s')}"


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:.6g}"
    if isinstance(value, list | tuple):
        return " ".join(_cell(item) for item in value)
    return str(value)


def _csv(table: Table) -> str:
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(table.columns)
    for row in table.rows:
        writer.writerow([defuse_formula(_cell(row.get(column))) for column in table.columns])
    return buffer.getvalue()


def defuse_formula(text: str) -> str:
    """Return the cell so that no spreadsheet runs it; plain numbers run nothing and stay numbers."""
    try:
        float(text)
    except ValueError:
        return guard(text)
    return text


def _plain(table: Table, title: str | None) -> str:
    """Unboxed, unwrapped rows: what a pipe wants of a table."""
    cells = [list(table.columns)] + [[_cell(row.get(c)) for c in table.columns] for row in table.rows]
    widths = [max(len(line[i]) for line in cells) for i in range(len(table.columns))]
    lines = [] if title is None else [title]
    lines += [
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in cells
    ]
    return "\n".join(lines) + "\n"


def _rich(table: Table, title: str | None) -> None:
    from rich.box import SIMPLE_HEAD  # noqa: PLC0415
    from rich.console import Console  # noqa: PLC0415 (38 ms that pipes and completion need not pay)
    from rich.table import Table as RichTable  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    drawn = RichTable(title=title, title_justify="left", box=SIMPLE_HEAD, padding=(0, 1, 0, 0), pad_edge=False)
    for column in table.columns:
        drawn.add_column(column, overflow="fold")  # half an id, or half a sum of money, is worse than two lines
    for row in table.rows:
        drawn.add_row(*(Text(_cell(row.get(column))) for column in table.columns))
    Console().print(drawn)
