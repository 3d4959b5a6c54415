"""A plan: which spans to build in which order, what each step buys, and how the network stands before and after."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from math import fsum, inf
from typing import Literal

from netmon.model import Inventory, Site
from netmon.topology.planning.augmented import Exposure, Growth, entrances, unmade
from netmon.topology.planning.candidates import Candidate, in_order
from netmon.topology.planning.connect import Joining, join
from netmon.topology.planning.darkness import Darkness, Offer
from netmon.topology.planning.protect import Protection, protect

Goal = Literal["connect", "protect", "both"]
Weight = Literal["sites", "services", "people"]
"""What counts when sites are protected: each the same, by its services, or by the people who live there."""

_SLIP = 1e-12
"""How far sums of prices may be off, as a share: a budget of just what a plan costs is to last for it."""


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

    `bound` is the least that it can cost to join all sites that candidates lead to; where only protection is planned,
    it is `protect_bound`, the least that protecting as much weight can cost. `weight` is what the steps protect in
    the sense that was asked for, `most_weight` the most that the budget of this plan can protect, by these candidates
    and once its sites are joined; `most_protected` how many sites would be protected if all candidates were built. No
    candidates lead to the `unreachable` sites, the `unplaced` ones have no coordinates. The `present` ones are not
    served though a node of theirs is reached: what they need is no span. The plan `is_short` where something is left
    out that could be joined or protected, for want of money or of time, and `is_stopped` where it was late before the
    search had ended.
    """

    steps: tuple[Step, ...]
    before: Standing
    after: Standing
    bound: float
    protect_bound: float
    weight: float
    most_weight: float
    most_protected: int
    unreachable: tuple[str, ...]
    unplaced: tuple[str, ...]
    present: tuple[str, ...]
    is_short: bool
    is_stopped: bool

    @property
    def is_complete(self) -> bool:
        """Tell whether all is built that can be, and the search was not stopped."""
        return not (self.is_short or self.is_stopped)


def make_plan(
    inventory: Inventory,
    candidates: Sequence[Candidate],
    *,
    goal: Goal = "both",
    budget: float = inf,
    per_site: float = 0.0,
    weight: Weight = "sites",
    is_late: Callable[[], bool] = lambda: False,
    told: Callable[[int, int], None] = lambda _done, _of: None,
) -> Plan:
    """Return what to build: first what joins sites, the cheapest next, then what protects most for its cost.

    Every step is judged again on the network with all spans up to it, and left out if it buys nothing. A plan that
    `is_late` stops early is not complete. The same arguments give the same plan, in whatever order they come.
    """
    candidates = sorted(set(candidates), key=in_order)
    exposure = Exposure.of(inventory)
    wanted = {site.id for site in inventory.sites.values() if not site.served} - exposure.touched
    joining, present = Joining((), ()), set[str]()
    if goal != "protect":
        joining = join(exposure.touched, wanted, candidates, unmade(inventory, exposure.tree.footing))
        present = {site for site in exposure.touched if not inventory.sites[site].served}
    building = _Building(asked(inventory, wanted), exposure, budget * (1 + _SLIP), is_late, told)
    building.connect(joining, per_site)
    found = building.protect(candidates, weight, is_wanted=goal != "connect")
    bound = fsum(span.cost + per_site * len(sites) for span, sites in joining.spans)
    return Plan(
        steps=tuple(building.steps),
        before=_standing(exposure, wanted),
        after=_standing(building.exposure, wanted),
        bound=found.bound if goal == "protect" else bound,
        protect_bound=found.bound,
        weight=found.worth,
        most_weight=found.most,
        most_protected=building.most_protected,
        unreachable=joining.unreachable,
        present=tuple(sorted(present - {inventory.nodes[inventory.vantage.node].site})),
        unplaced=tuple(sorted(site.id for site in inventory.sites.values() if site.lat is None or site.lon is None)),
        is_short=building.is_short,
        is_stopped=found.is_stopped,
    )


def asked(inventory: Inventory, wanted: Iterable[str]) -> Inventory:
    """Return the inventory with these sites served: they count as soon as something reaches them."""
    served = {name: replace(inventory.sites[name], served=True) for name in wanted}
    return replace(inventory, sites={**inventory.sites, **served})


