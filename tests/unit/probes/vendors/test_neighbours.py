"""Neighbour tables: LLDP in both MIBs, MikroTik's and Cisco's, and what agents do differently."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netmon.probes.snmp.ber import Index, IpAddress, Value, oid
from netmon.probes.vendors import addresses, bridge, cdp, identity, lldp, mndp
from netmon.probes.vendors.addresses import decode_addresses
from netmon.probes.vendors.bridge import decode_forwarding
from netmon.probes.vendors.cdp import decode_cdp
from netmon.probes.vendors.families import tables_of
from netmon.probes.vendors.identity import decode_identity
from netmon.probes.vendors.lldp import decode_lldp, decode_lldp_v2
from netmon.probes.vendors.mndp import decode_mndp
from netmon.probes.vendors.rows import AddressRow, ForwardingRow, IdentityRow, NeighbourRow
from netmon.probes.vendors.stations import identifier, indexed_address, mac
from netmon.probes.vendors.tables import Found, Table
from tests.characters import UNICODE
from tests.draws import chances
from tests.rows import every_row

MAC = bytes.fromhex("02aa03000409")
PORTS = {1: "ether1", 2: "sfp1", 512: "ge-0/0/0", 4294967290: "bridge1"}
Columns = dict[bytes, dict[Index, Value]]


def remote(
    index: Index,
    *,
    chassis: Value = MAC,
    chassis_subtype: int = 4,
    port: Value = b"sfp9",
    port_subtype: int = 5,
    description: Value = b"",
    name: Value = b"rtr-jenu",
) -> Columns:
    return {
        lldp.CHASSIS_ID_SUBTYPE: {index: chassis_subtype},
        lldp.CHASSIS_ID: {index: chassis},
        lldp.PORT_ID_SUBTYPE: {index: port_subtype},
        lldp.PORT_ID: {index: port},
        lldp.PORT_DESCRIPTION: {index: description},
        lldp.SYSTEM_NAME: {index: name},
    }


def merged(*parts: Mapping[bytes, Mapping[Index, Value]]) -> Found:
    columns: Columns = {}
    for part in parts:
        for column, rows in part.items():
            columns.setdefault(column, {}).update(rows)
    return Found(columns, ports=PORTS)


def only(*parts: Mapping[bytes, Mapping[Index, Value]]) -> NeighbourRow:
    (row,) = decode_lldp(merged(*parts))
    return row


def test_a_neighbour_with_everything() -> None:
    where = (77, 2, 1, 1, 4, 198, 18, 0, 7)
    local: Columns = {lldp.LOCAL_PORT_ID_SUBTYPE: {(2,): 5}, lldp.LOCAL_PORT_ID: {(2,): b"sfp1"}}
    assert only(remote((77, 2, 1)), local, {lldp.MANAGEMENT_ADDRESS: {where: 2}}) == NeighbourRow(
        "sfp1", "rtr-jenu", "02:aa:03:00:04:09", "sfp9", "198.18.0.7", "lldp"
    )


@pytest.mark.quirk("LLDP", "the time mark is a filter, not identity: of one neighbour the newest row counts")
def test_of_one_neighbour_under_two_time_marks_the_newest_counts() -> None:
    row = only(remote((5, 2, 1), name=b"old"), remote((900, 2, 1), name=b"new"))
    assert (row.remote_name, row.local_port) == ("new", "sfp1")
    assert len(decode_lldp(merged(remote((5, 2, 1)), remote((5, 2, 2)), remote((5, 1, 1))))) == 3


@pytest.mark.quirk("LLDP", "lldpLocPortNum need not be the ifIndex")
@pytest.mark.parametrize(
    ("columns", "port"),
    [
        ({}, "sfp1"),  # the number is the ifIndex
        ({lldp.BRIDGE_PORT_INTERFACE: {(2,): 1}}, "ether1"),  # the number is the bridge's
        ({lldp.LOCAL_PORT_DESCRIPTION: {(2,): b"ether1"}, lldp.BRIDGE_PORT_INTERFACE: {(2,): 2}}, "ether1"),
        ({lldp.LOCAL_PORT_ID_SUBTYPE: {(2,): 5}, lldp.LOCAL_PORT_ID: {(2,): b"ether1"}}, "ether1"),
        ({lldp.LOCAL_PORT_ID_SUBTYPE: {(2,): 7}, lldp.LOCAL_PORT_ID: {(2,): b"512"}}, "ge-0/0/0"),  # Junos
    ],
)
def test_which_port_a_number_means(columns: Columns, port: str) -> None:
    assert only(remote((1, 2, 1)), columns).local_port == port


def test_a_number_that_means_nothing_is_called_what_the_device_calls_it() -> None:
    local: Columns = {lldp.LOCAL_PORT_ID_SUBTYPE: {(40,): 7}, lldp.LOCAL_PORT_ID: {(40,): b"Slot0/40"}}
    assert only(remote((1, 40, 1)), local).local_port == "Slot0/40"
    assert only(remote((1, 40, 1))).local_port is None


@pytest.mark.quirk("MikroTik", "LLDP rows have the number of mtxrNeighborTable, under one arc or three")
@pytest.mark.parametrize("index", [(8,), (0, 0, 11)])
def test_routeros_numbers_rows_by_its_own_table(index: Index) -> None:
    """`.8` in old versions, `0.0.11` in newer ones; the port is a path when it is in a bridge (librenms 16253)."""
    row = index[-1]
    table: Columns = {
        mndp.NEIGHBOUR_INTERFACE: {(row,): 2},
        mndp.NEIGHBOUR_ADDRESS: {(row,): IpAddress(b"\xc6\x12\0\7")},
    }
    found = only(remote(index, port=b"bridge/bond/sfp1"), table)
    assert (found.local_port, found.remote_port, found.remote_address) == ("sfp1", "bridge/bond/sfp1", "198.18.0.7")


def test_routeros_is_asked_for_its_table_only_when_it_is_needed() -> None:
    then = lldp.LLDP.then
    assert then is not None
    assert then(merged(remote((0, 0, 11)))) == (mndp.NEIGHBOUR_ADDRESS, mndp.NEIGHBOUR_INTERFACE)
    assert then(merged(remote((1, 2, 1)))) == (lldp.BRIDGE_PORT_INTERFACE,)
    assert then(merged(remote((1, 2, 1)), {lldp.LOCAL_PORT_DESCRIPTION: {(2,): b"sfp1"}})) == ()
    assert then(merged()) == ()


@pytest.mark.quirk("LLDP", "a MAC is subtype 4 of a chassis and 3 of a port")
@every_row(
    ("subtype", "value", "text"),
    [
        (4, MAC, "02:aa:03:00:04:09"),
        (4, b"02:AA:03:00:04:09", "02:aa:03:00:04:09"),
        (4, b"02aa.0300.0409", "02:aa:03:00:04:09"),
        (4, b"rtr-a", "rtr-a"),  # a text under the subtype of a MAC
        (5, b"\x01\xc6\x12\x00\x07", "198.18.0.7"),
        (5, b"\x01\x7f\x00\x00\x01", None),
        (7, b"OLT-Tuban", "OLT-Tuban"),
        (7, MAC, "02:aa:03:00:04:09"),
        (1, b"\x00\x01\x02\xff", "000102ff"),
        (4, b"", None),
        (4, None, None),
    ],
)
def test_chassis_ids(subtype: int, value: Value, text: str | None) -> None:
    assert only(remote((1, 2, 1), chassis=value, chassis_subtype=subtype)).remote_chassis == text


@pytest.mark.quirk("LLDP", "a local port id may be a bare ifIndex (Junos) and a MAC no name: the description is")
@every_row(
    ("subtype", "value", "description", "port"),
    [
        (5, b"ether5", b"to jenu", "ether5"),
        (3, MAC, b"eth0", "eth0"),  # lldpd
        (3, MAC, b"", "02:aa:03:00:04:09"),
        (7, b"512", b"ge-0/0/0", "ge-0/0/0"),  # Junos
        (7, b"512", b"", "512"),
        (7, b"A1", b"uplink", "A1"),
        (1, b"to-jenu", None, "to-jenu"),
        (5, b"", b"Ethernet 1", "Ethernet 1"),
        (4, b"\x01\xc6\x12\x00\x07", b"", "198.18.0.7"),
    ],
)
def test_port_ids(subtype: int, value: Value, description: Value, port: str) -> None:
    row = only(remote((1, 2, 1), port=value, port_subtype=subtype, description=description))
    assert row.remote_port == port


@pytest.mark.quirk("LLDP", "the management address is in the index, without its length on some agents")
@every_row(
    ("suffixes", "address"),
    [
        ([(1, 4, 198, 18, 0, 7)], "198.18.0.7"),
        ([(1, 198, 18, 0, 7)], "198.18.0.7"),  # without the length
        ([(2, 16, 0xFD, *[0] * 14, 1), (1, 4, 198, 18, 0, 7)], "198.18.0.7"),  # both: the one people know
        ([(2, 16, 0xFD, *[0] * 14, 1)], "fd00::1"),
        ([(2, 16, 0xFE, 0x80, *[0] * 13, 1)], None),  # link-local reaches nobody
        ([(1, 4, 0, 0, 0, 0)], None),
        ([(1, 4, 300, 1, 1, 1)], None),
        ([(1,)], None),
    ],
)
def test_management_addresses(suffixes: list[Index], address: str | None) -> None:
    rows: dict[Index, Value] = {(1, 2, 1, *suffix): 2 for suffix in suffixes}
    assert only(remote((1, 2, 1)), {lldp.MANAGEMENT_ADDRESS: rows}).remote_address == address


def test_the_second_version_names_the_interface() -> None:
    index = (9, 512, 1, 3)
    columns: Columns = {
        lldp.V2_CHASSIS_ID_SUBTYPE: {index: 4},
        lldp.V2_CHASSIS_ID: {index: MAC},
        lldp.V2_PORT_ID_SUBTYPE: {index: 5},
        lldp.V2_PORT_ID: {index: b"xe-0/0/1"},
        lldp.V2_SYSTEM_NAME: {index: b"core", (2, 512, 1, 3): b"older"},
        lldp.V2_MANAGEMENT_ADDRESS: {(*index, 1, 4, 198, 18, 0, 9): 2},
    }
    assert decode_lldp_v2(Found(columns, ports=PORTS)) == (
        NeighbourRow("ge-0/0/0", "core", "02:aa:03:00:04:09", "xe-0/0/1", "198.18.0.9"),
    )


@pytest.mark.quirk("MikroTik", "ObjectIndex goes up to 4294967294 and may arrive as a negative number")
def test_mikrotik_neighbours() -> None:
    columns: Columns = {
        mndp.NEIGHBOUR_ADDRESS: {(1,): IpAddress(b"\xc6\x12\0\7"), (2,): IpAddress(b"\0\0\0\0")},
        mndp.NEIGHBOUR_MAC: {(1,): MAC, (2,): MAC},
        mndp.NEIGHBOUR_IDENTITY: {(1,): b"rtr-jenu", (2,): b"MikroTik"},
        mndp.NEIGHBOUR_INTERFACE: {(1,): 2, (2,): 4294967290 - 2**32},  # ObjectIndex may arrive as negative
    }
    assert decode_mndp(Found(columns, ports=PORTS)) == (
        NeighbourRow("sfp1", "rtr-jenu", "02:aa:03:00:04:09", None, "198.18.0.7", "mndp"),
        NeighbourRow("bridge1", "MikroTik", "02:aa:03:00:04:09", None, None, "mndp"),
    )
    assert mndp.MNDP in tables_of("1.3.6.1.4.1.14988.1")
    assert mndp.MNDP not in tables_of("1.3.6.1.4.1.9.1.1")


@pytest.mark.quirk("Cisco", "a CDP device id is a name, a name with a serial number, or a MAC as text or octets")
@pytest.mark.parametrize(
    ("device", "system", "name", "chassis"),
    [
        (b"sw-jenu.tuban.test", b"", "sw-jenu.tuban.test", None),
        (b"nexus(FOC1234X0AB)", None, "nexus", None),
        (b"SEP001122334455", b"phone", "phone", None),
        (MAC, b"", None, "02:aa:03:00:04:09"),
        (b"02aa03000409", b"ap", "ap", "02:aa:03:00:04:09"),
    ],
)
def test_cisco_neighbours(device: bytes, system: Value, name: str | None, chassis: str | None) -> None:
    columns: Columns = {
        cdp.ADDRESS: {(2, 1): b"\xc6\x12\0\7"},
        cdp.DEVICE_ID: {(2, 1): device},
        cdp.DEVICE_PORT: {(2, 1): b"GigabitEthernet1/0/4"},
        cdp.SYSTEM_NAME: {(2, 1): system},
    }
    assert decode_cdp(Found(columns, ports=PORTS)) == (
        NeighbourRow("sfp1", name, chassis, "GigabitEthernet1/0/4", "198.18.0.7", "cdp"),
    )


def test_cdp_names_a_port_that_ifxtable_does_not() -> None:
    columns: Columns = {cdp.DEVICE_ID: {(9, 1): b"sw"}, cdp.INTERFACE_NAME: {(9,): b"Gi9"}}
    assert cdp.CDP.then is not None
    assert cdp.CDP.then(Found(columns, ports=PORTS)) == (cdp.INTERFACE_NAME,)
    assert [row.local_port for row in decode_cdp(Found(columns, ports=PORTS))] == ["Gi9"]


def test_stations_behind_a_bridge() -> None:
    other, own = tuple(b"\x02\0\0\0\0\1"), tuple(b"\x02\0\0\0\0\2")
    columns: Columns = {
        bridge.PORT: {other: 7, own: 7, tuple(MAC): 0, tuple(b"\x01\x80\xc2\0\0\0"): 7},
        bridge.STATUS: {other: 3, own: 4},  # learned, self
        lldp.BRIDGE_PORT_INTERFACE: {(7,): 2},
    }
    assert decode_forwarding(Found(columns, ports=PORTS)) == (ForwardingRow("sfp1", "02:00:00:00:00:01"),)
    by_vlan: Columns = {bridge.VLAN_PORT: {(30, *other): 7}, bridge.VLAN_STATUS: {(30, *other): 3}}
    assert decode_forwarding(Found({**columns, **by_vlan}, ports=PORTS)) == (
        ForwardingRow("sfp1", "02:00:00:00:00:01", 30),
    )


def test_addresses_and_whose_they_are() -> None:
    columns: Columns = {
        addresses.OWN: {(198, 18, 0, 1): 2, (127, 0, 0, 1): 1},
        addresses.OWN_ANY: {(2, 16, 0xFD, *[0] * 14, 1): 2, (1, 4, 198, 18, 0, 1): 2},
        addresses.CACHE: {(2, 198, 18, 0, 7): MAC, (2, 198, 18, 0, 8): MAC, (2, 198, 18, 0, 9): b"\xff" * 6},
        addresses.CACHE_TYPE: {(2, 198, 18, 0, 7): 3, (2, 198, 18, 0, 8): 2},  # dynamic, invalid
        addresses.CACHE_ANY: {(2, 2, 16, 0xFD, *[0] * 14, 7): MAC},
    }
    assert decode_addresses(Found(columns, ports=PORTS)) == (
        AddressRow("sfp1", "198.18.0.7", "02:aa:03:00:04:09"),
        AddressRow("sfp1", "fd00::7", "02:aa:03:00:04:09"),
        AddressRow("sfp1", "198.18.0.1"),
        AddressRow("sfp1", "fd00::1"),
    )


def test_by_what_a_device_is_known() -> None:
    found = Found(
        {identity.PHYSICAL_ADDRESS: {(2,): MAC, (1,): b"", (77,): MAC}},
        {identity.CHASSIS_ID_SUBTYPE: 4, identity.CHASSIS_ID: MAC, identity.BRIDGE_ADDRESS: b"\0" * 6},
        PORTS,
    )
    assert decode_identity(found) == (
        IdentityRow("02:aa:03:00:04:09"),
        IdentityRow("02:aa:03:00:04:09", "sfp1"),
    )


def test_the_columns_are_those_of_the_mibs() -> None:
    assert oid("1.0.8802.1.1.2.1.4.1.1.9") == lldp.SYSTEM_NAME
    assert oid("1.3.111.2.802.1.1.13.1.4.1.1.10") == lldp.V2_SYSTEM_NAME
    assert oid("1.3.6.1.4.1.14988.1.1.11.1.1.8") == mndp.NEIGHBOUR_INTERFACE
    assert oid("1.3.6.1.4.1.9.9.23.1.2.1.1.17") == cdp.SYSTEM_NAME


VALUES = st.one_of(
    st.none(), st.integers(-(2**31), 2**64 - 1), st.binary(max_size=20), st.text(UNICODE).map(str.encode)
)
ARCS = st.builds(
    lambda chance, count: tuple(chance.choice((chance.randrange(21), chance.randrange(2**32))) for _ in range(count)),
    chances,
    st.integers(0, 24),
)
TABLES = (lldp.LLDP, lldp.LLDP_V2, cdp.CDP, mndp.MNDP, identity.IDENTITY, addresses.ADDRESSES, bridge.FORWARDING)


@every_row("table", TABLES)
def test_a_column_that_is_a_scalar_breaks_no_decoder(table: Table) -> None:
    columns: Columns = {column: {(): MAC, (1,): MAC} for column in table.columns}
    found = Found(columns, dict.fromkeys(table.scalars, MAC), PORTS)
    for column in table.then(found) if table.then is not None else ():
        columns[column] = {(): 1, (1,): 1}
    assert len(table.decode(found)) <= len(table.columns) * 2 + len(table.scalars)


@given(st.sampled_from(TABLES), st.data())
def test_nothing_that_an_agent_sends_breaks_a_decoder(table: Table, data: st.DataObject) -> None:
    rows = data.draw(st.lists(st.tuples(st.integers(0, 9), ARCS, VALUES), max_size=12))
    columns: Columns = {}
    for number, index, value in rows:
        columns.setdefault(table.columns[number % len(table.columns)], {})[index] = value
    scalars = {each: data.draw(VALUES) for each in table.scalars}
    found = Found(columns, scalars, PORTS)
    if table.then is not None:
        columns.update({column: {index: value for _, index, value in rows} for column in table.then(found)})
    assert len(table.decode(found)) <= len(rows) + 3


@given(st.binary(max_size=40))
def test_an_id_is_printable_or_none(value: bytes) -> None:
    for text in (identifier(value), mac(value)):
        assert text is None or (text.isprintable() and text)


@pytest.mark.quirk("LLDP", "the management address in an index may lack its length, or be spelled out as text")
@pytest.mark.parametrize(
    ("index", "said"),
    [
        ((1, 4, 198, 18, 0, 8), "198.18.0.8"),
        ((1, 198, 18, 0, 8), "198.18.0.8"),
        ((1, 10, *b"198.18.0.8"), "198.18.0.8"),
        ((1, 10, *b"127.0.0.88"), None),
        ((1, 10, *b"rtr-montong"[:10]), None),
        ((1, 4, 198, 18, 0, 300), None),
    ],
)
def test_addresses_in_an_index(index: tuple[int, ...], said: str | None) -> None:
    assert indexed_address(index) == said
