"""How tasks are ended."""

from __future__ import annotations

import asyncio
from typing import Any

PATIENCE = 5.0
"""Seconds that a task may take to tidy up, before it is told again."""


async def end_all(*tasks: asyncio.Task[Any], patience: float = PATIENCE) -> None:
    """Cancel tasks and wait until they are over, whatever they end with.

    Before Python 3.12 a cancellation is lost that comes in the very turn of the loop in which something comes that
    `wait_for` waits for: the task goes on as if nothing had been said. So it is said again.
    """
    pending = set(tasks)
    while pending:
        for task in pending:
            task.cancel()
        _, pending = await asyncio.wait(pending, timeout=patience)
    await asyncio.gather(*tasks, return_exceptions=True)
