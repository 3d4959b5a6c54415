"""ONUs of a UFiber OLT: UBNT-UFIBER-MIB, a list with a number for each. Powers are hundredths of a dBm.

It tells neither a cause nor a distance.
"""

from __future__ import annotations

from collections.abc import Mapping

from netmon.probes.snmp.ber import Index, oid
from netmon.probes.vendors.onus import Suffixed, cell, cells, online, received, sent, serial
from netmon.probes.vendors.rows import OnuRow
from netmon.probes.vendors.tables import MINUTE, Found, Part, Table
from netmon.probes.vendors.values import integer, scaled, text

_ONU = "1.3.6.1.4.1.41112.1.5.6.2.1."
SERIAL = oid(_ONU + "1")
NAME = oid(_ONU + "2")
ONLINE = oid(_ONU + "3")
PORT = oid(_ONU + "5")
COLUMNS = (SERIAL, NAME, ONLINE, PORT)
SENDS: Suffixed = (oid(_ONU + "8"), ())
RECEIVES: Suffixed = (oid(_ONU + "9"), ())

_TRUTH = {1: True, 2: False}


def decode_onus(found: Found) -> tuple[OnuRow, ...]:
    """Decode the ONUs of an OLT."""
    return tuple(_rows(found).values())


def _rows(found: Found) -> Mapping[Index, OnuRow]:
    return {index: _row(found, index) for index in found.indexes(ONLINE) if index}


def _row(found: Found, index: Index) -> OnuRow:
    is_up = _TRUTH.get(integer(found.at(ONLINE, index)) or 0)
    port = integer(found.at(PORT, index))
    return OnuRow(
        port="pon" if port is None or port < 0 else f"pon {port}",
        onu=index[-1],
        serial=serial(found.at(SERIAL, index)),
        name=text(found.at(NAME, index)) or None,
        online=is_up,
        state=None if is_up is None else "up" if is_up else "down",
        receive_power_dbm=received(scaled(cell(found, index, RECEIVES), 0.01)) if is_up else None,
        transmit_power_dbm=sent(scaled(cell(found, index, SENDS), 0.01)) if is_up else None,
    )


ONUS = Table(
    "ubiquiti.onus",
    Part.ONUS,
    decode_onus,
    COLUMNS,
    every=MINUTE,
    cells=lambda found: cells(online(_rows(found)), (SENDS, RECEIVES)),
)
TABLES = (ONUS,)
