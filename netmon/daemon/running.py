"""Start a daemon, say where it serves, run it until it is told to stop: the same for one with probes and without."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import signal
import sys
from collections.abc import Callable
from typing import Protocol

from netmon.daemon import systemd
from netmon.daemon.reloading import Reloading

SWITCH = 5e-4
"""Seconds that a worker thread keeps the interpreter when the event loop wants it, in place of Python's 5 ms.

A turn of the prober gives the interpreter away at every packet it sends: while a page is rendered in a thread, ten
pings would leave over 50 ms.
"""
STOPPING = (signal.SIGTERM, signal.SIGINT)


class Running(Protocol):
    """What is started, and then runs until it is told to stop."""

    reloading: Reloading

    async def start(self) -> str:
        """Return the address of the page."""
        ...

    async def run(self, stop: asyncio.Event) -> None:
        """Run until `stop` is set."""
        ...


def give_way() -> None:
    """Let neither a worker thread nor Python's own housekeeping keep the event loop for long."""
    sys.setswitchinterval(SWITCH)
    gc.collect()
    keep_loaded()


def keep_loaded() -> None:
    """Let what is loaded by now stay: looking through it for garbage would take tens of milliseconds each time.

    Through the drawing of a country, half a second.
    """
    gc.freeze()


def end_at_once() -> None:
    """Let SIGTERM and Ctrl-C end a daemon that starts there and then.

    It has written nothing yet that would have to be ended well, and may wait a minute for the servers of a journal.
    """
    for number in STOPPING:
        signal.signal(number, signal.SIG_DFL)


def end_in_order() -> asyncio.Event:
    """Return what SIGTERM and Ctrl-C set from now on, in place of ending the process."""
    stop = asyncio.Event()
    for number in STOPPING:
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    return stop


async def run_until_stopped(daemon: Running, say: Callable[[str], None]) -> None:
    """Start a daemon, say where it serves, run it until SIGTERM or Ctrl-C."""
    end_at_once()
    url = await daemon.start()
    stop = end_in_order()
    give_way()
    say(url)
    systemd.ready("probing")
    with contextlib.suppress(asyncio.CancelledError):
        await daemon.run(stop)
    systemd.stopping()
