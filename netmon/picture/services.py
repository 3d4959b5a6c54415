"""Services that fail: each by a fault of its own, or many by the one thing that they share. Pure.

What services share is drawn (the nodes they depend on) or found (the address that their names lead to, the name
servers that answer for these, the domain above names that do not resolve). A shared thing is the fault when two or
more services fail by it and none that uses it answers. The others have been seen to answer, but that may be a minute
ago; so some of them are asked to be checked at once before anything is said. This is what `settle` does for nodes.

What the network's own faults explain is theirs: a service whose carrier is dark has no fault here. And nothing here
says anything of sites: a website that is hosted elsewhere may be down in a village that is up, and up in a dark one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import NamedTuple
from urllib.parse import urlsplit

from netmon.events import Announce, CheckServices, Effect, Wake
from netmon.model import Finding, Inventory, Service, ServiceFailure, ShareKind, Verdict
from netmon.picture.altered import altered
from netmon.picture.layers import alike
from netmon.picture.ledger import DARK
from netmon.picture.state import Picture, ServiceFault, ServiceState

ASKED_AT_MOST = 4
"""Services of one thing that are asked at once: a few tell as much as all, and it may be a host in trouble."""
PATIENCE = 30.0
"""Seconds for which their answers are waited for: a check may take ten, and counts when it failed twice."""
REMEMBERED = 100
"""Closed faults that a picture keeps; the journal keeps all."""
FEWEST = 2
_EXPLAINED = DARK | {Verdict.MAINTENANCE, Verdict.UNKNOWN}
_RANK = tuple(ShareKind)


class Share(NamedTuple):
    """One thing that services may share."""

    kind: ShareKind
    element: str


Members = Mapping[Share, tuple[str, ...]]
"""The services that use each thing, sorted."""


def serve(before: Picture, seen: Picture) -> tuple[Picture, tuple[Effect, ...]]:
    """Return the picture with its services explained, and what is asked for to explain them."""
    if not _must_serve(before, seen):
        return seen, ()
    if not seen.service_faults and not any(state.up is False for state in seen.services.values()):
        return altered(seen, service_findings=_untroubled(before, seen)), ()
    network = _by_network(seen)
    failing = {name: state for name, state in seen.services.items() if state.up is False and name not in network}
    members = shares(seen.inventory, seen.service_places, failing, seen.service_servers)
    kept, ended = _carried_on(seen, failing, members)
    explained = {name for fault in kept for name in fault.services}
    left = {name: state for name, state in failing.items() if name not in explained}
    verdict = _weighed(left, members, seen)
    named = tuple(
        ServiceFault(
            f"S{seen.position}" if number == 1 else f"S{seen.position}-{number}",
            share.kind,
            share.element,
            min(failing[name].since for name in services),
            services,
            services,
        )
        for number, (share, services) in enumerate(verdict.named, 1)
    )
    faults = tuple(sorted((*kept, *named), key=lambda fault: (fault.opened, fault.id)))
    asked = {name: at for name, at in seen.service_asked.items() if name in seen.services}
    effects: list[Effect] = [Announce(fault.id, "opened") for fault in named]
    effects += [Announce(fault.id, "closed") for fault in ended]
    if verdict.ask:
        asked.update(dict.fromkeys(verdict.ask, seen.at))
        effects += [CheckServices(verdict.ask), Wake(seen.at + PATIENCE)]
    if rest := sorted(name for fault in kept for name in fault.services if _is_recovering(fault, seen)):
        fresh = tuple(name for name in rest if seen.at - asked.get(name, 0.0) >= PATIENCE)
        if fresh:
            asked.update(dict.fromkeys(fresh, seen.at))
            effects += [CheckServices(fresh), Wake(seen.at + PATIENCE)]
    after = altered(
        seen,
        service_faults=faults,
        past_service_faults=(*seen.past_service_faults, *ended)[-REMEMBERED:],
        service_asked=asked,
    )
    return altered(after, service_findings=_findings(after, network)), tuple(effects)


def shares(
    inventory: Inventory,
    places: Mapping[str, str],
    failing: Mapping[str, ServiceState],
    servers: Mapping[str, tuple[str, ...]],
) -> Members:
    """Return what services share, with all that use it.

    Name servers and domains matter only to names that fail to resolve. The servers of a zone are one thing: while one
    of them answers, its names resolve.
    """
    found: dict[Share, set[str]] = defaultdict(set)
    unresolved = [name for name, state in failing.items() if state.reason == ServiceFailure.DNS]
    silent = {servers[name] for name in unresolved if servers.get(name)}
    domains = {domain for name in unresolved for domain in domains_of(inventory.services.get(name))}
    for name, service in inventory.services.items():
        for node in service.depends_on:
            found[Share(ShareKind.NODE, node)].add(name)
        if name in places:
            found[Share(ShareKind.ADDRESS, places[name])].add(name)
        if servers.get(name) in silent:
            found[Share(ShareKind.NAME_SERVER, ", ".join(servers[name]))].add(name)
        for domain in domains_of(service):
            if domain in domains:
                found[Share(ShareKind.DOMAIN, domain)].add(name)
    return {share: tuple(sorted(names)) for share, names in found.items() if len(names) >= FEWEST}


def domains_of(service: Service | None) -> tuple[str, ...]:
    """Return the domains above a service's name, the nearest first, `.` last; none where it has an address alone."""
    if service is None or service.probe == "dns":
        return ()
    host = (urlsplit(service.url).hostname if service.url is not None else service.host) or ""
    labels = host.rstrip(".").lower().split(".")
    if ":" in host or labels[-1].isdigit() or not labels[-1]:
        return ()
    return (*(".".join(labels[start:]) for start in range(1, len(labels))), ".")


