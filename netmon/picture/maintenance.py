"""Maintenance: announced work, and which faults it covers.

Work covers a fault that *is* the work: the element worked on, what fails with it, or what cannot be told from it.
It does not cover whatever else goes wrong behind it or at the same time. A cable is opened: its lines are covered.
A router is swapped: the router is, and its lines as far as nobody can tell them from the router.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace

from netmon.events import (
    Effect,
    Event,
    InventoryInForce,
    MaintenanceEnded,
    MaintenanceScheduled,
    ProbingStarted,
    Wake,
)
from netmon.model import Element, ElementKind, Fault, Finding, Verdict, Work
from netmon.picture.altered import altered
from netmon.picture.ledger import DARK
from netmon.picture.signs import code_of
from netmon.picture.state import Incident, Picture, Window
from netmon.topology.graph import Graph

KEPT = 7 * 86_400.0
"""Seconds for which a window that is over is remembered."""
SITE = "site"
_OPENING = (MaintenanceScheduled, InventoryInForce, ProbingStarted)
DRAWN_BY = "inventory"
"""Who announced work that stands in the inventory."""


def scheduled(picture: Picture, events: Iterable[Event]) -> Picture:
    """Return the picture with the windows that events announce or end, and those that its inventory announces."""
    windows = picture.windows
    for event in events:
        if isinstance(event, InventoryInForce):
            windows = _drawn(windows, picture.inventory.maintenance, event.at)
        windows = schedule(windows, event)
    return picture if windows is picture.windows else altered(picture, windows=windows)


def schedule(windows: Mapping[str, Window], event: Event) -> Mapping[str, Window]:
    """Return the windows after one event."""
    match event:
        case MaintenanceScheduled():
            window = Window(event.window, event.element, event.start, event.end, event.note, event.by)
            return {**_remembered(windows, event.at), event.window: window}
        case MaintenanceEnded():
            known = windows.get(event.window)
            if known is None or event.at >= known.end:
                return windows
            return {**windows, event.window: replace(known, end=max(event.at, known.start))}
        case _:
            return windows


def boundaries(picture: Picture, events: Iterable[Event]) -> tuple[Effect, ...]:
    """Return the wishes to be woken when a window opens or ends, wherever that became known."""
    if not picture.windows or not any(isinstance(event, _OPENING) for event in events):
        return ()
    times = {when for window in picture.windows.values() for when in (window.start, window.end)}
    return tuple(Wake(when) for when in sorted(times) if when > picture.at)


def active(windows: Mapping[str, Window], at: float) -> tuple[Window, ...]:
    """Return the windows that are open, in the order of their ids."""
    return tuple(window for _, window in sorted(windows.items()) if window.is_active(at)) if windows else ()


def covered(incident: Incident, windows: Iterable[Window], picture: Picture) -> Incident:
    """Return an incident marked with the window that covers it, if one does."""
    window = next((one.id for one in windows if covers(one.element, incident.fault, picture.graph)), None)
    return incident if window == incident.window else replace(incident, window=window)


def covers(element: str, fault: Fault, graph: Graph) -> bool:
    """Tell whether work on an element explains a fault."""
    stated = {fault.element, *fault.alternatives}
    for worked_on in _elements(element, graph):
        if worked_on in stated or not stated.isdisjoint(_within(worked_on, graph)):
            return True
        if (
            worked_on.kind is ElementKind.NODE
            and worked_on.id in fault.nodes
            and _ends_at(worked_on.id, stated, graph)
        ):
            return True
    return False


def worked_on(picture: Picture) -> frozenset[str]:
    """Return the nodes that open work is on: themselves, their site or power area, or a line that ends at them."""
    found: set[str] = set()
    for window in active(picture.windows, picture.at):
        for element in _elements(window.element, picture.graph):
            within = set() if element.kind is ElementKind.NODE else _within(element, picture.graph)
            for each in (element, *within):
                link = picture.inventory.links.get(each.id) if each.kind is ElementKind.LINK else None
                if link is not None:
                    found |= {link.a.node, link.b.node}
                if each.kind is ElementKind.NODE:
                    found.add(each.id)
    return frozenset(found)


def worded(found: Mapping[str, Finding], by_work: Collection[str]) -> Mapping[str, Finding]:
    """Return findings in which what covered incidents darken is in maintenance."""
    if not by_work:
        return found
    return {
        name: Finding(Verdict.MAINTENANCE, one.fault) if one.fault in by_work and one.verdict in DARK else one
        for name, one in found.items()
    }


def _elements(element: str, graph: Graph) -> tuple[Element, ...]:
    """Return what is worked on as elements that can fail; a site is all its nodes."""
    kind, _, name = element.partition(":")
    if kind == SITE:
        place = graph.site_index.get(name)
        nodes = () if place is None else graph.site_nodes[place]
        return tuple(Element(ElementKind.NODE, graph.ids[node]) for node in nodes)
    return (Element(ElementKind(kind), name),)


def _within(element: Element, graph: Graph) -> set[Element]:
    """Return what fails with an element and nothing besides: lines of a cable, nodes of a power area, thin cables."""
    code = code_of(graph, element)
    if code is None:
        return set()
    nodes, links = graph.fails(code)
    found = {Element(ElementKind.NODE, graph.ids[node]) for node in nodes}
    found |= {Element(ElementKind.LINK, graph.link_ids[link]) for link in links}
    for cable in {cable for link in links for cable in graph.cables_of[link]}:
        if set(graph.cable_links[cable]) <= set(links):
            found.add(Element(ElementKind.CABLE, graph.cable_ids[cable]))
    return found


def _ends_at(node: str, stated: Collection[Element], graph: Graph) -> bool:
    """Tell whether everything stated ends at a node: its lines, or cables with one of them."""
    own = {hop.link for hop in graph.adjacency[graph.index[node]]}
    for element in stated:
        code = code_of(graph, element)
        if code is None or own.isdisjoint(graph.fails(code)[1]):
            return False
    return True


def _drawn(windows: Mapping[str, Window], works: Mapping[str, Work], at: float) -> Mapping[str, Window]:
    """Return the windows when an inventory is put in force.

    Work that was ended early stays ended, as long as the inventory has the same times for it. What the inventory no
    longer announces is over, or will never be.
    """
    found = {}
    for name, window in windows.items():
        if window.drawn is None or name in works or window.end <= at:
            found[name] = window
        elif window.start < at:
            found[name] = replace(window, end=at)
    for name, work in works.items():
        known, times = windows.get(name), (work.start, work.end)
        if at - work.end >= KEPT:
            continue
        is_same = known is not None and known.drawn == times and known.element == work.element
        if known is None or not is_same:
            found[name] = Window(name, work.element, work.start, work.end, work.note, DRAWN_BY, times)
    return found if found != windows else windows


def _remembered(windows: Mapping[str, Window], at: float) -> dict[str, Window]:
    return {name: window for name, window in windows.items() if at - window.end < KEPT}
