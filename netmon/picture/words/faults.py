"""Faults in words: the sentences of the page, the command line and the alerts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from netmon.model import Cause, Element, ElementKind, Fault, Inventory, SiteKind
from netmon.picture.state import Incident

_CAUSES = {
    Cause.FIBRE: "probably fibre",
    Cause.POWER: "probably power",
    Cause.DEVICE: "probably the device",
    Cause.UPSTREAM: "upstream",
    Cause.UNKNOWN: "cause unknown",
}
_VILLAGES = frozenset({SiteKind.VILLAGE, SiteKind.KELURAHAN})


def local_time(when: float, inventory: Inventory, *, date: bool = False) -> str:
    """Return the wall time of the region, `14:03:07` or `2026-11-22 14:03:07`."""
    moment = datetime.fromtimestamp(when, ZoneInfo(inventory.timezone))
    return moment.strftime("%Y-%m-%d %H:%M:%S" if date else "%H:%M:%S")


def place(node: str, inventory: Inventory) -> str:
    """Return the name of the site a node stands at; the node's id when it is not in the drawing."""
    known = inventory.nodes.get(node)
    return inventory.sites[known.site].name if known else node


def name_element(element: Element, inventory: Inventory) -> str:
    """Return an element as people call it: `cable Jenu utara`, `link Jenu – Socorejo`, `router of Socorejo`."""
    match element.kind:
        case ElementKind.CABLE:
            cable = inventory.cables.get(element.id)
            return cable.name if cable else f"cable {element.id}"
        case ElementKind.LINK:
            link = inventory.links.get(element.id)
            if link is None:
                return f"link {element.id}"
            ends = [place(end.node, inventory) for end in (link.a, link.b)]
            if ends[0] == ends[1]:
                ends = [link.a.node, link.b.node]
            return f"{link.kind} link {ends[0]} – {ends[1]}"
        case ElementKind.NODE:
            node = inventory.nodes.get(element.id)
            return f"{node.role} {element.id} ({place(element.id, inventory)})" if node else f"node {element.id}"
        case ElementKind.POWER_AREA:
            return f"power area {element.id}"
        case ElementKind.VANTAGE:
            return "the monitor itself"


def headline(fault: Fault, inventory: Inventory, *, over: bool = False) -> str:
    """Say in one clause what failed: `Kabel Jenu utara is cut`, or the alternatives that explain equally well."""
    is_, has = ("was", "had") if over else ("is", "has")
    if fault.element.kind is ElementKind.VANTAGE:
        return f"The monitor {is_} cut off from the network"
    names = [name_element(element, inventory) for element in (fault.element, *fault.alternatives)]
    state = {
        ElementKind.CABLE: f"{is_} cut",
        ElementKind.LINK: f"{is_} cut",
        ElementKind.NODE: f"{is_} down",
        ElementKind.POWER_AREA: f"{has} no power",
    }[fault.element.kind]
    first = names[0][:1].upper() + names[0][1:]
    where = _between(fault.element, inventory)
    said = f"{first} {state}" + (f" between {where}" if where else "")
    if len(names) == 1:
        return said
    if len(names) > 3:
        return f"{said} (or one of {len(names) - 1} others)"
    return f"{said} (or {' or '.join(names[1:])})"


def describe(incident: Incident, inventory: Inventory) -> str:
    """Say what failed, where, what it darkens, since when and why, in one sentence."""
    fault, over = incident.fault, incident.closed is not None
    parts = [headline(fault, inventory, over=over)]
    if fault.element.kind is not ElementKind.VANTAGE:
        parts.append(_darkens(incident, inventory))
    opened = local_time(incident.began, inventory)
    if incident.closed is None:
        parts.append(f"since {opened}")
    else:
        parts.append(f"from {opened} to {local_time(incident.closed, inventory)}")
    if fault.cause is not Cause.UNKNOWN:
        parts.append(_CAUSES[fault.cause])
    if incident.count > 1:
        parts.append(f"{incident.count} times since {local_time(incident.opened, inventory)}")
    if incident.window is not None:
        parts.append(f"maintenance {incident.window}")
    return "; ".join(parts) + "."


def _between(element: Element, inventory: Inventory) -> str:
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
    return f"{ends[0]} and {ends[1]}" + (f" (+{len(ends) - 2})" if len(ends) > 2 else "")


def _darkens(incident: Incident, inventory: Inventory) -> str:
    """Say which sites are dark; of an incident that is over, which were."""
    over = incident.closed is not None
    dark = [site for site in (incident.sites if over else incident.fault.sites) if site in inventory.sites]
    if not dark and incident.nodes:
        return "no site was dark" if over else "no site is dark"
    if not dark:
        return _redundancy(incident, inventory)
    was = "was" if over else "is"
    if len(dark) == 1:
        return f"{inventory.sites[dark[0]].name} {was} dark"
    return f"{len(dark)} sites {'were ' if over else ''}dark"


def _redundancy(incident: Incident, inventory: Inventory) -> str:
    """Say what one more cut darkens, of a fault that darkens nothing."""
    over = incident.closed is not None
    said = "nothing went dark" if over else "nothing is dark"
    if incident.stake is None:
        return said
    count = count_sites(incident.stake.sites, inventory)
    if over:
        return f"{said}, but redundancy was lost: one more cut would have darkened {count}"
    return f"{said}, but redundancy is lost: one more cut darkens {count}"


def count_sites(sites: Sequence[str], inventory: Inventory) -> str:
    """Say how many sites these are: the name of a single one, `12 villages`, or `14 sites, 12 of them villages`."""
    known = [inventory.sites[site] for site in sites if site in inventory.sites]
    if len(known) == 1:
        return known[0].name
    villages = sum(site.kind in _VILLAGES for site in known)
    if villages == len(known):
        return f"{villages} villages"
    return f"{len(known)} sites" + (f", {villages} of them villages" if villages else "")
