"""ONUs and boards of a Huawei OLT (MA5600, MA5800): HUAWEI-XPON-MIB, by the PON port's ifIndex and the ONU.

2147483647 stands for "not readable" (the ONU is off), -1 for "the query failed".
"""

from __future__ import annotations

from collections.abc import Mapping

from netmon.probes.snmp.ber import Index, Value, oid
from netmon.probes.vendors import health, optics
from netmon.probes.vendors.onus import (
    bias,
    cell,
    cells,
    celsius,
    date_and_time,
    distance_meters,
    online,
    received,
    sent,
    serial,
)
from netmon.probes.vendors.optics import optic
from netmon.probes.vendors.rows import HealthRow, OnuCause, OnuRow, OpticRow, Quantity
from netmon.probes.vendors.tables import MINUTE, Found, Part, Table
from netmon.probes.vendors.values import integer, plausible_supply_volts, ratio_of_percent, scaled, text

_XPON = "1.3.6.1.4.1.2011.6.128.1.1.2."
SERIAL = oid(_XPON + "43.1.3")
DESCRIPTION = oid(_XPON + "43.1.9")
RUN_STATUS = oid(_XPON + "46.1.15")
RANGING = oid(_XPON + "46.1.20")
LAST_UP = oid(_XPON + "46.1.22")
LAST_DOWN = oid(_XPON + "46.1.23")
LAST_DOWN_CAUSE = oid(_XPON + "46.1.24")
LAST_RANGING = oid(_XPON + "46.1.29")
COLUMNS = (SERIAL, DESCRIPTION, RUN_STATUS, RANGING, LAST_UP, LAST_DOWN, LAST_DOWN_CAUSE, LAST_RANGING)

TEMPERATURE = oid(_XPON + "51.1.1")
BIAS = oid(_XPON + "51.1.2")
TRANSMIT_POWER = oid(_XPON + "51.1.3")
RECEIVE_POWER = oid(_XPON + "51.1.4")
VOLTAGE = oid(_XPON + "51.1.5")
OLT_RECEIVE_POWER = oid(_XPON + "51.1.6")
METERED = tuple(
    (column, ()) for column in (TEMPERATURE, BIAS, TRANSMIT_POWER, RECEIVE_POWER, VOLTAGE, OLT_RECEIVE_POWER)
)

PON_TEMPERATURE = oid(_XPON + "23.1.1")
PON_VOLTAGE = oid(_XPON + "23.1.2")
PON_BIAS = oid(_XPON + "23.1.3")
PON_TRANSMIT_POWER = oid(_XPON + "23.1.4")
PON_RECEIVE_POWER = oid(_XPON + "23.1.5")
PON_COLUMNS = (PON_TEMPERATURE, PON_VOLTAGE, PON_BIAS, PON_TRANSMIT_POWER, PON_RECEIVE_POWER)

_BOARD = "1.3.6.1.4.1.2011.2.6.7.1.1.2.1."  # index: frame, slot
BOARD_CPU = oid(_BOARD + "5")
BOARD_MEMORY = oid(_BOARD + "6")
BOARD_KIND = oid(_BOARD + "7")
BOARD_TEMPERATURE = oid(_BOARD + "10")
BOARD_COLUMNS = (BOARD_CPU, BOARD_MEMORY, BOARD_KIND, BOARD_TEMPERATURE)

_NONE = (-1, 2**31 - 1)
_FIBRE = frozenset({1, 2, 3, 4, 5, 6, 15})  # LOS, LOSi, LOFi, SFi, LOAi, LOAMi, LOKi
_POWER = 13
_BY_OPERATOR = frozenset({7, 8, 9, 10, 30, 31, 32, 33, 35})


def decode_onus(found: Found) -> tuple[OnuRow, ...]:
    """Decode the ONUs of an OLT."""
    return tuple(_rows(found).values())


def _rows(found: Found) -> Mapping[Index, OnuRow]:
    indexes = [index for index in found.indexes(SERIAL, RUN_STATUS) if len(index) == 2]
    return {index: _row(found, index) for index in indexes}


