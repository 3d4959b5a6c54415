"""One ICMP socket and its batches: options, sending with honest stamps, draining, errors, identity."""

from __future__ import annotations

import contextlib
import errno
import secrets
import socket
import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from netmon.clock import Clock
from netmon.probes.icmp import filters
from netmon.probes.icmp.batch import SO_TIMESTAMPNS, ReceiveBatch, SendBatch
from netmon.probes.icmp.errors import IcmpError, read_packet, read_queued
from netmon.probes.icmp.inflight import PRECISION, Floats, Ints, Tokens
from netmon.probes.icmp.packets import ECHO, MEANINGFUL_BYTES, PACKET_BYTES, checksums
from netmon.probes.icmp.settings import IcmpSettings

_SO_RCVBUFFORCE, _SO_SNDBUFFORCE = 33, 32
_SO_MEMINFO, _MEMINFO_DROPS = 55, 8
_IP_RECVERR, _IPV6_RECVERR = 11, 25
_IP_MTU_DISCOVER, _IP_PMTUDISC_PROBE = 10, 3
_STAMPED_TOGETHER = 64
"""Requests that leave between two readings of the clock, at most; the send times between are interpolated."""
_STAMPS_SETTLE = 1.0
"""Seconds in which the kernel may still begin to stamp: until then it stamps packets when they are read."""
_ERRORS_AT_ONCE = 256
_RETRIES = 4
_PLAIN_IP_HEADER = 0x45
_HEAD_MASK = np.uint64(int.from_bytes(b"\xff\xff\0\0\xff\xff\0\0", "little"))
"""Of an ICMP echo header: type, code and identifier."""
CONGESTED = frozenset({errno.EAGAIN, errno.ENOBUFS, errno.ENOMEM})
"""The machine is busy: try again. Any other failure says that this request cannot leave."""


@dataclass(frozen=True, slots=True)
class Sent:
    """What became of a batch: monotonic send times of all rows, and errno of those that could not leave, by row.

    `vague` tells which send times are not known to within `PRECISION`; None means that all are.
    """

    times: Floats
    vague: NDArray[np.bool_] | None
    errors: Mapping[int, int]


