"""The diagnosis held against brute force: every set of up to three elements on small networks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from random import Random
from typing import TypeVar

from hypothesis import assume, given
from hypothesis import strategies as st

from netmon.model import ElementKind, Observations, Reach, Verdict
from netmon.topology.diagnosis.diagnose import diagnose
from netmon.topology.graph import Graph
from tests.draws import chances
from tests.unit.topology.against_oracle import hold_against_oracle, sees_anything
from tests.unit.topology.chance import case, network
from tests.unit.topology.oracle import Oracle

K = TypeVar("K")
V = TypeVar("V")


@given(chances, st.integers(3, 11))
def test_names_a_cheapest_explanation_and_states_the_others(random: Random, size: int) -> None:
    seen = case(random, size)
    assume(sees_anything(seen.observations))
    hold_against_oracle(seen)


@given(chances, st.integers(3, 14))
def test_never_accuses_what_answers(random: Random, size: int) -> None:
    seen = case(random, size, faults=5)
    assume(sees_anything(seen.observations))
    diagnosis = diagnose(Graph.from_inventory(seen.inventory), seen.observations)
    up = {node for node, word in seen.observations.nodes.items() if word is Reach.UP}
    whole = Oracle(seen.inventory, seen.observations).lines_up
    accused = {element for fault in diagnosis.faults for element in (fault.element, *fault.alternatives)}
    accused |= {element for elements in diagnosis.hypotheses for element in elements}
    for element in accused:
        if element.kind is ElementKind.NODE:
            assert element.id not in up
        if element.kind is ElementKind.LINK:
            assert element.id not in whole
        if element.kind is ElementKind.CABLE:
            assert not any(element.id in seen.inventory.links[link].cables for link in whole)
    assert all(diagnosis.nodes[node].verdict is Verdict.UP for node in up)
    assert not up & {node for fault in diagnosis.faults for node in fault.nodes}


@given(chances, st.integers(3, 12))
def test_every_dark_node_has_a_fault_behind_it(random: Random, size: int) -> None:
    seen = case(random, size, faults=5)
    assume(sees_anything(seen.observations))
    diagnosis = diagnose(Graph.from_inventory(seen.inventory), seen.observations)
    dark = {node for node, word in seen.observations.nodes.items() if word is Reach.DOWN}
    assert dark == {node for fault in diagnosis.faults for node in fault.nodes}
    if not seen.observations.ports and not seen.observations.light:
        assert all(fault.nodes for fault in diagnosis.faults), "what darkens nothing cannot be seen from afar"
    assert all(fault.evidence for fault in diagnosis.faults)
    for node in dark:
        assert diagnosis.nodes[node].verdict in {Verdict.DOWN, Verdict.UNREACHABLE, Verdict.DEGRADED}
        assert diagnosis.nodes[node].fault is not None


@given(chances, st.integers(4, 14))
def test_a_silent_forwarder_is_named_alone(random: Random, size: int) -> None:
    """A node that forwards and does not answer darkens only itself, whatever stands behind it."""
    inventory = network(random, size)
    graph = Graph.from_inventory(inventory)
    oracle = Oracle(inventory, Observations())
    monitored = {node.id for node in inventory.nodes.values() if node.is_monitored} & oracle.walk(set(), set())
    forwarders = [node for node in sorted(monitored) if not (monitored - {node}) <= oracle.walk({node}, set())]
    assume(forwarders)
    silent = random.choice(forwarders)
    words = {node: Reach.DOWN if node == silent else Reach.UP for node in monitored}
    diagnosis = diagnose(graph, Observations(words))
    assert [str(fault.element) for fault in diagnosis.faults] == [f"node:{silent}"]
    assert diagnosis.nodes[silent].verdict is Verdict.DEGRADED
    assert diagnosis.sites[inventory.nodes[silent].site].verdict is Verdict.DEGRADED
    assert diagnosis.faults[0].sites == ()


@given(chances, st.integers(3, 12))
def test_depends_on_no_order(random: Random, size: int) -> None:
    seen = case(random, size)
    inventory, observations = seen.inventory, seen.observations
    turned = replace(
        inventory,
        sites=_shuffled(random, inventory.sites),
        nodes=_shuffled(random, inventory.nodes),
        links=_shuffled(random, inventory.links),
        cables=_shuffled(random, inventory.cables),
    )
    words = Observations(
        _shuffled(random, observations.nodes),
        _shuffled(random, observations.ports),
        _shuffled(random, observations.light),
    )
    first = diagnose(Graph.from_inventory(inventory), observations)
    second = diagnose(Graph.from_inventory(turned), words)
    assert first == second


def _shuffled(random: Random, mapping: Mapping[K, V]) -> dict[K, V]:
    items = list(mapping.items())
    random.shuffle(items)
    return dict(items)
