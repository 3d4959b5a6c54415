"""Names of MIB objects and their numbers."""

from __future__ import annotations

from netmon.probes.snmp.ber import oid
from netmon.probes.vendors import interfaces, mikrotik, system
from netmon.probes.vendors.names import dotted_of, name_of, objects
from tests.rows import every_row


@every_row(
    ("name", "dotted"),
    [
        ("IF-MIB::ifTable", "1.3.6.1.2.1.2.2"),
        ("ifXTable", "1.3.6.1.2.1.31.1.1"),
        ("IF-MIB::ifName.3", "1.3.6.1.2.1.31.1.1.1.1.3"),
        ("SNMPv2-MIB::sysName.0", "1.3.6.1.2.1.1.5.0"),
        ("MIKROTIK-MIB::mtxrOpticalTable", "1.3.6.1.4.1.14988.1.1.19.1"),
        ("LLDP-MIB::lldpRemTable", "1.0.8802.1.1.2.1.4.1"),
        ("IF-MIB::sysName", None),
        ("NO-MIB::ifTable", None),
        ("", None),
    ],
)
def test_names_have_numbers(name: str, dotted: str | None) -> None:
    assert dotted_of(name) == dotted


def test_numbers_have_names() -> None:
    assert name_of(oid("1.3.6.1.2.1.31.1.1.1.1.3")) == "IF-MIB::ifName"
    assert name_of(oid("1.3.6.1.2.1.2.2.1")) == "IF-MIB::ifTable"
    assert name_of(oid("1.3.6.1.4.1.99999")) is None


def test_the_numbers_are_those_that_polls_read() -> None:
    assert oid(dotted_of("IF-MIB::ifHCInOctets") or "") == interfaces.HC_IN_OCTETS
    assert oid(dotted_of("mtxrOpticalRxPower") or "") == mikrotik.RECEIVE_POWER
    assert oid(dotted_of("hrSystemUptime.0") or "") == system.HOST_UPTIME


def test_every_identifier_is_one_and_has_one_name_in_its_module() -> None:
    for names in objects().values():
        assert len(set(names.values())) == len(names)
        assert all(oid(dotted) for dotted in names.values())
