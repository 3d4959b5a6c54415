"""Huawei switches and routers: HUAWEI-ENTITY-EXTENT-MIB, whose rows are indexed by entPhysicalIndex.

2147483647 stands for "invalid" by the MIB, -1 is met too. Powers are hundredths of a dBm by the MIB; some firmware
gives whole microwatts instead, which shows in both powers of a module being positive. Limits are always dBm.
"""

from __future__ import annotations

import math

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

_SENTINELS = frozenset({2**31 - 1, -1})
_PRESENT, _NORMAL = 1, 1
_SUPPLYING, _NOT_SUPPLYING = 1, 2
_NO_POWER = -70.0  # dBm; a lane with less is times 100


def decode_optics(found: Found) -> tuple[OpticRow, ...]:
    """Decode the modules of the ports."""
    return optics.rows(_module(found, index) for index in found.indexes(RECEIVE_POWER, LANE_RECEIVE_POWER))


def _module(found: Found, index: Index) -> OpticRow | None:
    def at(column: bytes) -> Value:
        return _valid(found.at(column, index))

    received, sent = powers_dbm(integer(at(RECEIVE_POWER)), integer(at(TRANSMIT_POWER)))
    if received is None:
        received = optics.weakest(lanes_dbm(found.at(LANE_RECEIVE_POWER, index)))
    return optic(
        _port(found, index),
        receive=received,
        transmit=sent,
        temperature=scaled(at(MODULE_TEMPERATURE), 1.0),
        bias=scaled(at(BIAS), 1e-6),
        supply=scaled(at(VOLTAGE), 1e-3),
        wavelength=scaled(at(WAVELENGTH), 1e-9),
    )


def powers_dbm(received: int | None, sent: int | None) -> tuple[float | None, float | None]:
    """Return both powers of a module in dBm, from hundredths of a dBm or from microwatts: whichever they are."""
    if not received and not sent:
        return None, None  # 0 and 0: nothing is there
    in_microwatts = (sent or 0) > 0 and (received is None or received >= 0)
    if in_microwatts and (received is not None or plausible_power_dbm((sent or 0) / 100) is None):
        return (
            None if received is None else dbm_of_milliwatts(received / 1000),
            None if sent is None else dbm_of_milliwatts(sent / 1000),
        )
    return None if received is None else received / 100, None if sent is None else sent / 100


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
        low, high, sent_low, sent_high, warning = (
            scaled(_valid(found.at(column, index)), 0.01) for column in LIMIT_COLUMNS
        )
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
        memory, celsius = _valid(found.at(MEMORY, index)), _valid(found.at(TEMPERATURE, index))
        if integer(memory):  # a part without memory has no processor either
            measures.append(health.measure(Quantity.CPU, name, ratio_of_percent(_valid(found.at(CPU, index)))))
            measures.append(health.measure(Quantity.MEMORY, name, ratio_of_percent(memory)))
        entity = found.entities.get(index[0])
        if integer(celsius) and (entity is None or entity.port is None):
            measures.append(health.measure(Quantity.TEMPERATURE, name, scaled(celsius, 1.0)))
    return health.rows(measures)


def decode_environment(found: Found) -> tuple[HealthRow, ...]:
    """Decode fans and power supplies that are present, indexed by slot and number."""
    measures = [
        health.measure(Quantity.FAN, _place("fan", index), None, integer(found.at(FAN_STATE, index)) == _NORMAL)
        for index in found.indexes(FAN_STATE)
        if integer(found.at(FAN_PRESENT, index)) in (None, _PRESENT)
    ]
    for index in found.indexes(SUPPLY_STATE):
        state = integer(found.at(SUPPLY_STATE, index))
        if integer(found.at(SUPPLY_PRESENT, index)) in (None, _PRESENT):
            is_ok = {_SUPPLYING: True, _NOT_SUPPLYING: False}.get(state or 0)
            measures.append(health.measure(Quantity.POWER_SUPPLY, _place("psu", index), None, is_ok))
    return health.rows(measures)


def _place(kind: str, index: Index) -> str:
    return f"{kind} {'/'.join(map(str, index))}"


def _valid(value: Value) -> Value:
    return None if integer(value) in _SENTINELS else value


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
