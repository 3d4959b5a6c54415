"""What a prober says, to servers that lose a question now and then, and what it does with the answers."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from types import SimpleNamespace
from typing import cast

import pytest
from nats.aio.client import Client
from nats.errors import TimeoutError as NothingInTimeError

from netmon.clock import FakeClock
from netmon.daemon import prober as probing
from netmon.daemon.prober import Prober
from netmon.daemon.prober_words import TAKEN, Roll, pack, read_hello, read_told
from netmon.events import Member, NodeUp
from netmon.journal.jetstream_address import jetstream_address
from netmon.probes.sockets import Sockets
from tests.drawings import drawing

ME = Member("p", "noc", "", 1.0, 1.0)


class Servers:
    """Answers what is asked with `answer`, after losing the first questions; `asked` are subjects and words."""

    is_connected = True

    def __init__(self, answer: bytes, *, lost: int = 0) -> None:
        self.asked: list[tuple[str, bytes]] = []
        self._answer, self._lost = answer, lost

    async def request(self, where: str, words: bytes, timeout: float) -> SimpleNamespace:  # noqa: ASYNC109 (nats-py)
        del timeout
        self.asked.append((where.rpartition(".")[2], words))
        await asyncio.sleep(0)
        if len(self.asked) <= self._lost:
            raise NothingInTimeError
        return SimpleNamespace(data=self._answer)


def alone(clock: FakeClock | None = None) -> Prober:
    sockets = cast("Sockets", SimpleNamespace(network="lab"))
    return Prober(jetstream_address("nats://127.0.0.1:1"), ME, sockets, clock=clock or FakeClock())


async def until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(30.0):
        while not true():
            await asyncio.sleep(0.001)


def test_what_was_not_answered_is_told_again_and_forgotten_only_then(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(probing, "AGAIN", 0.0)

    async def play() -> None:
        one, servers = alone(), Servers(TAKEN, lost=2)
        one.backlog.add([NodeUp(1.0, "a", 1.0)], 1.0)
        telling = asyncio.create_task(one._tell(cast("Client", servers)))
        await until(one._all_told.is_set)
        telling.cancel()
        told = [[report.number for report in read_told(words).reports] for _, words in servers.asked]
        assert told == [[1], [1], [1]]

    asyncio.run(play())


def test_nobody_says_hello_before_what_waited_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(probing, "BEAT", 0.001)

    async def play() -> None:
        clock, rolls = FakeClock(), asyncio.Queue[Roll]()
        one, servers = alone(clock), Servers(pack(Roll((ME,), "x", wall=clock.wall() + 100.0)))
        one.backlog.add([NodeUp(1.0, "a", 1.0)], clock.wall() - 5.0)
        greeting = asyncio.create_task(one._greet(cast("Client", servers), rolls))
        await asyncio.sleep(0.02)
        assert servers.asked == []
        one.backlog.taken(1)
        await until(lambda: not rolls.empty())
        greeting.cancel()
        assert {where for where, _ in servers.asked} == {"hello"}
        assert read_hello(servers.asked[0][1]).name == "p"
        assert one.clock.wall() == clock.wall() + 100.0  # it dates by the clock of whoever writes

    asyncio.run(play())


def test_who_was_left_out_and_is_let_in_again_says_all_again(monkeypatch: pytest.MonkeyPatch) -> None:
    async def play() -> None:
        one, drawn, said = alone(), drawing("noc-gw gw-a"), list[float]()
        monkeypatch.setattr(one.icmp, "say_again", lambda: said.append(1.0))
        monkeypatch.setattr(one.icmp, "set_targets", lambda _targets, false_alarms_per_year: None)
        one._inventory = drawn
        for since, times in ((1.0, 0), (1.0, 0), (9.0, 1)):
            other = Member("q", "noc", "", 1.0, since)
            await one._take(Roll((Member("p", "noc", "", 1.0, since), other), drawn.digest))
            assert len(said) == times

    asyncio.run(play())
