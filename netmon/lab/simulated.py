"""The lab without kernel namespaces: every node is an address of 127/8, and this process decides what gets through.

What the kernel would do is done here by the same routes: a request that arrives at a node's socket is answered only
if a packet could have gone from the vantage to the node and back just now. Echo requests are ICMP messages in UDP.
Nothing is ever bound or sent outside of 127/8.
"""

from __future__ import annotations

import asyncio
import errno
import ipaddress
import random
import socket
import struct
from collections.abc import Iterable, Iterator, Mapping
from functools import partial

from netmon.errors import CannotError
from netmon.lab.descriptors import allow_descriptors
from netmon.lab.services.hosting import websites
from netmon.lab.wires.routes import RouteChange
from netmon.lab.wires.wiring import Wiring
from netmon.model import Inventory
from netmon.probes.sockets import bind_udp

_ECHO_PORT = "icmp:0"
_ECHO_REPLY = {8: 0, 128: 129}  # ICMP (RFC 792), ICMPv6 (RFC 4443)
_ECHO_HEADER = struct.Struct("!BBHHH")
_READS_PER_TURN = 64
_MOST_HOPS = 255
_TRAP_HOST = "127.0.0.1"
_PORT_TRIES = 16
_DESCRIPTORS_PER_NODE = 2
_MORE_FILES = "raise the hard limit, for example with `ulimit -Hn 65536` in a root shell"
_BENCHMARK_NET = ipaddress.ip_network("198.18.0.0/15")
_STAND_INS = ipaddress.IPv4Network("127.64.0.0/10")


def loopback_addresses(inventory: Inventory) -> dict[str, str]:
    """Return where each address of the inventory is on loopback: 198.18.x.y at 127.18.x.y, others anywhere. Pure."""
    spare = _spare()
    found = {}
    for node in inventory.nodes.values():
        if node.address is None:
            continue
        address = ipaddress.ip_address(node.address)
        if address in _BENCHMARK_NET:
            found[node.address] = "127." + str(address).split(".", 1)[1]
        else:
            found[node.address] = str(next(spare))
    return found


def _spare() -> Iterator[ipaddress.IPv4Address]:
    yield from (_STAND_INS[number] for number in range(1, _STAND_INS.num_addresses))


