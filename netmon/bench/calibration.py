"""`netmon bench calibration`: whether what is said with confidence 0.9 is right nine times in ten.

Every element of a random network fails by itself, with the share of time that `priors` gives it; what is seen then
is diagnosed, and each fault that is named is right when the element or one of its alternatives has failed. A county
after a storm is the same with all shares ten or thirty times as large. This measures the arithmetic, not the priors.
"""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field, replace
from itertools import pairwise
from math import exp, fsum, lgamma, log, log1p, sqrt
from pathlib import Path
from random import Random
from typing import Any

import click

from netmon.bench.networks import SHAPES, network
from netmon.bench.report import bench_report
from netmon.cli.output import Format, report_options
from netmon.model import Element, ElementKind, Observations, Reach
from netmon.topology.diagnosis.diagnose import diagnose
from netmon.topology.graph import Graph
from netmon.topology.reach import dark_if

EDGES = (0.0, 0.2, 0.4, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99, 1.0 + 1e-9)
"""Bounds of the bins of confidence."""
STATES = 60
"""Moments looked at in each network."""
STORMS = (1.0, 10.0, 30.0)
"""How many times as often as usual everything fails, in turns."""
SMALLEST, LARGEST = 50, 400
SLACK = 0.02
"""How much more than it keeps a bin may promise."""
CHANCE = 0.01
"""A bin that would keep so little by chance less often than this has promised too much."""
UNHEARD = 0.1
"""Share of the nodes of which nothing is known, in every other network."""


@dataclass
class Bin:
    """Faults named with a confidence between two bounds: how many, the sum of confidences, how many were right."""

    low: float
    high: float
    faults: int = 0
    confidence: float = 0.0
    right: int = 0

    def add(self, other: Bin) -> None:
        """Count those of another bin with the same bounds."""
        self.faults += other.faults
        self.confidence += other.confidence
        self.right += other.right

    def interval(self) -> tuple[float, float]:
        """Return the 95 % interval of the share that is right (E. B. Wilson, JASA 22, 1927)."""
        n, z = self.faults, 1.96
        share = self.right / n
        middle = (share + z * z / (2 * n)) / (1 + z * z / n)
        reach = z / (1 + z * z / n) * sqrt(share * (1 - share) / n + z * z / (4 * n * n))
        return middle - reach, middle + reach

    def is_overconfident(self) -> bool:
        """Tell whether clearly less was right than said: by the exact tail, since some bins hold few."""
        said = self.confidence / self.faults - SLACK
        return 0.0 < said < 1.0 and tail(self.right, self.faults, said) < CHANCE

    def row(self) -> dict[str, Any]:
        """Return the row of the report."""
        low, high = self.interval()
        return {
            "confidence": f"{self.low:g} to {min(self.high, 1.0):g}",
            "faults": self.faults,
            "said_ratio": round(self.confidence / self.faults, 4),
            "right_ratio": round(self.right / self.faults, 4),
            "right_low_ratio": round(low, 4),
            "right_high_ratio": round(high, 4),
        }


@dataclass
class Bins:
    """All bins."""

    bins: list[Bin] = field(default_factory=lambda: [Bin(a, b) for a, b in pairwise(EDGES)])

    def count(self, confidence: float, *, right: bool) -> None:
        """Count one fault."""
        place = next(one for one in self.bins if one.low <= confidence < one.high)
        place.add(Bin(0.0, 0.0, 1, confidence, int(right)))

    def add(self, other: Bins) -> None:
        """Count all of another's."""
        for mine, theirs in zip(self.bins, other.bins, strict=True):
            mine.add(theirs)

    def filled(self) -> list[Bin]:
        """Return the bins that hold anything."""
        return [one for one in self.bins if one.faults]


@click.command()
@click.option("--networks", default=100, show_default=True, type=click.IntRange(1), help="Random networks.")
@click.option("--seed", default=1, show_default=True, help="Of everything random.")
@click.option("--plot", type=click.Path(), help="Write the plot to this SVG file.")
@report_options
def calibration(networks: int, seed: int, plot: str | None, format_: Format, output: str | None) -> int:
    """Let elements fail as often as they are held to, and count how often each confidence was right.

    Exit code 1 when, in some bin, clearly more was promised than held.
    """
    total = Bins()
    with ProcessPoolExecutor(mp_context=multiprocessing.get_context("spawn")) as processes:
        for bins in processes.map(look, [f"{seed}/{number}" for number in range(networks)]):
            total.add(bins)
    filled = total.filled()
    if plot is not None:
        Path(plot).write_text(drawn(filled), encoding="utf-8")
    bench_report([one.row() for one in filled], {}, format_=format_, output=output)
    return int(any(one.is_overconfident() for one in filled))


