"""Ping through the sockets of a lab, without the product's engine, and wait for conditions with a deadline."""

from __future__ import annotations

import ipaddress
import select
import socket
import struct
import time
from collections.abc import Callable, Collection, Sequence

from netmon.model import Inventory
from netmon.probes.sockets import Sockets

_ECHO = struct.Struct("!BBHHH")
_BURST = 32
_REPLIES = {0: socket.AF_INET, 129: socket.AF_INET6}


def answering(sockets: Sockets, inventory: Inventory, nodes: Collection[str], seconds: float = 0.3) -> set[str]:
    """Return which of the nodes answer one echo request each within `seconds` after the last one was sent."""
    names = list(nodes)
    return {names[number] for number in answered(sockets, inventory, names, seconds)}


def answered(sockets: Sockets, inventory: Inventory, nodes: Sequence[str], seconds: float) -> set[int]:
    """Return which of the requests, one to each of `nodes` in this order, are answered; they are counted from 0."""
    by_sequence = dict(enumerate(nodes))
    found: set[int] = set()
    opened: dict[int, socket.socket] = {}
    try:
        for sequence, node in by_sequence.items():
            address = inventory.nodes[node].address
            assert address is not None
            family = socket.AF_INET if ipaddress.ip_address(address).version == 4 else socket.AF_INET6
            if family not in opened:
                opened[family] = sockets.icmp(family)
            kind = 8 if family == socket.AF_INET else 128
            request = _ECHO.pack(kind, 0, 0, 0, sequence) + b"lab"
            opened[family].sendto(request, sockets.endpoint("icmp", address, 0))
            if sequence % _BURST == _BURST - 1:
                _read(opened, found, 0.0)
        deadline = time.monotonic() + seconds
        while len(found) < len(by_sequence) and (left := deadline - time.monotonic()) > 0:
            _read(opened, found, left)
    finally:
        for one in opened.values():
            one.close()
    return found


def _read(opened: dict[int, socket.socket], found: set[int], wait: float) -> None:
    ready, _, _ = select.select(list(opened.values()), [], [], wait)
    for one in ready:
        while True:
            try:
                reply, _ = one.recvfrom(2048)
            except BlockingIOError:
                break
            if reply[0] in _REPLIES:
                found.add(_ECHO.unpack_from(reply)[4])


def wait_until(condition: Callable[[], bool], seconds: float = 60.0) -> float:
    """Wait until the condition holds and return how long that took; fail the test when it does not in time."""
    began = time.monotonic()
    while not condition():
        assert time.monotonic() - began < seconds, f"not so within {seconds} s"
        time.sleep(0.005)
    return time.monotonic() - began
