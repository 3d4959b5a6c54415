"""What notifications mean: kinds, ports and details, one case for each MIB."""

from __future__ import annotations

import pytest

from netmon.model import TrapKind
from netmon.probes.snmp import ber
from netmon.probes.traps.meaning import Meaning, name_port, understand
from netmon.probes.traps.message import decode_community_message
from netmon.probes.vendors.rows import InterfaceRow
from tests.rows import every_row
from tests.unit.probes.traps.datagrams import LINK_DOWN, LINK_UP, address, name, number, of_port, text, v1, v2c

HUAWEI = "1.3.6.1.4.1.2011.6.128.1.1.12.2"
UPS = "1.3.6.1.2.1.33"


def meaning(datagram: bytes) -> Meaning:
    return understand(decode_community_message(datagram).notification)


@pytest.mark.quirk("Huawei OLT", "two trees of traps for the same events: dying gasp is power, LOS is fibre")
@every_row(
    ("trap", "kind"),
    [
        ("1.3.6.1.6.3.1.1.5.1", TrapKind.COLD_START),
        ("1.3.6.1.6.3.1.1.5.2", TrapKind.WARM_START),
        (LINK_DOWN, TrapKind.LINK_DOWN),
        (LINK_UP, TrapKind.LINK_UP),
        ("1.3.6.1.6.3.1.1.5.5", TrapKind.AUTHENTICATION_FAILURE),
        ("1.0.8802.1.1.2.0.0.1", TrapKind.NEIGHBOURS_CHANGED),
        ("1.3.111.2.802.1.1.13.0.0.1", TrapKind.NEIGHBOURS_CHANGED),
        ("1.3.6.1.2.1.14.16.2.2", TrapKind.ROUTING_CHANGED),
        ("1.3.6.1.2.1.15.0.2", TrapKind.ROUTING_CHANGED),
        ("1.3.6.1.2.1.15.7.2", TrapKind.ROUTING_CHANGED),
        (f"{UPS}.2.1", TrapKind.ON_BATTERY),
        ("1.3.6.1.4.1.318.0.5", TrapKind.ON_BATTERY),
        ("1.3.6.1.4.1.318.0.9", TrapKind.LINE_RESTORED),
        (f"{HUAWEI}.1.0.1", TrapKind.LIGHT_LOST),
        (f"{HUAWEI}.1.0.121", TrapKind.ONUS_OFFLINE),
        (f"{HUAWEI}.2.0.18", TrapKind.DYING_GASP),
        (f"{HUAWEI}.2.0.19", TrapKind.DYING_GASP_OVER),
        ("1.3.6.1.4.1.2011.5.100.1.1.31.2.2.0.12", TrapKind.LIGHT_LOST),
        ("1.3.6.1.4.1.14988.1.1.9.0.1", TrapKind.OTHER),
    ],
)
def test_kinds(trap: str, kind: TrapKind) -> None:
    assert meaning(v2c(trap)).kind is kind


def test_what_is_of_no_kind_keeps_its_identifier() -> None:
    assert meaning(v2c("1.3.6.1.4.1.14988.1.1.9.0.1")).detail == "1.3.6.1.4.1.14988.1.1.9.0.1"


def test_a_ups_trap_is_the_same_in_version_1() -> None:
    """upsTraps has no zero before its last number; the translation of RFC 3584 inserts one."""
    assert meaning(v1(f"{UPS}.2", 6, 1)).kind is TrapKind.ON_BATTERY


@pytest.mark.parametrize(
    ("alarm", "came", "went"),
    [
        (2, TrapKind.ON_BATTERY, TrapKind.LINE_RESTORED),
        (6, TrapKind.ON_BATTERY, TrapKind.LINE_RESTORED),
        (5, TrapKind.OTHER, TrapKind.OTHER),  # temperature: nothing of power
    ],
)
def test_ups_alarms(alarm: int, came: TrapKind, went: TrapKind) -> None:
    told = [(f"{UPS}.1.6.2.1.1.4", number(4)), (f"{UPS}.1.6.2.1.2.4", name(f"{UPS}.1.6.3.{alarm}"))]
    assert meaning(v2c(f"{UPS}.2.3", told)).kind is came
    assert meaning(v2c(f"{UPS}.2.4", told)).kind is went


