"""The codec against pyasn1 as an oracle, and its bounds."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyasn1.codec.ber import decoder, encoder
from pyasn1.type.univ import Integer, ObjectIdentifier
from pysnmp.proto.rfc1902 import Counter64, Gauge32, IpAddress, ObjectName, OctetString, TimeTicks

from netmon.probes.snmp import ber
from tests.rows import every_row

SHORT = tuple[int, ...]
ARCS = st.builds(
    lambda first, rest: (*first, *rest),
    st.one_of(st.tuples(st.integers(0, 1), st.integers(0, 39)), st.tuples(st.just(2), st.integers(0, 2**32 - 100))),
    st.lists(st.integers(0, 2**32 - 1), max_size=20),
)


def dotted(numbers: SHORT) -> str:
    return ".".join(map(str, numbers))


def binding(name: bytes, value: bytes, *, long: bool = False) -> bytes:
    body = ber.tlv(6, name) + value
    return b"\x30\x84" + len(body).to_bytes(4, "big") + body if long else ber.tlv(0x30, body)


def one_value(encoded: bytes) -> ber.Varbind:
    data = binding(b"\x2b", encoded)
    (found,) = ber.varbinds(data, 0, len(data))
    return found


@given(ARCS)
def test_identifiers_are_encoded_as_the_oracle_does(numbers: SHORT) -> None:
    encoded = ber.oid(dotted(numbers))
    assert ber.tlv(6, encoded) == encoder.encode(ObjectIdentifier(numbers))
    assert ber.oid_text(encoded) == dotted(numbers)


@given(st.lists(st.integers(0, 2**32 - 1), max_size=ber.MOST_ARCS).map(tuple))
def test_an_index_survives_the_round_trip(index: SHORT) -> None:
    assert ber.arcs(ber.encode_arcs(index)) == index


@given(st.integers(-(2**31), 2**31 - 1))
def test_integers_match_the_oracle(number: int) -> None:
    assert ber.encode_integer(number) == encoder.encode(Integer(number))
    assert one_value(ber.encode_integer(number))[2] == number


@given(st.integers(0, 2**64 - 1))
def test_counters_are_unsigned(number: int) -> None:
    assert one_value(encoder.encode(Counter64(number)))[1:] == (ber.COUNTER64, number)


@every_row(
    ("encoded", "value"),
    [
        (encoder.encode(Gauge32(2**32 - 1)), 2**32 - 1),
        (encoder.encode(TimeTicks(0)), 0),
        (encoder.encode(OctetString("")), b""),
        (encoder.encode(OctetString(b"\xff" * 300)), b"\xff" * 300),
        (b"\x42\x04\xff\xff\xff\x80", 2**32 - 128),  # a Gauge32 without its leading zero, as RouterOS sends
        (b"\x02\x81\x01\x05", 5),  # a length in the long form where the short one would do
        (b"\x05\x00", None),
        (b"\x82\x00", None),
        (b"\x44\x07\x9f\x78\x04\x41\xc8\x00\x00", b"\x9f\x78\x04\x41\xc8\x00\x00"),  # Opaque stays as it came
        (b"\x30\x02\x05\x00", b"\x05\x00"),  # a nested value is not followed
    ],
)
def test_values(encoded: bytes, value: ber.Value) -> None:
    assert one_value(encoded)[2] == value


def test_identifier_and_address_values_are_told_from_strings() -> None:
    assert isinstance(one_value(encoder.encode(ObjectName("1.3.6.1")))[2], ber.Oid)
    address = one_value(encoder.encode(IpAddress("198.18.0.1")))[2]
    assert isinstance(address, ber.IpAddress)
    assert address == bytes([198, 18, 0, 1])


@every_row(
    "data",
    [
        b"",
        b"\x30",
        b"\x30\x80\x00\x00",  # indefinite length
        b"\x30\x85\x01\x00\x00\x00\x00",  # a length of five octets
        b"\x30\x84\xff\xff\xff\xff",  # four gigabytes
        b"\x30\x82\x01",  # a length that is cut off itself
        b"\x30\x05\x04\x01",  # past the end
        b"\x04\x00",  # another type
    ],
)
def test_broken_headers_are_malformed(data: bytes) -> None:
    with pytest.raises(ber.Malformed):
        ber.contents(data, 0, len(data), ber.SEQUENCE)


@every_row(
    "data",
    [
        binding(b"\x2b", b"\x02\x00"),  # a number without octets
        binding(b"\x2b", b"\x02\x0a" + b"\x01" * 10),  # and one with too many
        binding(b"\x2b", b"\x46\x0a" + b"\x01" * 10),
        binding(b"\x2b", b""),  # no value
        binding(b"\x2b", b"\x05\x00\x05\x00"),  # two values
        b"\x30\x03\x06\x05\x2b",  # a name that leaves its binding
        b"\x30\x06\x06\x01\x2b\x02\x7f\x01",  # a value that does
        b"\x31\x05\x06\x01\x2b\x05\x00",
        b"\x30\x80\x06\x01\x2b\x05\x00\x00\x00",
        binding(b"\x2b", b"\x05\x00")[:-1],
        binding(b"\x2b", b"\x05\x00") + b"\x00",
    ],
)
def test_broken_bindings_are_malformed(data: bytes) -> None:
    with pytest.raises(ber.Malformed):
        ber.varbinds(data, 0, len(data))


@pytest.mark.parametrize("suffix", [b"\x81", b"\x90\x80\x80\x80\x00", b"\x01" * 129])
def test_impossible_indexes_are_malformed(suffix: bytes) -> None:
    with pytest.raises(ber.Malformed):
        ber.arcs(suffix)


@every_row(
    "text", ["", "1", "1.3.x", "3.1", "1.-3", "1.40", "1.1_0", "1.٣", "1.3." + str(2**32), "IF-MIB::ifTable", "1..3"]
)
def test_what_is_no_identifier_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        ber.oid(text)


@given(st.binary(max_size=200))
def test_whatever_comes_is_a_list_or_malformed(data: bytes) -> None:
    try:
        found = ber.varbinds(data, 0, len(data))
    except ber.Malformed:
        return
    assert sum(6 + len(oid) for oid, _, _ in found) <= len(data) + len(found) * 6


NAMES = st.sampled_from([b"\x2b\x06\x01\x01", b"\x2b\x06\x01\x02", b"\x2b" * 60, b""])
VALUES = st.one_of(
    st.integers(0, 300).map(ber.encode_integer),
    st.tuples(st.sampled_from(sorted(ber.UNSIGNED)), st.binary(max_size=10)).map(lambda it: ber.tlv(*it)),
    st.sampled_from([ber.tlv(4, b"sfp1"), ber.tlv(4, b"x" * 70), b"\x05\x00", b"\x82\x00", b"\x06\x03\x2b\x06\x01"]),
    st.sampled_from([b"\x02\x81\x01\x05", b"\x46\x81\x01\x05"]),
)


def outcome(read: Callable[[bytes, int, int], list[ber.Varbind]], *given: Any) -> object:
    try:
        return [(*one, type(one[2])) for one in read(*given)]
    except ber.Malformed:
        return "malformed"


def one_by_one(data: bytes, at: int, end: int) -> list[ber.Varbind]:
    found = []
    while at < end:
        one, at = ber.binding(data, at, end)
        found.append(one)
    return found


@given(
    st.lists(st.tuples(NAMES, VALUES, st.booleans()), max_size=6),
    st.lists(st.tuples(st.integers(0, 400), st.integers(0, 255)), max_size=2),
    st.integers(0, 12),
    st.booleans(),
)
def test_what_is_known_is_read_as_if_it_were_not(
    bindings: list[tuple[bytes, bytes, bool]], flips: list[tuple[int, int]], cut: int, inside: bool
) -> None:
    """Octets that were read before, and ones that differ from them a little, are read as `binding` alone does."""
    intact = b"".join(binding(name, value, long=long) for name, value, long in bindings)
    outcome(ber.varbinds, intact, 0, len(intact))
    spoiled = bytearray(intact)
    for where, octet in flips:
        if spoiled:
            spoiled[where % len(spoiled)] = octet
    end = max(0, len(spoiled) - cut)
    data = bytes(spoiled) if inside else bytes(spoiled[:end])  # the end of the list may not be that of the datagram
    for _ in range(2):
        assert outcome(ber.varbinds, data, 0, end) == outcome(one_by_one, data, 0, end)


@pytest.mark.parametrize("value", [ber.tlv(4, b"sfp1"), ber.tlv(ber.COUNTER64, b"\x07\x07")])
def test_what_is_known_and_leaves_the_list_is_malformed(value: bytes) -> None:
    data = binding(b"\x2b\x06", value)
    assert len(ber.varbinds(data, 0, len(data))) == 1
    for end in range(1, len(data)):
        for cut in (data, data[:end]):
            with pytest.raises(ber.Malformed):
                ber.varbinds(cut, 0, end)


def test_the_octets_before_a_counter_are_known_only_as_they_came() -> None:
    """A length of two octets is none of the value's: ten octets of value are too many, whoever came before."""
    long = binding(b"\x2b\x07", b"\x46\x81\x09" + b"\x01" * 9)
    assert len(ber.varbinds(long, 0, len(long))) == 1
    wrong = binding(b"\x2b\x07", b"\x46\x0a" + b"\x01" * 10)
    with pytest.raises(ber.Malformed):
        ber.varbinds(wrong, 0, len(wrong))


def test_no_more_is_remembered_than_has_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ber, "MOST_KNOWN", 8)
    for tag in (ber.INTEGER, ber.COUNTER64):
        data = b"".join(binding(bytes((0x2B, n)), ber.tlv(tag, b"\x07")) for n in range(100))
        assert len(ber.varbinds(data, 0, len(data))) == 100
    assert len(ber._known) <= 8
    assert len(ber._heads) <= 8


@given(st.lists(st.tuples(st.binary(max_size=30), st.binary(max_size=300)), max_size=5))
def test_quick_and_careful_reading_agree(pairs: list[tuple[bytes, bytes]]) -> None:
    """Lengths in the long form take the careful path; both must read the same."""
    short = b"".join(binding(name, ber.tlv(4, value)) for name, value in pairs)
    long = b"".join(binding(name, ber.tlv(4, value), long=True) for name, value in pairs)
    expected = [(name, 4, value) for name, value in pairs]
    assert ber.varbinds(short, 0, len(short)) == ber.varbinds(long, 0, len(long)) == expected


def test_the_oracle_reads_what_is_encoded() -> None:
    value, rest = decoder.decode(ber.tlv(4, b"x" * 200))
    assert (bytes(value), rest) == (b"x" * 200, b"")
