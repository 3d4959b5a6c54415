"""Raisecom: ROSMGMT-OPTICAL-TRANSCEIVER-MIB (RAISECOM-OPTICAL-TRANSCEIVER-MIB before), a row for each parameter.

Values are thousandths of a degree, mA, dBm and V; -1000000 is none, and a row counts only while its status is valid.
Some firmware gives a power in microwatts: its low limit is then a positive number, which no module's limit in dBm is.
"""

from __future__ import annotations

from netmon.probes.snmp.ber import Index, Value, oid
from netmon.probes.vendors import health, optics
from netmon.probes.vendors.optics import Limits, optic
from netmon.probes.vendors.rows import HealthRow, OpticRow, Quantity
from netmon.probes.vendors.tables import MINUTE, Found, Part, Table
from netmon.probes.vendors.values import dbm_of_milliwatts, integer, scaled, valid

_MODULE = "1.3.6.1.4.1.8886.1.18.2.2.1.1."  # index: ifIndex, parameter
VALUE = oid(_MODULE + "2")
HIGH_ALARM = oid(_MODULE + "3")
HIGH_WARNING = oid(_MODULE + "4")
LOW_ALARM = oid(_MODULE + "5")
LOW_WARNING = oid(_MODULE + "6")
STATUS = oid(_MODULE + "12")
WAVELENGTH = oid("1.3.6.1.4.1.8886.1.18.2.1.1.1.16")  # picometres, by ifIndex
COLUMNS = (VALUE, HIGH_ALARM, HIGH_WARNING, LOW_ALARM, LOW_WARNING, STATUS, WAVELENGTH)

TEMPERATURE = oid("1.3.6.1.4.1.8886.1.27.2.1.1.10.0")
FAN_SPEED = oid("1.3.6.1.4.1.8886.1.27.5.1.1.4")

_CELSIUS, _BIAS, _SENT, _RECEIVED, _VOLTS = 1, 2, 3, 4, 7
_VALID = 1
_NONE = -1_000_000
_LIMITS = (LOW_ALARM, LOW_WARNING, HIGH_WARNING, HIGH_ALARM)  # in the order of `Limits`


def decode_optics(found: Found) -> tuple[OpticRow, ...]:
    """Decode the modules of the ports."""
    ports = {index[-2]: index[:-1] for index in found.indexes(VALUE) if len(index) >= 2}
    return optics.rows(_module(found, port, ports[port]) for port in sorted(ports))


def _module(found: Found, port: int, row: Index) -> OpticRow | None:
    def at(parameter: int, column: bytes = VALUE) -> Value:
        index = (*row, parameter)
        is_valid = integer(found.at(STATUS, index)) in (None, _VALID)
        value = valid(found.at(column, index))
        return None if not is_valid or integer(value) == _NONE else value

    def powers(parameter: int) -> list[float | None]:
        """Return a power and its limits."""
        low = integer(at(parameter, LOW_ALARM))
        columns = (VALUE, *_LIMITS)
        return [_power(at(parameter, column), is_microwatts=low is not None and low > 0) for column in columns]

    received, *receive_limits = powers(_RECEIVED)
    sent, *transmit_limits = powers(_SENT)
    return optic(
        found.port(port),
        receive=received,
        transmit=sent,
        temperature=scaled(at(_CELSIUS), 1e-3),
        bias=scaled(at(_BIAS), 1e-6),
        supply=scaled(at(_VOLTS), 1e-3),
        wavelength=scaled(found.at(WAVELENGTH, row), 1e-12),
        receive_limits=Limits(*receive_limits),
        transmit_limits=Limits(*transmit_limits),
    )


def _power(value: Value, *, is_microwatts: bool) -> float | None:
    thousandths = scaled(value, 1e-3)
    return dbm_of_milliwatts(thousandths) if is_microwatts else thousandths


def decode_health(found: Found) -> tuple[HealthRow, ...]:
    """Decode the temperature of the chassis and the speed of its fans; 0 °C is no sample."""
    celsius = scaled(found.scalars.get(TEMPERATURE), 1.0) or None
    fans = (
        health.measure(Quantity.FAN, f"fan {'/'.join(map(str, index))}", scaled(found.at(FAN_SPEED, index), 1.0))
        for index in found.indexes(FAN_SPEED)
    )
    return health.rows((health.measure(Quantity.TEMPERATURE, "chassis", celsius), *fans))


OPTICS = Table("raisecom.optics", Part.OPTICS, decode_optics, COLUMNS, every=MINUTE)
HEALTH = Table("raisecom.health", Part.HEALTH, decode_health, (FAN_SPEED,), (TEMPERATURE,), every=MINUTE)
TABLES = (OPTICS, HEALTH)