def test_a_battery_says_how_long() -> None:
    assert meaning(v2c(f"{UPS}.2.1", [(f"{UPS}.1.2.3.0", number(12))])).detail == "about 12 min left"


def test_a_port_by_its_index_and_names() -> None:
    bindings = [
        *of_port(5),
        ("1.3.6.1.2.1.2.2.1.2.5", text("ether5-lan")),
        ("1.3.6.1.2.1.31.1.1.1.1.5", text("ether5")),
    ]
    assert meaning(v2c(LINK_DOWN, bindings)) == Meaning(TrapKind.LINK_DOWN, ("ether5", "ether5-lan"), 5)


def test_a_port_by_the_index_behind_any_column() -> None:
    """Cisco sends ifDescr, ifType and a reason, and no ifIndex."""
    found = meaning(v2c(LINK_DOWN, [("1.3.6.1.2.1.2.2.1.2.10101", text("GigabitEthernet1/0/1"))]))
    assert found == Meaning(TrapKind.LINK_DOWN, ("GigabitEthernet1/0/1",), 10101)


@pytest.mark.quirk("Huawei", "ifIndex of OLTs arrives in traps as a negative number")
def test_an_index_over_two_to_the_31_comes_as_a_negative_number() -> None:
    found = meaning(v2c(LINK_DOWN, [("1.3.6.1.2.1.2.2.1.1.0", number(4194304000 - 2**32))]))
    assert found.index == 4194304000


def test_a_port_that_was_switched_off_says_so() -> None:
    assert meaning(v2c(LINK_DOWN, of_port(5, admin=2))).detail == "switched off"


def test_an_ospf_neighbour() -> None:
    bindings = [
        ("1.3.6.1.2.1.14.1.1.0", address("198.18.0.1")),
        ("1.3.6.1.2.1.14.10.1.1.198.18.0.2.0", address("198.18.0.2")),
        ("1.3.6.1.2.1.14.10.1.6.198.18.0.2.0", number(1)),
    ]
    assert meaning(v2c("1.3.6.1.2.1.14.16.2.2", bindings)).detail == "neighbour 198.18.0.2 down"


def test_an_onu_by_its_place() -> None:
    place = [(f"{HUAWEI}.9.{position}", number(value)) for position, value in enumerate((0, 1, 3, 17), 1)]
    assert meaning(v2c(f"{HUAWEI}.2.0.18", place)) == Meaning(
        TrapKind.DYING_GASP, ("GPON 0/1/3",), onu=17, detail="ONU 17"
    )
    assert meaning(v2c(f"{HUAWEI}.1.0.1", place[:3])) == Meaning(TrapKind.LIGHT_LOST, ("GPON 0/1/3",))
    assert meaning(v2c(f"{HUAWEI}.2.0.18", place[:2])) == Meaning(TrapKind.DYING_GASP)
    assert meaning(v2c(f"{HUAWEI}.2.0.18", [("1.3.6", text("x")), *place])) == Meaning(TrapKind.DYING_GASP)


def test_names_of_ports_are_those_of_polls() -> None:
    ports = (InterfaceRow("sfp1", 3), InterfaceRow("sfp2", 4))
    assert name_port(Meaning(TrapKind.LINK_DOWN, (), 4), ports) == "sfp2"
    assert name_port(Meaning(TrapKind.LINK_DOWN, ("sfp1",), 4), ports) == "sfp1"  # the index is from before a reboot
    assert name_port(Meaning(TrapKind.LINK_DOWN, ("to desa", "sfp2"), 9), ports) == "sfp2"
    assert name_port(Meaning(TrapKind.LINK_DOWN, ("sfp7",), 9), ports) == "sfp7"
    assert name_port(Meaning(TrapKind.LINK_DOWN, (), 9), ports) is None
    assert name_port(Meaning(TrapKind.LINK_DOWN, (), 3), ()) is None


def test_texts_cannot_carry_control_characters() -> None:
    found = meaning(v2c(LINK_DOWN, [("1.3.6.1.2.1.31.1.1.1.1.5", ber.tlv(ber.OCTET_STRING, b"a\x1b[31m\nb"))]))
    assert found.names == ("a[31m b",)
