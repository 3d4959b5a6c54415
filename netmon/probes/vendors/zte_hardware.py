"""Boards of newer ZTE gear, C600 and ZXR10 alike: ZXR10-SYSTEM-HARDWARE-MIB. Voltages come as text, `53.40`."""

from __future__ import annotations

from collections.abc import Iterator

from netmon.probes.snmp.ber import oid
from netmon.probes.vendors import health
from netmon.probes.vendors.rows import HealthRow, Quantity
from netmon.probes.vendors.tables import MINUTE, Found, Part, Table
from netmon.probes.vendors.values import ratio_of_percent, scaled, text

_HARDWARE = "1.3.6.1.4.1.3902.3.6002.2."
MEMORY = oid(_HARDWARE + "1.1.6")
CPU = oid(_HARDWARE + "1.1.8")  # over one minute
CPU_NAME = oid(_HARDWARE + "1.1.13")
BOARD = oid(_HARDWARE + "5.1.6")
SENSOR = oid(_HARDWARE + "5.1.7")
CELSIUS = oid(_HARDWARE + "5.1.9")
SHELF_CELSIUS = oid(_HARDWARE + "4.1.3")
VOLTS = oid(_HARDWARE + "6.3.1.5")
COLUMNS = (MEMORY, CPU, CPU_NAME, BOARD, SENSOR, CELSIUS, SHELF_CELSIUS, VOLTS)


def decode_hardware(found: Found) -> tuple[HealthRow, ...]:
    """Decode load, memory and temperatures of the boards, and what the supplies give; 0 °C and 0 V are none."""
    return health.rows(_measures(found))


def _measures(found: Found) -> Iterator[HealthRow | None]:
    for index in found.indexes(CPU, MEMORY):
        name = text(found.at(CPU_NAME, index)) or health.place("board", index)
        yield health.measure(Quantity.CPU, name, ratio_of_percent(found.at(CPU, index)))
        yield health.measure(Quantity.MEMORY, name, ratio_of_percent(found.at(MEMORY, index)) or None)
    for index in found.indexes(CELSIUS):
        board, sensor = text(found.at(BOARD, index)) or "board", text(found.at(SENSOR, index)) or ""
        name = f"{health.place(board, index)} {sensor}".rstrip()
        yield health.measure(Quantity.TEMPERATURE, name, scaled(found.at(CELSIUS, index), 1.0) or None)
    for index in found.indexes(SHELF_CELSIUS):
        celsius = scaled(found.at(SHELF_CELSIUS, index), 1.0) or None
        yield health.measure(Quantity.TEMPERATURE, health.place("shelf", index), celsius)
    for index in found.indexes(VOLTS):
        yield health.measure(Quantity.SUPPLY, health.place("supply", index), scaled(found.at(VOLTS, index), 1.0))


HARDWARE = Table("zte.hardware", Part.HEALTH, decode_hardware, COLUMNS, every=MINUTE)
TABLES = (HARDWARE,)
