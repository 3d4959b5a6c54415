"""The prober on real sockets, against far ends that answer well, badly, falsely or not at all."""

from __future__ import annotations

import asyncio
import struct
import time
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager

import numpy as np
import pytest

from netmon.clock import SystemClock
from netmon.ending import end_all
from netmon.events import Confirm, EvidenceSeen, NodeConfirmed, NodeDown, NodeUnknown, NodeUp, ProbingGap
from netmon.model import EvidenceKind
from netmon.probes.icmp.prober import IcmpProber
from netmon.probes.icmp.settings import IcmpSettings
from netmon.probes.icmp.targets import IcmpTarget
from tests.lab.far_ends import ROUTER_4, Echo, FarEnd, Listener, icmp_packet, reply_to, unreachable
from tests.lab.rooms import NEAR_4, Kind, Room, RoomSockets

pytestmark = pytest.mark.lab
KINDS = pytest.mark.parametrize("kind", ["dgram", "raw"])
Answer = Callable[[Echo], Iterable[bytes]]


def well(echo: Echo) -> list[bytes]:
    return [reply_to(echo)]


def only(address: str) -> Answer:
    return lambda echo: well(echo) if echo.destination == address else []


def target(number: int, *, interval: float = 0.2, version: int = 4, beside: tuple[str, ...] = ()) -> IcmpTarget:
    address = f"10.99.1.{number}" if version == 4 else f"fd99::1:{number}"
    return IcmpTarget(f"n{number}", address, interval, beside)


class Stage:
    """A prober, its far end, and what it said."""

    def __init__(self, room: Room, far: FarEnd, prober: IcmpProber, heard: Listener) -> None:
        self.room, self.far, self.prober, self.heard = room, far, prober, heard

    def is_up(self, *nodes: str) -> bool:
        return all(any(isinstance(event, NodeUp) for event in self.heard.of(node)) for node in nodes)

    def is_down(self, node: str) -> bool:
        return any(isinstance(event, NodeDown) for event in self.heard.of(node))

    def replies(self, node: str) -> int:
        measured = self.prober.measurements()
        return int(measured.replies[measured.nodes.index(node)])


def asked(address: str, played: Stage) -> list[Echo]:
    return [echo for echo in played.far.requests if echo.destination == address]


@asynccontextmanager
async def stage(
    targets: list[IcmpTarget], answer: Answer = well, *, kind: Kind = "dgram", settings: IcmpSettings | None = None
) -> AsyncIterator[Stage]:
    with Room() as room:
        far = FarEnd(room.open_tunnel(), answer)
        heard = Listener()
        prober = IcmpProber(RoomSockets(room, kind), SystemClock(), settings=settings or IcmpSettings())
        prober.set_targets(targets, false_alarms_per_year=1.0)
        running = asyncio.create_task(prober.run(heard))
        try:
            yield Stage(room, far, prober, heard)
        finally:
            await end_all(running)
            far.close()


@KINDS
@pytest.mark.parametrize("version", [4, 6])
def test_targets_that_answer_are_up_and_measured(kind: Kind, version: int) -> None:
    async def story() -> None:
        targets = [target(number, version=version) for number in range(1, 9)]
        async with stage(targets, kind=kind) as played:
            await played.heard.wait(lambda: played.is_up(*(t.node for t in targets)))
            await played.heard.wait(lambda: bool(played.prober.measurements().rtt_buckets.any()))
            before = played.prober.measurements()  # from now on the kernel stamps replies
            await played.heard.wait(lambda: played.replies("n3") >= 3 + before.replies[before.nodes.index("n3")])
            measured = played.prober.measurements()
            assert (measured.last_rtt > 0.0).all()
            assert (measured.last_rtt < 2.0).all()
            assert (
                measured.rtt_buckets.sum() - before.rtt_buckets.sum() == measured.replies.sum() - before.replies.sum()
            )
            totals = measured.totals
            assert (totals.forged, totals.foreign, totals.truncated, totals.duplicate) == (0, 0, 0, 0)
            assert totals.receive_buffer_bytes > 0

    asyncio.run(story())


