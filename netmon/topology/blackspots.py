"""Sites that are not well served, in the three senses that the word hides, each with its reason."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from netmon.model import Finding, Inventory, Site, Verdict
from netmon.topology.geo import Position, distance

OFTEN = 3
"""Times that a fault is there until a site that it darkens is not to be called served."""
LATELY = 86_400.0
"""Seconds after which a fault that came and went is forgotten."""
SAYINGS: Mapping[str, str] = {
    "flapping": "{fault}: dark {count} times, again and again",
    "slower": "{link}: tests come to {now} of {contract} Mbit/s contracted",
    "dim": "{port}: {short} dB less light than its receiver needs",
}
"""What is said of a site that is up and not to be called served. `picture/words` has it in the other language too."""


class Sense(StrEnum):
    """What kind of black spot a site is."""

    NEVER_CONNECTED = "never-connected"
    UNUSABLE = "unusable"  # connected, and not as it should be
    DARK = "dark"


@dataclass(frozen=True, slots=True)
class BlackSpot:
    """One site and why it is one.

    `nearest` is the served site nearest by geography that is not dark, `distance` metres away, for a site that was
    never connected; None where coordinates are missing. `reasons` are what is wrong with its lines, `fault` the fault
    behind darkness.
    """

    site: str
    sense: Sense
    nearest: str | None = None
    distance: float | None = None
    reasons: tuple[str, ...] = ()
    fault: str | None = None


@dataclass(frozen=True, slots=True)
class Return:
    """A fault that came back: how often it was there, when it last began (Unix seconds), whom it ever darkened."""

    fault: str
    count: int
    began: float
    sites: Collection[str]


def saying(key: str, **values: object) -> str:
    """Return one of `SAYINGS` with its values in place.

    Raises:
        KeyError: there is none of this key, or a value is missing.
    """
    return SAYINGS[key].format(**values)


def flapping(returns: Iterable[Return], at: float) -> dict[str, tuple[str, ...]]:
    """Return by site which faults have come and gone there at least `OFTEN` times and lately."""
    found: dict[str, tuple[str, ...]] = {}
    for one in returns:
        if one.count >= OFTEN and at - one.began <= LATELY:
            for site in one.sites:
                words = saying("flapping", fault=one.fault, count=one.count)
                found[site] = (*found.get(site, ()), words)
    return found


def blackspots(
    inventory: Inventory,
    findings: Mapping[str, Finding],
    quality: Mapping[str, tuple[str, ...]],
    wanting: Mapping[str, tuple[str, ...]] | None = None,
) -> list[BlackSpot]:
    """Return the black spots, by district and id.

    Args:
        inventory: the drawing.
        findings: verdicts of sites; empty when only the drawing is asked. Maintenance and unknown are no black spots.
        quality: by site, what is wrong with lines of it that answer.
        wanting: by site, what else makes its lines unusable although it is up: they deliver less than was contracted,
            have too little light, or come and go.
    """
    dark = {site for site, found in findings.items() if found.verdict in (Verdict.DOWN, Verdict.UNREACHABLE)}
    occupied = {node.site for node in inventory.nodes.values()}
    live = [
        (place, site.id)
        for _, site in sorted(inventory.sites.items())
        if site.served and site.id in occupied and site.id not in dark and (place := _position(site)) is not None
    ]
    less = wanting or {}
    spots = []
    for name, site in sorted(inventory.sites.items(), key=lambda item: (item[1].district or "", item[0])):
        finding = findings.get(name)
        if not site.served:
            spots.append(_never_connected(site, live))
        elif name in dark and finding is not None:
            spots.append(BlackSpot(name, Sense.DARK, fault=finding.fault))
        elif finding is not None and finding.verdict is Verdict.DEGRADED:
            reasons = (*quality.get(name, ()), *less.get(name, ()))
            spots.append(BlackSpot(name, Sense.UNUSABLE, reasons=reasons, fault=finding.fault))
        elif name in less:
            spots.append(BlackSpot(name, Sense.UNUSABLE, reasons=less[name]))
    return spots


def _never_connected(site: Site, live: list[tuple[Position, str]]) -> BlackSpot:
    here = _position(site)
    if here is None or not live:
        return BlackSpot(site.id, Sense.NEVER_CONNECTED)
    away, nearest = min((distance(here, there), other) for there, other in live)
    return BlackSpot(site.id, Sense.NEVER_CONNECTED, nearest, away)


def _position(site: Site) -> Position | None:
    return None if site.lat is None or site.lon is None else Position(site.lat, site.lon)
