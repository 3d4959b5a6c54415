"""Whom the receiver believes: sources, credentials, relays, limits; without a socket."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Sequence
from dataclasses import replace

import pytest

from netmon.clock import FakeClock
from netmon.ending import end_all
from netmon.errors import ConfigError
from netmon.events import Event, EvidenceSeen, TrapSeen
from netmon.model import Inventory, SecretRef, SnmpAuth, SnmpProbe, TrapKind
from netmon.probes.sockets import KernelSockets, Protocols
from netmon.probes.traps.hints import Look
from netmon.probes.traps.limits import SOURCE_BURST
from netmon.probes.traps.receiver import Drop, TrapReceiver
from netmon.probes.vendors.rows import InterfaceRow
from tests.drawings import drawing
from tests.unit.probes.traps.datagrams import LINK_DOWN, LINK_UP, address, of_port, v1, v2c

BATTERY = "1.3.6.1.2.1.33.2.1"


def network() -> Inventory:
    drawn = drawing("noc-a a-b b-c", ports=True)
    auth = {
        "field": SnmpAuth("field", "2c", community=SecretRef(env="FIELD")),
        "power": SnmpAuth("power", "1", community=SecretRef(env="POWER")),
        "lost": SnmpAuth("lost", "2c", community=SecretRef(env="LOST")),
    }
    polled = {"a": "field", "b": "power"}
    nodes = {
        name: replace(node, snmp=SnmpProbe(auth=polled[name])) if name in polled else node
        for name, node in drawn.nodes.items()
    }
    return replace(drawn, nodes=nodes, auth=auth)


def reveal(ref: SecretRef) -> str:
    if ref.env == "LOST":
        raise ConfigError("environment variable LOST is not set")
    return str(ref.env).lower()


class OnLoopback(KernelSockets):
    """A network whose addresses are really elsewhere, as the simulated one's are."""

    def endpoint(self, protocol: Protocols, address: str, port: int) -> tuple[str, int]:  # noqa: ARG002 (seam)
        return address.replace("198.18.", "127.18."), port

    def traps(self, host: str, port: int) -> socket.socket:
        return super().traps(host or "127.0.0.1", port)


class Ear:
    """A receiver and what it passed on. `say` puts a datagram to it as if it came from a node."""

    def __init__(self, inventory: Inventory | None = None, sockets: KernelSockets | None = None) -> None:
        self.clock = FakeClock()
        self.inventory = inventory or network()
        self.events: list[Event] = []
        self.looks: list[Look] = []
        ports = {"a": (InterfaceRow("b", 5),)}
        self.receiver = TrapReceiver(sockets or OnLoopback(), self.clock, reveal, lambda node: ports.get(node, ()))
        self.receiver.open("", 0)
        self.receiver.set_inventory(self.inventory)

    def say(self, datagram: bytes, node: str, source: str | None = None) -> tuple[bytes, ...]:
        where = source or str(self.inventory.nodes[node].address).replace("198.18.", "127.18.")
        return self.receiver.take(datagram, where, self._emit, self.looks.append)

    def _emit(self, events: Sequence[Event]) -> None:
        self.events += events

    def dropped(self, reason: Drop) -> int:
        return self.receiver.measurements().dropped.get(reason, 0)


@pytest.fixture
def ear() -> Ear:
    made = Ear()
    socket_ = made.receiver._socket
    assert socket_ is not None
    socket_.close()
    return made


def test_a_trap_of_a_node_with_its_community_is_heard(ear: Ear) -> None:
    assert ear.say(v2c(LINK_DOWN, of_port(5), community="field"), "a") == ()
    assert ear.events == [TrapSeen(ear.clock.wall(), "a", TrapKind.LINK_DOWN, "b")]
    assert ear.looks == [Look(ping=("a", "b"), poll=("a",), poll_later=("b",))]
    measured = ear.receiver.measurements()
    assert measured.received == {TrapKind.LINK_DOWN: 1}
    assert measured.latest == {"a": ear.clock.wall()}
    assert measured.dropped == {}


def test_an_address_of_nobody_is_counted_and_not_believed(ear: Ear) -> None:
    assert ear.say(v2c(LINK_DOWN, community="field", inform=True), "a", source="203.0.113.9") == ()
    assert ear.dropped(Drop.UNKNOWN_SOURCE) == 1
    assert not ear.events
    assert not ear.looks


