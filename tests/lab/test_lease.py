"""A lease on a real NATS server: one holds it, and another only when the first has died or given it up."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from netmon.daemon import turn as turning
from netmon.daemon.turn import Turn
from netmon.ending import end_all
from netmon.journal.jetstream.address import JetStreamAddress
from netmon.journal.jetstream.connection import closed, connected
from netmon.journal.lease.claim import BUCKETS
from netmon.journal.lease.lease import Lease
from tests.lab.nats_server import Server
from tests.waiting import until

pytestmark = pytest.mark.lab
TERM = 1.0


async def ignore(_error: Exception) -> None:
    """What a connection says when its server is gone: the lease tells by itself."""


class Contender:
    """One process of many, played by a connection of its own."""

    def __init__(self, address: JetStreamAddress, name: str) -> None:
        self.address, self.name = address, name
        self.told: list[bool] = []

    async def start(self, *, seize: bool = False) -> Contender:
        self.client = await connected(self.address, ignore)
        self.lease = Lease(
            self.client, self.address, "act", self.name, term=TERM, changed=self.told.append, seize=seize
        )
        self.running = asyncio.create_task(self.lease.run())
        return self

    async def die(self) -> None:
        """End as a killed process does: without a word."""
        await closed(self.client)
        await end_all(self.running)

    async def end(self) -> None:
        await end_all(self.running)
        await closed(self.client)


def test_one_holds_it_until_it_dies_or_gives_it_up(tmp_path: Path) -> None:
    server = Server(tmp_path)

    async def play() -> None:
        first = await Contender(server.address("leased"), "first").start()
        await until(lambda: first.lease.held)
        others = [await Contender(server.address("leased"), name).start() for name in ("second", "third")]
        await until(lambda: all(one.lease.holder == "first" for one in others))
        assert not any(one.lease.held for one in others)
        await first.die()
        await until(lambda: any(one.lease.held for one in others))
        (now,) = [one for one in others if one.lease.held]
        (then,) = [one for one in others if one is not now]
        assert then.told == []
        await now.end()
        await until(lambda: then.lease.held)
        assert now.told == [True, False]
        await then.end()

    try:
        asyncio.run(play())
    finally:
        server.kill()


def test_who_cannot_renew_it_ceases_to_hold_it_by_itself_and_holds_it_again(tmp_path: Path) -> None:
    server = Server(tmp_path)

    async def play() -> None:
        only = await Contender(server.address("leased"), "only").start()
        await until(lambda: only.lease.held)
        server.kill()
        await until(lambda: not only.lease.held)
        server.start()
        await until(lambda: only.lease.held)
        await only.end()
        assert only.told == [True, False, True, False]

    try:
        asyncio.run(play())
    finally:
        server.kill()


def test_buckets_that_somebody_deletes_are_made_anew(tmp_path: Path) -> None:
    server = Server(tmp_path)

    async def play() -> None:
        one = await Contender(server.address("leased"), "one").start()
        await until(lambda: one.lease.claims.is_wholly_mine(time.monotonic()))
        for number in range(1, BUCKETS):
            await one.client.jetstream().delete_key_value(f"leased-leases-{number + 1}")
        await until(lambda: one.told == [True, False, True])
        await one.end()

    try:
        asyncio.run(play())
    finally:
        server.kill()


def test_who_seizes_it_says_from_whom_and_who_stands_back_holds_it_no_more(tmp_path: Path) -> None:
    server = Server(tmp_path)

    async def play() -> None:
        first = await Contender(server.address("leased"), "first").start()
        await until(lambda: first.lease.held)
        seizer = await Contender(server.address("leased"), "seizer").start(seize=True)
        await until(lambda: seizer.lease.held)
        assert seizer.lease.seized_from == "first"
        await until(lambda: first.told == [True, False])
        seizer.lease.stand_back()
        assert seizer.told == [True, False]
        await until(lambda: first.lease.held or seizer.lease.held)
        assert first.lease.held, "it stands back for longer than the other waits"
        for one in (first, seizer):
            await one.end()

    try:
        asyncio.run(play())
    finally:
        server.kill()


@pytest.mark.parametrize("stuck", [60.0, 0.0])
def test_who_is_busy_keeps_the_turn_and_who_is_stuck_loses_it(
    stuck: float, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = Server(tmp_path)
    monkeypatch.setattr(turning, "Lease", partial(Lease, term=TERM))

    async def play() -> None:
        one = Turn(server.address("leased"), answer)
        running = asyncio.create_task(one.run())
        kept = []
        for _ in range(5 if stuck else 2):  # a machine may starve the thread that keeps it, now and then
            monkeypatch.setattr(turning, "STUCK", 60.0)
            await until(lambda: one.is_mine)
            monkeypatch.setattr(turning, "STUCK", stuck)
            time.sleep(1.5 * TERM)  # noqa: ASYNC251 (nobody has a turn meanwhile)
            kept.append(one.is_mine)
            if one.is_mine:
                break
        assert any(kept) == bool(stuck)
        await end_all(running)
        assert not one.is_mine

    try:
        asyncio.run(play())
    finally:
        server.kill()


def test_whose_turn_it_is_tells_what_it_has_folded(tmp_path: Path) -> None:
    server = Server(tmp_path)

    async def play() -> None:
        asked: list[int] = []

        def recent(position: int) -> bytes:
            asked.append(position)
            return b"what follows"

        one = Turn(server.address("leased"), answer, recent=recent)
        other = Turn(server.address("leased"), answer)
        assert await other.after(7) == b"[]", "it is not connected yet"
        running = [asyncio.create_task(one.run())]
        await until(lambda: one.is_mine)
        running.append(asyncio.create_task(other.run()))
        await until(lambda: other.holder == one.me)
        assert await other.after(7) == b"what follows"
        assert asked == [7]
        await end_all(*running)

    try:
        asyncio.run(play())
    finally:
        server.kill()


async def answer(_order: Mapping[str, Any], _by: str) -> Mapping[str, Any]:
    return {}


def held(lease: Lease) -> bool:
    return lease.held


def test_a_renewal_counts_from_before_it_was_sent_and_of_two_who_write_one_is_refused(tmp_path: Path) -> None:
    server = Server(tmp_path)

    async def play() -> None:
        client, now = await connected(server.address("leased"), ignore), 10.0
        one, other = (
            Lease(client, server.address("leased"), "act", name, term=TERM, monotonic=lambda: now)
            for name in ("one", "other")
        )
        for number in range(BUCKETS):
            await one._visit(number)
        assert held(one)
        stores = one._stores
        updates = {number: store.update for number, store in stores.items()}

        def slow(number: int) -> Callable[..., Any]:
            async def slowly(*words: Any, **more: Any) -> int:
                nonlocal now
                revision = await updates[number](*words, **more)
                now += 0.25 * TERM
                return revision

            return slowly

        for number, store in stores.items():
            store.update = slow(number)  # type: ignore[method-assign]
        now = 10.5
        for number in range(BUCKETS):
            await one._visit(number)
        assert held(one)
        now = 10.5 + 1.3 * TERM  # as long after the second was sent as the others may think by now
        assert one.claims.parts[2].claim.is_mine(now)
        assert not held(one)
        for number, store in stores.items():
            store.update = updates[number]  # type: ignore[method-assign]
            await other._write(number, store, "other")  # it has seen nothing of the first
        assert (other.held, other.holder) == (False, "one")
        await closed(client)

    try:
        asyncio.run(play())
    finally:
        server.kill()