@KINDS
def test_a_target_that_dies_is_down_since_its_first_miss_and_up_again_since_its_first_reply(kind: Kind) -> None:
    async def story() -> None:
        async with stage([target(1), target(2)], kind=kind) as played:
            await played.heard.wait(lambda: played.is_up("n1", "n2"))
            played.far.answer = only("10.99.1.2")
            died = time.time()
            await played.heard.wait(lambda: played.is_down("n1"))
            [down] = [event for event in played.heard.of("n1") if isinstance(event, NodeDown)]
            assert died - 0.05 <= down.since < down.at
            assert down.since < down.at <= time.time()
            back = time.time()
            played.far.answer = well
            await played.heard.wait(lambda: isinstance(played.heard.of("n1")[-1], NodeUp))
            up = played.heard.of("n1")[-1]
            assert isinstance(up, NodeUp)
            assert back <= up.since <= up.at
            assert len(played.heard.of("n2")) == 1  # its neighbour's trouble said nothing of it

    asyncio.run(story())


@KINDS
def test_replies_with_guessed_identities_cannot_make_a_dead_router_look_alive(kind: Kind) -> None:
    from scapy.layers.inet import ICMP, IP

    def forge(identifier: int, payload: bytes) -> bytes:
        header = IP(src="10.99.1.1", dst=NEAR_4) / ICMP(type=0, id=identifier, seq=1)
        return bytes(header / payload)

    async def story() -> None:
        async with stage([target(1), target(2)], only("10.99.1.2"), kind=kind) as played:
            await played.heard.wait(lambda: played.is_up("n2") and any(asked("10.99.1.1", played)))
            dead, alive = asked("10.99.1.1", played)[0], asked("10.99.1.2", played)[0]
            right = dead.identifier  # the forger may as well have guessed it
            for identifier in {right, *range(0, 65_536, 199)}:
                played.far.send([forge(identifier, dead.payload[:8] + bytes(8) + dead.payload[16:])])
                await asyncio.sleep(0)
            played.far.send(forge(right, dead.payload[:8] + bytes([guess]) * 48) for guess in range(256))
            played.far.send([forge(right, alive.payload)])  # another router's answer
            await played.heard.wait(lambda: played.prober.measurements().totals.forged > 256)
            await played.heard.wait(lambda: played.is_down("n1"))
            assert not played.is_up("n1")
            assert played.replies("n1") == 0

    asyncio.run(story())


@KINDS
def test_a_flood_of_foreign_packets_loses_no_reply_even_with_a_small_buffer(kind: Kind) -> None:
    async def story() -> None:
        targets = [target(number, interval=0.5) for number in range(1, 51)]
        settings = IcmpSettings(receive_buffer=100_000)
        async with stage(targets, kind=kind, settings=settings) as played:
            await played.heard.wait(lambda: played.is_up(*(t.node for t in targets)))
            before = played.prober.measurements()
            strangers = [
                icmp_packet(4, "10.99.7.7", NEAR_4, struct.pack("!BBHHH", 0, 0, 0, 7, n) + bytes(56))
                for n in range(500)
            ]
            own = {echo.identifier for echo in played.far.requests}
            assert 7 not in own
            foreign = Echo(
                4, NEAR_4, "10.99.7.7", 7, 1, bytes(56), icmp_packet(4, NEAR_4, "10.99.7.7", b"\x08" + bytes(63))
            )
            strangers += [unreachable(foreign)] * 500
            for _ in range(20):
                played.far.send(strangers)
                await asyncio.sleep(0)
            await played.heard.wait(lambda: bool((played.prober.measurements().replies > before.replies + 2).all()))
            measured = played.prober.measurements()
            assert measured.totals.kernel_drops == 0
            assert len(played.heard.events) == 50
            assert (measured.requests - measured.replies <= 2).all()

    asyncio.run(story())


