"""By what its neighbours may know a device: its LLDP chassis id and the MACs of its bridge and its interfaces."""

from __future__ import annotations

from collections.abc import Iterator

from netmon.probes.snmp.ber import oid
from netmon.probes.vendors.lldp import decode_chassis
from netmon.probes.vendors.rows import IdentityRow
from netmon.probes.vendors.stations import mac
from netmon.probes.vendors.tables import SLOW, Found, Part, Table
from netmon.probes.vendors.values import integer

CHASSIS_ID_SUBTYPE = oid("1.0.8802.1.1.2.1.3.1.0")
CHASSIS_ID = oid("1.0.8802.1.1.2.1.3.2.0")
V2_CHASSIS_ID_SUBTYPE = oid("1.3.111.2.802.1.1.13.1.3.1.0")
V2_CHASSIS_ID = oid("1.3.111.2.802.1.1.13.1.3.2.0")
BRIDGE_ADDRESS = oid("1.3.6.1.2.1.17.1.1.0")
PHYSICAL_ADDRESS = oid("1.3.6.1.2.1.2.2.1.6")


def decode_identity(found: Found) -> tuple[IdentityRow, ...]:
    """Decode all ids; one of a port names it."""
    return tuple(_rows(found))


def _rows(found: Found) -> Iterator[IdentityRow]:
    for subtype, value in ((CHASSIS_ID_SUBTYPE, CHASSIS_ID), (V2_CHASSIS_ID_SUBTYPE, V2_CHASSIS_ID)):
        chassis = decode_chassis(integer(found.scalars.get(subtype)), found.scalars.get(value))
        if chassis:
            yield IdentityRow(chassis)
    bridge = mac(found.scalars.get(BRIDGE_ADDRESS))
    if bridge:
        yield IdentityRow(bridge)
    for index in found.indexes(PHYSICAL_ADDRESS):
        own, port = mac(found.at(PHYSICAL_ADDRESS, index)), found.ports.get(index[0]) if len(index) == 1 else None
        if own and port:
            yield IdentityRow(own, port)


IDENTITY = Table(
    "identity",
    Part.IDENTITIES,
    decode_identity,
    columns=(PHYSICAL_ADDRESS,),
    scalars=(CHASSIS_ID_SUBTYPE, CHASSIS_ID, V2_CHASSIS_ID_SUBTYPE, V2_CHASSIS_ID, BRIDGE_ADDRESS),
    every=SLOW,
)
