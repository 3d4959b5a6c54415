"""`netmon bench topology`: what the engineers' questions cost on large networks, beside networkx."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from random import Random
from time import process_time
from typing import Any

import click

from netmon.bench.networks import dual_homed, grid, hubs, ladder, network, towns
from netmon.bench.report import bench_report
from netmon.cli.output import Format, report_options
from netmon.model import Inventory, Link, LinkEnd
from netmon.topology.graph import Graph
from netmon.topology.peer import Peer
from netmon.topology.robustness.footing import Footing
from netmon.topology.robustness.redundancy import redundancy
from netmon.topology.robustness.spof import spofs
from netmon.topology.robustness.whatif import what_if

COUNTY, PROVINCE = 10_000, 83_000
SHARE_IN_CABLES = 0.3
SHARE_PASSIVE = 0.1
IN_AN_AREA = 20
"""Nodes that share a power area."""
DOORS = 50
"""Links out of the vantage where it stands in the middle of the network."""
FEW_DOORS = 3
"""The same where it stands on a long line, or at the corner of two streets."""
ASKED = 3
"""Sites that the peer counts ways of; it counts for each by itself."""


@click.command()
@click.option(
    "--nodes",
    "sizes",
    multiple=True,
    type=click.IntRange(100),
    default=(COUNTY, PROVINCE),
    show_default=True,
    help="Nodes of a network.",
)
@click.option("--seed", default=1, show_default=True, help="Of everything random.")
@report_options
def topology(sizes: tuple[int, ...], seed: int, format_: Format, output: str | None) -> int:
    """Ask spof, redundancy and whatif of random networks, in CPU seconds, beside what networkx has for it.

    Three tenths of the links lie in cables, a tenth of the nodes is passive, twenty share a power area. The peer
    finds bridges and articulation points alone for spof, takes out and looks for whatif, and counts ways for one site
    at a time, without cables: its time for all sites is reckoned from a few.
    """
    rows: list[dict[str, Any]] = []
    ratios: dict[str, float] = {}
    for size in sizes:
        for shape, inventory in drawings(Random(seed), size):
            for row in _rows(Random(seed), shape, size, inventory):
                rows.append(row)
                ratios[f"{row['question']}, {shape}, {size} nodes: networkx / netmon"] = row["networkx_over_netmon"]
    bench_report(rows, ratios, format_=format_, output=output)
    return 0


def drawings(random: Random, size: int) -> Iterator[tuple[str, Inventory]]:
    """Yield networks by what they look like: behind one door as access networks are, or two, and with many."""
    for shape in ("rings", "tree", "mesh"):
        yield shape, _powered(network(random, shape, size, passive=SHARE_PASSIVE, cables=SHARE_IN_CABLES))
    star = network(random, dual_homed, size, passive=SHARE_PASSIVE, cables=SHARE_IN_CABLES)
    yield "dual-homed star", _powered(_with_doors(star, sorted(star.nodes)[:2]))
    inventory = network(random, "mesh", size, passive=SHARE_PASSIVE, cables=SHARE_IN_CABLES)
    names = sorted(set(inventory.nodes) - {inventory.vantage.node})
    links = dict(inventory.links)
    for number in range(size // 3):  # a third more, so that three ways and more are common
        a, b = random.sample(names, 2)
        links[f"more-{number}"] = Link(f"more-{number}", LinkEnd(a), LinkEnd(b))
    inventory = replace(inventory, links=links)
    yield f"mesh with {DOORS} doors", _powered(_with_doors(inventory, random.sample(names, DOORS)))
    grown = network(random, hubs, size, passive=SHARE_PASSIVE, cables=SHARE_IN_CABLES)
    yield f"hubs with {DOORS} doors", _powered(_with_doors(grown, random.sample(names, DOORS)))
    long = network(random, ladder, size, passive=SHARE_PASSIVE, cables=SHARE_IN_CABLES)
    yield "ladder", _powered(_with_doors(long, random.sample(sorted(set(long.nodes) - {"noc"}), FEW_DOORS)))
    town = network(random, grid, size, passive=SHARE_PASSIVE, cables=SHARE_IN_CABLES)
    yield "grid", _powered(_with_doors(town, random.sample(sorted(set(town.nodes) - {"noc"}), FEW_DOORS)))
    dense = network(random, towns, size, passive=SHARE_PASSIVE, cables=SHARE_IN_CABLES)
    yield f"towns with {DOORS} doors", _powered(_with_doors(dense, random.sample(names, DOORS)))


def _with_doors(inventory: Inventory, doors: Iterable[str]) -> Inventory:
    """Return the network with a link from the vantage to each of these nodes."""
    home = LinkEnd(inventory.vantage.node)
    more = {f"door-{door}": Link(f"door-{door}", home, LinkEnd(door)) for door in doors}
    return replace(inventory, links={**inventory.links, **more})


def _powered(inventory: Inventory) -> Inventory:
    """Return the network with power areas, the vantage in none."""
    nodes = {
        name: replace(node, power_area=None if name == inventory.vantage.node else f"p{place // IN_AN_AREA}")
        for place, (name, node) in enumerate(sorted(inventory.nodes.items()))
    }
    return replace(inventory, nodes=nodes)


def _rows(random: Random, shape: str, size: int, inventory: Inventory) -> Iterator[dict[str, Any]]:
    footing = Footing.of(Graph.from_inventory(inventory))
    found = spofs(inventory, footing)
    failed = [found[0].element, found[-1].element]
    peer = Peer(inventory)
    sites = random.sample(sorted(set(inventory.nodes) - {inventory.vantage.node}), ASKED)
    few = seconds(lambda: [peer.ways(node) for node in sites])
    figures = {
        "spof": (seconds(lambda: spofs(inventory, footing)), seconds(peer.threads)),
        "redundancy": (seconds(lambda: redundancy(footing)), few / ASKED * size),
        "whatif": (seconds(lambda: what_if(inventory, footing, failed)), seconds(lambda: peer.without(failed))),
    }
    for question, (own, other) in figures.items():
        yield {
            "question": question,
            "shape": shape,
            "nodes": size,
            "links": len(inventory.links),
            "netmon_cpu_seconds": own,
            "networkx_cpu_seconds": other,
            "networkx_over_netmon": other / own,
        }


def seconds(question: Callable[[], object]) -> float:
    """Return the CPU seconds of a question, as `timeit` takes them: without pauses to collect others' garbage."""
    gc.collect()
    gc.disable()
    start = process_time()
    question()
    spent = process_time() - start
    gc.enable()
    return spent