@KINDS
def test_bad_replies_are_counted_and_not_believed(kind: Kind) -> None:
    async def story() -> None:
        def badly(echo: Echo) -> list[bytes]:
            match echo.destination[-1]:
                case "1":
                    return [reply_to(echo, payload=echo.payload[:20])]
                case "2":
                    return [reply_to(echo, payload=echo.payload[:8] + bytes(8) + echo.payload[16:])]
                case "3":
                    return [reply_to(echo), reply_to(echo)]
                case _:
                    return [reply_to(echo, options=bytes([1] * 4))] if kind == "raw" else well(echo)

        async with stage([target(number) for number in (1, 2, 3, 4)], badly, kind=kind) as played:
            await played.heard.wait(
                lambda: played.is_up("n3", "n4") and played.is_down("n1") and played.is_down("n2")
            )
            totals = played.prober.measurements().totals
            assert totals.truncated >= 6
            assert totals.forged >= 6
            assert totals.duplicate >= 1
            assert played.replies("n1") == played.replies("n2") == 0

    asyncio.run(story())


@KINDS
def test_replies_that_come_too_late_are_counted_and_not_believed(kind: Kind) -> None:
    async def story() -> None:
        kept: list[Echo] = []

        def keep(echo: Echo) -> list[bytes]:
            kept.append(echo)
            return []

        settings = IcmpSettings(late_after=0.6)
        async with stage([target(1)], keep, kind=kind, settings=settings) as played:
            await played.heard.wait(lambda: played.is_down("n1"))
            played.far.send(reply_to(echo) for echo in kept[:2])
            await played.heard.wait(lambda: played.prober.measurements().totals.late >= 2)
            assert not played.is_up("n1")

    asyncio.run(story())


@KINDS
def test_icmp_errors_tell_where_the_path_ends_and_are_no_verdict(kind: Kind) -> None:
    async def story() -> None:
        def error_or_reply(echo: Echo) -> list[bytes]:
            if echo.destination == "10.99.1.1":
                return [unreachable(echo)]
            return [unreachable(echo, "10.99.255.1", quoted=28), reply_to(echo)]

        async with stage([target(1), target(2)], error_or_reply, kind=kind) as played:
            await played.heard.wait(lambda: played.is_down("n1") and played.is_up("n2"))
            measured = played.prober.measurements()
            assert (measured.path_errors["n1"].kind, measured.path_errors["n1"].reporter) == (
                "host-unreachable",
                ROUTER_4,
            )
            assert measured.path_errors["n2"].reporter == "10.99.255.1"
            assert measured.totals.icmp_errors["host-unreachable"] >= 2
            assert measured.totals.send_errors == {}
            assert not played.is_down("n2")
            said = [one for one in played.heard.events if isinstance(one, EvidenceSeen)]
            assert [(one.node, one.what, one.detail) for one in said] == [
                ("n1", EvidenceKind.SAID_UNREACHABLE, f"{ROUTER_4} host-unreachable")
            ]

    asyncio.run(story())


@KINDS
def test_a_send_error_is_unknown_and_never_down(kind: Kind) -> None:
    async def story() -> None:
        async with stage([target(1), target(2)], kind=kind) as played:
            await played.heard.wait(lambda: played.is_up("n1", "n2"))
            played.room.run("ip", "link", "set", "far", "down")
            await played.heard.wait(lambda: isinstance(played.heard.of("n1")[-1], NodeUnknown))
            unknown = played.heard.of("n1")[-1]
            assert isinstance(unknown, NodeUnknown)
            assert "cannot send" in unknown.reason
            played.room.run("ip", "link", "set", "far", "up")
            await played.heard.wait(lambda: isinstance(played.heard.of("n1")[-1], NodeUp))
            assert not played.is_down("n1")
            assert "ENETUNREACH" in played.prober.measurements().totals.send_errors

    asyncio.run(story())


def test_asked_nodes_are_confirmed_or_down_at_once() -> None:
    async def story() -> None:
        slow = [target(1, interval=60.0), target(2, interval=60.0)]
        async with stage(slow, only("10.99.1.1")) as played:
            await played.heard.wait(lambda: played.is_up("n1") and played.is_down("n2"))
            asked = time.time()
            played.prober.confirm(Confirm(("n1", "n2"), asked))
            await played.heard.wait(lambda: len(played.heard.of("n1")) == 2 and len(played.heard.of("n2")) == 2)
            assert time.time() - asked < 30.0  # and not at their next round
            confirmed, down = played.heard.of("n1")[-1], played.heard.of("n2")[-1]
            assert isinstance(confirmed, NodeConfirmed)
            assert confirmed.asked == asked
            assert isinstance(down, NodeDown)
            assert down.since < asked

    asyncio.run(story())


