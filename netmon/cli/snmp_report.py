"""How `netmon probe snmp` shows what it found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from ipaddress import IPv4Address
from typing import Any

from netmon.cli.output import Format, Table, write_report
from netmon.probes.snmp.ber import Index, IpAddress, Malformed, Oid, Value, encode_arcs, oid_text
from netmon.probes.snmp.device import Reading
from netmon.probes.snmp.failure import Failure
from netmon.probes.vendors.rows import OpticRow


def write_reading(reading: Reading, *, format_: Format, output: str | None) -> None:
    """Write what one poll found: ports with their light as a table or CSV, everything as JSON."""
    optics = {row.port: row for row in reading.optics}
    rows = [{**asdict(row), "port": row.name, **_light(optics.pop(row.name, None))} for row in reading.interfaces]
    rows += [{"port": port, **_light(optic)} for port, optic in optics.items()]
    columns = (
        "port admin_up oper_status speed_bits_per_second receive_bytes transmit_bytes receive_errors transmit_errors"
        " receive_power_dbm transmit_power_dbm alias"
    )
    write_report(
        Table(columns.split(), rows),
        format_=format_,
        output=output,
        title=_headline(reading),
        document={
            "system": None if reading.system is None else asdict(reading.system),
            "interfaces": [asdict(row) for row in reading.interfaces],
            "optics": [asdict(row) for row in reading.optics],
            "errors": [str(failure) for failure in reading.failures],
        },
    )


def _light(optic: OpticRow | None) -> dict[str, Any]:
    if optic is None:
        return {}
    received = "no light" if optic.receive_lost else optic.receive_power_dbm
    return {"receive_power_dbm": received, "transmit_power_dbm": optic.transmit_power_dbm}


def _headline(reading: Reading) -> str:
    """Return what an engineer wants to see first, on one line."""
    system = reading.system
    if system is None:
        return ""
    uptime = None if system.uptime_seconds is None else f"up {_duration(system.uptime_seconds)}"
    return "; ".join(
        part for part in (system.name, system.vendor, system.description, system.location, uptime) if part
    )


def _duration(seconds: float) -> str:
    days, rest = divmod(int(seconds), 86400)
    clock = f"{rest // 3600:02}:{rest % 3600 // 60:02}:{rest % 60:02}"
    return f"{days} d {clock}" if days else clock


def write_walk(
    column: bytes, rows: Mapping[Index, Value], failure: Failure | None, *, format_: Format, output: str | None
) -> None:
    """Write the rows found below one identifier."""
    lines = [{"oid": oid_text(column + encode_arcs(index)), "value": _shown(value)} for index, value in rows.items()]
    write_report(
        Table(("oid", "value"), lines),
        format_=format_,
        output=output,
        document={"rows": lines, "errors": [] if failure is None else [str(failure)]},
    )


def _shown(value: Value) -> int | str | None:
    """Return a value for people: numbers and text as they are, octets that are no text as 0x…."""
    if isinstance(value, Oid):
        try:
            return oid_text(value)
        except Malformed:
            return f"0x{value.hex()}"
    if isinstance(value, IpAddress) and len(value) == 4:
        return str(IPv4Address(bytes(value)))
    if not isinstance(value, bytes):
        return value
    try:
        decoded = value.decode()
    except UnicodeDecodeError:
        return f"0x{value.hex()}"
    return decoded if decoded.isprintable() else f"0x{value.hex()}"
