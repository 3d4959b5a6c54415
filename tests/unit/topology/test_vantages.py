"""Several vantages: what answers at one of them is not dark."""

from __future__ import annotations

from dataclasses import replace
from random import Random

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from netmon.model import Inventory, Observations, Reach, Vantage, Verdict
from netmon.topology.diagnosis.diagnose import diagnose
from netmon.topology.graph import Graph
from netmon.topology.islands import islands
from netmon.topology.reach import dark_if
from netmon.topology.resilience import resilience
from tests.draws import chances
from tests.unit.topology.chance import network
from tests.unit.topology.drawn import draw, element, seen, written
from tests.unit.topology.oracle import Oracle

CHAIN = "noc-a-b-c-d-far"


def watched_from_both(ways: str = CHAIN, **options: str) -> Graph:
    inventory = draw(ways, passive="far", **options)  # type: ignore[arg-type]  # passed through
    return Graph.from_inventory(replace(inventory, vantage=replace(inventory.vantage, also=("far",))))


def test_a_chain_cut_once_is_seen_from_both_ends() -> None:
    graph = watched_from_both()
    assert dark_if(graph, [element("link:b-c")]) == set()
    assert dark_if(graph, [element("link:a-b"), element("link:c-d")]) == {"b", "c"}
    assert dark_if(graph, [element("node:noc")]) == set()
    assert dark_if(graph, [element("vantage:noc"), element("link:b-c")]) == {"a", "b"}


def test_a_stretch_between_two_cuts_has_a_cut_on_either_side() -> None:
    graph = watched_from_both()
    diagnosis = diagnose(graph, seen(graph, "b c"))
    stated = [written((fault.element, *fault.alternatives)) for fault in diagnosis.faults]
    assert stated == [{"link:a-b", "node:b"}, {"link:c-d", "node:c"}]
    assert diagnosis.nodes["far"].verdict is Verdict.UP
    (island,) = islands(graph, seen(graph, "b c").nodes)
    assert island.frontier == ("a", "d")


def test_the_joint_of_the_vantages_is_nobodys_link() -> None:
    graph = watched_from_both("noc-a; far-d")
    assert resilience(graph).bridges == {"noc-a", "far-d"}
    diagnosis = diagnose(graph, seen(graph, "d"))
    assert [written((fault.element, *fault.alternatives)) for fault in diagnosis.faults] == [{"link:far-d", "node:d"}]


def test_a_vantage_that_is_seen_dark_is_none() -> None:
    inventory = draw(CHAIN)
    graph = Graph.from_inventory(replace(inventory, vantage=Vantage("noc", also=("far",))))
    diagnosis = diagnose(graph, seen(graph, "c d far"))
    (fault,) = diagnosis.faults
    assert written((fault.element, *fault.alternatives)) == {"link:b-c", "node:c"}
    assert fault.nodes == ("c", "d", "far")


def test_the_monitors_are_isolated_only_together() -> None:
    graph = watched_from_both()
    assert [fault.element.kind for fault in diagnose(graph, seen(graph, "a b c d")).faults] == ["vantage"]
    assert all(fault.element.kind != "vantage" for fault in diagnose(graph, seen(graph, "a b c")).faults)


@settings(deadline=None)
@given(chances, st.integers(4, 12))
def test_only_what_is_dark_from_every_vantage_is_explained(random: Random, size: int) -> None:
    inventory = network(random, size)
    far = random.choice(sorted(inventory.nodes))
    passive = replace(inventory.nodes[far], monitor=(), icmp=None)
    inventory = replace(
        inventory, nodes={**inventory.nodes, far: passive}, vantage=replace(inventory.vantage, also=(far,))
    )
    oracle = Oracle(inventory, Observations())
    pool = [one for one in oracle.elements() if far not in oracle.fails(one)[0]]  # it goes on seeing: it has power
    truth = random.sample(pool, min(len(pool), random.randint(1, 3)))
    nodes = set().union(*(oracle.fails(one)[0] for one in truth))
    links = set().union(*(oracle.fails(one)[1] for one in truth))
    reached = oracle.walk(nodes, links) | _from(inventory, far, nodes, links)
    words = {
        node.id: Reach.UP if node.id in reached else Reach.DOWN
        for node in inventory.nodes.values()
        if node.is_monitored
    }
    assume(Reach.UP in words.values())
    graph = Graph.from_inventory(inventory)
    diagnosis = diagnose(graph, Observations(words))
    dark = {name for name, word in words.items() if word is Reach.DOWN}
    assert len(diagnosis.faults) <= len(truth)
    assert {node for fault in diagnosis.faults for node in fault.nodes} == dark
    named = dark_if(graph, [fault.element for fault in diagnosis.faults])
    assert {name for name in named if graph.is_monitored[graph.index[name]]} == dark
    assert not any("~" in one.id for fault in diagnosis.faults for one in (fault.element, *fault.alternatives))


def _from(inventory: Inventory, start: str, nodes: set[str], links: set[str]) -> set[str]:
    return Oracle(replace(inventory, vantage=Vantage(start)), Observations()).walk(nodes, links)