class _Weighed(NamedTuple):
    named: tuple[tuple[Share, tuple[str, ...]], ...]
    ask: tuple[str, ...]


def _weighed(left: Mapping[str, ServiceState], members: Members, picture: Picture) -> _Weighed:
    """Name what can be named of the services that are not explained yet, and say whom else to ask."""
    ask: set[str] = set()
    waiting: set[str] = set()
    standing: dict[Share, tuple[str, ...]] = {}
    for share, names in members.items():
        fall = tuple(name for name in names if name in left and _fits(share, left[name]))
        if not fall:
            continue
        newest = max(left[name].since for name in fall)
        if any(_answers(picture.services[name], newest) for name in names if name in picture.services):
            continue  # it carries what answers
        stale = [name for name in names if _can_be_asked(name, picture) and name not in left]
        chosen = stale[:ASKED_AT_MOST]
        wanted = [name for name in chosen if picture.service_asked.get(name, 0.0) < newest]
        ask.update(wanted)
        if wanted or any(picture.at - picture.service_asked[name] < PATIENCE for name in chosen):
            waiting.update(fall)
        elif len(fall) >= FEWEST:
            standing[share] = fall
    rest = set(left) - waiting
    named: list[tuple[Share, tuple[str, ...]]] = []
    while rest:
        best = min(
            ((share, tuple(name for name in fall if name in rest)) for share, fall in standing.items()),
            key=lambda one: (-len(one[1]), len(members[one[0]]), *_order(one[0])),
            default=None,
        )
        if best is None or len(best[1]) < FEWEST:
            break
        named.append(best)
        rest -= set(best[1])
    named += [(Share(ShareKind.SERVICE, name), (name,)) for name in sorted(rest)]
    return _Weighed(tuple(named), tuple(sorted(ask)))


def _order(share: Share) -> tuple[int, int, str]:
    """Return the order of shares that explain equally much: what is drawn first, and of domains the narrowest."""
    labels = 0 if share.element == "." else share.element.count(".") + 1
    return (_RANK.index(share.kind), -labels if share.kind is ShareKind.DOMAIN else 0, share.element)


def _fits(share: Share, state: ServiceState) -> bool:
    """Tell whether a failure can be that of what is shared: a name that leads nowhere says nothing of the address."""
    if share.kind in (ShareKind.DOMAIN, ShareKind.NAME_SERVER):
        return state.reason == ServiceFailure.DNS
    return share.kind is ShareKind.NODE or state.reason != ServiceFailure.DNS


def _can_be_asked(name: str, picture: Picture) -> bool:
    """Tell whether a service that is believed to answer can be asked whether it still does."""
    service = picture.inventory.services[name]
    return service.is_asked and bool(picture.services.get(name, ServiceState()).up)


def _answers(state: ServiceState, since: float) -> bool:
    """Tell whether a service is known to have answered after this time."""
    return state.up is True and state.word > since


