"""Health of BDCOM's switches: NMS-PROCESS-MIB, NMS-MEMORY-POOL-MIB and the temperatures of NMS-CARD-SYS-MIB."""

from __future__ import annotations

from netmon.probes.snmp.ber import oid
from netmon.probes.vendors import health
from netmon.probes.vendors.rows import HealthRow, Quantity
from netmon.probes.vendors.tables import MINUTE, Found, Part, Table
from netmon.probes.vendors.values import ratio_of_percent, scaled, text

CPU = oid("1.3.6.1.4.1.3320.9.109.1.1.1.1.4")  # over one minute
MEMORY = oid("1.3.6.1.4.1.3320.9.48.1.0")
MEMORY_SIZE = oid("1.3.6.1.4.1.3320.9.48.2.0")  # octets
TEMPERATURE_NAME = oid("1.3.6.1.4.1.3320.9.181.1.1.2")
TEMPERATURE = oid("1.3.6.1.4.1.3320.9.181.1.1.7")


def decode_health(found: Found) -> tuple[HealthRow, ...]:
    """Decode the load, the memory and the temperatures; 0 °C is none."""
    loads = [load for index in found.indexes(CPU) if (load := ratio_of_percent(found.at(CPU, index))) is not None]
    measures = [
        health.measure(Quantity.CPU, "cpu", sum(loads) / len(loads) if loads else None),
        health.measure(Quantity.MEMORY, "memory", ratio_of_percent(found.scalars.get(MEMORY))),
        health.measure(Quantity.MEMORY_SIZE, "memory", scaled(found.scalars.get(MEMORY_SIZE), 1.0)),
    ]
    for index in found.indexes(TEMPERATURE):
        celsius = scaled(found.at(TEMPERATURE, index), 1.0) or None
        name = text(found.at(TEMPERATURE_NAME, index)) or health.place("board", index)
        measures.append(health.measure(Quantity.TEMPERATURE, name, celsius))
    return health.rows(measures)


TABLES = (
    Table(
        "bdcom.health",
        Part.HEALTH,
        decode_health,
        (CPU, TEMPERATURE_NAME, TEMPERATURE),
        (MEMORY, MEMORY_SIZE),
        every=MINUTE,
    ),
)
