"""Events of one turn of the loop are told once, together and in order."""

from __future__ import annotations

import asyncio

from netmon.daemon.gathering import Gathering
from netmon.events import Elapsed, Event


def test_a_turn_of_the_loop_is_passed_on_as_one() -> None:
    async def scenario() -> list[list[Event]]:
        told: list[list[Event]] = []
        gathering = Gathering(told.append)
        gathering.emit([Elapsed(1.0)])
        gathering.emit([Elapsed(2.0), Elapsed(3.0)])
        assert gathering
        assert not told
        await asyncio.sleep(0)
        assert not gathering
        gathering.emit([])
        gathering.emit([Elapsed(4.0)])
        gathering.flush()
        await asyncio.sleep(0)
        return told

    assert asyncio.run(scenario()) == [[Elapsed(1.0), Elapsed(2.0), Elapsed(3.0)], [Elapsed(4.0)]]
