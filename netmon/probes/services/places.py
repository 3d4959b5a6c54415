"""Politeness: how many connections there may be to one host, and in all. Who waits for a place loses no time by it.

Many villages share one hosting server. All their sites checked at once would be a load that it never sees otherwise,
and the times measured would be those of the load. Places are given by address, not by name, in the order of asking.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

PER_HOST = 2
MOST = 128  # connections in all


class Deadline:
    """The time that one check may take; it stands still while the check waits for a place."""

    def __init__(self, timeout: asyncio.Timeout) -> None:
        self._timeout = timeout
        self.waited = 0.0

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Take no time off while this lasts."""
        loop = asyncio.get_running_loop()
        began, ends = loop.time(), self._timeout.when()
        self._timeout.reschedule(None)
        try:
            yield
        finally:
            waited = loop.time() - began
            self.waited += waited
            self._timeout.reschedule(None if ends is None else ends + waited)


class Places:
    """Places at hosts, by address."""

    def __init__(self, per_host: int = PER_HOST, most: int = MOST) -> None:
        self._per_host = per_host
        self._all = asyncio.Semaphore(most)
        self._doors: dict[str, asyncio.Semaphore] = {}
        self._using: dict[str, int] = {}

    @property
    def hosts(self) -> int:
        """How many hosts are being spoken to, or waited for."""
        return len(self._doors)

    @asynccontextmanager
    async def at(self, address: str, deadline: Deadline) -> AsyncIterator[None]:
        """Hold a place at a host."""
        door = self._doors.setdefault(address, asyncio.Semaphore(self._per_host))
        self._using[address] = self._using.get(address, 0) + 1
        try:
            async with _entered(door, deadline), _entered(self._all, deadline):
                yield
        finally:
            self._using[address] -= 1
            if not self._using[address]:  # nobody is at the door: it would only be kept
                del self._using[address], self._doors[address]


async def enter(door: asyncio.Semaphore, deadline: Deadline) -> None:
    """Take a place at a door, which whoever has it must release; waiting for it takes no time off."""
    if door.locked():
        with deadline.paused():
            await door.acquire()
    else:
        await door.acquire()


@asynccontextmanager
async def _entered(door: asyncio.Semaphore, deadline: Deadline) -> AsyncIterator[None]:
    await enter(door, deadline)
    try:
        yield
    finally:
        door.release()