def weights(inventory: Inventory, weight: Weight) -> dict[str, float]:
    """Return, by site, what it counts that it is protected; people whom nobody has counted do not."""
    services = Counter(service.site for service in inventory.services.values())
    count: Callable[[Site], int] = {
        "sites": lambda _: 1,
        "services": lambda site: services[site.id],
        "people": lambda site: site.people or 0,
    }[weight]
    return {site.id: float(count(site)) for site in inventory.sites.values()}


class _Building:
    """A plan as it grows: what is built so far, what that bought, and what is left of the budget."""

    def __init__(
        self,
        inventory: Inventory,
        exposure: Exposure,
        budget: float,
        is_late: Callable[[], bool],
        told: Callable[[int, int], None],
    ) -> None:
        self.inventory = inventory
        self.exposure = exposure
        self.left = budget
        self.is_late = is_late
        self.told = told
        self.spans: list[Candidate] = []
        self.steps: list[Step] = []
        self.most_protected = 0
        self.is_short = False

    def connect(self, joining: Joining, per_site: float) -> None:
        """Join sites, the cheapest next, as long as the money lasts; a span to who has no other protects nobody."""
        growth = Growth(self.inventory, [span for span, _ in joining.spans])
        joins = growth.joining(range(len(joining.spans)))
        for span, sites in joining.spans:
            cost = span.cost + per_site * len(sites)
            if cost > self.left:
                self.is_short = True
                break
            self.steps.append(Step((span,), tuple(sorted(next(joins))), (), cost))
            self.spans.append(span)
            self.left -= cost
        if self.spans:
            self.exposure = growth.built(range(len(self.spans)))

    def protect(self, candidates: Sequence[Candidate], weight: Weight, *, is_wanted: bool) -> Protection:
        """Protect what counts most, as far as the money lasts; find out what could be protected if it did."""
        home = self.inventory.nodes[self.inventory.vantage.node].site
        joined, built = {home, *self.exposure.joined}, set(self.spans)
        usable = [span for span in candidates if span not in built and span.a in joined and span.b in joined]
        dark = Darkness.of(self.exposure, entrances(self.inventory, self.spans))
        ends = dark.sites
        offers = [Offer(ends[span.a], ends[span.b], span.cost, number) for number, span in enumerate(usable)]
        worth_of = weights(self.inventory, weight)
        worth = [worth_of[site] if is_wanted else 0.0 for site in dark.sites]
        found = protect(dark, offers, worth, self.left, is_late=self.is_late)
        self.most_protected = len(self.exposure.protected) + found.savable
        self.is_short |= found.is_short
        groups = [[usable[offer.number] for offer in group] for group in found.groups]
        growth = Growth(self.inventory, [*self.spans, *(span for group in groups for span in group)])
        standing = list(range(len(self.spans)))
        number = len(standing)
        together = 1
        while groups:
            self.told(len(self.exposure.protected), len(self.exposure.joined))
            group = [span for one in groups[:together] for span in one]
            numbers = range(number, number := number + len(group))
            self._build(growth, standing, numbers, fsum(span.cost for span in group))
            del groups[:together]
            together *= 2 if self.is_late() else 1  # each step has to be looked up, and there is no time for all
        return found

    def _build(self, growth: Growth, built: list[int], numbers: Sequence[int], cost: float) -> None:
        """Take a step, if it protects anybody on the network with everything up to it."""
        now = growth.built([*built, *numbers])
        protects = now.protected - self.exposure.protected
        if protects:
            spans = tuple(growth.spans[number] for number in numbers)
            self.steps.append(Step(spans, (), tuple(sorted(protects)), cost))
            built += numbers
            self.spans += spans
            self.exposure, self.left = now, self.left - cost


def _standing(exposure: Exposure, wanted: Collection[str]) -> Standing:
    return Standing(
        len(exposure.joined),
        len(set(wanted) - exposure.joined),
        len(exposure.protected),
        exposure.spofs,
        exposure.worst,
    )
