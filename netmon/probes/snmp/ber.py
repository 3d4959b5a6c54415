"""The part of BER (X.690) that SNMP uses (RFC 3416, RFC 3417 §8), with bounds against hostile input.

Object identifiers stay in their encoded form (`bytes` without tag and length): prefix tests are then
`bytes.startswith`, and only the index behind a column is ever turned into numbers. The decoder is a flat scan, never
recursive: a nested or unknown value is left as raw bytes. Indefinite lengths, lengths over four octets and lengths
that leave their container raise `Malformed`.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

INTEGER = 0x02
OCTET_STRING = 0x04
NULL = 0x05
OBJECT_IDENTIFIER = 0x06
SEQUENCE = 0x30
IP_ADDRESS = 0x40
COUNTER32 = 0x41
GAUGE32 = 0x42
TIME_TICKS = 0x43
OPAQUE = 0x44
COUNTER64 = 0x46
NO_SUCH_OBJECT = 0x80
NO_SUCH_INSTANCE = 0x81
END_OF_MIB_VIEW = 0x82

FIRST_EXCEPTION = NO_SUCH_OBJECT  # the numbers of all values are below it
EXCEPTIONS = frozenset({NO_SUCH_OBJECT, NO_SUCH_INSTANCE, END_OF_MIB_VIEW})
UNSIGNED = frozenset({COUNTER32, GAUGE32, TIME_TICKS, COUNTER64})
EMPTY = EXCEPTIONS | {NULL}

LONGEST_NUMBER = 9  # octets: an unsigned 64-bit value and its leading zero
LONGEST_KNOWN = 64  # octets of a binding that is worth remembering
MOST_KNOWN = 16_384
MOST_ARCS = 128  # RFC 3416 §2.1
LARGEST_ARC = 2**32 - 1


class Oid(bytes):
    """A value that is an object identifier, encoded; told from a string by its type alone."""

    __slots__ = ()


class IpAddress(bytes):
    """A value that is an IPv4 address: four octets."""

    __slots__ = ()


Value = int | bytes | None  # numbers; strings, addresses and identifiers as they came; no value
Index = tuple[int, ...]
Varbind = tuple[bytes, int, Value]  # identifier, tag, value; a plain tuple: thousands are made each second


class Malformed(Exception):  # noqa: N818 (it says what the datagram is)
    """A datagram is not what BER or SNMP allows. Caught by whoever reads datagrams, and counted."""


def header(data: bytes, at: int, end: int) -> tuple[int, int, int]:
    """Read the tag and length at `at`; return the tag and where the contents start and stop.

    Raises:
        Malformed: the length is indefinite, over four octets, or runs past `end`.
    """
    if at + 2 > end:
        raise Malformed("a header is cut off")
    length = data[at + 1]
    start = at + 2
    if length >= 0x80:
        octets = length & 0x7F
        if not 1 <= octets <= 4:
            raise Malformed("a length is indefinite or over four octets")
        length = int.from_bytes(data[start : start + octets], "big")
        start += octets
    if start + length > end:
        raise Malformed("a length runs past its container")
    return data[at], start, start + length


def contents(data: bytes, at: int, end: int, tag: int) -> tuple[int, int]:
    """Return where the contents of the element at `at` start and stop; it must have this `tag`."""
    found, start, stop = header(data, at, end)
    if found != tag:
        raise Malformed(f"type {found:#04x} where {tag:#04x} belongs")
    return start, stop


def integer(data: bytes, at: int, end: int) -> tuple[int, int]:
    """Return the INTEGER at `at` and where the next element starts."""
    if at + 2 < end and data[at] == INTEGER and 0 < (length := data[at + 1]) <= LONGEST_NUMBER:  # the usual form
        stop = at + 2 + length
        if stop <= end:
            return int.from_bytes(data[at + 2 : stop], "big", signed=True), stop
    start, stop = contents(data, at, end, INTEGER)
    return _signed(data[start:stop]), stop


def _unsigned(octets: bytes) -> int:
    if not 0 < len(octets) <= LONGEST_NUMBER:
        raise Malformed(f"a number of {len(octets)} octets")
    return int.from_bytes(octets, "big")


def _signed(octets: bytes) -> int:
    if not 0 < len(octets) <= LONGEST_NUMBER:
        raise Malformed(f"a number of {len(octets)} octets")
    return int.from_bytes(octets, "big", signed=True)


def _nothing(_octets: bytes) -> None:
    return None


def _decoders() -> tuple[Callable[[bytes], Value], ...]:
    """Return how to decode the contents of a value, by its tag; unknown types stay bytes."""
    table: list[Callable[[bytes], Value]] = [bytes] * 256
    table[INTEGER] = _signed
    table[OBJECT_IDENTIFIER] = Oid
    table[IP_ADDRESS] = IpAddress
    for tag in UNSIGNED:
        table[tag] = _unsigned
    for tag in EMPTY:
        table[tag] = _nothing
    return tuple(table)


_DECODERS = _decoders()
_GROWING = frozenset({COUNTER32, COUNTER64, TIME_TICKS})
_PADDING = bytes(0x200)  # more than the lengths of one binding can lead behind its start
_known: dict[bytes, Varbind] = {}  # by all octets of a binding
_heads: dict[bytes, tuple[bytes, int]] = {}  # names and tags of counters, by the octets before their values


def varbinds(data: bytes, at: int, end: int) -> list[Varbind]:
    """Return the variable bindings between `at` and `end`, the contents of a VarBindList.

    Most bindings of a poll are those of the poll before, and of other routers: names, states, speeds, errors that do
    not happen. They are known by all of their octets once `binding` has read them, and counters by the octets before
    their values.

    Raises:
        Malformed: anything but a sequence of (name, value) pairs.
    """
    found: list[Varbind] = []
    add, known, heads, number, padded = found.append, _known, _heads, int.from_bytes, data + _PADDING
    while at < end:
        stop = at + 2 + padded[at + 1]
        one = known.get(data[at:stop])
        if one is None:
            value = at + 6 + padded[at + 3]
            head = heads.get(data[at:value])
            if head is not None:
                one = *head, number(data[value:stop], "big")
            else:
                one, stop = binding(data, at, end)
                _remember(data[at:stop], one)
        add(one)
        at = stop
    if at != end:  # one that is known, but cut off
        raise Malformed("a binding runs past the end of the list")
    return found


def _remember(whole: bytes, one: Varbind) -> None:
    """Know these octets when they come again: all, or those before a counter that is never the same again."""
    name, tag, value = one
    if len(whole) > LONGEST_KNOWN or whole[1] != len(whole) - 2:  # its length is in more octets than one
        return
    if tag not in _GROWING or not value:
        if len(_known) >= MOST_KNOWN:
            _known.clear()
        _known[whole] = one
        return
    start = 6 + len(name)
    head = bytes((SEQUENCE, len(whole) - 2, OBJECT_IDENTIFIER, len(name))) + name + bytes((tag, len(whole) - start))
    if whole[:start] == head:  # nor is another length
        if len(_heads) >= MOST_KNOWN:
            _heads.clear()
        _heads[head] = name, tag


def binding(data: bytes, at: int, end: int) -> tuple[Varbind, int]:
    """Return the variable binding at `at` and where the next one starts.

    Raises:
        Malformed: not a sequence of a name and a value, or one that leaves its container.
    """
    start, stop = contents(data, at, end, SEQUENCE)
    name, name_end = contents(data, start, stop, OBJECT_IDENTIFIER)
    tag, value, value_end = header(data, name_end, stop)
    if value_end != stop:
        raise Malformed("a binding holds more than a name and a value")
    return (data[name:name_end], tag, _DECODERS[tag](data[value:stop])), stop


@lru_cache(maxsize=4096)  # at most 5 kB each, whatever an agent sends
def arcs(encoded: bytes) -> Index:
    """Return the numbers of an encoded index or of an identifier behind its first octet.

    Raises:
        Malformed: a number is cut off or over 32 bits, or there are more than 128.
    """
    found: list[int] = []
    arc = 0
    for octet in encoded:
        arc = arc << 7 | octet & 0x7F
        if arc > LARGEST_ARC:
            raise Malformed("a number of an object identifier is over 32 bits")
        if octet < 0x80:
            found.append(arc)
            arc = 0
    if encoded and encoded[-1] >= 0x80:
        raise Malformed("an object identifier is cut off")
    if len(found) > MOST_ARCS:
        raise Malformed("an object identifier has over 128 numbers")
    return tuple(found)


def oid_text(encoded: bytes) -> str:
    """Return an identifier in dotted form; an empty one is `0.0`."""
    numbers = arcs(encoded)
    if not numbers:
        return "0.0"
    first = min(numbers[0] // 40, 2)
    return ".".join(str(arc) for arc in (first, numbers[0] - 40 * first, *numbers[1:]))


def oid(dotted: str) -> bytes:
    """Encode an identifier such as `1.3.6.1.2.1.1.5.0`; a leading dot is allowed.

    Raises:
        ValueError: not a dotted list of at least two numbers in range.
    """
    parts = dotted.removeprefix(".").split(".")
    if not (dotted.isascii() and all(map(str.isdigit, parts))):
        raise ValueError(f"{dotted!r} is not a list of numbers with dots between")
    numbers = [int(part) for part in parts]
    if not 2 <= len(numbers) <= MOST_ARCS or numbers[0] > 2 or (numbers[0] < 2 and numbers[1] > 39):
        raise ValueError(f"{dotted!r} is not an object identifier")
    return encode_arcs((numbers[0] * 40 + numbers[1], *numbers[2:]))


def encode_arcs(numbers: Index) -> bytes:
    """Encode the numbers of an index, seven bits an octet."""
    if len(numbers) == 1 and 0 <= numbers[0] < 0x80:
        return bytes(numbers)
    encoded = bytearray()
    for arc in numbers:
        if 0 <= arc < 0x80:
            encoded.append(arc)
            continue
        if not 0 <= arc <= LARGEST_ARC:
            raise ValueError(f"{arc} cannot stand in an object identifier")
        octets = [arc & 0x7F]
        while arc := arc >> 7:
            octets.append(arc & 0x7F | 0x80)
        encoded += bytes(reversed(octets))
    return bytes(encoded)


def tlv(tag: int, body: bytes) -> bytes:
    """Wrap `body` (under 64 KiB) in a tag and a length."""
    length = len(body)
    if length < 0x80:
        return bytes((tag, length)) + body
    return bytes((tag, 0x82)) + length.to_bytes(2, "big") + body


def encode_integer(value: int) -> bytes:
    """Encode an INTEGER."""
    return tlv(INTEGER, value.to_bytes(value.bit_length() // 8 + 1, "big", signed=True))
