"""What any value of any row may be, whatever a device sent: told by the unit that its name ends with."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import fields

from netmon.probes.snmp.reading import DeviceRows
from netmon.probes.vendors.rows import HealthRow, OnuRow, OpticRow, Quantity, Row
from netmon.probes.vendors.tables import Part

BOUNDS = {
    "dbm": (-150.0, 50.0),  # radio goes further than light
    "celsius": (-40.0, 125.0),
    "amperes": (-1000.0, 1000.0),
    "volts": (-100.0, 1000.0),
    "watts": (0.0, 1e5),
    "meters": (0.0, 1e6),
    "seconds": (0.0, 2.0**32),
    "ratio": (0.0, 1.0),
    "bytes": (0.0, 2.0**64),
    "second": (0.0, 1e13),  # bits_per_second
    "hertz": (0.0, 1e12),
    "rpm": (0.0, 1e5),
    "db": (-200.0, 200.0),
}
LIGHT = (-45.0, 10.0)
LEAST_BIAS = 1e-4


def flaws(row: Row) -> Iterable[str]:
    """Yield what is wrong with the numbers of one row."""
    for field in fields(row):
        value = getattr(row, field.name)
        if isinstance(value, bool) or not isinstance(value, int | float):
            continue
        unit = field.name.rpartition("_")[2]
        if isinstance(row, HealthRow) and field.name == "value":
            unit = row.quantity.rpartition("_")[2]
        low, high = BOUNDS.get(unit, (0.0, 2.0**64))
        if unit == "dbm" and isinstance(row, OnuRow | OpticRow):
            low, high = LIGHT
        if not math.isfinite(value) or not low <= value <= high:
            yield f"{type(row).__name__}.{field.name} = {value}"
    if isinstance(row, OnuRow | OpticRow) and 0.0 < (row.bias_amperes or 0.0) < LEAST_BIAS:
        yield f"{type(row).__name__}.bias_amperes = {row.bias_amperes}: no laser lases with it"
    if isinstance(row, OnuRow) and (row.receive_power_dbm == 0.0 or (row.online is False and row.receive_power_dbm)):
        yield f"light of {row.receive_power_dbm} dBm at an ONU that is off or has none"
    if isinstance(row, HealthRow) and row.quantity is Quantity.POWER_SUPPLY and row.value is not None:
        yield "a power supply has no value"


def all_flaws(said: DeviceRows) -> list[str]:
    """Return what is wrong with everything that a device said."""
    system = [] if said.system is None else [said.system.uptime_seconds or 0.0]
    rows = (row for part in Part for row in getattr(said, part))
    return [flaw for row in rows for flaw in flaws(row)] + [f"uptime {t}" for t in system if not 0 <= t < 1e10]
