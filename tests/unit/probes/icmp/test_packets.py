"""Requests lie in memory as RFC 792 wants them, and bulk checksums agree with the checksum done slowly."""

from __future__ import annotations

import struct

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from netmon.probes.icmp.packets import ECHO, MEANINGFUL_BYTES, PACKET_BYTES, blank_requests, checksums

BITS_16 = st.integers(0, 0xFFFF)
BITS_32 = st.integers(0, 0xFFFFFFFF)
BITS_64 = st.integers(0, 2**64 - 1)


def slow_checksum(data: bytes) -> int:
    """RFC 1071, word by word, in network order."""
    total: int = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total > 0xFFFF:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


@given(st.lists(st.tuples(BITS_16, BITS_16, BITS_32, BITS_32, BITS_64), min_size=1, max_size=20))
def test_bulk_checksums_agree_with_the_slow_one(fields: list[tuple[int, int, int, int, int]]) -> None:
    packets = blank_requests(len(fields), ECHO[4].request)
    for packet, (identifier, sequence, slot, number, token) in zip(packets, fields, strict=True):
        packet["identifier"], packet["sequence"] = identifier, sequence
        packet["slot"], packet["number"], packet["token"] = slot, number, token
    words = packets.view("<u4").reshape(len(packets), -1)[:, : MEANINGFUL_BYTES // 4]
    packets["checksum"] = checksums(words)
    for packet in packets:
        assert slow_checksum(packet.tobytes()) == 0  # what a receiver checks


def test_a_request_is_as_long_as_that_of_ping_and_starts_with_type_code_and_identifier() -> None:
    packets = blank_requests(1, ECHO[4].request)
    packets["identifier"] = 0x1234
    packets["slot"] = 7
    raw = packets[0].tobytes()
    assert len(raw) == PACKET_BYTES == 64
    assert raw[:2] == bytes([8, 0])
    assert raw[4:6] == bytes([0x12, 0x34])
    assert raw[8:12] == bytes([7, 0, 0, 0])


def test_all_zero_words_have_the_checksum_of_zero() -> None:
    assert checksums(np.zeros((3, 6), np.uint32)).tolist() == [0xFFFF] * 3
