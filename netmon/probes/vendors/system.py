"""The system group (SNMPv2-MIB), hrSystemUptime (HOST-RESOURCES-MIB) and snmpEngineTime (SNMP-FRAMEWORK-MIB)."""

from __future__ import annotations

from collections.abc import Mapping

from netmon.probes.snmp.ber import Malformed, Oid, Value, oid, oid_text
from netmon.probes.vendors.rows import SystemRow
from netmon.probes.vendors.values import integer, text

DESCRIPTION = oid("1.3.6.1.2.1.1.1.0")
OBJECT_ID = oid("1.3.6.1.2.1.1.2.0")
UPTIME = oid("1.3.6.1.2.1.1.3.0")
CONTACT = oid("1.3.6.1.2.1.1.4.0")
NAME = oid("1.3.6.1.2.1.1.5.0")
LOCATION = oid("1.3.6.1.2.1.1.6.0")
INTERFACE_COUNT = oid("1.3.6.1.2.1.2.1.0")
HOST_UPTIME = oid("1.3.6.1.2.1.25.1.1.0")
ENGINE_TIME = oid("1.3.6.1.6.3.10.2.1.3.0")

SCALARS = (
    DESCRIPTION,
    OBJECT_ID,
    UPTIME,
    CONTACT,
    NAME,
    LOCATION,
    INTERFACE_COUNT,
    HOST_UPTIME,
    ENGINE_TIME,
)

CLOCKS = frozenset({OBJECT_ID, UPTIME, INTERFACE_COUNT, HOST_UPTIME, ENGINE_TIME})
"""What is read in each poll: who it is, since when, and with how many ports."""

NAMES = ("description", "contact", "name", "location")
"""What is read now and then of a device that goes on: the rest of `SystemRow` that is read at all."""

TICK = 0.01  # seconds
WRAP_SECONDS = 2**32 * TICK  # 497.1 days
MOST_PORTS = 1_000_000
"""Of one device: a greater ifNumber is none."""
_CLOCKS_AGREE = 300.0  # seconds between engineTime and sysUpTime of an agent that keeps both right

_ENTERPRISES = "1.3.6.1.4.1."
_VENDORS = {
    "14988": "MikroTik",
    "2011": "Huawei",
    "3902": "ZTE",
    "5875": "FiberHome",
    "3807": "FiberHome",
    "37950": "V-SOL",
    "34592": "C-Data",
    "3320": "BDCOM",
    "50224": "HSGQ",
    "25355": "HIOSO",
    "8886": "Raisecom",
    "9": "Cisco",
    "2636": "Juniper",
    "25506": "H3C",
    "4881": "Ruijie",
    "11863": "TP-Link",
    "171": "D-Link",
    "41112": "Ubiquiti",
    "10002": "Ubiquiti",
    "4413": "Ubiquiti",
    "7244": "Ubiquiti",
    "17713": "Cambium",
    "43356": "Mimosa",
    "318": "APC",
    "534": "Eaton",
    "705": "Eaton",
    "8072": "net-snmp",
    "6296": "Dasan",
}  # 17409 is left out: several makes use that tree


def decode_system(values: Mapping[bytes, Value]) -> SystemRow:
    """Decode the scalars of `SCALARS`, by identifier; what the agent lacks is None."""
    object_id = _dotted(values.get(OBJECT_ID))
    agent = _seconds(values.get(UPTIME), TICK)
    host = _seconds(values.get(HOST_UPTIME), TICK)
    return SystemRow(
        object_id=object_id,
        vendor=vendor(object_id),
        description=text(values.get(DESCRIPTION)),
        name=text(values.get(NAME)),
        contact=text(values.get(CONTACT)),
        location=text(values.get(LOCATION)),
        uptime_seconds=best_uptime(agent, host, _seconds(values.get(ENGINE_TIME), 1.0)),
        agent_seconds=agent,
        host_seconds=host,
        interface_count=_ports(integer(values.get(INTERFACE_COUNT))),
    )


def vendor(object_id: str | None) -> str | None:
    """Return the maker by the enterprise number of sysObjectID, if known."""
    if object_id is None or not object_id.startswith(_ENTERPRISES):
        return None
    return _VENDORS.get(object_id.removeprefix(_ENTERPRISES).partition(".")[0])


def best_uptime(agent: float | None, host: float | None, engine: float | None) -> float | None:
    """Return how long the host has been up, in seconds, from three clocks of which any may be absent or wrong.

    engineTime does not wrap, but some agents fill it with nonsense: it counts only when sysUpTime is what it would
    be after whole wraps. hrSystemUptime is the host's own and wins unless it has wrapped where the agent's has not.
    """
    if agent is not None and engine is not None:
        wraps = round((engine - agent) / WRAP_SECONDS)
        if wraps >= 0 and abs(agent + wraps * WRAP_SECONDS - engine) <= _CLOCKS_AGREE:
            agent += wraps * WRAP_SECONDS
    if host is None or agent is None:
        return agent if host is None else host
    return max(agent, host)


def _ports(number: int | None) -> int | None:
    return number if number is not None and 0 <= number <= MOST_PORTS else None


def _seconds(value: Value, unit: float) -> float | None:
    count = integer(value)  # some agents send INTEGER instead of TimeTicks
    return round(count * unit, 2) if count is not None and 0 <= count < 2**32 else None


def _dotted(value: Value) -> str | None:
    if not isinstance(value, Oid):
        return None
    try:
        return oid_text(value)
    except Malformed:
        return None
