"""Traceroute: which routers a packet passes on its way to an address, by ICMP or UDP, in one constant flow.

Needs no privilege beyond that of pinging: errors are read from the socket's error queue (`IP_RECVERR`, ip(7)), or as
packets where only a raw socket may be opened. A hop that says nothing is a hop all the same. Which ways of failing
there are is data; only a network without hops is an error.
"""

from __future__ import annotations

import asyncio
import ipaddress
import os
import secrets
import socket
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Literal

from netmon.clock import Clock
from netmon.errors import CannotError
from netmon.probes.sockets import Sockets
from netmon.probes.trace.packets import (
    REPLY,
    TOKEN_BYTES,
    Answer,
    echo_request,
    read_queued,
    read_raw,
    read_reply,
    udp_payload,
)

Protocol = Literal["icmp", "udp"]
TTL_EXCEEDED, PORT_UNREACHABLE = "ttl-exceeded", "port-unreachable"
_IP_RECVERR, _IPV6_RECVERR = 11, 25
_SPACING = 0.02  # seconds between two requests to one hop: routers answer a few errors at a time
_LARGEST = 2048
_READS_PER_TURN = 64


@dataclass(frozen=True, slots=True)
class TraceSettings:
    """How to trace. `queries` go to each hop, `timeout` seconds are waited for them together.

    After `silent` hops in a row without an answer the trace ends. `port` is where UDP goes; nobody should listen
    there.
    """

    protocol: Protocol = "icmp"
    queries: int = 3
    timeout: float = 1.0
    most_hops: int = 30
    silent: int = 5
    port: int = 33434


@dataclass(frozen=True, slots=True)
class Hop:
    """The routers at one distance: usually one, none when nobody answered.

    `rtts` are the round trips of all queries in seconds, None without an answer; `kind` is what was answered.
    """

    ttl: int
    addresses: tuple[str, ...]
    rtts: tuple[float | None, ...]
    kind: str | None


@dataclass(frozen=True, slots=True)
class Trace:
    """The way to an address. `end` is `reached`, `silent`, `hops` (too many) or the ICMP error that ended it."""

    address: str
    protocol: Protocol
    hops: tuple[Hop, ...]
    end: str

    @property
    def is_reached(self) -> bool:
        """True when the address itself answered."""
        return self.end == "reached"


async def trace(
    sockets: Sockets,
    clock: Clock,
    address: str,
    settings: TraceSettings | None = None,
    on_hop: Callable[[Hop], None] | None = None,
) -> Trace:
    """Trace the way to an IP address; `on_hop` is told each hop when it is known.

    Raises:
        CannotError: the network is the simulated one, or this machine has no way to send there.
        PrivilegeError: ICMP sockets may not be opened.
    """
    settings = settings or TraceSettings()
    if sockets.network == "simulated":
        raise CannotError("the simulated network has no hops", "trace on a lab in kernel namespaces")
    flow = _Flow(sockets, clock, address, settings)
    hops: list[Hop] = []
    try:
        for ttl in range(1, settings.most_hops + 1):
            hop = await flow.ask(ttl)
            hops.append(hop)
            if on_hop is not None:
                on_hop(hop)
            end = _end(hops, settings)
            if end is not None:
                return Trace(address, settings.protocol, tuple(hops), end)
    finally:
        flow.close()
    return Trace(address, settings.protocol, tuple(hops), "hops")


def _end(hops: list[Hop], settings: TraceSettings) -> str | None:
    """Say whether the trace is over, and why."""
    kind = hops[-1].kind
    if kind == REPLY or (kind == PORT_UNREACHABLE and settings.protocol == "udp"):
        return "reached"
    if kind is not None and kind != TTL_EXCEEDED:
        return kind
    last = hops[-settings.silent :]
    return "silent" if len(last) == settings.silent and all(hop.kind is None for hop in last) else None


