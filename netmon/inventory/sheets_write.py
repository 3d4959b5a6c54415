"""An inventory as spreadsheets: the drawing as it is written, with what is inherited left out."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from netmon.errors import CannotError
from netmon.inventory.draft import Draft
from netmon.inventory.schema import Item
from netmon.inventory.sheets import NETWORK, SHEETS, Column, write_cell
from netmon.inventory.yaml_write import to_yaml


def to_sheets(draft: Draft) -> dict[str, str]:
    """Return the text of every file by its name. CSV begins with a byte order mark, by which Excel knows UTF-8."""
    entries: Mapping[str, Mapping[int, Item]] = {
        "cables": draft.cables,
        "sites": draft.sites,
        "nodes": draft.nodes,
        "links": draft.links,
        "services": draft.services,
        "maintenance": draft.maintenance,
        "contracts": draft.contracts,
    }
    files = {f"{section}.csv": _sheet(columns, entries[section]) for section, columns in SHEETS.items()}
    if draft.head is not None:
        head = draft.head.model_dump(mode="json", exclude_unset=True, exclude_none=True)
        files[NETWORK] = to_yaml(head, "What is said of the whole network; the rest is in the CSV files beside.")
    return files


def write_sheets(draft: Draft, folder: Path) -> list[Path]:
    """Write all files into a folder, which is made where there is none; return their paths.

    Raises:
        CannotError: the folder or a file cannot be written.
    """
    written = []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in to_sheets(draft).items():
            path = folder / name
            path.write_text(text, encoding="utf-8", newline="")
            written.append(path)
    except OSError as error:
        raise CannotError(
            f"cannot write {error.filename or folder}: {error.strerror}", "choose another folder"
        ) from error
    return written


def _sheet(columns: tuple[Column, ...], entries: Mapping[int, Item]) -> str:
    buffer = io.StringIO(newline="")
    buffer.write("\ufeff")
    writer = csv.writer(buffer)
    writer.writerow(column.name for column in columns)
    for entry in entries.values():
        row = entry.model_dump(mode="json", exclude_unset=True, exclude_none=True)
        writer.writerow(write_cell(_at(row, column.path), column.cell) for column in columns)
    return buffer.getvalue()


def _at(row: Any, path: tuple[str, ...]) -> Any:
    for key in path:
        row = row.get(key) if isinstance(row, dict) else None
    return row
