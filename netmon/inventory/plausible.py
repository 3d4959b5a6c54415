"""What may be meant but is probably a slip: warnings. A drawing with warnings is used as it is.

An incomplete drawing is the usual state of a county's records. A node without a path to the vantage, or without a
place on the map, is probed and reported all the same; only, its outages cannot be explained by faults elsewhere.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping

from netmon.errors import Severity
from netmon.inventory.draft import Draft
from netmon.inventory.flaw import Flaw, Path
from netmon.inventory.resolve import link_end
from netmon.model import WIFI

_SHOWN = 3
_ENOUGH = 5
"""Sites that must have a position before one of them is called far from the others."""


def implausible(draft: Draft) -> Iterator[Flaw]:
    """Yield all warnings of a draft."""
    yield from _sites(draft)
    yield from _positions(draft)
    yield from _nodes(draft)
    yield from _cables(draft)
    yield from _cut_off(draft)
    yield from _power_areas(draft)
    yield from _services(draft)


def _warn(code: str, path: Path, message: str, hint: str) -> Flaw:
    return Flaw(code, path, message, hint, Severity.WARNING)


def _sites(draft: Draft) -> Iterator[Flaw]:
    monitored = {node.site: node.id for node in draft.nodes.values() if node.monitor}
    for index, site in draft.sites.items():
        if ("sites", index) in draft.flawed:
            continue
        who = f"site {site.id} ({site.name})"
        if site.lat is None and site.lon is None:
            yield _warn(
                "no-position", ("sites", index), f"{who} has no position", "write lat and lon to see it on the map"
            )
        elif site.lat == 0 and site.lon == 0:
            yield _warn(
                "zero-position", ("sites", index), f"{who} lies at 0, 0", "leave lat and lon out where not known"
            )
        if not site.served and site.id in monitored:
            message = f"{who} is not served, yet its node {monitored[site.id]} is monitored"
            yield _warn("not-served", ("sites", index, "served"), message, "write served: true, or monitor: []")


def _positions(draft: Draft) -> Iterator[Flaw]:
    """Yield a warning for a site far from the others that would lie among them with another sign or a swap."""
    placed = {
        index: (site.lat, site.lon)
        for index, site in draft.sites.items()
        if site.lat is not None and site.lon is not None
    }
    if len(placed) < _ENOUGH:
        return
    south, north = _core([lat for lat, _ in placed.values()])
    west, east = _core([lon for _, lon in placed.values()])
    for index, (lat, lon) in placed.items():
        slips = (
            (lat, lon),
            (-lat, lon),
            (lat, -lon),
            (-lat, -lon),
            (lon, lat),
            (-lon, lat),
            (lon, -lat),
            (-lon, -lat),
        )
        meant = next((at for at in slips if south <= at[0] <= north and west <= at[1] <= east), None)
        if meant is not None and meant != (lat, lon):
            site = draft.sites[index]
            message = f"site {site.id} ({site.name}) lies at {lat:g}, {lon:g}, far from the others"
            yield _warn("far-position", ("sites", index), message, f"did you mean {meant[0]:g}, {meant[1]:g}?")


def _core(values: list[float]) -> tuple[float, float]:
    """Return where the middle half of some degrees lies, with twice as much on either side, at least a degree."""
    ordered = sorted(values)
    low, high = ordered[len(ordered) // 4], ordered[-1 - len(ordered) // 4]
    around = max(1.0, 2 * (high - low))
    return low - around, high + around


def _nodes(draft: Draft) -> Iterator[Flaw]:
    for index, node in draft.nodes.items():
        if ("nodes", index) in draft.flawed:
            continue
        for protocol in ("icmp", "snmp"):
            if getattr(node.probe, protocol, None) is not None and protocol not in node.monitor:
                message = f"node {node.id} has {protocol} settings but is not monitored by {protocol}"
                path = ("nodes", index, "probe", protocol)
                yield _warn("idle-probe", path, message, f"add {protocol} to monitor, or remove the settings")
        if "snmp" in node.monitor and "icmp" not in node.monitor:
            message = f"node {node.id} is polled but never pinged, so it is never seen up or dark"
            yield _warn("never-pinged", ("nodes", index, "monitor"), message, "add icmp to monitor")


def _cables(draft: Draft) -> Iterator[Flaw]:
    used = {cable for link in draft.links.values() for cable in link.cables}
    for index, cable in draft.cables.items():
        if cable.id not in used and not draft.may_exist(cable.id):
            message = f"no link runs in cable {cable.id}"
            yield _warn("unused-cable", ("cables", index), message, "name it in the cables of its links")


def _services(draft: Draft) -> Iterator[Flaw]:
    for index, service in draft.services.items():
        if service.timeout > service.interval and service.heartbeat is None and service.kind != WIFI:
            message = (
                f"service {service.id} may take {service.timeout:g} s but is checked every {service.interval:g} s"
            )
            yield _warn("long-timeout", ("services", index), message, "let the timeout be shorter than the interval")


def _cut_off(draft: Draft) -> Iterator[Flaw]:
    """Yield one warning for every part of the drawing from which no links lead to the vantage."""
    if draft.head is None:
        return
    drawn = {node.id for node in draft.nodes.values()}
    neighbours: dict[str, set[str]] = defaultdict(set)
    for link in draft.links.values():
        a, b = link_end(link.a).node, link_end(link.b).node
        neighbours[a].add(b)
        neighbours[b].add(a)
    vantage = draft.head.vantage.node
    if vantage not in drawn:
        return
    seen = _reach(vantage, neighbours).union(*(_reach(node, neighbours) for node in draft.head.vantage.also))
    for index, node in draft.nodes.items():
        if node.id in seen:
            continue
        part = _reach(node.id, neighbours)
        seen |= part
        if part - drawn or any(draft.may_exist(name) for name in part):  # another finding says why
            continue
        if len(part) == 1:
            message = f"node {node.id} has no link"
        else:
            rest = sorted(part - {node.id})
            more = f" and {len(rest) - _SHOWN} more" if len(rest) > _SHOWN else ""
            message = f"node {node.id} (with {', '.join(rest[:_SHOWN])}{more}) has no path to the vantage {vantage}"
        yield _warn(
            "no-path", ("nodes", index), message, "draw the link that joins it; until then faults cannot explain it"
        )


def _reach(start: str, neighbours: Mapping[str, set[str]]) -> set[str]:
    seen, border = {start}, [start]
    while border:
        for name in neighbours.get(border.pop(), set()) - seen:
            seen.add(name)
            border.append(name)
    return seen


def _power_areas(draft: Draft) -> Iterator[Flaw]:
    """Yield a warning for an area of a single node whose name is one slip of the pen away from another area's."""
    nodes_of: dict[str, list[int]] = defaultdict(list)
    for index, node in draft.nodes.items():
        if node.power_area is not None:
            nodes_of[node.power_area].append(index)
    similar: dict[str, set[str]] = defaultdict(set)
    for area in nodes_of:
        for key in _keys(area):
            similar[key].add(area)
    for area, indices in nodes_of.items():
        if len(indices) > 1:
            continue
        candidates = sorted({other for key in _keys(area) for other in similar[key] if len(nodes_of[other]) > 1})
        meant = [other for other in candidates if _is_slip(area, other)]
        if meant:
            message = f"power area {area} of node {draft.nodes[indices[0]].id} is written nowhere else"
            path = ("nodes", indices[0], "power_area")
            yield _warn("lone-power-area", path, message, f'did you mean "{meant[0]}"?')


def _keys(area: str) -> set[str]:
    """Return keys of which two names share one if at most one letter differs (or two neighbours are swapped)."""
    plain = re.sub(r"[^a-z0-9]", "", area.lower())
    return {plain} | {plain[:i] + plain[i + 1 :] for i in range(len(plain))}


def _is_slip(area: str, other: str) -> bool:
    """Return whether two names are likely one: numbers and single letters tell areas apart, long words do not."""
    ours, theirs = (re.findall(r"[a-z]+|[0-9]+", name.lower()) for name in (area, other))
    if area == other or len(ours) != len(theirs):
        return False
    different = [(a, b) for a, b in zip(ours, theirs, strict=True) if a != b]
    return all(a.isalpha() and b.isalpha() and min(len(a), len(b)) >= 4 for a, b in different)
