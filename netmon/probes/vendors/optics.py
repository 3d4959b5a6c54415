"""One optical module out of numbers already in SI units: what is kept of them, and what is "no sample".

Every maker has its own way to say "no module", "no light" and "cannot be measured"; what a decoder has not caught by
its maker's own sentinels, plausibility catches here, for all of them alike.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from netmon.probes.vendors.rows import OpticRow
from netmon.probes.vendors.values import (
    is_dark,
    plausible_bias_amperes,
    plausible_celsius,
    plausible_power_dbm,
    plausible_supply_volts,
    plausible_wavelength_meters,
)


class Limits(NamedTuple):
    """A module's own limits for a power, in dBm."""

    low_alarm: float | None = None
    low_warning: float | None = None
    high_warning: float | None = None
    high_alarm: float | None = None


NO_LIMITS = Limits()


def optic(
    port: str | None,
    *,
    receive: float | None = None,
    transmit: float | None = None,
    temperature: float | None = None,
    bias: float | None = None,
    supply: float | None = None,
    wavelength: float | None = None,
    lost: bool | None = None,
    fault: bool | None = None,
    receive_limits: Limits = NO_LIMITS,
    transmit_limits: Limits = NO_LIMITS,
) -> OpticRow | None:
    """Return a module, or None where nothing proves that there is one.

    Powers are in dBm, minus infinity being no light; the rest in degrees Celsius, amperes, volts and metres. `lost`
    and `fault` are what the module says itself. A cage without a module often reads as zeros, or as light at the
    floor and nothing else.
    """
    received, sent = _present(receive), _present(transmit)
    celsius, amperes = plausible_celsius(temperature), plausible_bias_amperes(bias)
    if not amperes or not (received or sent):  # exactly 0 dBm is believed of a laser that is seen to work
        received, sent = received or None, sent or None
    volts = plausible_supply_volts(supply)
    if port is None or not any((received, sent, celsius, amperes, volts)):
        return None
    is_lost = bool(lost) or is_dark(receive)
    inward, outward = plausible_limits(receive_limits), plausible_limits(transmit_limits)
    return OpticRow(
        port=port,
        receive_power_dbm=None if is_lost else _rounded(received, 3),
        transmit_power_dbm=_rounded(sent, 3),
        receive_lost=None if lost is None and received is None and not is_lost else is_lost,
        transmit_fault=fault,
        temperature_celsius=_rounded(celsius, 3),
        bias_amperes=_rounded(amperes, 7),
        supply_volts=_rounded(volts, 4),
        wavelength_meters=_rounded(plausible_wavelength_meters(wavelength), 13),
        receive_low_alarm_dbm=inward.low_alarm,
        receive_low_warning_dbm=inward.low_warning,
        receive_high_warning_dbm=inward.high_warning,
        receive_high_alarm_dbm=inward.high_alarm,
        transmit_low_alarm_dbm=outward.low_alarm,
        transmit_high_alarm_dbm=outward.high_alarm,
    )


def _rounded(value: float | None, digits: int) -> float | None:
    """Drop what only the change of units made of a number: modules measure no finer."""
    return None if value is None else round(value, digits)


def _present(power_dbm: float | None) -> float | None:
    return None if is_dark(power_dbm) else plausible_power_dbm(power_dbm)


def plausible_limits(limits: Limits) -> Limits:
    """Return a module's limits, or none: unless all are powers, in order, and leave room for light.

    0 and the floor are not set.
    """
    kept = Limits(*(_rounded(limit, 3) if limit and not is_dark(limit) else None for limit in limits))
    given = [limit for limit in kept if limit is not None]
    if any(plausible_power_dbm(limit) is None for limit in given) or given != sorted(given):
        return NO_LIMITS
    lows = [limit for limit in kept[:2] if limit is not None]
    highs = [limit for limit in kept[2:] if limit is not None]
    return NO_LIMITS if lows and highs and max(lows) >= min(highs) else kept


def weakest(powers: Iterable[float | None]) -> float | None:
    """Return the power of a module with several lanes: that of the lane that will fail first."""
    return min((power for power in powers if power is not None), default=None)


def rows(modules: Iterable[OpticRow | None]) -> tuple[OpticRow, ...]:
    """Return the modules that are there."""
    return tuple(module for module in modules if module is not None)
