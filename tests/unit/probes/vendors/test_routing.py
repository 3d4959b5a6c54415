"""OSPF and BGP neighbours."""

from __future__ import annotations

import pytest

from netmon.probes.snmp.ber import IpAddress
from netmon.probes.vendors import routing as mib
from netmon.probes.vendors.rows import RoutingRow
from tests.rows import every_row
from tests.unit.probes.vendors.found import Columns, ip, read


def ospf(state: int, unnumbered: int = 0) -> RoutingRow:
    at = (198, 18, 12, 2, unnumbered)
    columns: Columns = {
        mib.OSPF_ROUTER_ID: {at: IpAddress(ip("10.0.0.7"))},
        mib.OSPF_STATE: {at: state},
        mib.OSPF_EVENTS: {at: 6},
    }
    (row,) = read(mib.OSPF, columns, ports={9: "ppp-out1"})
    assert isinstance(row, RoutingRow)
    return row


@pytest.mark.quirk("OSPF", "twoWay is where two routers of a LAN may stay: no evidence")
@every_row(
    ("raw", "state", "is_up"),
    [
        (8, "full", True),
        (4, "twoWay", None),  # where two routers of a LAN stay that are not designated
        (1, "down", False),
        (3, "init", False),
        (5, "exchangeStart", False),
        (0, None, None),
        (9, None, None),
    ],
)
def test_ospf_states(raw: int, state: str | None, is_up: bool | None) -> None:
    row = ospf(raw)
    assert (row.neighbour, row.router_id, row.state, row.is_up) == ("198.18.12.2", "10.0.0.7", state, is_up)
    assert row.changes == 6


def test_a_neighbour_on_a_link_without_addresses_is_known_by_its_port() -> None:
    assert ospf(8, unnumbered=9).neighbour == "198.18.12.2%ppp-out1"
    assert ospf(8, unnumbered=10).neighbour == "198.18.12.2%if#10"


def bgp(state: int, admin: int = 2, remote: int = 64512) -> RoutingRow:
    at = (198, 18, 0, 1)
    columns: Columns = {
        mib.BGP_STATE: {at: state},
        mib.BGP_ADMIN_STATUS: {at: admin},
        mib.BGP_REMOTE_AS: {at: remote},
        mib.BGP_TRANSITIONS: {at: 3},
        mib.BGP_SECONDS: {at: 86400},
    }
    (row,) = read(mib.BGP, columns)
    assert isinstance(row, RoutingRow)
    return row


def test_bgp() -> None:
    assert bgp(6) == RoutingRow(
        protocol="bgp",
        neighbour="198.18.0.1",
        state="established",
        is_up=True,
        admin_up=True,
        remote_as=64512,
        changes=3,
        seconds=86400.0,
    )
    idle = bgp(1, admin=1)
    assert (idle.state, idle.is_up, idle.admin_up, idle.seconds) == ("idle", False, False, None)


@pytest.mark.quirk("BGP", "23456 stands for every AS number of more than 16 bits")
def test_the_number_that_stands_for_large_ones_is_none() -> None:
    assert bgp(6, remote=23456).remote_as is None


def test_indexes_that_are_no_address_are_left_out() -> None:
    assert read(mib.BGP, {mib.BGP_STATE: {(1, 2, 3): 6, (1, 2, 3, 256): 6, (1, 2, 3, 4, 5): 6}}) == ()
    assert read(mib.OSPF, {mib.OSPF_STATE: {(1, 2, 3): 8, (1, 2, 3, 4): 8, (1, 2, 3, 999, 0): 8}}) == ()
