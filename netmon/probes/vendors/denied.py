"""What must never be read: columns that hold secrets, and rows that act when they are read."""

from __future__ import annotations

from netmon.probes.snmp.ber import oid

DENIED = {
    oid("1.3.6.1.4.1.14988.1.1.18"): "reading a row of mtxrScriptTable can run a script on RouterOS",
    oid("1.3.6.1.4.1.5875.800.3.10.1.1.21"): "FiberHome keeps passwords of ONUs there",
}


def denial(root: bytes) -> str | None:
    """Return why a subtree may not be walked, or None: it lies in, or holds, something denied."""
    return next((why for denied, why in DENIED.items() if denied.startswith(root) or root.startswith(denied)), None)
