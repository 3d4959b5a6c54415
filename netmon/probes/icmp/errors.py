"""ICMP errors: what went wrong with a request, and who says so (RFC 792, RFC 1812, RFC 4443). Pure decoding.

An error is evidence, never a verdict: it names the router at which a path ends. A datagram socket gets errors from
its error queue (`IP_RECVERR`, ip(7)), a raw one as packets; both quote the request, or at least its first 8 bytes.
"""

from __future__ import annotations

import ipaddress
import struct
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from netmon.probes.icmp.packets import ECHO, MEANINGFUL_BYTES, PACKET

_ICMP, _ICMPV6 = 1, 58
"""Protocol numbers."""
ORIGIN_ICMP, ORIGIN_ICMP6 = 2, 3
"""SO_EE_ORIGIN_ICMP and SO_EE_ORIGIN_ICMP6: the error came from the network, not from this machine."""

_KINDS_4 = {
    (3, 0): "net-unreachable",
    (3, 1): "host-unreachable",
    (3, 2): "protocol-unreachable",
    (3, 3): "port-unreachable",
    (3, 4): "too-big",
    (3, 6): "net-unreachable",
    (3, 7): "host-unreachable",
    (3, 9): "prohibited",
    (3, 10): "prohibited",
    (3, 13): "prohibited",
    (11, 0): "ttl-exceeded",
    (11, 1): "reassembly-timeout",
}
_KINDS_6 = {
    (1, 0): "net-unreachable",
    (1, 1): "prohibited",
    (1, 3): "host-unreachable",
    (1, 4): "port-unreachable",
    (1, 5): "prohibited",
    (1, 6): "net-unreachable",
    (2, 0): "too-big",
    (3, 0): "ttl-exceeded",
    (3, 1): "reassembly-timeout",
}
UNREACHABLE = frozenset({"net-unreachable", "host-unreachable", "prohibited"})
"""Kinds by which a router says that it cannot, or may not, pass requests on."""
MOST_WORDS = 4
"""Words about one target that are news in one outage: several routers may share the path, more are a nuisance."""
KINDS = tuple(dict.fromkeys([*_KINDS_4.values(), *_KINDS_6.values(), "other"]))


class Quote(NamedTuple):
    """The request that an error quotes. `slot`, `number` and `token` are None when too little of it is quoted."""

    destination: str
    identifier: int
    sequence: int
    slot: int | None
    number: int | None
    token: int | None


@dataclass(frozen=True, slots=True)
class IcmpError:
    """One ICMP error: its kind (one of `KINDS`), who sent it, and the request it is about."""

    kind: str
    reporter: str
    quote: Quote


class Reports:
    """What routers said of targets that do not answer: each is news once in an outage, or journals would fill."""

    def __init__(self) -> None:
        self._said: dict[str, tuple[float, set[tuple[str, str]]]] = {}  # by target: first miss, and words since

    def is_news(self, target: str, error: IcmpError, first_miss: float) -> bool:
        """Tell whether an error says for the first time since `first_miss` that the target cannot be reached."""
        since, words = self._said.get(target, (first_miss, set()))
        if since != first_miss:
            words = set()
        word = (error.kind, error.reporter)
        if error.kind not in UNREACHABLE or word in words or len(words) >= MOST_WORDS:
            return False
        self._said[target] = first_miss, {*words, word}
        return True

    def forget(self, target: str) -> None:
        """Forget a target that is no longer probed."""
        self._said.pop(target, None)


def kind_of(version: int, type_: int, code: int) -> str:
    """Name an ICMP error of a version of IP by its type and code."""
    kinds = _KINDS_4 if version == 4 else _KINDS_6
    return kinds.get((type_, code), "other")


def read_queued(control: bytes, request: bytes, version: int, destination: str) -> IcmpError | None:
    """Read one entry of a socket's error queue: struct sock_extended_err and the address of who reported it.

    Returns:
        None when the entry is cut short, or did not come from the network.
    """
    if len(control) < 24 or control[4] not in (ORIGIN_ICMP, ORIGIN_ICMP6):
        return None
    quote = _read_request(request, destination, version)
    if quote is None:
        return None
    offender = control[20:24] if version == 4 else control[24:40]
    reporter = str(ipaddress.ip_address(offender)) if len(offender) in (4, 16) else ""
    return IcmpError(kind_of(version, control[5], control[6]), reporter, quote)


def read_packet(packet: bytes, version: int, reporter: str) -> IcmpError | None:
    """Read an ICMP error that came as a packet: from its IP header (IPv4) or its ICMPv6 header (IPv6).

    Returns:
        None when it is cut short, or quotes something that is no echo request.
    """
    if version == 4:
        start = (packet[0] & 15) * 4 if packet else 0
        if len(packet) < start + 8 + 20:
            return None
        reporter = str(ipaddress.IPv4Address(packet[12:16]))
        quoted = packet[start + 8 :]
        if quoted[0] >> 4 != 4 or quoted[9] != _ICMP:
            return None
        destination = str(ipaddress.IPv4Address(quoted[16:20]))
        request = quoted[(quoted[0] & 15) * 4 :]
    else:
        start = 0
        if len(packet) < 8 + 40 or packet[8 + 6] != _ICMPV6:
            return None
        destination = str(ipaddress.IPv6Address(packet[8 + 24 : 8 + 40]))
        request = packet[8 + 40 :]
    quote = _read_request(request, destination, version)
    if quote is None:
        return None
    return IcmpError(kind_of(version, packet[start], packet[start + 1]), reporter, quote)


def _read_request(request: bytes, destination: str, version: int) -> Quote | None:
    if len(request) < 8 or request[0] != ECHO[version].request:
        return None
    (identifier,) = struct.unpack_from("!H", request, 4)
    (sequence,) = struct.unpack_from("<H", request, 6)
    if len(request) < MEANINGFUL_BYTES:
        return Quote(destination, identifier, sequence, None, None, None)
    row = np.frombuffer(request[:MEANINGFUL_BYTES].ljust(PACKET.itemsize, b"\0"), PACKET)[0]
    return Quote(destination, identifier, sequence, int(row["slot"]), int(row["number"]), int(row["token"]))
