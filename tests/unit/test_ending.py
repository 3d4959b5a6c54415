"""Tasks that are told to end, also in the turn in which what they wait for comes."""

from __future__ import annotations

import asyncio

import pytest

from netmon.ending import end_all


def test_who_hears_of_its_end_together_with_an_answer_ends_all_the_same() -> None:
    async def play() -> int:
        answers: list[asyncio.Future[None]] = []

        async def ask_on() -> None:
            while True:
                answers.append(asyncio.get_running_loop().create_future())
                await asyncio.wait_for(answers[-1], 60.0)

        asking = asyncio.create_task(ask_on())
        while not answers:
            await asyncio.sleep(0)
        await asyncio.sleep(0)
        answers[-1].set_result(None)
        async with asyncio.timeout(30.0):
            await end_all(asking, patience=0.01)
        assert asking.cancelled()
        return len(answers)

    assert asyncio.run(play()) in {1, 2}  # from Python 3.12 on it is heard at once


def test_what_tasks_end_with_is_not_raised_and_who_tidies_up_may_finish() -> None:
    async def play() -> list[str]:
        done: list[str] = []

        async def tidy() -> None:
            try:
                await asyncio.Event().wait()
            finally:
                await asyncio.sleep(0.01)
                done.append("tidy")

        async def fail() -> None:
            raise ValueError("its own")

        tasks = [asyncio.create_task(tidy()), asyncio.create_task(fail())]
        await asyncio.sleep(0)
        await end_all(*tasks)
        with pytest.raises(ValueError, match="its own"):
            tasks[1].result()
        return done

    assert asyncio.run(play()) == ["tidy"]
