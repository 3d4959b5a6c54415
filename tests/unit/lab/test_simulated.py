"""The pure parts of the simulated network."""

from __future__ import annotations

import struct
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from netmon.lab.simulated import echo_reply, loopback_addresses
from tests.lab.counties import draw
from tests.rows import every_row


def ones_sum(data: bytes) -> int:
    """Return the ones' complement sum of 16-bit words, by the definition in RFC 1071."""
    total = 0
    for word in struct.unpack(f"!{(len(data) + 1) // 2}H", data + bytes(len(data) % 2)):
        total += word
        total = (total & 0xFFFF) + (total >> 16)
    return total


@given(st.integers(0, 65535), st.integers(0, 65535), st.binary(max_size=100), st.sampled_from([(8, 0), (128, 129)]))
def test_replies_carry_what_was_asked_and_a_right_checksum(
    identifier: int, sequence: int, payload: bytes, kinds: tuple[int, int]
) -> None:
    request = struct.pack("!BBHHH", kinds[0], 0, 0, identifier, sequence) + payload
    reply = echo_reply(request)
    assert reply is not None
    assert reply[0] == kinds[1]
    assert reply[4:] == request[4:]
    assert ones_sum(reply) == 0xFFFF


@every_row("message", [b"", b"\x08\0\0\0\0\0\0", b"\0\0\0\0\0\0\0\0", b"\x08\x01\0\0\0\0\0\0"])
def test_anything_else_gets_no_reply(message: bytes) -> None:
    assert echo_reply(message) is None


def test_every_address_has_one_of_its_own_on_loopback() -> None:
    drawn = draw([("a", "b"), ("b", "c"), ("c", "d"), ("d", "e")], passive={"e"})
    given_ = {"a": "198.18.12.2", "b": "198.19.0.7", "c": "10.1.2.3", "d": "2001:db8::1"}
    nodes = {name: replace(drawn.nodes[name], address=address) for name, address in given_.items()}
    found = loopback_addresses(replace(drawn, nodes={**drawn.nodes, **nodes}))
    assert found["198.18.12.2"] == "127.18.12.2"
    assert found["198.19.0.7"] == "127.19.0.7"
    assert len(set(found.values())) == len(found) == 4
    assert all(address.startswith("127.") for address in found.values())