@dataclass(frozen=True, slots=True)
class Received:
    """Echo replies of one read, in the order they came. `stamps` are Unix nanoseconds of the kernel, 0 = none."""

    slots: Ints
    numbers: Ints
    tokens: Tokens
    stamps: Ints
    foreign: int = 0
    truncated: int = 0


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
        self._version = filters.version_of(sock)
        self._echo = ECHO[self._version]
        self._is_icmp = sock.proto in (socket.IPPROTO_ICMP, socket.IPPROTO_ICMPV6)
        self._is_raw = sock.type == socket.SOCK_RAW
        self._has_ip_header = self._is_raw and self.family == socket.AF_INET
        self._offset = 20 if self._has_ip_header else 0
        sock.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
        if self._is_icmp and self.family == socket.AF_INET:
            # A request that must not be fragmented needs no IP identification (RFC 6864 §4.1). Finding one for each
            # is what the kernel spends most on, and 84 bytes fit through any line.
            sock.setsockopt(socket.IPPROTO_IP, _IP_MTU_DISCOVER, _IP_PMTUDISC_PROBE)
        _raise_buffer(sock, _SO_RCVBUFFORCE, socket.SO_RCVBUF, settings.receive_buffer)
        _raise_buffer(sock, _SO_SNDBUFFORCE, socket.SO_SNDBUF, settings.send_buffer)
        self.receive_buffer = sock.getsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF)
        """Bytes that the kernel granted."""
        self._settled = clock.wall() + _STAMPS_SETTLE
        self.identifier = self._take_identity()
        self.batch = SendBatch(batch, self.family, self._echo.request, self.identifier)
        self._inbox = ReceiveBatch(batch, self._offset)
        self._together = _STAMPED_TOGETHER
        self._unread_errors: list[IcmpError] = []
        self._has_errors = False  # in the error queue, perhaps, with no call left that would say so
        self._rows = (
            np.arange(batch) + 0.01
        )  # just past the edge where one reading of the clock ends and the next begins
        head = bytes([self._echo.reply, 0, 0, 0]) + self.identifier.to_bytes(2, "big") + bytes(2)
        self._head = np.uint64(int.from_bytes(head, "little"))
        self._kernel_checksums = self._is_icmp and (not self._is_raw or self.family == socket.AF_INET6)

    def close(self) -> None:
        """Close the socket."""
        self._sock.close()

    @property
    def kernel_drops(self) -> int:
        """Datagrams that the kernel dropped because the receive buffer was full."""
        memory = self._sock.getsockopt(socket.SOL_SOCKET, _SO_MEMINFO, 36)
        return int(struct.unpack_from("=I", memory, 4 * _MEMINFO_DROPS)[0]) if len(memory) >= 36 else 0

    def fill(self, slots: Ints, numbers: Ints, tokens: Tokens, addresses: NDArray[np.void]) -> None:
        """Write the next batch: one request a row, to the socket addresses of the same rows."""
        batch, count = self.batch, len(slots)
        batch.slot[:count] = slots
        batch.number[:count] = numbers
        batch.sequence[:count] = numbers.astype(np.uint16)
        batch.token[:count] = tokens
        batch.addresses[:count] = addresses
        if not self._kernel_checksums:
            batch.checksum[:count] = 0
            batch.checksum[:count] = checksums(batch.words[:count])

    def send(self, count: int) -> Sent:
        """Send the first `count` rows of the batch.

        Send times are read from the clock before and after each `sendmmsg` of a few dozen requests and interpolated
        between: requests leave one after another, so the error is a small part of the span. When the span shows that
        the machine did something else in between, its send times are marked as vague. Where each request takes long
        to leave (through a tunnel, or a lab's many kernels), fewer leave between two readings.
        """
        errors: dict[int, int] = {}
        vague: NDArray[np.bool_] | None = None
        edges: list[int] = []
        times: list[float] = []
        row = tries = 0
        descriptor, read_clock = self._sock.fileno(), self._clock.monotonic
        while row < count:
            together = min(self._together, count - row)
            started = read_clock()
            try:
                left = self.batch.send(descriptor, row, together)
            except OSError as error:
                # An ICMP error that came in meanwhile is reported by the next call, whoever it is about; only
                # what is said again and again of the same row is about that row.
                tries += 1
                self._read_error_queue()
                if tries < _RETRIES and error.errno not in CONGESTED:
                    continue
                stop = count if error.errno in CONGESTED else row + 1
                errors.update(dict.fromkeys(range(row, stop), error.errno or errno.EIO))
                left = stop - row
            tries = 0
            ended = read_clock()
            self._has_errors |= left < together  # what ended a batch that had begun is not said again
            span = ended - started
            if span > PRECISION:
                vague = np.zeros(count, np.bool_) if vague is None else vague
                vague[row : row + left] = True
            self._together = _STAMPED_TOGETHER
            if span * _STAMPED_TOGETHER > PRECISION / 2.0 * left:
                self._together = max(1, int(PRECISION / 2.0 * left / span))
            edges += [row, row + left]
            times += [started, ended]
            row += left
            self._collect()
        return Sent(np.interp(self._rows[:count], edges, times), vague, errors)

    def drain(self) -> Iterator[Received]:
        """Read all replies that are there, a batch at a time; ICMP errors among them wait in `take_errors`."""
        is_more = True
        while is_more:
            is_more = self._collect()
            if self._inbox.filled:
                yield self._read(self._inbox.filled)
                self._inbox.clear()

    def take_errors(self) -> list[IcmpError]:
        """Return the ICMP errors that came in since the last call.

        The next read or send fails once an error has come in, and then the queue is read; looking into it each time
        would cost a system call a turn.
        """
        if self._has_errors:
            self._read_error_queue()
        taken, self._unread_errors = self._unread_errors, []
        return taken

    def _collect(self) -> bool:
        """Take what has come in off the socket, to be read later; return whether more may be there.

        It is done between sends too, while the packets are still in the processor's cache.
        """
        inbox, before, began = self._inbox, self._inbox.filled, self._clock.wall()
        is_more = False
        for _ in range(_ERRORS_AT_ONCE):
            try:
                is_more = inbox.receive(self._sock.fileno())
            except OSError:  # an ICMP error that the error queue tells in full
                self._read_error_queue()
                continue
            break
        if began < self._settled:
            inbox.drop_stamps_since(before, began)
        return is_more

    def _read(self, count: int) -> Received:
        inbox = self._inbox
        if self._has_ip_header and np.count_nonzero(inbox.first_byte[:count] == _PLAIN_IP_HEADER) < count:
            self._skip_ip_options(count)
        ours = inbox.head[:count] & _HEAD_MASK == self._head
        whole = ours & (inbox.length[:count] == self._offset + PACKET_BYTES)
        stamps = inbox.seconds[:count] * 1_000_000_000
        stamps += inbox.nanoseconds[:count]
        slots, numbers = inbox.slot[:count].astype(np.int64), inbox.number[:count].astype(np.int64)
        believable = int(np.count_nonzero(whole))
        if believable == count:
            return Received(slots, numbers, inbox.token[:count].copy(), stamps)
        self._read_error_packets(count)
        replies = int(np.count_nonzero(inbox.type[:count] == self._echo.reply))
        answers = int(np.count_nonzero(ours))
        return Received(
            slots[whole],
            numbers[whole],
            inbox.token[:count][whole],
            stamps[whole],
            foreign=replies - answers,
            truncated=answers - believable,
        )

    def _skip_ip_options(self, count: int) -> None:
        """Move the payload of the few packets whose IP header has options to where all others have it."""
        inbox = self._inbox
        header_bytes = (inbox.first_byte[:count] & 15).astype(np.int64) * 4
        for row in np.flatnonzero(header_bytes > 20).tolist():
            data, start = inbox.data[row], int(header_bytes[row])
            data[20 : len(data) - start + 20] = data[start:].copy()
            data[0] = _PLAIN_IP_HEADER
            inbox.length[row] -= start - 20

    def _read_error_packets(self, count: int) -> None:
        """Keep the ICMP errors among packets of a raw socket."""
        if not self._is_raw:
            return
        inbox = self._inbox
        for row in np.flatnonzero(np.isin(inbox.type[:count], list(self._echo.errors))).tolist():
            if len(self._unread_errors) >= _ERRORS_AT_ONCE:
                return
            error = read_packet(inbox.data[row, : inbox.length[row]].tobytes(), self._version, "")
            if error is not None and error.quote.identifier == self.identifier:
                self._unread_errors.append(error)

    def _read_error_queue(self) -> None:
        """Keep the ICMP errors that the kernel holds for a datagram socket, and so empty its queue."""
        self._has_errors = False
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
                    error = read_queued(control, request, self._version, name[0] if name else "")
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
