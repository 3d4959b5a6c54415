"""The one seam between probes and the network: where probe sockets come from and where packets really go.

A daemon in the field takes its sockets from the kernel it runs on (`KernelSockets`). A daemon on the lab takes
them from the lab's namespace, opened there and handed over; one on the loopback fallback gets UDP sockets that
talk to a simulator. Probes cannot tell and must not care: they open sockets only through `Sockets`, and ask
`endpoint` for the socket address of every target.
"""

from __future__ import annotations

import asyncio
import errno
import socket
from concurrent.futures import ThreadPoolExecutor
from functools import cache, partial
from typing import Literal, Protocol

from netmon.errors import CannotError, PortInUseError, PrivilegeError

MOST_LOOKUPS = 64  # names at once

Protocols = Literal["icmp", "udp", "tcp"]


class Sockets(Protocol):
    """Opens probe sockets. Each socket is non-blocking and belongs to the caller, who closes it."""

    @property
    def network(self) -> str:
        """Say which network this is, for people: `kernel`, `lab` or `simulated`."""
        ...

    def icmp(self, family: socket.AddressFamily) -> socket.socket:
        """Open an ICMP (or ICMPv6) echo socket: datagram first, raw second. `socket.type` tells which.

        Raises:
            PrivilegeError: neither kind may be opened; the hint is the exact remedy.
        """
        ...

    def udp(self, family: socket.AddressFamily) -> socket.socket:
        """Open an unbound, unconnected UDP socket."""
        ...

    def tcp(self, family: socket.AddressFamily) -> socket.socket:
        """Open an unconnected TCP socket."""
        ...

    def traps(self, host: str, port: int) -> socket.socket:
        """Open a UDP socket bound to an address of this machine; the networks of a lab have one of their own instead.

        `::` serves both address families.

        Raises:
            PrivilegeError: the port is below 1024 and this user may not have it; the hint is the exact remedy.
            PortInUseError: somebody else has it.
            CannotError: the address cannot be listened on.
        """
        ...

    def endpoint(self, protocol: Protocols, address: str, port: int) -> tuple[str, int]:
        """Return the (address, port) to send to in order to reach `port` of `address`.

        Identity on real networks; the simulated network maps both onto loopback.
        """
        ...

    async def resolve(self, host: str) -> list[str]:
        """Return the addresses of a host name, best first.

        Raises:
            OSError: the name does not resolve.
        """
        ...


class KernelSockets:
    """The network of the machine netmon runs on."""

    network = "kernel"

    def icmp(self, family: socket.AddressFamily) -> socket.socket:
        """Open a datagram ICMP socket, or a raw one where that is not allowed."""
        return open_icmp(family)

    def udp(self, family: socket.AddressFamily) -> socket.socket:
        """Open a non-blocking UDP socket."""
        return socket.socket(family, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK)

    def tcp(self, family: socket.AddressFamily) -> socket.socket:
        """Open a non-blocking TCP socket."""
        return socket.socket(family, socket.SOCK_STREAM | socket.SOCK_NONBLOCK)

    def traps(self, host: str, port: int) -> socket.socket:
        """Bind a UDP socket to an address of this machine."""
        return bind_udp(host, port)

    def endpoint(self, protocol: Protocols, address: str, port: int) -> tuple[str, int]:  # noqa: ARG002 (seam)
        """Return the address and port unchanged."""
        return address, port

    async def resolve(self, host: str) -> list[str]:
        """Resolve by the machine's own resolver."""
        loop = asyncio.get_running_loop()
        look_up = partial(socket.getaddrinfo, host, None, type=socket.SOCK_STREAM)
        found = await loop.run_in_executor(_resolver(), look_up)
        return list(dict.fromkeys(str(entry[4][0]) for entry in found))


@cache
def _resolver() -> ThreadPoolExecutor:
    """Return the threads that look names up: a name server that is silent must hold up nothing but names."""
    return ThreadPoolExecutor(MOST_LOOKUPS, thread_name_prefix="resolve")


def bind_udp(host: str, port: int) -> socket.socket:
    """Bind a non-blocking UDP socket in the namespace of the caller.

    Raises:
        PrivilegeError: the port is below 1024 and this user may not have it; the hint is the exact remedy.
        PortInUseError: somebody else has it.
        CannotError: the address cannot be listened on.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    where = f"[{host}]:{port}" if family == socket.AF_INET6 else f"{host}:{port}"
    opened = socket.socket(family, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK)
    try:
        if family == socket.AF_INET6:
            opened.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
        opened.bind((host, port))
    except OSError as error:
        opened.close()
        raise _cannot_bind(where, port, error) from error
    return opened


def _cannot_bind(where: str, port: int, error: OSError) -> CannotError:
    if error.errno == errno.EADDRINUSE:
        return PortInUseError(
            f"UDP {where} is in use by another process", f"find it with `ss -lunp 'sport = {port}'`, or take another"
        )
    if error.errno in (errno.EACCES, errno.EPERM):
        return PrivilegeError(
            f"UDP {where} may not be opened by this user",
            "give the process CAP_NET_BIND_SERVICE, or take a port from 1024 up",
        )
    return CannotError(f"UDP {where} cannot be opened: {error.strerror}", "name an address of this machine")


def open_icmp(family: socket.AddressFamily) -> socket.socket:
    """Open an ICMP echo socket in the namespace of the caller: datagram first, raw second.

    Raises:
        PrivilegeError: neither kind may be opened; the hint is the exact remedy.
    """
    protocol = socket.IPPROTO_ICMP if family == socket.AF_INET else socket.IPPROTO_ICMPV6
    for kind in (socket.SOCK_DGRAM, socket.SOCK_RAW):
        try:
            return socket.socket(family, kind | socket.SOCK_NONBLOCK, protocol)
        except PermissionError:
            continue
    raise PrivilegeError(
        "ICMP echo sockets may not be opened by this user",
        "run `sysctl -w net.ipv4.ping_group_range='0 2147483647'` as root, or give the process CAP_NET_RAW",
    )
