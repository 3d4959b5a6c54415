"""A daemon that runs gives the event loop its turns, and ends in good order."""

from __future__ import annotations

import asyncio
import gc
import os
import signal
import sys
from collections.abc import Iterator
from types import SimpleNamespace

import pytest

from netmon.daemon.running import STOPPING, SWITCH, run_until_stopped


@pytest.fixture(autouse=True)
def _as_it_was() -> Iterator[None]:
    """Give back what a daemon sets for its whole process."""
    interval, handlers = sys.getswitchinterval(), [(number, signal.getsignal(number)) for number in STOPPING]
    yield
    sys.setswitchinterval(interval)
    for number, handler in handlers:
        signal.signal(number, handler)


def test_what_is_loaded_at_the_start_is_not_looked_through_again() -> None:
    async def start() -> str:
        return "http://here/"

    async def run(_stop: asyncio.Event) -> None:
        said.append("runs")

    said: list[str] = []
    gc.freeze()  # what other tests have left
    loaded = [["the drawing"]]
    assert any(one is loaded for one in gc.get_objects()), "else it would not be looked through anyway"
    asyncio.run(run_until_stopped(SimpleNamespace(reloading=None, start=start, run=run), said.append))
    assert said == ["http://here/", "runs"]
    assert sys.getswitchinterval() == pytest.approx(SWITCH)
    assert not any(one is loaded for one in gc.get_objects())


def test_it_ends_at_once_while_it_starts_and_in_good_order_when_it_serves() -> None:
    async def start() -> str:
        assert [signal.getsignal(number) for number in STOPPING] == [signal.SIG_DFL] * 2
        return "http://here/"

    async def run(stop: asyncio.Event) -> None:
        for number in STOPPING:
            stop.clear()
            os.kill(os.getpid(), number)
            await asyncio.wait_for(stop.wait(), 5.0)
            told.append(number)

    def serves(_url: str) -> None:
        """Whoever reads this may end it from then on."""
        os.kill(os.getpid(), signal.SIGTERM)

    told: list[int] = []
    asyncio.run(run_until_stopped(SimpleNamespace(reloading=None, start=start, run=run), serves))
    assert told == list(STOPPING)
