"""Health of Ubiquiti's radios and of EdgeMAX: UBNT-AirMAX-MIB, UBNT-EdgeMAX-MIB and others of its trees.

Memory is FROGFOOT-RESOURCES-MIB's, which airOS and UniFi answer, in KiB.
"""

from __future__ import annotations

from collections.abc import Iterator

from netmon.probes.snmp.ber import Index, oid
from netmon.probes.vendors import health
from netmon.probes.vendors.rows import HealthRow, Quantity
from netmon.probes.vendors.tables import MINUTE, Found, Part, Table
from netmon.probes.vendors.values import integer, ratio_of_percent, scaled, valid

_ROOT = "1.3.6.1.4.1.41112.1."
CPU_LOAD = oid(_ROOT + "4.8.3.0")
TEMPERATURE = oid(_ROOT + "4.8.4.0")
LTU_MEMORY = oid(_ROOT + "10.1.3.5.0")
LTU_CPU = oid(_ROOT + "10.1.3.6.0")
_MEMORY = "1.3.6.1.4.1.10002.1.1.1.1."
MEMORY_SIZE = oid(_MEMORY + "1.0")
MEMORY_FREE = oid(_MEMORY + "2.0")
MEMORY_BUFFERS = oid(_MEMORY + "3.0")
MEMORY_CACHED = oid(_MEMORY + "4.0")
SCALARS = (
    CPU_LOAD,
    TEMPERATURE,
    LTU_MEMORY,
    LTU_CPU,
    MEMORY_SIZE,
    MEMORY_FREE,
    MEMORY_BUFFERS,
    MEMORY_CACHED,
)
SIXTY_MEMORY = oid(_ROOT + "11.1.2.5")
SIXTY_CPU = oid(_ROOT + "11.1.2.6")
CHAIN_0 = oid(_ROOT + "3.2.1.8")
CHAIN_1 = oid(_ROOT + "3.2.1.10")

_EDGE = _ROOT + "5."
OUTPUT_VOLTS = oid(_EDGE + "2.2.1.2")
OUTPUT_AMPERES = oid(_EDGE + "2.2.1.3")
OUTPUT_WATTS = oid(_EDGE + "2.2.1.4")
SUPPLY_STATUS = oid(_EDGE + "3.2.1.3")
SUPPLY_OPERATES = oid(_EDGE + "3.2.1.4")
SUPPLY_VOLTS = oid(_EDGE + "3.2.1.5")
SUPPLY_CELSIUS = oid(_EDGE + "3.2.1.6")
THERMOMETER_KIND = oid(_EDGE + "4.2.1.2")
THERMOMETER = oid(_EDGE + "4.2.1.3")
FAN = oid(_EDGE + "5.2.1.3")
EDGE = (
    OUTPUT_VOLTS,
    OUTPUT_AMPERES,
    OUTPUT_WATTS,
    SUPPLY_STATUS,
    SUPPLY_OPERATES,
    SUPPLY_VOLTS,
    SUPPLY_CELSIUS,
    THERMOMETER_KIND,
    THERMOMETER,
    FAN,
)

_KIB = 1024
_MILLI = 1e-3
_KINDS = {1: "board", 2: "cpu", 3: "power"}
_OFF, _STANDBY = 2, 3


