"""`netmon check`: everything wrong with an inventory, in one run."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click

from netmon.cli.output import Format, Table, many, report_options, write_report
from netmon.errors import ConfigError, Problem, UsageError
from netmon.inventory.load import Drawing, read_drawing


@click.command()
@click.argument("path", required=False, type=click.Path(readable=False))
@click.option(
    "-i",
    "--inventory",
    "inventory_path",
    envvar="NETMON_INVENTORY",
    type=click.Path(readable=False),
    help="Inventory: a YAML file or a folder of them.",
)
@report_options
def check(path: str | None, inventory_path: str | None, format_: Format, output: str | None) -> int:
    """Check an inventory and list everything wrong with it, each with its file and line.

    Exit code 0: it can be used, perhaps with warnings; 3: it has errors.

    Example: netmon check inventory/tuban
    """
    chosen = path or inventory_path
    if chosen is None:
        raise UsageError("no inventory to check", "netmon check PATH, or set NETMON_INVENTORY")
    drawing = read_drawing(Path(chosen))
    document = {"problems": [_row(problem) for problem in drawing.problems], "counts": _counts(drawing)}
    if format_ != "table" or drawing.problems or output:
        write_report(_table(drawing.problems, format_), format_=format_, output=output, document=document)
    click.echo(_summary(chosen, drawing), err=True)
    return ConfigError.exit_code if drawing.errors else 0


def _table(problems: Sequence[Problem], format_: Format) -> Table:
    if format_ == "table":
        rows = [{"where": f"{p.file}:{p.line}" if p.line else p.file, **_row(p)} for p in problems]
        return Table(("where", "severity", "message", "hint"), rows)
    return Table(("file", "line", "severity", "code", "message", "hint"), [_row(problem) for problem in problems])


def _row(problem: Problem) -> dict[str, Any]:
    return {
        "file": problem.file,
        "line": problem.line or None,
        "severity": str(problem.severity),
        "code": problem.code,
        "message": problem.message,
        "hint": problem.hint or None,
    }


def _counts(drawing: Drawing) -> dict[str, int]:
    draft = drawing.draft
    counts = {section: len(ids) for section, ids in draft.ids.items()}
    return {**counts, "errors": drawing.errors, "warnings": len(drawing.problems) - drawing.errors}


def _summary(path: str, drawing: Drawing) -> str:
    counts = _counts(drawing)
    found = ", ".join(many(counts[level], level) for level in ("errors", "warnings") if counts[level])
    if drawing.errors:
        return f"{path}: {found}"
    size = ", ".join(many(counts.get(section, 0), section) for section in ("sites", "nodes", "links", "cables"))
    return f"{path}: good: {size}" + (f"; {found}" if found else "")
