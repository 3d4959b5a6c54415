"""Sensors of physical parts: ENTITY-SENSOR-MIB (RFC 3433) and CISCO-ENTITY-SENSOR-MIB, which adds dBm and limits.

A value is raw × 10^(3 × (scale - 9)) / 10^precision. Sensors of one port that measure light or a laser become that
port's module; all others are the device's health.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from netmon.probes.snmp.ber import Index, oid
from netmon.probes.vendors import health, optics
from netmon.probes.vendors.entity import label
from netmon.probes.vendors.optics import Limits, optic, plausible_limits
from netmon.probes.vendors.rows import HealthRow, OpticRow, Quantity
from netmon.probes.vendors.tables import MINUTE, SLOW, Found, Part, Table
from netmon.probes.vendors.values import dbm_of_milliwatts, integer, valid


class Columns(NamedTuple):
    """The columns of a table of sensors, whose index is entPhysicalIndex."""

    type: bytes
    scale: bytes
    precision: bytes
    value: bytes
    status: bytes


STANDARD = Columns(*(oid(f"1.3.6.1.2.1.99.1.1.1.{column}") for column in range(1, 6)))
CISCO = Columns(*(oid(f"1.3.6.1.4.1.9.9.91.1.1.1.1.{column}") for column in range(1, 6)))
SEVERITY = oid("1.3.6.1.4.1.9.9.91.1.2.1.1.2")
RELATION = oid("1.3.6.1.4.1.9.9.91.1.2.1.1.3")
THRESHOLD = oid("1.3.6.1.4.1.9.9.91.1.2.1.1.4")  # index: entity, threshold; in the units of the sensor
THRESHOLDS = (SEVERITY, RELATION, THRESHOLD)

_OK = 1
_OUT_OF_RANGE = 10**9  # and its negative: overflow and underflow
_UNITS = 9
_VOLTS, _AMPERES, _WATTS, _CELSIUS, _HUMIDITY, _RPM, _DBM = (3, 4), 5, 6, 8, 9, 10, 14
_HEALTH = {
    3: (Quantity.VOLTAGE, 1.0),
    4: (Quantity.VOLTAGE, 1.0),
    5: (Quantity.CURRENT, 1.0),
    6: (Quantity.POWER, 1.0),
    8: (Quantity.TEMPERATURE, 1.0),
    9: (Quantity.HUMIDITY, 0.01),
    10: (Quantity.FAN, 1.0),
}
_RECEIVED = ("rx", "receive", "input")
_SENT = ("tx", "transmit", "output")
_MINOR, _MAJOR, _CRITICAL = 10, 20, 30
_BELOW, _ABOVE = (1, 2), (3, 4)


class Sensor(NamedTuple):
    """A sensor that works, and whose. `value` is in the unit of its `type`; `unit` is one step of the raw value."""

    entity: int
    type: int
    value: float
    unit: float


def sensors(found: Found, columns: Columns) -> Iterator[Sensor]:
    """Yield the sensors of a table that are in order and within their range."""
    for index in found.indexes(columns.value):
        raw = integer(valid(found.at(columns.value, index)))
        if len(index) != 1 or raw is None or abs(raw) >= _OUT_OF_RANGE:
            continue
        status = integer(found.at(columns.status, index))
        unit = _unit(integer(found.at(columns.scale, index)), integer(found.at(columns.precision, index)))
        if status in (None, _OK) and unit is not None:
            yield Sensor(index[0], integer(found.at(columns.type, index)) or 0, raw * unit, unit)


def _unit(scale: int | None, precision: int | None) -> float | None:
    """Return what one step of a raw value is worth, or None for numbers that RFC 3433 does not allow."""
    scale, precision = _UNITS if scale is None else scale, precision or 0
    if not 1 <= scale <= 17 or not -8 <= precision <= 9:
        return None
    return float(10.0 ** (3 * (scale - _UNITS) - precision))


def decode_sensors(found: Found, columns: Columns) -> tuple[OpticRow | HealthRow, ...]:
    """Decode a table of sensors: the modules it tells of, by port, and the device's own health."""
    ports: dict[str, list[Sensor]] = {}
    measures = []
    for sensor in sensors(found, columns):
        port = _port(found, sensor.entity)
        if port is None:
            if sensor.entity in found.entities or not found.entities:  # else nobody can tell of what
                measures.append(_measure(found, sensor))
        else:
            ports.setdefault(port, []).append(sensor)
    return (*optics.rows(_module(found, *item) for item in ports.items()), *health.rows(measures))


