"""An agent of SNMPv3 without authentication, so that a test can let it say anything; real ones are in snmp_agents."""

from __future__ import annotations

from typing import Any

from netmon.probes.snmp import ber
from netmon.probes.snmp.ber import encode_integer, oid, tlv
from tests.lab.snmp_agents import FakeAgent, decode_request
from tests.unit.probes.snmp.secure_messages import ENGINE, envelope, open_envelope, response_pdu

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
