"""A daemon that runs gives the event loop its turns, and ends in good order."""

from __future__ import annotations

import asyncio
import gc
import sys
from types import SimpleNamespace

import pytest

from netmon.daemon.running import SWITCH, run_until_stopped


def test_what_is_loaded_at_the_start_is_not_looked_through_again() -> None:
    said: list[str] = []
    usual = sys.getswitchinterval()

    async def scene() -> tuple[float, int]:
        stop = asyncio.Event()

        async def start() -> str:
            return "http://here/"

        async def run(told: asyncio.Event) -> None:
            assert told is stop
            said.append("runs")

        daemon = SimpleNamespace(reloading=None, start=start, run=run)
        await run_until_stopped(daemon, stop, said.append)
        return sys.getswitchinterval(), gc.get_freeze_count()

    loaded, before = [[number] for number in range(2_000)], gc.get_freeze_count()
    try:
        interval, frozen = asyncio.run(scene())
    finally:
        sys.setswitchinterval(usual)
    assert said == ["http://here/", "runs"]
    assert interval == pytest.approx(SWITCH)
    assert frozen - before >= len(loaded)
