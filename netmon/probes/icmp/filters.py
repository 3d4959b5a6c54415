"""Socket filters: let the kernel keep strangers' packets away from a raw ICMP socket.

A raw socket is given a copy of every ICMP packet of the machine; a flood of them would push our replies out of the
receive buffer. ICMP_FILTER keeps the other types away, and a classic BPF program (`bpf(4)`, Linux
Documentation/networking/filter.rst) the echo replies to other identifiers, which is what a datagram socket does by
nature. Errors pass: they are few, and say what they are about only deep inside.
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

_LOAD_HEADER_LENGTH = 0xB1  # ldxb 4*([k]&0xf)
_LOAD_BYTE_AT_X, _LOAD_HALF_AT_X = 0x50, 0x48  # ldb/ldh [x + k]
_LOAD_BYTE, _LOAD_HALF = 0x30, 0x28  # ldb/ldh [k]
_JUMP_EQUAL = 0x15
_RETURN = 0x06


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
    """Let only echo replies to `identifier` reach a raw ICMP socket, and everything that is no echo reply."""
    version = version_of(sock)
    reply = ECHO[version].reply
    if version == 4:  # the packet starts with its IP header
        program = [(_LOAD_HEADER_LENGTH, 0, 0, 0), (_LOAD_BYTE_AT_X, 0, 0, 0)]
        load_identifier = (_LOAD_HALF_AT_X, 0, 0, 4)
    else:
        program = [(_LOAD_BYTE, 0, 0, 0)]
        load_identifier = (_LOAD_HALF, 0, 0, 4)
    program += [
        (_JUMP_EQUAL, 0, 2, reply),
        load_identifier,
        (_JUMP_EQUAL, 0, 1, identifier),
        (_RETURN, 0, 0, 0xFFFFFFFF),
        (_RETURN, 0, 0, 0),
    ]
    code = ctypes.create_string_buffer(b"".join(struct.pack("=HBBI", *step) for step in program))
    # A kernel without this filter only costs the engine a look at strangers' replies.
    with contextlib.suppress(OSError):
        sock.setsockopt(
            socket.SOL_SOCKET, _SO_ATTACH_FILTER, struct.pack("@HP", len(program), ctypes.addressof(code))
        )
