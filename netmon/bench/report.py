"""What all benches share: the county they run on, and the form in which they print their rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

from netmon.cli.output import Format, Table, write_report
from netmon.inventory.load import load_inventory
from netmon.model import Inventory


def county_inventory(path: Path | None) -> Inventory:
    """Return the inventory at `path`, or the reference county that travels with the package."""
    if path is not None:
        return load_inventory(path).inventory
    with as_file(files("netmon").joinpath("data", "tuban")) as folder:
        return load_inventory(folder).inventory


def bench_report(
    rows: Sequence[Mapping[str, Any]], ratios: Mapping[str, float], *, format_: Format, output: str | None
) -> None:
    """Print rows, one per engine, and the ratios between them."""
    columns = list(dict.fromkeys(column for row in rows for column in row))
    write_report(
        Table(columns, rows), format_=format_, output=output, document={"rows": list(rows), "ratios": dict(ratios)}
    )
