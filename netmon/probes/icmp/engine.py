"""The engine: sends requests to slots and reports replies, misses and errors. No schedule and no judgement.

Every time it hands out is on the monotonic clock. Kernel receive stamps are on the wall clock; each read converts
them with the offset of that moment, and a stamp that would place a reply before its request or after the read (the
clock was stepped in between) gives way to the time of the read.
"""

from __future__ import annotations

import contextlib
import os
import socket
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from netmon.clock import Clock
from netmon.errors import CannotError
from netmon.probes.icmp.batch import SOCKADDR_BYTES, pack_address
from netmon.probes.icmp.channel import Channel, Received
from netmon.probes.icmp.errors import IcmpError
from netmon.probes.icmp.inflight import Floats, InFlight, Ints, Misses, Purpose, Replies
from netmon.probes.icmp.settings import IcmpSettings
from netmon.probes.sockets import Sockets

FAMILIES = {4: socket.AF_INET, 6: socket.AF_INET6}
_INTERPOLATION = 0.001
"""Seconds by which an interpolated send time may be late: a reply stamped less than that before it came at once."""


@dataclass(frozen=True, slots=True)
class SendFailures:
    """Requests that could not leave: slots, send times and errno, aligned."""

    slots: Ints
    times: Floats
    errors: Ints


@dataclass(slots=True)
class Totals:
    """What the engine has counted since it began, over all targets."""

    late: int = 0
    duplicate: int = 0
    forged: int = 0
    foreign: int = 0
    truncated: int = 0
    bad_stamps: int = 0
    icmp_errors: Counter[str] = field(default_factory=Counter)
    send_errors: Counter[int] = field(default_factory=Counter)
    drops_of_closed: int = 0


