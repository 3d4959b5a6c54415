"""A plan: which spans to build in which order, what each step buys, and how the network stands before and after."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from math import inf
from typing import Literal

from netmon.model import Inventory
from netmon.topology.planning.augmented import Exposure, entrances, with_spans
from netmon.topology.planning.candidates import Candidate
from netmon.topology.planning.connect import join
from netmon.topology.planning.protect import best_span, darkness

Goal = Literal["connect", "protect", "both"]


@dataclass(frozen=True, slots=True)
class Step:
    """Spans that are built together: the sites they join, those that then survive any single failure, the cost."""

    spans: tuple[Candidate, ...]
    connects: tuple[str, ...]
    protects: tuple[str, ...]
    cost: float


@dataclass(frozen=True, slots=True)
class Standing:
    """How many sites are joined, unjoined, and protected; how many single failures darken others, and the worst."""

    joined: int
    unjoined: int
    protected: int
    single_failures: int
    worst_sites: int


@dataclass(frozen=True, slots=True)
class Plan:
    """The steps in order.

    `bound` is the least that it can cost to join all sites that candidates lead to, 0 where none are to be joined;
    `most_protected` how many sites would be protected if all candidates were built. No candidates lead to the
    `unreachable` sites, the `unplaced` ones have no coordinates.
    """

    steps: tuple[Step, ...]
    before: Standing
    after: Standing
    bound: float
    most_protected: int
    unreachable: tuple[str, ...]
    unplaced: tuple[str, ...]
    is_complete: bool


def make_plan(
    inventory: Inventory,
    candidates: Sequence[Candidate],
    *,
    goal: Goal = "both",
    budget: float = inf,
    per_site: float = 0.0,
    is_late: Callable[[], bool] = lambda: False,
    told: Callable[[int, int], None] = lambda _done, _of: None,
) -> Plan:
    """Return what to build: first what joins sites, the cheapest next, then what protects most for its cost.

    Every step is judged again on the network with all spans up to it, and left out if it buys nothing. A plan that
    `is_late` stops early is not complete. The same arguments give the same plan.
    """
    exposure = Exposure.of(inventory)
    home = inventory.nodes[inventory.vantage.node].site
    wanted = {site.id for site in inventory.sites.values() if not site.served} - exposure.touched
    before = _standing(exposure, wanted)
    joining = join(exposure.touched, wanted, candidates, exposure.unmade)
    spans: list[Candidate] = []
    steps: list[Step] = []
    left = budget
    is_complete = True
    for span, site in joining.spans if goal != "protect" else ():
        if span.cost + per_site > left or is_late():
            is_complete = False
            break
        if site in exposure.joined:
            continue
        now, step = _built(inventory, exposure, spans, span, span.cost + per_site)
        if step.connects:
            spans.append(span)
            steps.append(step)
            exposure, left = now, left - step.cost
    bound = sum(span.cost + per_site for span, _ in joining.spans) if goal != "protect" else 0.0
    built = set(spans)
    usable = sorted(span for span in candidates if span not in built and _is_usable(span, exposure.joined, home))
    while goal != "connect":
        told(len(exposure.protected), len(exposure.joined))
        if is_late():
            is_complete = False
            break
        dark = darkness(exposure, entrances(inventory, spans))
        best = best_span(dark, usable, exposure.hung, left)
        if best is None:
            break
        del usable[bisect_left(usable, best)]
        now, step = _built(inventory, exposure, spans, best, best.cost)
        if step.protects:
            spans.append(best)
            steps.append(step)
            exposure, left = now, left - step.cost
    everything = Exposure.of(with_spans(inventory, [*spans, *usable]))
    places = inventory.sites.values()
    return Plan(
        tuple(steps),
        before,
        _standing(exposure, wanted),
        bound,
        len(everything.protected),
        joining.unreachable if goal != "protect" else (),
        tuple(sorted(site.id for site in places if site.lat is None or site.lon is None)),
        is_complete,
    )


def _is_usable(span: Candidate, joined: Collection[str], home: str) -> bool:
    return all(site == home or site in joined for site in (span.a, span.b))


def _built(
    inventory: Inventory, exposure: Exposure, spans: Sequence[Candidate], span: Candidate, cost: float
) -> tuple[Exposure, Step]:
    """Return how the network would stand with one span more, and what that step buys."""
    now = Exposure.of(with_spans(inventory, [*spans, span]))
    connects = now.joined - exposure.joined
    protects = now.protected - exposure.protected
    return now, Step((span,), tuple(sorted(connects)), tuple(sorted(protects)), cost)


def _standing(exposure: Exposure, wanted: Collection[str]) -> Standing:
    return Standing(
        len(exposure.joined),
        len(set(wanted) - exposure.joined),
        len(exposure.protected),
        exposure.spofs,
        exposure.worst,
    )
