"""Supplies of Eaton and Powerware: XUPS-MIB, which also stands under MGE's sysObjectID, and there without UPS-MIB.

Seconds, whole volts, per cent and tenths of a hertz; 65535 seconds were never reckoned.
"""

from __future__ import annotations

from netmon.probes.snmp.ber import oid
from netmon.probes.vendors.rows import UpsRow
from netmon.probes.vendors.supplies import SOURCES, counted, lines, mains_hertz, scalar, supply
from netmon.probes.vendors.tables import MINUTE, Found, Part, Table
from netmon.probes.vendors.values import integer

_XUPS = "1.3.6.1.4.1.534.1."
SECONDS_REMAINING = oid(_XUPS + "2.1.0")
BATTERY_VOLTAGE = oid(_XUPS + "2.2.0")
CHARGE = oid(_XUPS + "2.4.0")
BATTERY_LOW = oid(_XUPS + "2.10.0")
INPUT_FREQUENCY = oid(_XUPS + "3.1.0")
LINE_BADS = oid(_XUPS + "3.2.0")
INPUT_PHASES = oid(_XUPS + "3.3.0")
LOAD = oid(_XUPS + "4.1.0")
OUTPUT_PHASES = oid(_XUPS + "4.3.0")
OUTPUT_SOURCE = oid(_XUPS + "4.5.0")
ALARMS = oid(_XUPS + "7.1.0")
SCALARS = (
    SECONDS_REMAINING,
    BATTERY_VOLTAGE,
    CHARGE,
    BATTERY_LOW,
    INPUT_FREQUENCY,
    LINE_BADS,
    INPUT_PHASES,
    LOAD,
    OUTPUT_PHASES,
    OUTPUT_SOURCE,
    ALARMS,
)
INPUT_VOLTAGE = oid(_XUPS + "3.4.1.2")
OUTPUT_VOLTAGE = oid(_XUPS + "4.4.1.2")

_SOURCES = {
    **SOURCES,
    8: "normal",  # parallel, for capacity
    9: "normal",  # and for redundancy
    10: "normal",  # high efficiency
    11: "bypass",  # for maintenance
    12: "normal",  # energy saving
    # cards of older three-phase supplies
    16: "none",
    64: "normal",
    80: "normal",
    81: "normal",
    96: "bypass",
    100: "bypass",
    240: "battery",
}
_BATTERY = {1: "low", 2: "normal"}  # whether its capacity is low: yes, no


def decode_ups(found: Found) -> tuple[UpsRow, ...]:
    """Decode the supply; none where it states no source."""
    row = supply(
        source=_SOURCES.get(integer(found.scalars.get(OUTPUT_SOURCE)) or 0),
        status=_BATTERY.get(integer(found.scalars.get(BATTERY_LOW)) or 0),
        remaining_seconds=scalar(found, SECONDS_REMAINING),
        charge_ratio=scalar(found, CHARGE, 0.01),
        battery_volts=scalar(found, BATTERY_VOLTAGE),
        input_volts=lines(found, INPUT_VOLTAGE, 1.0, INPUT_PHASES),
        input_hertz=mains_hertz(scalar(found, INPUT_FREQUENCY)),
        output_volts=lines(found, OUTPUT_VOLTAGE, 1.0, OUTPUT_PHASES),
        load_ratios=[scalar(found, LOAD, 0.01)],
        line_failures=counted(found, LINE_BADS),
        alarms=counted(found, ALARMS),
    )
    return () if row is None else (row,)


TABLES = (Table("eaton.ups", Part.UPS, decode_ups, (INPUT_VOLTAGE, OUTPUT_VOLTAGE), SCALARS, every=MINUTE),)
