"""Which tables, beyond those of every router, are read from whom: chosen by sysObjectID."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from netmon.probes.snmp.ber import Index, Value
from netmon.probes.vendors import mikrotik
from netmon.probes.vendors.rows import OpticRow


@dataclass(frozen=True, slots=True)
class Optics:
    """Where a family of devices keeps its optical modules, and how to decode that table."""

    object_id: str
    columns: tuple[bytes, ...]
    decode: Callable[[Mapping[bytes, Mapping[Index, Value]]], tuple[OpticRow, ...]]


OPTICS = (Optics("1.3.6.1.4.1.14988.1", mikrotik.OPTICAL_COLUMNS, mikrotik.decode_optics),)


def optics_of(object_id: str | None) -> Optics | None:
    """Return the family whose sysObjectID is a prefix of this one."""
    return next((family for family in OPTICS if _is_under(object_id, family.object_id)), None)


def _is_under(object_id: str | None, root: str) -> bool:
    return object_id is not None and (object_id == root or object_id.startswith(root + "."))
