"""Just enough rtnetlink to build and change the lab's network: links, addresses, neighbours, routes.

Messages are plain functions from values to bytes (struct layouts: linux/rtnetlink.h, if_link.h, neighbour.h);
`Netlink` sends a batch of them to the namespace its socket was opened in and reports the first refusal.
"""

from __future__ import annotations

import errno
import os
import socket
import struct
from collections.abc import Iterable, Sequence
from ipaddress import IPv4Network

from netmon.lab.wires.wiring import LOOPBACK_INDEX, Address

_RTM_NEWLINK, _RTM_NEWADDR, _RTM_NEWROUTE, _RTM_DELROUTE, _RTM_NEWNEIGH = 16, 20, 24, 25, 28
_NLM_F_REQUEST, _NLM_F_ACK, _NLM_F_REPLACE, _NLM_F_EXCL, _NLM_F_CREATE = 0x1, 0x4, 0x100, 0x200, 0x400
_NLMSG_ERROR = 2
_IFF_UP = 1
_IFLA_ADDRESS, _IFLA_IFNAME, _IFLA_LINKINFO, _IFLA_NET_NS_FD = 1, 3, 18, 28
_IFLA_NUM_TX_QUEUES, _IFLA_NUM_RX_QUEUES = 31, 32
_IFLA_INFO_KIND, _IFLA_INFO_DATA, _VETH_INFO_PEER = 1, 2, 1
_IFA_ADDRESS, _IFA_LOCAL, _IFA_F_NODAD = 1, 2, 0x02
_NDA_DST, _NDA_LLADDR, _NUD_PERMANENT = 1, 2, 0x80
_RTA_DST, _RTA_OIF, _RTA_GATEWAY, _RTA_PRIORITY = 1, 4, 5, 6
_RT_TABLE_MAIN, _RTPROT_STATIC, _RTN_UNICAST, _RTNH_F_ONLINK = 254, 4, 1, 4
_RT_TABLE_LOCAL, _RTN_LOCAL, _RT_SCOPE_HOST, _RT_SCOPE_NOWHERE = 255, 2, 254, 255
_LAST_RESORT_METRIC = 4096
_BATCH_BYTES = 32_768

_FAMILY = {4: socket.AF_INET, 6: socket.AF_INET6}
_BITS = {4: 32, 6: 128}
_GATEWAY = {4: socket.inet_pton(socket.AF_INET, "169.254.0.1"), 6: socket.inet_pton(socket.AF_INET6, "fe80::1")}
"""Every port's next hop has this address, as in clouds: what counts is the neighbour entry behind it."""

_SINK, _DRAIN = (1 << 24, "sink", b"\x02\x6e\xff\xff\0\0"), ((1 << 24) + 1, "drain", b"\x02\x6e\xff\xff\0\1")
_NOBODY = b"\x02\x6e\xff\xff\0\2"
"""A pair of interfaces (ifIndex far above any port's, name, MAC), and the MAC address of none."""


def attribute(kind: int, value: bytes) -> bytes:
    """Return one netlink attribute, padded to four bytes."""
    return struct.pack("=HH", 4 + len(value), kind) + value + bytes(-len(value) % 4)


def message(kind: int, flags: int, body: bytes) -> bytes:
    """Return one netlink request; `Netlink` numbers it when it is sent."""
    return struct.pack("=IHHII", 16 + len(body), kind, flags | _NLM_F_REQUEST, 0, 0) + body


def _link_header(index: int, flags: int = 0, change: int = 0) -> bytes:
    return struct.pack("=BxHiII", socket.AF_UNSPEC, 0, index, flags, change)


def _end(device: str, mac: bytes) -> bytes:
    """Return what both ends of a veth are given; one queue each, where the kernel would make one per processor."""
    return (
        attribute(_IFLA_IFNAME, device.encode() + b"\0")
        + attribute(_IFLA_ADDRESS, mac)
        + attribute(_IFLA_NUM_TX_QUEUES, struct.pack("=I", 1))
        + attribute(_IFLA_NUM_RX_QUEUES, struct.pack("=I", 1))
    )


