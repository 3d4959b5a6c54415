"""Huawei switches and routers: HUAWEI-ENTITY-EXTENT-MIB, whose rows are indexed by entPhysicalIndex.

2147483647 stands for "invalid" by the MIB, -1 is met too. Powers are hundredths of a dBm by the MIB; some firmware
gives whole microwatts instead, which shows in both powers of a module being positive. Where one power is all that a
module tells, the other modules of the device show what it speaks. Limits are always dBm. Bias is microamperes by the
MIB, and milliamperes on routers: a laser takes more of the former than it could of the latter.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from netmon.probes.snmp.ber import Index, Value, oid
from netmon.probes.vendors import health, optics
from netmon.probes.vendors.entity import label
from netmon.probes.vendors.optics import Limits, optic
from netmon.probes.vendors.rows import HealthRow, OpticRow, Quantity
from netmon.probes.vendors.tables import MINUTE, SLOW, Found, Part, Table
from netmon.probes.vendors.values import (
    dbm_of_milliwatts,
    integer,
    number,
    plausible_power_dbm,
    ratio_of_percent,
    scaled,
    valid,
)

_STATE = "1.3.6.1.4.1.2011.5.25.31.1.1.1.1."
CPU = oid(_STATE + "5")
MEMORY = oid(_STATE + "7")
TEMPERATURE = oid(_STATE + "11")
FAN_PRESENT = oid("1.3.6.1.4.1.2011.5.25.31.1.1.10.1.6")
FAN_STATE = oid("1.3.6.1.4.1.2011.5.25.31.1.1.10.1.7")
SUPPLY_PRESENT = oid("1.3.6.1.4.1.2011.5.25.31.1.1.18.1.5")
SUPPLY_STATE = oid("1.3.6.1.4.1.2011.5.25.31.1.1.18.1.6")

_OPTICAL = "1.3.6.1.4.1.2011.5.25.31.1.1.3.1."
WAVELENGTH = oid(_OPTICAL + "2")
MODULE_TEMPERATURE = oid(_OPTICAL + "5")
VOLTAGE = oid(_OPTICAL + "6")
BIAS = oid(_OPTICAL + "7")
RECEIVE_POWER = oid(_OPTICAL + "8")
TRANSMIT_POWER = oid(_OPTICAL + "9")
RECEIVE_LOW = oid(_OPTICAL + "13")
RECEIVE_HIGH = oid(_OPTICAL + "14")
TRANSMIT_LOW = oid(_OPTICAL + "15")
TRANSMIT_HIGH = oid(_OPTICAL + "16")
RECEIVE_LOW_WARNING = oid(_OPTICAL + "20")
LANE_RECEIVE_POWER = oid(_OPTICAL + "32")
OPTICAL_COLUMNS = (
    WAVELENGTH,
    MODULE_TEMPERATURE,
    VOLTAGE,
    BIAS,
    RECEIVE_POWER,
    TRANSMIT_POWER,
    LANE_RECEIVE_POWER,
)
LIMIT_COLUMNS = (RECEIVE_LOW, RECEIVE_HIGH, TRANSMIT_LOW, TRANSMIT_HIGH, RECEIVE_LOW_WARNING)

_PRESENT, _NORMAL = 1, 1
_SUPPLYING, _NOT_SUPPLYING = 1, 2
_MOST_MILLIAMPERES = 150
_NO_POWER = -70.0  # dBm; a lane with less is times 100

Powers = tuple[float | None, float | None]
"""What a module receives and what it sends, in dBm."""


def decode_optics(found: Found) -> tuple[OpticRow, ...]:
    """Decode the modules of the ports."""
    indexes = found.indexes(RECEIVE_POWER, LANE_RECEIVE_POWER)
    powers = powers_dbm(
        [[integer(valid(found.at(c, index))) for c in (RECEIVE_POWER, TRANSMIT_POWER)] for index in indexes]
    )
    return optics.rows(_module(found, *item) for item in zip(indexes, powers, strict=True))


def _module(found: Found, index: Index, powers: Powers) -> OpticRow | None:
    def at(column: bytes) -> Value:
        return valid(found.at(column, index))

    received, sent = powers
    if received is None:
        received = optics.weakest(lanes_dbm(found.at(LANE_RECEIVE_POWER, index)))
    return optic(
        _port(found, index),
        receive=received,
        transmit=sent,
        temperature=scaled(at(MODULE_TEMPERATURE), 1.0),
        bias=_amperes(number(at(BIAS))),
        supply=scaled(at(VOLTAGE), 1e-3),
        wavelength=scaled(at(WAVELENGTH), 1e-9),
    )


def _amperes(bias: float | None) -> float | None:
    return None if bias is None else bias * (1e-6 if bias > _MOST_MILLIAMPERES else 1e-3)


def powers_dbm(modules: Iterable[Sequence[int | None]]) -> list[Powers]:
    """Return received and sent power of the modules of a device, in dBm, from hundredths of it or from microwatts."""
    told = [(received, sent) if received or sent else (None, None) for received, sent in modules]  # 0 and 0: nothing
    negative = any((received or 0) < 0 or (sent or 0) < 0 for received, sent in told)
    in_microwatts = any((received or 0) > 0 and (sent or 0) > 0 for received, sent in told)
    return [_powers(received, sent, None if negative == in_microwatts else in_microwatts) for received, sent in told]


def _powers(received: int | None, sent: int | None, in_microwatts: bool | None) -> Powers:
    """Return the powers of one module; `in_microwatts` is what the others show, None where they do not."""
    known = [power for power in (received, sent) if power is not None]
    if any(power < 0 for power in known):
        in_microwatts = False
    elif len(known) == 2:
        in_microwatts = True
    elif in_microwatts is None:
        if all(plausible_power_dbm(power / 100) is not None for power in known):
            return None, None  # it may be either
        in_microwatts = True
    if in_microwatts:
        return _of_microwatts(received), _of_microwatts(sent)
    return None if received is None else received / 100, None if sent is None else sent / 100


def _of_microwatts(power: int | None) -> float | None:
    return None if power is None else dbm_of_milliwatts(power / 1000)


def lanes_dbm(value: Value) -> list[float | None]:
    """Return the powers in a text such as `-5.89,-6.01`, which some firmware multiplies by 100."""
    if not isinstance(value, bytes):
        return []
    found: list[float | None] = []
    for lane in value.split(b","):
        power = -math.inf if lane.strip().lower() == b"-inf" else number(lane)
        found.append(power / 100 if power is not None and -math.inf < power < _NO_POWER else power)
    return found


def decode_limits(found: Found) -> tuple[OpticRow, ...]:
    """Decode the limits of the modules, hundredths of a dBm whatever the powers are."""
    rows = []
    for index in found.indexes(*LIMIT_COLUMNS):
        port = _port(found, index)
        low, high, sent_low, sent_high, warning = (scaled(found.at(column, index), 0.01) for column in LIMIT_COLUMNS)
        received = optics.plausible_limits(Limits(low, warning, None, high))
        sent = optics.plausible_limits(Limits(sent_low, None, None, sent_high))
        if port is not None:
            rows.append(
                OpticRow(
                    port,
                    receive_low_alarm_dbm=received.low_alarm,
                    receive_low_warning_dbm=received.low_warning,
                    receive_high_alarm_dbm=received.high_alarm,
                    transmit_low_alarm_dbm=sent.low_alarm,
                    transmit_high_alarm_dbm=sent.high_alarm,
                )
            )
    return tuple(rows)


def _port(found: Found, index: Index) -> str | None:
    entity = found.entities.get(index[0]) if len(index) == 1 else None
    return None if entity is None else entity.port


def decode_health(found: Found) -> tuple[HealthRow, ...]:
    """Decode processors, memory and temperatures of the boards; what a part does not have reads 0."""
    measures = []
    for index in found.indexes(CPU, MEMORY, TEMPERATURE):
        if len(index) != 1:
            continue
        name = label(found, index[0])
        memory, celsius = valid(found.at(MEMORY, index)), valid(found.at(TEMPERATURE, index))
        if integer(memory):  # a part without memory has no processor either
            measures.append(health.measure(Quantity.CPU, name, ratio_of_percent(valid(found.at(CPU, index)))))
            measures.append(health.measure(Quantity.MEMORY, name, ratio_of_percent(memory)))
        entity = found.entities.get(index[0])
        if integer(celsius) and (entity is None or entity.port is None):
            measures.append(health.measure(Quantity.TEMPERATURE, name, scaled(celsius, 1.0)))
    return health.rows(measures)


def decode_environment(found: Found) -> tuple[HealthRow, ...]:
    """Decode fans and power supplies that are present, indexed by slot and number."""
    measures = [
        health.measure(Quantity.FAN, health.place("fan", index), None, integer(found.at(FAN_STATE, index)) == _NORMAL)
        for index in found.indexes(FAN_STATE)
        if integer(found.at(FAN_PRESENT, index)) in (None, _PRESENT)
    ]
    for index in found.indexes(SUPPLY_STATE):
        state = integer(found.at(SUPPLY_STATE, index))
        if integer(found.at(SUPPLY_PRESENT, index)) in (None, _PRESENT):
            is_ok = {_SUPPLYING: True, _NOT_SUPPLYING: False}.get(state or 0)
            measures.append(health.measure(Quantity.POWER_SUPPLY, health.place("psu", index), None, is_ok))
    return health.rows(measures)


OPTICS = Table("huawei.optics", Part.OPTICS, decode_optics, OPTICAL_COLUMNS, every=MINUTE)
LIMITS = Table("huawei.limits", Part.OPTICS, decode_limits, LIMIT_COLUMNS, every=SLOW, fills=True)
HEALTH = Table("huawei.health", Part.HEALTH, decode_health, (CPU, MEMORY, TEMPERATURE), every=MINUTE)
ENVIRONMENT = Table(
    "huawei.environment",
    Part.HEALTH,
    decode_environment,
    (FAN_PRESENT, FAN_STATE, SUPPLY_PRESENT, SUPPLY_STATE),
    every=MINUTE,
)
TABLES = (OPTICS, LIMITS, HEALTH, ENVIRONMENT)
