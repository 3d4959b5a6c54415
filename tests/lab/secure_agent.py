"""An agent of SNMPv3 without authentication, so that a test can let it say anything; real ones are in snmp_agents."""

from __future__ import annotations

from typing import Any

from netmon.probes.snmp import ber
from netmon.probes.snmp.ber import encode_integer, oid, tlv
from tests.lab.snmp_agents import FakeAgent, decode_request

ENGINE = b"\x80\x00\x1f\x88\x04test"
UNKNOWN_ENGINES = oid("1.3.6.1.6.3.15.1.1.4.0")
REPORT = 0xA8


class SecureFakeAgent(FakeAgent):
    """Answers discovery; then each request with the datagrams of `reply`, their community exchanged for a user.

    `raw` datagrams are sent before each answer, `silent` ones of the next requests are not answered.
    """

    raw: tuple[bytes, ...] = ()
    silent: int = 0

    def datagram_received(self, data: bytes, addr: Any) -> None:
        message_id, engine, user, pdu = open_envelope(data)
        assert self.transport is not None
        for datagram in self.raw:
            self.transport.sendto(datagram, addr)
        if engine != ENGINE:
            binding = tlv(ber.SEQUENCE, tlv(ber.OBJECT_IDENTIFIER, UNKNOWN_ENGINES) + tlv(ber.COUNTER32, b"\x01"))
            body = encode_integer(0) * 3 + tlv(ber.SEQUENCE, binding)
            self.transport.sendto(envelope(message_id, b"", tlv(REPORT, body)), addr)
            return
        request, request_id = decode_request(tlv(ber.SEQUENCE, encode_integer(1) + tlv(ber.OCTET_STRING, b"") + pdu))
        self.seen.append((request, request_id))
        if self.silent:
            self.silent -= 1
            return
        for datagram in self.reply(request, request_id):
            self.transport.sendto(envelope(message_id, user, response_pdu(datagram)), addr)


def open_envelope(data: bytes) -> tuple[int, bytes, bytes, bytes]:
    """Return the message id, the engine, the user and the PDU of a message that is not encrypted."""
    at, end = ber.contents(data, 0, len(data), ber.SEQUENCE)
    _, at = ber.integer(data, at, end)
    header, at = ber.contents(data, at, end, ber.SEQUENCE)
    message_id, _ = ber.integer(data, header, at)
    security, at = ber.contents(data, at, end, ber.OCTET_STRING)
    scoped, stop = ber.contents(data, at, end, ber.SEQUENCE)
    security, inside = ber.contents(data, security, at, ber.SEQUENCE)
    engine, security = ber.contents(data, security, inside, ber.OCTET_STRING)
    found = data[engine:security]
    _, security = ber.integer(data, security, inside)
    _, security = ber.integer(data, security, inside)
    user, security = ber.contents(data, security, inside, ber.OCTET_STRING)
    _, scoped = ber.contents(data, scoped, stop, ber.OCTET_STRING)
    _, scoped = ber.contents(data, scoped, stop, ber.OCTET_STRING)
    return message_id, found, data[user:security], data[scoped:stop]


def envelope(message_id: int, user: bytes, pdu: bytes) -> bytes:
    """Wrap a PDU into a message of version 3."""
    octets = ber.OCTET_STRING
    header = encode_integer(message_id) + encode_integer(65507) + tlv(octets, b"\x00") + encode_integer(3)
    times = encode_integer(1) + encode_integer(100)
    security = tlv(ber.SEQUENCE, tlv(octets, ENGINE) + times + tlv(octets, user) + tlv(octets, b"") * 2)
    scoped = tlv(octets, ENGINE) + tlv(octets, b"") + pdu
    return tlv(
        ber.SEQUENCE,
        encode_integer(3) + tlv(ber.SEQUENCE, header) + tlv(octets, security) + tlv(ber.SEQUENCE, scoped),
    )


def response_pdu(datagram: bytes) -> bytes:
    """Return the PDU of a version 2c response."""
    at, end = ber.contents(datagram, 0, len(datagram), ber.SEQUENCE)
    _, at = ber.integer(datagram, at, end)
    _, at = ber.contents(datagram, at, end, ber.OCTET_STRING)
    return datagram[at:end]