@pytest.mark.parametrize("community", ["power", "FIELD", "", "field "])
def test_a_wrong_community_is_counted_and_not_believed_nor_answered(ear: Ear, community: str) -> None:
    assert ear.say(v2c(LINK_DOWN, community=community, inform=True), "a") == ()
    assert ear.dropped(Drop.CREDENTIALS) == 1
    assert not ear.looks


def test_a_community_of_version_2c_is_good_for_version_1_too(ear: Ear) -> None:
    ear.say(v1("1.3.6.1.4.1.14988.1", 2, bindings=of_port(5), community="field"), "a")
    assert [event.what for event in ear.events if isinstance(event, TrapSeen)] == [TrapKind.LINK_DOWN]


def test_a_node_that_is_not_polled_may_use_any_credentials_of_the_list(ear: Ear) -> None:
    ear.say(v2c(BATTERY, community="power"), "c")
    assert [type(event) for event in ear.events] == [TrapSeen, EvidenceSeen]
    ear.say(v2c(BATTERY, community="lost"), "c")
    assert ear.dropped(Drop.CREDENTIALS) == 1


def test_an_inform_is_answered(ear: Ear) -> None:
    (answer,) = ear.say(v2c(LINK_DOWN, of_port(5), community="field", inform=True), "a")
    assert answer[answer.index(b"field") + 5] == 0xA2
    assert ear.receiver.measurements().informs == 1


def test_a_relay_speaks_for_another_node(ear: Ear) -> None:
    relayed = [("1.3.6.1.6.3.18.1.3.0", address(str(ear.inventory.nodes["b"].address)))]
    ear.say(v2c(LINK_DOWN, relayed, community="field"), "a")
    ear.say(v1("1.3.6.1.4.1.9", 3, agent="203.0.113.9", community="field"), "a")  # an address of its own
    assert [(event.node, event.what) for event in ear.events if isinstance(event, TrapSeen)] == [
        ("b", TrapKind.LINK_DOWN),
        ("a", TrapKind.LINK_UP),
    ]


def test_a_flood_is_cut_off_and_counted(ear: Ear) -> None:
    for _ in range(200):
        ear.say(v2c(LINK_UP, of_port(5), community="field"), "a")
    assert ear.dropped(Drop.RATE) == 200 - SOURCE_BURST
    assert len(ear.events) == 1  # and the rest are repetitions


def test_malformed_datagrams_are_counted(ear: Ear) -> None:
    for datagram in (b"", b"\x30\x80\x00\x00", v2c(LINK_DOWN, community="field")[:-3], b"\x30\x03\x02\x01\x03"):
        assert ear.say(datagram, "a") == ()
    assert ear.dropped(Drop.MALFORMED) + ear.dropped(Drop.CREDENTIALS) == 4


def test_a_port_without_a_name_is_told_by_its_index(ear: Ear) -> None:
    ear.say(v2c(LINK_DOWN, of_port(9, admin=2), community="field"), "a")
    assert ear.events == [TrapSeen(ear.clock.wall(), "a", TrapKind.LINK_DOWN, None, "ifIndex 9, switched off")]


def test_ipv4_seen_by_a_socket_of_both_families_is_ipv4(ear: Ear) -> None:
    where = str(ear.inventory.nodes["a"].address).replace("198.18.", "127.18.")
    ear.say(v2c(LINK_DOWN, community="field"), "a", source=f"::ffff:{where}")
    assert len(ear.events) == 1


def test_after_a_reload_the_new_list_is_believed(ear: Ear) -> None:
    nodes = dict(ear.inventory.nodes)
    gone = nodes.pop("c")
    ear.receiver.set_inventory(replace(ear.inventory, nodes=nodes, links={}))
    ear.say(v2c(LINK_DOWN, community="field"), "a", source=str(gone.address).replace("198.18.", "127.18."))
    assert ear.dropped(Drop.UNKNOWN_SOURCE) == 1


def test_without_a_socket_nothing_is_read_and_secrets_stay_where_they_are() -> None:
    async def listen() -> None:
        receiver = TrapReceiver(OnLoopback(), FakeClock(), _no_secrets, lambda _node: ())
        receiver.set_inventory(network())
        running = asyncio.create_task(receiver.run(lambda _events: None, lambda _look: None))
        await asyncio.sleep(0)
        assert receiver.measurements().listening is None
        await end_all(running)

    asyncio.run(listen())


def _no_secrets(ref: SecretRef) -> str:
    raise AssertionError(f"{ref} was read")
