"""Ways between two nodes, held against networkx."""

from __future__ import annotations

from random import Random

import networkx as nx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from netmon.topology.graph import Graph
from netmon.topology.robustness.routes import USUAL_KM, Span, routes
from tests.draws import chances
from tests.unit.topology.drawn import draw, element
from tests.unit.topology.townscape import Removal, townscape


@given(chances, st.integers(2, 12))
def test_a_way_is_the_shortest_and_a_pair_shares_nothing(random: Random, size: int) -> None:
    inventory = townscape(random, size)
    removal = Removal(inventory)
    a, b = random.sample(sorted(inventory.nodes), 2)
    avoid = [one for one in random.sample(removal.elements(), 1) if not removal.parts(one)[0] & {a, b}]
    left = removal.left(avoid)
    for _, _, name, data in left.edges(keys=True, data=True):
        length = inventory.links[name].length_km
        data["km"] = USUAL_KM if length is None else length
    graph = Graph.from_inventory(inventory)
    found = routes(inventory, graph, a, b, avoid=avoid)
    pair = routes(inventory, graph, a, b, avoid=avoid, pair=True)
    if not nx.has_path(left, a, b):
        assert found == pair == ()
        return
    (way,) = found
    assert sum(span.length_km for span in way) == pytest.approx(nx.shortest_path_length(left, a, b, weight="km"))
    for one_way in (way, *pair):
        assert [span.a for span in one_way] == [a, *(span.b for span in one_way[:-1])]
        assert one_way[-1].b == b
    simple: nx.Graph[str] = nx.Graph()
    for one, other, name in left.edges(keys=True):  # a node in each link, so that parallel ones count
        simple.add_edges_from([(one, f"link {name}"), (f"link {name}", other)])
    assert len(pair) == min(2, nx.edge_connectivity(simple, a, b))
    if len(pair) == 2:
        assert not links(pair[0]) & links(pair[1])
        if nx.node_connectivity(simple, a, b) > 1:
            assert {span.b for span in pair[0]} & {span.b for span in pair[1]} == {b}


def links(way: tuple[Span, ...]) -> set[str]:
    return {span.link for span in way}


def test_light_and_time_are_those_of_glass() -> None:
    inventory = draw("noc-a")
    ((span,),) = routes(inventory, Graph.from_inventory(inventory), "noc", "a")
    assert (span.length_km, span.is_assumed) == (USUAL_KM, True)
    assert span.delay == pytest.approx(3.0 / 299_792.458 * 1.4682, rel=1e-3)
    assert span.loss_db == pytest.approx(0.35 * 3 + 1.0)


def test_what_is_avoided_is_not_passed() -> None:
    inventory = draw("noc-a-b; noc-c-d-b", cables={"duct": "noc-a"})
    graph = Graph.from_inventory(inventory)
    (way,) = routes(inventory, graph, "noc", "b", avoid=[element("cable:duct")])
    assert [span.b for span in way] == ["c", "d", "b"]
    assert routes(inventory, graph, "noc", "b", avoid=[element("node:a"), element("node:d")]) == ()
    assert len(routes(inventory, graph, "noc", "b", pair=True)) == 2
