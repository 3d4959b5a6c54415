"""The codec against pyasn1 as an oracle, and its bounds."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyasn1.codec.ber import decoder, encoder
from pyasn1.type.univ import Integer, ObjectIdentifier
from pysnmp.proto.rfc1902 import Counter64, Gauge32, IpAddress, ObjectName, OctetString, TimeTicks

from netmon.probes.snmp import ber

SHORT = tuple[int, ...]
ARCS = st.builds(
    lambda first, rest: (*first, *rest),
    st.one_of(st.tuples(st.integers(0, 1), st.integers(0, 39)), st.tuples(st.just(2), st.integers(0, 2**32 - 100))),
    st.lists(st.integers(0, 2**32 - 1), max_size=20),
)


def dotted(numbers: SHORT) -> str:
    return ".".join(map(str, numbers))


def binding(name: bytes, value: bytes) -> bytes:
    return ber.tlv(0x30, ber.tlv(6, name) + value)


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


@pytest.mark.parametrize(
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


@pytest.mark.parametrize(
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


@pytest.mark.parametrize(
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


@pytest.mark.parametrize(
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


@given(st.lists(st.tuples(st.binary(max_size=30), st.binary(max_size=300)), max_size=5))
def test_quick_and_careful_reading_agree(pairs: list[tuple[bytes, bytes]]) -> None:
    """Lengths in the long form take the careful path; both must read the same."""
    short = b"".join(binding(name, ber.tlv(4, value)) for name, value in pairs)
    long = b"".join(
        b"\x30\x84" + len(body).to_bytes(4, "big") + body
        for body in (ber.tlv(6, name) + ber.tlv(4, value) for name, value in pairs)
    )
    expected = [(name, 4, value) for name, value in pairs]
    assert ber.varbinds(short, 0, len(short)) == ber.varbinds(long, 0, len(long)) == expected


def test_the_oracle_reads_what_is_encoded() -> None:
    value, rest = decoder.decode(ber.tlv(4, b"x" * 200))
    assert (bytes(value), rest) == (b"x" * 200, b"")
