"""ONUs of a FiberHome OLT (AN5116, AN5516): GEPON-OLT-COMMON-MIB, whose numbers are hundredths.

A row is indexed by one number that holds slot, PON and ONU. Column 21 of the list of ONUs holds passwords and is
never read. States differ by model: 0 is a cut fibre on AN5516 and merely "offline" on others, 2 is a loss of power.
"""

from __future__ import annotations

from collections.abc import Mapping

from netmon.probes.snmp.ber import Index, Value, encode_arcs, oid
from netmon.probes.vendors import health
from netmon.probes.vendors.onus import (
    bias,
    cell,
    celsius,
    date_and_time,
    online,
    onu_name,
    received,
    sent,
    serial,
)
from netmon.probes.vendors.rows import HealthRow, OnuCause, OnuRow, OpticRow, Quantity
from netmon.probes.vendors.tables import MINUTE, Found, Part, Table
from netmon.probes.vendors.values import integer, number, plausible_supply_volts, ratio_of_percent, scaled

_LIST = "1.3.6.1.4.1.5875.800.3.10.1.1."
SLOT = oid(_LIST + "2")
PON = oid(_LIST + "3")
ONU = oid(_LIST + "4")
SERIAL = oid(_LIST + "8")
STATUS = oid(_LIST + "11")
LAST_UP = oid(_LIST + "30")
LAST_DOWN = oid(_LIST + "31")
COLUMNS = (SLOT, PON, ONU, SERIAL, STATUS, LAST_UP, LAST_DOWN)

_ONU = "1.3.6.1.4.1.5875.800.3.9.3.3.1."
RECEIVE_POWER = oid(_ONU + "6")
TRANSMIT_POWER = oid(_ONU + "7")
VOLTAGE = oid(_ONU + "8")
CURRENT = oid(_ONU + "9")
TEMPERATURE = oid(_ONU + "10")
METERED = (RECEIVE_POWER, TRANSMIT_POWER, VOLTAGE, CURRENT, TEMPERATURE)
OLT_RECEIVE_POWER = oid("1.3.6.1.4.1.5875.800.3.9.3.7.1.2")  # indexed by PON and ONU

PON_TRANSMIT_POWER = oid("1.3.6.1.4.1.5875.800.3.9.3.4.1.8")

CARD_CPU = oid("1.3.6.1.4.1.5875.800.3.9.2.1.1.8")
CARD_MEMORY = oid("1.3.6.1.4.1.5875.800.3.9.2.1.1.9")
MANAGEMENT_CPU = oid("1.3.6.1.4.1.5875.800.3.9.8.1.1.5")
MANAGEMENT_MEMORY = oid("1.3.6.1.4.1.5875.800.3.9.8.1.1.6")
CARDS = (
    (Quantity.CPU, "card", CARD_CPU),
    (Quantity.MEMORY, "card", CARD_MEMORY),
    (Quantity.CPU, "management card", MANAGEMENT_CPU),
    (Quantity.MEMORY, "management card", MANAGEMENT_MEMORY),
)
SYSTEM_TEMPERATURE = oid("1.3.6.1.4.1.5875.800.3.9.4.5.0")

_STATES = {0: "off", 1: "online", 2: "power cut", 3: "offline"}
_SLOT_BITS, _PON_BITS, _ONU_BITS = 25, 19, 8


def decode_onus(found: Found) -> tuple[OnuRow, ...]:
    """Decode the authorised ONUs of an OLT."""
    return tuple(_rows(found).values())


def _rows(found: Found) -> Mapping[Index, OnuRow]:
    return {index: _row(found, index) for index in found.indexes(STATUS, SERIAL) if len(index) == 1}


