"""Many datagrams in one system call: `sendmmsg(2)` and `recvmmsg(2)` over numpy buffers, through ctypes.

The kernel's structures are laid out once, and every field that changes has its own column view, made once too: at
twenty packets a batch the time goes into numpy's calls, not into the packets. Linux on 64-bit machines.
"""

from __future__ import annotations

import ctypes
import errno
import socket

import numpy as np
from numpy.typing import NDArray

from netmon.probes.icmp.packets import MEANINGFUL_BYTES, PACKET, PACKET_BYTES, blank_requests

SOCKADDR = {socket.AF_INET: np.dtype("V16"), socket.AF_INET6: np.dtype("V28")}
"""struct sockaddr_in and sockaddr_in6, as opaque bytes that `pack_address` lays out."""
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
_VECTOR = np.dtype([("base", "u8"), ("bytes", "u8")])
"""struct iovec."""

# The calls never wait, so the interpreter lock stays held: giving it up would let another thread run for 5 ms between
# the packets and the reading of the clock.
_libc = ctypes.PyDLL(None, use_errno=True)
_libc.sendmmsg.argtypes = (ctypes.c_int, ctypes.c_void_p, ctypes.c_uint, ctypes.c_int)
_libc.recvmmsg.argtypes = (ctypes.c_int, ctypes.c_void_p, ctypes.c_uint, ctypes.c_int, ctypes.c_void_p)


def pack_address(address: str, port: int) -> bytes:
    """Return the socket address of an IP address as the kernel wants it."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    head = int(family).to_bytes(2, "little" if np.little_endian else "big") + port.to_bytes(2, "big")
    if family == socket.AF_INET:
        return head + socket.inet_pton(family, address) + bytes(8)
    return head + bytes(4) + socket.inet_pton(family, address) + bytes(4)


class SendBatch:
    """Up to `capacity` echo requests of one family; the columns are filled in by row."""

    def __init__(self, capacity: int, family: socket.AddressFamily, request_type: int, identifier: int) -> None:
        self.capacity = capacity
        packets = blank_requests(capacity, request_type)
        packets["identifier"] = identifier
        self._packets = packets
        self.slot, self.number, self.token = packets["slot"], packets["number"], packets["token"]
        self.sequence, self.checksum = packets["sequence"], packets["checksum"]
        self.words: NDArray[np.uint32] = packets.view("<u4").reshape(capacity, -1)[:, : MEANINGFUL_BYTES // 4]
        self.addresses = np.zeros(capacity, SOCKADDR[family])
        self._vectors = np.zeros(capacity, _VECTOR)
        self._vectors["base"] = _addresses_of_rows(packets)
        self._vectors["bytes"] = PACKET_BYTES
        self._messages = np.zeros(capacity, _MESSAGE)
        self._messages["name"] = _addresses_of_rows(self.addresses)
        self._messages["name_bytes"] = SOCKADDR[family].itemsize
        self._messages["vector"] = _addresses_of_rows(self._vectors)
        self._messages["vectors"] = 1
        self._start = self._messages.ctypes.data

    def send(self, descriptor: int, first: int, count: int) -> int:
        """Send rows `first` to `first + count`; return how many left.

        Raises:
            OSError: row `first` could not be sent, or an error was waiting on the socket.
        """
        sent: int = _libc.sendmmsg(descriptor, self._start + first * _MESSAGE.itemsize, count, 0)
        if sent < 0:
            raise _last_error()
        return sent


class ReceiveBatch:
    """Up to `capacity` received datagrams with their kernel receive stamps, as columns; the first `filled` are read.

    `head` is the first eight bytes of the ICMP header as one number; `seconds` and `nanoseconds` are the kernel's
    stamp, Unix time, zero where there is none.

    Args:
        capacity: rows.
        offset: where the ICMP header stands in a datagram: 20 on a raw IPv4 socket, which gives the IP header too.
    """

    def __init__(self, capacity: int, offset: int) -> None:
        self.capacity = capacity
        # Columns are read many times faster when the ICMP header stands on a multiple of eight bytes.
        rows, before = np.zeros((capacity, ROW_BYTES), np.uint8), -offset % 8
        self.data = rows[:, before:]
        self.first_byte = self.data[:, 0]
        self.head: NDArray[np.uint64] = np.ndarray((capacity,), "<u8", rows, before + offset, (ROW_BYTES,))
        packets = np.ndarray((capacity,), PACKET, rows, before + offset, (ROW_BYTES,))
        self.type, self.slot, self.number, self.token = (
            packets[name] for name in ("type", "slot", "number", "token")
        )
        self._control = np.zeros((capacity, CONTROL_BYTES), np.uint8)
        # struct cmsghdr takes 16 bytes, then comes struct timespec. No other control message was asked for.
        self.seconds: NDArray[np.int64] = np.ndarray((capacity,), np.int64, self._control, 16, (CONTROL_BYTES,))
        self.nanoseconds: NDArray[np.int64] = np.ndarray((capacity,), np.int64, self._control, 24, (CONTROL_BYTES,))
        self._vectors = np.zeros(capacity, _VECTOR)
        self._vectors["base"] = _addresses_of_rows(self.data)
        self._vectors["bytes"] = self.data.shape[1]
        messages = np.zeros(capacity, _MESSAGE)
        messages["vector"] = _addresses_of_rows(self._vectors)
        messages["vectors"] = 1
        messages["control"] = _addresses_of_rows(self._control)
        messages["control_bytes"] = CONTROL_BYTES
        self.length: NDArray[np.uint32] = messages["length"]
        self._control_bytes = messages["control_bytes"]
        self._messages = messages
        self._start = messages.ctypes.data
        self.filled = 0

    def receive(self, descriptor: int) -> bool:
        """Read what is there, without waiting, into the rows after the filled ones; return whether more may be there.

        Raises:
            OSError: an error was waiting on the socket; reading may go on.
        """
        start, room = self._start + self.filled * _MESSAGE.itemsize, self.capacity - self.filled
        count: int = _libc.recvmmsg(descriptor, start, room, socket.MSG_DONTWAIT, None)
        if count < 0:
            error = _last_error()
            if error.errno in (errno.EAGAIN, errno.EINTR):
                return False
            raise error
        self.filled += count
        return count == room

    def drop_stamps_since(self, first: int, began: float) -> None:
        """Forget the stamps of rows from `first` on that are no older than their reading, begun at Unix `began`."""
        rows = slice(first, self.filled)
        late = self.seconds[rows] + self.nanoseconds[rows] * 1e-9 >= began
        self.seconds[rows][late] = 0
        self.nanoseconds[rows][late] = 0

    def clear(self) -> None:
        """Make the filled rows ready to be received into again."""
        count, self.filled = self.filled, 0
        self._control_bytes[:count] = CONTROL_BYTES  # the kernel wrote what it used
        self.seconds[:count] = 0
        self.nanoseconds[:count] = 0


def _addresses_of_rows(column: NDArray[np.generic]) -> NDArray[np.int64]:
    return column.ctypes.data + np.arange(len(column)) * column.strides[0]


def _last_error() -> OSError:
    code = ctypes.get_errno()
    return OSError(code, errno.errorcode.get(code, str(code)))
