"""Neighbours by LLDP: LLDP-MIB (IEEE 802.1AB-2005) and LLDP-V2-MIB (802.1AB-2009).

What agents do differently:

- The TimeMark in the index is a filter and no identity: one neighbour re-appears under a new mark, and the newest
  counts.
- lldpLocPortNum need not be the ifIndex: the port is what lldpLocPortDesc or lldpLocPortId says by name, else what
  the bridge's port numbers say, else the ifIndex.
- RouterOS numbers its rows by its own neighbour table, as `N` or `0.0.N`; which port heard it stands there only.
- The management address is in the index, and some agents leave its length out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from netmon.probes.snmp.ber import Index, Value, oid
from netmon.probes.vendors.mndp import NEIGHBOUR_ADDRESS, NEIGHBOUR_INTERFACE
from netmon.probes.vendors.rows import NeighbourRow
from netmon.probes.vendors.stations import address, identifier, indexed_address, mac, network_address
from netmon.probes.vendors.tables import NEIGHBOURLY, Found, Part, Table
from netmon.probes.vendors.values import integer, text

_LOCAL = "1.0.8802.1.1.2.1.3.7.1."
LOCAL_PORT_ID_SUBTYPE = oid(_LOCAL + "2")
LOCAL_PORT_ID = oid(_LOCAL + "3")
LOCAL_PORT_DESCRIPTION = oid(_LOCAL + "4")
_REMOTE = "1.0.8802.1.1.2.1.4.1.1."
CHASSIS_ID_SUBTYPE = oid(_REMOTE + "4")
CHASSIS_ID = oid(_REMOTE + "5")
PORT_ID_SUBTYPE = oid(_REMOTE + "6")
PORT_ID = oid(_REMOTE + "7")
PORT_DESCRIPTION = oid(_REMOTE + "8")
SYSTEM_NAME = oid(_REMOTE + "9")
MANAGEMENT_ADDRESS = oid("1.0.8802.1.1.2.1.4.2.1.3")
BRIDGE_PORT_INTERFACE = oid("1.3.6.1.2.1.17.1.4.1.2")

_REMOTE_V2 = "1.3.111.2.802.1.1.13.1.4.1.1."
V2_CHASSIS_ID_SUBTYPE = oid(_REMOTE_V2 + "5")
V2_CHASSIS_ID = oid(_REMOTE_V2 + "6")
V2_PORT_ID_SUBTYPE = oid(_REMOTE_V2 + "7")
V2_PORT_ID = oid(_REMOTE_V2 + "8")
V2_PORT_DESCRIPTION = oid(_REMOTE_V2 + "9")
V2_SYSTEM_NAME = oid(_REMOTE_V2 + "10")
V2_MANAGEMENT_ADDRESS = oid("1.3.111.2.802.1.1.13.1.4.2.1.3")

_CHASSIS_IS_MAC, _CHASSIS_IS_ADDRESS = 4, 5  # LldpChassisIdSubtype
_PORT_IS_MAC, _PORT_IS_ADDRESS, _PORT_IS_NAME, _PORT_IS_LOCAL = 3, 4, 5, 7  # LldpPortIdSubtype

_VERSION_1 = (CHASSIS_ID_SUBTYPE, CHASSIS_ID, PORT_ID_SUBTYPE, PORT_ID, PORT_DESCRIPTION, SYSTEM_NAME)
_VERSION_2 = (
    V2_CHASSIS_ID_SUBTYPE,
    V2_CHASSIS_ID,
    V2_PORT_ID_SUBTYPE,
    V2_PORT_ID,
    V2_PORT_DESCRIPTION,
    V2_SYSTEM_NAME,
)


def decode_chassis(subtype: int | None, value: Value) -> str | None:
    """Return a chassis id as text: a MAC, an address, or what the device calls itself."""
    if subtype == _CHASSIS_IS_MAC:
        return mac(value) or identifier(value)
    if subtype == _CHASSIS_IS_ADDRESS:
        return network_address(value)
    return identifier(value)


def _decode_port(subtype: int | None, value: Value, description: Value) -> str | None:
    """Return the name of a port as its own device says it, which is its description where the id is no name.

    Junos and others give a bare ifIndex for a `local` id, lldpd a MAC.
    """
    described = text(description) or None
    if subtype == _PORT_IS_MAC:
        return described or mac(value) or identifier(value)
    if subtype == _PORT_IS_ADDRESS:
        return described or network_address(value)
    named = identifier(value)
    if subtype == _PORT_IS_LOCAL and (named is None or named.isdigit()):
        return described or named
    return named or described


def decode_lldp(found: Found) -> tuple[NeighbourRow, ...]:
    """Decode the neighbours of LLDP-MIB, RouterOS's numbering included."""
    addresses = _addresses(found, MANAGEMENT_ADDRESS, 3)
    ports = _LocalPorts(found)
    newest: dict[tuple[int, ...], Index] = {}
    for index in found.indexes(CHASSIS_ID, PORT_ID, SYSTEM_NAME):
        if len(index) == 1:
            newest[0, index[0]] = index
        elif len(index) == 3:  # indexes come in order, so that the newest mark comes last
            newest[index[1:]] = index
    return tuple(
        _row(
            found,
            index,
            _VERSION_1,
            port=ports.of_routeros(key[1]) if key[0] == 0 else ports.of(key[0]),
            address=addresses.get(index) or (ports.address_of_routeros(key[1]) if key[0] == 0 else None),
        )
        for key, index in newest.items()
    )


