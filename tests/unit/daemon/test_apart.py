"""A loop in another thread: it goes on while its caller's is busy, and ends what the caller no longer waits for."""

from __future__ import annotations

import asyncio
import contextlib
import threading

import pytest

from netmon.daemon.apart import Apart


def test_it_goes_on_while_its_caller_is_busy_and_tells_how_it_ended() -> None:
    came = threading.Event()

    async def work() -> str:
        await asyncio.sleep(0)
        came.set()
        return threading.current_thread().name

    async def fail() -> None:
        await asyncio.sleep(0)
        raise KeyError("gone")

    async def play() -> None:
        async with Apart("beside") as apart:
            working = asyncio.create_task(apart.done(work()))
            await asyncio.sleep(0)
            assert came.wait(30.0)  # this loop stands still
            assert await working == "beside"
            with pytest.raises(KeyError):
                await apart.done(fail())

    asyncio.run(play())


def test_who_is_cancelled_waits_until_the_work_has_ended() -> None:
    said: list[str] = []

    async def work() -> None:
        said.append("begun")
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0.01)
            said.append("ended")

    async def play() -> None:
        async with Apart("beside") as apart:
            for wait in (0.0, 0.05):
                working = asyncio.create_task(apart.done(work()))
                await asyncio.sleep(wait)
                working.cancel()
                with pytest.raises(asyncio.CancelledError):
                    await working
                assert said.count("begun") == said.count("ended")
        assert said

    asyncio.run(play())


def test_who_does_not_hear_of_its_end_is_told_again() -> None:
    async def deaf() -> None:
        with contextlib.suppress(asyncio.CancelledError):  # as before Python 3.12, when an answer comes just then
            await asyncio.Event().wait()
        await asyncio.Event().wait()

    async def play() -> None:
        async with Apart("beside", patience=0.01) as apart:
            working = asyncio.create_task(apart.done(deaf()))
            await asyncio.sleep(0.05)
            working.cancel()
            async with asyncio.timeout(30.0):
                await asyncio.wait({working})
            assert working.cancelled()

    asyncio.run(play())