class SimulatedNetwork:
    """A network in the mind of this process. `agents` maps each addressed node to its SNMP socket on loopback."""

    def __init__(self, inventory: Inventory, wiring: Wiring) -> None:
        """Bind a socket per node and protocol on loopback; needs a running loop.

        Raises:
            CannotError: loopback has no port free on all these addresses, or the file limit is too low.
        """
        self._wiring = wiring
        self._vantage = inventory.vantage.node
        self.loopback = loopback_addresses(inventory)
        self._addresses = {
            node.id: self.loopback[node.address] for node in inventory.nodes.values() if node.address is not None
        }
        self._trap_port: int | None = None
        self._down: set[str] = set()
        self._silent: set[str] = set()
        self._losses: dict[tuple[str, str], float] = {}
        self._routes: dict[str, dict[str | None, str]] = {node: {} for node in inventory.nodes}
        self._random = random.Random(inventory.digest)
        self.ports: dict[str, int] = {}
        everywhere = list(self._addresses)
        try:
            allow_descriptors(_DESCRIPTORS_PER_NODE * len(everywhere) + len(inventory.services))
        except OSError as error:
            raise CannotError(
                f"the simulated network needs more open files: {error.strerror}", _MORE_FILES
            ) from error
        echoes = self._bind(_ECHO_PORT, everywhere)
        agents: dict[str, socket.socket] = {}
        for port in sorted({_agent_port(inventory, node) for node in everywhere}):
            served = [node for node in everywhere if _agent_port(inventory, node) == port]
            agents |= self._bind(f"udp:{port}", served)
        self.agents: Mapping[str, socket.socket] = agents
        self._reserved: dict[tuple[str, int], socket.socket] = {}
        hosting = websites(inventory)
        for port in sorted({endpoint.port for endpoint in hosting}):
            hosts = [endpoint.node for endpoint in hosting if endpoint.port == port]
            for node, opened in self._bind(f"tcp:{port}", hosts, socket.SOCK_STREAM).items():
                self._reserved[node, port] = opened
        loop = asyncio.get_running_loop()
        for node, echo in echoes.items():
            loop.add_reader(echo, partial(self._echo, node, echo))

    def _bind(
        self, name: str, nodes: list[str], kind: socket.SocketKind = socket.SOCK_DGRAM
    ) -> dict[str, socket.socket]:
        """Bind a socket for each node, all to one port, and note it under `name`."""
        for _ in range(_PORT_TRIES):
            port = 0
            bound: dict[str, socket.socket] = {}
            try:
                for node in nodes:
                    bound[node] = self._bound(node, port, kind)
                    port = int(bound[node].getsockname()[1])
            except OSError as error:
                for opened in bound.values():
                    opened.close()
                if error.errno != errno.EADDRINUSE:
                    raise CannotError(f"the simulated network cannot be bound to loopback: {error}") from error
            else:
                self.ports[name] = port
                return bound
        raise CannotError("no port of loopback is free on every address of the simulated network", "try again")

    def _bound(self, node: str, port: int, kind: socket.SocketKind) -> socket.socket:
        opened = socket.socket(socket.AF_INET, kind | socket.SOCK_NONBLOCK)
        if kind == socket.SOCK_STREAM:
            opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            opened.bind((self._addresses[node], port))
        except OSError:
            opened.close()
            raise
        return opened

    def _echo(self, node: str, echo: socket.socket) -> None:
        for _ in range(_READS_PER_TURN):
            try:
                message, source = echo.recvfrom(65_535)
            except OSError:  # nothing left, or an ICMP error that came back for an earlier answer
                return
            reply = echo_reply(message)
            if reply is not None and node not in self._silent and self.delivers(node):
                try:
                    echo.sendto(reply, source)
                except OSError:  # the prober's buffer is full or it is gone: a lost reply, as on any network
                    continue

    def delivers(self, node: str) -> bool:
        """Return whether a packet gets to a node now and its answer back; a matter of chance where links lose."""
        at = self._vantage
        for _ in range(_MOST_HOPS):
            if at == node:
                return True
            link = self._routes[at].get(node)
            if link is None or link in self._down:
                return False
            ahead = self._wiring.far(self._wiring.near(link, at)).node
            if self._losses and any(self._is_lost(link, sender) for sender in (at, ahead)):
                return False
            at = ahead
        return False

    def _is_lost(self, link: str, sender: str) -> bool:
        ratio = self._losses.get((link, sender))
        return ratio is not None and self._random.random() < ratio

    def set_carrier(self, link: str, *, up: bool) -> None:
        """Give a link carrier or take it; routes over a link that goes down are gone."""
        if up:
            self._down.discard(link)
            return
        self._down.add(link)
        for port in self._wiring.ends[link]:
            rows = self._routes[port.node]
            self._routes[port.node] = {to: way for to, way in rows.items() if way != link}

    def send_trap(self, node: str, datagram: bytes) -> bool:
        """Send a datagram to whoever hears traps; False when the node has no way to the vantage now."""
        if not self.delivers(node):
            return False
        if self._trap_port is not None:
            try:
                self.agents[node].sendto(datagram, (_TRAP_HOST, self._trap_port))
            except OSError:  # the buffer is full: try again, as when there is no way
                return False
        return True

    def set_silent(self, node: str, *, silent: bool) -> None:
        """Let a node answer echo requests or not."""
        (self._silent.add if silent else self._silent.discard)(node)

    def set_losses(self, link: str, from_node: str, ratio: float) -> None:
        """Drop a part of what `from_node` sends over a link."""
        self._losses = {key: value for key, value in self._losses.items() if key != (link, from_node)}
        if ratio:
            self._losses[link, from_node] = ratio

    def write_routes(self, changes: Iterable[RouteChange]) -> None:
        """Write and remove routes."""
        for change in changes:
            if change.link is None:
                self._routes[change.node].pop(change.destination, None)
            else:
                self._routes[change.node][change.destination] = change.link

    def probe_socket(self, kind: str, family: socket.AddressFamily, at: str = "") -> socket.socket:  # noqa: ARG002
        """Open a socket that can talk to loopback: TCP for `tcp`, UDP for everything else, bound for `traps`.

        All is IPv4, and all is seen from the vantage.

        Raises:
            CannotError: a socket is wanted elsewhere.
        """
        if at not in {"", self._vantage}:
            raise CannotError("the simulated network is seen from its vantage alone", "play it in the kernel")
        if kind == "traps":
            opened = bind_udp(_TRAP_HOST, 0)
            self._trap_port = int(opened.getsockname()[1])
            return opened
        flavour = socket.SOCK_STREAM if kind == "tcp" else socket.SOCK_DGRAM
        return socket.socket(socket.AF_INET, flavour | socket.SOCK_NONBLOCK)

    def listen(self, node: str, port: int) -> socket.socket:
        """Open a listening TCP socket at a node, on the loopback port that stands for `port`."""
        listener = self._reserved.pop((node, port), None)
        if listener is None:
            listener = self._bound(node, self.ports[f"tcp:{port}"], socket.SOCK_STREAM)
        listener.listen()
        return listener


def echo_reply(message: bytes) -> bytes | None:
    """Return the reply to an ICMP or ICMPv6 echo request, or None when it is none. Pure."""
    if len(message) < _ECHO_HEADER.size:
        return None
    kind, code, _, identifier, sequence = _ECHO_HEADER.unpack_from(message)
    if kind not in _ECHO_REPLY or code != 0:
        return None
    head = _ECHO_HEADER.pack(_ECHO_REPLY[kind], 0, 0, identifier, sequence)
    return bytes(head[:2]) + _checksum(head + message[8:]) + head[4:] + message[8:]


def _checksum(data: bytes) -> bytes:
    """Return the Internet checksum (RFC 1071)."""
    padded = data + bytes(len(data) % 2)
    total = sum(struct.unpack(f"!{len(padded) // 2}H", padded))
    while total > 0xFFFF:
        total = (total & 0xFFFF) + (total >> 16)
    return struct.pack("!H", ~total & 0xFFFF)


def _agent_port(inventory: Inventory, node: str) -> int:
    probe = inventory.nodes[node].snmp
    return 161 if probe is None else probe.port