def _row(found: Found, index: Index) -> OnuRow:
    status = integer(found.at(RUN_STATUS, index))
    is_up = {1: True, 2: False}.get(status or 0)

    def measured(column: bytes) -> Value:
        raw = cell(found, index, (column, ())) if is_up else None
        return None if integer(raw) in _NONE else raw

    olt_receives = scaled(measured(OLT_RECEIVE_POWER), 0.01)
    return OnuRow(
        port=found.ports.get(index[0]) or f"if#{index[0]}",
        onu=index[1],
        serial=serial(found.at(SERIAL, index)),
        name=text(found.at(DESCRIPTION, index)) or None,
        online=is_up,
        state={True: "up", False: "down", None: None}[is_up],
        last_down_cause=down_cause(found.at(LAST_DOWN_CAUSE, index)),
        last_down=date_and_time(found.at(LAST_DOWN, index)),
        last_up=date_and_time(found.at(LAST_UP, index)),
        distance_meters=_length(found.at(RANGING, index)) or _length(found.at(LAST_RANGING, index)),
        receive_power_dbm=received(scaled(measured(RECEIVE_POWER), 0.01)),
        transmit_power_dbm=sent(scaled(measured(TRANSMIT_POWER), 0.01)),
        olt_receive_power_dbm=None if olt_receives is None else received(olt_receives - 100.0),
        temperature_celsius=celsius(scaled(measured(TEMPERATURE), 1.0)),
        bias_amperes=bias(scaled(measured(BIAS), 1e-3)),
        supply_volts=plausible_supply_volts(scaled(measured(VOLTAGE), 1e-3)),
    )


def down_cause(value: Value) -> OnuCause | None:
    """Return hwGponDeviceOntControlLastDownCause as one of a few words."""
    raw = integer(value)
    if raw is None or raw == 2**31 - 1:
        return None
    if raw in _FIBRE:
        return OnuCause.FIBRE
    if raw == _POWER:
        return OnuCause.POWER
    return OnuCause.ADMIN if raw in _BY_OPERATOR else OnuCause.UNKNOWN


def _length(value: Value) -> float | None:
    return None if integer(value) in _NONE else distance_meters(value)


def decode_pon_optics(found: Found) -> tuple[OpticRow, ...]:
    """Decode the modules of the OLT's own PON ports. What they receive comes in bursts and is no level of theirs."""
    return optics.rows(_pon_row(found, index) for index in found.indexes(PON_TRANSMIT_POWER) if len(index) == 1)


def _pon_row(found: Found, index: Index) -> OpticRow | None:
    def at(column: bytes) -> Value:
        raw = found.at(column, index)
        return None if integer(raw) in _NONE else raw

    return optic(
        found.ports.get(index[0]) or f"if#{index[0]}",
        transmit=sent(scaled(at(PON_TRANSMIT_POWER), 0.01)),
        temperature=celsius(scaled(at(PON_TEMPERATURE), 1.0)),
        bias=scaled(at(PON_BIAS), 1e-3),
        supply=scaled(at(PON_VOLTAGE), 0.01),
    )


def decode_boards(found: Found) -> tuple[HealthRow, ...]:
    """Decode how busy, full and warm the boards are; one without a processor says -1."""
    measures = []
    for index in found.indexes(*BOARD_COLUMNS):
        name = health.place(text(found.at(BOARD_KIND, index)) or "board", index)
        celsius = scaled(found.at(BOARD_TEMPERATURE, index), 1.0) or None
        measures += [
            health.measure(Quantity.CPU, name, ratio_of_percent(found.at(BOARD_CPU, index))),
            health.measure(Quantity.MEMORY, name, ratio_of_percent(found.at(BOARD_MEMORY, index))),
            health.measure(Quantity.TEMPERATURE, name, celsius),
        ]
    return health.rows(measures)


ONUS = Table(
    "huawei.onus",
    Part.ONUS,
    decode_onus,
    COLUMNS,
    every=MINUTE,
    cells=lambda found: cells(online(_rows(found)), METERED),
)
PON_OPTICS = Table("huawei.pon-optics", Part.OPTICS, decode_pon_optics, PON_COLUMNS, every=MINUTE)
BOARDS = Table("huawei.boards", Part.HEALTH, decode_boards, BOARD_COLUMNS, every=MINUTE)
TABLES = (ONUS, PON_OPTICS, BOARDS)
