"""What other programs read of a drawing is all of it."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import networkx as nx

from netmon.model import Inventory, Site, SiteKind
from netmon.topology.drawing.exchange import dot, geojson, graphml
from tests.unit.topology.drawn import draw


def county() -> Inventory:
    inventory = draw("noc-a-b; a-b; b-c", passive="c", cables={"duct": "noc-a"})
    sites = inventory.sites
    placed = {name: replace(sites[name], lat=-7.0, lon=lon) for name, lon in (("site-a", 112.0), ("site-b", 112.1))}
    odd = {"site-c": Site("site-c", 'Q "& <C>', SiteKind.VILLAGE)}
    return replace(inventory, sites={**inventory.sites, **placed, **odd})


def test_graphml_holds_every_node_and_parallel_link() -> None:
    inventory = county()
    read: Any = nx.parse_graphml(graphml(inventory), force_multigraph=True)
    assert set(read.nodes) == set(inventory.nodes)
    assert sorted(key for *_, key in read.edges(keys=True)) == sorted(inventory.links)
    assert read.nodes["c"]["site_name"] == 'Q "& <C>'
    assert read.edges["noc", "a", "noc-a"]["cables"] == "duct"


def test_dot_holds_every_node_and_link() -> None:
    text = dot(county())
    assert set(re.findall(r'id="([^"]+)"', text)) == set(county().links)
    assert '"c" [shape=point];' in text
    assert '"Q \\"& <C>"' in text
    assert text.count("{") == text.count("}")


def test_geojson_has_longitude_first_and_places_nothing_by_guess() -> None:
    features = geojson(county())["features"]
    assert [(one["geometry"]["type"], one["properties"]["id"]) for one in features] == [
        ("Point", "site-a"),
        ("Point", "site-b"),
        ("LineString", "a-b"),
        ("LineString", "a-b.2"),
    ]
    assert [one["geometry"]["coordinates"] for one in features[:2]] == [[112.0, -7.0], [112.1, -7.0]]


def test_geojson_cuts_a_link_where_the_antimeridian_is() -> None:
    inventory = county()
    far = {
        "site-a": replace(inventory.sites["site-a"], lon=179.5),
        "site-b": replace(inventory.sites["site-b"], lon=-179.5),
    }
    *_, link = geojson(replace(inventory, sites={**inventory.sites, **far}))["features"]
    assert link["geometry"] == {
        "type": "MultiLineString",
        "coordinates": [[[179.5, -7.0], [180.0, -7.0]], [[-180.0, -7.0], [-179.5, -7.0]]],
    }
