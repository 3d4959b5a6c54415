"""A router, and what can be true of one."""

from __future__ import annotations

from netmon.probes.snmp.ber import Value, oid
from netmon.probes.snmp.reading import Reading
from netmon.probes.snmp.walk import MOST_ROWS
from netmon.probes.vendors import interfaces, mikrotik, system
from tests.unit.probes.snmp.agents import table

SYSTEM: dict[bytes, Value] = {
    system.DESCRIPTION: b"RouterOS CCR2004",
    system.OBJECT_ID: oid("1.3.6.1.4.1.14988.1"),
    system.UPTIME: 123456,
    system.NAME: b"rtr-socorejo",
    system.INTERFACE_COUNT: 4,
}


ROUTER = SYSTEM | table(
    {
        column: {(i,): b"sfp%d" % i if column in (interfaces.NAME, mikrotik.NAME) else i * 1000 for i in range(1, 5)}
        for column in (*interfaces.COLUMNS, *mikrotik.OPTICAL_COLUMNS)
    }
)


def plausible(reading: Reading) -> bool:
    """Whatever came, only bounded and plausible things are left."""
    return (
        len(reading.interfaces) <= MOST_ROWS
        and all(row.receive_bytes is None or row.receive_bytes >= 0 for row in reading.interfaces)
        and len({row.name for row in reading.interfaces}) == len(reading.interfaces)
        and all(o.receive_power_dbm is None or -45 <= o.receive_power_dbm <= 10 for o in reading.optics)
        and (reading.system is None or (reading.system.uptime_seconds or 0.0) >= 0.0)
    )
