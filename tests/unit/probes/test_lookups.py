"""Names that do not resolve must not hold up those that do."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections import Counter
from typing import Literal

import pytest

from netmon.clock import SystemClock
from netmon.model import Service, ServiceFailure
from netmon.probes.services.check import check
from netmon.probes.services.lookups import Lookups
from netmon.probes.services.result import ServiceResult
from netmon.probes.sockets import KernelSockets

DEAD, LIVE = 40, 4


class Names(KernelSockets):
    """A resolver that answers for `live…`, and is silent about all else for much longer than any check."""

    def __init__(self) -> None:
        self.asked: Counter[str] = Counter()
        self.is_over = asyncio.Event()

    async def resolve(self, host: str) -> list[str]:
        self.asked[host] += 1
        if not host.startswith("live"):
            await self.is_over.wait()
            raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")
        await asyncio.sleep(0)
        return ["127.0.0.1"]


class Turns(asyncio.Semaphore):
    """Turns of which no more than `most` may be asked for: who waits for one too many would wait for ever."""

    def __init__(self, value: int, most: int) -> None:
        super().__init__(value)
        self.most = most

    async def acquire(self) -> Literal[True]:
        self.most -= 1
        assert self.most >= 0, "who may join a look-up asks for one of its own"
        return await super().acquire()


def at(name: str, port: int, timeout: float = 0.05) -> Service:
    return Service(name, "v", "tcp", host=f"{name}.test", port=port, timeout=timeout)


def test_who_waits_behind_a_dead_zone_is_late_and_no_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    async def scenario() -> tuple[list[ServiceResult], list[ServiceResult], Counter[str]]:
        names, lookups = Names(), Lookups()
        lookups._turns = turns = Turns(4, most=DEAD)
        clock, tls = SystemClock(), ssl.create_default_context()
        server = await asyncio.start_server(lambda _, writer: writer.close(), "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]

        def checking(*services: Service) -> list[asyncio.Task[ServiceResult]]:
            return [asyncio.ensure_future(check(one, names, clock, tls, None, lookups)) for one in services]

        async with server:
            dead = checking(*(at(f"dead{number}", port) for number in range(DEAD)))
            await asyncio.gather(*dead[:4])
            again = checking(*(at(f"dead{number}", port) for number in range(4)))  # a minute later, so to speak
            await asyncio.gather(*again)
            turns.most += LIVE
            live = checking(*(at(f"live{number}", port, timeout=5.0) for number in range(LIVE)))
            await asyncio.sleep(0)
            time = (loop := asyncio.get_running_loop()).time
            monkeypatch.setattr(loop, "time", lambda: time() + 60.0)  # far more than a check may take
            names.is_over.set()  # the resolver gives up at last
            return await asyncio.gather(*dead), await asyncio.gather(*live), names.asked

    dead, live, asked = asyncio.run(scenario())
    assert {one.failure for one in dead} == {ServiceFailure.DNS}
    assert [one.failure for one in live] == [None] * LIVE
    assert set(asked.values()) == {1}, "a name that is being looked up was looked up once more"
    assert all(one.duration < 5.0 for one in live)


def test_a_turn_is_given_back_whatever_becomes_of_it() -> None:
    async def scenario() -> None:
        names, lookups = Names(), Lookups(most=1)
        clock, tls = SystemClock(), ssl.create_default_context()
        names.is_over.set()
        for name in ("dead1", "live1", "dead2", "live2"):
            await check(at(name, 1), names, clock, tls, None, lookups)
        assert not lookups._under_way
        assert not lookups._turns.locked()

    asyncio.run(scenario())
