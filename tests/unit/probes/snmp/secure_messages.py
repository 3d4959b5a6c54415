"""Messages of SNMPv3 without authentication, taken apart and put together."""

from __future__ import annotations

from netmon.probes.snmp import ber
from netmon.probes.snmp.ber import encode_integer, tlv

ENGINE = b"\x80\x00\x1f\x88\x04test"


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
