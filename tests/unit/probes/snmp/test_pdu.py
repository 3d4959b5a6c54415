"""Messages against pysnmp as an oracle."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyasn1.codec.ber import decoder, encoder
from pysnmp.proto import api

from netmon.probes.snmp import pdu
from netmon.probes.snmp.ber import COUNTER64, Malformed, oid
from netmon.probes.snmp.pdu import Kind, Request, decode_response, encode_request

NAMES = (oid("1.3.6.1.2.1.1.5.0"), oid("1.3.6.1.2.1.2.1.0"))


def read(datagram: bytes, version: int) -> tuple[Any, Any]:
    """Let pysnmp read a message; return it and its PDU."""
    protocol = api.PROTOCOL_MODULES[version]
    message, rest = decoder.decode(datagram, asn1Spec=protocol.Message())
    assert rest == b""
    return message, protocol.apiMessage.get_pdu(message)


@given(st.integers(1, 2**31 - 1), st.binary(min_size=1, max_size=40))
def test_get_is_what_the_oracle_understands(request_id: int, community: bytes) -> None:
    message, asked = read(encode_request(pdu.V1, community, request_id, Request(Kind.GET, NAMES)), 0)
    protocol = api.PROTOCOL_MODULES[0]
    assert bytes(protocol.apiMessage.get_community(message)) == community
    assert int(protocol.apiPDU.get_request_id(asked)) == request_id
    assert [str(name) for name, _ in protocol.apiPDU.get_varbinds(asked)] == [
        "1.3.6.1.2.1.1.5.0",
        "1.3.6.1.2.1.2.1.0",
    ]
    assert asked.__class__.__name__ == "GetRequestPDU"


def test_get_bulk_carries_its_repetitions() -> None:
    _, asked = read(encode_request(pdu.V2C, b"public", 7, Request(Kind.GET_BULK, NAMES, 25)), 1)
    protocol = api.PROTOCOL_MODULES[1]
    assert asked.__class__.__name__ == "GetBulkRequestPDU"
    assert int(protocol.apiBulkPDU.get_non_repeaters(asked)) == 0
    assert int(protocol.apiBulkPDU.get_max_repetitions(asked)) == 25


def test_version_one_has_no_bulk() -> None:
    with pytest.raises(ValueError, match="GetBulk"):
        encode_request(pdu.V1, b"public", 7, Request(Kind.GET_BULK, NAMES, 25))


def test_nothing_here_can_write() -> None:
    assert {kind.name for kind in Kind} == {"GET", "GET_NEXT", "GET_BULK"}
    assert 0xA3 not in {int(kind) for kind in Kind}  # SetRequest


def oracle_response(request_id: int, status: int = 0, index: int = 0) -> bytes:
    protocol = api.PROTOCOL_MODULES[1]
    answer = protocol.GetResponsePDU()
    protocol.apiPDU.set_defaults(answer)
    protocol.apiPDU.set_request_id(answer, request_id)
    protocol.apiPDU.set_error_status(answer, status)
    protocol.apiPDU.set_error_index(answer, index)
    protocol.apiPDU.set_varbinds(
        answer, [("1.3.6.1.2.1.1.5.0", protocol.OctetString("rtr")), ("1.3.6.1.2.1.2.1.0", protocol.Counter64(2**63))]
    )
    message = protocol.Message()
    protocol.apiMessage.set_defaults(message)
    protocol.apiMessage.set_community(message, "public")
    protocol.apiMessage.set_pdu(message, answer)
    encoded: bytes = encoder.encode(message)
    return encoded


@given(st.integers(1, 2**31 - 1), st.integers(0, 18), st.integers(0, 5))
def test_responses_of_the_oracle_are_read(request_id: int, status: int, index: int) -> None:
    found = decode_response(oracle_response(request_id, status, index), {request_id})
    assert found is not None
    assert found[:3] == (request_id, status, index)
    assert found.varbinds == [(NAMES[0], 4, b"rtr"), (NAMES[1], COUNTER64, 2**63)]


def test_a_response_nobody_awaits_is_not_read_further() -> None:
    intact = oracle_response(7)
    assert decode_response(intact, {8}) is None
    broken = intact[:-3] + b"\x80\x80\x80"
    assert decode_response(broken, {8}) is None
    with pytest.raises(Malformed):
        decode_response(broken[:-4], {7})


def test_octets_behind_the_message_do_not_matter() -> None:
    assert decode_response(oracle_response(7) + b"\0\0\0", {7}) == decode_response(oracle_response(7), {7})


def test_other_versions_and_other_pdus_are_malformed() -> None:
    response = oracle_response(7)
    with pytest.raises(Malformed, match="version 3"):
        decode_response(response.replace(b"\x02\x01\x01\x04", b"\x02\x01\x03\x04", 1), {7})
    with pytest.raises(Malformed):
        decode_response(encode_request(pdu.V2C, b"public", 7, Request(Kind.GET, NAMES)), {7})
