"""Which tables are read from whom: those of every device, and those of its family, chosen by sysObjectID."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from netmon.probes.vendors import (
    addresses,
    apc_ups,
    bdcom_health,
    bdcom_olt,
    bridge,
    cdata_olt,
    cdp,
    cisco,
    dlink,
    eaton_ups,
    edgeswitch,
    entity,
    ethernet,
    fiberhome,
    fiberhome_olt,
    h3c,
    hioso_olt,
    host,
    huawei,
    huawei_olt,
    huawei_ups,
    identity,
    interfaces,
    juniper,
    lldp,
    mikrotik,
    mikrotik_health,
    mikrotik_radio,
    mndp,
    raisecom,
    routing,
    ruijie,
    sensors,
    ubiquiti,
    ubiquiti_health,
    ubiquiti_olt,
    ups,
    vsol_olt,
    zte,
    zte_hardware,
    zte_health,
    zte_modules,
    zte_olt,
)
from netmon.probes.vendors.tables import Table


class Family(NamedTuple):
    """Devices whose sysObjectID is `object_id` or lies under it, and their tables."""

    object_id: str
    tables: tuple[Table, ...]


FIRST = (interfaces.TABLE, entity.ENTITIES)
"""Read from every device, before all others: these name ports and parts by what they say."""

FAMILIES = (
    Family("1.3.6.1.4.1.14988", mikrotik_health.TABLES),
    Family("1.3.6.1.4.1.14988.1", (mikrotik.OPTICS, mndp.MNDP, *mikrotik_radio.TABLES)),
    Family("1.3.6.1.4.1.9", cisco.TABLES),
    Family("1.3.6.1.4.1.2011", huawei.TABLES),
    *(Family(f"1.3.6.1.4.1.2011.{series}", huawei_olt.TABLES) for series in (2, 6, 10)),
    Family("1.3.6.1.4.1.2636", juniper.TABLES),
    Family("1.3.6.1.4.1.25506", h3c.TABLES),
    Family("1.3.6.1.4.1.3902.3", (*zte.TABLES, *zte_hardware.TABLES, *zte_health.TABLES)),
    Family("1.3.6.1.4.1.3902.15", (zte_health.SMALL,)),
    *(
        Family(f"1.3.6.1.4.1.3902.{series}", (*zte_olt.TABLES, *zte_modules.TABLES, *zte_hardware.TABLES))
        for series in (1004, 1008, 1011, 1015, 1082)
    ),
    Family("1.3.6.1.4.1.4881", ruijie.TABLES),
    Family("1.3.6.1.4.1.8886", raisecom.TABLES),
    Family("1.3.6.1.4.1.5875", fiberhome_olt.TABLES),
    Family("1.3.6.1.4.1.3807", fiberhome.TABLES),
    Family("1.3.6.1.4.1.37950", vsol_olt.TABLES),
    *(Family(f"1.3.6.1.4.1.{tree}", cdata_olt.TABLES) for tree in (17409, 34592)),
    Family("1.3.6.1.4.1.50224", cdata_olt.HSGQ_TABLES),
    Family("1.3.6.1.4.1.3320", (*bdcom_olt.TABLES, *bdcom_health.TABLES)),
    Family("1.3.6.1.4.1.25355", hioso_olt.TABLES),
    Family("1.3.6.1.4.1.171", dlink.TABLES),
    *(
        Family(f"1.3.6.1.4.1.{tree}", (*edgeswitch.TABLES, *ubiquiti.TABLES, *ubiquiti_health.TABLES))
        for tree in ("41112", "10002", "4413", "7244", "8072.3.2.10")
    ),
    *(Family(f"1.3.6.1.4.1.{tree}", huawei_ups.TABLES) for tree in ("2011.6", "8072.3.2.10")),
    *(Family(f"1.3.6.1.4.1.{tree}", eaton_ups.TABLES) for tree in ("534", "705")),
    Family("1.3.6.1.4.1.318", apc_ups.TABLES),
    Family("1.3.6.1.4.1.41112.1.5", ubiquiti_olt.TABLES),
)
"""A device of several gets the tables of all. Where two tables speak of one thing, the family's word goes first."""

LAST = (
    lldp.LLDP,
    lldp.LLDP_V2,
    cdp.CDP,
    identity.IDENTITY,
    addresses.ADDRESSES,
    bridge.FORWARDING,
    *routing.TABLES,
    ups.UPS,
    host.PROCESSORS,
    host.UCD,
    host.MEMORY,
    host.LM_SENSORS,
    sensors.SENSORS,
    ethernet.CHECKSUMS,
    ethernet.POE,
)
"""Read from every device, after those of its family."""


@lru_cache(maxsize=1024)
def tables_of(object_id: str | None) -> tuple[Table, ...]:
    """Return the tables of a device, in the order of reading."""
    own = [table for family in FAMILIES if is_under(object_id, family.object_id) for table in family.tables]
    return tuple(dict.fromkeys((*FIRST, *own, *LAST)))


@lru_cache(maxsize=1)
def all_tables() -> tuple[Table, ...]:
    """Return every table that any device is asked for, once."""
    return tuple(dict.fromkeys((*FIRST, *(table for family in FAMILIES for table in family.tables), *LAST)))


def is_under(object_id: str | None, root: str) -> bool:
    """Say whether a sysObjectID is `root` or lies under it."""
    return object_id is not None and (object_id == root or object_id.startswith(root + "."))
