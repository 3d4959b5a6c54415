"""A monitor that gets no processor time, or whose journal is slow, accuses nobody who has not failed."""

from __future__ import annotations

from copy import deepcopy
from functools import cache
from random import Random

import pytest

from netmon.bench.networks import network
from netmon.bench.rehearsal import Rehearsal
from netmon.model import Element, ElementKind, Observations, Reach, Verdict
from netmon.topology.diagnosis.diagnose import diagnose
from netmon.topology.reach import dark_if
from tests.drawings import drawing

STALLS = {"short": (0.2, (0.3, 1.7)), "long": (0.05, (1.5, 4.0)), "none": (0.0, (0.0, 0.0))}
"""How likely the loop stands still at any turn, and for how many seconds: with and without a gap in probing."""


class Watched(Rehearsal):
    """A rehearsal in which everybody who is ever called down is noted, and the loop stands still now and then."""

    def __init__(self, random: Random, stalls: str, *, apart: bool = False) -> None:
        self.accused: set[str] = set()
        self.chance, self.seconds = STALLS[stalls]
        super().__init__(network(random, "tree", 20, cables=0.3), random, most_lost=0.02, apart=apart)
        super().run(8.0)

    def run(self, seconds: float) -> None:
        end = self.now + seconds
        while self.now < end:
            super().run(0.01)
            self.accused |= {n for n, one in self.picture.node_findings.items() if one.verdict is Verdict.DOWN}
            if self.random.random() < self.chance:
                self.starve(self.random.uniform(*self.seconds))


def broken(stage: Rehearsal) -> tuple[list[Element], set[str]]:
    """Return a node whose failure darkens many, and whom perfect observations would call down for it."""
    gateway = stage.graph.ids[stage.graph.adjacency[stage.graph.vantage][0].node]
    shadows = {
        name: dark_if(stage.graph, [Element(ElementKind.NODE, name)]) for name in stage.nodes if name != gateway
    }
    deepest = sorted(shadows, key=lambda name: -len(shadows[name]))[:3]
    failed = [Element(ElementKind.NODE, stage.random.choice(deepest))]
    dark = dark_if(stage.graph, failed)
    words = {name: Reach.DOWN if name in dark else Reach.UP for name in stage.nodes}
    found = diagnose(stage.graph, Observations(words)).nodes
    return failed, {name for name, one in found.items() if one.verdict is Verdict.DOWN}


@cache
def _begun(seed: int, stalls: str) -> Watched:
    return Watched(Random(f"{seed} {stalls}"), stalls, apart=bool(seed % 2))


def begun(seed: int, stalls: str) -> Watched:
    """Return a rehearsal that has gone on for some seconds: with and without a lag they are the same."""
    stage = _begun(seed, stalls)
    return deepcopy(stage, {id(frozen): frozen for frozen in (stage.inventory, stage.graph, stage.picture)})


@pytest.mark.parametrize("lag", [0.0, 4.0])
@pytest.mark.parametrize("stalls", STALLS)
@pytest.mark.parametrize("seed", range(3))
def test_nobody_is_accused_for_another(seed: int, stalls: str, lag: float) -> None:
    stage = begun(seed, stalls)
    stage.lag = lag
    failed, allowed = broken(stage)
    stage.fail(failed)
    stage.run(14.0)
    stage.fail([])
    stage.run(10.0)
    assert stage.accused <= allowed
    for page in stage.pages:
        assert not {page.incident.fault.element, *page.incident.fault.alternatives}.isdisjoint(failed)
    if stalls != "long":  # where probing stands still every few seconds, nothing can be known
        assert stage.accused == allowed != set()


def test_a_quiet_network_stays_quiet_however_starved() -> None:
    stage = Rehearsal(drawing("noc-gw gw-a a-b b-c gw-x"), Random(1), most_lost=0.05)
    stage.run(5.0)
    for _ in range(60):
        stage.starve(stage.random.uniform(0.0, 3.0))
        stage.run(0.3)
    assert not stage.opened
    assert not stage.downs
