"""The rehearsal and what is counted on it: a few outages, and mistakes that must be counted."""

from __future__ import annotations

from random import Random

import pytest

from netmon.bench.calibration import Bin, Bins, drawn, look, tail
from netmon.bench.networks import network
from netmon.bench.race import RULES, Part, simulate
from netmon.bench.rehearsal import Rehearsal
from netmon.bench.trials import judge, trial
from netmon.model import Diagnosis, Element, ElementKind, Fault
from netmon.topology.graph import Graph


def test_each_fault_is_told_once_and_nothing_else() -> None:
    tallies = {tally.engine: tally for tally in simulate(Part("unit", 2, 0.05))}
    netmon = tallies["netmon"]
    assert netmon.outages == 2
    assert netmon.pages == netmon.faults >= 2
    assert (netmon.pages_for_shadowed, netmon.pages_for_live, netmon.misnamed) == (0, 0, 0)
    assert (netmon.unclosed, netmon.recovery_pages) == (0, 0)
    assert all(tallies[engine].pages >= netmon.pages for engine in RULES)


def test_a_rehearsed_outage_takes_as_long_as_it_would() -> None:
    stage = Rehearsal(network(Random(3), "tree", 12), Random(3), most_lost=0.0)
    stage.run(3.0)
    assert all(state.reach == "up" for state in stage.picture.nodes.values())
    victim = next(name for name in stage.nodes if len(stage.graph.adjacency[stage.graph.index[name]]) == 1)
    began = stage.now
    stage.fail([Element(ElementKind.NODE, victim)])
    stage.run(1.0)
    assert not stage.pages, "a hold before paging"
    stage.run(9.0)
    (page,) = stage.pages
    assert page.incident.fault.nodes == (victim,)
    assert 5.0 <= page.at - began <= 8.0
    assert began - 0.1 <= page.incident.opened <= began + 1.2
    stage.fail([])
    stage.run(3.0)
    assert not stage.picture.open_incidents


def test_mistakes_with_ports_are_counted() -> None:
    graph = Graph.from_inventory(network(Random(5), "mesh", 30))
    random = Random(8)
    cuts = [Element(ElementKind.LINK, name) for name in graph.link_ids]
    shown = None
    while shown is None or shown.dark:
        shown = trial(random, graph, cuts, 1, with_ports=True)
    assert judge(shown, Diagnosis()).missed_cuts == 1
    (cut,) = shown.truth
    whole = next(one for one in cuts if one != cut)
    score = judge(shown, Diagnosis((Fault("F1", whole), Fault("F2", cut))))
    assert (score.missed_cuts, score.accused_whole, score.is_larger) == (0, 1, True)


def test_confidences_are_counted_in_their_bins() -> None:
    bins = Bins()
    for right in (True, True, True, False):
        bins.count(0.75, right=right)
    bins.count(1.0, right=True)
    bins.add(bins)
    row, sure = (one.row() for one in bins.filled())
    assert (row["confidence"], row["faults"], row["said_ratio"], row["right_ratio"]) == ("0.7 to 0.8", 8, 0.75, 0.75)
    assert row["right_low_ratio"] < 0.75 < row["right_high_ratio"]
    assert sure["confidence"] == "0.99 to 1"
    assert drawn(bins.filled()).count("<circle") == len(bins.filled())


def test_a_bin_promises_too_much_when_chance_is_no_excuse() -> None:
    few, many, sure = (
        Bin(0.9, 0.95, n, n * said, right) for n, said, right in ((2, 0.94, 1), (200, 0.94, 170), (9, 1, 9))
    )
    assert tail(1, 2, 0.5) == pytest.approx(0.75)
    assert tail(0, 3, 0.9) == pytest.approx(0.001)
    assert tail(5, 5, 0.9) == pytest.approx(1.0)
    assert not few.is_overconfident()
    assert many.is_overconfident()
    assert not sure.is_overconfident()


def test_a_network_looked_at_says_mostly_true_things() -> None:
    bins = look("unit")
    assert sum(one.right for one in bins.filled()) > 0.9 * sum(one.faults for one in bins.filled()) > 20
