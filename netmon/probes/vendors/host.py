"""Processors and memory of hosts: HOST-RESOURCES-MIB (RFC 2790), and UCD-SNMP-MIB and LM-SENSORS-MIB of net-snmp.

net-snmp is in devices of many makers, who put their own sysObjectID into it: who has its tables shows in asking.
"""

from __future__ import annotations

from netmon.probes.snmp.ber import Index, Oid, Value, oid
from netmon.probes.vendors import health
from netmon.probes.vendors.rows import HealthRow, Quantity
from netmon.probes.vendors.tables import MINUTE, Found, Part, Table
from netmon.probes.vendors.values import SENTINELS, integer, ratio_of_percent, scaled, text

PROCESSOR_LOAD = oid("1.3.6.1.2.1.25.3.3.1.2")
STORAGE_TYPE = oid("1.3.6.1.2.1.25.2.3.1.2")
STORAGE_NAME = oid("1.3.6.1.2.1.25.2.3.1.3")
STORAGE_UNIT = oid("1.3.6.1.2.1.25.2.3.1.4")
STORAGE_SIZE = oid("1.3.6.1.2.1.25.2.3.1.5")
STORAGE_USED = oid("1.3.6.1.2.1.25.2.3.1.6")
STORAGE = (STORAGE_TYPE, STORAGE_NAME, STORAGE_UNIT, STORAGE_SIZE, STORAGE_USED)

TOTAL = oid("1.3.6.1.4.1.2021.4.5.0")
FREE = oid("1.3.6.1.4.1.2021.4.6.0")
BUFFERS = oid("1.3.6.1.4.1.2021.4.14.0")
CACHED = oid("1.3.6.1.4.1.2021.4.15.0")
AVAILABLE = oid("1.3.6.1.4.1.2021.4.27.0")  # of newer agents
UCD_MEMORY = (TOTAL, FREE, BUFFERS, CACHED, AVAILABLE)

TEMPERATURE_NAME = oid("1.3.6.1.4.1.2021.13.16.2.1.2")
TEMPERATURE = oid("1.3.6.1.4.1.2021.13.16.2.1.3")
FAN_NAME = oid("1.3.6.1.4.1.2021.13.16.3.1.2")
FAN = oid("1.3.6.1.4.1.2021.13.16.3.1.3")
VOLTAGE_NAME = oid("1.3.6.1.4.1.2021.13.16.4.1.2")
VOLTAGE = oid("1.3.6.1.4.1.2021.13.16.4.1.3")
_LM = (
    (Quantity.TEMPERATURE, TEMPERATURE_NAME, TEMPERATURE, 1e-3),
    (Quantity.FAN, FAN_NAME, FAN, 1.0),
    (Quantity.VOLTAGE, VOLTAGE_NAME, VOLTAGE, 1e-3),
)

_RAM = oid("1.3.6.1.2.1.25.2.1.2")
_RAM_NAMES = ("main memory", "physical memory", "real memory", "ram")
_KIB = 1024
_ADDED_UP = ("available", "buffers", "cached", "shared", "virtual", "swap")  # rows of RAM that are parts of others


def decode_processors(found: Found) -> tuple[HealthRow, ...]:
    """Decode the load of the processors: their mean over the last minute."""
    loads = [ratio_of_percent(found.at(PROCESSOR_LOAD, index)) for index in found.indexes(PROCESSOR_LOAD)]
    told = [load for load in loads if load is not None]
    return health.rows([health.measure(Quantity.CPU, "cpu", sum(told) / len(told))]) if told else ()


def decode_memory(found: Found) -> tuple[HealthRow, ...]:
    """Decode the main memory out of hrStorageTable: the first row of type RAM that is not a part of another."""
    for index in found.indexes(STORAGE_TYPE, STORAGE_NAME):
        name = (text(found.at(STORAGE_NAME, index)) or "").lower()
        kind = found.at(STORAGE_TYPE, index)
        is_ram = kind == _RAM if isinstance(kind, Oid) else name in _RAM_NAMES
        if is_ram and not any(word in name for word in _ADDED_UP):
            return _memory(found, index)
    return ()


def _memory(found: Found, index: Index) -> tuple[HealthRow, ...]:
    size, used = _units(found.at(STORAGE_SIZE, index)), _units(found.at(STORAGE_USED, index))
    unit = integer(found.at(STORAGE_UNIT, index))
    if not size or size in SENTINELS or unit is None or unit <= 0:
        return ()
    return _rows(size * unit, None if used is None else used / size)


def _units(value: Value) -> int | None:
    """Return a number of units; Integer32 turns negative at 2^31."""
    count = integer(value)
    return count + 2**32 if count is not None and count < 0 else count


def decode_ucd_memory(found: Found) -> tuple[HealthRow, ...]:
    """Decode memory as net-snmp counts it: what buffers and the cache hold counts as free."""
    total, free, buffers, cached, available = (integer(found.scalars.get(name)) for name in UCD_MEMORY)
    if available is None and free is not None:
        available = free + (buffers or 0) + (cached or 0)
    if not total or total < 0:
        return ()
    return _rows(total * _KIB, None if available is None else 1.0 - available / total)


def _rows(size_bytes: float, used: float | None) -> tuple[HealthRow, ...]:
    return health.rows(
        (
            health.measure(Quantity.MEMORY, "memory", used),
            health.measure(Quantity.MEMORY_SIZE, "memory", float(size_bytes)),
        )
    )


def decode_lm_sensors(found: Found) -> tuple[HealthRow, ...]:
    """Decode the sensors of a Linux host; thousandths of a degree and of a volt, revolutions per minute."""
    return health.rows(
        health.measure(quantity, text(found.at(name, index)), scaled(found.at(column, index), factor))
        for quantity, name, column, factor in _LM
        for index in found.indexes(column)
    )


PROCESSORS = Table("host.processors", Part.HEALTH, decode_processors, (PROCESSOR_LOAD,), every=MINUTE)
MEMORY = Table("host.memory", Part.HEALTH, decode_memory, STORAGE, every=MINUTE)
UCD = Table("host.ucd-memory", Part.HEALTH, decode_ucd_memory, scalars=UCD_MEMORY, every=MINUTE)
LM_SENSORS = Table(
    "host.lm-sensors",
    Part.HEALTH,
    decode_lm_sensors,
    (TEMPERATURE_NAME, TEMPERATURE, FAN_NAME, FAN, VOLTAGE_NAME, VOLTAGE),
    every=MINUTE,
)