def create_veth(near: tuple[int, str, bytes], far: tuple[int, str, bytes], far_namespace: int) -> bytes:
    """Create a veth pair; each end is (ifIndex, name, MAC), the far one born in the namespace of that descriptor."""
    index, device, mac = far
    peer = _link_header(index) + _end(device, mac)
    peer += attribute(_IFLA_NET_NS_FD, struct.pack("=I", far_namespace))
    pair = attribute(_IFLA_INFO_KIND, b"veth") + attribute(_IFLA_INFO_DATA, attribute(_VETH_INFO_PEER, peer))
    body = _link_header(near[0]) + _end(near[1], near[2]) + attribute(_IFLA_LINKINFO, pair)
    return message(_RTM_NEWLINK, _NLM_F_CREATE | _NLM_F_EXCL, body)


def set_link(index: int, *, up: bool) -> bytes:
    """Set an interface administratively up or down."""
    return message(_RTM_NEWLINK, 0, _link_header(index, _IFF_UP if up else 0, _IFF_UP))


def add_address(address: Address) -> bytes:
    """Give the loopback interface an address of its own (a /32 or /128), without duplicate detection."""
    header = struct.pack("=BBBBi", _FAMILY[address.version], _BITS[address.version], _IFA_F_NODAD, 0, LOOPBACK_INDEX)
    body = header + attribute(_IFA_LOCAL, address.packed) + attribute(_IFA_ADDRESS, address.packed)
    return message(_RTM_NEWADDR, _NLM_F_CREATE | _NLM_F_REPLACE, body)


def set_neighbour(version: int, index: int, mac: bytes) -> bytes:
    """Say once and for all who is at the other end of a port: no ARP, and no entry in the kernel's limited cache."""
    header = struct.pack("=BxHiHBB", _FAMILY[version], 0, index, _NUD_PERMANENT, 0, 0)
    body = header + attribute(_NDA_DST, _GATEWAY[version]) + attribute(_NDA_LLADDR, mac)
    return message(_RTM_NEWNEIGH, _NLM_F_CREATE | _NLM_F_REPLACE, body)


def _route_header(version: int, prefix: int, flags: int) -> bytes:
    fields = (_FAMILY[version], prefix, 0, 0, _RT_TABLE_MAIN, _RTPROT_STATIC, 0, _RTN_UNICAST, flags)
    return struct.pack("=BBBBBBBBI", *fields)


def set_route(version: int, destination: Address | None, index: int) -> bytes:
    """Route one address (None: everything of that IP version) out of a port."""
    prefix = 0 if destination is None else _BITS[version]
    body = _route_header(version, prefix, _RTNH_F_ONLINK)
    if destination is not None:
        body += attribute(_RTA_DST, destination.packed)
    return message(_RTM_NEWROUTE, _NLM_F_CREATE | _NLM_F_REPLACE, body + _into(version, index))


def _into(version: int, index: int) -> bytes:
    """Return the attributes of a route by the next hop of an interface."""
    return attribute(_RTA_OIF, struct.pack("=i", index)) + attribute(_RTA_GATEWAY, _GATEWAY[version])


def remove_route(version: int, destination: Address | None) -> bytes:
    """Remove the route to one address (None: the default route)."""
    body = _route_header(version, 0 if destination is None else _BITS[version], 0)
    if destination is not None:
        body += attribute(_RTA_DST, destination.packed)
    return message(_RTM_DELROUTE, 0, body)


def dig_sink(namespace: int, versions: Iterable[int]) -> Iterable[bytes]:
    """Make an interface of this namespace into which packets vanish, as they do in networks, without an error.

    A pair of its own, whose next hop is nobody: what comes out at the other end is for another machine and dropped.
    The loopback interface would not do: the kernel takes what a program here sends over it for this machine's own.
    """
    yield create_veth(_SINK, _DRAIN, namespace)
    for index, _, _ in (_SINK, _DRAIN):
        yield set_link(index, up=True)
    for version in versions:
        yield set_neighbour(version, _SINK[0], _NOBODY)


