"""SNMPv1 and v2c messages (RFC 1157, RFC 1901, RFC 3416): requests that read, and the responses to them.

There is no SetRequest here and none can be built: `Kind` lists every PDU that this program sends.
"""

from __future__ import annotations

from collections.abc import Container
from enum import IntEnum
from functools import lru_cache
from typing import NamedTuple

from netmon.probes.snmp import ber
from netmon.probes.snmp.ber import Malformed, Varbind

V1 = 0
V2C = 1
RESPONSE = 0xA2
_ID_HEAD = bytes((ber.INTEGER, 4))
_NO_ERROR = bytes((ber.INTEGER, 1, 0, ber.INTEGER, 1, 0))


class Kind(IntEnum):
    """The requests, by their tag."""

    GET = 0xA0
    GET_NEXT = 0xA1
    GET_BULK = 0xA5


class ErrorStatus(IntEnum):
    """The error-status values that are told apart (RFC 3416 §3); all others are treated alike."""

    NO_ERROR = 0
    TOO_BIG = 1
    NO_SUCH_NAME = 2
    GEN_ERR = 5


class Request(NamedTuple):
    """What is asked. Only GET_BULK has `repetitions`, and asks for the first `non_repeaters` identifiers once."""

    kind: Kind
    oids: tuple[bytes, ...]
    repetitions: int = 0
    non_repeaters: int = 0


class Response(NamedTuple):
    """What came back. `error_index` counts varbinds from 1; 0 names none."""

    request_id: int
    error_status: int
    error_index: int
    varbinds: list[Varbind]


@lru_cache(maxsize=256)
def _head(version: int, community: bytes) -> bytes:
    return ber.encode_integer(version) + ber.tlv(ber.OCTET_STRING, community)


@lru_cache(maxsize=1024)  # the first question to each table is the same for all routers
def _tail(oids: tuple[bytes, ...], repetitions: int, non_repeaters: int) -> bytes:
    """Encode what follows the request id: error-status or non-repeaters, error-index or repetitions, and names."""
    null = bytes((ber.NULL, 0))
    names = (ber.tlv(ber.SEQUENCE, ber.tlv(ber.OBJECT_IDENTIFIER, oid) + null) for oid in oids)
    numbers = ber.encode_integer(non_repeaters) + ber.encode_integer(repetitions)
    return numbers + ber.tlv(ber.SEQUENCE, b"".join(names))


def encode_request(version: int, community: bytes, request_id: int, request: Request) -> bytes:
    """Return the datagram of a request.

    Raises:
        ValueError: GET_BULK in version 1, which has none.
    """
    if version == V1 and request.kind is Kind.GET_BULK:
        raise ValueError("SNMPv1 has no GetBulk")
    if request_id >> 30 == 1:  # four octets, whatever they are
        before, after = _around_id(version, community, request)
        return before + request_id.to_bytes(4, "big") + after
    return _encode(version, community, request_id, request)


@lru_cache(maxsize=1024)
def _around_id(version: int, community: bytes, request: Request) -> tuple[bytes, bytes]:
    """Return what stands before and after the four octets of a request id."""
    after = _tail(request.oids, request.repetitions, request.non_repeaters)
    return _encode(version, community, 1 << 30, request)[: -len(after) - 4], after


def _encode(version: int, community: bytes, request_id: int, request: Request) -> bytes:
    body = ber.encode_integer(request_id) + _tail(request.oids, request.repetitions, request.non_repeaters)
    return ber.tlv(ber.SEQUENCE, _head(version, community) + ber.tlv(request.kind, body))


def decode_response(data: bytes, awaited: Container[int]) -> Response | None:
    """Return the response in a datagram, or None when nobody awaits its request id; then no more of it is read.

    Octets behind the message are ignored, as net-snmp does: some agents pad.

    Raises:
        Malformed: not a version 1 or 2c response.
    """
    at, end = ber.contents(data, 0, len(data), ber.SEQUENCE)
    version, at = ber.integer(data, at, end)
    if version not in (V1, V2C):
        raise Malformed(f"version {version}")
    _, at = ber.contents(data, at, end, ber.OCTET_STRING)
    at, end = ber.contents(data, at, end, RESPONSE)
    if data[at : at + 2] == _ID_HEAD and data[at + 6 : at + 12] == _NO_ERROR and at + 12 <= end:  # the usual form
        request_id, error_status, error_index = int.from_bytes(data[at + 2 : at + 6], "big", signed=True), 0, 0
        if request_id not in awaited:
            return None
        at += 12
    else:
        request_id, at = ber.integer(data, at, end)
        if request_id not in awaited:
            return None
        error_status, at = ber.integer(data, at, end)
        error_index, at = ber.integer(data, at, end)
    at, end = ber.contents(data, at, end, ber.SEQUENCE)
    return Response(request_id, error_status, error_index, ber.varbinds(data, at, end))
