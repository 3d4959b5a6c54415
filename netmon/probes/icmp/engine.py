"""The engine: sends requests to slots and reports replies, misses and errors. No schedule and no judgement.

Every time it hands out is on the monotonic clock. Kernel receive stamps are on the wall clock; each read converts
them with the offset of that moment, and a stamp that would place a reply before its request or after the read (the
clock was stepped in between) is not used.
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
from netmon.probes.icmp.batch import SOCKADDR, pack_address
from netmon.probes.icmp.channel import Channel, Received
from netmon.probes.icmp.errors import IcmpError
from netmon.probes.icmp.inflight import Floats, InFlight, Ints, Misses, Replies
from netmon.probes.icmp.interruptions import judged_until
from netmon.probes.icmp.settings import IcmpSettings
from netmon.probes.sockets import Sockets

LATE = 2.0
"""Times the longest sleep while a reply may come, after which the loop counts as late."""


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
        self._addresses = {family: np.zeros(capacity, dtype) for family, dtype in SOCKADDR.items()}
        self._names: dict[str, int] = {}
        self._channels: dict[socket.AddressFamily, Channel] = {}
        self._opened: dict[socket.AddressFamily, float] = {}
        self._retired: list[tuple[float, Channel]] = []
        self._drained = self._judged = -np.inf
        self._drops = 0
        self._deaf_until = -np.inf
        self.in_flight = InFlight(capacity, depth=depth, late_after=settings.late_after)
        self.totals = Totals()

    def grow(self, capacity: int) -> None:
        """Make room for `capacity` slots."""
        added = capacity - len(self._family)
        self._family = np.concatenate([self._family, np.zeros(added, np.uint8)])
        self._addresses = {
            family: np.concatenate([column, np.zeros(added, column.dtype)])
            for family, column in self._addresses.items()
        }
        self.in_flight.grow(capacity)

    def place(self, slots: Sequence[int], addresses: Sequence[str]) -> None:
        """Point slots at IP addresses, opening a socket for a family that is new.

        Raises:
            PrivilegeError: no ICMP socket may be opened.
        """
        where = np.array(slots, np.int64)
        for slot, address in zip(slots, addresses, strict=True):
            host, port = self._sockets.endpoint("icmp", address, 0)
            family = socket.AF_INET6 if ":" in host else socket.AF_INET
            self._family[slot] = family
            self._addresses[family][slot] = np.void(pack_address(host, port))
            self._names[address] = slot
        self.in_flight.start_numbers(where, np.frombuffer(os.urandom(4 * len(where)), "<u4").astype(np.int64))
        for family in SOCKADDR:
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

    def send(self, slots: Ints, timeouts: Floats, purpose: int) -> SendFailures:
        """Send one request to each of `slots`, which are distinct; return those that could not leave."""
        parts: list[SendFailures] = []
        for family, channel in self._channels.items():
            mine, limits = slots, timeouts
            if len(self._channels) > 1:
                of_family = self._family[slots] == family
                mine, limits = slots[of_family], timeouts[of_family]
            for first in range(0, len(mine), channel.batch.capacity):
                rows = slice(first, first + channel.batch.capacity)
                failures = self._send_batch(channel, mine[rows], limits[rows], purpose)
                if failures is not None:
                    parts.append(failures)
        if not parts:
            return _NO_FAILURES
        return SendFailures(
            np.concatenate([part.slots for part in parts]),
            np.concatenate([part.times for part in parts]),
            np.concatenate([part.errors for part in parts]),
        )

    def receive(self) -> list[Replies]:
        """Drain all sockets; return the believed replies, batch by batch."""
        began = self._clock.monotonic()
        self._judged = judged_until(self._drained, began, longest_sleep=LATE * self._settings.tick_max)
        self._drained = began
        believed: list[Replies] = []
        for channel in [*self._channels.values(), *(channel for _, channel in self._retired)]:
            for received in channel.drain():
                replies = self._match(received)
                if len(replies.slots):
                    believed.append(replies)
        drops = self.kernel_drops
        if drops > self._drops:
            self._deaf_until = self._clock.monotonic()
        self._drops = drops
        self._rotate()
        return believed

    def overdue(self) -> Misses:
        """Return the requests that were missed when `receive` was called last."""
        return self.in_flight.overdue(self._judged, deaf_until=self._deaf_until)

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

    def _send_batch(self, channel: Channel, slots: Ints, timeouts: Floats, purpose: int) -> SendFailures | None:
        count = len(slots)
        tokens = np.frombuffer(os.urandom(8 * count), np.uint64)
        numbers, places = self.in_flight.register(slots, tokens, purpose)
        channel.fill(slots, numbers, tokens, self._addresses[channel.family][slots])
        sent = channel.send(count)
        if not sent.errors:
            self.in_flight.await_replies(slots, places, sent.times, timeouts, sent.vague)
            return None
        failed = np.array(list(sent.errors), np.int64)
        left = np.ones(count, np.bool_)
        left[failed] = False
        vague = None if sent.vague is None else sent.vague[left]
        self.in_flight.await_replies(slots[left], places[left], sent.times[left], timeouts[left], vague)
        self.totals.send_errors.update(sent.errors.values())
        return SendFailures(slots[failed], sent.times[failed], np.array(list(sent.errors.values()), np.int64))

    def _match(self, received: Received) -> Replies:
        now, offset = self._read_clocks()
        times = (received.stamps - offset).astype(np.float64) * np.float64(1e-9)
        totals = self.totals
        times[times > now] = 0.0  # the clock was stepped back since: as good as no stamp
        matched = self.in_flight.match(received.slots, received.numbers, received.tokens, times, now=now)
        totals.bad_stamps += matched.bad_stamps
        totals.late += matched.late
        totals.forged += matched.forged
        totals.duplicate += matched.duplicate
        totals.foreign += received.foreign
        totals.truncated += received.truncated
        return matched.replies

    def _read_clocks(self) -> tuple[float, int]:
        """Return the monotonic time, and the wall clock's lead over it in nanoseconds, read close together."""
        lead, narrowest, now = 0.0, np.inf, 0.0
        for _ in range(4):
            before = self._clock.monotonic()
            wall = self._clock.wall()
            now = self._clock.monotonic()
            if now - before < narrowest:
                lead, narrowest = wall - (before + now) / 2.0, now - before
            if narrowest < 5e-6:
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


_NO_FAILURES = SendFailures(np.empty(0, np.int64), np.empty(0), np.empty(0, np.int64))
