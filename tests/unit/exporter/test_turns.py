"""Work in turns is all done, in order, and others have their turns between."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator

from netmon.exporter.turns import LONGEST, in_turns


def test_others_have_a_turn_after_every_long_step() -> None:
    heard: list[str] = []

    def steps() -> Iterator[int]:
        for step in range(4):
            ends = time.perf_counter() + 2 * LONGEST
            while time.perf_counter() < ends:
                pass
            heard.append(f"step {step}")
            yield step

    async def other() -> None:
        while True:
            heard.append("other")
            await asyncio.sleep(0)

    async def scene() -> list[int]:
        beside = asyncio.create_task(other())
        done = [step async for step in in_turns(steps())]
        beside.cancel()
        return done

    assert asyncio.run(scene()) == [0, 1, 2, 3]
    assert heard[:7] == ["step 0", "other", "step 1", "other", "step 2", "other", "step 3"]
