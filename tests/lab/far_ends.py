"""Networks that a test plays at the far end of a tunnel: they answer echo requests, or do worse."""

from __future__ import annotations

import asyncio
import ipaddress
import os
import struct
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from netmon.events import Event

ROUTER_4 = "10.99.255.254"


@dataclass(frozen=True, slots=True)
class Echo:
    """An echo request as it left: addresses, identifier, sequence number (both as on the wire) and payload."""

    version: int
    source: str
    destination: str
    identifier: int
    sequence: int
    payload: bytes
    packet: bytes


def read_echo(packet: bytes) -> Echo | None:
    """Return the echo request in an IP packet, or None when it holds something else."""
    if packet[0] >> 4 == 4 and packet[9] == 1 and packet[20] == 8:
        source, destination, icmp = packet[12:16], packet[16:20], packet[20:]
    elif packet[0] >> 4 == 6 and packet[6] == 58 and packet[40] == 128:
        source, destination, icmp = packet[8:24], packet[24:40], packet[40:]
    else:
        return None
    identifier, sequence = struct.unpack_from("!HH", icmp, 4)
    near, far = str(ipaddress.ip_address(source)), str(ipaddress.ip_address(destination))
    return Echo(packet[0] >> 4, near, far, identifier, sequence, icmp[8:], packet)


def checksum(data: bytes) -> int:
    """Return the Internet checksum (RFC 1071)."""
    data += bytes(len(data) % 2)
    total: int = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total > 0xFFFF:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def icmp_packet(version: int, source: str, destination: str, body: bytes, *, options: bytes = b"") -> bytes:
    """Return an IP packet with an ICMP message, whose checksum field (bytes 2 and 3) is filled in."""
    ends = ipaddress.ip_address(source).packed + ipaddress.ip_address(destination).packed
    if version == 4:
        body = body[:2] + struct.pack("!H", checksum(body[:2] + bytes(2) + body[4:])) + body[4:]
        header_bytes = 20 + len(options)
        head = struct.pack("!BBHHHBBH", 0x40 | header_bytes // 4, 0, header_bytes + len(body), 0, 0, 64, 1, 0)
        head += ends + options
        head = head[:10] + struct.pack("!H", checksum(head)) + head[12:]
        return head + body
    pseudo = ends + struct.pack("!IxxxB", len(body), 58)
    body = body[:2] + struct.pack("!H", checksum(pseudo + body[:2] + bytes(2) + body[4:])) + body[4:]
    return struct.pack("!IHBB", 6 << 28, len(body), 58, 64) + ends + body


def reply_to(
    echo: Echo, *, payload: bytes | None = None, identifier: int | None = None, options: bytes = b""
) -> bytes:
    """Return the reply to a request, as its destination would send it, or with something changed."""
    kind = 0 if echo.version == 4 else 129
    head = struct.pack("!BBHHH", kind, 0, 0, echo.identifier if identifier is None else identifier, echo.sequence)
    body = head + (echo.payload if payload is None else payload)
    return icmp_packet(echo.version, echo.destination, echo.source, body, options=options)


def unreachable(echo: Echo, reporter: str = ROUTER_4, *, quoted: int = 48) -> bytes:
    """Return what a router says that has no way to the destination, quoting so many bytes."""
    return icmp_packet(4, reporter, echo.source, struct.pack("!BBHI", 3, 1, 0, 0) + echo.packet[:quoted])


class FarEnd:
    """Reads every request that comes out of a tunnel and writes what `answer` makes of it back into it."""

    def __init__(self, tunnel: int, answer: Callable[[Echo], Iterable[bytes]]) -> None:
        self._tunnel = tunnel
        self.answer = answer
        self.requests: list[Echo] = []
        asyncio.get_running_loop().add_reader(tunnel, self._read)

    def close(self) -> None:
        """Leave the tunnel alone."""
        asyncio.get_running_loop().remove_reader(self._tunnel)
        os.close(self._tunnel)

    def send(self, packets: Iterable[bytes]) -> None:
        """Let packets come out of the far network."""
        for packet in packets:
            os.write(self._tunnel, packet)

    def _read(self) -> None:
        for _ in range(64):
            try:
                packet = os.read(self._tunnel, 2048)
            except BlockingIOError:
                return
            echo = read_echo(packet)
            if echo is not None:
                self.requests.append(echo)
                self.send(self.answer(echo))


class Listener:
    """Takes a prober's events, and waits for them."""

    def __init__(self) -> None:
        self.events: list[Event] = []

    def __call__(self, events: Iterable[Event]) -> None:
        self.events += events

    def of(self, node: str) -> list[Event]:
        """Return the events about one node."""
        return [event for event in self.events if getattr(event, "node", None) == node]

    async def wait(self, is_enough: Callable[[], bool], seconds: float = 60.0) -> None:
        """Wait until the condition holds; fail after so many seconds."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + seconds
        while not is_enough():
            assert loop.time() < deadline, self.events[-20:]
            await asyncio.sleep(0.01)
