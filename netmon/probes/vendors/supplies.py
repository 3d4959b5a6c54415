"""One uninterruptible supply out of numbers already in SI units: what is kept of them, and what is "no sample".

What a maker's decoder has not caught by its maker's own sentinels, plausibility catches here, for all of them alike.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from netmon.probes.vendors.rows import UpsRow
from netmon.probes.vendors.tables import Found
from netmon.probes.vendors.values import integer, number, plausible_celsius, scaled, within

STATUSES = {1: "unknown", 2: "normal", 3: "low", 4: "depleted"}
"""upsBatteryStatus, which makers' own MIBs count alike."""

SOURCES = {1: "other", 2: "none", 3: "normal", 4: "bypass", 5: "battery", 6: "booster", 7: "reducer"}
"""upsOutputSource."""

_LONGEST_SECONDS = 30 * 86_400.0  # on a battery; longer is a sentinel, such as 65535 minutes
_HALF_FULL = 0.5


def supply(
    *,
    source: str | None,
    status: str | None = None,
    on_battery_seconds: float | None = None,
    remaining_seconds: float | None = None,
    charge_ratio: float | None = None,
    battery_volts: float | None = None,
    battery_amperes: float | None = None,
    battery_celsius: float | None = None,
    input_volts: Iterable[float | None] = (),
    input_hertz: float | None = None,
    output_volts: Iterable[float | None] = (),
    load_ratios: Iterable[float | None] = (),
    line_failures: float | None = None,
    alarms: float | None = None,
) -> UpsRow | None:
    """Return a supply, or None where neither source nor battery is told.

    Of several lines the lowest voltage and the highest load count: what is about to fail. A battery of exactly 0 °C
    has no sensor.
    """
    if source is None and status is None:
        return None
    seconds = within(0, on_battery_seconds, 2**31 - 2)
    charge = _rounded(within(0.0, charge_ratio, 1.0))
    on_battery = _on_battery(source, seconds)
    bads, raised = within(0, line_failures, 2**32 - 2), within(0, alarms, 2**32 - 2)
    return UpsRow(
        battery_status=status,
        source=source,
        on_battery=on_battery,
        on_battery_seconds=seconds,
        remaining_seconds=_remaining(remaining_seconds, charge, on_battery=on_battery),
        charge_ratio=charge,
        battery_volts=_rounded(within(0.1, battery_volts, 1000.0)),
        battery_amperes=_rounded(within(-1000.0, battery_amperes, 1000.0)),
        battery_celsius=_rounded(plausible_celsius(battery_celsius)) or None,
        input_volts=min(_plausible(input_volts, 1000.0), default=None),
        input_hertz=_rounded(within(40.0, input_hertz, 70.0)),
        output_volts=min(_plausible(output_volts, 1000.0), default=None),
        load_ratio=max(_plausible(load_ratios, 2.0), default=None),
        line_failures=None if bads is None else int(bads),
        alarms=None if raised is None else int(raised),
    )


def _on_battery(source: str | None, seconds: float | None) -> bool | None:
    """Say whether the load lives on the battery: the source knows, and where it is not told the seconds do."""
    if source is not None and source != "other":
        return source == "battery"
    return None if seconds is None else seconds > 0


def _remaining(seconds: float | None, charge: float | None, *, on_battery: bool | None) -> float | None:
    """Return what is left; 0 beside a battery that rests or is more than half full was never reckoned."""
    if seconds == 0 and charge and (on_battery is False or charge > _HALF_FULL):
        return None
    return _rounded(within(0.0, seconds, _LONGEST_SECONDS))


def _plausible(values: Iterable[float | None], high: float) -> list[float]:
    kept = (_rounded(within(0.0, value, high)) for value in values)
    return [value for value in kept if value is not None]


def _rounded(value: float | None) -> float | None:
    """Drop what only the change of units made of a number."""
    return None if value is None else round(value, 6)


def lines(found: Found, column: bytes, factor: float, count: bytes) -> Sequence[float | None]:
    """Return a column of a table of lines, as many as the scalar `count` says there are; all where it says none.

    Agents of supplies with one phase answer for three, the others reading 0.
    """
    indexes = found.indexes(column)
    there = integer(found.scalars.get(count))
    kept = indexes[:there] if there is not None and 0 < there < len(indexes) else indexes
    return [scaled(found.at(column, index), factor) for index in kept]


def mains_volts(volts: float | None) -> float | None:
    """Return the voltage of a line from whole volts, or from tenths of them where it can be nothing else."""
    return volts / 10.0 if volts is not None and volts > 1000.0 else volts


def mains_hertz(raw: float | None) -> float | None:
    """Return a frequency from whole hertz, tenths or hundredths of them: mains have 40 to 70."""
    candidates = () if raw is None else (raw, raw / 10.0, raw / 100.0)
    return next((hertz for hertz in candidates if within(40.0, hertz, 70.0) is not None), None)


def scalar(found: Found, name: bytes, factor: float = 1.0) -> float | None:
    """Return a single value in its base unit."""
    return scaled(found.scalars.get(name), factor)


def counted(found: Found, name: bytes) -> float | None:
    """Return a counter, which passes through what would be sentinels of a measure."""
    return number(found.scalars.get(name))
