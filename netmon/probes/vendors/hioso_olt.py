"""EPON ONUs of a HIOSO OLT; no MIB is to be had, all of it is known from the field.

It does not tell a loss of power from a cut over SNMP, and its clock drifts. HA7304V counts the ONUs of PON 2 to 4 as
one. Of its GPON models no list of ONUs is known that could be read without reading their light.
"""

from __future__ import annotations

from collections.abc import Mapping

from netmon.probes.snmp.ber import Index, Value, oid
from netmon.probes.vendors.cdata_olt import place
from netmon.probes.vendors.onus import (
    Suffixed,
    cell,
    cells,
    celsius,
    date_and_time,
    distance_meters,
    given_name,
    online,
    received,
    sent,
    serial,
)
from netmon.probes.vendors.rows import OnuRow
from netmon.probes.vendors.tables import MINUTE, Found, Part, Table
from netmon.probes.vendors.values import integer, number, power_dbm

_ONU = "1.3.6.1.4.1.25355.3.2.6.3.2.1."
MAC = oid(_ONU + "11")
DISTANCE = oid(_ONU + "25")
NAME = oid(_ONU + "37")
STATUS = oid(_ONU + "39")
LAST_DOWN = oid(_ONU + "41")
COLUMNS = (MAC, DISTANCE, NAME, STATUS, LAST_DOWN)
_OPTICAL = "1.3.6.1.4.1.25355.3.2.6.14.2.1."
SENDS: Suffixed = (oid(_OPTICAL + "4"), ())
TEMPERATURE: Suffixed = (oid(_OPTICAL + "7"), ())
RECEIVES: Suffixed = (oid(_OPTICAL + "8"), ())

_UP = {1: True, 2: False}


def decode_onus(found: Found) -> tuple[OnuRow, ...]:
    """Decode the ONUs of an OLT."""
    return tuple(_rows(found).values())


def _rows(found: Found) -> Mapping[Index, OnuRow]:
    return {index: _row(found, index) for index in found.indexes(STATUS, MAC) if index}


def _row(found: Found, index: Index) -> OnuRow:
    is_up = _UP.get(integer(found.at(STATUS, index)) or 0)
    port, onu = place(found, index)

    def measured(column: Suffixed) -> Value:
        return cell(found, index, column) if is_up else None

    return OnuRow(
        port=port,
        onu=onu,
        serial=serial(found.at(MAC, index)),
        name=given_name(found.at(NAME, index)),
        online=is_up,
        last_down=date_and_time(found.at(LAST_DOWN, index)),
        distance_meters=distance_meters(found.at(DISTANCE, index)),
        receive_power_dbm=received(power_dbm(measured(RECEIVES))),
        transmit_power_dbm=sent(power_dbm(measured(SENDS))),
        temperature_celsius=celsius(number(measured(TEMPERATURE))),
    )


ONUS = Table(
    "hioso.epon",
    Part.ONUS,
    decode_onus,
    COLUMNS,
    every=MINUTE,
    cells=lambda found: cells(online(_rows(found)), (SENDS, TEMPERATURE, RECEIVES)),
)
TABLES = (ONUS,)
