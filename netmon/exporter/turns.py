"""Long work on the event loop, in short turns: between two of them everybody else has theirs.

A worker thread would be worse. Each time the prober gives the interpreter away, which is at every packet, the thread
may keep it for `sys.getswitchinterval()`: a hundred pings then leave half a second late, instead of one turn.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Iterable
from typing import TypeVar

LONGEST = 1e-3
"""Seconds after which others have their turn, as soon as the step that is being done is done."""
T = TypeVar("T")


async def in_turns(steps: Iterable[T]) -> AsyncIterator[T]:
    """Yield all that is yielded; each step, with what is done of it, should take no longer than `LONGEST`."""
    began = time.perf_counter()
    for step in steps:
        yield step
        if time.perf_counter() - began > LONGEST:
            await asyncio.sleep(0)
            began = time.perf_counter()
