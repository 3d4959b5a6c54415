"""ZTE switches (ZXR10): ZXR10OPTICALMIB. Values are texts in dBm, mA, °C and V, each followed by a column Valid.

Older switches index the rows by ifIndex, newer ones (5960) by the length and the letters of the port's name.
"""

from __future__ import annotations

from netmon.probes.snmp.ber import Index, Value, oid
from netmon.probes.vendors import optics
from netmon.probes.vendors.optics import optic
from netmon.probes.vendors.rows import OpticRow
from netmon.probes.vendors.tables import MINUTE, Found, Part, Table
from netmon.probes.vendors.values import integer, power_dbm, scaled, valid

_MODULE = "1.3.6.1.4.1.3902.3.103.11.1.1."
WAVELENGTH = oid(_MODULE + "16")
RECEIVE_POWER = oid(_MODULE + "18")
RECEIVE_POWER_VALID = oid(_MODULE + "19")
TRANSMIT_POWER = oid(_MODULE + "20")
TRANSMIT_POWER_VALID = oid(_MODULE + "21")
BIAS = oid(_MODULE + "22")
BIAS_VALID = oid(_MODULE + "23")
TEMPERATURE = oid(_MODULE + "24")
TEMPERATURE_VALID = oid(_MODULE + "25")
VOLTAGE = oid(_MODULE + "26")
VOLTAGE_VALID = oid(_MODULE + "27")
COLUMNS = (
    WAVELENGTH,
    RECEIVE_POWER,
    RECEIVE_POWER_VALID,
    TRANSMIT_POWER,
    TRANSMIT_POWER_VALID,
    BIAS,
    BIAS_VALID,
    TEMPERATURE,
    TEMPERATURE_VALID,
    VOLTAGE,
    VOLTAGE_VALID,
)
_VALID = 1


def decode_optics(found: Found) -> tuple[OpticRow, ...]:
    """Decode the modules of the ports; 0 is no sample."""
    return optics.rows(_module(found, index) for index in found.indexes(RECEIVE_POWER, TRANSMIT_POWER))


def _module(found: Found, index: Index) -> OpticRow | None:
    def raw(column: bytes, valid_column: bytes) -> Value:
        return valid(found.at(column, index)) if integer(found.at(valid_column, index)) in (None, _VALID) else None

    def at(column: bytes, valid_column: bytes, unit: float = 1.0) -> float | None:
        return scaled(raw(column, valid_column), unit) or None

    return optic(
        port_of(found, index),
        receive=power_dbm(raw(RECEIVE_POWER, RECEIVE_POWER_VALID)) or None,
        transmit=power_dbm(raw(TRANSMIT_POWER, TRANSMIT_POWER_VALID)) or None,
        temperature=at(TEMPERATURE, TEMPERATURE_VALID),
        bias=at(BIAS, BIAS_VALID, 1e-3),
        supply=at(VOLTAGE, VOLTAGE_VALID),
        wavelength=scaled(found.at(WAVELENGTH, index), 1e-9),
    )


def port_of(found: Found, index: Index) -> str | None:
    """Return the port that a row is about: its index is an ifIndex, or the length and the letters of a name."""
    if len(index) == 1:
        return found.port(index[0])
    length, letters = (index[0], index[1:]) if index else (0, ())
    if length != len(letters) or not all(0x20 < letter < 0x7F for letter in letters):
        return None
    return "".join(map(chr, letters))


OPTICS = Table("zte.optics", Part.OPTICS, decode_optics, COLUMNS, every=MINUTE)
TABLES = (OPTICS,)
