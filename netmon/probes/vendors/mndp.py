"""Neighbours by MikroTik's discovery protocol: mtxrNeighborTable of MIKROTIK-MIB.

It lists every device of the layer-2 domain that speaks MNDP, CDP or LLDP, so a row is not yet a cable. The port is an
ifIndex, which RouterOS lets reach 4294967294, and which then arrives as a negative number.
"""

from __future__ import annotations

from netmon.probes.snmp.ber import oid
from netmon.probes.vendors.rows import NeighbourRow
from netmon.probes.vendors.stations import address, mac
from netmon.probes.vendors.tables import NEIGHBOURLY, Found, Part, Table
from netmon.probes.vendors.values import integer, text

_TABLE = "1.3.6.1.4.1.14988.1.1.11.1.1."
NEIGHBOUR_ADDRESS = oid(_TABLE + "2")
NEIGHBOUR_MAC = oid(_TABLE + "3")
NEIGHBOUR_IDENTITY = oid(_TABLE + "6")
NEIGHBOUR_INTERFACE = oid(_TABLE + "8")


def decode_mndp(found: Found) -> tuple[NeighbourRow, ...]:
    """Decode the neighbours; the table does not say at which port of theirs they are."""
    rows = []
    for index in found.indexes(NEIGHBOUR_MAC, NEIGHBOUR_IDENTITY, NEIGHBOUR_ADDRESS):
        interface = integer(found.at(NEIGHBOUR_INTERFACE, index))
        at = found.at(NEIGHBOUR_ADDRESS, index)
        rows.append(
            NeighbourRow(
                local_port=None if interface is None else found.ports.get(interface & 0xFFFFFFFF),
                remote_name=text(found.at(NEIGHBOUR_IDENTITY, index)) or None,
                remote_chassis=mac(found.at(NEIGHBOUR_MAC, index)),
                remote_address=address(at) if isinstance(at, bytes) else None,
                protocol="mndp",
            )
        )
    return tuple(rows)


MNDP = Table(
    "mndp",
    Part.NEIGHBOURS,
    decode_mndp,
    columns=(NEIGHBOUR_ADDRESS, NEIGHBOUR_MAC, NEIGHBOUR_IDENTITY, NEIGHBOUR_INTERFACE),
    every=NEIGHBOURLY,
)
