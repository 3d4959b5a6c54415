"""What the first reader would wait for, made before anybody asks: the templates, and the layout of a new drawing."""

from __future__ import annotations

import asyncio

from netmon.exporter.page.county import CountyMap
from netmon.exporter.page.templating import compile_templates
from netmon.exporter.workshop import Workshop
from netmon.model import Inventory
from netmon.picture.state import Picture


class Prepared:
    """Watches pictures for a drawing that is new; used from one event loop only."""

    def __init__(self, county_map: CountyMap, workshop: Workshop) -> None:
        self._county_map = county_map
        self._workshop = workshop
        self._inventory: Inventory | None = None
        self.working: asyncio.Task[None] | None = None
        """What is being prepared, or was last."""

    def watch(self, _before: Picture, after: Picture) -> None:
        """Prepare for the drawing of a picture, in the workshop, unless that was done."""
        if after.inventory is not self._inventory:
            self._inventory = after.inventory
            self.working = asyncio.create_task(self._prepare(after.inventory), name="prepare the page")

    async def _prepare(self, inventory: Inventory) -> None:
        await self._workshop.run(compile_templates)
        await self._workshop.run(lambda: self._county_map.layout(inventory))
