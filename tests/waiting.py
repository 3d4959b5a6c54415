"""Waiting for what comes about by itself, and for no longer than a test may take."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

PATIENCE = 120.0
"""Seconds after which it will not come about any more, on a machine however loaded."""
GLANCE = 0.01


async def until(true: Callable[[], bool], what: str = "what was waited for did not come about") -> None:
    """Let the loop turn until it is true, or fail saying `what`."""
    try:
        async with asyncio.timeout(PATIENCE):
            while not true():  # what is looked at has nothing to wait on
                await asyncio.sleep(GLANCE)
    except TimeoutError:
        pytest.fail(what)