class _Flow:
    """One socket to one address: all its requests look the same to whoever spreads load."""

    def __init__(self, sockets: Sockets, clock: Clock, address: str, settings: TraceSettings) -> None:
        self._clock = clock
        self._settings = settings
        self._version = ipaddress.ip_address(address).version
        self._is_udp = settings.protocol == "udp"
        family = socket.AF_INET6 if self._version == 6 else socket.AF_INET
        self._socket = sockets.udp(family) if self._is_udp else sockets.icmp(family)
        self._is_raw = self._socket.type == socket.SOCK_RAW
        self._target = sockets.endpoint(settings.protocol, address, settings.port if self._is_udp else 0)
        self._token = secrets.token_bytes(TOKEN_BYTES)
        self._identifier = secrets.randbelow(0xFFFF) + 1
        self._number = 0
        self._sent: dict[int, float] = {}  # the requests of this hop, by number
        self._answers: dict[int, tuple[Answer, float]] = {}
        self._all_in = asyncio.Event()
        self._level = socket.IPPROTO_IPV6 if self._version == 6 else socket.IPPROTO_IP
        self._recverr = _IPV6_RECVERR if self._version == 6 else _IP_RECVERR
        if not self._is_raw:
            self._socket.setsockopt(self._level, self._recverr, 1)
            self._socket.bind(("", 0))
            if not self._is_udp:
                self._identifier = int(self._socket.getsockname()[1])  # the kernel writes its own
        asyncio.get_running_loop().add_reader(self._socket, self._readable)

    def close(self) -> None:
        asyncio.get_running_loop().remove_reader(self._socket)
        self._socket.close()

    async def ask(self, ttl: int) -> Hop:
        """Ask the routers at a distance."""
        self._sent, self._answers = {}, {}
        self._all_in.clear()
        self._socket.setsockopt(self._level, socket.IPV6_UNICAST_HOPS if self._version == 6 else socket.IP_TTL, ttl)
        for query in range(self._settings.queries):
            if query:
                await asyncio.sleep(_SPACING)
            self._send()
        with suppress(TimeoutError):
            async with asyncio.timeout(self._settings.timeout):
                await self._all_in.wait()
        return self._hop(ttl)

    def _hop(self, ttl: int) -> Hop:
        answers = [self._answers.get(number) for number in self._sent]
        kinds = [answer.kind for answer, _ in self._answers.values()]
        # The farthest answer decides: where load is spread, one path may be a hop longer than another.
        kind = next((kind for kind in kinds if kind != TTL_EXCEEDED), kinds[0] if kinds else None)
        return Hop(
            ttl,
            tuple(dict.fromkeys(answer.address for answer, _ in self._answers.values())),
            tuple(None if answer is None else answer[1] for answer in answers),
            kind,
        )

    def _send(self) -> None:
        self._number += 1
        number = self._number
        if self._is_udp:
            request = udp_payload(number, self._token)
        else:
            request = echo_request(self._version, self._identifier, number, self._token)
        self._sent[number] = self._clock.monotonic()
        for _ in range(2):  # an error that came in meanwhile is reported by the next call, whoever it is about
            try:
                self._socket.sendto(request, self._target)
            except BlockingIOError:
                return  # the machine is busy: this query is lost
            except OSError as error:
                self._read_error_queue()
                failed = error
                continue
            return
        raise CannotError(
            f"cannot send to {self._target[0]}: {os.strerror(failed.errno or 0)}", "this machine has no way there"
        )

    def _readable(self) -> None:
        if not self._is_raw:
            self._read_error_queue()
        for _ in range(_READS_PER_TURN):
            try:
                data, source = self._socket.recvfrom(_LARGEST)
            except BlockingIOError:
                return
            except OSError:  # an error that the queue tells in full
                continue
            sender = str(source[0]).partition("%")[0]
            if self._is_udp:
                continue  # somebody listens on the port after all; it is no answer to a traceroute
            read = read_raw if self._is_raw else read_reply
            self._take(read(data, self._version, self._identifier, self._token, sender=sender))

    def _read_error_queue(self) -> None:
        if self._is_raw:
            return
        for _ in range(_READS_PER_TURN):
            try:
                request, controls, _, _ = self._socket.recvmsg(
                    _LARGEST, 256, socket.MSG_ERRQUEUE | socket.MSG_DONTWAIT
                )
            except OSError:
                return
            for level, kind, control in controls:
                if (level, kind) == (self._level, self._recverr):
                    self._take(read_queued(control, request, self._version, self._token, is_udp=self._is_udp))

    def _take(self, answer: Answer | None) -> None:
        """Keep an answer to a request of this hop; one that does not say which is for the oldest without any."""
        if answer is None:
            return
        number = answer.number
        if number is None:
            number = next((sent for sent in self._sent if sent not in self._answers), None)
        if number is None or number not in self._sent or number in self._answers:
            return  # late: of a hop before
        self._answers[number] = (answer, self._clock.monotonic() - self._sent[number])
        if len(self._answers) == self._settings.queries:
            self._all_in.set()
