"""Supplies of APC: PowerNet-MIB, which every card of theirs has, while UPS-MIB may be absent or switched off.

Most measures stand there twice, whole and in tenths; the latter is -1 or absent on older supplies. Times are
TimeTicks.
"""

from __future__ import annotations

from netmon.probes.snmp.ber import oid
from netmon.probes.vendors.rows import UpsRow
from netmon.probes.vendors.supplies import STATUSES, mains_hertz, scalar, supply
from netmon.probes.vendors.tables import MINUTE, Found, Part, Table
from netmon.probes.vendors.values import integer

_UPS = "1.3.6.1.4.1.318.1.1.1."
BATTERY_STATUS = oid(_UPS + "2.1.1.0")
TIME_ON_BATTERY = oid(_UPS + "2.1.2.0")
CHARGE = (oid(_UPS + "2.2.1.0"), oid(_UPS + "2.3.1.0"))  # whole, and in tenths
BATTERY_TEMPERATURE = (oid(_UPS + "2.2.2.0"), oid(_UPS + "2.3.2.0"))
TIME_REMAINING = oid(_UPS + "2.2.3.0")
BATTERY_VOLTAGE = (oid(_UPS + "2.2.8.0"), oid(_UPS + "2.3.4.0"))
BATTERY_CURRENT = (oid(_UPS + "2.2.9.0"), oid(_UPS + "2.3.5.0"))
INPUT_VOLTAGE = (oid(_UPS + "3.2.1.0"), oid(_UPS + "3.3.1.0"))
INPUT_FREQUENCY = (oid(_UPS + "3.2.4.0"), oid(_UPS + "3.3.4.0"))
OUTPUT_STATUS = oid(_UPS + "4.1.1.0")
OUTPUT_VOLTAGE = (oid(_UPS + "4.2.1.0"), oid(_UPS + "4.3.1.0"))
LOAD = (oid(_UPS + "4.2.3.0"), oid(_UPS + "4.3.3.0"))
SCALARS = (
    BATTERY_STATUS,
    TIME_ON_BATTERY,
    *CHARGE,
    *BATTERY_TEMPERATURE,
    TIME_REMAINING,
    *BATTERY_VOLTAGE,
    *BATTERY_CURRENT,
    *INPUT_VOLTAGE,
    *INPUT_FREQUENCY,
    OUTPUT_STATUS,
    *OUTPUT_VOLTAGE,
    *LOAD,
)

_TICK = 0.01  # seconds
_SOURCES = {
    1: "other",
    2: "normal",
    3: "battery",
    4: "booster",
    5: "none",  # sleeps for a time
    6: "bypass",
    7: "none",
    8: "none",  # restarts
    9: "bypass",
    10: "bypass",
    11: "none",  # sleeps until the power is back
    12: "reducer",
    13: "normal",  # eco mode
    15: "battery",  # a test of the battery
    16: "bypass",
    17: "bypass",
    18: "normal",  # saves power
}


def decode_ups(found: Found) -> tuple[UpsRow, ...]:
    """Decode the supply; none where it states neither source nor battery."""
    volts_in, volts_out = (_either(found, pair) for pair in (INPUT_VOLTAGE, OUTPUT_VOLTAGE))
    charge, load = (_either(found, pair) for pair in (CHARGE, LOAD))
    row = supply(
        source=_SOURCES.get(integer(found.scalars.get(OUTPUT_STATUS)) or 0),
        status=STATUSES.get(integer(found.scalars.get(BATTERY_STATUS)) or 0),
        on_battery_seconds=scalar(found, TIME_ON_BATTERY, _TICK),
        remaining_seconds=scalar(found, TIME_REMAINING, _TICK),
        charge_ratio=None if charge is None else charge / 100.0,
        battery_volts=_either(found, BATTERY_VOLTAGE),
        battery_amperes=_either(found, BATTERY_CURRENT),
        battery_celsius=_either(found, BATTERY_TEMPERATURE),
        input_volts=[volts_in],
        input_hertz=mains_hertz(_either(found, INPUT_FREQUENCY)),
        output_volts=[volts_out],
        load_ratios=[None if load is None else load / 100.0],
    )
    return () if row is None else (row,)


def _either(found: Found, pair: tuple[bytes, bytes]) -> float | None:
    """Return a measure from its tenths, or whole where those are not told, or 0 beside a whole one that is not."""
    whole, tenths = scalar(found, pair[0]), scalar(found, pair[1], 0.1)
    return tenths or (tenths if whole is None else whole)


TABLES = (Table("apc.ups", Part.UPS, decode_ups, scalars=SCALARS, every=MINUTE),)