def decode_lldp_v2(found: Found) -> tuple[NeighbourRow, ...]:
    """Decode the neighbours of LLDP-V2-MIB, whose rows name the ifIndex."""
    addresses = _addresses(found, V2_MANAGEMENT_ADDRESS, 4)
    newest = {
        (index[1], index[3]): index
        for index in found.indexes(V2_CHASSIS_ID, V2_PORT_ID, V2_SYSTEM_NAME)
        if len(index) == 4
    }
    return tuple(
        _row(found, index, _VERSION_2, port=found.ports.get(interface), address=addresses.get(index))
        for (interface, _), index in newest.items()
    )


def _row(
    found: Found, index: Index, columns: tuple[bytes, ...], *, port: str | None, address: str | None
) -> NeighbourRow:
    chassis_subtype, chassis, port_subtype, port_id, description, name = (found.at(c, index) for c in columns)
    return NeighbourRow(
        local_port=port,
        remote_name=text(name) or None,
        remote_chassis=decode_chassis(integer(chassis_subtype), chassis),
        remote_port=_decode_port(integer(port_subtype), port_id, description),
        remote_address=address,
        protocol="lldp",
    )


def _addresses(found: Found, column: bytes, width: int) -> Mapping[Index, str]:
    """Return one management address of each neighbour, IPv4 where there is one."""
    best: dict[Index, str] = {}
    for index in found.indexes(column):
        said = indexed_address(index[width:])
        if said is not None and (index[:width] not in best or (":" in best[index[:width]] and ":" not in said)):
            best[index[:width]] = said
    return best


class _LocalPorts:
    """Which port a number of LLDP-MIB means."""

    def __init__(self, found: Found) -> None:
        self._found = found
        self._names = set(found.ports.values())

    def of(self, number: int) -> str | None:
        """Return the port with this lldpLocPortNum."""
        named = _local_name(self._found, number, self._names)
        if named is not None:
            return named
        interface = integer(self._found.at(BRIDGE_PORT_INTERFACE, (number,)))
        for index in (interface, number):
            if index is not None and index in self._found.ports:
                return self._found.ports[index]
        return text(self._found.at(LOCAL_PORT_ID, (number,))) or None

    def of_routeros(self, row: int) -> str | None:
        """Return the port that heard a row of RouterOS's neighbour table."""
        interface = integer(self._found.at(NEIGHBOUR_INTERFACE, (row,)))
        return None if interface is None else self._found.ports.get(interface & 0xFFFFFFFF)

    def address_of_routeros(self, row: int) -> str | None:
        """Return the address in a row of RouterOS's neighbour table."""
        value = self._found.at(NEIGHBOUR_ADDRESS, (row,))
        return address(value) if isinstance(value, bytes) else None


def _local_name(found: Found, number: int, names: set[str]) -> str | None:
    """Return the port that the local table names for a number, if it names one."""
    for column in (LOCAL_PORT_DESCRIPTION, LOCAL_PORT_ID):
        said = text(found.at(column, (number,)))
        if said in names:
            return said
    said = text(found.at(LOCAL_PORT_ID, (number,)))
    if integer(found.at(LOCAL_PORT_ID_SUBTYPE, (number,))) == _PORT_IS_LOCAL and said and said.isdigit():
        return found.ports.get(int(said))  # Junos, Alcatel: the ifIndex
    return None


def _more(found: Found) -> tuple[bytes, ...]:
    """Return what else is needed to name the ports: RouterOS's table, or the port numbers of the bridge."""
    return tuple(dict.fromkeys(_needed(found)))


def _needed(found: Found) -> Iterator[bytes]:
    names = set(found.ports.values())
    for index in found.indexes(CHASSIS_ID, PORT_ID, SYSTEM_NAME):
        if len(index) == 1 or index[:2] == (0, 0):
            yield NEIGHBOUR_ADDRESS
            yield NEIGHBOUR_INTERFACE
        elif len(index) == 3 and _local_name(found, index[1], names) is None:
            yield BRIDGE_PORT_INTERFACE


LLDP = Table(
    "lldp",
    Part.NEIGHBOURS,
    decode_lldp,
    columns=(*_VERSION_1, MANAGEMENT_ADDRESS, LOCAL_PORT_ID_SUBTYPE, LOCAL_PORT_ID, LOCAL_PORT_DESCRIPTION),
    every=NEIGHBOURLY,
    then=_more,
    optional=False,  # a router whose neighbours were all away when it was first read
)
LLDP_V2 = Table(
    "lldp-v2", Part.NEIGHBOURS, decode_lldp_v2, columns=(*_VERSION_2, V2_MANAGEMENT_ADDRESS), every=NEIGHBOURLY
)
