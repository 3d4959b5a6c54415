"""What a router of the lab says of itself, read back with the product's decoders."""

from __future__ import annotations

import ipaddress

from netmon.lab.routers.agent import Arcs, Mib
from netmon.lab.routers.router_mib import Heard, Optic, PortView, RouterView, router_mib
from netmon.lab.wires.light import NO_LIGHT_DBM, Module
from netmon.lab.wires.wiring import Port
from netmon.probes.snmp import ber
from tests.rows import every_row

MODULE = Module(1310.0, -6.0, -19.0, 0.35)
MAC = b"\x02\x6e\0\1\0\2"
FAR = Port("jenu", 3, "sfp7", "sfp7", b"\x02\x6e\0\2\0\3", "tuban-jenu")


def view(*, is_up: bool = True, received_dbm: float = -7.35, booted: float = -100.0) -> RouterView:
    port = PortView(
        port=Port("tuban", 2, "sfp1", "sfp1", MAC, "tuban-jenu"),
        alias="to jenu",
        is_up=is_up,
        changed=-40.0,
        speed_mbps=10_000,
        octets_in=lambda at: 2.0**32 + 1000 * at,
        octets_out=lambda at: 500 * at,
        damaged_in=lambda at: 3 * at,
        optic=Optic(MODULE, received_dbm),
        heard=(Heard(FAR, FAR.mac, ipaddress.ip_address("198.18.0.9"), -30.0),) if is_up else (),
    )
    return RouterView("tuban", "Tuban", "CCR2004-16G-2S+", booted, (port,))


def read(mib: Mib, dotted: str, at: float = 10.0) -> ber.Value:
    """Return the value of one object."""
    name: Arcs = ber.arcs(ber.oid(dotted))
    place = mib.position(name)
    assert place is not None, dotted
    _, encoded = mib.varbind(place, at)
    binding = ber.tlv(ber.SEQUENCE, ber.tlv(ber.OBJECT_IDENTIFIER, ber.oid(dotted)) + encoded)
    return ber.varbinds(binding, 0, len(binding))[0][2]


@every_row(
    ("dotted", "value"),
    [
        ("1.3.6.1.2.1.1.1.0", b"RouterOS CCR2004-16G-2S+"),
        ("1.3.6.1.2.1.1.2.0", ber.oid("1.3.6.1.4.1.14988.1")),
        ("1.3.6.1.2.1.1.3.0", 11_000),
        ("1.3.6.1.2.1.25.1.1.0", 11_000),
        ("1.3.6.1.2.1.1.5.0", b"tuban"),
        ("1.3.6.1.2.1.2.1.0", 1),
        ("1.3.6.1.2.1.2.2.1.5.2", 2**32 - 1),
        ("1.3.6.1.2.1.2.2.1.8.2", 1),
        ("1.3.6.1.2.1.2.2.1.9.2", 6_000),
        ("1.3.6.1.2.1.2.2.1.10.2", 10_000),
        ("1.3.6.1.2.1.2.2.1.14.2", 30),
        ("1.3.6.1.2.1.31.1.1.1.1.2", b"sfp1"),
        ("1.3.6.1.2.1.31.1.1.1.6.2", 2**32 + 10_000),
        ("1.3.6.1.2.1.31.1.1.1.10.2", 5_000),
        ("1.3.6.1.2.1.31.1.1.1.15.2", 10_000),
        ("1.3.6.1.2.1.31.1.1.1.18.2", b"to jenu"),
        ("1.0.8802.1.1.2.1.3.2.0", MAC),
        ("1.0.8802.1.1.2.1.3.7.1.3.2", b"sfp1"),
        ("1.0.8802.1.1.2.1.4.1.1.5.7000.2.1", FAR.mac),
        ("1.0.8802.1.1.2.1.4.1.1.7.7000.2.1", b"sfp7"),
        ("1.0.8802.1.1.2.1.4.1.1.9.7000.2.1", b"jenu"),
        ("1.0.8802.1.1.2.1.4.2.1.4.7000.2.1.1.4.198.18.0.9", 3),
        ("1.3.6.1.4.1.14988.1.1.19.1.1.2.2", b"sfp1"),
        ("1.3.6.1.4.1.14988.1.1.19.1.1.3.2", 0),
        ("1.3.6.1.4.1.14988.1.1.19.1.1.5.2", 131_000),
        ("1.3.6.1.4.1.14988.1.1.19.1.1.9.2", -6_000),
        ("1.3.6.1.4.1.14988.1.1.19.1.1.10.2", -7_350),
    ],
)
def test_objects_have_the_value_and_unit_of_their_mib(dotted: str, value: ber.Value) -> None:
    assert read(router_mib(view()), dotted) == value


def test_a_port_that_is_down_has_no_neighbour_and_no_light() -> None:
    mib = router_mib(view(is_up=False, received_dbm=NO_LIGHT_DBM))
    assert read(mib, "1.3.6.1.2.1.2.2.1.8.2") == 2
    assert read(mib, "1.3.6.1.4.1.14988.1.1.19.1.1.3.2") == 1
    assert read(mib, "1.3.6.1.4.1.14988.1.1.19.1.1.10.2") == -40_000
    assert mib.position(ber.arcs(ber.oid("1.0.8802.1.1.2.1.4.1.1.9.7000.2.1"))) is None


def test_uptime_wraps_after_497_days() -> None:
    assert read(router_mib(view(booted=-(2**32) / 100)), "1.3.6.1.2.1.1.3.0") == 1_000


def test_a_change_before_the_boot_is_at_uptime_zero() -> None:
    assert read(router_mib(view(booted=5.0)), "1.3.6.1.2.1.2.2.1.9.2") == 0
