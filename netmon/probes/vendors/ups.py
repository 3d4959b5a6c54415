"""Uninterruptible power supplies: UPS-MIB (RFC 1628), which makers' cards offer beside their own MIBs.

Voltages of lines are whole volts and frequencies tenths of a hertz; some cards send tenths and hundredths.
"""

from __future__ import annotations

from netmon.probes.snmp.ber import oid
from netmon.probes.vendors.rows import UpsRow
from netmon.probes.vendors.supplies import (
    SOURCES,
    STATUSES,
    counted,
    lines,
    mains_hertz,
    mains_volts,
    scalar,
    supply,
)
from netmon.probes.vendors.tables import MINUTE, Found, Part, Table
from netmon.probes.vendors.values import integer

_UPS = "1.3.6.1.2.1.33.1."
BATTERY_STATUS = oid(_UPS + "2.1.0")
SECONDS_ON_BATTERY = oid(_UPS + "2.2.0")
MINUTES_REMAINING = oid(_UPS + "2.3.0")
CHARGE = oid(_UPS + "2.4.0")
BATTERY_VOLTAGE = oid(_UPS + "2.5.0")
BATTERY_CURRENT = oid(_UPS + "2.6.0")
BATTERY_TEMPERATURE = oid(_UPS + "2.7.0")
LINE_BADS = oid(_UPS + "3.1.0")
INPUT_LINES = oid(_UPS + "3.2.0")
OUTPUT_SOURCE = oid(_UPS + "4.1.0")
OUTPUT_LINES = oid(_UPS + "4.3.0")
ALARMS = oid(_UPS + "6.1.0")
SCALARS = (
    BATTERY_STATUS,
    SECONDS_ON_BATTERY,
    MINUTES_REMAINING,
    CHARGE,
    BATTERY_VOLTAGE,
    BATTERY_CURRENT,
    BATTERY_TEMPERATURE,
    LINE_BADS,
    INPUT_LINES,
    OUTPUT_SOURCE,
    OUTPUT_LINES,
    ALARMS,
)

INPUT_FREQUENCY = oid(_UPS + "3.3.1.2")
INPUT_VOLTAGE = oid(_UPS + "3.3.1.3")
OUTPUT_VOLTAGE = oid(_UPS + "4.4.1.2")
OUTPUT_LOAD = oid(_UPS + "4.4.1.5")
INPUTS = (INPUT_FREQUENCY, INPUT_VOLTAGE)
OUTPUTS = (OUTPUT_VOLTAGE, OUTPUT_LOAD)

_NEVER_RECKONED = 65535 // 60
"""Minutes that cards make of 65535 seconds."""


def decode_ups(found: Found) -> tuple[UpsRow, ...]:
    """Decode the supply that an agent stands for; none where it states neither source nor battery."""
    minutes = scalar(found, MINUTES_REMAINING)
    frequencies = map(mains_hertz, lines(found, INPUT_FREQUENCY, 1.0, INPUT_LINES))
    row = supply(
        source=SOURCES.get(integer(found.scalars.get(OUTPUT_SOURCE)) or 0),
        status=STATUSES.get(integer(found.scalars.get(BATTERY_STATUS)) or 0),
        on_battery_seconds=scalar(found, SECONDS_ON_BATTERY),
        remaining_seconds=None if minutes is None or minutes == _NEVER_RECKONED else minutes * 60.0,
        charge_ratio=scalar(found, CHARGE, 0.01),
        battery_volts=scalar(found, BATTERY_VOLTAGE, 0.1),
        battery_amperes=scalar(found, BATTERY_CURRENT, 0.1),
        battery_celsius=scalar(found, BATTERY_TEMPERATURE),
        input_volts=map(mains_volts, lines(found, INPUT_VOLTAGE, 1.0, INPUT_LINES)),
        input_hertz=min((hertz for hertz in frequencies if hertz is not None), default=None),
        output_volts=map(mains_volts, lines(found, OUTPUT_VOLTAGE, 1.0, OUTPUT_LINES)),
        load_ratios=lines(found, OUTPUT_LOAD, 0.01, OUTPUT_LINES),
        line_failures=counted(found, LINE_BADS),
        alarms=counted(found, ALARMS),
    )
    return () if row is None else (row,)


UPS = Table(
    "ups",
    Part.UPS,
    decode_ups,
    scalars=SCALARS,
    then=lambda found: (*INPUTS, *OUTPUTS) if OUTPUT_SOURCE in found.scalars or CHARGE in found.scalars else (),
    every=MINUTE,
)
