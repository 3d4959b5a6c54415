"""FiberHome switches (S5800 and others of its USP software): the WRI MIBs under 3807, where all things have names."""

from __future__ import annotations

from netmon.probes.snmp.ber import Index, oid
from netmon.probes.vendors import health
from netmon.probes.vendors.rows import HealthRow, Quantity
from netmon.probes.vendors.tables import MINUTE, Found, Part, Table
from netmon.probes.vendors.values import integer, ratio_of_percent, scaled, text

_WRI = "1.3.6.1.4.1.3807.1.8012.1."
SUPPLY_STATE = oid(_WRI + "2.1.1.3")
SUPPLY_NAME = oid(_WRI + "2.1.1.13")
CPU = oid(_WRI + "4.1.1.2")  # hundredths of a per cent
CPU_NAME = oid(_WRI + "4.1.1.12")
MEMORY = oid(_WRI + "5.4.1.18")
MEMORY_NAME = oid(_WRI + "5.4.1.19")
CELSIUS = oid(_WRI + "6.2.1.5")
CELSIUS_NAME = oid(_WRI + "6.2.1.9")
VOLTAGE = oid(_WRI + "7.2.1.5")  # millivolts
VOLTAGE_NAME = oid(_WRI + "7.2.1.9")
COLUMNS = (
    SUPPLY_STATE,
    SUPPLY_NAME,
    CPU,
    CPU_NAME,
    MEMORY,
    MEMORY_NAME,
    CELSIUS,
    CELSIUS_NAME,
    VOLTAGE,
    VOLTAGE_NAME,
)

_SUPPLY_OK = {0: True, 1: False, 2: False}  # normal, insufficient, overloaded


def decode_health(found: Found) -> tuple[HealthRow, ...]:
    """Decode load, memory, temperatures, voltages and supplies; 0 °C is no sample."""

    def name(column: bytes, index: Index) -> str | None:
        return text(found.at(column, index)) or "/".join(map(str, index))

    measures = [
        health.measure(Quantity.CPU, name(CPU_NAME, index), ratio_of_percent(found.at(CPU, index), 1e-4))
        for index in found.indexes(CPU)
    ]
    measures += [
        health.measure(Quantity.MEMORY, name(MEMORY_NAME, index), ratio_of_percent(found.at(MEMORY, index)))
        for index in found.indexes(MEMORY)
    ]
    for quantity, column, names, factor in (
        (Quantity.TEMPERATURE, CELSIUS, CELSIUS_NAME, 1.0),
        (Quantity.VOLTAGE, VOLTAGE, VOLTAGE_NAME, 1e-3),
    ):
        measures += [
            health.measure(quantity, name(names, index), scaled(found.at(column, index), factor) or None)
            for index in found.indexes(column)
        ]
    for index in found.indexes(SUPPLY_STATE):
        state = integer(found.at(SUPPLY_STATE, index))
        is_ok = None if state is None else _SUPPLY_OK.get(state)
        measures.append(health.measure(Quantity.POWER_SUPPLY, name(SUPPLY_NAME, index), None, is_ok))
    return health.rows(measures)


HEALTH = Table("fiberhome.switch", Part.HEALTH, decode_health, COLUMNS, every=MINUTE)
TABLES = (HEALTH,)
