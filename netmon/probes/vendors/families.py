"""Which tables are read from whom: those of every device, and those of its family, chosen by sysObjectID."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from netmon.probes.vendors import addresses, bridge, cdp, identity, interfaces, lldp, mikrotik, mndp
from netmon.probes.vendors.tables import Table


class Family(NamedTuple):
    """Devices whose sysObjectID is `object_id` or lies under it, and their tables."""

    object_id: str
    tables: tuple[Table, ...]


EVERY_DEVICE = (
    interfaces.TABLE,
    lldp.LLDP,
    lldp.LLDP_V2,
    cdp.CDP,
    identity.IDENTITY,
    addresses.ADDRESSES,
    bridge.FORWARDING,
)
"""In this order; the interfaces come first, because other tables name ports by what they say."""

FAMILIES = (Family("1.3.6.1.4.1.14988.1", (mikrotik.OPTICS, mndp.MNDP)),)
"""A device of several gets the tables of all. Where two tables speak of one thing, the family's word goes first."""


@lru_cache(maxsize=1024)
def tables_of(object_id: str | None) -> tuple[Table, ...]:
    """Return the tables of a device, in the order of reading."""
    own = [table for family in FAMILIES if is_under(object_id, family.object_id) for table in family.tables]
    return EVERY_DEVICE[:1] + tuple(dict.fromkeys(own)) + EVERY_DEVICE[1:]


def all_tables() -> tuple[Table, ...]:
    """Return every table that any device is asked for, once."""
    return tuple(dict.fromkeys([*EVERY_DEVICE, *(table for family in FAMILIES for table in family.tables)]))


def is_under(object_id: str | None, root: str) -> bool:
    """Say whether a sysObjectID is `root` or lies under it."""
    return object_id is not None and (object_id == root or object_id.startswith(root + "."))
