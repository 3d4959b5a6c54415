"""The shell around the agenda: one probe of a target at a time, and one that hangs or breaks costs only itself."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable

from netmon.clock import SystemClock
from netmon.ending import end_all
from netmon.probes.turns import Turns

DEADLINE = 5.0  # seconds; for the machine's bad days, never for the good ones


class Probes:
    """Counts probes; `stuck` targets never end, `wrong` ones raise."""

    def __init__(self, stuck: str = "", wrong: str = "") -> None:
        self.stuck = stuck
        self.wrong = wrong
        self.count: Counter[str] = Counter()
        self.broken: list[str] = []
        self.cancelled: list[str] = []
        self.turns = Turns(SystemClock(), self.probe, self.broken.append)
        self.release = asyncio.Event()
        self._changed = asyncio.Event()

    async def probe(self, target: str) -> None:
        self.count[target] += 1
        self._changed.set()
        if target == self.wrong:
            raise KeyError(target)
        if target == self.stuck:
            try:
                await self.release.wait()
            finally:
                self.cancelled.append(target)

    async def until(self, condition: Callable[[], bool]) -> None:
        """Run until a condition holds, looked at after every probe."""
        running = asyncio.create_task(self.turns.run())
        async with asyncio.timeout(DEADLINE):
            while not condition():
                self._changed.clear()
                await self._changed.wait()
        await end_all(running)


def test_targets_are_probed_again_and_again() -> None:
    async def scenario() -> None:
        probes = Probes()
        probes.turns.set_targets({"a": 0.02, "b": 0.02})
        await probes.until(lambda: min(probes.count["a"], probes.count["b"]) >= 3)
        assert probes.broken == []

    asyncio.run(scenario())


def test_a_probe_that_hangs_delays_nobody_and_is_not_doubled() -> None:
    async def scenario() -> None:
        probes = Probes(stuck="a")
        probes.turns.set_targets({"a": 0.02, "b": 0.02})
        await probes.until(lambda: probes.count["b"] >= 5)
        assert probes.count["a"] == 1
        assert probes.turns.skipped >= 2
        assert probes.cancelled == ["a"]
        assert probes.turns.running == 0

    asyncio.run(scenario())


def test_a_probe_that_breaks_is_reported_and_probed_again(logged: list[str]) -> None:
    async def scenario() -> None:
        probes = Probes(wrong="a")
        probes.turns.set_targets({"a": 0.02})
        await probes.until(lambda: probes.count["a"] >= 3)
        assert set(probes.broken) == {"a"}

    asyncio.run(scenario())
    assert "KeyError" in "\n".join(logged)


def test_a_hint_does_not_wait_for_the_turn() -> None:
    async def scenario() -> None:
        probes = Probes()
        probes.turns.set_targets({"a": 86400.0})
        probes.turns.bring_forward(["a", "stranger"])
        await probes.until(lambda: probes.count["a"] == 1)
        assert set(probes.count) == {"a"}

    asyncio.run(scenario())


def test_hints_are_limited_by_the_gap() -> None:
    async def scenario() -> None:
        probes = Probes()
        probes.turns.set_targets({"a": 86400.0, "b": 0.01})
        probes.turns.bring_forward(["a"], gap=3600.0)
        await probes.until(lambda: probes.count["a"] == 1)
        for _ in range(5):
            probes.turns.bring_forward(["a"], gap=3600.0)
        before = probes.count["b"]
        await probes.until(lambda: probes.count["b"] >= before + 3)
        assert probes.count["a"] == 1

    asyncio.run(scenario())


def test_a_hint_during_a_probe_is_kept_for_after_it() -> None:
    async def scenario() -> None:
        probes = Probes(stuck="a")
        probes.turns.set_targets({"a": 86400.0})
        probes.turns.bring_forward(["a"])
        running = asyncio.create_task(probes.turns.run())
        async with asyncio.timeout(DEADLINE):
            while probes.count["a"] < 1:
                await asyncio.sleep(0)
            probes.turns.bring_forward(["a"])
            probes.stuck = ""
            probes.release.set()
            while probes.count["a"] < 2:
                await asyncio.sleep(0)
        await end_all(running)

    asyncio.run(scenario())


def test_new_targets_wake_a_sleeping_agenda() -> None:
    async def scenario() -> None:
        probes = Probes()
        asyncio.get_running_loop().call_later(0.02, probes.turns.set_targets, {"late": 0.02})
        await probes.until(lambda: probes.count["late"] >= 1)

    asyncio.run(scenario())
