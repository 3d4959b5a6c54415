"""Spreadsheets → a document, with the file and line of every row."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from netmon.errors import Problem
from netmon.inventory.files import read_text
from netmon.inventory.flaw import Path as Place
from netmon.inventory.flaw import did_you_mean, shown
from netmon.inventory.load import Drawing, Unread, anchor_secrets, read_part, survey, unreadable
from netmon.inventory.merge import Part, merge
from netmon.inventory.sheets import NETWORK, SHEETS, Column, read_cell
from netmon.inventory.yaml_read import Trouble, Unreadable

_NEEDED = ("sites", "nodes", "links")
_LEAST_WORD = 3
"""Letters of a first word by which a column is meant: fewer are the beginning of anything."""
_SEPARATOR = re.compile(r"sep=(?P<sign>[,;\t])\r?(\n|$)", re.IGNORECASE)
"""The line by which a file tells Excel what separates its columns."""


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows of one sheet as entries of their section; `lines` are where they begin in the file."""

    data: dict[str, Any]
    lines: tuple[int, ...] = ()

    def line(self, path: Place) -> int:
        """Return the line of an entry; 0 where no line belongs to a value."""
        index = path[1] if len(path) > 1 else None
        return self.lines[index] if isinstance(index, int) and index < len(self.lines) else 0


def read_sheets(folder: Path, head: dict[str, Any] | None = None) -> Drawing:
    """Read all sheets of a folder as one drawing; errors are part of what is returned.

    Args:
        folder: holds `sites.csv`, `nodes.csv`, `links.csv`, perhaps `cables.csv`, `services.csv`,
            `maintenance.csv`, `contracts.csv`, `network.yaml`.
        head: what the command line says of the whole network, where there is no `network.yaml`.
    """
    parts = [Part("command line", Rows(head))] if head else []
    problems: list[Problem] = []
    unread = Unread()
    if _is_there(folder / NETWORK):
        part, unread = read_part(folder / NETWORK, problems, unread)
        parts += part
    for section, columns in SHEETS.items():
        path = folder / f"{section}.csv"
        if section not in _NEEDED and not _is_there(path):
            continue
        try:
            text = read_text(path)
        except Unreadable as error:
            problems.append(unreadable(str(path), error))
            unread = unread.with_text(error.text)
            continue
        rows, troubles = _read_sheet(text, section, columns)
        problems += [Problem(str(path), line, "bad-sheet", message, hint) for line, message, hint in troubles]
        anchor_secrets(rows.data if rows is not None else None, folder)
        unread = unread if rows is not None else unread.with_text(text)
        parts += [Part(str(path), rows)] if rows is not None else []
    drawing = survey(merge(str(folder), parts), problems, unread)
    return replace(drawing, problems=tuple(_with_remedy(problem, str(folder)) for problem in drawing.problems))


def _with_remedy(problem: Problem, folder: str) -> Problem:
    """Return what is wrong with the sheets; of what stands in none of them, say where it belongs."""
    is_of_all = problem.code == "missing-key" and problem.file == folder
    return replace(problem, hint=f"write {NETWORK} beside the sheets, or say it in options") if is_of_all else problem


def _is_there(path: Path) -> bool:
    """Return whether there is a file; where nobody may look, whoever reads it says so."""
    try:
        path.stat()
    except OSError as error:
        return not isinstance(error, FileNotFoundError | NotADirectoryError)
    return True


def _read_sheet(text: str, section: str, columns: tuple[Column, ...]) -> tuple[Rows | None, list[Trouble]]:
    """Return the rows of a sheet, None when they cannot be told apart, and what is wrong with the sheet itself."""
    delimiter = delimiter_of(text)
    try:
        rows = list(numbered_rows(text, delimiter))
    except csv.Error as error:
        return None, [Trouble(text.count("\n") + 1, f"is not CSV: {error}", "look for a quote that is never closed")]
    if not rows:
        return None, [
            Trouble(1, "is empty", f"begin with a line of columns: {delimiter.join(c.name for c in columns)}")
        ]
    (_, names), *body = rows
    header, troubles = _header(names, columns, rows[0][0])
    entries, lines = [], []
    for line, cells in body:
        if any(cell.strip() for cell in cells[len(header) :]):
            hint = "put cells that hold the separator in quotes"
            troubles.append(Trouble(line, f"has {len(cells)} cells, but there are {len(header)} columns", hint))
        entry: dict[str, Any] = {}
        for column, cell in zip(header, cells, strict=False):
            if column is not None and cell.strip():
                _put(entry, column.path, read_cell(cell, column.cell, decimal_comma=delimiter == ";"))
        entries.append(entry)
        lines.append(line)
    return Rows({section: entries}, tuple(lines)), troubles


def delimiter_of(text: str) -> str:
    """Return what separates the columns: Excel writes semicolons where the comma is the decimal sign."""
    first = text.lstrip("\r\n").split("\n", 1)[0]
    if told := _SEPARATOR.match(first):
        return told["sign"]
    return max((",", ";", "\t"), key=first.count)


def numbered_rows(text: str, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Yield every row that is not empty, with the line it begins on.

    Raises:
        csv.Error: the rows cannot be told apart.
    """
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    begins = 1
    for cells in reader:
        if begins == 1 and _SEPARATOR.match(text):
            begins = reader.line_num + 1
            continue
        if any(cell.strip() for cell in cells):
            yield begins, cells
        begins = reader.line_num + 1


def _meant(name: str, known: Collection[str]) -> str:
    """Return a hint that names the column that is meant by a wrong name: one like it, or of the same first word."""
    hint = did_you_mean(name, known)
    if hint:
        return hint
    words = ((column, column.partition("_")[0]) for column in known)
    named = (column for column, word in words if len(word) >= _LEAST_WORD and name.startswith(word))
    return next((f'did you mean "{column}"?' for column in named), "")


def _header(names: list[str], columns: tuple[Column, ...], line: int) -> tuple[list[Column | None], list[Trouble]]:
    known = {column.name: column for column in columns}
    header: list[Column | None] = []
    troubles = []
    for name in (name.strip().lower() for name in names):
        column = known.get(name)
        if column is None and name:
            troubles.append(Trouble(line, f"unknown column {shown(name)}", _meant(name, known)))
        elif column is not None and column in header:
            troubles.append(Trouble(line, f"column {name} stands twice", "keep one of them"))
        header.append(column)
    if known["id"] not in header:
        troubles.append(Trouble(line, "has no column id", "the first line names the columns"))
    return header, troubles


def _put(entry: dict[str, Any], path: tuple[str, ...], value: Any) -> None:
    for key in path[:-1]:
        entry = entry.setdefault(key, {})
    entry[path[-1]] = value
