"""The fold: (picture, entry) → (picture, effects). The whole of netmon's judgement, as one pure function.

Each entry is observed, what it makes stale is dropped, then it is settled, lived on, and written into the ledger.
Nothing here reads a clock: time is the entry's. Effects are values; the daemon carries them out, a replay drops them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache

from netmon.events import Effect, Entry, InventoryInForce, ReadPorts, Wake
from netmon.model import Element, ElementKind, Finding, PortId, Reach, Verdict
from netmon.picture.accounts import corrected, kept
from netmon.picture.altered import altered
from netmon.picture.doubt import doubt
from netmon.picture.incidents import HOLD, announce, live_on
from netmon.picture.inquiry import inquire, revise, to_ask
from netmon.picture.layers import alike
from netmon.picture.ledger import ANSWERING, DARK, Span, extend
from netmon.picture.line_ledger import write_lines
from netmon.picture.maintenance import active, boundaries, covered, scheduled, worded
from netmon.picture.moments import ends_unjudged, is_told_late, is_woken, must_wait, next_moment, told_at
from netmon.picture.observe import observe
from netmon.picture.otherwise import proven
from netmon.picture.partition import divided
from netmon.picture.redundancy import weighed
from netmon.picture.services import serve
from netmon.picture.set_back import told_the_time
from netmon.picture.settle import KEPT, findings, settle
from netmon.picture.standing import is_standing, stand
from netmon.picture.state import Incident, Picture, Topology, Window
from netmon.picture.unheard import silent_ports
from netmon.topology.graph import Graph
from netmon.topology.resilience import resilience

CUTS = frozenset({ElementKind.LINK, ElementKind.CABLE})
REMEMBERED = 200
"""Closed incidents that a picture keeps for faces to show; the journal keeps all."""


class NothingYetError(ValueError):
    """The journal's first entry does not say which inventory is in force, so that there is no picture."""


def begin(entry: Entry) -> Picture:
    """Return the empty picture that the first entry of a journal is folded onto.

    Raises:
        NothingYetError: the entry does not put an inventory in force.
    """
    if entry.inventory is None or not any(isinstance(event, InventoryInForce) for event in entry.events):
        raise NothingYetError(f"journal entry {entry.position} does not put an inventory in force")
    return Picture.empty(entry.inventory)


def fold(picture: Picture | None, entry: Entry) -> tuple[Picture, tuple[Effect, ...]]:
    """Return the picture after one more entry, and what it asks of the daemon.

    Raises:
        NothingYetError: there is no picture and the entry does not put an inventory in force.
    """
    was = begin(entry) if picture is None else picture
    before = told_the_time(was, entry)
    effects: tuple[Effect, ...] = ()
    if ends_unjudged(before, entry):
        before, effects = _judge(before)
    seen, asked = doubt(before, observe(before, entry), entry.events)
    seen, revisions = revise(corrected(scheduled(seen, entry.events), entry.events), entry.events)
    if before.is_overtaken or _must_settle(before, seen):
        if must_wait(before, seen) and not is_told_late(before, entry):
            effects += () if before.is_overtaken and not is_woken(entry) else (Wake(next_moment(seen)),)
            seen = altered(seen, is_overtaken=True)
        else:
            seen, more = _judge(altered(seen, judged_told=told_at(entry)))
            effects += more
    seen, doubtful = divided(before, seen)
    seen, found = inquire(before, seen, entry.events)
    seen, told = _tell(seen)
    seen, checked = serve(before, seen)
    seen = write_lines(before, seen)
    if seen.at < was.at:  # the clock was set back, and what was to come is later now
        told = (*told, *(Wake(one.began + HOLD) for one in seen.open_incidents if not one.announced))
    return seen, (*asked, *revisions, *effects, *doubtful, *found, *told, *checked, *boundaries(seen, entry.events))


def _tell(seen: Picture) -> tuple[Picture, tuple[Effect, ...]]:
    now_open, told = announce(seen.open_incidents, seen.at)
    closed, more = announce(seen.closed_incidents, seen.at)
    if not told and not more:
        return seen, ()
    return altered(seen, open_incidents=now_open, closed_incidents=closed), (*told, *more)


def _must_settle(before: Picture, seen: Picture) -> bool:
    """Tell whether anything changed on which verdicts rest: most ports report most of the time that all is well."""
    if seen.at_work != {window.id for window in active(seen.windows, seen.at)}:
        return True
    if before.pending or not alike(before.nodes, seen.nodes) or before.inventory.digest != seen.inventory.digest:
        return True
    if not alike(before.services, seen.services) and proven(before) != proven(seen):
        return True
    if silent_ports(before.inventory, before.unheard, before.at) != silent_ports(
        seen.inventory, seen.unheard, seen.at
    ):
        return True
    if seen.open_incidents:  # any word of a port may rule an explanation out
        return not alike(before.read_at, seen.read_at)
    if before.ports is seen.ports and before.light is seen.light:
        return False
    return _lost(before) != _lost(seen)


def _lost(picture: Picture) -> tuple[frozenset[PortId], frozenset[PortId]]:
    """Return the ports that are down, and those without light."""
    return (
        frozenset(port for port, up in picture.ports.items() if not up),
        frozenset(port for port, level in picture.light.items() if level is None),
    )


