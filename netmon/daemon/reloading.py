"""How a new inventory comes into force while the daemon runs, and how the last try went."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

from netmon.clock import Clock
from netmon.daemon import systemd
from netmon.errors import ConfigError, NetmonError
from netmon.model import Inventory

log = logging.getLogger(__name__)


class Reloading:
    """Reads the inventory again when asked, and keeps the old one when the new one is not good.

    Args:
        load: reads it, or raises ConfigError; without it a reload changes nothing.
        put_in_force: makes it the drawing, or raises NetmonError and leaves the old one.
        clock: dates the last good one.
    """

    def __init__(
        self, load: Callable[[], Inventory] | None, put_in_force: Callable[[Inventory], None], clock: Clock
    ) -> None:
        self.is_good = True
        self.at = clock.wall()
        self._load = load
        self._put_in_force = put_in_force
        self._clock = clock
        self._wanted = asyncio.Event()

    def request(self) -> None:
        """Ask for the inventory to be read again; safe from a signal handler of the loop."""
        self._wanted.set()

    async def run(self) -> None:
        """Reload whenever it is asked for, until cancelled."""
        while True:
            await self._wanted.wait()
            self._wanted.clear()
            if self._load is not None:
                await self._reload(self._load)

    async def _reload(self, load: Callable[[], Inventory]) -> None:
        systemd.reloading()
        try:
            inventory = await asyncio.to_thread(load)
            self._put_in_force(inventory)  # even when it is the same: secrets it refers to may have changed
        except NetmonError as error:
            self.is_good = False
            for problem in error.problems if isinstance(error, ConfigError) else ():
                log.error("reload: %s", problem)
            log.error("reload: %s; the inventory in force stays", error)
        else:
            self.is_good = True
            self.at = self._clock.wall()
            log.info("reload: inventory %s in force", inventory.digest[:12])
        systemd.ready("probing")
