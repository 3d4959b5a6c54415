"""The lab as kernel network: one anonymous namespace per node, a veth pair per link, real forwarding between them.

The process that builds it ends up in the vantage's namespace. It holds, for each node, the namespace, a netlink
socket and the agent's UDP socket; when it dies nothing holds them any more and the kernel removes everything.
"""

from __future__ import annotations

import errno
import os
import socket
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass

from netmon.errors import CannotError
from netmon.lab.descriptors import allow_descriptors
from netmon.lab.kernel import netlink, packet_loss
from netmon.lab.kernel.liveness import silent
from netmon.lab.kernel.namespaces import CLONE_NEWNET, inside, open_namespace, unshare, write_setting
from netmon.lab.kernel.reasons import Refusal
from netmon.lab.wires.routes import RouteChange
from netmon.lab.wires.wiring import LOOPBACK_INDEX, Address, Wiring
from netmon.model import Inventory
from netmon.probes.sockets import bind_udp, open_icmp

_DESCRIPTORS_PER_NODE = 3
_PATIENCE_SECONDS = 5.0
TRAP_PORT = 162

_FORWARDING = {
    "ipv4/conf/all/send_redirects": "0",
    "ipv4/conf/default/send_redirects": "0",
    "ipv4/conf/all/rp_filter": "0",
    "ipv4/conf/default/rp_filter": "0",
    "ipv4/ip_forward": "1",
    # Routers limit the ICMP errors they send; here that would only make traceroutes flicker.
    "ipv4/icmp_ratelimit": "0",
    "ipv4/icmp_msgs_per_sec": "100000",
    "ipv4/icmp_msgs_burst": "10000",
}
_WITH_IPV6 = {
    "ipv6/conf/all/disable_ipv6": "0",
    "ipv6/conf/default/disable_ipv6": "0",
    "ipv6/conf/default/addr_gen_mode": "1",
    "ipv6/conf/default/accept_ra": "0",
    "ipv6/conf/all/forwarding": "1",
    "ipv6/icmp/ratelimit": "0",
}
_NO_ERRORS = "86400000"
"""Milliseconds between two ICMP errors to one address, by which a node sends none."""
_WITHOUT_IPV6 = {"ipv6/conf/all/disable_ipv6": "1", "ipv6/conf/default/disable_ipv6": "1"}


@dataclass(frozen=True, slots=True)
class _Room:
    """What this process holds of one node."""

    namespace: int
    control: netlink.Netlink
    agent: socket.socket | None


