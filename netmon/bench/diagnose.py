"""`netmon bench diagnose`: faults named right on random networks, beside the rules of other tools, and how fast."""

from __future__ import annotations

import gc
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from random import Random
from statistics import mean, quantiles
from time import process_time
from typing import Any

import click

from netmon.bench.networks import SHAPES, network
from netmon.bench.report import bench_report
from netmon.bench.shadow_rules import nagios_parents, nav_shadow, opennms_critical_path
from netmon.bench.trials import (
    Score,
    Trial,
    everything,
    judge,
    judge_pages,
    links_that_matter,
    neighbourhood,
    trial,
)
from netmon.cli.output import Format, report_options
from netmon.model import Diagnosis, Element, ElementKind, Observations, Reach
from netmon.topology.diagnosis.diagnose import diagnose as name_faults
from netmon.topology.graph import Graph
from netmon.topology.reach import dark_if

RULES: dict[str, Callable[[Graph, set[int]], set[int]]] = {
    "nagios parents": nagios_parents,
    "nav shadow": nav_shadow,
    "opennms critical path": opennms_critical_path,
}
SMALLEST, LARGEST = 50, 800
PROVINCE, PROVINCE_DARK = 83_000, 5_000
SHARE_IN_CABLES = 0.4
SHARE_PASSIVE = 0.1
CLOSE = 12
"""Nodes of a neighbourhood in which faults are made to meet."""


@dataclass
class Tally:
    """What one engine did in one kind of trial. Times are CPU seconds."""

    engine: str
    case: str
    scores: list[Score] = field(default_factory=list)
    pages: int = 0
    truths: int = 0
    seconds: list[float] = field(default_factory=list)
    named: list[bool] = field(default_factory=list)

    def add(self, shown: Trial, score: Score, pages: int, seconds: float | None = None) -> None:
        """Count one trial."""
        self.scores.append(score)
        self.pages += pages
        self.truths += len(shown.truth)
        if seconds is not None:
            self.seconds.append(seconds)

    def row(self) -> dict[str, Any]:
        """Return the row of the report."""
        row: dict[str, Any] = {"engine": self.engine, "case": self.case, "trials": len(self.scores)}
        if self.scores:
            row |= {
                "exact_ratio": mean(score.is_exact for score in self.scores),
                "near_ratio": mean(score.is_near for score in self.scores),
                "stated_ratio": mean(score.is_stated for score in self.scores),
                "larger_than_truth": sum(score.is_larger for score in self.scores),
                "wrong_accusations": sum(score.wrong for score in self.scores),
                "pages_per_fault": self.pages / self.truths,
            }
        cheapest = [score.is_stated for score in self.scores if score.is_as_large]
        if cheapest and self.seconds:
            row["stated_when_cheapest_ratio"] = mean(cheapest)
        if self.case.endswith("with ports"):
            row["missed_cuts"] = sum(score.missed_cuts for score in self.scores)
            row["accused_whole_links"] = sum(score.accused_whole for score in self.scores)
        if self.named:
            row["named_as_cable_ratio"] = mean(self.named)
        if len(self.seconds) > 1:
            ordered = quantiles(self.seconds, n=100, method="inclusive")
            row |= {
                "p50_cpu_seconds": ordered[49],
                "p99_cpu_seconds": ordered[98],
                "worst_cpu_seconds": max(self.seconds),
            }
        elif self.seconds:
            row["worst_cpu_seconds"] = self.seconds[0]
        return row


@click.command()
@click.option("--networks", default=1000, show_default=True, type=click.IntRange(1), help="Random networks.")
@click.option("--seed", default=1, show_default=True, help="Of everything random.")
@click.option("--large/--no-large", default=True, show_default=True, help=f"Time {PROVINCE:,} nodes as well.")
@report_options
def diagnose(networks: int, seed: int, large: bool, format_: Format, output: str | None) -> int:
    """Let one to three elements fail in random networks of 50 to 800 nodes, and count the right answers.

    Other tools name only nodes; near_ratio counts a node at the end of a failed link as the link. Exit code 1 when
    netmon named more faults than there were, missed a cut between two nodes that answer and report their ports, or
    accused a link that a port reports up.
    """
    tallies: dict[tuple[str, str], Tally] = {}
    for number in range(networks):
        random = Random(f"{seed}/{number}")
        shape = sorted(SHAPES)[number % len(SHAPES)]
        size = LARGEST if number % 10 == 0 else random.randint(SMALLEST, LARGEST)
        plain = Graph.from_inventory(network(random, shape, size))
        _plain_trials(random, plain, tallies)
        cabled = network(random, shape, size, passive=SHARE_PASSIVE, cables=SHARE_IN_CABLES)
        _cable_trials(random, Graph.from_inventory(cabled), tallies)
    if large:
        _time_provinces(Random(seed), tallies)
    rows = [tally.row() for _, tally in sorted(tallies.items(), key=lambda item: (item[0][1], item[0][0]))]
    bench_report(rows, _ratios(rows), format_=format_, output=output)
    never = ("larger_than_truth", "missed_cuts", "accused_whole_links")
    return int(any(row["engine"] == "netmon" and any(row.get(name) for name in never) for row in rows))


