"""The reference county as it is committed, read once in a process: it is frozen, and reading it takes a while."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from netmon.inventory.load import load_inventory
from netmon.model import Inventory

COUNTY = Path(__file__).parent.parent / "inventory" / "tuban"


@cache
def county() -> Inventory:
    """Return the reference county."""
    return load_inventory(COUNTY).inventory
