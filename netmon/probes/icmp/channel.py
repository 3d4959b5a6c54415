"""One ICMP socket and its batches: options, sending with honest stamps, draining, errors, identity."""

from __future__ import annotations

import contextlib
import errno
import secrets
import socket
import struct
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from netmon.clock import Clock
from netmon.probes.icmp import filters
from netmon.probes.icmp.batch import SO_TIMESTAMPNS, ReceiveBatch, SendBatch
from netmon.probes.icmp.errors import IcmpError, read_packet, read_queued
from netmon.probes.icmp.packets import ECHO, MEANINGFUL_BYTES, PACKET_BYTES, checksums
from netmon.probes.icmp.settings import IcmpSettings

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

_SO_RCVBUFFORCE, _SO_SNDBUFFORCE = 33, 32
_SO_MEMINFO, _MEMINFO_DROPS = 55, 8
_IP_RECVERR, _IPV6_RECVERR = 11, 25
_STAMPED_TOGETHER = 64
"""Requests that leave between two readings of the clock; the send times between are interpolated."""
_ERRORS_AT_ONCE = 256
_RETRIES = 4
CONGESTED = frozenset({errno.EAGAIN, errno.ENOBUFS, errno.ENOMEM})
"""The machine is busy: try again. Any other failure says that this request cannot leave."""


@dataclass(frozen=True, slots=True)
class Sent:
    """What became of a batch: monotonic send times of all rows, errno of those that could not leave (0 = left)."""

    times: Floats
    errors: Ints

    @property
    def left(self) -> NDArray[np.bool_]:
        """Which rows left."""
        left: NDArray[np.bool_] = self.errors == 0
        return left


@dataclass(frozen=True, slots=True)
class Received:
    """Echo replies of one read, in the order they came. `stamps` are Unix nanoseconds of the kernel, 0 = none."""

    slots: Ints
    numbers: Ints
    tokens: NDArray[np.uint64]
    stamps: NDArray[np.int64]
    foreign: int
    truncated: int


