"""A story of the lab that is played to its end."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Coroutine
from pathlib import Path
from typing import Any

from netmon.errors import PrivilegeError
from netmon.inventory.load import load_inventory
from netmon.model import Inventory
from netmon.trial.stage import Stage, open_stage
from tests.requires import require
from tests.small_counties import RING

PATIENCE = 60.0
"""Seconds in which a fault must be named: the ports of this county are read every two."""


@contextlib.asynccontextmanager
async def opened(inventory: Inventory) -> AsyncIterator[Stage]:
    """Open a stage on the kernel's network and wait until all has been heard and read."""
    async with open_stage(inventory, mode="namespaces") as stage:
        await stage.all_heard(PATIENCE)
        await stage.all_polled(PATIENCE)
        yield stage


def on_stage(tmp_path: Path, play: Callable[[Stage], Coroutine[Any, Any, None]]) -> None:
    """Play a scene on the ring."""
    path = tmp_path / "ring.yaml"
    path.write_text(RING, encoding="utf-8")
    inventory = load_inventory(path).inventory

    async def scene() -> None:
        async with opened(inventory) as stage, asyncio.timeout(150.0):
            await play(stage)

    try:
        asyncio.run(scene())
    except PrivilegeError as error:
        require(False, error.message)  # noqa: FBT003 (it is the condition that failed)
