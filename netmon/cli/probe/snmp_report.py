"""How `netmon probe snmp` shows what it found."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from ipaddress import IPv4Address
from typing import Any

from netmon.cli.output import Format, Table, write_report
from netmon.probes.snmp.ber import Index, IpAddress, Malformed, Oid, Value, encode_arcs, oid_text
from netmon.probes.snmp.failure import Failure
from netmon.probes.snmp.reading import Reading
from netmon.probes.vendors.names import dotted_of, name_of
from netmon.probes.vendors.rows import OpticRow, Quantity


def write_reading(reading: Reading, *, format_: Format, output: str | None) -> None:
    """Write what one poll found: ports with light and neighbours as a table or CSV, everything as JSON."""
    optics = {row.port: row for row in reading.optics}
    heard = _heard(reading)
    rows = [
        {**asdict(row), "port": row.name, **_light(optics.pop(row.name, None)), "neighbor": heard.get(row.name)}
        for row in reading.interfaces
    ]
    rows += [{"port": port, **_light(optic)} for port, optic in optics.items()]
    columns = (
        "port admin_up oper_status speed_bits_per_second receive_power_dbm transmit_power_dbm neighbor alias"
        " receive_errors transmit_errors receive_bytes transmit_bytes"
    )
    write_report(
        Table(columns.split(), rows),
        format_=format_,
        output=output,
        title="\n".join(line for line in (_headline(reading), *_summary(reading)) if line),
        document=_document(reading),
    )


def _document(reading: Reading) -> dict[str, Any]:
    return {
        "system": None if reading.system is None else asdict(reading.system),
        "interfaces": [asdict(row) for row in reading.interfaces],
        "neighbors": [asdict(row) for row in reading.neighbours],
        "optics": [asdict(row) for row in reading.optics],
        "onus": [asdict(row) for row in reading.onus],
        "health": _health(reading),
        "poe": [asdict(row) for row in reading.poe],
        "ups": [asdict(row) for row in reading.ups],
        "radios": [asdict(row) for row in reading.radios],
        "stations": [asdict(row) for row in reading.stations],
        "routing": [asdict(row) for row in reading.routing],
        "forwarding": [asdict(row) for row in reading.forwarding],
        "addresses": [asdict(row) for row in reading.addresses],
        "entities": [asdict(row) for row in reading.entities],
        "incomplete": {str(part): str(failure) for part, failure in reading.failed.items()},
        "errors": [str(failure) for failure in reading.failures],
    }


def _health(reading: Reading) -> dict[str, Any]:
    """Return the device's own well-being: one number for each of the common questions, and every sensor."""
    values = {
        quantity: [row.value for row in reading.health if row.quantity is quantity and row.value is not None]
        for quantity in Quantity
    }
    return {
        "cpu_ratio": _mean(values[Quantity.CPU]),
        "memory_used_ratio": max(values[Quantity.MEMORY], default=None),
        "temperature_celsius": max(values[Quantity.TEMPERATURE], default=None),
        "supply_volts": min(values[Quantity.SUPPLY], default=None),
        "sensors": [asdict(row) for row in reading.health],
    }


def _mean(values: Sequence[float]) -> float | None:
    return round(sum(values) / len(values), 6) if values else None


def _heard(reading: Reading) -> dict[str, str]:
    """Return by port who is heard there: the one neighbour, or how many."""
    by_port: dict[str, set[str]] = {}
    for row in reading.neighbours:
        name = row.remote_name or row.remote_address or row.remote_chassis
        if row.local_port is not None and name:
            by_port.setdefault(row.local_port, set()).add(name)
    return {port: next(iter(names)) if len(names) == 1 else f"{len(names)} heard" for port, names in by_port.items()}


def _summary(reading: Reading) -> Iterator[str]:
    """Yield what else an engineer wants to see first: load and heat, what is out of order, who is off."""
    health = _health(reading)
    parts = [
        f"{words} {value:{form}}"
        for words, value, form in (
            ("cpu", health["cpu_ratio"], ".0%"),
            ("memory", health["memory_used_ratio"], ".0%"),
            ("hottest °C", health["temperature_celsius"], ".0f"),
            ("supply V", health["supply_volts"], ".1f"),
        )
        if value is not None
    ]
    yield ", ".join(parts)
    bad = [
        f"{row.quantity.name.lower().replace('_', ' ')} {row.name}" for row in reading.health if row.is_ok is False
    ]
    bad += [f"PoE of {row.port} ({row.status})" for row in reading.poe if row.is_fault]
    bad += [f"battery in use at {row.name}" for row in reading.ups if row.on_battery]
    bad += [
        f"{row.protocol} neighbour {row.neighbour} ({row.state})" for row in reading.routing if row.is_up is False
    ]
    yield f"out of order: {', '.join(bad)}" if bad else ""
    off = [row for row in reading.onus if row.online is False]
    if reading.onus:
        causes = Counter(str(row.last_down_cause or "unknown") for row in off)
        why = f" ({', '.join(f'{count} {cause}' for cause, count in causes.most_common())})" if off else ""
        yield f"ONUs: {len(reading.onus)}, off {len(off)}{why}"


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
    named = [{**line, "name": _name(column + encode_arcs(i))} for i, line in zip(rows, lines, strict=True)]
    write_report(
        Table(("name", "oid", "value") if any(line["name"] for line in named) else ("oid", "value"), named),
        format_=format_,
        output=output,
        document={"rows": lines, "errors": [] if failure is None else [str(failure)]},
    )


def _name(encoded: bytes) -> str | None:
    """Return `MODULE::object.index` where the object has a name here."""
    found = name_of(encoded)
    if found is None:
        return None
    root = dotted_of(found) or ""
    return found + oid_text(encoded).removeprefix(root)


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
