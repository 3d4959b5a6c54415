"""Names that are being looked up: some at once, each once at a time. Who waits for a turn loses no time by it.

The machine's resolver cannot be told to stop. Where a name server is silent a look-up goes on for long after its
check was given up; if each further check of the name began another one, a dead zone with hundreds of names would soon
take all turns there are, and names that resolve would be called failures.
"""

from __future__ import annotations

import asyncio

from netmon.probes.services.places import Deadline, enter
from netmon.probes.sockets import MOST_LOOKUPS, Sockets


class Lookups:
    """Looks names up."""

    def __init__(self, most: int = MOST_LOOKUPS) -> None:
        self._turns = asyncio.Semaphore(most)
        self._under_way: dict[str, asyncio.Task[list[str]]] = {}

    async def addresses_of(self, host: str, sockets: Sockets, deadline: Deadline) -> list[str]:
        """Return the addresses of a host name, best first; a look-up that outlives its check is joined by the next.

        Raises:
            OSError, UnicodeError: the name does not resolve, or cannot.
        """
        if host not in self._under_way:
            await enter(self._turns, deadline)
            if host in self._under_way:  # somebody else has begun meanwhile
                self._turns.release()
            else:
                self._begin(host, sockets)
        return await asyncio.shield(self._under_way[host])

    def _begin(self, host: str, sockets: Sockets) -> None:
        task = asyncio.ensure_future(sockets.resolve(host))
        self._under_way[host] = task

        def ended(_: asyncio.Task[list[str]]) -> None:
            self._turns.release()
            del self._under_way[host]
            if not task.cancelled():
                task.exception()  # nobody may be left to hear it

        task.add_done_callback(ended)
