"""Measures of a device's own well-being: what is plausible for each quantity."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace

from netmon.probes.snmp.ber import Index
from netmon.probes.vendors.rows import HealthRow, Quantity
from netmon.probes.vendors.values import within

_PLAUSIBLE = {
    Quantity.CPU: (0.0, 1.0),
    Quantity.MEMORY: (0.0, 1.0),
    Quantity.MEMORY_SIZE: (1.0, 2.0**50),
    Quantity.TEMPERATURE: (-40.0, 125.0),
    Quantity.SUPPLY: (1.0, 1000.0),
    Quantity.VOLTAGE: (-100.0, 1000.0),
    Quantity.CURRENT: (0.0, 1000.0),
    Quantity.POWER: (0.0, 1e5),
    Quantity.FAN: (0.0, 6e4),
    Quantity.HUMIDITY: (0.0, 1.0),
    Quantity.POWER_SUPPLY: (0.0, 0.0),  # has a state, no value
}


def measure(quantity: Quantity, name: str | None, value: float | None, is_ok: bool | None = None) -> HealthRow | None:
    """Return one measure; None without a plausible value, unless the device judges the thing itself."""
    low, high = _PLAUSIBLE[quantity]
    kept = within(low, value, high)
    kept = None if kept is None or quantity is Quantity.POWER_SUPPLY else round(kept, 6)
    return None if kept is None and is_ok is None else HealthRow(quantity, name or quantity.name.lower(), kept, is_ok)


def rows(measures: Iterable[HealthRow | None]) -> tuple[HealthRow, ...]:
    """Return the measures that are there; of several with one name the later ones are numbered."""
    met: Counter[tuple[str, str]] = Counter()
    told = []
    for row in measures:
        if row is not None:
            met[row.key] += 1
            told.append(row if met[row.key] == 1 else replace(row, name=f"{row.name} #{met[row.key]}"))
    return tuple(told)


def place(kind: str, index: Index) -> str:
    """Return what to call a part that has no name: its kind and the numbers of its row."""
    return f"{kind} {'/'.join(map(str, index))}"
