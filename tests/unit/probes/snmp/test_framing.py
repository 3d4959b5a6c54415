"""What is let through to gufo-snmp: messages whose every length stays inside what holds it."""

from __future__ import annotations

import random

import pytest

from netmon.probes.snmp.ber import Malformed, encode_integer, oid, tlv
from netmon.probes.snmp.framing import check_framing
from tests.rows import every_row
from tests.unit.probes.snmp.agents import encode_response
from tests.unit.probes.snmp.mutations import MUTATIONS, Mutation
from tests.unit.probes.snmp.secure_messages import ENGINE, envelope, open_envelope, response_pdu

PDU = response_pdu(encode_response(7, [(oid("1.3.6.1.2.1.1.5.0"), 4, b"rtr"), (oid("1.3.6.1.2.1.1.3.0"), 0x43, 5)]))
MESSAGE = envelope(9, b"user", PDU)


def test_a_message_is_let_through() -> None:
    check_framing(MESSAGE)
    assert open_envelope(MESSAGE)[0] == 9


def test_what_is_encrypted_is_not_looked_into() -> None:
    scoped = MESSAGE[-(len(PDU) + len(ENGINE) + 6) :]
    assert scoped[0] == 0x30
    rest = MESSAGE[: -len(scoped)]
    check_framing(tlv(0x30, rest[2:] + tlv(4, b"\xff" * 40)))


def test_every_cut_is_malformed() -> None:
    for length in range(len(MESSAGE)):
        with pytest.raises(Malformed):
            check_framing(MESSAGE[:length])


@every_row(
    "message",
    [
        MESSAGE + b"\x00",
        encode_response(7, []),
        tlv(0x30, encode_integer(3)),
        envelope(9, b"user", b"\x30"),
        envelope(9, b"user", b"\xa2\x84\xff\xff"),
        envelope(9, b"user", tlv(0xA2, b"\x02\x00")),
        envelope(9, b"user", tlv(0xA2, tlv(0x30, b"\x06\x00"))),
        envelope(9, b"user", b"\x30\x80" * 100),
    ],
)
def test_what_is_not_framed_is_malformed(message: bytes) -> None:
    with pytest.raises(Malformed):
        check_framing(message)


@pytest.mark.parametrize("mutation", MUTATIONS)
def test_tampered_messages_are_judged(mutation: Mutation) -> None:
    chance = random.Random(mutation.__name__)
    refused = 0
    for _ in range(200):
        data = bytearray(MESSAGE)
        mutation(data, chance)
        try:
            check_framing(bytes(data))
        except Malformed:
            refused += 1
    assert refused > 100 or mutation.__name__ == "flip"
