"""What the decoders of all OLTs share: serials, dates, causes and powers of ONUs, and the cells that are metered."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from netmon.probes.snmp.ber import Index, Value, encode_arcs
from netmon.probes.vendors.rows import OnuCause, OnuRow
from netmon.probes.vendors.tables import Found
from netmon.probes.vendors.values import (
    integer,
    is_dark,
    number,
    plausible_bias_amperes,
    plausible_celsius,
    text,
    valid,
    within,
)

LONGEST_FIBRE_METERS = 100_000.0
OFFSET_DB = 30.0
STEP_DB = 0.002

_SERIAL_OCTETS = 8  # four letters of the maker, four binary octets (G.984.3)
_MAC_OCTETS = 6
_DATE_OCTETS = (8, 11)  # SNMPv2-TC DateAndTime, without and with a zone

Suffixed = tuple[bytes, Index]
"""A column, and what follows the ONU's own index in it."""

_WORDS = (
    (OnuCause.POWER, ("dying", "gasp", "power", "dgi")),
    (OnuCause.FIBRE, ("los", "lof", "loa", "lok", "wire", "fiber", "fibre", "sfi", "signal")),
    (OnuCause.AUTH, ("auth", "password", "loid")),
    (OnuCause.ADMIN, ("admin", "deact", "disable", "reset", "reboot", "manual", "operator", "shutdown")),
)


def onu_name(index: Index) -> str:
    """Return what an ONU is called in the budget of its OLT: the index of its row."""
    return ".".join(map(str, index))


def cells(indexes: Iterable[Index], columns: Iterable[Suffixed]) -> dict[str, tuple[bytes, ...]]:
    """Return the identifiers of the metered values of ONUs, by name."""
    columns = tuple(columns)
    return {
        onu_name(index): tuple(column + encode_arcs(index + suffix) for column, suffix in columns)
        for index in indexes
    }


def cell(found: Found, index: Index, *columns: Suffixed) -> Value:
    """Return a metered value: that of the first of these columns that has one."""
    names = (column + encode_arcs(index + suffix) for column, suffix in columns)
    return next((value for name in names if (value := found.scalars.get(name)) is not None), None)


def online(rows: Mapping[Index, OnuRow]) -> list[Index]:
    """Return the ONUs that can be asked: all but those that are known to be off."""
    return [index for index, row in rows.items() if row.online is not False]


def serial(value: Value) -> str | None:
    """Return a GPON serial (`HWTC1A2B3C4D`) or a MAC address, from octets or from text."""
    if not isinstance(value, bytes) or not value:
        return None
    if len(value) == _SERIAL_OCTETS and value[:4].isalnum():
        return value[:4].decode("ascii").upper() + value[4:].hex().upper()
    if len(value) == _MAC_OCTETS and not value.isalnum():
        return value.hex(":")
    return text(value) or None


def given_name(value: Value) -> str | None:
    """Return what an operator called an ONU; None for what firmwares write where nobody has."""
    said = text(value)
    return None if said is None or said.strip("-").lower() in ("", "na", "n/a", "null") else said


def date_and_time(value: Value) -> str | None:
    """Return DateAndTime (SNMPv2-TC) or a text as `2026-11-25 14:03:00`, by the device's clock; zeros are none."""
    if not isinstance(value, bytes):
        return None
    if len(value) in _DATE_OCTETS and not value[:4].isdigit():
        year, month, day = int.from_bytes(value[:2], "big"), value[2], value[3]
        if not (1970 <= year <= 2200 and 1 <= month <= 12 and 1 <= day <= 31):
            return None
        hour, minute, second = value[4:7]
        return f"{year}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}"
    said = text(value)
    return said if said and any(digit in said for digit in "123456789") else None


def cause_of_words(value: Value) -> OnuCause | None:
    """Return the cause that a text names; None where it says nothing."""
    said = text(value)
    if not said or said.strip("-").lower() in ("", "n/a", "none", "null", "normal"):
        return None
    lowered = said.lower()
    return next((cause for cause, words in _WORDS if any(word in lowered for word in words)), OnuCause.UNKNOWN)


def distance_meters(value: Value) -> float | None:
    """Return the length of the fibre to an ONU; zero, negative and more than PON can span are none."""
    length = number(valid(value))
    return within(1.0, length, LONGEST_FIBRE_METERS)


def received(power_dbm: float | None) -> float | None:
    """Return a power that an ONU or OLT receives, or None for what stands for "none": 0, the floor, the implausible.

    Light near 0 dBm is far above what a receiver of PON survives (-8 dBm); firmwares write it for an absent value.
    """
    return None if is_dark(power_dbm) else within(-45.0, power_dbm, -1.0)


def sent(power_dbm: float | None) -> float | None:
    """Return a power that an ONU or OLT sends, if it is one: lasers of PON stay within 10 dB of a milliwatt.

    Exactly 0 is what firmwares write for none.
    """
    return within(-10.0, power_dbm, 10.0) or None


def celsius(temperature: float | None) -> float | None:
    """Return the temperature of an ONU or of a module of an OLT; exactly 0 is what firmwares write for none."""
    return plausible_celsius(temperature) or None


def bias(amperes: float | None) -> float | None:
    """Return the current through the laser of an ONU that is on, which is never 0."""
    return plausible_bias_amperes(amperes) or None


def signed16(value: Value) -> int | None:
    """Return a number that may be a negative one in sixteen bits; 65535, -1 and 0 stand for none."""
    raw = integer(valid(value))
    if not raw or not -32768 <= raw < 65536:
        return None
    return raw - 65536 if raw >= 32768 else raw


def received_by_steps(value: Value) -> float | None:
    """Return a received power in steps of 0.002 dB.

    Most firmware counts from -30 dBm, as the command line of the OLT confirms; some from 0, as the MIB's text has it.
    What would be plausible without the offset (-45 to -5 dBm) follows the text: with it, it would be darkness.
    """
    steps = signed16(value)
    if steps is None:
        return None
    bare = steps * STEP_DB
    return received(bare if -45.0 <= bare <= -5.0 else bare - OFFSET_DB)


def sent_by_steps(value: Value) -> float | None:
    """Return a sent power in steps of 0.002 dB, from -30 dBm or, where that is implausible, from 0."""
    steps = signed16(value)
    if steps is None:
        return None
    offset = sent(steps * STEP_DB - OFFSET_DB)
    return sent(steps * STEP_DB) if offset is None else offset
