"""Diagnoses, held against all sets of failures there could be."""

from __future__ import annotations

from netmon.model import Element, Observations, Reach
from netmon.topology.diagnosis.diagnose import diagnose
from netmon.topology.diagnosis.scene import survey
from netmon.topology.graph import Graph
from tests.unit.topology.chance import Case, is_stated
from tests.unit.topology.oracle import Oracle


def hold_against_oracle(seen: Case) -> None:
    """Assert that the diagnosis is a smallest explanation, the likeliest of them, and states all others."""
    graph = Graph.from_inventory(seen.inventory)
    best = Oracle(seen.inventory, seen.observations).smallest(3)
    diagnosis = diagnose(graph, seen.observations)
    named = frozenset(fault.element for fault in diagnosis.faults)
    assert len(named) == len(diagnosis.faults) == len(best[0])
    assert named in best
    scene = survey(graph, seen.observations)

    def likelihood(elements: frozenset[Element]) -> float:
        share = 1.0
        for element in elements:
            share *= scene.prior(graph.code(element))
        return share

    assert likelihood(named) >= max(map(likelihood, best)) * (1 - 1e-9)
    for fault in diagnosis.faults:
        assert all(named - {fault.element} | {other} in best for other in fault.alternatives)
    assert all(is_stated(diagnosis, elements) for elements in best)
    assert all(frozenset(elements) in best for elements in diagnosis.hypotheses)
    assert all(0.0 < fault.confidence <= 1.0 for fault in diagnosis.faults)


def sees_anything(observations: Observations) -> bool:
    return any(word is Reach.UP for node, word in observations.nodes.items() if node != "n00")
