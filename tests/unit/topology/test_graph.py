"""The network as index lists."""

from __future__ import annotations

from dataclasses import replace

import pytest

from netmon.model import Element, ElementKind, PortId
from netmon.topology.graph import Graph
from tests.unit.topology.drawn import draw, element, graph_of


def test_numbers_follow_the_ids_whatever_the_order_of_the_inventory() -> None:
    inventory = draw("noc-b-a; noc-c", cables={"k": "b-a"}, areas={"p": "a c"})
    turned = replace(
        inventory,
        nodes={name: inventory.nodes[name] for name in sorted(inventory.nodes, reverse=True)},
        links={name: inventory.links[name] for name in sorted(inventory.links, reverse=True)},
        sites={name: inventory.sites[name] for name in sorted(inventory.sites, reverse=True)},
    )
    first, second = Graph.from_inventory(inventory), Graph.from_inventory(turned)
    assert first.ids == ("a", "b", "c", "noc")
    assert all(getattr(first, name) == getattr(second, name) for name in Graph.__slots__ if not name.startswith("__"))


def test_parallel_links_are_kept_and_loops_dropped() -> None:
    graph = graph_of("noc-a; noc-a; a-a")
    assert [graph.link_ids[link] for _, link in graph.adjacency[graph.index["a"]]] == ["noc-a", "noc-a.2"]


def test_codes_number_all_kinds_and_lead_back() -> None:
    graph = graph_of("noc-a-b", cables={"k": "a-b"}, areas={"p": "a b"})
    everything = [
        element(text)
        for text in ("node:a", "node:b", "node:noc", "link:a-b", "link:noc-a", "cable:k", "power_area:p")
    ]
    assert [graph.element(code) for code in range(len(everything))] == everything
    assert [graph.code(one) for one in everything] == list(range(len(everything)))
    assert graph.fails(graph.code(element("cable:k"))) == ((), (0,))
    assert graph.fails(graph.code(element("power_area:p"))) == ((0, 1), ())


@pytest.mark.parametrize("text", ["node:x", "link:x", "cable:x", "power_area:x", "vantage:noc"])
def test_an_element_that_is_not_drawn_has_no_code(text: str) -> None:
    with pytest.raises(KeyError):
        graph_of("noc-a").code(element(text))


def test_neighbours_are_seen_through_passive_nodes() -> None:
    graph = graph_of("noc-olt-s-t-o1; s-o2; olt-x", passive="s t")
    assert graph.monitored_neighbours("olt") == ("o1", "o2", "x")
    assert graph.monitored_neighbours("o1") == ("o2", "olt")
    assert graph.monitored_neighbours("noc") == ("olt",)


def test_sites_know_their_monitored_nodes() -> None:
    graph = graph_of("noc-a; noc-b; noc-s", passive="s", sites={"here": "a b s"})
    assert graph.monitored_at("here") == ("a", "b")
    assert graph.monitored_at("nowhere") == ()


def test_what_the_drawing_never_joins_is_not_drawn() -> None:
    graph = graph_of("noc-a; y-z", alone="x")
    assert [name for name, drawn in zip(graph.ids, graph.is_drawn, strict=True) if not drawn] == ["x", "y", "z"]


def test_a_port_knows_its_links() -> None:
    graph = graph_of("noc-a-b")
    assert graph.links_at[PortId("a", "b")] == (graph.code(Element(ElementKind.LINK, "a-b")) - len(graph.ids),)