def test_a_new_list_of_targets_does_not_disturb_those_who_stay() -> None:
    async def story() -> None:
        async with stage([target(number) for number in (1, 2, 3)]) as played:
            await played.heard.wait(lambda: played.is_up("n1", "n2", "n3"))
            before = played.replies("n2")
            changed = IcmpTarget("n3", "10.99.2.3", 0.2)
            played.prober.set_targets([target(2), changed, target(4)], false_alarms_per_year=1.0)
            await played.heard.wait(lambda: played.is_up("n4") and played.replies("n2") > before)
            assert len(played.heard.of("n2")) == 1
            gone = played.heard.of("n1")[-1]
            assert isinstance(gone, NodeUnknown)
            assert gone.reason == "it is no longer pinged"
            await played.heard.wait(lambda: len(played.heard.of("n3")) == 3)
            assert [type(event) for event in played.heard.of("n3")] == [NodeUp, NodeUnknown, NodeUp]
            assert played.prober.measurements().nodes == ("n2", "n3", "n4")

    asyncio.run(story())


def test_what_was_taken_over_is_asked_long_before_its_round_comes() -> None:
    async def story() -> None:
        first = [target(1, interval=30.0)]
        async with stage(first) as played:
            await played.heard.wait(lambda: played.is_up("n1"))
            others = [target(number, interval=30.0) for number in range(2, 40)]
            bursts = played.prober._schedule.bursts
            before = time.monotonic()
            played.prober.set_targets([*first, *others], false_alarms_per_year=1.0, asked_within=0.1)
            planned = bursts._next[np.isfinite(bursts._next)]
            assert len(planned) == len(others)
            assert before <= planned.min() < planned.max() <= time.monotonic() + 0.1
            await played.heard.wait(lambda: played.is_up(*(one.node for one in others)))
            assert len(asked("10.99.1.1", played)) == 1  # who stays is not asked again

    asyncio.run(story())


def test_all_is_said_again_besides_what_will_be_heard_anyway() -> None:
    async def story() -> None:
        async with stage([target(number) for number in (1, 2, 3)]) as played:
            await played.heard.wait(lambda: played.is_up("n1", "n2", "n3"))
            played.prober.say_again({"n2"})
            before = played.replies("n2")
            await played.heard.wait(lambda: len(played.heard.events) == 5 and played.replies("n2") > before)
            assert [len(played.heard.of(node)) for node in ("n1", "n2", "n3")] == [2, 1, 2]

    asyncio.run(story())


def test_identities_are_rotated_without_losing_a_reply() -> None:
    async def story() -> None:
        settings = IcmpSettings(identity_lifetime=0.3)
        async with stage([target(number, interval=0.1) for number in range(1, 11)], settings=settings) as played:
            await played.heard.wait(lambda: len({echo.identifier for echo in played.far.requests}) >= 4)
            measured = played.prober.measurements()
            assert (measured.requests - measured.replies <= 2).all()
            assert len(played.heard.events) == 10
            assert measured.totals.forged == 0

    asyncio.run(story())


def test_a_loop_that_stood_still_is_a_gap_and_no_outage() -> None:
    async def story() -> None:
        async with stage([target(1)]) as played:
            await played.heard.wait(lambda: played.is_up("n1"))
            await played.heard.wait(lambda: time.time() - 1.0 < played.prober.covered_until())
            covered = played.prober.covered_until()
            assert covered <= time.time()
            time.sleep(2.2)  # noqa: ASYNC251 (the stall is what is tested)
            await played.heard.wait(lambda: len(played.heard.events) >= 3)
            _, gap, again = played.heard.events[:3]
            assert isinstance(gap, ProbingGap)
            assert "stood still" in gap.reason
            assert covered <= gap.since <= covered + 1.0
            assert isinstance(again, NodeUp)
            assert not played.is_down("n1")
            assert played.prober.measurements().totals.interruptions == 1

    asyncio.run(story())
