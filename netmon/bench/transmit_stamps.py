"""When requests really left: the kernel's transmit stamps, to hold measured round trips against.

A stamp is made as the packet is given to the device, and read from the socket's error queue, one system call a packet
(Documentation/networking/timestamping.rst of Linux): too dear for a prober, and the truth for a bench.
"""

from __future__ import annotations

import math
import socket
import struct
from collections import defaultdict
from collections.abc import Sequence

import numpy as np

from netmon.clock import Clock
from netmon.probes.icmp.inflight import Floats, Ints, Replies
from netmon.probes.sockets import KernelSockets

_SO_TIMESTAMPING, _IP_RECVERR = 37, 11
_TX_SOFTWARE, _SOFTWARE, _NUMBERED, _WITHOUT_PACKET = 1 << 1, 1 << 4, 1 << 7, 1 << 11
_SOON = 0.5
"""Seconds by which a send time may be wrong and is still recognised; less than half of what lies between two."""


class StampingSockets(KernelSockets):
    """The machine's network, with one ICMP socket whose packets are stamped by the kernel as they leave."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._sock: socket.socket | None = None
        self._left: dict[int, float] = {}

    def icmp(self, family: socket.AddressFamily) -> socket.socket:
        """Open the socket."""
        sock = super().icmp(family)
        sock.setsockopt(socket.SOL_SOCKET, _SO_TIMESTAMPING, _TX_SOFTWARE | _SOFTWARE | _NUMBERED | _WITHOUT_PACKET)
        self._sock = sock
        return sock

    def read(self) -> None:
        """Take the stamps that are there; often enough, or they fill the receive buffer."""
        if self._sock is None:
            return
        lead = self._clock.wall() - self._clock.monotonic()
        while True:
            try:
                _, controls, _, _ = self._sock.recvmsg(0, 256, socket.MSG_ERRQUEUE | socket.MSG_DONTWAIT)
            except BlockingIOError:
                return
            found = {(level, kind): data for level, kind, data in controls}
            seconds, nanoseconds = struct.unpack_from("=qq", found[socket.SOL_SOCKET, _SO_TIMESTAMPING])
            number = struct.unpack_from("=I", found[socket.IPPROTO_IP, _IP_RECVERR], 12)[0]  # ee_data
            self._left[number] = seconds - lead + nanoseconds * 1e-9

    def round_trips(self, asked: Sequence[Ints], believed: Sequence[Replies]) -> Floats:
        """Return the true round trip of each reply, NaN where the stamp is missing.

        Args:
            asked: the slots of all requests, batch by batch, in the order in which they were sent.
            believed: all replies, in any order.
        """
        left: dict[int, list[float]] = defaultdict(list)
        for number, slot in enumerate(slot for slots in asked for slot in slots.tolist()):
            if number in self._left:
                left[slot].append(self._left[number])
        trips: list[float] = []
        for replies in believed:
            columns = (replies.slots.tolist(), replies.sent.tolist(), replies.received.tolist())
            for slot, sent, received in zip(*columns, strict=True):
                trips.append(received - next((when for when in left[slot] if abs(when - sent) < _SOON), math.nan))
        return np.array(trips)
