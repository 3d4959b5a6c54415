"""How the ports of a ZTE OLT are called in tables that number them in another way than IF-MIB does.

From V2.1 on, a C300 has its ports in IF-MIB under the older numbers (0x10000000 and up) and tells of their modules
under the newer ones: 0x11, shelf, slot, port. Names hold the place: `gpon_1/2/1`, `gpon_olt-1/2/1`, `xgei_1/19/1`.
"""

from __future__ import annotations

import re

from netmon.probes.vendors.tables import Found

_PLACE = re.compile(r"(?<!\d)(\d{1,3})/(\d{1,3})/(\d{1,3})\Z")
_OLD, _NEW = 0x10, 0x11


class Ports:
    """The ports of one OLT, by any number that its tables have for them."""

    def __init__(self, found: Found) -> None:
        self._names = found.ports
        places: dict[tuple[int, ...], list[str]] = {}
        for name in found.ports.values():
            if place := _PLACE.search(name):
                places.setdefault(tuple(map(int, place.groups())), []).append(name)
        self._by_place = {place: names[0] for place, names in places.items() if len(names) == 1}

    def of(self, index: int) -> str:
        """Return the name of a port; where IF-MIB has none, one out of what is known of the numbers."""
        if name := self._names.get(index):
            return name
        kind, shelf, slot, port = (index >> bits & 0xFF for bits in (24, 16, 8, 0))
        if kind == _NEW:
            return self._by_place.get((shelf, slot, port)) or f"gpon {slot}/{port}"
        return f"gpon {shelf}/{slot}" if kind == _OLD else f"if#{index}"  # slot and port, a byte higher
