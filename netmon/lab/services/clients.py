"""Who uses the public wifi of the lab: fewer at dawn, most in the evening, nobody at night. Pure.

The same access point has the same clients at the same moment, so that what netmon counts can be held against it.
"""

from __future__ import annotations

import zlib
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from netmon.model import WIFI, Inventory

_BY_HOUR: Final = (
    *(0.0, 0.0, 0.0, 0.0, 0.0),  # from midnight
    *(0.1, 0.2, 0.3, 0.4, 0.45, 0.5, 0.5),  # from five
    *(0.5, 0.5, 0.55, 0.65, 0.75, 0.85),  # from noon
    *(0.95, 1.0, 0.95, 0.75, 0.4, 0.1),  # from six in the evening
)
"""Part of the most clients that are there at each hour of the day."""
_MOST, _SPREAD = 12, 28
_STAY = 600.0  # seconds for which people stay, before others come
_COME_AND_GO = 0.3


def clients_at(point: str, at: float, zone: str) -> int:
    """Return how many clients an access point has at a moment (Unix seconds), by the clock of the region."""
    here = datetime.fromtimestamp(at, ZoneInfo(zone))
    usual = _BY_HOUR[here.hour] * (_MOST + _SPREAD * _chance(point))
    if not usual:
        return 0
    return max(1, round(usual * (1.0 - _COME_AND_GO * _chance(f"{point} {at // _STAY:.0f}"))))


def access_points(inventory: Inventory) -> dict[str, tuple[str, ...]]:
    """Return the nodes that are access points of a wifi, each with the services that it is part of."""
    found: dict[str, tuple[str, ...]] = {}
    for service in inventory.services.values():
        if service.probe == WIFI:
            for node in service.depends_on:
                found[node] = (*found.get(node, ()), service.id)
    return found


def _chance(word: str) -> float:
    """Return a number from 0 to 1 that is always the same for a word."""
    return zlib.crc32(word.encode()) % 10_000 / 10_000