def tail(right: int, faults: int, share: float) -> float:
    """Return how likely it is that at most `right` of `faults` are right, when each is with the chance `share`."""
    terms = (
        lgamma(faults + 1) - lgamma(k + 1) - lgamma(faults - k + 1) + k * log(share) + (faults - k) * log1p(-share)
        for k in range(right + 1)
    )
    return min(1.0, fsum(map(exp, terms)))


def look(seed: str) -> Bins:
    """Diagnose some moments of one network, quiet and stormy ones in turns."""
    random = Random(seed)
    shape = random.choice(sorted(SHAPES))
    size = random.randint(SMALLEST, LARGEST)
    calm = Graph.from_inventory(network(random, shape, size, passive=0.1, cables=0.4))
    graphs = [replace(calm, prior=tuple(min(0.5, storm * share) for share in calm.prior)) for storm in STORMS]
    unheard = random.choice([0.0, UNHEARD])
    bins = Bins()
    for number in range(STATES):
        graph = graphs[number % len(graphs)]
        failed = _failed(random, graph)
        dark = dark_if(graph, failed)
        words = {
            name: Reach.DOWN if name in dark else Reach.UP
            for name, is_seen in zip(graph.ids, graph.is_monitored, strict=True)
            if is_seen and random.random() >= unheard
        }
        true = frozenset(failed)
        for fault in diagnose(graph, Observations(words)).faults:
            if fault.element.kind is not ElementKind.VANTAGE:
                bins.count(fault.confidence, right=not true.isdisjoint((fault.element, *fault.alternatives)))
    return bins


def _failed(random: Random, graph: Graph) -> list[Element]:
    """Return what has failed at one moment; the monitor's own node is not asked."""
    codes = (code for code, share in enumerate(graph.prior) if code != graph.vantage and random.random() < share)
    return [graph.element(code) for code in codes]


# -- the plot ---------------------------------------------------------------------------------------------

_SIZE, _MARGIN = 360, 48


def drawn(bins: Sequence[Bin]) -> str:
    """Return the bins as an SVG: said against right, with intervals, and the line on which they should stand."""
    return "\n".join([*_frame(), *_points(bins), "</svg>", ""])


def _frame() -> Iterable[str]:
    side = _SIZE + 2 * _MARGIN
    font = 'font-family="sans-serif" font-size="12"'
    yield f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side} {side}" {font}>'
    yield "<title>Confidence and how often it was right</title>"
    yield f'<rect width="{side}" height="{side}" fill="white"/>'
    for tick in range(0, 11, 2):
        share = tick / 10
        x, y = _x(share), _y(share)
        yield f'<path d="M{x:.1f} {_y(0):.1f}V{_y(1):.1f}M{_x(0):.1f} {y:.1f}H{_x(1):.1f}" stroke="#ddd"/>'
        yield f'<text x="{x:.1f}" y="{_y(0) + 18:.1f}" text-anchor="middle">{share:g}</text>'
        yield f'<text x="{_x(0) - 8:.1f}" y="{y + 4:.1f}" text-anchor="end">{share:g}</text>'
    yield f'<path d="M{_x(0):.1f} {_y(0):.1f}L{_x(1):.1f} {_y(1):.1f}" stroke="#888" stroke-dasharray="4 4"/>'
    yield f'<text x="{_x(0.5):.1f}" y="{side - 10}" text-anchor="middle">confidence stated</text>'
    middle = _y(0.5)
    turned = f'transform="rotate(-90 14 {middle:.1f})"'
    yield f'<text x="14" y="{middle:.1f}" text-anchor="middle" {turned}>share right</text>'


def _points(bins: Sequence[Bin]) -> Iterable[str]:
    for one in bins:
        x = _x(one.confidence / one.faults)
        low, high = one.interval()
        yield f'<path d="M{x:.1f} {_y(low):.1f}V{_y(high):.1f}" stroke="#0b6" stroke-width="2"/>'
        y = _y(one.right / one.faults)
        yield f'<circle cx="{x:.1f}" cy="{y:.1f}" r="4" fill="#0b6"/>'
        yield f'<text x="{x - 7:.1f}" y="{y - 6:.1f}" text-anchor="end">{one.faults:,}</text>'


def _x(share: float) -> float:
    return _MARGIN + _SIZE * share


def _y(share: float) -> float:
    return _MARGIN + _SIZE * (1 - share)
