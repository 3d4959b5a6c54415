"""Which stations a bridge has learned behind its ports: BRIDGE-MIB (RFC 4188), per VLAN Q-BRIDGE-MIB (RFC 4363)."""

from __future__ import annotations

from netmon.probes.snmp.ber import Index, oid
from netmon.probes.vendors.lldp import BRIDGE_PORT_INTERFACE
from netmon.probes.vendors.rows import ForwardingRow
from netmon.probes.vendors.stations import mac
from netmon.probes.vendors.tables import SLOW, Found, Part, Table
from netmon.probes.vendors.values import integer

PORT = oid("1.3.6.1.2.1.17.4.3.1.2")
STATUS = oid("1.3.6.1.2.1.17.4.3.1.3")
VLAN_PORT = oid("1.3.6.1.2.1.17.7.1.2.2.1.2")
VLAN_STATUS = oid("1.3.6.1.2.1.17.7.1.2.2.1.3")

_LEARNED = 3


def decode_forwarding(found: Found) -> tuple[ForwardingRow, ...]:
    """Decode what was learned; entries for the bridge itself and for port 0 (not known) are left out.

    Where the entries of VLANs are given, those without a VLAN are the same ones again.
    """
    width, port, status = (7, VLAN_PORT, VLAN_STATUS) if found.indexes(VLAN_PORT) else (6, PORT, STATUS)
    rows = []
    for index in found.indexes(port):
        name = _port_name(found, integer(found.at(port, index)))
        station = _station(index[-6:])
        said = integer(found.at(status, index))
        if len(index) == width and name and station and said in (None, _LEARNED):
            rows.append(ForwardingRow(name, station, index[0] if width == 7 else None))
    return tuple(rows)


def _port_name(found: Found, number: int | None) -> str | None:
    if not number:
        return None
    interface = integer(found.at(BRIDGE_PORT_INTERFACE, (number,)))
    return found.ports.get(number if interface is None else interface)


def _station(arcs: Index) -> str | None:
    return mac(bytes(arcs)) if all(arc < 256 for arc in arcs) else None


def _numbers(found: Found) -> tuple[bytes, ...]:
    return (BRIDGE_PORT_INTERFACE,) if found.indexes(PORT, VLAN_PORT) else ()


FORWARDING = Table(
    "forwarding",
    Part.FORWARDING,
    decode_forwarding,
    columns=(PORT, STATUS, VLAN_PORT, VLAN_STATUS),
    every=SLOW,
    then=_numbers,
)
