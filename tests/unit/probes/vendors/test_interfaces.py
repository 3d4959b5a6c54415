"""IF-MIB as routers really fill it."""

from __future__ import annotations

import pytest

from netmon.probes.snmp.ber import Index, Value
from netmon.probes.vendors import interfaces as mib
from netmon.probes.vendors.interfaces import FALLBACK_COLUMNS, decode_interfaces, fallback
from netmon.probes.vendors.rows import InterfaceRow
from netmon.probes.vendors.tables import Found
from tests.rows import every_row


def one(**columns: Value) -> InterfaceRow:
    (row,) = decode_interfaces(Found({getattr(mib, name): {(7,): value} for name, value in columns.items()}))
    return row


def test_a_port_decodes() -> None:
    row = one(
        NAME=b"sfp-sfpplus1",
        ALIAS=b"to desa Socorejo",
        TYPE=6,
        ADMIN_STATUS=1,
        OPER_STATUS=1,
        HIGH_SPEED=10_000,
        HC_IN_OCTETS=2**60,
        HC_OUT_OCTETS=5,
        IN_ERRORS=1,
        OUT_ERRORS=2,
        IN_DISCARDS=3,
        OUT_DISCARDS=4,
        DISCONTINUITY=100,
    )
    assert row == InterfaceRow(
        name="sfp-sfpplus1",
        index=7,
        alias="to desa Socorejo",
        type=6,
        admin_up=True,
        oper_up=True,
        oper_status="up",
        speed_bits_per_second=1e10,
        receive_bytes=2**60,
        transmit_bytes=5,
        receive_errors=1,
        transmit_errors=2,
        receive_discards=3,
        transmit_discards=4,
        counter_bits=64,
        discontinuity_seconds=1.0,
    )


@pytest.mark.quirk("all", "dormant, notPresent and lowerLayerDown carry nothing; testing and unknown prove nothing")
@every_row(
    ("raw", "status", "is_up"),
    [
        (1, "up", True),
        (2, "down", False),
        (3, "testing", None),
        (4, "unknown", None),
        (5, "dormant", False),
        (6, "notPresent", False),
        (7, "lowerLayerDown", False),
        (99, "unknown", None),
        (None, None, None),
    ],
)
def test_states_that_prove_nothing_are_none(raw: int | None, status: str | None, is_up: bool | None) -> None:
    row = one(NAME=b"sfp1", OPER_STATUS=raw)
    assert (row.oper_status, row.oper_up) == (status, is_up)


@pytest.mark.quirk("all", "what is no ifAdminStatus switches nothing off")
@every_row(("raw", "is_up"), [(1, True), (2, False), (3, False), (0, None), (99, None), (b"up", None), (None, None)])
def test_what_is_no_admin_status_switches_nothing_off(raw: Value, is_up: bool | None) -> None:
    assert one(NAME=b"sfp1", OPER_STATUS=1, ADMIN_STATUS=raw).admin_up is is_up


@pytest.mark.quirk("all", "ifSpeed 4294967295 means: see ifHighSpeed")
@pytest.mark.quirk(
    "D-Link", "ifHighSpeed is in bit/s and not in Mbit/s; elsewhere ifSpeed of an Ethernet is in Mbit/s"
)
@every_row(
    ("columns", "speed"),
    [
        ({"HIGH_SPEED": 1000, "SPEED": 4294967295}, 1e9),
        ({"HIGH_SPEED": 0, "SPEED": 64_000}, 64_000.0),
        ({"SPEED": 4294967295}, None),  # "too fast for this column"
        ({"HIGH_SPEED": 0}, None),
        ({"SPEED": 0}, None),
        ({"HIGH_SPEED": 100_000_000}, 1e8),
        ({"HIGH_SPEED": 800_000}, 8e11),
        ({"SPEED": 1000, "TYPE": 6}, 1e9),
        ({"SPEED": 1000, "TYPE": 23}, 1000.0),
    ],
)
def test_speed(columns: dict[str, Value], speed: float | None) -> None:
    assert one(NAME=b"x", **columns).speed_bits_per_second == speed


def test_old_counters_say_how_wide_they_are() -> None:
    row = one(DESCRIPTION=b"ether1", OPER_STATUS=1, IN_OCTETS=9, OUT_OCTETS=8)
    assert (row.name, row.receive_bytes, row.transmit_bytes, row.counter_bits) == ("ether1", 9, 8, 32)


@pytest.mark.quirk("all", "names that are empty or twice there are made unique by the index")
def test_names_are_keys() -> None:
    names: dict[Index, Value] = {(1,): b"eth0", (2,): b"eth0", (3,): b"", (4,): b"vlan"}
    rows = decode_interfaces(Found({mib.NAME: names, mib.OPER_STATUS: {(5,): 1}}))
    assert [row.name for row in rows] == ["eth0", "eth0#2", "if#3", "vlan", "if#5"]


def test_no_name_collides_with_a_made_up_one() -> None:
    names: dict[Index, Value] = {(1,): b"a#3", (2,): b"a", (3,): b"a"}
    assert len({row.name for row in decode_interfaces(Found({mib.NAME: names}))}) == 3


def test_rows_follow_the_index_and_odd_indexes_are_left_out() -> None:
    names: dict[Index, Value] = {(10,): b"b", (2,): b"a", (1, 2): b"not an ifIndex", (): b"nor this"}
    assert [row.index for row in decode_interfaces(Found({mib.NAME: names}))] == [2, 10]


@pytest.mark.quirk("Huawei", "ifIndex of OLTs is above 2^31")
def test_an_index_above_two_thousand_million_stays_positive() -> None:
    """Huawei OLTs start at 4194304000."""
    (row,) = decode_interfaces(Found({mib.NAME: {(4194304000,): b"GPON 0/1/0"}}))
    assert row.index == 4194304000


def test_fallback_is_needed_where_the_new_table_is_short() -> None:
    one_row: dict[Index, Value] = {(1,): 1}
    two_rows: dict[Index, Value] = {(1,): 1, (2,): 2}
    assert fallback(Found({mib.OPER_STATUS: two_rows})) == FALLBACK_COLUMNS
    assert (
        fallback(Found({mib.OPER_STATUS: two_rows, mib.NAME: two_rows, mib.HC_IN_OCTETS: one_row}))
        == FALLBACK_COLUMNS
    )
    assert not fallback(Found({mib.OPER_STATUS: two_rows, mib.NAME: two_rows, mib.HC_IN_OCTETS: two_rows}))
    assert not fallback(Found())
