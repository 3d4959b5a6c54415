"""Neighbours by CDP: cdpCacheTable of CISCO-CDP-MIB, which others than Cisco fill too. Its index starts with ifIndex.

The device id is a host name, with a serial number in brackets on some switches, or a MAC as text or as six octets.
"""

from __future__ import annotations

import re

from netmon.probes.snmp.ber import Index, oid
from netmon.probes.vendors.rows import NeighbourRow
from netmon.probes.vendors.stations import address, identifier, mac
from netmon.probes.vendors.tables import NEIGHBOURLY, Found, Part, Table
from netmon.probes.vendors.values import text

_TABLE = "1.3.6.1.4.1.9.9.23.1.2.1.1."
ADDRESS = oid(_TABLE + "4")
DEVICE_ID = oid(_TABLE + "6")
DEVICE_PORT = oid(_TABLE + "7")
SYSTEM_NAME = oid(_TABLE + "17")
INTERFACE_NAME = oid("1.3.6.1.4.1.9.9.23.1.1.1.1.6")

_SERIAL = re.compile(r"\s*\([^()]*\)$")


def decode_cdp(found: Found) -> tuple[NeighbourRow, ...]:
    """Decode the neighbours of the cache."""
    return tuple(_row(found, index) for index in found.indexes(DEVICE_ID) if len(index) == 2)


def _row(found: Found, index: Index) -> NeighbourRow:
    device = found.at(DEVICE_ID, index)
    at = found.at(ADDRESS, index)
    station = mac(device)
    named = None if station else identifier(device)
    return NeighbourRow(
        local_port=found.ports.get(index[0]) or text(found.at(INTERFACE_NAME, index[:1])) or None,
        remote_name=text(found.at(SYSTEM_NAME, index)) or (_SERIAL.sub("", named) if named else None),
        remote_chassis=station,
        remote_port=text(found.at(DEVICE_PORT, index)) or None,
        remote_address=address(at) if isinstance(at, bytes) else None,
        protocol="cdp",
    )


def _names(found: Found) -> tuple[bytes, ...]:
    is_nameless = any(index[:1] and index[0] not in found.ports for index in found.indexes(DEVICE_ID))
    return (INTERFACE_NAME,) if is_nameless else ()


CDP = Table(
    "cdp",
    Part.NEIGHBOURS,
    decode_cdp,
    columns=(ADDRESS, DEVICE_ID, DEVICE_PORT, SYSTEM_NAME),
    every=NEIGHBOURLY,
    then=_names,
)
