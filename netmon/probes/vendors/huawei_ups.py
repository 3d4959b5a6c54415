"""Supplies of Huawei: HUAWEI-UPS-MIB, whose agents call themselves net-snmp.

Beside it they have UPS-MIB, but there without charge and remaining time, and with one line of three. Tenths of volts,
amperes and per cents of load, hundredths of a hertz, seconds. Rows are numbered by unit; the first counts.
"""

from __future__ import annotations

from netmon.probes.snmp.ber import oid
from netmon.probes.vendors.rows import UpsRow
from netmon.probes.vendors.supplies import mains_hertz, supply
from netmon.probes.vendors.tables import MINUTE, Found, Part, Table
from netmon.probes.vendors.values import integer, scaled

_UPS = "1.3.6.1.4.1.2011.6.174.1."
SUPPLY_METHOD = oid(_UPS + "2.101.1.1")
INPUT_VOLTAGES = tuple(oid(f"{_UPS}3.100.1.{phase}") for phase in (1, 2, 3))
INPUT_FREQUENCY = oid(_UPS + "3.100.1.4")
OUTPUT_VOLTAGES = tuple(oid(f"{_UPS}4.100.1.{phase}") for phase in (1, 2, 3))
LOADS = tuple(oid(f"{_UPS}4.100.1.{phase}") for phase in (14, 15, 16))
BATTERY_VOLTAGE = oid(_UPS + "6.100.1.1")
BATTERY_CURRENT = oid(_UPS + "6.100.1.2")
CHARGE = oid(_UPS + "6.100.1.3")
SECONDS_REMAINING = oid(_UPS + "6.100.1.4")
COLUMNS = (
    SUPPLY_METHOD,
    *INPUT_VOLTAGES,
    INPUT_FREQUENCY,
    *OUTPUT_VOLTAGES,
    *LOADS,
    BATTERY_VOLTAGE,
    BATTERY_CURRENT,
    CHARGE,
    SECONDS_REMAINING,
)

_SOURCES = {1: "none", 2: "bypass", 3: "normal", 4: "battery", 5: "other", 6: "normal", 7: "battery"}  # 6, 7: eco


def decode_ups(found: Found) -> tuple[UpsRow, ...]:
    """Decode the first unit; none where it does not say what it lives on."""
    index = next(iter(found.indexes(SUPPLY_METHOD)), ())

    def at(column: bytes, factor: float) -> float | None:
        return scaled(found.at(column, index), factor)

    row = supply(
        source=_SOURCES.get(integer(found.at(SUPPLY_METHOD, index)) or 0),
        remaining_seconds=at(SECONDS_REMAINING, 1.0),
        charge_ratio=at(CHARGE, 0.01),
        battery_volts=at(BATTERY_VOLTAGE, 0.1),
        battery_amperes=at(BATTERY_CURRENT, 0.1),
        input_volts=[at(column, 0.1) for column in INPUT_VOLTAGES],
        input_hertz=mains_hertz(at(INPUT_FREQUENCY, 1.0)),
        output_volts=[at(column, 0.1) for column in OUTPUT_VOLTAGES],
        load_ratios=[at(column, 0.001) for column in LOADS],
    )
    return () if row is None else (row,)


TABLES = (Table("huawei.ups", Part.UPS, decode_ups, COLUMNS, every=MINUTE),)
