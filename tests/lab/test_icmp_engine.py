"""The engine alone: more requests in flight than sequence numbers, two families at once, unanswered questions."""

from __future__ import annotations

import socket
import time
from contextlib import closing

import numpy as np
import pytest

from netmon.clock import SystemClock
from netmon.errors import PrivilegeError
from netmon.probes.icmp.engine import Engine
from netmon.probes.icmp.inflight import ROUND, Ints
from netmon.probes.icmp.settings import IcmpSettings
from netmon.probes.sockets import open_icmp
from tests.lab.rooms import Kind, Room, RoomSockets
from tests.requires import require

pytestmark = pytest.mark.lab
KINDS = pytest.mark.parametrize("kind", ["dgram", "raw"])


def engine_for(room: Room, addresses: list[str], kind: Kind, settings: IcmpSettings | None = None) -> Engine:
    made = Engine(
        RoomSockets(room, kind), SystemClock(), settings or IcmpSettings(), capacity=len(addresses), depth=2
    )
    made.place(range(len(addresses)), addresses)
    return made


def answered(engine: Engine, wanted: int, seconds: float = 10.0) -> Ints:
    """Return the slots of all replies, once so many have come."""
    slots: list[Ints] = []
    deadline = time.monotonic() + seconds
    while sum(map(len, slots)) < wanted and time.monotonic() < deadline:
        slots += [replies.slots for replies in engine.receive()]
    return np.sort(np.concatenate(slots)) if slots else np.empty(0, np.int64)


def loopback(count: int) -> list[str]:
    return [f"127.1.{number // 250}.{number % 250 + 1}" for number in range(count)]


def await_stamps(engine: Engine) -> None:
    """Wait until the kernel stamps replies: it begins some time after the first socket of a machine asks for it."""
    deadline = time.monotonic() + 10.0
    while time.monotonic() < deadline:
        engine.send(np.zeros(1, np.int64), np.ones(1), ROUND)
        trips = [trip for replies in engine.receive() for trip in replies.rtt.tolist()]
        if trips and not np.isnan(trips).any():
            return
    pytest.fail("no reply was stamped by the kernel")


@KINDS
def test_more_requests_in_flight_than_there_are_sequence_numbers(kind: Kind) -> None:
    count = 70_000
    addresses = [f"127.{16 + number // 65_536}.{number // 256 % 256}.{number % 256}" for number in range(count)]
    with Room() as room, closing(engine_for(room, addresses, kind, IcmpSettings(receive_buffer=64 << 20))) as engine:
        require(
            engine.receive_buffer >= 64 << 20, "the receive buffer may not be raised past the limit of the system"
        )
        failures = engine.send(np.arange(count), np.full(count, 1.0), ROUND)
        assert len(failures.slots) == 0
        assert np.array_equal(answered(engine, count), np.arange(count))
        assert (engine.totals.forged, engine.totals.duplicate, engine.kernel_drops) == (0, 0, 0)


@KINDS
def test_both_families_at_once(kind: Kind) -> None:
    with Room() as room, closing(engine_for(room, ["127.0.0.1", "::1", "127.0.0.2"], kind)) as engine:
        engine.send(np.arange(3), np.full(3, 1.0), ROUND)
        assert answered(engine, 3).tolist() == [0, 1, 2]


@KINDS
def test_a_full_receive_buffer_is_counted(kind: Kind) -> None:
    count = 5_000
    settings = IcmpSettings(receive_buffer=4_096)
    with Room() as room, closing(engine_for(room, loopback(count), kind, settings)) as engine:
        engine.send(np.arange(count), np.full(count, 1.0), ROUND)
        got = answered(engine, count, seconds=0.5)
        assert 0 < len(got) < count
        assert engine.kernel_drops >= count - len(got)  # some kernels count a drop of a raw socket twice


@KINDS
def test_replies_that_were_dropped_here_are_nobodys_loss(kind: Kind) -> None:
    count = 5_000
    settings = IcmpSettings(receive_buffer=4_096)
    with Room() as room, closing(engine_for(room, loopback(count), kind, settings)) as engine:
        engine.send(np.arange(count), np.full(count, 0.2), ROUND)
        heard, missed, excused = 0, 0, 0
        deadline = time.monotonic() + 10.0
        while heard + missed + excused < count and time.monotonic() < deadline:
            heard += sum(len(replies.slots) for replies in engine.receive())
            misses = engine.overdue()
            missed += len(misses.slots)
            excused += len(misses.excused)
        assert (missed, heard + excused) == (0, count)
        assert excused > 0


@KINDS
def test_round_trips_on_loopback_are_microseconds_even_in_large_batches(kind: Kind) -> None:
    count = 2_000
    with Room() as room, closing(engine_for(room, loopback(count), kind)) as engine:
        await_stamps(engine)
        before = engine.totals.bad_stamps
        engine.send(np.arange(count), np.full(count, 1.0), ROUND)
        trips = np.concatenate([replies.rtt for replies in engine.receive()])
        assert float(np.nanmedian(trips)) < 0.0002
        assert engine.totals.bad_stamps == before


def test_requests_to_a_closed_door_fail_by_themselves_and_the_others_leave() -> None:
    with Room() as room:
        room.run("ip", "route", "add", "prohibit", "10.1.0.1")
        with closing(engine_for(room, ["127.0.0.1", "10.1.0.1", "127.0.0.2"], "dgram")) as engine:
            failures = engine.send(np.arange(3), np.full(3, 1.0), ROUND)
            assert failures.slots.tolist() == [1]
            assert answered(engine, 2).tolist() == [0, 2]
            assert sum(engine.totals.send_errors.values()) == 1


def test_a_datagram_socket_is_taken_where_it_is_allowed_and_a_raw_one_elsewhere() -> None:
    with Room(ping_group=False) as room:
        raw = RoomSockets(room).icmp(socket.AF_INET)
        room.allow_datagram_icmp()
        datagram = RoomSockets(room).icmp(socket.AF_INET)
        assert (raw.type, datagram.type) == (socket.SOCK_RAW, socket.SOCK_DGRAM)
        raw.close()
        datagram.close()


def test_without_any_privilege_the_remedy_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> socket.socket:
        raise PermissionError

    monkeypatch.setattr(socket, "socket", refuse)
    with pytest.raises(PrivilegeError, match=r"net\.ipv4\.ping_group_range='0 2147483647'"):
        open_icmp(socket.AF_INET)