class KernelNetwork:
    """The built network. `agents` maps each addressed node to its SNMP socket, bound in the node's namespace."""

    def __init__(self, inventory: Inventory, wiring: Wiring) -> None:
        """Build everything, links up; this process must have left the machine's network (`leave_machine`).

        Raises:
            Refusal: the kernel refuses a part of it.
        """
        self._wiring = wiring
        self._vantage = inventory.vantage.node
        self._versions = sorted({address.version for held in wiring.addresses.values() for address in held})
        self._rooms: dict[str, _Room] = {}
        try:
            allow_descriptors(_DESCRIPTORS_PER_NODE * len(inventory.nodes) + len(inventory.services))
            # The vantage comes last, so that this process stays in it.
            for node in sorted(inventory.nodes, key=lambda node: node == self._vantage):
                self._rooms[node] = self._make_room(inventory, node)
            gid = os.getegid()
            write_setting("ipv4/ping_group_range", f"{gid} {gid}")
            self._join_rooms()
            for node, room in self._rooms.items():
                room.control.send(self._furnish(node))
        except OSError as error:
            raise Refusal("nodes", error.errno) from error
        self._home = self._rooms[self._vantage].namespace
        self.agents: Mapping[str, socket.socket] = {
            node: room.agent for node, room in self._rooms.items() if room.agent is not None
        }

    def _make_room(self, inventory: Inventory, node: str) -> _Room:
        unshare(CLONE_NEWNET)
        settings = {**_FORWARDING, **(_WITH_IPV6 if 6 in self._versions else _WITHOUT_IPV6)}
        for name, value in settings.items():
            with suppress(FileNotFoundError):  # older kernels keep some of them for the whole machine
                write_setting(name, value)
        drawn = inventory.nodes[node]
        agent = None
        if drawn.address is not None:
            version = self._wiring.addresses[node][0].version
            port = 161 if drawn.snmp is None else drawn.snmp.port
            agent = socket.socket(_FAMILY[version], socket.SOCK_DGRAM | socket.SOCK_NONBLOCK)
            agent.bind(("::" if version == 6 else "0.0.0.0", port))
        return _Room(open_namespace(), netlink.Netlink(), agent)

    def _join_rooms(self) -> None:
        batches: dict[str, list[bytes]] = {}
        for a, b in self._wiring.ends.values():
            pair = netlink.create_veth(
                (a.index, a.device, a.mac), (b.index, b.device, b.mac), self._rooms[b.node].namespace
            )
            batches.setdefault(a.node, []).append(pair)
        for node, batch in batches.items():
            self._rooms[node].control.send(batch)

    def _furnish(self, node: str) -> Iterable[bytes]:
        yield netlink.set_link(LOOPBACK_INDEX, up=True)
        for address in self._wiring.addresses[node]:
            yield netlink.add_address(address)
        for port in self._wiring.ports[node]:
            yield from self._port_up(port.link, node)
        if node == self._vantage:
            yield from netlink.dig_sink(self._rooms[node].namespace, self._versions)
            for version in self._versions:
                yield netlink.set_last_resort(version)

    def _port_up(self, link: str, node: str) -> Iterable[bytes]:
        port = self._wiring.near(link, node)
        yield netlink.set_link(port.index, up=True)
        for version in self._versions:
            yield netlink.set_neighbour(version, port.index, self._wiring.far(port).mac)

    def await_answers(self, nodes: Iterable[str]) -> None:
        """Return when every one of these nodes has answered a ping at its address in the inventory.

        Raises:
            CannotError: some have not within seconds; the network does not work as built.
        """
        asked = {self._wiring.addresses[node][0] for node in nodes if node in self.agents}
        dead = silent(asked, _PATIENCE_SECONDS)
        if dead:
            raise CannotError(
                f"{len(dead)} of {len(asked)} nodes of the lab do not answer, such as {min(map(str, dead))}",
                "try again; look for a firewall that filters inside of new network namespaces",
            )

    def set_carrier(self, link: str, *, up: bool) -> None:
        """Give a link carrier or take it; the kernel drops the routes over a link that goes down."""
        for port in self._wiring.ends[link]:
            room = self._rooms[port.node]
            if up:
                room.control.send(self._port_up(link, port.node))
            else:
                room.control.send([netlink.set_link(port.index, up=False)])

    def write_routes(self, changes: Iterable[RouteChange]) -> None:
        """Write and remove routes, node by node."""
        batches: dict[str, list[bytes]] = {}
        for change in changes:
            batches.setdefault(change.node, []).extend(self._route(change))
        for node, batch in batches.items():
            # A route may be gone already: the kernel drops those over interfaces that went down.
            self._rooms[node].control.send(batch, forgive=(errno.ESRCH,))

    def _route(self, change: RouteChange) -> Iterable[bytes]:
        if change.destination is None:
            targets: list[tuple[int, Address | None]] = [(version, None) for version in self._versions]
        else:
            targets = [(address.version, address) for address in self._wiring.addresses[change.destination]]
        for version, address in targets:
            if change.link is None:
                yield netlink.remove_route(version, address)
            else:
                yield netlink.set_route(version, address, self._wiring.near(change.link, change.node).index)

    def delivers(self, node: str) -> bool:  # noqa: ARG002 (the simulated network has to think about it)
        """Return True: what arrives here has crossed the network."""
        return True

    def send_trap(self, node: str, datagram: bytes) -> bool:
        """Send a datagram to the vantage; False when the node has no way there now, or no room to send."""
        version = self._wiring.addresses[node][0].version
        vantage = next(one for one in self._wiring.addresses[self._vantage] if one.version == version)
        try:
            self.agents[node].sendto(datagram, (str(vantage), TRAP_PORT))
        except OSError:
            return False
        return True

    def set_silent(self, node: str, *, silent: bool) -> None:
        """Let the kernel of a node answer pings and report errors, or neither; it forwards either way."""
        errors = _NO_ERRORS if silent else "0"
        with inside(self._rooms[node].namespace, self._home):
            write_setting("ipv4/icmp_echo_ignore_all", str(int(silent)))
            write_setting("ipv4/icmp_ratelimit", errors)
            if 6 in self._versions:
                write_setting("ipv6/icmp/echo_ignore_all", str(int(silent)))
                write_setting("ipv6/icmp/ratelimit", errors)

    def set_losses(self, link: str, from_node: str, ratio: float) -> None:
        """Drop `ratio` of what arrives from `from_node` at the other end of a link.

        Raises:
            CannotError: this kernel cannot drop packets at random.
        """
        port = self._wiring.far(self._wiring.near(link, from_node))
        with inside(self._rooms[port.node].namespace, self._home):
            packet_loss.set_loss(port.index, ratio)

    def probe_socket(self, kind: str, family: socket.AddressFamily, at: str = "") -> socket.socket:
        """Open an `icmp`, `udp` or `tcp` socket at a node, or the one that hears `traps`; empty: at the vantage.

        Raises:
            CannotError: there is no such node.
        """
        if at not in {"", self._vantage}:
            if at not in self._rooms:
                raise CannotError(f"the lab has no node {at!r}", "name one of its inventory")
            with inside(self._rooms[at].namespace, self._home):
                return self.probe_socket(kind, family)
        if kind == "icmp":
            return open_icmp(family)
        if kind == "traps":
            return bind_udp("::" if 6 in self._versions else "0.0.0.0", TRAP_PORT)
        flavour = socket.SOCK_DGRAM if kind == "udp" else socket.SOCK_STREAM
        return socket.socket(family, flavour | socket.SOCK_NONBLOCK)

    def listen(self, node: str, port: int) -> socket.socket:
        """Open a listening TCP socket at a node."""
        version = self._wiring.addresses[node][0].version
        with inside(self._rooms[node].namespace, self._home):
            listener = socket.socket(_FAMILY[version], socket.SOCK_STREAM | socket.SOCK_NONBLOCK)
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind(("::" if version == 6 else "0.0.0.0", port))
            listener.listen()
        return listener


_FAMILY = {4: socket.AF_INET, 6: socket.AF_INET6}