def _row(found: Found, index: Index) -> OnuRow:
    slot, pon, onu = _place(found, index)
    status = integer(found.at(STATUS, index))
    is_up = None if status not in _STATES else status == 1

    def measured(column: bytes) -> Value:
        return cell(found, index, (column, ())) if is_up else None

    olt_receives = found.scalars.get(_olt_cell(found, index)) if is_up else None
    return OnuRow(
        port=_port(slot, pon),
        onu=onu,
        serial=serial(found.at(SERIAL, index)),
        online=is_up,
        state=None if status is None else _STATES.get(status),
        last_down_cause={0: OnuCause.UNKNOWN, 2: OnuCause.POWER, 3: OnuCause.UNKNOWN}.get(
            -1 if status is None else status
        ),
        last_down=date_and_time(found.at(LAST_DOWN, index)),
        last_up=date_and_time(found.at(LAST_UP, index)),
        receive_power_dbm=received(scaled(measured(RECEIVE_POWER), 0.01)),
        transmit_power_dbm=sent(scaled(measured(TRANSMIT_POWER), 0.01)),
        olt_receive_power_dbm=received(scaled(olt_receives, 0.01)),
        temperature_celsius=celsius(scaled(measured(TEMPERATURE), 0.01)),
        bias_amperes=bias(scaled(measured(CURRENT), 1e-5)),
        supply_volts=plausible_supply_volts(scaled(measured(VOLTAGE), 0.01)),
    )


def _place(found: Found, index: Index) -> tuple[int, int, int]:
    """Return slot, PON and ONU: of the row's columns or, where they say none, out of its index."""
    slot, pon, onu = (integer(found.at(column, index)) for column in (SLOT, PON, ONU))
    return (
        slot if slot is not None and 0 <= slot < 1 << 7 else index[0] >> _SLOT_BITS,
        pon if pon is not None and 0 <= pon < 1 << 6 else index[0] >> _PON_BITS & 0x3F,
        onu if onu is not None and 0 <= onu < 1 << 11 else index[0] >> _ONU_BITS & 0x7FF,
    )


def _port(slot: int, pon: int) -> str:
    return f"pon {slot}/{pon}"


def _olt_cell(found: Found, index: Index) -> bytes:
    onu = _place(found, index)[2]
    return OLT_RECEIVE_POWER + encode_arcs((index[0] >> _PON_BITS << _PON_BITS, onu))


def _cells(found: Found) -> Mapping[str, tuple[bytes, ...]]:
    return {
        onu_name(index): (*(column + encode_arcs(index) for column in METERED), _olt_cell(found, index))
        for index in online(_rows(found))
    }


def decode_pons(found: Found) -> tuple[OpticRow, ...]:
    """Decode what the PON ports send."""
    rows = []
    for index in found.indexes(PON_TRANSMIT_POWER):
        power = sent(scaled(found.at(PON_TRANSMIT_POWER, index), 0.01))
        if power is not None and len(index) == 1:
            port = found.ports.get(index[0]) or _port(index[0] >> _SLOT_BITS, index[0] >> _PON_BITS & 0x3F)
            rows.append(OpticRow(port, transmit_power_dbm=power))
    return tuple(rows)


def decode_health(found: Found) -> tuple[HealthRow, ...]:
    """Decode load of the cards, those of management among them, and the temperature of the shelf."""
    measures = [
        health.measure(quantity, health.place(kind, index), ratio_of_percent(found.at(column, index), 1e-4))
        for quantity, kind, column in CARDS
        for index in found.indexes(column)
    ]
    shelf = celsius(number(found.scalars.get(SYSTEM_TEMPERATURE)))
    return health.rows((*measures, health.measure(Quantity.TEMPERATURE, "shelf", shelf)))


ONUS = Table("fiberhome.onus", Part.ONUS, decode_onus, COLUMNS, every=MINUTE, cells=_cells)
PONS = Table("fiberhome.pons", Part.OPTICS, decode_pons, (PON_TRANSMIT_POWER,), every=MINUTE)
HEALTH = Table(
    "fiberhome.health",
    Part.HEALTH,
    decode_health,
    tuple(column for _, _, column in CARDS),
    (SYSTEM_TEMPERATURE,),
    every=MINUTE,
)
TABLES = (ONUS, PONS, HEALTH)
