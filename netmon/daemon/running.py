"""Start a daemon, say where it serves, run it until it is told to stop: the same for one with probes and without."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from typing import Protocol

from netmon.daemon import systemd
from netmon.daemon.reloading import Reloading


class Running(Protocol):
    """What is started, and then runs until it is told to stop."""

    reloading: Reloading

    async def start(self) -> str:
        """Return the address of the page."""
        ...

    async def run(self, stop: asyncio.Event) -> None:
        """Run until `stop` is set."""
        ...


async def run_until_stopped(daemon: Running, stop: asyncio.Event, say: Callable[[str], None]) -> None:
    """Start a daemon, say where it serves, run it until `stop`."""
    url = await daemon.start()
    say(url)
    systemd.ready("probing")
    with contextlib.suppress(asyncio.CancelledError):
        await daemon.run(stop)
    systemd.stopping()
