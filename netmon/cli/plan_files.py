"""Candidate spans as people write them, and plans as maps draw them."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from netmon.errors import ConfigError, Problem
from netmon.inventory.flaw import did_you_mean, shown
from netmon.model import Inventory, LinkKind

if TYPE_CHECKING:
    from netmon.topology.planning.candidates import Candidate

_NEEDED = ("a", "b", "length_km", "cost")


def read_candidates(path: str, inventory: Inventory) -> list[Candidate]:
    """Return the spans of a CSV file with the columns a, b, length_km, cost, and perhaps kind.

    Raises:
        ConfigError: it cannot be used; `problems` lists every reason.
    """
    try:
        text = Path(path).read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"cannot read {path}: {error}", "name a CSV file in UTF-8") from error
    rows = csv.DictReader(io.StringIO(text), delimiter=";" if ";" in text.partition("\n")[0] else ",")
    missing = [name for name in _NEEDED if name not in (rows.fieldnames or ())]
    if missing:
        raise ConfigError(f"{path} has no column {missing[0]}", f"its first line is {','.join(_NEEDED)}")
    problems: list[Problem] = []
    spans: list[Candidate] = []
    for row in rows:
        flaws = list(_flaws(row, inventory))
        problems += [Problem(path, rows.line_num, "candidate", message, hint) for message, hint in flaws]
        if not flaws:
            spans.append(_candidate(row))
    if problems:
        count = f"{len(problems)} error{'s' * (len(problems) > 1)}"
        raise ConfigError(f"{path} cannot be used as candidates: {count}", problems=tuple(problems))
    return sorted(spans)


def _flaws(row: dict[str, Any], inventory: Inventory) -> Iterator[tuple[str, str]]:
    for column in ("a", "b"):
        site = row[column] or ""
        if site not in inventory.sites:
            yield f"there is no site {shown(site)}", did_you_mean(site, sorted(inventory.sites)) or "use ids of sites"
    for column in ("length_km", "cost"):
        try:
            good = math.isfinite(value := float(row[column] or "")) and value >= 0
        except ValueError:
            good = False
        if not good:
            yield f"{column} is {shown(row[column])}", "write a number, as 4.2"
    if row.get("kind") and row["kind"] not in tuple(LinkKind):
        yield f"kind is {shown(row['kind'])}", f"one of {', '.join(LinkKind)}"


def _candidate(row: dict[str, str]) -> Candidate:
    from netmon.topology.planning.candidates import Candidate  # noqa: PLC0415 (help must not load it)

    kind = LinkKind(row.get("kind") or "fibre")
    a, b = sorted((row["a"], row["b"]))
    return Candidate(a, b, float(row["length_km"]), float(row["cost"]), kind)
