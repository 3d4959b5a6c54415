"""The canonical document of an inventory: plain data that the journal keeps, and its digest.

It follows the contract of the YAML files, with everything inherited written out and every list in the order of
ids, so it can be read as an inventory again. Secrets are references here as everywhere.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, fields, replace
from typing import Any

from netmon.errors import ConfigError
from netmon.inventory.draft import draft
from netmon.inventory.resolve import resolve
from netmon.model import (
    Cable,
    Contract,
    Inventory,
    Link,
    LinkEnd,
    Node,
    SecretRef,
    Service,
    Site,
    SnmpAuth,
    SpeedTest,
    Vantage,
    Work,
)

VERSION = 1


def to_document(inventory: Inventory) -> dict[str, Any]:
    """Return an inventory as JSON-able data; equal inventories give equal documents."""
    document: dict[str, Any] = {
        "version": VERSION,
        "region": inventory.region,
        "timezone": inventory.timezone,
        "false_alarms_per_year": inventory.false_alarms_per_year,
        "vantage": _vantage(inventory.vantage),
        "cables": _rows(inventory.cables),
        "sites": _rows(inventory.sites),
        "nodes": [_node(inventory.nodes[key]) for key in sorted(inventory.nodes)],
        "links": _rows(inventory.links),
        "services": _rows(inventory.services),
    }
    if inventory.maintenance:  # few have any: the others keep their digests
        document["maintenance"] = _rows(inventory.maintenance)
    if inventory.contracts:
        document["contracts"] = _rows(inventory.contracts)
    if inventory.auth:
        document["auth"] = {name: _auth(inventory.auth[name]) for name in sorted(inventory.auth)}
    return document


def as_journalled(inventory: Inventory) -> Inventory:
    """Return an inventory as who reads it from a journal has it, the order of its things included."""
    return from_document(to_document(inventory))


def from_document(document: Mapping[str, Any]) -> Inventory:
    """Return the inventory of a canonical document, with its digest.

    Raises:
        ConfigError: the document is not one that `to_document` makes.
    """
    found, flaws = draft(dict(document))
    if flaws or found.head is None:
        reason = f"{flaws[0].message} at {flaws[0].path}" if flaws else "it has no head"
        raise ConfigError(
            f"the stored inventory cannot be read: {reason}", "it was written by another version of netmon"
        )
    return with_digest(resolve(found))


def digest(document: Mapping[str, Any]) -> str:
    """Return the SHA-256 of a document as hexadecimal digits; the order of its keys does not matter."""
    text = json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return hashlib.sha256(text.encode()).hexdigest()


def with_digest(inventory: Inventory) -> Inventory:
    """Return the inventory with the digest of its own document."""
    return replace(inventory, digest=digest(to_document(inventory)))


def _rows(items: Mapping[str, Cable | Site | Link | Service | Work | Contract]) -> list[dict[str, Any]]:
    return [_row(items[key]) for key in sorted(items)]


def _row(item: Cable | Site | Link | Service | Node | Work | Contract, skip: Iterable[str] = ()) -> dict[str, Any]:
    """Return an item without the keys that only repeat what is built in."""
    row: dict[str, Any] = {}
    for one in fields(item):
        value = getattr(item, one.name)
        if one.name in skip or value is None or value == one.default:
            continue
        if isinstance(value, LinkEnd):
            value = str(value)
        if isinstance(value, SecretRef):
            value = _secret(value)
        if isinstance(value, SpeedTest):
            value = asdict(value)
        row[one.name] = list(value) if isinstance(value, tuple) else value
    return row


def _node(node: Node) -> dict[str, Any]:
    row = _row(node, skip=("icmp", "snmp"))
    probe = {
        protocol: {key: value for key, value in asdict(settings).items() if value is not None}
        for protocol, settings in (("icmp", node.icmp), ("snmp", node.snmp))
        if settings is not None
    }
    return {**row, "probe": probe} if probe else row


def _auth(auth: SnmpAuth) -> dict[str, Any]:
    row: dict[str, Any] = {}
    for one in fields(auth):
        value = getattr(auth, one.name)
        if one.name == "name" or value is None or value == "":
            continue
        if isinstance(value, SecretRef):
            value = _secret(value)
        row[one.name] = value
    return row


def _secret(reference: SecretRef) -> dict[str, str]:
    both = (("env", reference.env), ("file", reference.file))
    return {key: part for key, part in both if part is not None}


def _vantage(vantage: Vantage) -> dict[str, Any]:
    row: dict[str, Any] = {"node": vantage.node, "sentinels": list(vantage.sentinels)}
    return row | ({"also": list(vantage.also)} if vantage.also else {})
