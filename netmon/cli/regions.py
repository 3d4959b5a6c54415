"""The option `--regions`: a report over many regions, each row with the region it is of."""

from __future__ import annotations

import contextlib
import functools
import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

from netmon.cli.output import Report, Table, gathered, write_report, write_text
from netmon.errors import AwayError, StateError, UsageError
from netmon.inventory.files import SUFFIXES

SQLITE = ".sqlite"

Own = Callable[[str], Mapping[str, Any]]
"""Returns the options that a region of this name has for itself."""
Page = Callable[[Sequence[Any], Any], str]
"""Draws the sheets that regions put by, in a language."""


def by_name(_options: Mapping[str, Any]) -> Own:
    """Let the command of each region know its name."""
    return lambda name: {"region": name}


def inventories(folder: Path) -> Iterator[tuple[str, Path]]:
    """Yield the regions of a folder: each folder or YAML file in it is the inventory of one."""
    for path in _entries(folder):
        if path.is_dir():
            yield path.name, path
        elif path.suffix.lower() in SUFFIXES:
            yield path.stem, path


def journals(folder: Path) -> Iterator[tuple[str, Path]]:
    """Yield the regions of a folder: each journal in it, or state folder with one, is that of a region."""
    for path in _entries(folder):
        if path.suffix == SQLITE and path.is_file():
            yield path.stem, path
        elif (path / "journal.sqlite").is_file():
            yield path.name, path / "journal.sqlite"


def _entries(folder: Path) -> list[Path]:
    """Return what is in a folder, in the order of names; what is hidden, such as `.git`, is nobody's region."""
    return sorted(path for path in folder.iterdir() if not path.name.startswith("."))


def each_region(
    parameter: str,
    found: Callable[[Path], Iterator[tuple[str, Path]]],
    what: str,
    *,
    alone: dict[str, str],
    needed: tuple[str, ...] = (),
    own: Callable[[Mapping[str, Any]], Own] = by_name,
    page: Page | None = None,
) -> Callable[[Callable[..., Any]], Any]:
    """Add `--regions`: the command runs once for each region, and what it reports becomes one report.

    Args:
        parameter: of the command, for the path of one region.
        found: the regions of a folder.
        what: one region's, in words.
        alone: parameters that say something of one region only, with their options.
        needed: options without any of which regions would be of different times.
        own: what each region has for itself, by the options that were given.
        page: draws the report as HTML, if there is one of many regions.
    """

    def decorate(command: Callable[..., Any]) -> Any:
        @functools.wraps(command)
        def wrapped(regions: Path | None, **options: Any) -> Any:
            if regions is None:
                return command(**options)
            given = click.get_current_context().get_parameter_source
            wrong = [option for name, option in alone.items() if given(name) is ParameterSource.COMMANDLINE]
            if wrong:
                raise UsageError(f"{', '.join(wrong)} is about one region", "leave it out, or leave out --regions")
            if needed and not any(options.get(name) for name in needed):
                raise UsageError("--regions compares regions over one time", "say which with --month YYYY-MM")
            known = ["table", "json", "csv", *(["html"] if page is not None else [])]
            if options["format_"] not in known:
                raise UsageError(
                    f"this report as {options['format_']} is of one region", f"choose {', '.join(known)}"
                )
            places = list(found(regions))
            if not places:
                raise UsageError(f"{regions} holds no region", f"put {what} of each into it")
            of_region = own(options)
            return _over(
                places, lambda name, path: command(**{**options, parameter: path, **of_region(name)}), options, page
            )

        return click.option(
            "--regions",
            type=click.Path(exists=True, file_okay=False, path_type=Path),
            metavar="FOLDER",
            help=f"One report over many regions: FOLDER has {what} of each, named after it.",
        )(wrapped)

    return decorate


def _over(
    places: list[tuple[str, Path]], run: Callable[[str, Path], Any], options: dict[str, Any], page: Page | None
) -> int:
    """Run a report for each region and write them as one; a region that has nothing to say is named."""
    reports: list[tuple[str, Report]] = []
    silent: list[str] = []
    code = 0
    for name, path in places:
        said = io.StringIO()
        try:
            with gathered() as found, contextlib.redirect_stderr(said):
                code = max(code, run(name, path) or 0)
        except (StateError, AwayError) as error:
            silent.append(name)
            said.write(f"{error}\n")
        for line in said.getvalue().splitlines():
            click.echo(f"{name}: {line}", err=True)
        reports += [(name, one) for one in found]
    if options["format_"] == "html" and page is not None:
        if reports:
            write_text(page([one.sheet for _, one in reports], options["language"]), options["output"])
        return _told(silent, len(places), code)
    columns = dict.fromkeys(column for _, one in reports for column in one.table.columns)
    rows = [{**row, "region": name} for name, one in reports for row in one.table.rows]
    if rows or options["format_"] != "table":
        documents = [{**(one.document or {"rows": list(one.table.rows)}), "region": name} for name, one in reports]
        write_report(
            Table(("region", *columns), rows),
            format_=options["format_"],
            output=options["output"],
            document={"regions": documents, "silent": silent},
        )
    return _told(silent, len(places), code)


def _told(silent: list[str], count: int, code: int) -> int:
    """Say which regions had nothing to say; return the exit code."""
    if silent:
        click.echo(f"{len(silent)} of {count} regions have nothing to say: {', '.join(silent)}", err=True)
    return max(code, 1) if silent else code
