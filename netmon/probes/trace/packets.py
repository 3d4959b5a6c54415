"""Packets of a traceroute, made and read with scapy: requests of one constant flow, and who answers which.

Routers that spread load choose the way by addresses and ports, and for ICMP by the first words of the message, its
checksum among them. So every request of a trace has the same of these, or it would show a path that no packet takes
(Augustin et al., "Avoiding traceroute anomalies with Paris traceroute", IMC 2006). What tells requests apart is the
sequence number, whose change the payload takes back in the checksum; for UDP it is the payload alone.
"""

from __future__ import annotations

import ipaddress
import struct
from typing import NamedTuple

from scapy.error import Scapy_Exception
from scapy.layers.inet import ICMP, IP, ICMPerror, IPerror
from scapy.layers.inet6 import ICMPv6EchoReply, ICMPv6EchoRequest
from scapy.packet import Packet, Raw

from netmon.probes.icmp.errors import ORIGIN_ICMP, ORIGIN_ICMP6, kind_of

REPLY = "reply"
_ECHO_REQUEST, _ECHO_REPLY = {4: 8, 6: 128}, {4: 0, 6: 129}
_ERRORS = {4: frozenset({3, 11, 12}), 6: frozenset({1, 2, 3, 4})}
_IPV6_HEADER = 40
_ICMPV6 = 58
_MARK = struct.Struct("!8sH")
TOKEN_BYTES = 8


class Answer(NamedTuple):
    """Who answered, with what (`reply` or an ICMP error of `icmp.errors.KINDS`), and to which request.

    `number` is None when the answer does not say: many routers quote eight bytes behind the IP header and no more.
    """

    address: str
    kind: str
    number: int | None


def echo_request(version: int, identifier: int, number: int, token: bytes) -> bytes:
    """Return an echo request whose checksum is the same for every number."""
    payload = _MARK.pack(token, 0xFFFF - number)  # ones' complement: number and this always add up to the same
    if version == 6:  # the kernel fills in the checksum, which covers the addresses
        return bytes(ICMPv6EchoRequest(id=identifier, seq=number, data=payload))
    return bytes(ICMP(type=_ECHO_REQUEST[4], id=identifier, seq=number) / Raw(payload))


def udp_payload(number: int, token: bytes) -> bytes:
    """Return the payload of a UDP request: the token and the number."""
    return _MARK.pack(token, number)


def read_reply(data: bytes, version: int, identifier: int, token: bytes, *, sender: str) -> Answer | None:
    """Read an echo reply to one of our requests; `data` begins with the ICMP header."""
    packet = _dissect(ICMPv6EchoReply if version == 6 else ICMP, data)
    if packet is None or packet.type != _ECHO_REPLY[version] or packet.id != identifier:
        return None
    if not data[8:].startswith(token):
        return None
    return Answer(sender, REPLY, int(packet.seq))


def read_raw(data: bytes, version: int, identifier: int, token: bytes, *, sender: str) -> Answer | None:
    """Read what a raw ICMP socket receives: an IPv4 packet, or an ICMPv6 message."""
    if version == 6:
        return _read_raw_v6(data, identifier, token, sender)
    packet = _dissect(IP, data)
    if packet is None or ICMP not in packet:
        return None
    if packet[ICMP].type not in _ERRORS[4]:
        return read_reply(data[packet.ihl * 4 :], 4, identifier, token, sender=sender)
    if IPerror not in packet or ICMPerror not in packet or packet[ICMPerror].type != _ECHO_REQUEST[4]:
        return None
    if packet[ICMPerror].id != identifier:
        return None
    return Answer(str(packet[IP].src), kind_of(4, packet[ICMP].type, packet[ICMP].code), int(packet[ICMPerror].seq))


def _read_raw_v6(data: bytes, identifier: int, token: bytes, sender: str) -> Answer | None:
    if not data or data[0] not in _ERRORS[6]:
        return read_reply(data, 6, identifier, token, sender=sender)
    quoted = data[8:]
    if len(quoted) < _IPV6_HEADER + 8 or quoted[6] != _ICMPV6:
        return None
    request = _dissect(ICMPv6EchoRequest, quoted[_IPV6_HEADER:])
    if request is None or request.type != _ECHO_REQUEST[6] or request.id != identifier:
        return None
    return Answer(sender, kind_of(6, data[0], data[1]), int(request.seq))


def read_queued(control: bytes, request: bytes, version: int, token: bytes, *, is_udp: bool) -> Answer | None:
    """Read one entry of a socket's error queue: struct sock_extended_err, who reported it, and what was quoted.

    Returns:
        None when it is cut short, or did not come from the network.
    """
    if len(control) < 24 or control[4] not in (ORIGIN_ICMP, ORIGIN_ICMP6):
        return None
    offender = control[20:24] if version == 4 else control[24:40]
    if len(offender) not in (4, 16):
        return None
    reporter = str(ipaddress.ip_address(offender))
    kind = kind_of(version, control[5], control[6])
    if is_udp:
        is_whole = len(request) >= _MARK.size and request.startswith(token)
        return Answer(reporter, kind, _MARK.unpack_from(request)[1] if is_whole else None)
    packet = _dissect(ICMPv6EchoRequest if version == 6 else ICMP, request)
    if packet is None or packet.type != _ECHO_REQUEST[version]:
        return None
    return Answer(reporter, kind, int(packet.seq))


def _dissect(layer: type[Packet], data: bytes) -> Packet | None:
    """Return the packet, or None for what is too short to be one."""
    try:
        packet = layer(data)
    except (Scapy_Exception, struct.error, IndexError, ValueError, TypeError):
        return None
    return packet if len(data) >= 8 else None
