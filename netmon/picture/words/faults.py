"""Faults in words: the sentences of the page, the command line and the alerts, in English or Indonesian."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from netmon.model import Cause, Element, ElementKind, Fault, Inventory, SiteKind
from netmon.picture.state import Incident
from netmon.picture.words.fault_phrases import said
from netmon.picture.words.kinds import LINES, ROLES, called
from netmon.picture.words.phrases import Language

_VILLAGES = frozenset({SiteKind.VILLAGE, SiteKind.KELURAHAN})


def local_time(when: float, inventory: Inventory, *, date: bool = False) -> str:
    """Return the wall time of the region, `14:03:07` or `2026-11-22 14:03:07`."""
    moment = datetime.fromtimestamp(when, ZoneInfo(inventory.timezone))
    return moment.strftime("%Y-%m-%d %H:%M:%S" if date else "%H:%M:%S")


def moment(when: float, inventory: Inventory, now: float) -> str:
    """Return a time as it is said at `now`: with the date only when that is another day."""
    zone = ZoneInfo(inventory.timezone)
    same = datetime.fromtimestamp(when, zone).date() == datetime.fromtimestamp(now, zone).date()
    return local_time(when, inventory, date=not same)


def place(node: str, inventory: Inventory) -> str:
    """Return the name of the site a node stands at; the node's id when it is not in the drawing."""
    known = inventory.nodes.get(node)
    return inventory.sites[known.site].name if known else node


def name_element(element: Element, inventory: Inventory, language: Language = Language.ENGLISH) -> str:
    """Return an element as people call it: `cable Jenu utara`, `link Jenu – Socorejo`, `router of Socorejo`."""
    match element.kind:
        case ElementKind.CABLE:
            cable = inventory.cables.get(element.id)
            return cable.name if cable else said("cable", language, id=element.id)
        case ElementKind.LINK:
            link = inventory.links.get(element.id)
            if link is None:
                return said("link", language, id=element.id)
            ends = [place(end.node, inventory) for end in (link.a, link.b)]
            if ends[0] == ends[1]:
                ends = [link.a.node, link.b.node]
            return said("link-ends", language, kind=called(link.kind, LINES, language), a=ends[0], b=ends[1])
        case ElementKind.NODE:
            node = inventory.nodes.get(element.id)
            if node is None:
                return said("node", language, id=element.id)
            return f"{called(node.role, ROLES, language)} {element.id} ({place(element.id, inventory)})"
        case ElementKind.POWER_AREA:
            return said("power-area", language, id=element.id)
        case ElementKind.VANTAGE:
            return said("monitor", language)


def headline(fault: Fault, inventory: Inventory, *, over: bool = False, language: Language = Language.ENGLISH) -> str:
    """Say in one clause what failed: `Kabel Jenu utara is cut`, or the alternatives that explain equally well."""
    tense = "-over" if over else ""
    if fault.element.kind is ElementKind.VANTAGE:
        return said(f"isolated{tense}", language)
    names = [name_element(element, inventory, language) for element in (fault.element, *fault.alternatives)]
    failed = {
        ElementKind.CABLE: "cut",
        ElementKind.LINK: "cut",
        ElementKind.NODE: "down",
        ElementKind.POWER_AREA: "no-power",
    }[fault.element.kind]
    first = names[0][:1].upper() + names[0][1:]
    told = said(f"{failed}{tense}", language, name=first) + _between(fault.element, inventory, language)
    if len(names) == 1:
        return told
    if len(names) > 3:
        return told + said("many-alternatives", language, count=len(names) - 1)
    return told + said("alternatives", language, names=said("or", language).join(names[1:]))


def describe(incident: Incident, inventory: Inventory, now: float, language: Language = Language.ENGLISH) -> str:
    """Say in one sentence what failed, where, what it darkens, since when and why, as it is said at `now`."""
    return "; ".join(told(incident, inventory, now, language)) + "."


def told(incident: Incident, inventory: Inventory, now: float, language: Language = Language.ENGLISH) -> list[str]:
    """Return the parts of that sentence: first what failed and where. Times of another day have their date."""
    fault, over = incident.fault, incident.closed is not None
    parts = [headline(fault, inventory, over=over, language=language)]
    if fault.element.kind is not ElementKind.VANTAGE:
        parts.append(_darkens(incident, inventory, language))
    opened = moment(incident.began, inventory, now)
    if incident.closed is None:
        parts.append(said("since", language, at=opened))
    else:
        parts.append(said("from-to", language, at=opened, end=moment(incident.closed, inventory, now)))
    if fault.cause is not Cause.UNKNOWN:
        parts.append(said(fault.cause, language))
    if incident.count > 1:
        first = moment(incident.opened, inventory, now)
        parts.append(said("times", language, count=incident.count, at=first))
    if incident.window is not None:
        parts.append(said("maintenance", language, window=incident.window))
    return parts


def _between(element: Element, inventory: Inventory, language: Language) -> str:
    """Name the two ends of a cable: the places its links touch that are not inside it."""
    if element.kind is not ElementKind.CABLE:
        return ""
    touched: list[str] = []
    for link in inventory.links.values():
        if element.id in link.cables:
            touched += [place(link.a.node, inventory), place(link.b.node, inventory)]
    ends = list(dict.fromkeys(touched))
    if len(ends) < 2:
        return ""
    return said("between", language, a=ends[0], b=ends[1]) + (f" (+{len(ends) - 2})" if len(ends) > 2 else "")


def _darkens(incident: Incident, inventory: Inventory, language: Language) -> str:
    """Say which sites are dark; of an incident that is over, which were."""
    over = incident.closed is not None
    tense = "-over" if over else ""
    dark = [site for site in (incident.sites if over else incident.fault.sites) if site in inventory.sites]
    if not dark and incident.nodes:
        return said(f"no-site-dark{tense}", language)
    if not dark:
        if incident.stake is None:
            return said(f"nothing-dark{tense}", language)
        count = count_sites(incident.stake.sites, inventory, language)
        return said(f"redundancy{tense}", language, count=count)
    if len(dark) == 1:
        return said(f"one-dark{tense}", language, name=inventory.sites[dark[0]].name)
    return said(f"dark{tense}", language, count=len(dark))


def count_sites(sites: Sequence[str], inventory: Inventory, language: Language = Language.ENGLISH) -> str:
    """Say how many sites these are: the name of a single one, `12 villages`, or `14 sites, 12 of them villages`."""
    known = [inventory.sites[site] for site in sites if site in inventory.sites]
    if len(known) == 1:
        return known[0].name
    villages = sum(site.kind in _VILLAGES for site in known)
    if villages == len(known):
        return said("villages", language, count=villages)
    if not villages:
        return said("sites", language, count=len(known))
    return said("sites-villages", language, count=len(known), villages=villages)
