"""The drawing for other programs: DOT (Graphviz), GraphML (yEd, Gephi) and GeoJSON (QGIS), in the order of ids."""

from __future__ import annotations

import json
from typing import Any

import networkx as nx

from netmon.model import Finding, Inventory, Link, Reach, Site, Verdict
from netmon.topology.drawing.ground import Moment
from netmon.topology.geo import Position, line

_SHAPES = {
    Verdict.DOWN: "shape=octagon, style=filled, fillcolor=salmon",
    Verdict.UNREACHABLE: "shape=diamond, style=filled, fillcolor=plum",
    Verdict.DEGRADED: "shape=ellipse, style=filled, fillcolor=khaki",
    Verdict.MAINTENANCE: "shape=component, style=filled, fillcolor=lightblue",
}
"""How Graphviz shows nodes that are not well: by shape, and by colour too."""


def dot(inventory: Inventory, moment: Moment | None = None) -> str:
    """Return the nodes, grouped by district, and the links as a graph of Graphviz; passive nodes are points.

    With a moment, what is not well is filled and has another shape, and what is cut is dotted.
    """
    lines = [f"graph {_quoted(inventory.region)} {{", "  layout=sfdp; overlap=false;", "  node [shape=box];"]
    groups: dict[str, list[str]] = {}
    for name, node in sorted(inventory.nodes.items()):
        site = inventory.sites[node.site]
        verdict = None if moment is None else moment.nodes.get(name)
        shape = "" if node.monitor else " [shape=point]"
        if verdict is not None and verdict.verdict in _SHAPES:
            shape = f" [{_SHAPES[verdict.verdict]}, tooltip={_quoted(str(verdict.verdict))}]"
        groups.setdefault(site.district or site.id, []).append(f"    {_quoted(name)}{shape};")
    for number, (district, members) in enumerate(sorted(groups.items())):
        known = inventory.sites.get(district)
        title = _quoted(known.name if known else district)
        lines += [f"  subgraph cluster_{number} {{", f"    label={title};", *members, "  }"]
    for name, link in sorted(inventory.links.items()):
        style = "" if link.kind == "fibre" else ", style=dashed"
        if moment is not None and moment.links.get(name) is Reach.DOWN:
            style = ", style=dotted, penwidth=3, label=cut"
        lines.append(f"  {_quoted(link.a.node)} -- {_quoted(link.b.node)} [id={_quoted(name)}{style}];")
    return "\n".join([*lines, "}", ""])


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", " ") + '"'


def graphml(inventory: Inventory, moment: Moment | None = None) -> str:
    """Return nodes and links, parallel ones too, as GraphML with their attributes, verdicts among them."""
    graph: nx.MultiGraph[str] = nx.MultiGraph()
    for name, node in sorted(inventory.nodes.items()):
        site = inventory.sites[node.site]
        graph.add_node(name, **_known(site=site.id, site_name=site.name, role=node.role, kind=str(site.kind)))
        more = _known(lat=site.lat, lon=site.lon, district=site.district, power_area=node.power_area)
        graph.add_node(name, **more, **({} if moment is None else _found(moment.nodes.get(name))))
    for name, link in sorted(inventory.links.items()):
        cables = " ".join(link.cables) or None
        told = _known(kind=str(link.kind), length_km=link.length_km, cables=cables)
        if moment is not None:
            told["state"] = str(moment.links.get(name, Reach.UNKNOWN))
        graph.add_edge(link.a.node, link.b.node, name, **told)
    return "\n".join([*nx.generate_graphml(graph), ""])


def _found(finding: Finding | None) -> dict[str, str]:
    """Return a verdict and its fault, what is unknown as such."""
    if finding is None:
        return {"verdict": str(Verdict.UNKNOWN)}
    return _known(verdict=str(finding.verdict), fault=finding.fault)


def _known(**told: Any) -> dict[str, Any]:
    """Return what is told, without what is not known."""
    return {key: value for key, value in told.items() if value is not None}


def geojson(inventory: Inventory, moment: Moment | None = None) -> dict[str, Any]:
    """Return sites as points and links between them as lines (RFC 7946, longitude first), with verdicts and states.

    Sites without coordinates, and links that end at one, are left out.
    """
    sites = [site for _, site in sorted(inventory.sites.items())]
    features = [_point(site, place) for site in sites if (place := _place(site)) is not None]
    if moment is not None:
        for feature in features:
            feature["properties"].update(_found(moment.findings.get(feature["properties"]["id"])))
    for _, link in sorted(inventory.links.items()):
        drawn = _line(inventory, link)
        if drawn is not None:
            if moment is not None:
                drawn["properties"]["state"] = str(moment.links.get(link.id, Reach.UNKNOWN))
            features.append(drawn)
    return {"type": "FeatureCollection", "features": features}


def geojson_text(inventory: Inventory, moment: Moment | None = None) -> str:
    """Return the GeoJSON as text."""
    return json.dumps(geojson(inventory, moment), ensure_ascii=False) + "\n"


def _place(site: Site) -> Position | None:
    return None if site.lat is None or site.lon is None else Position(site.lat, site.lon)


def _point(site: Site, place: Position) -> dict[str, Any]:
    told = {
        "id": site.id,
        "name": site.name,
        "kind": str(site.kind),
        "district": site.district,
        "served": site.served,
    }
    return {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": [place.lon, place.lat]},
        "properties": told,
    }


def _line(inventory: Inventory, link: Link) -> dict[str, Any] | None:
    a, b = (_place(inventory.sites[inventory.nodes[end.node].site]) for end in (link.a, link.b))
    if a is None or b is None or a == b:
        return None
    told = {"id": link.id, "kind": str(link.kind), "length_km": link.length_km, "cables": list(link.cables)}
    return {"type": "Feature", "geometry": line(a, b), "properties": told}
