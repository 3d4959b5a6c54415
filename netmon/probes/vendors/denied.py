"""What must never be read: columns that hold secrets, and rows that act when they are read."""

from __future__ import annotations

from netmon.probes.snmp.ber import oid

DENIED = {
    oid("1.3.6.1.4.1.14988.1.1.18"): "reading a row of mtxrScriptTable can run a script on RouterOS",
    oid("1.3.6.1.4.1.14988.1.1.5"): "RouterOS lists the guests of its hotspot there",
    oid("1.3.6.1.4.1.5875.800.3.10.1.1.21"): "FiberHome keeps passwords of ONUs there",
    oid("1.3.6.1.4.1.2011.6.128.1.1.2.43.1.4"): "Huawei keeps passwords of ONUs there",
    oid("1.3.6.1.4.1.3902.1082.500.20.2.14.2.1"): "ZTE keeps passwords of ONUs there",
    oid("1.3.6.1.4.1.41112.1.3.1.1.15"): "airFiber keeps the key of its link there",
    oid("1.3.6.1.4.1.8072.1.3"): "reading NET-SNMP-EXTEND-MIB runs the commands that snmpd.conf names",
    oid("1.3.6.1.4.1.2021.8"): "reading extTable runs the commands that snmpd.conf names",
    oid("1.3.6.1.6.3.18"): "SNMP-COMMUNITY-MIB holds the communities themselves",
    oid("1.2.840.10036.1.3"): "IEEE802dot11-MIB holds the keys of wireless networks there",
    oid("1.2.840.10036.1.4"): "IEEE802dot11-MIB holds the keys of wireless networks there",
}


def denial(root: bytes) -> str | None:
    """Return why a subtree may not be walked, or None: it lies in, or holds, something denied."""
    return next((why for denied, why in DENIED.items() if denied.startswith(root) or root.startswith(denied)), None)
