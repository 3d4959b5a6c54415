"""What the network hangs by, worked out again only where the drawing has changed, or what is dark or cut."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import replace
from statistics import median
from typing import Generic, TypeVar

from netmon.exporter.view import View
from netmon.model import Inventory, PortId, Reach, Verdict
from netmon.picture.lines import link_states
from netmon.picture.state import Picture
from netmon.probes.speed.iperf import BITS, Direction
from netmon.report.speed import Tested
from netmon.report.wanting import wanting
from netmon.topology.blackspots import BlackSpot, Return, blackspots, flapping
from netmon.topology.graph import Graph
from netmon.topology.robustness.footing import Footing
from netmon.topology.robustness.redundancy import Ways, redundancy
from netmon.topology.robustness.spof import Spof, spofs

MOST = 2
"""Answers to one question that are kept: of the drawing and of today."""
FEWEST_TESTS = 3
"""Speed tests of a line after which their median is held against its contract."""
_DARK = frozenset({Verdict.DOWN, Verdict.UNREACHABLE})
T = TypeVar("T")


class Weaknesses:
    """Answers about pictures. Used by one thread at a time."""

    def __init__(self) -> None:
        self._spofs: _Answers[list[Spof]] = _Answers()
        self._ways: _Answers[list[Ways]] = _Answers()
        self._footings: _Answers[Footing] = _Answers()

    def footing(self, picture: Picture, *, is_live: bool) -> Footing:
        """Return what other questions start from: the drawing, or what is left of it now."""
        return self._footings.of(picture, lambda footing: footing, is_live=is_live)

    def __len__(self) -> int:
        return len(self._spofs.kept) + len(self._ways.kept) + len(self._footings.kept)

    def spofs(self, picture: Picture, *, is_live: bool) -> list[Spof]:
        """Return what darkens a site by itself; `is_live` without what is dark or cut now."""
        return self._spofs.of(picture, lambda footing: spofs(picture.inventory, footing), is_live=is_live)

    def redundancy(self, picture: Picture, *, is_live: bool, to: str | None = None) -> list[Ways]:
        """Return how many ways each site has to a node, the vantage by default; `is_live` as above."""
        return self._ways.of(picture, redundancy, is_live=is_live, to=to)


class _Answers(Generic[T]):
    """The latest answers to one question, by what was dark and cut when it was asked."""

    def __init__(self) -> None:
        self.kept: OrderedDict[tuple[frozenset[str], frozenset[str], str | None], tuple[Inventory, T]] = OrderedDict()

    def of(self, picture: Picture, ask: Callable[[Footing], T], *, is_live: bool, to: str | None = None) -> T:
        dark: frozenset[str] = frozenset()
        cut: frozenset[str] = frozenset()
        if is_live:
            dark, cut = gone(picture)
        key = dark, cut, to
        known = self.kept.get(key)
        if known is None or known[0] is not picture.inventory:
            drawing = picture.inventory if to is None else seen_from(picture.inventory, to)
            answer = ask(Footing.of(Graph.from_inventory(drawing), dark=dark, cut=cut))
            known = self.kept[key] = picture.inventory, answer
        self.kept.move_to_end(key)
        if len(self.kept) > MOST:
            self.kept.popitem(last=False)
        return known[1]


def gone(picture: Picture) -> tuple[frozenset[str], frozenset[str]]:
    """Return the nodes that are dark now, and the links that are cut."""
    dark = frozenset(node for node, found in picture.node_findings.items() if found.verdict in _DARK)
    return dark, frozenset(link for link, state in link_states(picture).items() if state is Reach.DOWN)


def seen_from(inventory: Inventory, node: str) -> Inventory:
    """Return the drawing with its vantage at another node."""
    return replace(inventory, vantage=replace(inventory.vantage, node=node, also=()))


def black_spots(view: View, *, is_live: bool) -> list[BlackSpot]:
    """Return the sites that are not well served, by the drawing or by what is so and was measured lately."""
    picture = view.picture
    if not is_live:
        return blackspots(picture.inventory, {}, {})
    quality: dict[str, tuple[str, ...]] = {}
    for name, state in sorted(picture.nodes.items()):
        if state.quality and name in picture.inventory.nodes:
            site = picture.inventory.nodes[name].site
            quality[site] = (*quality.get(site, ()), f"{name}: {state.quality}")
    returns = (
        Return(one.id, one.count, one.began, one.sites)
        for one in (*picture.closed_incidents, *picture.open_incidents)
    )
    less = flapping(returns, picture.at)
    for site, words in measured(view).items():
        less[site] = (*less.get(site, ()), *words)
    return blackspots(picture.inventory, picture.site_findings, quality, less)


def measured(view: View) -> dict[str, tuple[str, ...]]:
    """Return by site what the last measurements say against its lines: speed tests, by their median, and light."""

    def usual(link: str, direction: Direction) -> float | None:
        rates = view.speed.recent.get((link, direction), ())
        return BITS * median(rates) if len(rates) >= FEWEST_TESTS else None

    tests = {
        link: Tested(usual(link, Direction.TO_SITE), usual(link, Direction.FROM_SITE))
        for link in {link for link, _ in view.speed.recent}
    }
    dim = {
        PortId(node, port): -margin
        for node, lines in ({} if view.snmp is None else view.snmp.lines).items()
        for port, health in lines.items()
        if (margin := health.margin_db) is not None and margin < 0.0
    }
    return wanting(view.picture.inventory, tests, dim)