class Engine:
    """Echo requests to `capacity` slots over one socket for each address family in use.

    Args:
        sockets: where sockets come from.
        clock: dates everything.
        settings: limits and buffer sizes.
        capacity: slots.
        depth: requests remembered for each slot, a power of two.
    """

    def __init__(self, sockets: Sockets, clock: Clock, settings: IcmpSettings, *, capacity: int, depth: int) -> None:
        self._sockets = sockets
        self._clock = clock
        self._settings = settings
        self._family = np.zeros(capacity, np.uint8)
        self._addresses = np.zeros((capacity, max(SOCKADDR_BYTES.values())), np.uint8)
        self._names: dict[str, int] = {}
        self._channels: dict[socket.AddressFamily, Channel] = {}
        self._opened: dict[socket.AddressFamily, float] = {}
        self._retired: list[tuple[float, Channel]] = []
        self.in_flight = InFlight(capacity, depth=depth, late_after=settings.late_after)
        self.totals = Totals()

    def grow(self, capacity: int) -> None:
        """Make room for `capacity` slots."""
        added = capacity - len(self._family)
        self._family = np.concatenate([self._family, np.zeros(added, np.uint8)])
        self._addresses = np.concatenate([self._addresses, np.zeros((added, self._addresses.shape[1]), np.uint8)])
        self.in_flight.grow(capacity)

    def place(self, slots: Sequence[int], addresses: Sequence[str]) -> None:
        """Point slots at IP addresses, opening a socket for a family that is new.

        Raises:
            PrivilegeError: no ICMP socket may be opened.
        """
        where = np.array(slots, np.int64)
        for slot, address in zip(slots, addresses, strict=True):
            family = socket.AF_INET6 if ":" in address else socket.AF_INET
            host, port = self._sockets.endpoint("icmp", address, 0)
            packed = pack_address(socket.AF_INET6 if ":" in host else socket.AF_INET, host, port)
            self._family[slot] = family
            self._addresses[slot, : len(packed)] = np.frombuffer(packed, np.uint8)
            self._names[address] = slot
        self.in_flight.start_numbers(where, np.frombuffer(os.urandom(4 * len(where)), "<u4").astype(np.int64))
        for family in FAMILIES.values():
            if family not in self._channels and (self._family[where] == family).any():
                self._open(family)

    def vacate(self, slots: Sequence[int], addresses: Sequence[str]) -> None:
        """Forget the addresses of slots whose targets were removed; their replies will be late."""
        for slot, address in zip(slots, addresses, strict=True):
            if self._names.get(address) == slot:
                del self._names[address]
        self.in_flight.abandon_slots(np.array(slots, np.int64))

    def close(self) -> None:
        """Close all sockets."""
        for channel in [*self._channels.values(), *(channel for _, channel in self._retired)]:
            channel.close()
        self._channels.clear()
        self._retired.clear()

    def send(self, slots: Ints, timeouts: Floats, purpose: Purpose) -> SendFailures:
        """Send one request to each of `slots`, which are distinct; return those that could not leave."""
        parts: list[SendFailures] = []
        for family, channel in self._channels.items():
            mine = self._family[slots] == family
            ours, theirs = (slots, timeouts) if mine.all() else (slots[mine], timeouts[mine])
            for first in range(0, len(ours), channel.batch.capacity):
                rows = slice(first, first + channel.batch.capacity)
                failures = self._send_batch(channel, ours[rows], theirs[rows], purpose)
                if failures is not None:
                    parts.append(failures)
        if not parts:
            return SendFailures(np.empty(0, np.int64), np.empty(0), np.empty(0, np.int64))
        return SendFailures(
            np.concatenate([part.slots for part in parts]),
            np.concatenate([part.times for part in parts]),
            np.concatenate([part.errors for part in parts]),
        )

    def receive(self) -> list[Replies]:
        """Drain all sockets; return the believed replies, batch by batch."""
        believed: list[Replies] = []
        for channel in [*self._channels.values(), *(channel for _, channel in self._retired)]:
            for received in channel.drain():
                replies = self._match(received)
                if len(replies.slots):
                    believed.append(replies)
        self._rotate()
        return believed

    def overdue(self) -> Misses:
        """Return the requests that are missed by now. Call `receive` first: a reply may be waiting."""
        return self.in_flight.overdue(self._clock.monotonic())

    def errors(self) -> list[tuple[int, IcmpError]]:
        """Return the ICMP errors about requests that were really sent, with their slots."""
        known: list[tuple[int, IcmpError]] = []
        for channel in self._channels.values():
            for error in channel.take_errors():
                quote = error.quote
                slot = self._names.get(quote.destination) if quote.slot is None else quote.slot
                number = quote.sequence if quote.number is None else quote.number
                if slot is not None and self.in_flight.was_sent(slot, number=number, token=quote.token):
                    self.totals.icmp_errors[error.kind] += 1
                    known.append((slot, error))
                else:
                    self.totals.forged += 1
        return known

    @property
    def receive_buffer(self) -> int:
        """The smallest receive buffer of the open sockets, bytes as granted; 0 when none is open."""
        return min((channel.receive_buffer for channel in self._channels.values()), default=0)

    @property
    def kernel_drops(self) -> int:
        """Datagrams dropped by the kernel because a receive buffer was full, over all sockets there were."""
        open_channels = [*self._channels.values(), *(channel for _, channel in self._retired)]
        return self.totals.drops_of_closed + sum(channel.kernel_drops for channel in open_channels)

    def _send_batch(self, channel: Channel, slots: Ints, timeouts: Floats, purpose: Purpose) -> SendFailures | None:
        count = len(slots)
        tokens = np.frombuffer(os.urandom(8 * count), np.uint64)
        numbers, places = self.in_flight.register(slots, tokens, purpose)
        channel.fill(slots, numbers, tokens, self._addresses[slots, : SOCKADDR_BYTES[channel.family]])
        sent = channel.send(count)
        left = sent.left
        if left.all():
            self.in_flight.await_replies(slots, places, sent.times, timeouts)
            return None
        self.in_flight.await_replies(slots[left], places[left], sent.times[left], timeouts[left])
        errors = sent.errors[~left]
        self.totals.send_errors.update(errors.tolist())
        return SendFailures(slots[~left], sent.times[~left], errors)

    def _match(self, received: Received) -> Replies:
        now, offset = self._read_clocks()
        times = (received.stamps - offset).astype(np.float64) * np.float64(1e-9)
        unlikely = times > now
        if unlikely.any():
            times[unlikely] = now
            self.totals.bad_stamps += int(np.count_nonzero(unlikely))
        matched = self.in_flight.match(received.slots, received.numbers, received.tokens, times)
        replies = matched.replies
        shortfall = replies.sent - replies.received
        if len(shortfall) and shortfall.max() > 0.0:
            stepped = shortfall > _INTERPOLATION
            replies.received[shortfall > 0.0] = replies.sent[shortfall > 0.0]
            replies.received[stepped] = now
            self.totals.bad_stamps += int(np.count_nonzero(stepped))
        totals = self.totals
        totals.late += matched.late
        totals.forged += matched.forged
        totals.duplicate += matched.duplicate
        totals.foreign += received.foreign
        totals.truncated += received.truncated
        return replies

    def _read_clocks(self) -> tuple[float, int]:
        """Return the monotonic time, and the wall clock's lead over it in nanoseconds, read close together."""
        lead, narrowest, now = 0.0, np.inf, 0.0
        for _ in range(4):
            before = self._clock.monotonic()
            wall = self._clock.wall()
            now = self._clock.monotonic()
            if now - before < narrowest:
                lead, narrowest = wall - (before + now) / 2.0, now - before
            if narrowest < 2e-6:
                break
        return now, round(lead * 1e9)

    def _open(self, family: socket.AddressFamily) -> None:
        batch = self._settings.batch
        self._channels[family] = Channel(self._sockets.icmp(family), self._clock, self._settings, batch=batch)
        self._opened[family] = self._clock.monotonic()

    def _rotate(self) -> None:
        """Replace sockets that grew old, and close replaced ones when no reply to them can be believed any more."""
        now = self._clock.monotonic()
        for family, opened in list(self._opened.items()):
            if now - opened > self._settings.identity_lifetime:
                old = self._channels[family]
                # Privileges may have been dropped since the start: then the old identity has to do.
                with contextlib.suppress(CannotError, OSError):
                    self._open(family)
                    self._retired.append((now + self._settings.late_after, old))
                self._opened[family] = now
        while self._retired and self._retired[0][0] <= now:
            _, channel = self._retired.pop(0)
            self.totals.drops_of_closed += channel.kernel_drops
            channel.close()