def _judge(observed: Picture) -> tuple[Picture, tuple[Effect, ...]]:
    seen = stand(observed)
    settled = settle(seen)
    aside = tuple(incident for incident in seen.open_incidents if is_standing(incident, seen.standing))
    lives = live_on(
        (incident for incident in seen.open_incidents if incident not in aside),
        settled.diagnosis.faults,
        seen.nodes,
        settled.pending_nodes,
        past=seen.closed_incidents,
        at=seen.at,
        position=seen.position,
    )
    work = active(seen.windows, seen.at)
    marked = (covered(incident, work, seen) for incident in (*lives.open, *aside))
    incidents = tuple(sorted(marked, key=lambda incident: (incident.opened, incident.id)))
    by_work = {incident.id for incident in incidents if incident.window is not None}
    node_findings, site_findings = (worded(one, by_work) for one in findings(settled, seen, lives.names))
    # What the network hangs on is reckoned when it is known what failed.
    topology = seen.topology if settled.pending and seen.judged else _hanging(seen, incidents)
    past = tuple(incident for incident in seen.closed_incidents if incident.id not in lives.reopened)
    judged = altered(
        seen,
        node_findings=node_findings,
        site_findings=site_findings,
        open_incidents=incidents,
        closed_incidents=(*past, *lives.closed)[-REMEMBERED:],
        accounts=kept(seen.accounts, lives.closed, lives.reopened),
        at_work=frozenset(window.id for window in work),
        pending=settled.pending,
        judged=seen.at,
        is_overtaken=False,
        topology=topology,
    )
    judged = altered(judged, open_incidents=weighed(incidents, judged))
    # A cut stands from the moment it is seen: by the next entry, an end of it may have fallen silent.
    asked = to_ask(lives.closed, seen)
    questions = (ReadPorts(asked),) if asked else ()
    return write_ledger(stand(judged), observed.site_findings), (*settled.effects, *lives.effects, *questions)


def _hanging(seen: Picture, incidents: Iterable[Incident]) -> Topology:
    cut = frozenset(incident.fault.element for incident in incidents if incident.fault.element.kind in CUTS)
    dark = frozenset(name for name, state in seen.nodes.items() if state.reach is Reach.DOWN)
    return _hinges(seen.graph, cut, dark)


@lru_cache(maxsize=2)
def _hinges(graph: Graph, cut: frozenset[Element], dark: frozenset[str]) -> Topology:
    """Return what a network hangs on; of a country that takes as long as all else, and seldom changes."""
    shape = resilience(graph, failed=cut, reach=dict.fromkeys(dark, Reach.DOWN))
    return Topology(shape.bridges, shape.articulation_points)


def write_ledger(picture: Picture, before: Mapping[str, Finding]) -> Picture:
    """Return the picture with every changed site verdict written into its site's timeline; `before` are in it."""
    ledger, ahead = dict(picture.ledger), picture.ahead
    opened = {incident.id: incident.opened for incident in picture.open_incidents}
    for site, found in picture.site_findings.items():
        if before.get(site) is found:
            continue
        timeline = ledger.get(site, ())
        last = timeline[-1] if timeline else None
        provisional = found.fault is None and found.verdict in DARK
        if (
            last is not None
            and last.verdict is found.verdict
            and last.incident == found.fault
            and last.provisional == provisional
        ):
            continue
        start = _effective(picture, site, found, last, opened)
        room = 0.0 if ahead is None else ahead.room(site)
        ledger[site] = extend(timeline, Span(start, found.verdict, found.fault, provisional), room)
    return altered(picture, ledger=ledger)


def _effective(picture: Picture, site: str, found: Finding, last: Span | None, opened: dict[str, float]) -> float:
    """Return the time from which a verdict is true: that of the last word it rests on, not of the decision."""
    if (
        last is None
        or (found.verdict in ANSWERING and last.verdict in ANSWERING)
        or found.verdict is Verdict.UNSERVED
    ):
        return picture.at
    times = [picture.nodes[node].since for node in picture.graph.monitored_at(site)] or _lived(picture, site, found)
    if found.fault is not None and found.verdict in KEPT:
        times.append(opened.get(found.fault, 0.0))
        window = _window_of(found, last, picture)
        if window is not None:
            times.append(window.start if found.verdict is Verdict.MAINTENANCE else min(window.end, picture.at))
    return max(times, default=picture.at)


def _lived(picture: Picture, site: str, found: Finding) -> list[float]:
    """Return since when it is known, or not any more, that a monitor lives whose own place nobody asks.

    That is known from the first answer to it, up to the last word of others.
    """
    graph = picture.graph
    if all(graph.site_ids[graph.site_of[root]] != site for root in graph.roots):
        return []
    if found.verdict is Verdict.UP:
        return [min((state.since for state in picture.nodes.values() if state.reach is Reach.UP), default=picture.at)]
    return [max((state.since for state in picture.nodes.values()), default=picture.at)]


def _window_of(found: Finding, last: Span, picture: Picture) -> Window | None:
    """Return the window that begins to cover a dark site, or has ceased to."""
    if found.verdict is Verdict.MAINTENANCE:
        incident = picture.incident(found.fault or "")
        return picture.windows.get(incident.window) if incident and incident.window else None
    if last.verdict is not Verdict.MAINTENANCE:
        return None
    over = [window for window in picture.windows.values() if last.start < window.end <= picture.at]
    return max(over, key=lambda window: window.end, default=None)
