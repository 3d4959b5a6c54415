"""A daemon that runs gives the event loop its turns, and ends in good order."""

from __future__ import annotations

import asyncio
import gc
import os
import signal
import sys
from types import SimpleNamespace

import pytest

from netmon.daemon.running import STOPPING, SWITCH, run_until_stopped


def test_what_is_loaded_at_the_start_is_not_looked_through_again() -> None:
    said: list[str] = []
    usual = sys.getswitchinterval()

    async def scene() -> tuple[float, bool]:
        async def start() -> str:
            assert [signal.getsignal(number) for number in STOPPING] == [signal.SIG_DFL] * 2, "it ends at once"
            return "http://here/"

        async def run(stop: asyncio.Event) -> None:
            for number in STOPPING:
                stop.clear()
                os.kill(os.getpid(), number)
                await asyncio.wait_for(stop.wait(), 5.0)
            said.append("ends")

        daemon = SimpleNamespace(reloading=None, start=start, run=run)
        await run_until_stopped(daemon, said.append)
        return sys.getswitchinterval(), any(one is loaded for one in gc.get_objects())

    gc.freeze()  # what other tests have left
    before_it = [(number, signal.getsignal(number)) for number in STOPPING]
    loaded = [["the drawing"]]
    assert any(one is loaded for one in gc.get_objects()), "else it would not be looked through anyway"
    try:
        interval, is_looked_through = asyncio.run(scene())
    finally:
        sys.setswitchinterval(usual)
        for number, handler in before_it:
            signal.signal(number, handler)
    assert said == ["http://here/", "ends"]
    assert interval == pytest.approx(SWITCH)
    assert not is_looked_through
