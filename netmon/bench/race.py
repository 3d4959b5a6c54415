"""`netmon bench race`: outages whose parents and children fall silent within the same second, on lines that lose.

Random networks are watched by the real prober and the real fold (`rehearsal`). One element fails, or one and a node
in its shadow, or two anywhere, at most a second apart, in either order; some time later all is repaired. Counted is
what people would have been told, and beside it whom the rules of other tools would page for, given the same belief
at the same moments.
"""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, fields
from random import Random
from typing import Any

import click

from netmon.bench.networks import SHAPES, network
from netmon.bench.rehearsal import Rehearsal
from netmon.bench.report import bench_report
from netmon.bench.shadow_rules import nagios_parents, nav_shadow, opennms_critical_path
from netmon.bench.trials import everything, visible_truth
from netmon.cli.amounts import Amount
from netmon.cli.output import Format, report_options
from netmon.model import Element, ElementKind, Observations, Reach
from netmon.topology.diagnosis.diagnose import diagnose
from netmon.topology.graph import Graph
from netmon.topology.masks import both
from netmon.topology.reach import dark_if, failed_parts

RULES: dict[str, Callable[[Graph, set[int]], set[int]]] = {
    "nagios parents": nagios_parents,
    "nav shadow": nav_shadow,
    "opennms critical path": opennms_critical_path,
}
PER_NETWORK = 20
"""Outages of one network: its lines' losses are learned once."""
SMALLEST, LARGEST = 12, 40
WARM_UP = 30.0
OUTAGE = 14.0
RECOVERY = 10.0
QUIET = 7200.0
"""Seconds between two outages: what comes back sooner may be the same incident once more."""
TOGETHER = 1.0
"""Seconds within which both faults of a pair happen."""


@dataclass
class Tally:
    """What one engine did. `outages` and `faults` (visible ones) are what happened, the rest what people were told.

    `pages_for_shadowed` accuse nothing that failed, nor a node at a link that did; `pages_for_live` list something
    that answered; `pages_ambiguous` accuse what did not fail, but what perfect observations accuse as well, because
    it explains as much with as few faults. `misnamed` are outages after which other incidents stood than perfect
    observations would give, `unclosed` those with an incident left after the repair, `recovery_pages` what people
    were told while all came back.
    """

    engine: str
    outages: int = 0
    faults: int = 0
    pages: int = 0
    pages_for_shadowed: int = 0
    pages_for_live: int = 0
    pages_ambiguous: int = 0
    misnamed: int = 0
    unclosed: int = 0
    recovery_pages: int = 0

    def add(self, other: Tally) -> None:
        """Add what the same engine did elsewhere."""
        for column in fields(self):
            if column.name != "engine":
                setattr(self, column.name, getattr(self, column.name) + getattr(other, column.name))


@dataclass(frozen=True, slots=True)
class Part:
    """Some outages of one network. `most_lost` bounds the chance with which each line loses a packet."""

    seed: str
    outages: int
    most_lost: float


