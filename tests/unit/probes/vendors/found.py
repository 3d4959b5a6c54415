"""What a device said, made by hand: tables for decoders, with the cells that a poll would ask for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from netmon.probes.snmp.ber import Index, Value, encode_arcs
from netmon.probes.vendors.tables import Found, Table

Columns = Mapping[bytes, Mapping[Index, Value]]


def about(value: float) -> Any:
    return pytest.approx(value)


def read(
    table: Table,
    columns: Columns,
    cells: Columns | None = None,
    *,
    scalars: Mapping[bytes, Value] | None = None,
    ports: Mapping[int, str] | None = None,
) -> Sequence[Any]:
    """Return the rows of a table; of the cells, those that the table asks for."""
    seen = Found(columns, dict(scalars or {}), dict(ports or {}))
    there = {
        column + encode_arcs(index): value for column, at in (cells or {}).items() for index, value in at.items()
    }
    wanted = () if table.cells is None else [name for names in table.cells(seen).values() for name in names]
    metered = {name: there[name] for name in wanted if name in there}
    return table.decode(Found(columns, {**seen.scalars, **metered}, seen.ports))


def ip(text: str) -> bytes:
    return bytes(int(part) for part in text.split("."))
