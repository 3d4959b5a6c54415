"""Many datagrams in one system call: `sendmmsg(2)` and `recvmmsg(2)` over numpy buffers, through ctypes.

The kernel's structures are laid out once; a batch only fills in columns. Linux on 64-bit machines.
"""

from __future__ import annotations

import ctypes
import errno
import socket
from typing import Any

import numpy as np
from numpy.typing import NDArray

from netmon.probes.icmp.packets import PACKET, PACKET_BYTES, blank_requests

SOCKADDR_BYTES = {socket.AF_INET: 16, socket.AF_INET6: 28}
ROW_BYTES = 192
"""Room for one received datagram: IP header with options, ICMP error, and the request it quotes."""
CONTROL_BYTES = 64
SO_TIMESTAMPNS = 35

_MESSAGE = np.dtype(
    {
        "names": ["name", "name_bytes", "vector", "vectors", "control", "control_bytes", "flags", "length"],
        "formats": ["u8", "u4", "u8", "u8", "u8", "u8", "i4", "u4"],
        "offsets": [0, 8, 16, 24, 32, 40, 48, 56],
        "itemsize": 64,
    }
)
"""struct mmsghdr."""

_libc = ctypes.CDLL(None, use_errno=True)
_libc.sendmmsg.argtypes = (ctypes.c_int, ctypes.c_void_p, ctypes.c_uint, ctypes.c_int)
_libc.recvmmsg.argtypes = (ctypes.c_int, ctypes.c_void_p, ctypes.c_uint, ctypes.c_int, ctypes.c_void_p)


def pack_address(family: socket.AddressFamily, address: str, port: int) -> bytes:
    """Return the socket address as the kernel wants it (struct sockaddr_in or sockaddr_in6)."""
    head = int(family).to_bytes(2, "little" if np.little_endian else "big") + port.to_bytes(2)
    if family == socket.AF_INET:
        return head + socket.inet_pton(family, address) + bytes(8)
    return head + bytes(4) + socket.inet_pton(family, address) + bytes(4)


class SendBatch:
    """Up to `capacity` echo requests of one family; `packets` and `addresses` are filled in by row."""

    def __init__(self, capacity: int, family: socket.AddressFamily, request_type: int) -> None:
        self.capacity = capacity
        self.packets = blank_requests(capacity, request_type)
        self.addresses = np.zeros((capacity, SOCKADDR_BYTES[family]), np.uint8)
        self._vectors = np.zeros((capacity, 2), np.uint64)
        self._vectors[:, 0] = self.packets.ctypes.data + np.arange(capacity) * PACKET_BYTES
        self._vectors[:, 1] = PACKET_BYTES
        self._messages = np.zeros(capacity, _MESSAGE)
        self._messages["name"] = self.addresses.ctypes.data + np.arange(capacity) * SOCKADDR_BYTES[family]
        self._messages["name_bytes"] = SOCKADDR_BYTES[family]
        self._messages["vector"] = self._vectors.ctypes.data + np.arange(capacity) * self._vectors.strides[0]
        self._messages["vectors"] = 1
        self._start = self._messages.ctypes.data

    def send(self, descriptor: int, first: int, count: int) -> int:
        """Send rows `first` to `first + count`; return how many left.

        Raises:
            OSError: row `first` could not be sent, or an error was waiting on the socket.
        """
        sent: int = _libc.sendmmsg(descriptor, self._start + first * _MESSAGE.itemsize, count, 0)
        if sent < 0:
            code = ctypes.get_errno()
            raise OSError(code, errno.errorcode.get(code, str(code)))
        return sent


class ReceiveBatch:
    """Up to `capacity` received datagrams with their kernel receive stamps.

    Args:
        capacity: rows.
        offset: where the ICMP header stands in a datagram: 20 on a raw IPv4 socket, which gives the IP header too.
    """

    def __init__(self, capacity: int, offset: int) -> None:
        self.capacity = capacity
        self.data = np.zeros((capacity, ROW_BYTES), np.uint8)
        self._control = np.zeros((capacity, CONTROL_BYTES), np.uint8)
        vectors = np.zeros((capacity, 2), np.uint64)
        vectors[:, 0] = self.data.ctypes.data + np.arange(capacity) * ROW_BYTES
        vectors[:, 1] = ROW_BYTES
        self._vectors = vectors
        self._messages = np.zeros(capacity, _MESSAGE)
        self._messages["vector"] = vectors.ctypes.data + np.arange(capacity) * vectors.strides[0]
        self._messages["vectors"] = 1
        self._messages["control"] = self._control.ctypes.data + np.arange(capacity) * CONTROL_BYTES
        self._messages["control_bytes"] = CONTROL_BYTES
        self._start = self._messages.ctypes.data
        self.packets: NDArray[Any] = np.ndarray((capacity,), PACKET, self.data, offset, (ROW_BYTES,))
        # struct cmsghdr: length, level and type; then struct timespec. No other control message was asked for.
        self._stamp_kind = np.ndarray((capacity,), np.uint64, self._control, 8, (CONTROL_BYTES,))
        self._seconds = np.ndarray((capacity,), np.int64, self._control, 16, (CONTROL_BYTES,))
        self._nanoseconds = np.ndarray((capacity,), np.int64, self._control, 24, (CONTROL_BYTES,))

    def receive(self, descriptor: int) -> int:
        """Read what is there without waiting; return how many datagrams, 0 when there are none.

        Raises:
            OSError: an error was waiting on the socket; reading may go on.
        """
        count: int = _libc.recvmmsg(descriptor, self._start, self.capacity, socket.MSG_DONTWAIT, None)
        if count < 0:
            code = ctypes.get_errno()
            if code in (errno.EAGAIN, errno.EINTR):
                return 0
            raise OSError(code, errno.errorcode.get(code, str(code)))
        self._messages["control_bytes"][:count] = CONTROL_BYTES  # the kernel wrote what it used
        return count

    def lengths(self, count: int) -> NDArray[np.uint32]:
        """Return the length of each of the first `count` datagrams, bytes."""
        lengths: NDArray[np.uint32] = self._messages["length"][:count]
        return lengths

    def stamps(self, count: int) -> NDArray[np.int64]:
        """Return the kernel's receive stamp of each of the first `count` datagrams, Unix nanoseconds; 0 = none."""
        stamps: NDArray[np.int64] = self._seconds[:count] * 1_000_000_000 + self._nanoseconds[:count]
        unstamped = self._stamp_kind[:count] != _STAMP_KIND
        if unstamped.any():
            stamps[unstamped] = 0
        return stamps


_STAMP_KIND = np.array([socket.SOL_SOCKET, SO_TIMESTAMPNS], np.int32).view(np.uint64)[0]