@click.command()
@click.option("--outages", default=200, show_default=True, type=click.IntRange(1), help="How many to simulate.")
@click.option("--loss", default=0.05, show_default=True, type=Amount(0, 0.3), help="Most that a line loses.")
@click.option("--seed", default=1, show_default=True, help="Of everything random.")
@report_options
def race(outages: int, loss: float, seed: int, format_: Format, output: str | None) -> int:
    """Let parents and children fail within the same second, and count who is paged for.

    Exit code 1 when netmon paged for anything shadowed or alive, or not exactly once for each fault.
    """
    parts = [
        Part(f"{seed}/{number}", min(PER_NETWORK, outages - number * PER_NETWORK), loss)
        for number in range((outages + PER_NETWORK - 1) // PER_NETWORK)
    ]
    totals = {engine: Tally(engine) for engine in ("netmon", *RULES)}
    with ProcessPoolExecutor(mp_context=multiprocessing.get_context("spawn")) as processes:
        for tallies in processes.map(simulate, parts):
            for tally in tallies:
                totals[tally.engine].add(tally)
    rows = [_row(tally) for tally in totals.values()]
    netmon = totals["netmon"]
    ratios = {f"pages of {name} over netmon's": tally.pages / netmon.pages for name, tally in totals.items()}
    del ratios["pages of netmon over netmon's"]
    bench_report(rows, ratios if netmon.pages else {}, format_=format_, output=output)
    wrong = netmon.pages_for_shadowed + netmon.pages_for_live + netmon.misnamed + netmon.unclosed
    return int(bool(wrong + netmon.recovery_pages))


def _row(tally: Tally) -> dict[str, Any]:
    columns = [column.name for column in fields(tally)]
    own = {"pages_ambiguous", "misnamed", "unclosed", "recovery_pages"}
    return {name: getattr(tally, name) for name in columns if tally.engine == "netmon" or name not in own}


def simulate(part: Part) -> list[Tally]:
    """Play some outages of one network."""
    random = Random(part.seed)
    shape = random.choice(sorted(SHAPES))
    drawing = network(random, shape, random.randint(SMALLEST, LARGEST), passive=0.1, cables=0.3)
    stage = Rehearsal(drawing, random, most_lost=part.most_lost)
    stage.run(WARM_UP)
    tallies = {engine: Tally(engine) for engine in ("netmon", *RULES)}
    for _ in range(part.outages):
        failed = _choose(random, stage.graph)
        _play(stage, failed, tallies)
        stage.pass_over(QUIET)
        stage.run(3.0)
    return list(tallies.values())


def _choose(random: Random, graph: Graph) -> list[Element]:
    """Return one or two elements that darken something, but not the monitor's doorstep."""
    gateway = graph.adjacency[graph.vantage][0].node
    spared = {
        f"node:{graph.ids[gateway]}",
        *(f"link:{graph.link_ids[hop.link]}" for hop in graph.adjacency[graph.vantage]),
    }
    pool = [one for one in everything(graph) if str(one) not in spared]
    pool += [Element(ElementKind.CABLE, name) for name in graph.cable_ids]
    while True:
        first = random.choice(pool)
        shadow = sorted(dark_if(graph, [first]) - {first.id})
        failed = [first]
        chance = random.random()
        if shadow and chance < 0.5:
            child = Element(ElementKind.NODE, random.choice(shadow))
            failed = random.sample([first, child], 2)
        elif chance < 0.75:
            failed = random.sample(pool, 2)
        if _watched(graph, dark_if(graph, failed)):
            return failed


def _watched(graph: Graph, names: frozenset[str]) -> frozenset[str]:
    return frozenset(name for name in names if graph.is_monitored[graph.index[name]])


def _play(stage: Rehearsal, failed: Sequence[Element], tallies: dict[str, Tally]) -> None:
    """Let elements fail one after the other, wait, repair, wait, and count."""
    graph, netmon = stage.graph, tallies["netmon"]
    stage.pages.clear()
    stage.downs.clear()
    after = 0.0
    for count in range(1, len(failed) + 1):
        stage.fail(failed[:count], after=after)
        after += stage.random.uniform(0.0, TOGETHER)
    stage.run(OUTAGE)
    told = len(stage.pages)
    dark = _watched(graph, dark_if(graph, failed))
    words = {name: Reach.DOWN if name in dark else Reach.UP for name in stage.slots}
    wanted = [{one.element, *one.alternatives} for one in diagnose(graph, Observations(words)).faults]
    found = [{one.fault.element, *one.fault.alternatives} for one in stage.picture.open_incidents]
    faults = visible_truth(graph, failed)
    netmon.misnamed += sorted(map(sorted, found)) != sorted(map(sorted, wanted)) or told != len(wanted)
    for page in stage.pages:
        stated = {page.incident.fault.element, *page.incident.fault.alternatives}
        is_own = _is_own(graph, stated, failed)
        netmon.pages_ambiguous += not is_own and stated in wanted
        netmon.pages_for_shadowed += not is_own and stated not in wanted
        netmon.pages_for_live += not set(page.incident.fault.nodes) <= page.truly_dark
    for engine, rule in RULES.items():
        _judge_rule(stage, failed, rule, tallies[engine])
    stage.fail([])
    stage.run(RECOVERY)
    netmon.pages += len(stage.pages)
    netmon.recovery_pages += len(stage.pages) - told
    netmon.unclosed += bool(stage.picture.open_incidents)
    for tally in tallies.values():
        tally.outages += 1
        tally.faults += len(faults)


def _is_own(graph: Graph, stated: Iterable[Element], failed: Sequence[Element]) -> bool:
    """Tell whether anything stated has failed, or a link at a node that is stated: some tools name only nodes."""
    nodes, links = failed_parts(graph, failed)
    own_nodes, own_links = failed_parts(graph, stated)
    at_nodes = {hop.link for node, is_own in enumerate(own_nodes) if is_own for hop in graph.adjacency[node]}
    return any(both(nodes, own_nodes)) or not links.isdisjoint(own_links | at_nodes)


def _judge_rule(
    stage: Rehearsal, failed: Sequence[Element], rule: Callable[[Graph, set[int]], set[int]], tally: Tally
) -> None:
    """Let another rule judge each node at the moment in which it is found down, as those tools do."""
    graph = stage.graph
    known: set[int] = set()
    for event in stage.downs:
        node = graph.index[event.node]
        if node in known:
            continue
        known.add(node)
        if node in rule(graph, known):
            tally.pages += 1
            tally.pages_for_shadowed += not _is_own(graph, [graph.element(node)], failed)
            tally.pages_for_live += event.node not in stage.dark
