"""When each address was asked, as the wire has it: the stage's own look at what probers send.

A packet socket on the loopback hears each echo request once, with the kernel's stamp (packet(7)); a classic BPF
program keeps the rest away (Linux, Documentation/networking/filter.rst).
"""

from __future__ import annotations

import contextlib
import ctypes
import ipaddress
import socket
import struct
from collections.abc import Iterable
from typing import Self

_ETH_P_IP, _ECHO_REQUEST = 0x0800, 8
_SO_ATTACH_FILTER, _SO_TIMESTAMPNS, _SO_RCVBUFFORCE = 26, 35, 33
_SOL_PACKET, _PACKET_IGNORE_OUTGOING = 263, 23
_BUFFER = 64 << 20
"""Bytes: what two seconds of a country's requests take while nobody reads."""
_HEADER = 20
_DESTINATION = slice(16, 20)
_PROGRAM = (  # operation, how many steps to skip if true and if false, operand
    (0x30, 0, 0, 9),  # ldb [9]: the protocol
    (0x15, 0, 4, socket.IPPROTO_ICMP),
    (0xB1, 0, 0, 0),  # ldx 4*([0]&0xf): the length of the IP header
    (0x50, 0, 0, 0),  # ldb [x + 0]: the type
    (0x15, 0, 1, _ECHO_REQUEST),
    (0x06, 0, 0, _HEADER),
    (0x06, 0, 0, 0),
)


class Witness:
    """Watches from now on which of these addresses are asked; in the network namespace of whoever makes it.

    Raises:
        OSError: the kernel gives no packet socket.
    """

    def __init__(self, addresses: Iterable[ipaddress.IPv4Address]) -> None:
        self._addresses = [address.packed for address in addresses]
        self._waited_for: set[bytes] = set()
        self._since = 0.0
        self._last = 0.0
        self._sock = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK, 0)
        code = ctypes.create_string_buffer(b"".join(struct.pack("=HBBI", *step) for step in _PROGRAM))
        program = struct.pack("@HP", len(_PROGRAM), ctypes.addressof(code))
        self._sock.setsockopt(socket.SOL_SOCKET, _SO_ATTACH_FILTER, program)
        self._sock.setsockopt(_SOL_PACKET, _PACKET_IGNORE_OUTGOING, 1)
        self._sock.setsockopt(socket.SOL_SOCKET, _SO_TIMESTAMPNS, 1)
        with contextlib.suppress(PermissionError):  # then a short one must do, which is read often
            self._sock.setsockopt(socket.SOL_SOCKET, _SO_RCVBUFFORCE, _BUFFER)
        self._sock.bind(("lo", _ETH_P_IP))

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Watch no more."""
        self._sock.close()

    def begin(self, since: float) -> None:
        """Wait for each address to be asked after a moment, Unix seconds."""
        self._waited_for, self._since, self._last = set(self._addresses), since, since

    def read(self) -> None:
        """Take what came; often enough, or it fills the receive buffer."""
        while self._waited_for:
            try:
                header, controls, _, _ = self._sock.recvmsg(_HEADER, 64)
            except BlockingIOError:
                return
            if header[_DESTINATION] in self._waited_for:
                seconds, nanoseconds = struct.unpack_from("=qq", controls[0][2])
                stamp = seconds + nanoseconds * 1e-9
                if stamp > self._since:
                    self._waited_for.discard(header[_DESTINATION])
                    self._last = max(self._last, stamp)

    @property
    def seconds(self) -> float | None:
        """Seconds until the last of the addresses was asked; None while one was not."""
        return None if self._waited_for else self._last - self._since