def set_last_resort(version: int) -> bytes:
    """Let packets that no route takes vanish in the sink; without it the sender would get an error."""
    body = _route_header(version, 0, _RTNH_F_ONLINK) + _into(version, _SINK[0])
    body += attribute(_RTA_PRIORITY, struct.pack("=I", _LAST_RESORT_METRIC))
    return message(_RTM_NEWROUTE, _NLM_F_CREATE | _NLM_F_REPLACE, body)


def own_prefix(network: IPv4Network, *, answers: bool) -> bytes:
    """Let this namespace answer for a whole network, or the sink take what is for it: the longer prefix counts."""
    kind, scope, flags = (_RTN_LOCAL, _RT_SCOPE_HOST, 0) if answers else (_RTN_UNICAST, 0, _RTNH_F_ONLINK)
    header = (_FAMILY[4], network.prefixlen, 0, 0, _RT_TABLE_LOCAL, _RTPROT_STATIC, scope, kind, flags)
    body = struct.pack("=BBBBBBBBI", *header) + attribute(_RTA_DST, network.network_address.packed)
    body += attribute(_RTA_OIF, struct.pack("=i", LOOPBACK_INDEX)) if answers else _into(4, _SINK[0])
    return message(_RTM_NEWROUTE, _NLM_F_CREATE | _NLM_F_REPLACE, body)


def disown_prefix(network: IPv4Network) -> bytes:
    """Take back what `own_prefix` said of this network."""
    header = (_FAMILY[4], network.prefixlen, 0, 0, _RT_TABLE_LOCAL, _RTPROT_STATIC, _RT_SCOPE_NOWHERE, 0, 0)
    return message(
        _RTM_DELROUTE, 0, struct.pack("=BBBBBBBBI", *header) + attribute(_RTA_DST, network.network_address.packed)
    )


class Netlink:
    """A netlink socket in the namespace in which it was opened; closing it is the caller's."""

    def __init__(self, protocol: int = socket.NETLINK_ROUTE) -> None:
        self._socket = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW | socket.SOCK_NONBLOCK, protocol)
        self._sequence = 0

    def close(self) -> None:
        """Close the socket."""
        self._socket.close()

    def send(self, messages: Iterable[bytes], forgive: Sequence[int] = ()) -> None:
        """Send messages in few system calls; the kernel has done them all when this returns.

        Raises:
            OSError: the first refusal whose errno is not in `forgive`.
        """
        batch: list[bytes] = []
        size = 0
        for one in messages:
            batch.append(one)
            size += len(one)
            if size > _BATCH_BYTES:
                self._exchange(batch, forgive)
                batch, size = [], 0
        if batch:
            self._exchange(batch, forgive)

    def _exchange(self, batch: list[bytes], forgive: Sequence[int]) -> None:
        # Refusals always come; one acknowledgement, of the last message, tells that the batch is through.
        length, kind, flags = struct.unpack_from("=IHH", batch[-1])
        batch[-1] = struct.pack("=IHH", length, kind, flags | _NLM_F_ACK) + batch[-1][8:]
        self.transact(batch, forgive)

    def transact(self, messages: Sequence[bytes], forgive: Sequence[int] = ()) -> None:
        """Send messages in one system call, at least one of which asks to be acknowledged.

        Raises:
            OSError: the first refusal whose errno is not in `forgive`.
        """
        numbered = []
        for one in messages:
            self._sequence += 1
            numbered.append(one[:8] + struct.pack("=II", self._sequence, 0) + one[16:])
        self._socket.send(b"".join(numbered))
        answers = self._answers()
        if not answers:
            raise OSError(errno.EPROTO, "the kernel did not acknowledge a netlink request")
        for code in answers:
            if code and code not in forgive:
                raise OSError(code, os.strerror(code))

    def _answers(self) -> list[int]:
        """Return the errno of each answer (0 for done); the kernel has queued them all before send returns."""
        codes: list[int] = []
        while True:
            try:
                data = self._socket.recv(65_536)
            except BlockingIOError:
                return codes
            offset = 0
            while offset < len(data):
                length, kind = struct.unpack_from("=IH", data, offset)
                if kind == _NLMSG_ERROR:
                    codes.append(-struct.unpack_from("=i", data, offset + 16)[0])
                offset += (length + 3) & ~3
