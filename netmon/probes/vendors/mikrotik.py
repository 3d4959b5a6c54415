"""Optical modules of RouterOS: mtxrOpticalTable of MIKROTIK-MIB.

The MIB states power and voltage in thousandths, bias in mA, wavelength in hundredths of a nanometre and temperature
in whole degrees, which arrives as two's complement in a Gauge32. A module without diagnostics, or an empty cage,
answers with zeros or -128 °C: no sample.
"""

from __future__ import annotations

from netmon.probes.snmp.ber import Index, Value, oid
from netmon.probes.vendors.rows import OpticRow
from netmon.probes.vendors.tables import Found, Part, Table
from netmon.probes.vendors.values import (
    integer,
    is_dark,
    plausible_bias_amperes,
    plausible_celsius,
    plausible_power_dbm,
    plausible_supply_volts,
    plausible_wavelength_meters,
    signed32,
    text,
)

_TABLE = "1.3.6.1.4.1.14988.1.1.19.1.1."
NAME = oid(_TABLE + "2")
RECEIVE_LOSS = oid(_TABLE + "3")
TRANSMIT_FAULT = oid(_TABLE + "4")
WAVELENGTH = oid(_TABLE + "5")
TEMPERATURE = oid(_TABLE + "6")
SUPPLY_VOLTAGE = oid(_TABLE + "7")
BIAS_CURRENT = oid(_TABLE + "8")
TRANSMIT_POWER = oid(_TABLE + "9")
RECEIVE_POWER = oid(_TABLE + "10")

OPTICAL_COLUMNS = (
    NAME,
    RECEIVE_LOSS,
    TRANSMIT_FAULT,
    WAVELENGTH,
    TEMPERATURE,
    SUPPLY_VOLTAGE,
    BIAS_CURRENT,
    TRANSMIT_POWER,
    RECEIVE_POWER,
)

_EMPTY_CAGE_CELSIUS = -128
_SMALLEST_WAVELENGTH = 100  # raw; below it the module states none


def decode_optics(found: Found) -> tuple[OpticRow, ...]:
    """Decode the columns of `OPTICAL_COLUMNS`; rows without a module or without diagnostics are left out."""
    rows = (_decode_row(found, index) for index in found.indexes(NAME))
    return tuple(row for row in rows if row is not None)


def _decode_row(found: Found, index: Index) -> OpticRow | None:
    def at(column: bytes) -> Value:
        return found.at(column, index)

    port = text(at(NAME))
    measured = [signed32(at(c)) for c in (TEMPERATURE, SUPPLY_VOLTAGE, BIAS_CURRENT, TRANSMIT_POWER, RECEIVE_POWER)]
    temperature, supply, bias, transmit, receive = measured
    wavelength = integer(at(WAVELENGTH))
    if not port or temperature == _EMPTY_CAGE_CELSIUS or not any(measured):  # None or 0 throughout
        return None
    # 0 dBm is a legal reading, so zeros alone prove nothing; beside a missing wavelength they do.
    if (wavelength is None or wavelength <= _SMALLEST_WAVELENGTH) and 0 in measured:
        return None
    received, sent = _scaled(receive, 1e-3), _scaled(transmit, 1e-3)
    loss, fault = integer(at(RECEIVE_LOSS)), integer(at(TRANSMIT_FAULT))
    lost = loss == 1 or is_dark(received)
    return OpticRow(
        port=port,
        receive_power_dbm=None if lost else plausible_power_dbm(received),
        transmit_power_dbm=None if is_dark(sent) else plausible_power_dbm(sent),
        receive_lost=None if loss is None and received is None else lost,
        transmit_fault=None if fault is None else fault == 1,
        temperature_celsius=plausible_celsius(_scaled(temperature, 1.0)),
        bias_amperes=plausible_bias_amperes(_scaled(bias, 1e-3)),
        supply_volts=plausible_supply_volts(_scaled(supply, 1e-3)),
        wavelength_meters=plausible_wavelength_meters(_scaled(wavelength, 1e-11)),
    )


def _scaled(raw: int | None, factor: float) -> float | None:
    return None if raw is None else raw * factor


OPTICS = Table("mikrotik.optics", Part.OPTICS, decode_optics, OPTICAL_COLUMNS)
