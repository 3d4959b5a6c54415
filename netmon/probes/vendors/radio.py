"""What the decoders of radios share: what a radio can plausibly report, and clients named by their address."""

from __future__ import annotations

from collections.abc import Callable

from netmon.probes.snmp.ber import Index, Value
from netmon.probes.vendors.tables import Found
from netmon.probes.vendors.values import number, signed32, valid, within


def signal_dbm(value: Value) -> float | None:
    """Return a received signal, noise floor or RSRP between -140 and -1 dBm; 0 stands for none."""
    raw = signed32(valid(value))
    return within(-140.0, None if raw is None else float(raw), -1.0)


def noise_ratio_db(value: Value) -> float | None:
    """Return a signal-to-noise ratio; 0 stands for none."""
    return within(1.0, number(value), 100.0)


def rate(value: Value, unit: float) -> float | None:
    """Return a rate in bit/s, of a number in units of `unit` bit/s; 0 is a link that carries nothing."""
    raw = number(valid(value))
    return within(0.0, None if raw is None else raw * unit, 1e12)


def uptime_seconds(value: Value, unit: float = 1.0) -> float | None:
    """Return how long a link or a client has been up, of a number in units of `unit` seconds."""
    raw = within(0.0, number(valid(value)), 2**32)
    return None if raw is None else raw * unit


def percent(value: Value) -> float | None:
    """Return a percentage as a ratio; what is above 100 is a number of thousandths, as some firmware writes it."""
    raw = within(0.0, number(value), 1000.0)
    if raw is None:
        return None
    return raw / 100.0 if raw <= 100.0 else raw / 1000.0


def length_meters(value: Value, unit: float = 1.0) -> float | None:
    """Return a distance that a radio spans, of a number in units of `unit` metres; 0 stands for none."""
    raw = number(valid(value))
    return within(1.0, None if raw is None else round(raw * unit, 2), 300_000.0)


def frequency_hertz(value: Value) -> float | None:
    """Return a frequency from MHz, or from kHz where the number would be too high for that; 0 stands for none."""
    raw = within(100.0, number(value), 1e8)
    if raw is None:
        return None
    return raw * 1e6 if raw <= 100_000.0 else raw * 1e3


def stations(value: Value) -> int | None:
    """Return a number of clients, whatever type it comes as."""
    count = within(0.0, number(value), 10_000.0)
    return None if count is None else int(count)


def mac(octets: Index) -> str | None:
    """Return the address that an index holds."""
    return bytes(octets).hex(":") if len(octets) == 6 and max(octets) <= 255 else None


def column_reader(found: Found, index: Index) -> Callable[[bytes], Value]:
    """Return what reads a row's cells."""
    return lambda column: found.at(column, index)
