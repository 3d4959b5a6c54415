"""Junos: JUNIPER-DOM-MIB, by ifIndex, and the operating table of JUNIPER-MIB.

Zero means that a module or a part cannot measure something; it is never a power, a temperature or a load. Some
releases (12.3 with XFPs) count received power, and its limits, from -20 dBm up: a receiver's limit above 10 dBm shows
them.
"""

from __future__ import annotations

from netmon.probes.snmp.ber import Index, Value, oid
from netmon.probes.vendors import health, optics
from netmon.probes.vendors.optics import Limits, optic
from netmon.probes.vendors.rows import HealthRow, OpticRow, Quantity
from netmon.probes.vendors.tables import MINUTE, Found, Part, Table
from netmon.probes.vendors.values import integer, ratio_of_percent, scaled, text, valid

_DOM = "1.3.6.1.4.1.2636.3.60.1.1.1.1."
RECEIVE_POWER = oid(_DOM + "5")
BIAS = oid(_DOM + "6")
TRANSMIT_POWER = oid(_DOM + "7")
MODULE_TEMPERATURE = oid(_DOM + "8")
RECEIVE_LIMITS = tuple(oid(_DOM + str(column)) for column in (10, 12, 11, 9))  # in the order of `Limits`
TRANSMIT_LIMITS = tuple(oid(_DOM + str(column)) for column in (18, 20, 19, 17))
VOLTAGE = oid(_DOM + "25")
LANE_RECEIVE_POWER = oid("1.3.6.1.4.1.2636.3.60.1.2.1.1.6")  # index: ifIndex, lane

_OPERATING = "1.3.6.1.4.1.2636.3.1.13.1."
NAME = oid(_OPERATING + "5")
STATE = oid(_OPERATING + "6")
TEMPERATURE = oid(_OPERATING + "7")
CPU = oid(_OPERATING + "8")
MEMORY = oid(_OPERATING + "11")

_FROM = 20.0  # dBm below zero from which some releases count received power
_BLINDING = 10.0  # dBm; no receiver has its limit there
_DOWN = 6
_RUNNING = frozenset({2, 3, 5, 7})  # running, ready, running at full speed, standby
_SUPPLIES = ("power supply", "pem ", "psm ", "psu ")


def decode_optics(found: Found) -> tuple[OpticRow, ...]:
    """Decode the modules; of one with several lanes, the weakest is its power."""
    lanes: dict[int, list[float | None]] = {}
    for index in found.indexes(LANE_RECEIVE_POWER):
        if len(index) == 2:
            lanes.setdefault(index[0], []).append(_hundredths(found.at(LANE_RECEIVE_POWER, index)))
    indexes = sorted({index[0] for index in found.indexes(RECEIVE_POWER) if len(index) == 1} | set(lanes))
    return optics.rows(_module(found, (index,), lanes.get(index, [])) for index in indexes)


def _module(found: Found, index: Index, lanes: list[float | None]) -> OpticRow | None:
    def at(column: bytes) -> Value:
        return valid(found.at(column, index))

    received = _hundredths(at(RECEIVE_POWER))
    limits = [_hundredths(at(column)) for column in RECEIVE_LIMITS]
    if any(limit is not None and limit > _BLINDING for limit in limits):
        received = None if received is None else received - _FROM
        limits = [(limit or 0.0) - _FROM for limit in limits]
    return optic(
        found.port(index[0]),
        receive=optics.weakest(lanes) if received is None else received,
        transmit=_hundredths(at(TRANSMIT_POWER)),
        temperature=scaled(at(MODULE_TEMPERATURE), 1.0),
        bias=scaled(at(BIAS), 1e-6),
        supply=scaled(at(VOLTAGE), 1e-3),
        receive_limits=Limits(*limits),
        transmit_limits=Limits(*(_hundredths(at(column)) for column in TRANSMIT_LIMITS)),
    )


def _hundredths(value: Value) -> float | None:
    return scaled(value, 0.01) or None


def decode_health(found: Found) -> tuple[HealthRow, ...]:
    """Decode jnxOperatingTable: loads, memory, temperatures, and the states of fans and power supplies."""
    measures = []
    for index in found.indexes(NAME):
        name = text(found.at(NAME, index)) or ""
        measures.append(health.measure(Quantity.CPU, name, ratio_of_percent(found.at(CPU, index)) or None))
        measures.append(health.measure(Quantity.MEMORY, name, ratio_of_percent(found.at(MEMORY, index)) or None))
        celsius = scaled(found.at(TEMPERATURE, index), 1.0) or None
        measures.append(health.measure(Quantity.TEMPERATURE, name, celsius))
        state, lowered = integer(found.at(STATE, index)), name.lower() + " "
        is_ok = True if state in _RUNNING else False if state == _DOWN else None
        if any(word in lowered for word in _SUPPLIES):
            measures.append(health.measure(Quantity.POWER_SUPPLY, name, None, is_ok))
        elif "fan" in lowered:
            measures.append(health.measure(Quantity.FAN, name, None, is_ok))
    return health.rows(measures)


OPTICS = Table(
    "juniper.optics",
    Part.OPTICS,
    decode_optics,
    (
        RECEIVE_POWER,
        BIAS,
        TRANSMIT_POWER,
        MODULE_TEMPERATURE,
        *RECEIVE_LIMITS,
        *TRANSMIT_LIMITS,
        VOLTAGE,
        LANE_RECEIVE_POWER,
    ),
    every=MINUTE,
)
HEALTH = Table("juniper.health", Part.HEALTH, decode_health, (NAME, STATE, TEMPERATURE, CPU, MEMORY), every=MINUTE)
TABLES = (OPTICS, HEALTH)
