"""Packets of a traceroute: one flow, whatever the number; answers read back from what routers quote."""

from __future__ import annotations

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scapy.layers.inet import ICMP, IP, UDP
from scapy.layers.inet6 import ICMPv6DestUnreach, ICMPv6EchoReply, ICMPv6TimeExceeded, IPv6
from scapy.packet import Raw

from netmon.probes.trace.packets import Answer, echo_request, read_queued, read_raw, read_reply, udp_payload

TOKEN = b"8 octets"
NUMBERS = st.integers(0, 0xFFFF)
SELF, HOP, TARGET = "198.18.0.10", "198.18.0.1", "198.18.2.2"


def queued(type_: int, code: int, offender: bytes, origin: int = 2) -> bytes:
    """Return a struct sock_extended_err and the address of who reported it (ip(7))."""
    family = 2 if len(offender) == 4 else 10
    address = struct.pack("=HH", family, 0) + (b"" if len(offender) == 4 else b"\0" * 4) + offender
    return struct.pack("=IBBBBII", 113, origin, type_, code, 0, 0, 0) + address


@given(NUMBERS, NUMBERS)
def test_all_requests_of_a_trace_have_one_checksum(one: int, other: int) -> None:
    """Routers that spread load by the first words of an ICMP message see no difference (Paris traceroute)."""
    first, second = (echo_request(4, 7, number, TOKEN) for number in (one, other))
    assert first[:6] == second[:6]
    assert ICMP(first).chksum == ICMP(second).chksum != 0
    assert (ICMP(first).seq, ICMP(second).seq) == (one, other)


@given(NUMBERS)
def test_a_reply_says_which_request_it_answers(number: int) -> None:
    request = echo_request(4, 7, number, TOKEN)
    reply = bytes([0]) + request[1:]
    assert read_reply(reply, 4, 7, TOKEN, sender=TARGET) == Answer(TARGET, "reply", number)
    packet = bytes(IP(src=TARGET, dst=SELF) / Raw(reply))
    packet = packet[:9] + b"\x01" + packet[10:]  # protocol ICMP
    assert read_raw(packet, 4, 7, TOKEN, sender="") == Answer("", "reply", number)
    assert read_reply(reply, 4, 8, TOKEN, sender=TARGET) is None, "of somebody else's ping"
    assert read_reply(reply, 4, 7, b"another!", sender=TARGET) is None
    assert read_reply(request, 4, 7, TOKEN, sender=TARGET) is None, "a request is no reply"


@pytest.mark.parametrize(("type_", "code", "kind"), [(11, 0, "ttl-exceeded"), (3, 1, "host-unreachable")])
@pytest.mark.parametrize("quoted", [8, 64])
def test_an_error_that_came_as_a_packet(type_: int, code: int, kind: str, quoted: int) -> None:
    request = echo_request(4, 7, 300, TOKEN)[:quoted]
    inner = IP(src=SELF, dst=TARGET, proto=1) / Raw(request)
    packet = bytes(IP(src=HOP, dst=SELF) / ICMP(type=type_, code=code) / inner)
    assert read_raw(packet, 4, 7, TOKEN, sender="") == Answer(HOP, kind, 300)
    assert read_raw(packet, 4, 9, TOKEN, sender="") is None
    foreign = bytes(IP(src=HOP, dst=SELF) / ICMP(type=type_, code=code) / IP(src=SELF, dst=TARGET) / UDP(dport=53))
    assert read_raw(foreign, 4, 7, TOKEN, sender="") is None


@pytest.mark.parametrize(
    ("layer", "kind"), [(ICMPv6TimeExceeded(), "ttl-exceeded"), (ICMPv6DestUnreach(code=3), "host-unreachable")]
)
def test_an_error_of_ipv6_that_came_as_a_packet(layer: object, kind: str) -> None:
    request = IPv6(src="fd00::1", dst="fd00::2", nh=58) / Raw(echo_request(6, 7, 300, TOKEN))
    message = bytes(layer / request)
    assert read_raw(message, 6, 7, TOKEN, sender="fd00::9") == Answer("fd00::9", kind, 300)
    assert read_raw(message, 6, 8, TOKEN, sender="fd00::9") is None
    reply = bytes(ICMPv6EchoReply(id=7, seq=4, data=TOKEN + b"\0\0"))
    assert read_raw(reply, 6, 7, TOKEN, sender="fd00::2") == Answer("fd00::2", "reply", 4)


def test_errors_from_the_queue() -> None:
    hop = bytes([198, 18, 0, 1])
    request = echo_request(4, 7, 300, TOKEN)
    assert read_queued(queued(11, 0, hop), request, 4, TOKEN, is_udp=False) == Answer(HOP, "ttl-exceeded", 300)
    payload = udp_payload(9, TOKEN)
    assert read_queued(queued(3, 3, hop), payload, 4, TOKEN, is_udp=True) == Answer(HOP, "port-unreachable", 9)
    assert read_queued(queued(3, 3, hop), b"", 4, TOKEN, is_udp=True) == Answer(HOP, "port-unreachable", None)
    assert read_queued(queued(11, 0, hop, origin=1), request, 4, TOKEN, is_udp=False) is None, "this machine's own"
    far = bytes([0xFD, *[0] * 14, 1])
    found = read_queued(queued(3, 0, far, origin=3), echo_request(6, 7, 5, TOKEN), 6, TOKEN, is_udp=False)
    assert found == Answer("fd00::1", "ttl-exceeded", 5)


@given(st.binary(max_size=90), st.binary(max_size=60), st.sampled_from([4, 6]), st.booleans())
def test_rubbish_is_no_answer_and_breaks_nothing(data: bytes, control: bytes, version: int, is_udp: bool) -> None:
    for answer in (
        read_raw(data, version, 7, TOKEN, sender=""),
        read_reply(data, version, 7, TOKEN, sender=""),
        read_queued(control, data, version, TOKEN, is_udp=is_udp),
    ):
        assert answer is None or answer.number is None or 0 <= answer.number <= 0xFFFF
