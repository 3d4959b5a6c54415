"""Optical modules of RouterOS: mtxrOpticalTable of MIKROTIK-MIB.

The MIB states power and voltage in thousandths, bias in mA, wavelength in hundredths of a nanometre and temperature
in whole degrees, which arrives as two's complement in a Gauge32. A module without diagnostics, or an empty cage,
answers with zeros or -128 °C: no sample.
"""

from __future__ import annotations

from netmon.probes.snmp.ber import Index, Value, oid
from netmon.probes.vendors.optics import optic
from netmon.probes.vendors.rows import OpticRow
from netmon.probes.vendors.tables import MINUTE, Found, Part, Table
from netmon.probes.vendors.values import integer, is_dark, signed32, text, valid

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
    columns = (TEMPERATURE, SUPPLY_VOLTAGE, BIAS_CURRENT, TRANSMIT_POWER, RECEIVE_POWER)
    measured = [signed32(valid(at(column))) for column in columns]
    temperature, supply, bias, transmit, receive = measured
    wavelength = integer(at(WAVELENGTH))
    if not port or temperature == _EMPTY_CAGE_CELSIUS or not any(measured):  # None or 0 throughout
        return None
    # 0 dBm is a legal reading, so zeros alone prove nothing; beside a missing wavelength they do.
    if (wavelength is None or wavelength <= _SMALLEST_WAVELENGTH) and 0 in measured:
        return None
    loss, fault = integer(at(RECEIVE_LOSS)), integer(at(TRANSMIT_FAULT))
    received = _scaled(receive, 1e-3)
    row = optic(
        port,
        receive=received,
        transmit=_scaled(transmit, 1e-3),
        temperature=_scaled(temperature, 1.0),
        bias=_scaled(bias, 1e-3),
        supply=_scaled(supply, 1e-3),
        wavelength=_scaled(wavelength, 1e-11),
        lost=None if loss is None else loss == 1,
        fault=None if fault is None else fault == 1,
    )
    # An agent that answers but the loss of light still says something; so does one whose only power is the floor.
    return row or (OpticRow(port, receive_lost=True) if loss == 1 or is_dark(received) else None)


def _scaled(raw: int | None, factor: float) -> float | None:
    return None if raw is None else raw * factor


OPTICS = Table("mikrotik.optics", Part.OPTICS, decode_optics, OPTICAL_COLUMNS, every=MINUTE)
