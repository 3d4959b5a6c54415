"""Daemons that run in the test's own process, so that it can look into them."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from netmon.daemon.folder import Folder
from netmon.daemon.prober import Prober


@asynccontextmanager
async def running(*daemons: Folder | Prober) -> AsyncIterator[None]:
    """Start daemons one after another, run them together, and stop them in good order."""
    stop = asyncio.Event()
    for one in daemons:
        await one.start()
    tasks = [asyncio.create_task(one.run(stop)) for one in daemons]
    try:
        yield
    finally:
        stop.set()
        await asyncio.gather(*tasks)
