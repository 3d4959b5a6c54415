"""Candidate spans as people write them."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from netmon.errors import ConfigError, Problem
from netmon.inventory.flaw import Hints, shown
from netmon.inventory.sheets import read_cell
from netmon.inventory.sheets_read import delimiter_of, numbered_rows
from netmon.model import Inventory, LinkKind

if TYPE_CHECKING:
    from netmon.topology.planning.candidates import Candidate

_NEEDED = ("a", "b", "length_km", "cost")
_NUMBERS = ("length_km", "cost")
MAX_BYTES = 64 * 2**20
MOST = 1e15
"""The dearest and the longest that a span may be: what is beyond is a slip, and sums of it are no numbers."""

Row = Mapping[str, Any]
Trouble = tuple[int, str, str]
"""A line, what is wrong with it, and what to do."""


def read_candidates(path: str, inventory: Inventory) -> list[Candidate]:
    """Return the spans of a CSV file with the columns a, b, length_km, cost, and perhaps kind.

    Raises:
        ConfigError: it cannot be used; `problems` lists every reason.
    """
    spans, troubles = _read(_text(path), inventory)
    if troubles:
        problems = tuple(Problem(path, line, "candidate", message, hint) for line, message, hint in troubles)
        count = f"{len(problems)} error{'s' * (len(problems) > 1)}"
        raise ConfigError(f"{path} cannot be used as candidates: {count}", problems=problems)
    return sorted(spans)


def _text(path: str) -> str:
    try:
        with Path(path).open("rb") as file:
            content = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise ConfigError(f"cannot read {path}: {error.strerror}", "name a CSV file with --candidates") from error
    if len(content) > MAX_BYTES:
        raise ConfigError(f"{path} is larger than {MAX_BYTES // 2**20} MiB", "candidates are one span in a line")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise ConfigError(f"{path}:{line} is not UTF-8 text", "save the file as UTF-8") from None


def _read(text: str, inventory: Inventory) -> tuple[list[Candidate], list[Trouble]]:
    """Return the spans, and everything that is wrong."""
    delimiter = delimiter_of(text)
    try:
        numbered = list(numbered_rows(text, delimiter))
    except csv.Error as error:
        return [], [(text.count("\n") + 1, f"is not CSV: {error}", "look for a quote that is never closed")]
    line, header = numbered[0] if numbered else (1, [])
    columns = [name.strip().lower() for name in header]
    missing = [name for name in _NEEDED if name not in columns]
    if missing:
        return [], [(line, f"has no column {', '.join(missing)}", f"its first line is {delimiter.join(_NEEDED)}")]
    twice = sorted({name for name in columns if name and columns.count(name) > 1})
    if twice:
        return [], [(line, f"column {', '.join(twice)} stands twice", "keep one of them")]
    hints, spans, troubles = Hints(), [], []
    for line, cells in numbered[1:]:
        row = {
            name: read_cell(cell, "number" if name in _NUMBERS else "text", decimal_comma=delimiter == ";")
            for name, cell in zip(columns, cells, strict=False)
        }
        flaws = list(_flaws(row, inventory, hints))
        if any(cell.strip() for cell in cells[len(columns) :]):
            told = f"has {len(cells)} cells, but there are {len(columns)} columns"
            flaws.append((told, "put cells that hold the separator in quotes"))
        troubles += [(line, *flaw) for flaw in flaws]
        if not flaws:
            spans.append(_candidate(row))
    return spans, troubles


def _flaws(row: Row, inventory: Inventory, hints: Hints) -> Iterator[tuple[str, str]]:
    ends = [row.get(column) or "" for column in ("a", "b")]
    for site in ends:
        if site not in inventory.sites:
            yield f"there is no site {shown(site)}", hints.did_you_mean(site, inventory.sites) or "use ids of sites"
    if ends[0] == ends[1] and ends[0] in inventory.sites:
        yield f"the span begins and ends at {ends[0]}", "a span joins two sites"
    for column in _NUMBERS:
        value = row.get(column)
        if not isinstance(value, int | float) or not 0 <= value <= MOST:
            yield f"{column} is {shown(value)}", "write a number, as 4.2"
    if row.get("kind") and row["kind"] not in tuple(LinkKind):
        yield f"kind is {shown(row['kind'])}", f"one of {', '.join(LinkKind)}"


def _candidate(row: Row) -> Candidate:
    from netmon.topology.planning.candidates import Candidate  # noqa: PLC0415 (help must not load it)

    kind = LinkKind(row.get("kind") or "fibre")
    a, b = sorted((row["a"], row["b"]))
    return Candidate(a, b, float(row["length_km"]), float(row["cost"]), kind)
