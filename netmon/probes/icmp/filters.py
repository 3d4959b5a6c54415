"""Socket filters: let the kernel keep strangers' packets away from a raw ICMP socket.

A raw socket is given a copy of every ICMP packet of the machine; a flood of them would push our replies out of the
receive buffer. ICMP_FILTER keeps the other types away, and a classic BPF program (Linux,
Documentation/networking/filter.rst) the replies to other identifiers and the errors about them, which is what a
datagram socket does by nature.
"""

from __future__ import annotations

import contextlib
import ctypes
import socket
import struct

from netmon.probes.icmp.packets import ECHO

_SO_ATTACH_FILTER = 26
_ICMP_FILTER = 1
_SOL_RAW = 255
_ICMP6_FILTER = 1

_LOAD_HEADER_LENGTH = 0xB1  # ldx 4*([k]&0xf)
_LOAD_INDEX = 0x01  # ldx #k
_LOAD_BYTE, _LOAD_HALF = 0x50, 0x48  # ldb, ldh [x + k]
_JUMP_EQUAL = 0x15
_RETURN = 0x06
_WHOLE = 0xFFFFFFFF


def version_of(sock: socket.socket) -> int:
    """Return the version of IP that a socket speaks."""
    return 6 if sock.family == socket.AF_INET6 else 4


def pass_types(sock: socket.socket) -> None:
    """Let only echo replies and errors reach a raw ICMP socket."""
    version = version_of(sock)
    passed = {ECHO[version].reply, *ECHO[version].errors}
    if version == 4:
        blocked = ~sum(1 << kind for kind in passed) & 0xFFFFFFFF
        sock.setsockopt(_SOL_RAW, _ICMP_FILTER, struct.pack("=I", blocked))
    else:
        words = [0xFFFFFFFF] * 8
        for kind in passed:
            words[kind >> 5] &= ~(1 << (kind & 31))
        sock.setsockopt(socket.IPPROTO_ICMPV6, _ICMP6_FILTER, struct.pack("=8I", *words))


def pass_identifier(sock: socket.socket, identifier: int) -> None:
    """Let only replies to `identifier`, and errors about requests of `identifier`, reach a raw ICMP socket."""
    program = _identifier_program(version_of(sock), identifier)
    code = ctypes.create_string_buffer(b"".join(struct.pack("=HBBI", *step) for step in program))
    # A kernel without this filter only costs the engine a look at strangers' packets.
    with contextlib.suppress(OSError):
        sock.setsockopt(
            socket.SOL_SOCKET, _SO_ATTACH_FILTER, struct.pack("@HP", len(program), ctypes.addressof(code))
        )


def _identifier_program(version: int, identifier: int) -> list[tuple[int, int, int, int]]:
    """Return the steps: operation, how many steps to skip if true and if false, operand.

    An IPv4 packet starts with its IP header, whose length goes into the index register; an IPv6 packet starts with
    its ICMPv6 header, so the index stays 0. Reading past the end of a packet drops it.
    """
    quoted = 8  # where the quoted IP header starts, counted from the ICMP header
    if version == 4:
        index = (_LOAD_HEADER_LENGTH, 0, 0, 0)
        protocol, is_icmp, echo = quoted + 9, socket.IPPROTO_ICMP, quoted + 20
    else:
        index = (_LOAD_INDEX, 0, 0, 0)
        protocol, is_icmp, echo = quoted + 6, socket.IPPROTO_ICMPV6, quoted + 40
    return [
        index,
        (_LOAD_BYTE, 0, 0, 0),
        (_JUMP_EQUAL, 4, 0, ECHO[version].reply),
        (_LOAD_BYTE, 0, 0, protocol),
        (_JUMP_EQUAL, 0, 5, is_icmp),  # a request with IP options or extension headers is none of ours
        (_LOAD_HALF, 0, 0, echo + 4),
        (_JUMP_EQUAL, 2, 3, identifier),
        (_LOAD_HALF, 0, 0, 4),
        (_JUMP_EQUAL, 0, 1, identifier),
        (_RETURN, 0, 0, _WHOLE),
        (_RETURN, 0, 0, 0),
    ]
