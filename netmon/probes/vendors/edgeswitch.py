"""Health of Ubiquiti's switches: the FASTPATH MIBs under 4413."""

from __future__ import annotations

import re

from netmon.probes.snmp.ber import Value, oid
from netmon.probes.vendors import health
from netmon.probes.vendors.rows import HealthRow, Quantity
from netmon.probes.vendors.tables import MINUTE, Found, Part, Table
from netmon.probes.vendors.values import integer, scaled, within

FREE = oid("1.3.6.1.4.1.4413.1.1.1.1.4.1.0")
SIZE = oid("1.3.6.1.4.1.4413.1.1.1.1.4.2.0")
CPU = oid("1.3.6.1.4.1.4413.1.1.1.1.4.9.0")
TEMPERATURE = oid("1.3.6.1.4.1.4413.1.1.43.1.8.1.5")

_KIB = 1024
_MINUTE_LOAD = re.compile(rb"60 Secs\s*\(\s*(\d{1,3}(?:\.\d{1,4})?)\s*%")


def decode_switch(found: Found) -> tuple[HealthRow, ...]:
    """Decode EdgeSwitch: memory in KiB, the load as a text of three averages, temperatures by unit and sensor."""
    free, size = integer(found.scalars.get(FREE)), integer(found.scalars.get(SIZE))
    measures = [health.measure(Quantity.CPU, "cpu", minute_load(found.scalars.get(CPU)))]
    if size is not None and size > 0 and free is not None:
        measures.append(health.measure(Quantity.MEMORY, "memory", 1.0 - free / size))
        measures.append(health.measure(Quantity.MEMORY_SIZE, "memory", float(size * _KIB)))
    for index in found.indexes(TEMPERATURE):
        celsius = scaled(found.at(TEMPERATURE, index), 1.0) or None
        measures.append(health.measure(Quantity.TEMPERATURE, health.place("sensor", index), celsius))
    return health.rows(measures)


def minute_load(value: Value) -> float | None:
    """Return the load over a minute from a text such as `5 Secs (6.5%) 60 Secs (7.2%) 300 Secs (7.0%)`."""
    found = _MINUTE_LOAD.search(value) if isinstance(value, bytes) else None
    return None if found is None else within(0.0, float(found.group(1)) / 100, 1.0)


SWITCH = Table(
    "ubiquiti.switch",
    Part.HEALTH,
    decode_switch,
    (TEMPERATURE,),
    (FREE, SIZE, CPU),
    every=MINUTE,
)
TABLES = (SWITCH,)
