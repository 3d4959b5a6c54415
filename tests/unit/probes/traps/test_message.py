"""Traps and informs on the wire: every form gives the same notification, and what is broken says so."""

from __future__ import annotations

import random

import pytest

from netmon.probes.snmp import ber
from netmon.probes.snmp.ber import Malformed
from netmon.probes.snmp.pdu import RESPONSE, V1, V2C, decode_response
from netmon.probes.traps.meaning import understand
from netmon.probes.traps.message import decode_community_message, decode_secure_head, version_of
from tests.rows import every_row
from tests.unit.probes.traps.datagrams import LINK_DOWN, address, listed, message, number, of_port, ticks, v1, v2c


def test_a_v2c_trap() -> None:
    found = decode_community_message(v2c(LINK_DOWN, of_port(3), community="s3cret"))
    assert (found.version, found.community, found.answer) == (V2C, b"s3cret", None)
    assert ber.oid_text(found.notification.trap) == LINK_DOWN
    assert [value for _, _, value in found.notification.varbinds] == [3, 1, 2]
    assert found.notification.speaker is None


def test_an_inform_is_answered_with_its_own_id_and_bindings() -> None:
    datagram = v2c(LINK_DOWN, of_port(3), inform=True, request_id=123456)
    found = decode_community_message(datagram)
    assert found.answer is not None
    assert found.answer[found.answer.index(b"public") + 6] == RESPONSE
    answer = decode_response(found.answer, {123456})
    assert answer is not None
    assert (answer.error_status, answer.error_index) == (0, 0)
    assert [value for _, _, value in answer.varbinds][2:] == [3, 1, 2]
    assert len(answer.varbinds) == 5  # sysUpTime and snmpTrapOID come back as well


@pytest.mark.quirk("traps", "version 1 has generic numbers and enterprises: both become the identifiers of version 2")
@every_row(
    ("generic", "specific", "trap"),
    [
        (0, 0, "1.3.6.1.6.3.1.1.5.1"),
        (2, 0, LINK_DOWN),
        (3, 9, "1.3.6.1.6.3.1.1.5.4"),
        (5, 0, "1.3.6.1.6.3.1.1.5.6"),
        (6, 1, "1.3.6.1.4.1.14988.1.0.1"),
        (6, 0, "1.3.6.1.4.1.14988.1.0.0"),
    ],
)
def test_a_v1_trap_is_translated(generic: int, specific: int, trap: str) -> None:
    """By RFC 3584 §3.1: generic traps are those of SNMPv2-MIB, others the enterprise with 0 and their number."""
    found = decode_community_message(v1("1.3.6.1.4.1.14988.1", generic, specific, of_port(2)))
    assert found.version == V1
    assert ber.oid_text(found.notification.trap) == trap
    assert [value for _, _, value in found.notification.varbinds] == [2, 1, 2]


@pytest.mark.quirk("traps", "through a relay the packet's source is not the device: snmpTrapAddress is")
def test_who_speaks_through_a_relay() -> None:
    relayed = [("1.3.6.1.6.3.18.1.3.0", address("198.18.1.2"))]
    assert decode_community_message(v1("1.3.6.1.4.1.9", 0)).notification.speaker is None
    assert decode_community_message(v1("1.3.6.1.4.1.9", 0, agent="198.18.7.7")).notification.speaker == "198.18.7.7"
    both = decode_community_message(v1("1.3.6.1.4.1.9", 0, bindings=relayed, agent="198.18.7.7"))
    assert both.notification.speaker == "198.18.1.2"
    assert decode_community_message(v2c(LINK_DOWN, relayed)).notification.speaker == "198.18.1.2"


def test_without_its_uptime_a_trap_is_still_one() -> None:
    body = number(1) + number(0) + number(0) + listed([("1.3.6.1.6.3.1.1.4.1.0", ber.tlv(6, ber.oid(LINK_DOWN)))])
    found = decode_community_message(message(V2C, "public", ber.tlv(0xA7, body)))
    assert ber.oid_text(found.notification.trap) == LINK_DOWN


@every_row(
    "datagram",
    [
        b"",
        b"\x30\x00",
        message(V2C, "public", ber.tlv(0xA7, number(1) + number(0) + number(0) + listed([]))),  # says nothing
        message(V2C, "public", ber.tlv(0xA0, number(1) + number(0) + number(0) + listed([]))),  # a question
        message(V1, "public", ber.tlv(0xA7, number(1) + number(0) + number(0) + listed([]))),  # v2 PDU in v1
        message(V2C, "public", ber.tlv(0xA7, number(1) + number(0) + number(0) + listed(of_port(1)))),
        v1("1.3.6.1.4.1.9", 7),
        v1("1.3.6.1.4.1.9", -1),
        v1("1.3.6.1.4.1.9", 6, -1),
        v2c(LINK_DOWN, list(of_port(1)) * 90),  # more bindings than any trap has
        v2c(LINK_DOWN)[:-1],
        message(2, "public", b"") + ticks(),
    ],
)
def test_what_is_no_notification_says_so(datagram: bytes) -> None:
    with pytest.raises(Malformed):
        decode_community_message(datagram)


def test_a_version_nobody_speaks() -> None:
    with pytest.raises(Malformed, match="version 2"):
        version_of(message(2, "public", b""))
    with pytest.raises(Malformed):
        decode_secure_head(message(3, "public", b""))


def test_tampered_datagrams_end_as_malformed_or_as_something_understood() -> None:
    chance = random.Random(7)
    good = [
        v2c(LINK_DOWN, of_port(3), inform=True),
        v1("1.3.6.1.4.1.2011", 6, 18, of_port(1)),
        v2c("1.3.6.1.2.1.33.2.3", [("1.3.6.1.2.1.33.1.6.2.1.2.1", ber.tlv(6, ber.oid("1.3.6.1.2.1.33.1.6.3.2")))]),
    ]
    understood = 0
    for _ in range(3_000):
        data = bytearray(chance.choice(good))
        for _ in range(chance.randrange(1, 4)):
            data[chance.randrange(len(data))] = chance.choice(
                [0, 0x30, 0x7F, 0x80, 0x84, 0xFF, chance.randrange(256)]
            )
        if chance.random() < 0.2:
            del data[chance.randrange(len(data)) :]
        for decode in (decode_community_message, decode_secure_head, version_of):
            try:
                found = decode(bytes(data))
                if decode is decode_community_message:
                    understand(found.notification)  # type: ignore[union-attr]
                    understood += 1
            except Malformed:
                continue
    assert understood > 100
