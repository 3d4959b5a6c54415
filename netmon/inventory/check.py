"""Cross-reference findings: what no single entry shows. Pure; every finding names its place in the document."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator

from netmon.errors import Severity
from netmon.inventory.draft import DEFAULTS, Draft
from netmon.inventory.flaw import Flaw, Hints, Path, shown
from netmon.inventory.plausible import implausible
from netmon.inventory.resolve import Inheritance, link_end
from netmon.inventory.schema import NodeEntry, ServiceEntry
from netmon.model import WIFI, LinkKind, SiteKind


def check(draft: Draft) -> list[Flaw]:
    """Return everything wrong with the whole of a drawing, errors and warnings, in no particular order."""
    names = _Names(draft)
    flaws = [*_duplicate_ids(draft), *_duplicate_addresses(draft), *_ports(draft)]
    flaws += [*_head(draft, names), *_sites(draft, names), *_nodes(draft, names)]
    flaws += [*_links(draft, names), *_services(draft, names), *_maintenance(draft, names), *implausible(draft)]
    return flaws


class _Names:
    """Looks names up among the ids of the document, and words the finding when one is missing."""

    def __init__(self, draft: Draft) -> None:
        self._draft = draft
        self._known = {section: {name for _, name in ids} for section, ids in draft.ids.items()}
        self._hints = Hints()

    def __getitem__(self, section: str) -> Collection[str]:
        return self._known[section]

    def missing(self, section: str, name: str, path: Path, who: str) -> Iterator[Flaw]:
        """Yield the finding that `who` refers to an entry of `section` that is not there."""
        if name in self._known[section]:
            return
        yield from self.unknown(section.removesuffix("s"), name, self._known[section], path, who)

    def unknown(self, kind: str, name: str, known: Collection[str], path: Path, who: str) -> Iterator[Flaw]:
        """Yield the finding that `name` is none of `known`, unless it may stand where nobody could read."""
        if name in known or self._draft.may_exist(name):
            return
        hint = self._hints.did_you_mean(name, known) or "correct the name, or draw what it names"
        yield Flaw(f"unknown-{kind}", path, f"{who} refers to unknown {kind} {shown(name)}", hint)


def _duplicate_ids(draft: Draft) -> Iterator[Flaw]:
    for section, ids in draft.ids.items():
        first: dict[str, int] = {}
        for index, name in ids:
            if name in first:
                message = f"{section.removesuffix('s')} id {shown(name)} stands twice"
                hint = "rename one of them, or leave one out"
                yield Flaw("duplicate-id", (section, index, "id"), message, hint, see=(section, first[name], "id"))
            first.setdefault(name, index)


def _duplicate_addresses(draft: Draft) -> Iterator[Flaw]:
    first: dict[str, int] = {}
    for index, node in draft.nodes.items():
        if node.address is None:
            continue
        if node.address in first:
            other = draft.nodes[first[node.address]].id
            message = f"nodes {other} and {node.id} have the same address {node.address}"
            hint = "give each node an address of its own"
            path = ("nodes", index, "address")
            yield Flaw("duplicate-address", path, message, hint, see=("nodes", first[node.address]))
        first.setdefault(node.address, index)


def _ports(draft: Draft) -> Iterator[Flaw]:
    used: dict[str, tuple[int, str]] = {}
    for index, link in draft.links.items():
        if link.kind is LinkKind.VIRTUAL:  # tunnels and VLANs share a port with others
            continue
        for key in ("a", "b"):
            end = link_end(getattr(link, key))
            if end.port is None:
                continue
            if str(end) in used and used[str(end)] != (index, key):
                other = draft.links[used[str(end)][0]].id
                message = f"port {end} is used by links {other} and {link.id}"
                hint = "correct one of them, or write kind: virtual where they share it"
                yield Flaw("port-used-twice", ("links", index, key), message, hint, see=("links", *used[str(end)]))
            used.setdefault(str(end), (index, key))


def _head(draft: Draft, names: _Names) -> Iterator[Flaw]:
    if draft.head is None:
        return
    vantage = draft.head.vantage
    yield from names.missing("nodes", vantage.node, ("vantage", "node"), "the vantage")
    for place, sentinel in enumerate(vantage.sentinels):
        yield from names.missing("nodes", sentinel, ("vantage", "sentinels", place), "the vantage")
    for place, node in enumerate(vantage.also):
        yield from names.missing("nodes", node, ("vantage", "also", place), "the vantage")
    probe = draft.head.defaults.probe
    if probe is not None and probe.snmp is not None and probe.snmp.auth is not None:
        path = ("defaults", "probe", "snmp", "auth")
        yield from names.unknown("auth", probe.snmp.auth, draft.auth_names, path, "defaults.probe")


def _sites(draft: Draft, names: _Names) -> Iterator[Flaw]:
    kinds = {site.id: site.kind for site in draft.sites.values()}
    occupied = {node.site for node in draft.nodes.values()}
    for index, site in draft.sites.items():
        who = f"site {site.id}"
        if site.district is not None:
            path = ("sites", index, "district")
            yield from names.unknown("district", site.district, names["sites"], path, who)
            if kinds.get(site.district, SiteKind.DISTRICT) is not SiteKind.DISTRICT:
                message = f"{who} has the district {site.district}, which is a {kinds[site.district]}"
                yield Flaw("not-a-district", path, message, "refer to a site of kind district")
        if site.probe is not None and site.probe.snmp is not None and site.probe.snmp.auth is not None:
            yield from names.unknown(
                "auth", site.probe.snmp.auth, draft.auth_names, ("sites", index, "probe", "snmp", "auth"), who
            )
        if ("sites", index) in draft.flawed:
            continue
        if (site.lat is None) != (site.lon is None):
            message = f"{who} has only one of lat and lon"
            yield Flaw("half-position", ("sites", index), message, "write both, or none")
        if site.served and site.id not in occupied and not draft.may_exist(site.id):
            message = f"{who} ({site.name}) is served but has no node"
            yield Flaw("no-node", ("sites", index), message, "draw its node, or write served: false")


def _nodes(draft: Draft, names: _Names) -> Iterator[Flaw]:
    inheritance = Inheritance(draft)
    for index, node in draft.nodes.items():
        who = f"node {node.id}"
        yield from names.missing("sites", node.site, ("nodes", index, "site"), who)
        if node.probe is not None and node.probe.snmp is not None and node.probe.snmp.auth is not None:
            path = ("nodes", index, "probe", "snmp", "auth")
            yield from names.unknown("auth", node.probe.snmp.auth, draft.auth_names, path, who)
        yield from _twice(("nodes", index, "monitor"), who, node.monitor)
        if ("nodes", index) in draft.flawed:
            continue
        if node.monitor and node.address is None:
            hint = "write its address, or monitor: [] for a node that is never probed"
            yield Flaw("no-address", ("nodes", index), f"{who} is monitored but has no address", hint)
        yield from _without_auth(draft, inheritance, index, node)


def _without_auth(draft: Draft, inheritance: Inheritance, index: int, node: NodeEntry) -> Iterator[Flaw]:
    levels = inheritance.levels(index, node)
    sites = [path[:2] for path, _ in levels.of if path[0] == "sites"]
    if draft.head is None or DEFAULTS in draft.flawed or not sites or not draft.flawed.isdisjoint(sites):
        return  # what could not be read may name credentials
    if "snmp" in node.monitor and levels.settings("snmp")["auth"].value is None:
        hint = "name credentials in probe: {snmp: {auth: NAME}} of the node, its site or the defaults"
        yield Flaw("no-auth", ("nodes", index), f"node {node.id} is polled by SNMP but has no credentials", hint)


def _links(draft: Draft, names: _Names) -> Iterator[Flaw]:
    speeds = {contract.id: contract.mbps for contract in draft.contracts.values()}
    suppliers = {contract.id: contract.supplier for contract in draft.contracts.values()}
    for index, link in draft.links.items():
        who, a, b = f"link {link.id}", link_end(link.a), link_end(link.b)
        yield from names.missing("nodes", a.node, ("links", index, "a"), who)
        if a.node == b.node:
            message = f"{who} begins and ends at node {a.node}"
            yield Flaw("self-loop", ("links", index, "b"), message, "a link joins two nodes")
        else:
            yield from names.missing("nodes", b.node, ("links", index, "b"), who)
        for place, cable in enumerate(link.cables):
            yield from names.missing("cables", cable, ("links", index, "cables", place), who)
        yield from _twice(("links", index, "cables"), who, link.cables)
        speed = speeds.get(link.contract, math.inf) if link.contract is not None else None
        if link.speed_test is not None and (link.speed_test.mbps, link.contract_mbps, speed) == (None, None, None):
            message = f"{who} has a speed test and no contracted speed, so that nothing bounds its rate"
            yield Flaw("no-rate", ("links", index, "speed_test"), message, "write mbps into the speed test")
        if link.contract is not None:
            yield from names.missing("contracts", link.contract, ("links", index, "contract"), who)
            supplier = suppliers.get(link.contract, link.supplier)
            if link.supplier is not None and link.supplier != supplier:
                message = f"{who} names the supplier {shown(link.supplier)}, its contract {shown(supplier)}"
                yield Flaw("two-suppliers", ("links", index, "supplier"), message, "leave the supplier out")


def _services(draft: Draft, names: _Names) -> Iterator[Flaw]:
    for index, service in draft.services.items():
        who = f"service {service.id}"
        yield from names.missing("sites", service.site, ("services", index, "site"), who)
        for place, node in enumerate(service.depends_on):
            yield from names.missing("nodes", node, ("services", index, "depends_on", place), who)
        if ("services", index) not in draft.flawed:
            yield from _what_to_check(("services", index), who, service)
            yield from _access_points(("services", index), who, service, draft)


def _what_to_check(path: Path, who: str, service: ServiceEntry) -> Iterator[Flaw]:
    """Yield what is missing for a service to be checked, or is there and would not be used."""
    ways = [key for key in ("url", "host", "heartbeat") if getattr(service, key) is not None]
    if not ways and service.kind != WIFI:
        message = f"{who} has no url and no host, so it cannot be checked"
        yield Flaw("no-url", path, message, "write its web address, its host and port, or its heartbeat")
        return
    if len(ways) > 1:
        yield Flaw(
            "two-ways", path, f"{who} has both a {ways[0]} and a {ways[1]}", "keep the one that is to be checked"
        )
        return
    is_dns = service.url is None and service.kind == "dns"
    is_counted = service.url is None and service.host is None
    if service.host is not None and not is_dns and service.port is None:
        yield Flaw("no-port", path, f"{who} has a host but no port", "write the port that must listen")
    if is_dns and service.query is None:
        yield Flaw("no-query", path, f"{who} has nothing to ask the name server for", "write the name as query")
    unused = [key for key in ("query", "expect_answer") if not is_dns and getattr(service, key) is not None]
    unused += ["expect_status"] if service.url is None and service.expect_status is not None else []
    unused += ["port"] if service.url is not None and service.port is not None else []
    unused += ["expect_body"] if (is_dns or is_counted) and service.expect_body is not None else []
    unused += [key for key in ("port", "family") if is_counted and getattr(service, key) is not None]
    for key in unused:
        yield Flaw("unused-key", (*path, key), f"{who} has {key}, which its check does not use", "remove it")


def _access_points(path: Path, who: str, service: ServiceEntry, draft: Draft) -> Iterator[Flaw]:
    """Yield why the clients of a wifi cannot be counted."""
    if service.kind != WIFI or any(one is not None for one in (service.url, service.host, service.heartbeat)):
        return
    if not service.depends_on:
        message = f"{who} has no access point whose clients could be counted"
        yield Flaw("no-access-point", path, message, "write the nodes of its access points under depends_on")
    polled = {node.id for node in draft.nodes.values() if "snmp" in node.monitor}
    drawn = {node.id for node in draft.nodes.values()}
    for place, node in enumerate(service.depends_on):
        if node in drawn and node not in polled:
            message = f"{who} counts clients at {node}, which is not polled by SNMP"
            yield Flaw("not-polled", (*path, "depends_on", place), message, "add snmp to its monitor")


def _maintenance(draft: Draft, names: _Names) -> Iterator[Flaw]:
    areas = {node.power_area for node in draft.nodes.values() if node.power_area is not None}
    for index, work in draft.maintenance.items():
        who, path = f"maintenance {work.id}", ("maintenance", index, "element")
        kind, _, name = work.element.partition(":")
        if kind == "power_area":
            yield from names.unknown("power-area", name, areas, path, who)
        else:
            yield from names.missing(f"{kind}s", name, path, who)


def _twice(path: Path, who: str, items: tuple[str, ...]) -> Iterator[Flaw]:
    seen: set[str] = set()
    for place, item in enumerate(items):
        if item in seen:
            message = f"{who} names {shown(item)} twice in {path[-1]}"
            yield Flaw("named-twice", (*path, place), message, "once is enough", Severity.ERROR)
        seen.add(item)
