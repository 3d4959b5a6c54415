"""Weak places: what darkens a site by its failure alone, and the sites that are not well served."""

from __future__ import annotations

from dataclasses import dataclass

from netmon.exporter.api.topology_document import people_of
from netmon.exporter.page.robustness import reason_words
from netmon.exporter.page.templating import Reader, render
from netmon.exporter.view import View
from netmon.exporter.weaknesses import Weaknesses, black_spots
from netmon.model import ElementKind, Inventory, Site
from netmon.topology.blackspots import BlackSpot
from netmon.topology.robustness.spof import Spof

SHOWN = 20
"""Single points of failure that stand on the page; the command and the API have all."""


@dataclass(frozen=True, slots=True)
class Thread:
    """One single point of failure: what it is, and what goes with it."""

    kind: str
    name: str
    villages: int
    services: int
    people: int | None
    sites: int


@dataclass(frozen=True, slots=True)
class Spot:
    """One black spot: where, in which sense, and why."""

    site: Site
    district: str
    sense: str
    reason: str
    fault: str | None


def weak_page(view: View, weaknesses: Weaknesses, reader: Reader, now: float) -> str:
    """Return the page of weak places, as they are now."""
    picture = view.picture
    found = weaknesses.spofs(picture, is_live=True)
    spots = [_spot(one, picture.inventory, reader) for one in black_spots(view, is_live=True)]
    return render(
        "weak.html",
        view,
        now,
        reader,
        threads=[_thread(one, picture.inventory, reader) for one in found[:SHOWN]],
        count=len(found),
        spots=sorted(spots, key=lambda one: (one.district, one.site.name, one.site.id)),
    )


def _thread(one: Spof, inventory: Inventory, reader: Reader) -> Thread:
    cable = inventory.cables.get(one.element.id) if one.element.kind is ElementKind.CABLE else None
    return Thread(
        reader.say(f"element-{one.element.kind}"),
        one.element.id if cable is None else cable.name,
        one.toll.villages,
        one.toll.services,
        people_of(one.toll),
        one.toll.sites,
    )


def _spot(one: BlackSpot, inventory: Inventory, reader: Reader) -> Spot:
    site = inventory.sites[one.site]
    district = inventory.sites.get(site.district or "")
    why = reason_words(one.nearest, one.distance, one.reasons, inventory, reader)
    return Spot(site, "" if district is None else district.name, str(one.sense), why, one.fault)
