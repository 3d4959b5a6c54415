"""Raisecom: RAISECOM-OPTICAL-TRANSCEIVER-MIB, and ROSMGMT-OPTICAL-TRANSCEIVER-MIB of ROS 6: a row for each parameter.

Values are thousandths of a degree, mA, dBm and V; -1000000 is none, and a row counts only while its status is valid.
Some firmware gives a power in microwatts: its low limit is then a positive number, which no module's limit in dBm is.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from netmon.probes.snmp.ber import Index, Value, oid
from netmon.probes.vendors import health, optics
from netmon.probes.vendors.optics import Limits, optic
from netmon.probes.vendors.rows import HealthRow, OpticRow, Quantity
from netmon.probes.vendors.tables import MINUTE, Found, Part, Table
from netmon.probes.vendors.values import dbm_of_milliwatts, integer, ratio_of_percent, scaled, valid


class Module(NamedTuple):
    """The columns of a table of modules, by ifIndex and parameter; `wavelength` by ifIndex, in picometres."""

    value: bytes
    high_alarm: bytes
    high_warning: bytes
    low_alarm: bytes
    low_warning: bytes
    status: bytes
    wavelength: bytes

    @property
    def limits(self) -> tuple[bytes, ...]:
        """The columns of the limits, in the order of `Limits`."""
        return self.low_alarm, self.low_warning, self.high_warning, self.high_alarm


def _module_of(root: str) -> Module:
    columns = [f"{root}.2.2.1.1.{column}" for column in (2, 3, 4, 5, 6, 12)]
    return Module(*(oid(column) for column in (*columns, root + ".2.1.1.1.16")))


MODULE = _module_of("1.3.6.1.4.1.8886.1.18")
ROS_MODULE = _module_of("1.3.6.1.4.1.8886.60.18.1")

SHELF_TEMPERATURE = oid("1.3.6.1.4.1.8886.1.27.2.1.1.10.0")
SHELF_FAN = oid("1.3.6.1.4.1.8886.1.27.5.1.1.4")
TEMPERATURE = oid("1.3.6.1.4.1.8886.1.1.4.2.1.0")
VOLTAGE = oid("1.3.6.1.4.1.8886.1.1.4.3.1.1.3")  # millivolts
FAN = oid("1.3.6.1.4.1.8886.1.1.5.2.2.1.2")
CPU = oid("1.3.6.1.4.1.8886.1.1.1.3.1.2.1.2.3")  # over one minute
ROS_CPU = oid("1.3.6.1.4.1.8886.60.1.1.1.2.1.1.1.3.3.0")
ROS_MEMORY_SIZE = oid("1.3.6.1.4.1.8886.60.1.3.1.1.1.0")
ROS_MEMORY_FREE = oid("1.3.6.1.4.1.8886.60.1.3.1.1.2.0")
SCALARS = (SHELF_TEMPERATURE, TEMPERATURE, CPU, ROS_CPU, ROS_MEMORY_SIZE, ROS_MEMORY_FREE)

_CELSIUS, _BIAS, _SENT, _RECEIVED, _VOLTS = 1, 2, 3, 4, 7
_VALID = 1
_NONE = -1_000_000


def decode_optics(found: Found, module: Module) -> tuple[OpticRow, ...]:
    """Decode the modules of the ports."""
    ports = {index[-2]: index[:-1] for index in found.indexes(module.value) if len(index) >= 2}
    return optics.rows(_module(found, port, ports[port], module) for port in sorted(ports))


def _module(found: Found, port: int, row: Index, module: Module) -> OpticRow | None:
    def at(parameter: int, column: bytes = module.value) -> Value:
        index = (*row, parameter)
        is_valid = integer(found.at(module.status, index)) in (None, _VALID)
        value = valid(found.at(column, index))
        return None if not is_valid or integer(value) == _NONE else value

    def powers(parameter: int) -> list[float | None]:
        """Return a power and its limits."""
        low = integer(at(parameter, module.low_alarm))
        columns = (module.value, *module.limits)
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
        wavelength=scaled(found.at(module.wavelength, row), 1e-12),
        receive_limits=Limits(*receive_limits),
        transmit_limits=Limits(*transmit_limits),
    )


def _power(value: Value, *, is_microwatts: bool) -> float | None:
    thousandths = scaled(value, 1e-3)
    return dbm_of_milliwatts(thousandths) if is_microwatts else thousandths


def decode_health(found: Found) -> tuple[HealthRow, ...]:
    """Decode load, memory, temperature, voltages and fans; 0 °C is no sample."""
    said = found.scalars.get
    celsius = scaled(said(TEMPERATURE), 1.0) or scaled(said(SHELF_TEMPERATURE), 1.0) or None
    loads = (ratio_of_percent(said(CPU)), ratio_of_percent(said(ROS_CPU)))
    size, free = integer(said(ROS_MEMORY_SIZE)), integer(said(ROS_MEMORY_FREE))
    used = None if not size or size < 0 or free is None else 1.0 - free / size
    return health.rows(
        (
            health.measure(Quantity.CPU, "cpu", next((load for load in loads if load is not None), None)),
            health.measure(Quantity.MEMORY, "memory", used),
            health.measure(Quantity.TEMPERATURE, "chassis", celsius),
            *_measures(found, Quantity.FAN, "fan", SHELF_FAN, 1.0),
            *_measures(found, Quantity.FAN, "fan", FAN, 1.0),
            *_measures(found, Quantity.VOLTAGE, "rail", VOLTAGE, 1e-3),
        )
    )


def _measures(
    found: Found, quantity: Quantity, kind: str, column: bytes, factor: float
) -> Iterator[HealthRow | None]:
    for index in found.indexes(column):
        yield health.measure(quantity, health.place(kind, index), scaled(found.at(column, index), factor))


OPTICS = Table("raisecom.optics", Part.OPTICS, lambda found: decode_optics(found, MODULE), MODULE, every=MINUTE)
ROS_OPTICS = Table(
    "raisecom.ros-optics", Part.OPTICS, lambda found: decode_optics(found, ROS_MODULE), ROS_MODULE, every=MINUTE
)
HEALTH = Table("raisecom.health", Part.HEALTH, decode_health, (SHELF_FAN, FAN, VOLTAGE), SCALARS, every=MINUTE)
TABLES = (OPTICS, ROS_OPTICS, HEALTH)
