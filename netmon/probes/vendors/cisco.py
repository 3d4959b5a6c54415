"""Health of Cisco devices; their modules are sensors (`sensors.py`).

CISCO-PROCESS-MIB and CISCO-MEMORY-POOL-MIB, or CISCO-SYSTEM-EXT-MIB of Nexus, CISCO-ENVMON-MIB and, for supplies that
can be pulled, CISCO-ENTITY-FRU-CONTROL-MIB.
"""

from __future__ import annotations

from netmon.probes.snmp.ber import oid
from netmon.probes.vendors import health
from netmon.probes.vendors.entity import label
from netmon.probes.vendors.rows import HealthRow, Quantity
from netmon.probes.vendors.sensors import CISCO_LIMITS, CISCO_SENSORS
from netmon.probes.vendors.tables import MINUTE, Found, Part, Table
from netmon.probes.vendors.values import count, integer, ratio_of_percent, scaled, text, valid

CPU = oid("1.3.6.1.4.1.9.9.109.1.1.1.1.7")  # over one minute
OLD_CPU = oid("1.3.6.1.4.1.9.9.109.1.1.1.1.4")  # as releases before 12.0(3)T have it
NEXUS_CPU = oid("1.3.6.1.4.1.9.9.305.1.1.1.0")
NEXUS_MEMORY = oid("1.3.6.1.4.1.9.9.305.1.1.2.0")
POOL_NAME = oid("1.3.6.1.4.1.9.9.48.1.1.1.2")
POOL_USED = oid("1.3.6.1.4.1.9.9.48.1.1.1.5")
POOL_FREE = oid("1.3.6.1.4.1.9.9.48.1.1.1.6")
TEMPERATURE_NAME = oid("1.3.6.1.4.1.9.9.13.1.3.1.2")
TEMPERATURE = oid("1.3.6.1.4.1.9.9.13.1.3.1.3")
TEMPERATURE_STATE = oid("1.3.6.1.4.1.9.9.13.1.3.1.6")
FAN_NAME = oid("1.3.6.1.4.1.9.9.13.1.4.1.2")
FAN_STATE = oid("1.3.6.1.4.1.9.9.13.1.4.1.3")
SUPPLY_NAME = oid("1.3.6.1.4.1.9.9.13.1.5.1.2")
SUPPLY_STATE = oid("1.3.6.1.4.1.9.9.13.1.5.1.3")
FRU_POWER = oid("1.3.6.1.4.1.9.9.117.1.1.2.1.2")  # of every module that can be powered, by entity

_NORMAL, _NOT_PRESENT = 1, 5
_ON = 2
_FAILED = frozenset({1, 4, 5, 6, 7, 8, 9, 10, 11, 12})  # off for any reason but an administrator's, which is 3


def decode_load(found: Found) -> tuple[HealthRow, ...]:
    """Decode processors and pools of memory."""
    loads = [ratio_of_percent(found.scalars.get(NEXUS_CPU))]
    for column in (OLD_CPU, CPU):
        if indexes := found.indexes(column):
            loads = [ratio_of_percent(found.at(column, index)) for index in indexes]
    told = [load for load in loads if load is not None]
    measures = [health.measure(Quantity.CPU, "cpu", sum(told) / len(told))] if told else []
    measures.append(health.measure(Quantity.MEMORY, "memory", ratio_of_percent(found.scalars.get(NEXUS_MEMORY))))
    for index in found.indexes(POOL_USED):
        name = text(found.at(POOL_NAME, index))
        used, free = (count(valid(found.at(column, index))) for column in (POOL_USED, POOL_FREE))
        if used is not None and free is not None and used + free > 0:
            measures.append(health.measure(Quantity.MEMORY, name, used / (used + free)))
            measures.append(health.measure(Quantity.MEMORY_SIZE, name, float(used + free)))
    return health.rows(measures)


def decode_environment(found: Found) -> tuple[HealthRow, ...]:
    """Decode temperatures, fans and power supplies. What is not present is left out; 0 °C is no sample."""
    measures = []
    for index in found.indexes(TEMPERATURE):
        is_ok = _is_ok(integer(found.at(TEMPERATURE_STATE, index)))
        celsius = scaled(found.at(TEMPERATURE, index), 1.0) or None
        if celsius is not None:
            measures.append(
                health.measure(Quantity.TEMPERATURE, text(found.at(TEMPERATURE_NAME, index)), celsius, is_ok)
            )
    for quantity, name, state in (
        (Quantity.FAN, FAN_NAME, FAN_STATE),
        (Quantity.POWER_SUPPLY, SUPPLY_NAME, SUPPLY_STATE),
    ):
        for index in found.indexes(state):
            is_ok = _is_ok(integer(found.at(state, index)))
            measures.append(health.measure(quantity, text(found.at(name, index)), None, is_ok))
    return health.rows(measures)


def _is_ok(state: int | None) -> bool | None:
    """Map CiscoEnvMonState: warning and worse are not well; not present is nothing."""
    return None if state is None or state == _NOT_PRESENT else state == _NORMAL


def decode_supplies(found: Found) -> tuple[HealthRow, ...]:
    """Decode cefcFRUPowerStatusTable, of which only the power supplies count here."""
    measures = []
    for index in found.indexes(FRU_POWER):
        entity = found.entities.get(index[0]) if len(index) == 1 else None
        state = integer(found.at(FRU_POWER, index))
        if entity is not None and entity.kind == "power supply":
            is_ok = True if state == _ON else False if state in _FAILED else None
            measures.append(health.measure(Quantity.POWER_SUPPLY, label(found, index[0]), None, is_ok))
    return health.rows(measures)


LOAD = Table(
    "cisco.load",
    Part.HEALTH,
    decode_load,
    (CPU, OLD_CPU, POOL_NAME, POOL_USED, POOL_FREE),
    (NEXUS_CPU, NEXUS_MEMORY),
    every=MINUTE,
)
ENVIRONMENT = Table(
    "cisco.environment",
    Part.HEALTH,
    decode_environment,
    (TEMPERATURE_NAME, TEMPERATURE, TEMPERATURE_STATE, FAN_NAME, FAN_STATE, SUPPLY_NAME, SUPPLY_STATE),
    every=MINUTE,
)
SUPPLIES = Table("cisco.supplies", Part.HEALTH, decode_supplies, (FRU_POWER,), every=MINUTE)
TABLES = (CISCO_SENSORS, CISCO_LIMITS, LOAD, ENVIRONMENT, SUPPLIES)
