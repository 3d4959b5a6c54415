"""The page of what happens when things fail together: a form to choose them, who goes dark, work announced."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from netmon.exporter.api.documents import Document
from netmon.exporter.api.routes import moment
from netmon.exporter.page.here import Here
from netmon.exporter.page.tables import Cell, Jump, Table
from netmon.exporter.page.templating import Reader, render
from netmon.exporter.page.things import district_name, kind_name, site_jump, thing_jump, thing_name
from netmon.exporter.view import View
from netmon.model import ElementKind, Inventory
from netmon.topology.reach import can_fail

OFFERED = 40
"""Things that a form offers at a time."""
SHOWN = 200
"""Sites, services or bridges that are listed; the answer for programs has all."""
LENGTHS = ("1h", "2h", "4h", "8h", "1d", "2d")


@dataclass(frozen=True, slots=True)
class Offer:
    """Something that may fail: as the address has it, and as people call it."""

    text: str
    label: str


def whatif_page(view: View, reader: Reader, now: float, here: Here, document: Document | None, complaint: str) -> str:
    """Return the page; without a document there is only the form, with a complaint if there is one."""
    inventory = view.picture.inventory
    asked = set(here.every("fail"))
    kinds = None if here.find else (ElementKind.CABLE, ElementKind.POWER_AREA)
    chosen: list[Offer] = []
    offered: list[Offer] = []
    more = 0
    for offer, told in _offers(inventory, reader):
        if offer.text in asked:
            chosen.append(offer)
        elif _fits(offer, told, here.find, kinds):
            more += len(offered) >= OFFERED
            offered += [offer] if len(offered) < OFFERED else []
    return render(
        "whatif.html", view, now, reader,
        here=here, complaint=complaint, chosen=chosen, offered=offered, more=more,
        lengths=[(one, one) for one in LENGTHS], answer=document,
        **({"programs": []} if document is None else _told(document, inventory, reader, here)),
    )  # fmt: skip


def _told(document: Document, inventory: Inventory, reader: Reader, here: Here) -> dict[str, object]:
    """Return what the page shows of an answer."""
    say = reader.say
    dark: list[tuple[Cell, ...]] = [
        (
            site_jump(site, inventory),
            district_name(inventory.sites[site].district, inventory),
            say(inventory.sites[site].kind),
        )
        for site in document["dark_sites"][:SHOWN]
    ]
    hanging = [
        (thing_jump(element, inventory, live=document["live"]), kind_name(element, reader))
        for kind, names in (("link", document["bridges"]), ("node", document["articulation_points"]))
        for element in ({"kind": kind, "id": name} for name in names[:SHOWN])
    ]
    return {
        "dark": Table(say("goes-dark"), [say("site"), say("of-district"), say("kind")], dark),
        "dark_more": max(len(document["dark_sites"]) - SHOWN, 0),
        "services": ", ".join(document["services"][:SHOWN]),
        "hanging": Table(say("becomes-bridge"), [say("element"), say("kind")], hanging),
        "programs": [Jump("JSON", here.for_programs("/api/v1/topology/whatif", **_begins(here, inventory)))],
    }


def _begins(here: Here, inventory: Inventory) -> dict[str, str]:
    """Return when work begins with the zone that programs have to say."""
    text = here.first("from")
    return {"from": moment("from", text, ZoneInfo(inventory.timezone)).isoformat()} if text else {}


def _offers(inventory: Inventory, reader: Reader) -> Iterator[tuple[Offer, str]]:
    """Yield all that can fail, cables first, with the words by which each is found."""
    known = can_fail(inventory)
    for kind in (ElementKind.CABLE, ElementKind.POWER_AREA, ElementKind.NODE, ElementKind.LINK):
        for name in sorted(known[kind]):
            element = {"kind": str(kind), "id": name}
            called = thing_name(element, inventory)
            label = called if kind is ElementKind.CABLE else f"{kind_name(element, reader)} {called}"
            yield Offer(f"{kind}:{name}", label), f"{kind}:{name} {called}"


def _fits(offer: Offer, told: str, find: str, kinds: tuple[ElementKind, ...] | None) -> bool:
    """Tell whether something is looked for, or of the kinds that are offered before anybody looks."""
    if kinds is not None:
        return offer.text.startswith(tuple(f"{kind}:" for kind in kinds))
    return all(word in told.casefold() for word in find.casefold().split())
