"""Recovery: a fault is being repaired, and what it darkened comes back, one after the other. Pure.

A repaired line carries light before it carries routes, so its port is well before anything behind it answers; and
routes return to one node sooner than to the next. What is still dark a moment after the first sign of a repair has
not failed. It has a fault of its own only when it stays silent after routes had time to come back.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from netmon.model import ElementKind, PortId, Reach
from netmon.picture.signs import code_of
from netmon.picture.state import Incident, Picture
from netmon.topology.islands import Island

ROUTES_RETURN = 2.0
"""Seconds from the latest sign of a repair to the question whose answer may accuse what is still dark."""


def repairs(picture: Picture) -> Mapping[str, float]:
    """Return the nodes whose fault is being repaired, each with the time of the latest sign of that.

    A fault that was over before it could be named is one too: what comes back last must not be taken for it.
    """
    found: dict[str, float] = {}
    regions = [(region.nodes, list(_risen(region.nodes, picture))) for region in picture.pending]
    for incident in picture.open_incidents:
        signs = (*_risen(incident.nodes, picture), *_lines_restored(incident, picture))
        regions.append((incident.fault.nodes, [sign for sign in signs if sign > incident.opened]))
    for nodes, signs_there in regions:
        latest = max(signs_there, default=None)
        if latest is not None:
            found.update((node, max(latest, found.get(node, latest))) for node in nodes)
    return found


def repair_time(island: Island, repaired: Mapping[str, float]) -> float | None:
    """Return when the latest sign came that a fault is being repaired that darkened nodes of this island.

    `repaired` is what `repairs` says: a large fault is looked at once, and not for each island that is left of it.
    """
    return max((repaired[node] for node in island.nodes if node in repaired), default=None)


def still_silent(island: Island, repaired: float, picture: Picture) -> Mapping[str, float]:
    """Return the nodes to be asked before this island is judged anew, each with the time its word must be newer than.

    They are asked at once, since most come back at once, and those that do not once more when routes had their time.
    """
    returned = repaired + ROUTES_RETURN
    newer_than = repaired if picture.at < returned else returned
    return {node: newer_than for node in island.nodes if picture.nodes[node].judged <= returned}


def _risen(nodes: Iterable[str], picture: Picture) -> Iterator[float]:
    return (picture.nodes[node].since for node in nodes if _answers(node, picture))


def _lines_restored(incident: Incident, picture: Picture) -> Iterator[float]:
    """Yield when live ends of the lines that an incident accuses said that they are well again."""
    graph = picture.graph
    accused = (incident.fault.element, *incident.fault.alternatives)
    codes = (code_of(graph, one) for one in accused if one.kind in (ElementKind.LINK, ElementKind.CABLE))
    for number in {link for code in codes if code is not None for link in graph.fails(code)[1]}:
        link = picture.inventory.links[graph.link_ids[number]]
        for end in (link.a, link.b):
            port = PortId(end.node, end.port or "")
            if picture.ports.get(port) and port in picture.ports_back and _answers(end.node, picture):
                yield picture.ports_back[port]


def _answers(node: str, picture: Picture) -> bool:
    return node in picture.nodes and picture.nodes[node].reach is Reach.UP
