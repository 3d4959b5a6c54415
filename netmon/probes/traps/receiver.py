"""Receives traps: the shell that moves datagrams, checks who speaks, and emits what was said.

A datagram is looked at only when its source is an address of the inventory and has not said too much. What is then
not as it should be is counted by its reason and dropped; nothing that arrives here raises.
"""

from __future__ import annotations

import asyncio
import hmac
import logging
import socket
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from netmon.clock import Clock
from netmon.errors import NetmonError
from netmon.events import Event, TrapSeen
from netmon.model import Inventory, Node, SecretRef, SnmpAuth, TrapKind
from netmon.probes.snmp.ber import Malformed
from netmon.probes.snmp.transport import canonical, raise_receive_buffer
from netmon.probes.sockets import Sockets
from netmon.probes.traps.hints import FarEnds, Look, evidence_in, where_to_look
from netmon.probes.traps.limits import Limits, News
from netmon.probes.traps.meaning import Meaning, name_port, understand
from netmon.probes.traps.message import V3, Notification, decode_community_message, version_of
from netmon.probes.traps.usm import Credentials, Heard, SecureReceiver
from netmon.probes.vendors.rows import InterfaceRow

log = logging.getLogger(__name__)

LARGEST_DATAGRAM = 65_535
READS_PER_TURN = 64  # then the rest of the loop gets its turn
_MAPPED = "::ffff:"  # IPv4 as a socket for both families sees it
_MINUTE = 60.0

Emit = Callable[[Sequence[Event]], None]
Heed = Callable[[Look], None]
Reveal = Callable[[SecretRef], str]
PortsOf = Callable[[str], Sequence[InterfaceRow]]


class Drop(StrEnum):
    """Why a datagram was not heard."""

    UNKNOWN_SOURCE = "unknown-source"  # no node of the inventory has this address
    RATE = "rate"  # its source, or all together, said too much
    MALFORMED = "malformed"
    CREDENTIALS = "credentials"  # wrong community, user, password or level, or an old message again
    SEND = "send"  # an answer to an inform could not be sent; the inform will come again


@dataclass(frozen=True, slots=True)
class TrapMeasurements:
    """What was heard since the start.

    `received` counts believed notifications by kind, `informs` those among them that were answered; `latest` is the
    wall time of each node's last. `listening` is the address, or None while no socket is open.
    """

    received: Mapping[TrapKind, int]
    dropped: Mapping[Drop, int]
    informs: int
    latest: Mapping[str, float]
    listening: str | None


