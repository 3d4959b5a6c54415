"""Uninterruptible power supplies: UPS-MIB (RFC 1628), which makers' cards offer beside their own MIBs."""

from __future__ import annotations

from collections.abc import Callable

from netmon.probes.snmp.ber import Value, oid
from netmon.probes.vendors.rows import UpsRow
from netmon.probes.vendors.tables import MINUTE, Found, Part, Table
from netmon.probes.vendors.values import integer, number, plausible_celsius, valid, within

_UPS = "1.3.6.1.2.1.33.1."
BATTERY_STATUS = oid(_UPS + "2.1.0")
SECONDS_ON_BATTERY = oid(_UPS + "2.2.0")
MINUTES_REMAINING = oid(_UPS + "2.3.0")
CHARGE = oid(_UPS + "2.4.0")
BATTERY_VOLTAGE = oid(_UPS + "2.5.0")
BATTERY_CURRENT = oid(_UPS + "2.6.0")
BATTERY_TEMPERATURE = oid(_UPS + "2.7.0")
LINE_BADS = oid(_UPS + "3.1.0")
OUTPUT_SOURCE = oid(_UPS + "4.1.0")
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
    OUTPUT_SOURCE,
    ALARMS,
)

INPUT_FREQUENCY = oid(_UPS + "3.3.1.2")
INPUT_VOLTAGE = oid(_UPS + "3.3.1.3")
OUTPUT_VOLTAGE = oid(_UPS + "4.4.1.2")
OUTPUT_LOAD = oid(_UPS + "4.4.1.5")
INPUTS = (INPUT_FREQUENCY, INPUT_VOLTAGE)
OUTPUTS = (OUTPUT_VOLTAGE, OUTPUT_LOAD)

_STATUSES = {1: "unknown", 2: "normal", 3: "low", 4: "depleted"}
_SOURCES = {1: "other", 2: "none", 3: "normal", 4: "bypass", 5: "battery", 6: "booster", 7: "reducer"}
_LONGEST_MINUTES = 30 * 24 * 60.0  # longer is a sentinel, such as 65535


def decode_ups(found: Found) -> tuple[UpsRow, ...]:
    """Decode the supply that an agent stands for; none where it states neither source nor battery.

    Of several lines the lowest input voltage and the highest load count: what is about to fail.
    """

    def scalar(name: bytes, low: float, high: float, factor: float = 1.0) -> float | None:
        raw = within(low, number(valid(found.scalars.get(name))), high)
        return None if raw is None else raw * factor

    source = _SOURCES.get(integer(found.scalars.get(OUTPUT_SOURCE)) or 0)
    status = _STATUSES.get(integer(found.scalars.get(BATTERY_STATUS)) or 0)
    if source is None and status is None:
        return ()
    seconds = scalar(SECONDS_ON_BATTERY, 0, 2**31 - 2)
    bads, alarms = (scalar(name, 0, 2**32 - 1) for name in (LINE_BADS, ALARMS))
    row = UpsRow(
        battery_status=status,
        source=source,
        on_battery=_on_battery(source, seconds),
        on_battery_seconds=seconds,
        remaining_seconds=scalar(MINUTES_REMAINING, 0, _LONGEST_MINUTES, 60.0),
        charge_ratio=scalar(CHARGE, 0, 100, 0.01),
        battery_volts=scalar(BATTERY_VOLTAGE, 1, 10_000, 0.1),
        battery_amperes=scalar(BATTERY_CURRENT, -10_000, 10_000, 0.1),
        battery_celsius=_battery_celsius(found.scalars.get(BATTERY_TEMPERATURE)),
        input_volts=_of_lines(found, INPUT_VOLTAGE, 0, 1000, min),
        input_hertz=_hertz(found),
        output_volts=_of_lines(found, OUTPUT_VOLTAGE, 0, 1000, min),
        load_ratio=_of_lines(found, OUTPUT_LOAD, 0, 200, max, 0.01),
        line_failures=None if bads is None else int(bads),
        alarms=None if alarms is None else int(alarms),
    )
    return (row,)


def _on_battery(source: str | None, seconds: float | None) -> bool | None:
    """Say whether the load lives on the battery: the source knows, and where it is not told the seconds do."""
    if source is not None and source != "other":
        return source == "battery"
    return None if seconds is None else seconds > 0


def _battery_celsius(value: Value) -> float | None:
    """Return the temperature of a battery; 0 is what cards without a sensor say."""
    return plausible_celsius(number(valid(value))) or None


def _hertz(found: Found) -> float | None:
    """Return the frequency of the mains: tenths by the MIB, whole hertz at some makers."""
    tenths = _of_lines(found, INPUT_FREQUENCY, 400, 700, min, 0.1)
    return _of_lines(found, INPUT_FREQUENCY, 40, 70, min) if tenths is None else tenths


def _of_lines(
    found: Found, column: bytes, low: float, high: float, choose: Callable[[list[float]], float], factor: float = 1.0
) -> float | None:
    lines = (within(low, number(found.at(column, index)), high) for index in found.indexes(column))
    told = [value for value in lines if value is not None]
    return choose(told) * factor if told else None


UPS = Table(
    "ups",
    Part.UPS,
    decode_ups,
    scalars=SCALARS,
    then=lambda found: (*INPUTS, *OUTPUTS) if OUTPUT_SOURCE in found.scalars or CHARGE in found.scalars else (),
    every=MINUTE,
)
