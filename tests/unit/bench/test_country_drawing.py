"""The country of `netmon bench country`: as large as asked, the same each time, and its trunk darkens one region."""

from __future__ import annotations

import ipaddress
from pathlib import Path

import pytest

from netmon.bench.country_drawing import country
from netmon.inventory.load import load_inventory
from netmon.model import Element, ElementKind, SiteKind
from netmon.topology.graph import Graph
from netmon.topology.reach import dark_if


def test_the_trunk_of_the_largest_region_darkens_it_and_nothing_else(tmp_path: Path) -> None:
    drawing = country(90, 4, 60)
    assert drawing == country(90, 4, 60)
    assert drawing != country(90, 4, 60, seed=2)
    (tmp_path / "country.yaml").write_text(drawing.text)
    inventory = load_inventory(tmp_path / "country.yaml").inventory
    assert len(inventory.nodes) == drawing.nodes
    kinds = [site.kind for site in inventory.sites.values()]
    assert kinds.count(SiteKind.VILLAGE) == 90
    graph = Graph.from_inventory(inventory)
    assert all(graph.is_drawn)
    assert dark_if(graph, [Element(ElementKind.CABLE, drawing.trunk)]) == set(drawing.region)
    first, last = map(int, drawing.addresses)
    addresses = {name: int(ipaddress.ip_address(node.address or "::")) for name, node in inventory.nodes.items()}
    here = {name for name, address in addresses.items() if first <= address <= last}
    assert here == set(drawing.region)


@pytest.mark.parametrize("asked", [(10, 4, 8), (10, 2, 0), (200_000, 500, 2_000)])
def test_a_country_that_cannot_be_is_refused(asked: tuple[int, int, int]) -> None:
    with pytest.raises(ValueError, match=r"villages|addresses"):
        country(*asked)