class Channel:
    """One open ICMP socket of one address family.

    Args:
        sock: a non-blocking datagram or raw ICMP socket, or a UDP socket of the simulated network, which carries what
            an ICMP datagram socket would carry. The channel closes it.
        clock: dates the requests.
        settings: buffer sizes.
        batch: most requests sent, and most replies read, at once.
    """

    def __init__(self, sock: socket.socket, clock: Clock, settings: IcmpSettings, *, batch: int) -> None:
        self.family = socket.AddressFamily(sock.family)
        self._sock = sock
        self._clock = clock
        self._echo = ECHO[self.family]
        self._is_icmp = sock.proto in (socket.IPPROTO_ICMP, socket.IPPROTO_ICMPV6)
        self._is_raw = sock.type == socket.SOCK_RAW
        self._has_ip_header = self._is_raw and self.family == socket.AF_INET
        self._offset = 20 if self._has_ip_header else 0
        sock.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
        _raise_buffer(sock, _SO_RCVBUFFORCE, socket.SO_RCVBUF, settings.receive_buffer)
        _raise_buffer(sock, _SO_SNDBUFFORCE, socket.SO_SNDBUF, settings.send_buffer)
        self.identifier = self._take_identity()
        self.batch = SendBatch(batch, self.family, self._echo.request)
        self.batch.packets["identifier"] = self.identifier
        self._inbox = ReceiveBatch(batch, self._offset)
        self._unread_errors: list[IcmpError] = []
        self._rows = np.arange(batch, dtype=np.float64)
        self._kernel_checksums = self._is_icmp and (not self._is_raw or self.family == socket.AF_INET6)

    def close(self) -> None:
        """Close the socket."""
        self._sock.close()

    @property
    def receive_buffer(self) -> int:
        """Bytes of receive buffer that the kernel granted."""
        return self._sock.getsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF)

    @property
    def kernel_drops(self) -> int:
        """Datagrams that the kernel dropped because the receive buffer was full."""
        memory = self._sock.getsockopt(socket.SOL_SOCKET, _SO_MEMINFO, 36)
        return int(struct.unpack_from("=I", memory, 4 * _MEMINFO_DROPS)[0]) if len(memory) >= 36 else 0

    def fill(self, slots: Ints, numbers: Ints, tokens: NDArray[np.uint64], addresses: NDArray[np.uint8]) -> None:
        """Write the next batch: one request a row, to the socket addresses of the same rows."""
        count = len(slots)
        packets = self.batch.packets[:count]
        packets["slot"] = slots
        packets["number"] = numbers
        packets["sequence"] = numbers & 0xFFFF
        packets["token"] = tokens
        if not self._kernel_checksums:
            packets["checksum"] = checksums(packets)
        self.batch.addresses[:count] = addresses

    def send(self, count: int) -> Sent:
        """Send the first `count` rows of the batch.

        Send times are read from the clock before and after each `sendmmsg` of a few dozen requests and interpolated
        between: requests leave one after another, so the error is a small part of the span, and is never hidden.
        """
        errors = np.zeros(count, np.int64)
        edges: list[int] = []
        times: list[float] = []
        row = tries = 0
        descriptor, read_clock = self._sock.fileno(), self._clock.monotonic
        while row < count:
            started = read_clock()
            try:
                left = self.batch.send(descriptor, row, min(_STAMPED_TOGETHER, count - row))
            except OSError as error:
                # An ICMP error that came in meanwhile is reported by the next call, whoever it is about; only
                # what is said again and again of the same row is about that row.
                tries += 1
                self._read_error_queue()
                if tries < _RETRIES and error.errno not in CONGESTED:
                    continue
                stop = count if error.errno in CONGESTED else row + 1
                errors[row:stop] = error.errno or errno.EIO
                left = stop - row
            tries = 0
            edges += [row, row + left]
            times += [started, read_clock()]
            row += left
        return Sent(np.interp(self._rows[:count], edges, times), errors)

    def drain(self) -> Iterator[Received]:
        """Read all replies that are there, a batch at a time; ICMP errors among them wait in `take_errors`."""
        inbox, descriptor = self._inbox, self._sock.fileno()
        tries = 0
        while True:
            try:
                count = inbox.receive(descriptor)
            except OSError:  # an ICMP error that the error queue tells in full
                self._read_error_queue()
                tries += 1
                if tries > _ERRORS_AT_ONCE:
                    return
                continue
            if count:
                yield self._read(count)
            if count < inbox.capacity:
                return

    def take_errors(self) -> list[IcmpError]:
        """Return the ICMP errors that came in since the last call."""
        self._read_error_queue()
        taken, self._unread_errors = self._unread_errors, []
        return taken

    def _read(self, count: int) -> Received:
        inbox = self._inbox
        if self._has_ip_header:
            self._skip_ip_options(count)
        packets = inbox.packets[:count]
        lengths = inbox.lengths(count)
        is_reply = packets["type"] == self._echo.reply
        ours = is_reply & (packets["identifier"] == self.identifier)
        whole = ours & (lengths == self._offset + PACKET_BYTES)
        stamps = inbox.stamps(count)
        if not whole.all():
            self._read_error_packets(count)
            truncated = int(np.count_nonzero(ours & ~whole))
            foreign = int(np.count_nonzero(is_reply & ~ours))
            packets, stamps = packets[whole], stamps[whole]
        else:
            truncated = foreign = 0
        return Received(
            packets["slot"].astype(np.int64),
            packets["number"].astype(np.int64),
            packets["token"].copy(),
            stamps,
            foreign,
            truncated,
        )

    def _skip_ip_options(self, count: int) -> None:
        """Move the payload of the few packets whose IP header has options to where all others have it."""
        header_words = self._inbox.data[:count, 0] & 15
        for row in np.flatnonzero(header_words != 5).tolist():
            data, start = self._inbox.data[row], int(header_words[row]) * 4
            data[20 : 20 + len(data) - start] = data[start:].copy()
            self._inbox.lengths(count)[row] -= start - 20
            data[0] = 0x45

    def _read_error_packets(self, count: int) -> None:
        """Keep the ICMP errors among packets of a raw socket."""
        if not self._is_raw:
            return
        types, lengths = self._inbox.packets["type"][:count], self._inbox.lengths(count)
        for row in np.flatnonzero(np.isin(types, list(self._echo.errors))).tolist():
            if len(self._unread_errors) >= _ERRORS_AT_ONCE:
                return
            error = read_packet(self._inbox.data[row, : lengths[row]].tobytes(), self.family, "")
            if error is not None and error.quote.identifier == self.identifier:
                self._unread_errors.append(error)

    def _read_error_queue(self) -> None:
        """Keep the ICMP errors that the kernel holds for a datagram socket, and so empty its queue."""
        if not self._is_icmp or self._is_raw:
            return
        for _ in range(_ERRORS_AT_ONCE):
            try:
                request, controls, _, name = self._sock.recvmsg(
                    PACKET_BYTES + MEANINGFUL_BYTES, 128, socket.MSG_ERRQUEUE | socket.MSG_DONTWAIT
                )
            except OSError:
                return
            for level, kind, control in controls:
                if (level, kind) in ((socket.IPPROTO_IP, _IP_RECVERR), (socket.IPPROTO_IPV6, _IPV6_RECVERR)):
                    error = read_queued(control, request, self.family, name[0] if name else "")
                    if error is not None and len(self._unread_errors) < _ERRORS_AT_ONCE:
                        self._unread_errors.append(error)

    def _take_identity(self) -> int:
        """Choose the identifier that the network sees: the kernel's choice on a datagram socket, else random."""
        if not self._is_icmp:
            return secrets.randbelow(0xFFFF) + 1
        if self._is_raw:
            identifier = secrets.randbelow(0xFFFF) + 1
            filters.pass_types(self._sock)
            filters.pass_identifier(self._sock, identifier)
            return identifier
        if self._sock.getsockname()[1] == 0:
            self._sock.bind(("", 0))
        if self.family == socket.AF_INET:
            self._sock.setsockopt(socket.IPPROTO_IP, _IP_RECVERR, 1)
        else:
            self._sock.setsockopt(socket.IPPROTO_IPV6, _IPV6_RECVERR, 1)
        return int(self._sock.getsockname()[1])


def _raise_buffer(sock: socket.socket, force: int, ask: int, size: int) -> None:
    """Ask for a bigger buffer: past the limit of the system where that is allowed, else up to it."""
    try:
        sock.setsockopt(socket.SOL_SOCKET, force, size)
    except PermissionError:
        with contextlib.suppress(OSError):
            sock.setsockopt(socket.SOL_SOCKET, ask, size)
