"""The drawing for other programs: DOT (Graphviz), GraphML (yEd, Gephi) and GeoJSON (QGIS), in the order of ids."""

from __future__ import annotations

import json
from typing import Any

import networkx as nx

from netmon.model import Inventory, Link, Site


def dot(inventory: Inventory) -> str:
    """Return the nodes, grouped by district, and the links as a graph of Graphviz; passive nodes are points."""
    lines = [f"graph {_quoted(inventory.region)} {{", "  layout=sfdp; overlap=false;", "  node [shape=box];"]
    groups: dict[str, list[str]] = {}
    for name, node in sorted(inventory.nodes.items()):
        site = inventory.sites[node.site]
        shape = "" if node.monitor else " [shape=point]"
        groups.setdefault(site.district or site.id, []).append(f"    {_quoted(name)}{shape};")
    for number, (district, members) in enumerate(sorted(groups.items())):
        known = inventory.sites.get(district)
        title = _quoted(known.name if known else district)
        lines += [f"  subgraph cluster_{number} {{", f"    label={title};", *members, "  }"]
    for name, link in sorted(inventory.links.items()):
        style = "" if link.kind == "fibre" else ", style=dashed"
        lines.append(f"  {_quoted(link.a.node)} -- {_quoted(link.b.node)} [id={_quoted(name)}{style}];")
    return "\n".join([*lines, "}", ""])


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", " ") + '"'


def graphml(inventory: Inventory) -> str:
    """Return nodes and links, parallel ones too, as GraphML with their attributes."""
    graph: nx.MultiGraph[str] = nx.MultiGraph()
    for name, node in sorted(inventory.nodes.items()):
        site = inventory.sites[node.site]
        graph.add_node(name, **_known(site=site.id, site_name=site.name, role=node.role, kind=str(site.kind)))
        more = _known(lat=site.lat, lon=site.lon, district=site.district, power_area=node.power_area)
        graph.add_node(name, **more)
    for name, link in sorted(inventory.links.items()):
        cables = " ".join(link.cables) or None
        told = _known(kind=str(link.kind), length_km=link.length_km, cables=cables)
        graph.add_edge(link.a.node, link.b.node, name, **told)
    return "\n".join([*nx.generate_graphml(graph), ""])


def _known(**told: Any) -> dict[str, Any]:
    """Return what is told, without what is not known."""
    return {key: value for key, value in told.items() if value is not None}


def geojson(inventory: Inventory) -> dict[str, Any]:
    """Return sites as points and links between them as lines (RFC 7946, longitude first).

    Sites without coordinates, and links that end at one, are left out.
    """
    sites = [site for _, site in sorted(inventory.sites.items())]
    features = [_point(site) for site in sites if _place(site) is not None]
    for _, link in sorted(inventory.links.items()):
        line = _line(inventory, link)
        if line is not None:
            features.append(line)
    return {"type": "FeatureCollection", "features": features}


def geojson_text(inventory: Inventory) -> str:
    """Return the GeoJSON as text."""
    return json.dumps(geojson(inventory), ensure_ascii=False) + "\n"


def _place(site: Site) -> list[float] | None:
    return None if site.lat is None or site.lon is None else [site.lon, site.lat]


def _point(site: Site) -> dict[str, Any]:
    told = {
        "id": site.id,
        "name": site.name,
        "kind": str(site.kind),
        "district": site.district,
        "served": site.served,
    }
    return {"type": "Feature", "geometry": {"type": "Point", "coordinates": _place(site)}, "properties": told}


def _line(inventory: Inventory, link: Link) -> dict[str, Any] | None:
    ends = [_place(inventory.sites[inventory.nodes[end.node].site]) for end in (link.a, link.b)]
    if None in ends or ends[0] == ends[1]:
        return None
    told = {"id": link.id, "kind": str(link.kind), "length_km": link.length_km, "cables": list(link.cables)}
    return {"type": "Feature", "geometry": {"type": "LineString", "coordinates": ends}, "properties": told}
