"""From devices that were found to a drawing: a draft of one, or what to change in the one there is. Pure.

What is proposed is plain data in the form of inventory files. Nothing is changed by itself: people decide.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from netmon.events import NeighboursHeard
from netmon.model import Inventory, LinkEnd, Node, Site, SiteKind, Vantage
from netmon.topology.discovery import Discovered, SeenLink, discover
from netmon.topology.drift import Comparison, DriftKind, compare
from netmon.topology.hearing import Ears, listen

LONGEST_ID = 64
_NOT_IN_IDS = re.compile(r"[^A-Za-z0-9._-]+")
_COPPER = ("ether", "eth", "fa", "fastethernet")


@dataclass(frozen=True, slots=True)
class Device:
    """A device that was found at `address`. `word` is what it heard; None: it does not answer SNMP.

    `name` is its sysName, or what neighbours call it.
    """

    address: str
    name: str = ""
    location: str = ""
    word: NeighboursHeard | None = None


@dataclass(frozen=True, slots=True)
class Survey:
    """Devices under the ids of nodes: those of the drawing where it has them, new ones elsewhere.

    `inventory` is the drawing with the new sites and nodes in it.
    """

    inventory: Inventory
    new: tuple[str, ...]
    new_sites: tuple[str, ...]
    devices: Mapping[str, Device]
    discovered: Discovered
    comparison: Comparison


@dataclass(frozen=True, slots=True)
class Proposal:
    """One thing to do to a drawing: `action` on `id`, with the entry to write where there is one."""

    action: str
    id: str
    entry: Mapping[str, Any] | None
    why: str


def survey(devices: Sequence[Device], drawn: Inventory | None = None, *, region: str = "draft") -> Survey:
    """Name the devices, find the links between them, and compare them with the drawing if there is one.

    The first device is taken for the vantage of a draft. `devices` must not be empty.
    """
    ids = _ids(devices, drawn)
    named = {ids[device.address]: device for device in devices}
    new = tuple(name for name in named if drawn is None or name not in drawn.nodes)
    base = drawn or Inventory(region, Vantage(ids[devices[0].address]), {}, {}, {})
    sites = dict(base.sites)
    nodes = dict(base.nodes)
    for name in new:
        device = named[name]
        site = slug(device.location) or name
        sites.setdefault(site, Site(site, device.location or device.name or name, SiteKind.OTHER))
        monitor = ("icmp", "snmp") if device.word is not None else ("icmp",)
        nodes[name] = Node(name, site, device.address, monitor=monitor)
    inventory = replace(base, sites=sites, nodes=nodes)
    ears: dict[str, Ears] = {
        name: listen(None, replace(device.word, node=name))
        for name, device in named.items()
        if device.word is not None
    }
    discovered = discover(ears, inventory)
    new_sites = tuple(site for site in sites if site not in base.sites)
    return Survey(inventory, new, new_sites, named, discovered, compare(inventory, discovered))


def slug(text: str) -> str:
    """Return a text as an id; empty when nothing of it can stand in one."""
    return _NOT_IN_IDS.sub("-", text).strip("-._")[:LONGEST_ID].rstrip("-._")


def _ids(devices: Sequence[Device], drawn: Inventory | None) -> dict[str, str]:
    """Return the node id of each device by its address."""
    nodes = {} if drawn is None else drawn.nodes
    by_address = {node.address: node.id for node in nodes.values() if node.address is not None}
    by_name = {name.lower(): name for name in nodes}
    ids: dict[str, str] = {}
    taken: set[str] = set()
    for device in devices:
        own = (device.address, *(device.word.identity.addresses if device.word is not None else ()))
        known = next((by_address[address] for address in own if address in by_address), None)
        known = known or by_name.get(device.name.lower())
        name = known if known is not None and known not in taken else _free(device, taken | nodes.keys())
        taken.add(name)
        ids[device.address] = name
    return ids


def _free(device: Device, taken: set[str]) -> str:
    return _free_id(slug(device.name) or "node-" + re.sub("[.:]+", "-", device.address).strip("-"), taken)


def _free_id(wanted: str, taken: set[str]) -> str:
    """Return an id that nobody has: the wanted one, or that with a number."""
    number, name = 1, wanted
    while name in taken:
        number += 1
        name = f"{wanted}-{number}"
    return name


def draft_document(found: Survey, auth_name: str, auth: Mapping[str, Any]) -> dict[str, Any]:
    """Return a whole inventory as the data of its file.

    Ports that hear one another by threes and more hang on something that says nothing, a switch or a splitter: a
    passive node is drawn for it.
    """
    inventory = found.inventory
    direct, segments = _segments(found.discovered.links)
    nodes = [_node(node) for _, node in sorted(inventory.nodes.items())]
    links = _links(direct)
    for ends in segments:
        name = _free_id(f"segment-{slug(str(ends[0]))}", {node["id"] for node in nodes})
        nodes.append({"id": name, "site": inventory.nodes[ends[0].node].site, "role": "switch", "monitor": []})
        taken = {link["id"] for link in links}
        links += [{"id": _free_id(f"{name}-{end.node}", taken), "a": name, "b": str(end)} for end in ends]
    return {
        "version": 1,
        "region": inventory.region,
        "vantage": {"node": inventory.vantage.node, "sentinels": list(_around(found))},
        "auth": {auth_name: dict(auth)},
        "defaults": {"probe": {"icmp": {"interval": "1s"}, "snmp": {"interval": "30s", "auth": auth_name}}},
        "sites": [_site(site) for _, site in sorted(inventory.sites.items())],
        "nodes": nodes,
        "links": links,
    }


def _segments(links: Iterable[SeenLink]) -> tuple[list[SeenLink], list[tuple[LinkEnd, ...]]]:
    """Return the links that have their ports to themselves, and the groups of ports that hear one another."""
    beside: dict[LinkEnd, set[LinkEnd]] = {}
    for link in links:
        for near, far in (link.ends, link.ends[::-1]):
            beside.setdefault(near, set()).add(far)
    direct = [link for link in links if all(end.port is None or len(beside[end]) == 1 for end in link.ends)]
    left = {end for link in links if link not in direct for end in link.ends}
    groups = []
    while left:
        group, waiting = set[LinkEnd](), [min(left, key=str)]
        while waiting:
            end = waiting.pop()
            if end in left:
                left.discard(end)
                group.add(end)
                waiting += beside[end] if end.port is not None else ()
        groups.append(tuple(sorted(group, key=str)))
    return direct, groups


def _around(found: Survey) -> Iterable[str]:
    """Yield the nodes next to the vantage: when all are silent, the monitor itself is cut off."""
    vantage = found.inventory.vantage.node
    ends = [{link.a.node, link.b.node} for link in found.discovered.links]
    return sorted(set().union(*(pair for pair in ends if vantage in pair)) - {vantage})


def _site(site: Site) -> dict[str, Any]:
    return {"id": site.id, "name": site.name, "kind": str(site.kind)}


def _node(node: Node) -> dict[str, Any]:
    return {"id": node.id, "site": node.site, "address": node.address, "monitor": list(node.monitor)}


def _links(links: Iterable[SeenLink], taken: Iterable[str] = ()) -> list[dict[str, Any]]:
    used = set(taken)
    rows = []
    for link in links:
        name = _free_id(f"{link.a.node}-{link.b.node}", used)
        used.add(name)
        rows.append({"id": name, "a": str(link.a), "b": str(link.b), **_kind(link)})
    return rows


def _kind(link: SeenLink) -> dict[str, str]:
    """Return what carries a link where both port names say that it is not fibre, the usual kind."""
    names = [(end.port or "").lower() for end in link.ends]
    if all(name.startswith("wlan") for name in names):
        return {"kind": "radio"}
    return {"kind": "copper"} if all(name.startswith(_COPPER) for name in names) else {}


def proposals(found: Survey) -> tuple[Proposal, ...]:
    """Return what to change in the drawing, so that it says what was found."""
    inventory = found.inventory
    made = [
        Proposal("add-site", name, _site(inventory.sites[name]), "a new node stands there")
        for name in found.new_sites
    ]
    for name in found.new:
        device = found.devices[name]
        why = "it answers SNMP" if device.word is not None else "a neighbour hears it; it does not answer SNMP"
        made.append(Proposal("add-node", name, _node(inventory.nodes[name]), why))
    taken = set(inventory.links)
    busy = {end for link in inventory.links.values() for end in (link.a, link.b) if end.port is not None}
    for drift in found.comparison.drifts:
        link = None if drift.link is None else inventory.links[drift.link]
        if drift.kind is DriftKind.EXTRA and drift.seen is not None:
            if busy.intersection(drift.seen):
                ends = " – ".join(map(str, drift.seen))
                made.append(Proposal("check-port", ends, None, "extra, on a port that is drawn with another link"))
                continue
            busy.update(end for end in drift.seen if end.port is not None)
            (row,) = _links([_seen(found, drift.seen)], taken)
            taken.add(row["id"])
            made.append(Proposal("add-link", row["id"], row, drift.detail))
        elif link is not None and drift.seen is not None and all(end.node in inventory.nodes for end in drift.seen):
            a, b = drift.seen
            made.append(Proposal("change-link", link.id, {"id": link.id, "a": str(a), "b": str(b)}, str(drift.kind)))
        elif link is not None:
            made.append(Proposal("check-link", link.id, None, f"{drift.kind}: {drift.detail}"))
    made += _named_ports(found)
    return tuple(made)


def _seen(found: Survey, ends: tuple[LinkEnd, LinkEnd]) -> SeenLink:
    return next(link for link in found.discovered.links if set(link.ends) == set(ends))


def _named_ports(found: Survey) -> Iterable[Proposal]:
    """Yield the drawn links whose ports are not drawn and are known now."""
    for name, seen in sorted(found.comparison.confirmed.items()):
        link = found.inventory.links[name]
        ports = {end.node: end.port for end in seen.ends}
        ends = [
            end if end.port or end.node not in ports else LinkEnd(end.node, ports[end.node])
            for end in (link.a, link.b)
        ]
        if (link.a, link.b) != tuple(ends):
            row = {"id": name, "a": str(ends[0]), "b": str(ends[1])}
            yield Proposal("name-ports", name, row, "its ports are not drawn")
