"""Agents made of a dictionary: what tests ask instead of routers. They can be made to misbehave."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Coroutine, Mapping, Sequence
from functools import lru_cache
from typing import Any, TypeVar, cast

from netmon.probes.snmp.ber import (
    COUNTER32,
    END_OF_MIB_VIEW,
    INTEGER,
    NO_SUCH_OBJECT,
    OBJECT_IDENTIFIER,
    OCTET_STRING,
    Index,
    Oid,
    Value,
    Varbind,
    arcs,
    encode_arcs,
    encode_integer,
    tlv,
)
from netmon.probes.snmp.failure import Failure
from netmon.probes.snmp.pdu import V2C, ErrorStatus, Kind, Request, Response
from netmon.probes.snmp.walk import Answer

T = TypeVar("T")


def now(coroutine: Coroutine[Any, Any, T]) -> T:
    """Run a coroutine that never really waits, without an event loop."""
    try:
        coroutine.send(None)
    except StopIteration as end:
        return cast("T", end.value)
    raise AssertionError("it waited")


def tag_of(value: Value) -> int:
    if isinstance(value, Oid):
        return OBJECT_IDENTIFIER
    return OCTET_STRING if isinstance(value, bytes) else INTEGER


def response(varbinds: Sequence[Varbind], status: int = 0, index: int = 0) -> Response:
    return Response(0, status, index, list(varbinds))


class Agent:
    """Answers requests from `variables`. `most` varbinds fit into one response; `silent` agents never answer."""

    def __init__(
        self,
        variables: Mapping[bytes, Value],
        *,
        version: int = V2C,
        most: int = 10_000,
        too_big: bool = False,
        silent_after: int = 10_000,
    ) -> None:
        self.variables = dict(variables)
        self.encoded = sorted(self.variables, key=arcs)
        self.names = [arcs(name) for name in self.encoded]
        self.version = version
        self.most = most
        self.too_big = too_big
        self.silent_after = silent_after
        self.requests: list[Request] = []

    async def ask(self, request: Request) -> Answer:
        self.requests.append(request)
        if len(self.requests) > self.silent_after:
            return Failure.TIMEOUT
        return self.answer(request)

    def answer(self, request: Request) -> Answer:
        if request.kind is Kind.GET:
            return self._get(request.oids)
        rows = request.repetitions if request.kind is Kind.GET_BULK else 1
        if self.too_big and rows * len(request.oids) > self.most:
            return response([], ErrorStatus.TOO_BIG)
        once, cursors = request.oids[: request.non_repeaters], list(request.oids[request.non_repeaters :])
        found: list[Varbind] = [self.next_after(cursor) or (cursor, END_OF_MIB_VIEW, None) for cursor in once]
        for _ in range(rows):
            for position, cursor in enumerate(cursors):
                following = self.next_after(cursor)
                if following is None and self.version != V2C:
                    return response([], ErrorStatus.NO_SUCH_NAME, position + 1)
                found.append(following or (cursor, END_OF_MIB_VIEW, None))
                cursors[position] = found[-1][0]
        return response(found[: self.most])

    def next_after(self, cursor: bytes) -> Varbind | None:
        position = bisect_right(self.names, arcs(cursor))
        if position == len(self.names):
            return None
        name = self.encoded[position]
        return name, tag_of(self.variables[name]), self.variables[name]

    def _get(self, oids: Sequence[bytes]) -> Response:
        if self.too_big and len(oids) > self.most:
            return response([], ErrorStatus.TOO_BIG)
        missing = [position for position, oid in enumerate(oids, 1) if oid not in self.variables]
        if missing and self.version != V2C:
            return response([], ErrorStatus.NO_SUCH_NAME, missing[0])
        return response(
            [
                (oid, tag_of(self.variables[oid]), self.variables[oid])
                if oid in self.variables
                else (oid, NO_SUCH_OBJECT, None)
                for oid in oids
            ]
        )


def table(columns: Mapping[bytes, Mapping[Index, Value]]) -> dict[bytes, Value]:
    """Flatten columns into variables."""
    return {column + encode_arcs(index): value for column, rows in columns.items() for index, value in rows.items()}


def encode_response(
    request_id: int, varbinds: Sequence[Varbind], status: int = 0, index: int = 0, community: bytes = b"public"
) -> bytes:
    """Return the datagram of a response."""
    bindings = b"".join(_binding(*varbind) for varbind in varbinds)
    body = encode_integer(request_id) + encode_integer(status) + encode_integer(index) + tlv(0x30, bindings)
    return tlv(0x30, encode_integer(V2C) + tlv(OCTET_STRING, community) + tlv(0xA2, body))


@lru_cache(1024)
def _binding(oid: bytes, tag: int, value: Value) -> bytes:
    return tlv(0x30, tlv(OBJECT_IDENTIFIER, oid) + tlv(tag, _octets(tag, value)))


def _octets(tag: int, value: Value) -> bytes:
    if isinstance(value, bytes):
        return value
    if value is None:
        return b""
    signed = tag not in (COUNTER32, 0x42, 0x43, 0x46)
    return value.to_bytes(value.bit_length() // 8 + 1, "big", signed=signed)
