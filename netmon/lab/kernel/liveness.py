"""Asks nodes of the kernel lab for an echo until they answer: links are up some time after they were set up."""

from __future__ import annotations

import select
import socket
import struct
import time
from collections.abc import Collection

from netmon.lab.wires.wiring import Address
from netmon.probes.sockets import open_icmp

_ECHO_HEADER = struct.Struct("!BBHHH")
_REQUEST = {4: 8, 6: 128}
_REPLY = {4: 0, 6: 129}
_FAMILY = {4: socket.AF_INET, 6: socket.AF_INET6}
_BURST = 64  # replies that a socket's buffer holds for certain
_BURST_SECONDS = 0.02


def silent(addresses: Collection[Address], patience: float) -> set[Address]:
    """Return which addresses have not answered the vantage, where this process is, within `patience` seconds."""
    waiting = set(addresses)
    deadline = time.monotonic() + patience
    versions: set[int] = {address.version for address in addresses}
    sockets = {version: open_icmp(_FAMILY[version]) for version in versions}
    try:
        while waiting and time.monotonic() < deadline:
            asked = list(waiting)
            for start in range(0, len(asked), _BURST):
                waiting -= _answered(sockets, asked[start : start + _BURST])
    finally:
        for opened in sockets.values():
            opened.close()
    return waiting


def _answered(sockets: dict[int, socket.socket], addresses: list[Address]) -> set[Address]:
    """Ask each address once; return which answer before long."""
    for number, address in enumerate(addresses):
        request = _ECHO_HEADER.pack(_REQUEST[address.version], 0, 0, 0, number)
        sockets[address.version].sendto(request, (str(address), 0))
    answered: set[Address] = set()
    arriving = select.poll()
    by_descriptor = {opened.fileno(): opened for opened in sockets.values()}
    for descriptor in by_descriptor:
        arriving.register(descriptor, select.POLLIN)
    deadline = time.monotonic() + _BURST_SECONDS
    while len(answered) < len(addresses) and (left := deadline - time.monotonic()) > 0:
        for descriptor, _ in arriving.poll(left * 1000):
            reply = by_descriptor[descriptor].recv(2048)
            kind, _, _, _, number = _ECHO_HEADER.unpack_from(reply)
            if number < len(addresses) and kind == _REPLY[addresses[number].version]:
                answered.add(addresses[number])
    return answered