def _port(found: Found, index: int) -> str | None:
    entity = found.entities.get(index)
    return None if entity is None else entity.port


def _module(found: Found, port: str, group: list[Sensor]) -> OpticRow | None:
    inward = [power for sensor in group if (power := _power(found, sensor, _RECEIVED)) is not None]
    outward = [power for sensor in group if (power := _power(found, sensor, _SENT)) is not None]
    bias = [sensor.value for sensor in group if sensor.type == _AMPERES]
    if not inward and not outward and not bias:
        return None  # a port that is merely warm
    return optic(
        port,
        receive=optics.weakest(inward),
        transmit=optics.weakest(outward),
        temperature=max((sensor.value for sensor in group if sensor.type == _CELSIUS), default=None),
        bias=max(bias, default=None),
        supply=next((sensor.value for sensor in group if sensor.type in _VOLTS), None),
    )


def _power(found: Found, sensor: Sensor, words: Iterable[str]) -> float | None:
    """Return the optical power of a sensor in dBm, if that is what it measures in the direction of these words."""
    if sensor.type not in (_WATTS, _DBM) or not any(word in _words(found, sensor.entity) for word in words):
        return None
    return sensor.value if sensor.type == _DBM else dbm_of_milliwatts(sensor.value * 1e3)


def _words(found: Found, index: int) -> str:
    entity = found.entities.get(index)
    return "" if entity is None else f"{entity.name or ''} {entity.description or ''}".lower()


def _measure(found: Found, sensor: Sensor) -> HealthRow | None:
    if sensor.type not in _HEALTH:
        return None
    quantity, factor = _HEALTH[sensor.type]
    return health.measure(quantity, label(found, sensor.entity), sensor.value * factor)


def decode_limits(found: Found) -> tuple[OpticRow, ...]:
    """Decode the limits that CISCO-ENTITY-SENSOR-MIB keeps for the powers of modules."""
    thresholds: dict[int, list[Index]] = {}
    for index in found.indexes(THRESHOLD):
        thresholds.setdefault(index[0] if len(index) == 2 else -1, []).append(index)
    inward: dict[str, Limits] = {}
    outward: dict[str, Limits] = {}
    for sensor in sensors(found, CISCO):
        port = _port(found, sensor.entity)
        if port is not None and sensor.type == _DBM and sensor.entity in thresholds:
            limits = plausible_limits(_limits(found, sensor, thresholds[sensor.entity]))
            for sides, words in ((inward, _RECEIVED), (outward, _SENT)):
                if _power(found, sensor, words) is not None:
                    sides.setdefault(port, limits)
    return tuple(_limited(port, inward, outward) for port in dict.fromkeys((*inward, *outward)))


def _limits(found: Found, sensor: Sensor, rows: Iterable[Index]) -> Limits:
    limits: dict[str, float] = {}
    for index in rows:
        severity, relation = integer(found.at(SEVERITY, index)), integer(found.at(RELATION, index))
        raw = integer(found.at(THRESHOLD, index))
        side = "low" if relation in _BELOW else "high" if relation in _ABOVE else None
        grade = "warning" if severity == _MINOR else "alarm" if severity in (_MAJOR, _CRITICAL) else None
        if side is not None and grade is not None and raw is not None:
            limits.setdefault(f"{side}_{grade}", raw * sensor.unit)
    return Limits(**limits)


def _limited(port: str, inward: Mapping[str, Limits], outward: Mapping[str, Limits]) -> OpticRow:
    received, sent = inward.get(port, optics.NO_LIMITS), outward.get(port, optics.NO_LIMITS)
    return OpticRow(
        port,
        receive_low_alarm_dbm=received.low_alarm,
        receive_low_warning_dbm=received.low_warning,
        receive_high_warning_dbm=received.high_warning,
        receive_high_alarm_dbm=received.high_alarm,
        transmit_low_alarm_dbm=sent.low_alarm,
        transmit_high_alarm_dbm=sent.high_alarm,
    )


SENSORS = Table(
    "sensors",
    Part.HEALTH,
    lambda found: decode_sensors(found, STANDARD),
    STANDARD,
    every=MINUTE,
    also=(Part.OPTICS,),
)
CISCO_SENSORS = Table(
    "cisco.sensors",
    Part.OPTICS,
    lambda found: decode_sensors(found, CISCO),
    CISCO,
    every=MINUTE,
    also=(Part.HEALTH,),
)
CISCO_LIMITS = Table("cisco.limits", Part.OPTICS, decode_limits, (*CISCO, *THRESHOLDS), every=SLOW, fills=True)
