"""Whether a device's power is failing: it lives on a battery, its supply sags, or a supply of it is out. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from netmon.events import EvidenceSeen
from netmon.model import EvidenceKind
from netmon.probes.snmp.reading import DevicePoll
from netmon.probes.vendors.rows import HealthRow, Quantity, UpsRow
from netmon.probes.vendors.tables import Part

SAG_STARTS = 0.90  # of the usual voltage
SAG_ENDS = 0.95
HALF_LIFE = 0.5 * 86400.0  # of what is usual: a supply by sun and battery has another voltage by day
MOST_SUPPLIES = 64  # of one device


@dataclass(frozen=True, slots=True)
class Supplies:
    """What was last said of a device's supplies: those `failing`, the usual voltages, and when they were read."""

    failing: Mapping[str, EvidenceKind] = field(default_factory=dict)
    volts: Mapping[str, float] = field(default_factory=dict)
    monotonic: float = 0.0
    has_spoken: bool = False


def power_after(known: Supplies, poll: DevicePoll) -> tuple[Supplies, tuple[EvidenceSeen, ...]]:
    """Return what is known after a poll, and the evidence that is news: each trouble once, and that all are over.

    At first a UPS that lives on the mains says so: what the journal last heard of it may be the contrary.
    """
    if poll.system is None:
        return known, ()
    elapsed = max(poll.monotonic - known.monotonic, 0.0)
    volts = dict(known.volts)
    failing = dict(known.failing)
    events: list[EvidenceSeen] = []
    for name, kind, detail, seconds in _said(known, poll, volts, elapsed):
        if kind is None:
            failing.pop(name, None)
        elif failing.get(name) is not kind:
            failing[name] = kind
            events.append(EvidenceSeen(poll.ended, poll.node, kind, poll.ended - seconds, detail))
    is_first_word = not known.has_spoken and any(ups.on_battery is False for ups in poll.ups)
    if not failing and (known.failing or is_first_word):
        events.append(EvidenceSeen(poll.ended, poll.node, EvidenceKind.MAINS_BACK, poll.ended, "supply is well"))
    return Supplies(failing, volts, poll.monotonic, has_spoken=True), tuple(events)


Said = tuple[str, EvidenceKind | None, str, float]
"""A supply, its trouble if any, a word for people, and for how many seconds it has been so."""


def _said(known: Supplies, poll: DevicePoll, volts: dict[str, float], elapsed: float) -> Iterator[Said]:
    for ups in poll.ups:
        yield from _ups(ups)
    for row in poll.health[: MOST_SUPPLIES * 4]:
        if row.quantity is Quantity.POWER_SUPPLY and row.is_ok is not None:
            trouble = None if row.is_ok else EvidenceKind.POWER_FAILING
            yield row.name, trouble, f"{row.name} is out of order", 0.0
        elif row.quantity is Quantity.SUPPLY and row.value:
            yield _sag(known, row, row.value, volts, elapsed)
    if poll.has_all(Part.UPS) and poll.has_all(Part.HEALTH):
        there = {ups.name for ups in poll.ups} | {f"{ups.name} battery" for ups in poll.ups}
        there |= {row.name for row in poll.health}
        yield from ((name, None, "", 0.0) for name in known.failing if name not in there)


def _ups(ups: UpsRow) -> Iterator[Said]:
    if ups.on_battery is not None:
        left = "" if ups.remaining_seconds is None else f", {ups.remaining_seconds / 60:.0f} min left"
        trouble = EvidenceKind.ON_BATTERY if ups.on_battery else None
        yield ups.name, trouble, f"{ups.name} lives on its battery{left}", ups.on_battery_seconds or 0.0
    if ups.battery_status in ("normal", "low", "depleted"):
        trouble = None if ups.battery_status == "normal" else EvidenceKind.POWER_FAILING
        yield f"{ups.name} battery", trouble, f"battery of {ups.name} is {ups.battery_status}", 0.0


def _sag(known: Supplies, row: HealthRow, value: float, volts: dict[str, float], elapsed: float) -> Said:
    """Judge a voltage by what it usually is. While it sags, what is usual stands."""
    usual = known.volts.get(row.name)
    if usual is None:
        if len(volts) < MOST_SUPPLIES:
            volts[row.name] = value
        return row.name, None, "", 0.0
    was_low = row.name in known.failing
    if value < usual * (SAG_ENDS if was_low else SAG_STARTS):
        return row.name, EvidenceKind.POWER_FAILING, f"{row.name} fell to {value:.1f} V from {usual:.1f} V", 0.0
    volts[row.name] = value + (usual - value) * 0.5 ** (elapsed / HALF_LIFE)
    return row.name, None, "", 0.0
