"""Health of ZTE's switches and routers (ZXR10), whose systems have a tree of their own each.

ZXR10-MIB of 59xx, 89xx and T600 (3902.3.3); the tables of 9900 (3902.3.600); and the single values of small ones
(3902.15.2), by series, texts such as `10.1` among them. All in per cent, °C and revolutions per minute.
"""

from __future__ import annotations

from netmon.probes.snmp.ber import oid
from netmon.probes.vendors import health
from netmon.probes.vendors.rows import HealthRow, Quantity
from netmon.probes.vendors.tables import MINUTE, Found, Part, Table
from netmon.probes.vendors.values import ratio_of_percent, scaled

_UNIT = "1.3.6.1.4.1.3902.3.3.1.1."
UNIT_MEMORY = oid(_UNIT + "4")
UNIT_CPU_TWO_MINUTES = oid(_UNIT + "5")
UNIT_CPU_FIVE_MINUTES = oid(_UNIT + "12")

_CHASSIS = "1.3.6.1.4.1.3902.3.600.2."
MEMORY = oid(_CHASSIS + "1.1.4")
CPU = oid(_CHASSIS + "1.1.6")  # over one minute
FAN_SPEED = oid(_CHASSIS + "3.1.4")
TEMPERATURES = tuple(oid(f"{_CHASSIS}4.1.{sensor}") for sensor in (3, 5, 7))

SERIES = (2, 10, 11, 30)  # 26xx, 38xx, 29xx, 52xx
SMALL_CPU = tuple(oid(f"1.3.6.1.4.1.3902.15.2.{series}.1.3.0") for series in SERIES)  # over two minutes
SMALL_MEMORY = tuple(oid(f"1.3.6.1.4.1.3902.15.2.{series}.1.5.0") for series in SERIES)


def decode_units(found: Found) -> tuple[HealthRow, ...]:
    """Decode the units of a stack: memory in use, and the load over five minutes, or two where there are no five."""
    measures = []
    for index in found.indexes(UNIT_MEMORY, UNIT_CPU_TWO_MINUTES, UNIT_CPU_FIVE_MINUTES):
        name = health.place("unit", index)
        loads = (ratio_of_percent(found.at(c, index)) for c in (UNIT_CPU_FIVE_MINUTES, UNIT_CPU_TWO_MINUTES))
        load = next((load for load in loads if load is not None), None)
        measures.append(health.measure(Quantity.CPU, name, load))
        measures.append(health.measure(Quantity.MEMORY, name, ratio_of_percent(found.at(UNIT_MEMORY, index)) or None))
    return health.rows(measures)


def decode_chassis(found: Found) -> tuple[HealthRow, ...]:
    """Decode the processors by rack, shelf, slot and number, the fans, and the sensors of each slot; 0 is none."""
    measures = []
    for index in found.indexes(MEMORY):
        name, used = health.place("cpu", index), ratio_of_percent(found.at(MEMORY, index))
        if used:
            measures.append(health.measure(Quantity.CPU, name, ratio_of_percent(found.at(CPU, index))))
            measures.append(health.measure(Quantity.MEMORY, name, used))
    for quantity, kind, columns in (
        (Quantity.TEMPERATURE, "slot", TEMPERATURES),
        (Quantity.FAN, "fan", (FAN_SPEED,)),
    ):
        for column in columns:
            for index in found.indexes(column):
                value = scaled(found.at(column, index), 1.0) or None
                measures.append(health.measure(quantity, health.place(kind, index), value))
    return health.rows(measures)


def decode_small(found: Found) -> tuple[HealthRow, ...]:
    """Decode the load and the memory in use of a switch that has one processor."""
    return health.rows(
        health.measure(quantity, name, ratio_of_percent(found.scalars.get(scalar)))
        for quantity, name, scalars in ((Quantity.CPU, "cpu", SMALL_CPU), (Quantity.MEMORY, "memory", SMALL_MEMORY))
        for scalar in scalars
    )


UNITS = Table(
    "zte.units",
    Part.HEALTH,
    decode_units,
    (UNIT_MEMORY, UNIT_CPU_TWO_MINUTES, UNIT_CPU_FIVE_MINUTES),
    every=MINUTE,
)
CHASSIS = Table("zte.chassis", Part.HEALTH, decode_chassis, (MEMORY, CPU, *TEMPERATURES, FAN_SPEED), every=MINUTE)
SMALL = Table("zte.small", Part.HEALTH, decode_small, scalars=(*SMALL_CPU, *SMALL_MEMORY), every=MINUTE)
TABLES = (UNITS, CHASSIS, SMALL)
