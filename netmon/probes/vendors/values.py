"""Turn raw variables into values. What is absent, a sentinel or implausible is None: "no sample", never a number."""

from __future__ import annotations

import math
import re

from netmon.probes.snmp.ber import Value

LONGEST_TEXT = 255
_NUMBER = re.compile(rb"\s*([+-]?\d{1,19}(?:\.\d{1,9})?(?:[eE][+-]?\d{1,2}(?!\d))?)")
_POWER = re.compile(rb"([+-]?\d{1,9}(?:\.\d{1,9})?)\s*(dbm|mw|uw|\xc2\xb5w|\xb5w)(?![a-z])", re.IGNORECASE)
_MILLIWATTS = {b"mw": 1.0, b"uw": 1e-3, b"\xc2\xb5w": 1e-3, b"\xb5w": 1e-3}

# "No value" at one maker or another: -1 and the ends of 16 and 32 bits.
SENTINELS = frozenset({-1, 2**31 - 1, -(2**31), 2**32 - 1, 2**16 - 1, 1 - 2**16, 2**15 - 1, -(2**15)})


def text(value: Value) -> str | None:
    """Return a DisplayString as one printable line: UTF-8 where it is, control characters dropped."""
    if not isinstance(value, bytes):
        return None
    decoded = value[:LONGEST_TEXT].decode("utf-8", errors="replace")
    if decoded.isprintable():
        return decoded.strip()
    return "".join(c if c.isprintable() else " " if c.isspace() else "" for c in decoded).strip()


def integer(value: Value) -> int | None:
    """Return a number that is one, or a string of digits as some agents send it."""
    if isinstance(value, bytes):
        found = _NUMBER.match(value)
        return None if found is None else int(float(found.group(1)))
    return value


def count(value: Value) -> int | None:
    """Return a counter; one that is negative, or over 64 bits, is no sample."""
    found = integer(value)
    return found if found is not None and 0 <= found < 2**64 else None


def number(value: Value) -> float | None:
    """Return a number, or the number that a string such as `-21.3 dBm` starts with."""
    if isinstance(value, bytes):
        found = _NUMBER.match(value)
        return None if found is None else float(found.group(1))
    return None if value is None else float(value)


def signed32(value: Value) -> int | None:
    """Return a number that may be a negative one sent as an unsigned 32-bit type."""
    found = integer(value)
    if found is not None and 2**31 <= found < 2**32:
        return found - 2**32
    return found


def valid(value: Value) -> Value:
    """Return a variable unless it is one of `SENTINELS`. Not for counters, which pass through all of them."""
    return None if number(value) in SENTINELS else value


def within(low: float, value: float | None, high: float) -> float | None:
    """Return the value if it lies in [low, high], else None."""
    return value if value is not None and low <= value <= high else None


def is_dark(power_dbm: float | None) -> bool:
    """Say whether a power is the floor of SFF-8472 (0 µW read as about -40 dBm): no light, not a measurement."""
    return power_dbm is not None and power_dbm <= -40.0


# What an optical module can plausibly report (SFF-8472, with room); outside it is no sample.
def plausible_power_dbm(value: float | None) -> float | None:
    """Return optical power between -45 and +10 dBm, else None."""
    return within(-45.0, value, 10.0)


def plausible_celsius(value: float | None) -> float | None:
    """Return a module temperature between -40 and 125 °C, else None."""
    return within(-40.0, value, 125.0)


def plausible_supply_volts(value: float | None) -> float | None:
    """Return a module supply between 2.5 and 6 V, else None."""
    return within(2.5, value, 6.0)


def plausible_bias_amperes(value: float | None) -> float | None:
    """Return a laser bias of 0.1 to 150 mA, or of none at all, in amperes, else None: below that no laser lases."""
    return value if value == 0.0 else within(1e-4, value, 0.150)


def plausible_wavelength_meters(value: float | None) -> float | None:
    """Return a wavelength between 700 and 1700 nm, in metres, else None."""
    return within(700e-9, value, 1700e-9)


def scaled(value: Value, factor: float) -> float | None:
    """Return a measure, a number or the number in a string, in its base unit; None for `SENTINELS`."""
    found = number(valid(value))
    return None if found is None else found * factor


def power_dbm(value: Value, unit: float = 1.0) -> float | None:
    """Return an optical power in dBm: a number of `unit` dBm, or a text, in which the unit that it names counts.

    Some agents say it twice, as in `0.02 mW (-17.28 dBm)`.
    """
    found = _POWER.findall(value[:LONGEST_TEXT]) if isinstance(value, bytes) else ()
    said = {word.lower(): float(amount) for amount, word in found}
    if not said:
        return scaled(value, unit)
    if b"dbm" in said:
        return said[b"dbm"]
    word, amount = next(iter(said.items()))
    return dbm_of_milliwatts(amount * _MILLIWATTS[word])


def ratio_of_percent(value: Value, unit: float = 0.01) -> float | None:
    """Return a share of 0 to 1 from per cent, or from what `unit` makes of it; outside that no sample."""
    return within(0.0, scaled(value, unit), 1.0)


def dbm_of_milliwatts(milliwatts: float | None) -> float | None:
    """Return optical power in dBm; none at all is minus infinity, which is dark."""
    if milliwatts is None or milliwatts < 0.0:
        return None
    return 10.0 * math.log10(milliwatts) if milliwatts > 0.0 else -math.inf
