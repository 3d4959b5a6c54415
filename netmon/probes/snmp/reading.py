"""What one poll of a device found: its rows, by part, and why others are missing. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any

from netmon.probes.snmp.failure import Failure
from netmon.probes.snmp.habits import Habits
from netmon.probes.vendors.rows import (
    AddressRow,
    EntityRow,
    ForwardingRow,
    HealthRow,
    IdentityRow,
    InterfaceRow,
    NeighbourRow,
    OnuRow,
    OpticRow,
    PoeRow,
    RadioRow,
    RoutingRow,
    Row,
    StationRow,
    SystemRow,
    UpsRow,
)
from netmon.probes.vendors.tables import Part

PART_OF: Mapping[type[Row], Part] = {
    InterfaceRow: Part.INTERFACES,
    EntityRow: Part.ENTITIES,
    OpticRow: Part.OPTICS,
    HealthRow: Part.HEALTH,
    PoeRow: Part.POE,
    OnuRow: Part.ONUS,
    UpsRow: Part.UPS,
    NeighbourRow: Part.NEIGHBOURS,
    ForwardingRow: Part.FORWARDING,
    AddressRow: Part.ADDRESSES,
    RadioRow: Part.RADIOS,
    StationRow: Part.STATIONS,
    RoutingRow: Part.ROUTING,
    IdentityRow: Part.IDENTITIES,
}
_FIELDS = {row: tuple(one.name for one in fields(row)) for row in PART_OF}


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceRows:
    """What a device said, by part; the fields below `failed` have the names of `Part`.

    `failed` holds the parts from which rows may be missing, and why: there, a row that is absent is no evidence.
    `read_at` is the start of the poll that last read a table, by the table's name, on the monotonic clock.
    """

    system: SystemRow | None = None
    failed: Mapping[Part, Failure] = field(default_factory=dict)
    read_at: Mapping[str, float] = field(default_factory=dict)
    interfaces: tuple[InterfaceRow, ...] = ()
    entities: tuple[EntityRow, ...] = ()
    optics: tuple[OpticRow, ...] = ()
    health: tuple[HealthRow, ...] = ()
    poe: tuple[PoeRow, ...] = ()
    onus: tuple[OnuRow, ...] = ()
    ups: tuple[UpsRow, ...] = ()
    neighbours: tuple[NeighbourRow, ...] = ()
    identities: tuple[IdentityRow, ...] = ()
    forwarding: tuple[ForwardingRow, ...] = ()
    addresses: tuple[AddressRow, ...] = ()
    radios: tuple[RadioRow, ...] = ()
    stations: tuple[StationRow, ...] = ()
    routing: tuple[RoutingRow, ...] = ()

    def has_all(self, part: Part) -> bool:
        """Say whether a row missing from this part is missing from the device."""
        return self.system is not None and part not in self.failed


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading(DeviceRows):
    """What one poll found. `failures` are in the order met; any makes the reading incomplete.

    `mistakes` are tables whose decoder failed, which is netmon's fault and not the device's.
    """

    failures: tuple[Failure, ...] = ()
    mistakes: tuple[tuple[str, Exception], ...] = ()
    habits: Habits = field(default_factory=Habits)


@dataclass(frozen=True, slots=True)
class DevicePoll(DeviceRows):
    """One finished poll. `at` is the wall clock and `monotonic` the monotonic clock at its start, in seconds.

    `ok`: the device answered. `complete`: and nothing is missing. `failure` is the first one met, if any;
    what was read before or beside it is kept.
    """

    node: str
    at: float
    monotonic: float
    duration: float
    ok: bool
    complete: bool
    failure: Failure | None = None
    expected_light: Mapping[str, float] = field(default_factory=dict)

    @property
    def ended(self) -> float:
        """When what the poll found became known, on the wall clock of its start."""
        return self.at + self.duration


def rows_of(reading: DeviceRows) -> dict[str, Any]:
    """Return what a device said as the keywords that a `DevicePoll` takes."""
    return {part.name: getattr(reading, part.name) for part in fields(DeviceRows)}


def add_rows(known: dict[type[Row], dict[Any, Row]], rows: Iterable[Row], *, fills: bool) -> None:
    """Add rows to those of other tables; of two with one key, the later fills what the earlier does not say."""
    for row in rows:
        alike = known.setdefault(type(row), {})
        before = alike.get(row.key)
        if before is not None:
            alike[row.key] = _filled(before, row)
        elif not fills:
            alike[row.key] = row


def _filled(row: Row, other: Row) -> Row:
    missing: dict[str, Any] = {}
    for name in _FIELDS[type(row)]:
        if getattr(row, name) is None and (said := getattr(other, name)) is not None:
            missing[name] = said
    return replace(row, **missing) if missing else row