def _tally(tallies: dict[tuple[str, str], Tally], engine: str, case: str) -> Tally:
    return tallies.setdefault((engine, case), Tally(engine, case))


def _trials(
    random: Random, graph: Graph, pool: Sequence[Element], faults: Iterable[int], *, with_ports: bool
) -> Iterator[Trial]:
    for count in faults:
        shown = trial(random, graph, pool, count, with_ports=with_ports)
        if shown is not None:
            yield shown


def _plain_trials(random: Random, graph: Graph, tallies: dict[tuple[str, str], Tally]) -> None:
    for where, pool in (("anywhere", everything(graph)), ("close by", neighbourhood(random, graph, CLOSE))):
        for shown in _trials(random, graph, pool, (1, 2, 3), with_ports=False):
            case = f"{len(shown.truth)} {where}"
            _run(shown, _tally(tallies, "netmon", case))
            if len(graph.ids) > LARGEST:
                _run(shown, _tally(tallies, "netmon", f"{LARGEST} nodes"))
            dark = {graph.index[name] for name in shown.dark}
            for engine, rule in RULES.items():
                paged = rule(graph, dark)
                _tally(tallies, engine, case).add(shown, judge_pages(shown, paged), len(paged))
        for shown in _trials(random, graph, pool, (1, 2, 3), with_ports=True):
            _run(shown, _tally(tallies, "netmon", f"{len(shown.truth)} {where}, with ports"))


def _cable_trials(random: Random, graph: Graph, tallies: dict[tuple[str, str], Tally]) -> None:
    cables = [Element(ElementKind.CABLE, name) for name in graph.cable_ids]
    for shown in _trials(random, graph, everything(graph) + cables * 3, (1, 2, 3), with_ports=False):
        _run(shown, _tally(tallies, "netmon", f"{len(shown.truth)} with cables and passive nodes"))
    for cable in random.sample(cables, min(6, len(cables))):
        if links_that_matter(graph, cable) > 1:
            tally = _tally(tallies, "netmon", "a cable with two links that matter")
            for shown in _trials(random, graph, [cable], (1,), with_ports=False):
                tally.named.append(_run(shown, tally) == [cable])
            break


def _run(shown: Trial, tally: Tally) -> list[Element]:
    """Diagnose one trial, count it, and return the elements that were named."""
    found, seconds = _timed(shown.graph, shown.observations)
    tally.add(shown, judge(shown, found), len(found.faults), seconds)
    return [fault.element for fault in found.faults]


def _timed(graph: Graph, observations: Observations) -> tuple[Diagnosis, float]:
    """Diagnose, and return the CPU seconds it took, as `timeit` does: without pauses to collect others' garbage."""
    gc.disable()
    start = process_time()
    found = name_faults(graph, observations)
    seconds = process_time() - start
    gc.enable()
    return found, seconds


def _time_provinces(random: Random, tallies: dict[tuple[str, str], Tally]) -> None:
    """Time one diagnosis of 83,000 nodes with about 5,000 dark; the best of three."""
    for shape in ("rings", "tree"):
        graph = Graph.from_inventory(network(random, shape, PROVINCE))
        for where, dark in (("behind random nodes", _behind(random, graph)), ("leaves", _leaves(random, graph))):
            words = {name: Reach.DOWN if name in dark else Reach.UP for name in graph.ids}
            runs = [_timed(graph, Observations(words)) for _ in range(3)]
            faults = len(runs[0][0].faults)
            name = f"{PROVINCE:,} nodes ({shape}), {len(dark):,} dark {where}, {faults:,} faults"
            _tally(tallies, "netmon", name).seconds.append(min(seconds for _, seconds in runs))


def _behind(random: Random, graph: Graph) -> frozenset[str]:
    """Return what random nodes darken, as many of them as it takes to darken some 5,000."""
    nodes = [graph.element(node) for node in range(len(graph.ids)) if node != graph.vantage]
    random.shuffle(nodes)
    count = bisect_left(range(PROVINCE_DARK), PROVINCE_DARK, key=lambda some: len(dark_if(graph, nodes[:some])))
    return dark_if(graph, nodes[: count - 1])


def _leaves(random: Random, graph: Graph) -> frozenset[str]:
    leaves = [node for node, hops in enumerate(graph.adjacency) if len(hops) == 1 and node != graph.vantage]
    return frozenset(graph.ids[node] for node in random.sample(leaves, min(PROVINCE_DARK, len(leaves))))


def _ratios(rows: Sequence[dict[str, Any]]) -> dict[str, float]:
    """Return how many times as many exact answers netmon gave as each other tool."""
    exact = {(row["engine"], row["case"]): row["exact_ratio"] for row in rows if "exact_ratio" in row}
    return {
        f"exact answers of netmon over {engine}, {case}": exact["netmon", case] / value
        for (engine, case), value in exact.items()
        if engine in RULES and value
    }