class TrapReceiver:
    """Hears the traps of the nodes of an inventory.

    Args:
        sockets: where the socket comes from.
        clock: dates what is heard.
        reveal: turns references into secrets.
        ports_of: the interfaces of a node as last polled, to name ports by.
    """

    def __init__(self, sockets: Sockets, clock: Clock, reveal: Reveal, ports_of: PortsOf) -> None:
        self._sockets = sockets
        self._clock = clock
        self._reveal = reveal
        self._ports_of = ports_of
        self._socket: socket.socket | None = None
        self._listening: str | None = None
        self._inventory: Inventory | None = None
        self._far_ends: FarEnds | None = None
        self._sources: dict[str, Node] = {}
        self._communities: dict[str, bytes] = {}
        self._secure: dict[str, SecureReceiver] = {}
        self._limits = Limits(clock.monotonic())
        self._news = News()
        self._received: Counter[TrapKind] = Counter()
        self._dropped: Counter[Drop] = Counter()
        self._informs = 0
        self._latest: dict[str, float] = {}

    def open(self, host: str, port: int) -> str:
        """Open the socket and return its address. Without it, nothing is heard.

        Raises:
            PrivilegeError: the port is below 1024 and this process may not have it.
            PortInUseError: somebody else has it.
            CannotError: the address is none of this machine.
        """
        self._socket = self._sockets.traps(host, port)
        raise_receive_buffer(self._socket)
        name = self._socket.getsockname()
        self._listening = f"[{name[0]}]:{name[1]}" if ":" in name[0] else f"{name[0]}:{name[1]}"
        self._learn_all()
        return self._listening

    def set_inventory(self, inventory: Inventory) -> None:
        """Believe the nodes of this inventory from now on, by its credentials."""
        self._inventory = inventory
        self._far_ends = FarEnds(inventory)
        self._sources = {}
        for node in inventory.nodes.values():
            if node.address is not None:
                host, _ = self._sockets.endpoint("udp", node.address, 162)
                self._sources[canonical(host)] = node
        self._limits.keep(frozenset(self._sources))
        self._news.keep(frozenset(inventory.nodes))
        self._latest = {node: at for node, at in self._latest.items() if node in inventory.nodes}
        self._learn_all()

    def _learn_all(self) -> None:
        """Read the secrets of all credentials, which may have changed; without a socket nobody needs them."""
        self._communities.clear()
        self._secure.clear()
        if self._socket is not None and self._inventory is not None:
            for auth in self._inventory.auth.values():
                self._learn(auth)

    def _learn(self, auth: SnmpAuth) -> None:
        """Read the secrets of credentials; what cannot be read is said once and never matches."""
        try:
            if auth.community is not None:
                self._communities[auth.name] = self._reveal(auth.community).encode()
            elif auth.user is not None:
                self._secure[auth.name] = self._secure_receiver(auth, auth.user)
        except NetmonError as error:
            log.warning("traps with SNMP credentials %s are not believed: %s", auth.name, error)

    def _secure_receiver(self, auth: SnmpAuth, user: str) -> SecureReceiver:
        credentials = Credentials(
            user.encode(),
            auth.auth_protocol,
            "" if auth.auth_password is None else self._reveal(auth.auth_password),
            auth.priv_protocol,
            "" if auth.priv_password is None else self._reveal(auth.priv_password),
        )
        region = "" if self._inventory is None else self._inventory.region
        return SecureReceiver(credentials, region, int(self._clock.wall() // _MINUTE))

    async def run(self, emit: Emit, heed: Heed) -> None:
        """Listen until cancelled: `heed` is told at once where to look, `emit` gets what is news.

        Does nothing, and does not return, while there is no socket.
        """
        opened = self._socket
        loop = asyncio.get_running_loop()
        if opened is not None:
            loop.add_reader(opened.fileno(), self._read, opened, emit, heed)
        try:
            await loop.create_future()
        finally:
            self.close()

    def close(self) -> None:
        """Close the socket."""
        if self._socket is not None:
            asyncio.get_running_loop().remove_reader(self._socket.fileno())
            self._socket.close()
            self._socket = self._listening = None

    def measurements(self) -> TrapMeasurements:
        """Return what was heard up to now."""
        return TrapMeasurements(
            dict(self._received), dict(self._dropped), self._informs, dict(self._latest), self._listening
        )

    def _read(self, opened: socket.socket, emit: Emit, heed: Heed) -> None:
        for _ in range(READS_PER_TURN):
            try:
                datagram, source = opened.recvfrom(LARGEST_DATAGRAM)
            except OSError:  # nothing left, or an ICMP error that came back for an earlier answer
                return
            answers = self.take(datagram, source[0], emit, heed)
            for answer in answers:
                try:
                    opened.sendto(answer, source)
                except OSError:
                    self._dropped[Drop.SEND] += 1

    def take(self, datagram: bytes, source: str, emit: Emit, heed: Heed) -> tuple[bytes, ...]:
        """Judge one datagram from an address; return the datagrams to send back."""
        now = self._clock.monotonic()
        address = source.removeprefix(_MAPPED)
        node = self._sources.get(address)
        if node is None:
            self._dropped[Drop.UNKNOWN_SOURCE] += 1
            return ()
        if not self._limits.admit(address, now):
            self._dropped[Drop.RATE] += 1
            return ()
        try:
            heard = self._hear(datagram, node, address, now)
            meaning = None if heard.notification is None else understand(heard.notification)
        except Malformed:
            self._dropped[Drop.MALFORMED] += 1
            return ()
        if heard.notification is not None and meaning is not None:
            self._informs += bool(heard.answers)
            self._believe(self._speaker(heard.notification, node), meaning, now, emit, heed)
        elif heard.refused:
            self._dropped[Drop.CREDENTIALS] += 1
        return heard.answers

    def _hear(self, datagram: bytes, node: Node, address: str, now: float) -> Heard:
        """Return what a datagram says, if its credentials are those of the node, and what to send back."""
        names = self._credentials_of(node)
        if version_of(datagram) == V3:
            result = Heard(refused=True)
            for name in names:
                if name in self._secure and result.refused:
                    result = self._secure[name].hear(datagram, address, now)
            return result
        message = decode_community_message(datagram)
        for name in names:
            if name in self._communities and hmac.compare_digest(self._communities[name], message.community):
                return Heard(message.notification, () if message.answer is None else (message.answer,))
        return Heard(refused=True)

    def _credentials_of(self, node: Node) -> tuple[str, ...]:
        """Return the names of the credentials a node may use: its own, or any of the list where it is not polled."""
        if node.snmp is not None and node.snmp.auth is not None:
            return (node.snmp.auth,)
        return () if self._inventory is None else tuple(self._inventory.auth)

    def _speaker(self, said: Notification, sender: Node) -> Node:
        """Return whom a trap is from: the node whose address it names, when a relay sent it (RFC 3584 §3.1)."""
        if said.speaker is None:
            return sender
        host, _ = self._sockets.endpoint("udp", said.speaker, 162)
        try:
            return self._sources.get(canonical(host), sender)
        except OSError:
            return sender

    def _believe(self, node: Node, meaning: Meaning, now: float, emit: Emit, heed: Heed) -> None:
        at = self._clock.wall()
        self._received[meaning.kind] += 1
        self._latest[node.id] = at
        port = name_port(meaning, self._ports_of(node.id))
        detail = meaning.detail
        if port is None and meaning.index is not None:
            detail = f"ifIndex {meaning.index}" + (f", {detail}" if detail else "")
        seen = TrapSeen(at, node.id, meaning.kind, port, detail)
        if self._inventory is None or self._far_ends is None:
            return
        heed(where_to_look(seen, self._far_ends, self._inventory))
        if self._news.is_new(node.id, (seen.what, seen.port, seen.detail), now):
            emit([seen, *evidence_in(seen, self._far_ends, self._inventory)])