def decode_host(found: Found) -> tuple[HealthRow, ...]:
    """Decode load, memory and temperature of a radio.

    The MIB states no unit of airMAX's load, which is in hundredths of a per cent. 0 °C: there is no sensor.
    """
    said = found.scalars.get
    loads = [ratio_of_percent(said(CPU_LOAD), 1e-4), ratio_of_percent(said(LTU_CPU))]
    memories = [ratio_of_percent(said(LTU_MEMORY))]
    loads += [ratio_of_percent(found.at(SIXTY_CPU, index)) for index in found.indexes(SIXTY_CPU)]
    memories += [ratio_of_percent(found.at(SIXTY_MEMORY, index)) for index in found.indexes(SIXTY_MEMORY)]
    measures = [
        health.measure(Quantity.CPU, "cpu", _first(loads)),
        health.measure(Quantity.TEMPERATURE, "host", scaled(said(TEMPERATURE), 1.0) or None),
        *_memory(found, _first(memories)),
    ]
    for chain, column in enumerate((CHAIN_0, CHAIN_1)):
        for index in found.indexes(column):
            celsius = scaled(found.at(column, index), 1.0) or None
            measures.append(
                health.measure(Quantity.TEMPERATURE, f"{health.place('airfiber', index)} chain {chain}", celsius)
            )
    return health.rows(measures)


def _first(told: list[float | None]) -> float | None:
    return next((share for share in told if share is not None), None)


def _memory(found: Found, used: float | None) -> Iterator[HealthRow | None]:
    """Yield how full the memory is, and its size: what buffers and the cache hold counts as free."""
    size, free, buffers, cached = (
        integer(valid(found.scalars.get(name))) for name in (MEMORY_SIZE, MEMORY_FREE, MEMORY_BUFFERS, MEMORY_CACHED)
    )
    if size is not None and size > 0:
        if used is None and free is not None:
            used = 1.0 - (free + (buffers or 0) + (cached or 0)) / size
        yield health.measure(Quantity.MEMORY_SIZE, "memory", float(size * _KIB))
    yield health.measure(Quantity.MEMORY, "memory", used)


def decode_edge(found: Found) -> tuple[HealthRow, ...]:
    """Decode EdgeMAX: supplies, what it feeds to others, thermometers and fans; milli-units throughout."""
    return health.rows(_edge(found))


def _edge(found: Found) -> Iterator[HealthRow | None]:
    for index in found.indexes(SUPPLY_STATUS, SUPPLY_OPERATES):
        name, operates = health.place("psu", index), integer(found.at(SUPPLY_OPERATES, index))
        is_wanted = integer(found.at(SUPPLY_STATUS, index)) not in (_OFF, _STANDBY)
        is_ok = None if operates not in (0, 1) or not is_wanted else operates == 1
        yield health.measure(Quantity.POWER_SUPPLY, name, None, is_ok)
        yield health.measure(Quantity.SUPPLY, name, _present(found, SUPPLY_VOLTS, index))
        yield health.measure(Quantity.TEMPERATURE, name, _present(found, SUPPLY_CELSIUS, index))
    for quantity, column in (
        (Quantity.VOLTAGE, OUTPUT_VOLTS),
        (Quantity.CURRENT, OUTPUT_AMPERES),
        (Quantity.POWER, OUTPUT_WATTS),
    ):
        for index in found.indexes(column):
            yield health.measure(quantity, health.place("output", index), _present(found, column, index))
    for index in found.indexes(THERMOMETER):
        kind = _KINDS.get(integer(found.at(THERMOMETER_KIND, index)) or 0, "sensor")
        yield health.measure(Quantity.TEMPERATURE, health.place(kind, index), _present(found, THERMOMETER, index))
    for index in found.indexes(FAN):
        yield health.measure(Quantity.FAN, health.place("fan", index), scaled(found.at(FAN, index), 1.0))


def _present(found: Found, column: bytes, index: Index) -> float | None:
    """Return a measure of thousandths; 0 is what stands where nothing is measured."""
    return scaled(found.at(column, index), _MILLI) or None


HOST = Table(
    "ubiquiti.host",
    Part.HEALTH,
    decode_host,
    (SIXTY_MEMORY, SIXTY_CPU, CHAIN_0, CHAIN_1),
    SCALARS,
    every=MINUTE,
)
EDGE_MAX = Table("ubiquiti.edgemax", Part.HEALTH, decode_edge, EDGE, every=MINUTE)
TABLES = (HOST, EDGE_MAX)
