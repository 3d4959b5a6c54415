"""Health of D-Link's switches: AGENT-GENERAL-MIB and EQUIPMENT-MIB. Per cent, and °C by unit."""

from __future__ import annotations

from netmon.probes.snmp.ber import oid
from netmon.probes.vendors import health
from netmon.probes.vendors.rows import HealthRow, Quantity
from netmon.probes.vendors.tables import MINUTE, Found, Part, Table
from netmon.probes.vendors.values import ratio_of_percent, scaled

CPU = oid("1.3.6.1.4.1.171.12.1.1.6.2.0")  # over one minute
MEMORY = oid("1.3.6.1.4.1.171.12.1.1.9.1.4.0")
TEMPERATURE = oid("1.3.6.1.4.1.171.12.11.1.8.1.2")


def decode_health(found: Found) -> tuple[HealthRow, ...]:
    """Decode the load, the memory in use and the temperatures; 0 °C is none."""
    measures = [
        health.measure(Quantity.CPU, "cpu", ratio_of_percent(found.scalars.get(CPU))),
        health.measure(Quantity.MEMORY, "memory", ratio_of_percent(found.scalars.get(MEMORY))),
    ]
    for index in found.indexes(TEMPERATURE):
        celsius = scaled(found.at(TEMPERATURE, index), 1.0) or None
        measures.append(health.measure(Quantity.TEMPERATURE, health.place("unit", index), celsius))
    return health.rows(measures)


TABLES = (Table("dlink.health", Part.HEALTH, decode_health, (TEMPERATURE,), (CPU, MEMORY), every=MINUTE),)
