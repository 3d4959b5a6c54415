"""ICMP errors as they come: from the error queue of a datagram socket, and as packets of a raw one."""

from __future__ import annotations

import ipaddress
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netmon.probes.icmp.errors import KINDS, MOST_WORDS, IcmpError, Quote, Reports, kind_of, read_packet, read_queued
from netmon.probes.icmp.packets import blank_requests


def request(version: int = 4) -> bytes:
    packets = blank_requests(1, 8 if version == 4 else 128)
    packets["identifier"], packets["sequence"] = 0x1234, 0x0201
    packets["slot"], packets["number"], packets["token"] = 5, 0x10201, 77
    return bytes(packets[0].tobytes())


def ip4(payload: bytes, source: str, destination: str, options: bytes = b"") -> bytes:
    length = 20 + len(options)
    head = struct.pack("!BBHHHBBH", 0x40 | length // 4, 0, length + len(payload), 0, 0, 64, 1, 0)
    return head + ipaddress.ip_address(source).packed + ipaddress.ip_address(destination).packed + options + payload


def error4(quoted: bytes, kind: int = 3, code: int = 1) -> bytes:
    return struct.pack("!BBHI", kind, code, 0, 0) + quoted


def test_an_error_packet_tells_kind_reporter_and_request() -> None:
    quoted = ip4(request(), "198.18.0.9", "198.18.0.1")
    found = read_packet(ip4(error4(quoted), "198.18.0.254", "198.18.0.9"), 4, "")
    assert found is not None
    assert (found.kind, found.reporter) == ("host-unreachable", "198.18.0.254")
    assert (found.quote.destination, found.quote.slot, found.quote.number, found.quote.token) == (
        "198.18.0.1",
        5,
        0x10201,
        77,
    )


def test_an_error_that_quotes_eight_bytes_still_tells_destination_and_sequence() -> None:
    quoted = ip4(request()[:8], "198.18.0.9", "198.18.0.1")
    found = read_packet(ip4(error4(quoted, 11, 0), "198.18.0.254", "198.18.0.9", options=bytes(8)), 4, "")
    assert found is not None
    assert found.kind == "ttl-exceeded"
    assert (found.quote.identifier, found.quote.sequence, found.quote.token) == (0x1234, 0x0201, None)


def test_an_ipv6_error_packet_is_read_without_an_outer_header() -> None:
    addresses = ipaddress.ip_address("2001:db8::9").packed + ipaddress.ip_address("2001:db8::1").packed
    quoted = struct.pack("!IHBB", 6 << 28, 64, 58, 64) + addresses + request(6)
    found = read_packet(struct.pack("!BBHI", 1, 0, 0, 0) + quoted, 6, "2001:db8::fe")
    assert found is not None
    assert (found.kind, found.reporter) == ("net-unreachable", "2001:db8::fe")
    assert (found.quote.destination, found.quote.slot) == ("2001:db8::1", 5)


@pytest.mark.parametrize(
    ("version", "family", "offender", "origin", "kind", "code", "name"),
    [
        (4, 2, "198.18.0.254", 2, 3, 13, "prohibited"),
        (6, 10, "2001:db8::fe", 3, 3, 0, "ttl-exceeded"),
    ],
)
def test_an_entry_of_the_error_queue_is_read(
    version: int, family: int, offender: str, origin: int, kind: int, code: int, name: str
) -> None:
    flow = bytes(4) if version == 6 else b""
    packed = ipaddress.ip_address(offender).packed
    control = (
        struct.pack("=IBBBBII", 113, origin, kind, code, 0, 0, 0) + struct.pack("=HH", family, 0) + flow + packed
    )
    found = read_queued(control, request(version), version, "198.18.0.1")
    assert found is not None
    assert (found.kind, found.reporter, found.quote.slot) == (name, offender, 5)


def test_what_this_machine_says_itself_is_no_evidence() -> None:
    local = struct.pack("=IBBBBII", 101, 1, 0, 0, 0, 0, 0) + bytes(16)
    assert read_queued(local, request(), 4, "198.18.0.1") is None


@given(st.binary(max_size=200), st.sampled_from([4, 6]))
def test_nothing_that_comes_from_the_network_can_break_the_reader(packet: bytes, version: int) -> None:
    found = read_packet(packet, version, "")
    assert found is None or found.kind in KINDS
    assert read_queued(packet, packet, version, "") is None or len(packet) >= 24


@given(st.binary(max_size=120))
def test_a_quoted_request_may_be_cut_anywhere(noise: bytes) -> None:
    whole = ip4(error4(ip4(request(), "198.18.0.9", "198.18.0.1")), "198.18.0.254", "198.18.0.9")
    for length in range(len(whole)):
        read_packet(whole[:length] + noise[:3], 4, "")


def test_unknown_codes_are_other() -> None:
    assert kind_of(4, 3, 99) == "other"
    assert kind_of(6, 99, 0) == "other"


def test_a_word_of_an_outage_is_news_once() -> None:
    def said(kind: str, reporter: str = "198.18.0.1") -> IcmpError:
        return IcmpError(kind, reporter, Quote("198.18.1.1", 1, 1, None, None, None))

    reports = Reports()
    assert reports.is_news("a", said("host-unreachable"), 100.0)
    assert not reports.is_news("a", said("host-unreachable"), 100.0)
    assert reports.is_news("b", said("host-unreachable"), 100.0)
    assert reports.is_news("a", said("host-unreachable", "198.18.0.2"), 100.0)
    assert not reports.is_news("a", said("ttl-exceeded"), 100.0)
    assert reports.is_news("a", said("host-unreachable"), 200.0)
    news = [reports.is_news("a", said("prohibited", f"198.18.0.{host}"), 200.0) for host in range(9)]
    assert sum(news) == MOST_WORDS - 1
    reports.forget("a")
    assert reports.is_news("a", said("host-unreachable"), 200.0)