def _carried_on(
    picture: Picture, failing: Mapping[str, ServiceState], members: Members
) -> tuple[tuple[ServiceFault, ...], tuple[ServiceFault, ...]]:
    """Return the faults that go on, grown and shrunk, and those that ended.

    A fault goes on while one of its services fails, or is lost from sight. When some are back, the others are given
    the time of one check to follow; what fails then has another fault.
    """
    kept: list[ServiceFault] = []
    ended: list[ServiceFault] = []
    taken: set[str] = set()
    for fault in picture.service_faults:
        share = Share(fault.kind, fault.element)
        grown = [name for name in members.get(share, ()) if name in failing and _fits(share, failing[name])]
        ours = {name for name in fault.ever if name in failing}.union(grown)
        ours -= taken
        lost = any(picture.services[name].up is None for name in fault.ever if name in picture.services)
        back = _back(fault, picture)
        is_over = back is not None and picture.at - back >= PATIENCE
        if (ours or lost) and not is_over:
            services = tuple(sorted(ours))
            taken |= ours
            kept.append(replace(fault, services=services, ever=tuple(sorted({*fault.ever, *services}))))
        else:
            closed = max(back if back is not None else picture.at, fault.opened)
            ended.append(replace(fault, services=(), closed=closed))
    return tuple(kept), tuple(ended)


def _back(fault: ServiceFault, picture: Picture) -> float | None:
    """Return when the latest of its services came back; None while none has."""
    states = (picture.services[name] for name in fault.ever if name in picture.services)
    return max((state.since for state in states if state.up and state.since > fault.opened), default=None)


def _is_recovering(fault: ServiceFault, picture: Picture) -> bool:
    return _back(fault, picture) is not None


def _must_serve(before: Picture, seen: Picture) -> bool:
    """Tell whether anything changed that services are judged by, or an answer has been waited for long enough."""
    if not alike(before.services, seen.services) or not alike(before.service_places, seen.service_places):
        return True
    if not alike(before.service_servers, seen.service_servers):
        return True
    if before.inventory.digest != seen.inventory.digest or len(seen.service_findings) != len(seen.services):
        return True
    if not alike(before.node_findings, seen.node_findings):
        return True
    explained = {name for fault in seen.service_faults for name in fault.services}
    waits = any(
        state.up is False and name not in explained and seen.service_findings[name].fault is None
        for name, state in seen.services.items()
    )
    return waits or any(_is_recovering(fault, seen) for fault in seen.service_faults)


def _by_network(picture: Picture) -> Mapping[str, Finding]:
    """Return the failing services that a dark carrier explains, with what is said of it."""
    addresses = {node.address: node.id for node in picture.inventory.nodes.values() if node.address is not None}
    found: dict[str, Finding] = {}
    for name, state in picture.services.items():
        if state.up is not False:
            continue
        service = picture.inventory.services[name]
        carried = [picture.node_findings.get(n) for n in carriers(service, picture.service_places, addresses)]
        if service.heartbeat is not None:  # it comes from its site, whatever carries it there
            carried.append(picture.site_findings.get(service.site))
        for finding in carried:
            if finding is None or finding.verdict not in _EXPLAINED:
                continue
            if finding.fault is not None or finding.verdict in DARK:  # dark, even where the fault has no name yet
                is_work = finding.verdict in (Verdict.MAINTENANCE, Verdict.UNKNOWN)
                found[name] = Finding(finding.verdict if is_work else Verdict.UNREACHABLE, finding.fault)
                break
    return found


def carriers(service: Service, places: Mapping[str, str], nodes: Mapping[str, str]) -> Iterable[str]:
    """Return the nodes that carry a service: those drawn, and the one that has its address (`nodes`: by address)."""
    at = nodes.get(places.get(service.id, service.host or ""))
    return service.depends_on if at is None or at in service.depends_on else (*service.depends_on, at)


def _untroubled(before: Picture, seen: Picture) -> Mapping[str, Finding]:
    """Return the findings where nothing fails: most of them are what they were."""
    found = {name: one for name, one in before.service_findings.items() if name in seen.services}
    for name, state in seen.services.items():
        if name not in found or before.services.get(name) is not state:
            found[name] = Finding(Verdict.UNKNOWN if state.up is None else Verdict.UP)
    return found


def _findings(picture: Picture, network: Mapping[str, Finding]) -> Mapping[str, Finding]:
    faults = {name: fault for fault in picture.service_faults for name in fault.services}
    found: dict[str, Finding] = {}
    for name, state in picture.services.items():
        if name in network:
            found[name] = network[name]
        elif name in faults:
            alone = faults[name].kind is ShareKind.SERVICE
            found[name] = Finding(Verdict.DOWN if alone else Verdict.UNREACHABLE, faults[name].id)
        else:
            word = {True: Verdict.UP, None: Verdict.UNKNOWN, False: Verdict.UNREACHABLE}[state.up]
            found[name] = Finding(word)
    return found
