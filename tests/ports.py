"""Ports for programs that must be told theirs before they start.

They lie below those that the kernel gives to whoever asks for any. Of those it may give one away between the moment
it was found free and the start of the program: to a connection of another test, or to a client that tries again and
again while a server is away, and so, in the end, meets itself.
"""

from __future__ import annotations

import itertools
import os
import socket
from collections.abc import Iterator
from functools import cache
from pathlib import Path

FIRST = 10_000
KERNELS = Path("/proc/sys/net/ipv4/ip_local_port_range")


def free_port(host: str = "127.0.0.1") -> int:
    """Return a port of this host, TCP and UDP, that nobody has; it is found once in this process."""
    for port in itertools.islice(_candidates(), 1_000):
        if _is_free(host, port):
            return port
    raise AssertionError(f"no free port on {host}")


@cache
def _candidates() -> Iterator[int]:
    """Count in circles from where no process with a number near this one's begins."""
    count = max(int(KERNELS.read_text(encoding="ascii").split()[0]) - FIRST, 2_000)
    begin = os.getpid() * 199
    return (FIRST + (begin + step) % count for step in itertools.count())


def _is_free(host: str, port: int) -> bool:
    for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
        with socket.socket(type=kind) as probe:
            try:
                probe.bind((host, port))
            except OSError:
                return False
    return True
