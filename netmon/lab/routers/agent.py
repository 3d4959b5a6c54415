"""An SNMP agent as a function: a datagram and a table of objects in, a datagram or silence out (RFC 1157, RFC 3416).

Speaks versions 1 and 2c and only reads. Whoever gives the wrong community gets no answer, as from a real router.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from netmon.probes.snmp import ber
from netmon.probes.snmp.ber import Malformed
from netmon.probes.snmp.pdu import RESPONSE, V1, V2C, ErrorStatus, Kind

Arcs = tuple[int, ...]
"""An object identifier by its numbers, the first two merged as on the wire (1.3 is 43)."""

Content = bytes | Callable[[float], bytes]
"""An encoded value, or what makes one at a moment (the lab's monotonic seconds)."""

LARGEST_RESPONSE = 1472
"""Bytes of UDP that cross Ethernet in one piece; GetBulk stops before, Get answers tooBig."""

_SET = 0xA3
_NO_ACCESS = 6
_RESERVE = 16  # longer forms of the lengths around a full response
_END_OF_MIB = bytes((ber.END_OF_MIB_VIEW, 0))
_NO_SUCH_INSTANCE = bytes((ber.NO_SUCH_INSTANCE, 0))


class Mib:
    """Objects in the order of their identifiers."""

    def __init__(self, objects: Mapping[Arcs, Content]) -> None:
        self._names = sorted(objects)
        self._contents = [objects[name] for name in self._names]

    def __len__(self) -> int:
        return len(self._names)

    def position(self, name: Arcs) -> int | None:
        """Return the place of an object, or None when there is no such instance."""
        place = bisect_left(self._names, name)
        return place if place < len(self._names) and self._names[place] == name else None

    def after(self, name: Arcs) -> int:
        """Return the place of the first object behind `name`; `len(self)` behind the last."""
        return bisect_right(self._names, name)

    def varbind(self, place: int, at: float) -> tuple[Arcs, bytes]:
        """Return the name and the encoded value at a place."""
        content = self._contents[place]
        return self._names[place], content if isinstance(content, bytes) else content(at)


class _Asked(NamedTuple):
    """A decoded request. `first` and `second` are error-status and -index, or the numbers of a GetBulk."""

    version: int
    community: bytes
    kind: int
    request_id: int
    first: int
    second: int
    names: list[Arcs]
    raw_varbinds: bytes


class _Trouble(Exception):  # noqa: N818 (an answer to give, not a failure)
    """The request gets an error-status instead of values."""

    def __init__(self, status: int, index: int) -> None:
        super().__init__(status, index)
        self.status = status
        self.index = index


def respond(mib: Mib, community: bytes, datagram: bytes, at: float) -> bytes | None:
    """Return the response to a datagram, or None where an agent keeps silent: malformed, or the wrong community."""
    try:
        asked = _decode(datagram)
    except Malformed:
        return None
    if asked.community != community or asked.version not in (V1, V2C):
        return None
    if asked.kind == Kind.GET_BULK and asked.version == V1:
        return None
    try:
        response = _encode(asked, 0, 0, b"".join(_values(mib, asked, at)))
    except _Trouble as trouble:
        return _encode(asked, trouble.status, trouble.index, asked.raw_varbinds)
    if len(response) > LARGEST_RESPONSE:
        return _encode(asked, ErrorStatus.TOO_BIG, 0, asked.raw_varbinds)
    return response


def community_of(datagram: bytes) -> bytes | None:
    """Return the community that a datagram carries, or None when it is no SNMP message of version 1 or 2c."""
    try:
        return _decode(datagram).community
    except Malformed:
        return None


def _decode(datagram: bytes) -> _Asked:
    at, end = ber.contents(datagram, 0, len(datagram), ber.SEQUENCE)
    version, at = ber.integer(datagram, at, end)
    start, at = ber.contents(datagram, at, end, ber.OCTET_STRING)
    community = datagram[start:at]
    kind, at, end = ber.header(datagram, at, end)
    if kind not in (*Kind, _SET):
        raise Malformed(f"PDU {kind:#04x}")
    request_id, at = ber.integer(datagram, at, end)
    first, at = ber.integer(datagram, at, end)
    second, at = ber.integer(datagram, at, end)
    start, end = ber.contents(datagram, at, end, ber.SEQUENCE)
    names = [ber.arcs(name) for name, _, _ in ber.varbinds(datagram, start, end)]
    return _Asked(version, community, kind, request_id, first, second, names, datagram[start:end])


def _encode(asked: _Asked, status: int, index: int, varbinds: bytes) -> bytes:
    head = ber.encode_integer(asked.version) + ber.tlv(ber.OCTET_STRING, asked.community)
    numbers = ber.encode_integer(asked.request_id) + ber.encode_integer(status) + ber.encode_integer(index)
    return ber.tlv(ber.SEQUENCE, head + ber.tlv(RESPONSE, numbers + ber.tlv(ber.SEQUENCE, varbinds)))


def _values(mib: Mib, asked: _Asked, at: float) -> Sequence[bytes]:
    match asked.kind:
        case Kind.GET:
            return [_get(mib, asked, number, at) for number in range(len(asked.names))]
        case Kind.GET_NEXT:
            return [_get_next(mib, asked, number, at) for number in range(len(asked.names))]
        case Kind.GET_BULK:
            return _get_bulk(mib, asked, at)
        case _:
            raise _Trouble(ErrorStatus.NO_SUCH_NAME if asked.version == V1 else _NO_ACCESS, 1)


def _get(mib: Mib, asked: _Asked, number: int, at: float) -> bytes:
    name = asked.names[number]
    place = mib.position(name)
    value = _NO_SUCH_INSTANCE if place is None else mib.varbind(place, at)[1]
    if asked.version == V1 and (place is None or value[0] == ber.COUNTER64):
        raise _Trouble(ErrorStatus.NO_SUCH_NAME, number + 1)
    return _varbind(name, value)


def _get_next(mib: Mib, asked: _Asked, number: int, at: float) -> bytes:
    place = mib.after(asked.names[number])
    while place < len(mib):
        name, value = mib.varbind(place, at)
        if asked.version == V2C or value[0] != ber.COUNTER64:  # version 1 cannot carry it
            return _varbind(name, value)
        place += 1
    if asked.version == V1:
        raise _Trouble(ErrorStatus.NO_SUCH_NAME, number + 1)
    return _varbind(asked.names[number], _END_OF_MIB)


def _get_bulk(mib: Mib, asked: _Asked, at: float) -> Sequence[bytes]:
    """Answer by RFC 3416 §4.2.3: what does not repeat once, the rest row by row for as long as it fits."""
    once = min(max(asked.first, 0), len(asked.names))
    found = [_get_next(mib, asked, number, at) for number in range(once)]
    room = LARGEST_RESPONSE - _RESERVE - len(_encode(asked, 0, 0, b"".join(found)))
    names = asked.names[once:]
    places = [mib.after(name) for name in names]
    for _ in range(max(asked.second, 0)):
        has_ended = all(place >= len(mib) for place in places)
        for column, place in enumerate(places):
            value = _END_OF_MIB
            if place < len(mib):
                names[column], value = mib.varbind(place, at)
                places[column] = place + 1
            varbind = _varbind(names[column], value)
            room -= len(varbind)
            if room < 0 and found:
                return found
            found.append(varbind)
        if has_ended:
            break
    return found


def _varbind(name: Arcs, value: bytes) -> bytes:
    return ber.tlv(ber.SEQUENCE, _named(name) + value)


@lru_cache(maxsize=16_384)  # routers have most of their names in common, and are asked for them again and again
def _named(name: Arcs) -> bytes:
    return ber.tlv(ber.OBJECT_IDENTIFIER, ber.encode_arcs(name))
