"""Which spans protect most for a budget, or all that can be for the least: several beginnings, each made better.

The problem is NP-hard: to make a tree survive one failure already is. One beginning takes the span that protects most
for its cost, and so on; where none protects anything by itself, a bundle that ends the most darkness for its cost.
Another is all spans that the prices of `bound` pay for. Then spans are exchanged for others while that is better.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from math import inf
from typing import NamedTuple

from netmon.topology.planning.bound import Ascent, Demands
from netmon.topology.planning.choice import NOTHING, Choice, grow
from netmon.topology.planning.darkness import Darkness, Offer, savable

PATIENCE = 1_000
"""How many exchanges are tried from all beginnings; not a time, so that a plan is the same everywhere."""

_POWERS = range(-2, 5)
"""How far from what protecting costs in the mean the penalties for not protecting are, as powers of 2."""

_NEAR = 60
"""How many spans are looked at in place of one, the cheapest."""


@dataclass(frozen=True, slots=True)
class Protection:
    """The spans that were chosen, and what there is to know of any other choice.

    Spans of a group protect nothing without each other; of groups the one that protects most for its cost is first.
    `savable` is how many sites all spans together protect; `bound` the least that protecting as much as the chosen
    ones do can cost; `most` the most that can be protected for the budget. It `is_short` where some that could be
    is not protected, and `is_stopped` where the search did not end.
    """

    groups: tuple[tuple[Offer, ...], ...]
    worth: float
    savable: int
    bound: float
    most: float
    is_short: bool
    is_stopped: bool

    @property
    def is_complete(self) -> bool:
        """Tell whether all is protected that can be, and the search ended."""
        return not (self.is_short or self.is_stopped)


def protect(
    dark: Darkness,
    offers: Iterable[Offer],
    worth: Sequence[float],
    budget: float = inf,
    *,
    patience: int = PATIENCE,
    is_late: Callable[[], bool] = lambda: False,
) -> Protection:
    """Return what to build for the budget; `worth` is, by site, what it counts that it is protected.

    Once it `is_late` the best so far is returned; its bound is true, and perhaps lower than it might be.
    """
    useful = [offer for offer in offers if next(dark.apart(offer), None) is not None]
    affordable = [offer for offer in useful if offer.cost <= budget]
    within = savable(dark, affordable)
    ever = within if len(affordable) == len(useful) else savable(dark, useful)
    wanted = {site: worth[site] for site in sorted(within) if worth[site]}
    goal = sum(wanted.values())
    search = Search(dark, affordable, worth, goal, budget, is_late)
    demands = Demands(dark, affordable)

    def priced(penalty: float) -> Choice:
        """Return the beginning with the spans that prices pay for where a site may stay exposed for this much."""
        ascent = demands.ascend({site: penalty * one for site, one in wanted.items()})
        ascents.append((penalty, ascent))
        return search.begin([affordable[number] for number in ascent.tight])

    ascents: list[tuple[float, Ascent]] = []
    priced_first = priced(inf)
    beginnings = [search.begin(), priced_first]
    share = ascents[0][1].bound / goal if goal else 0.0
    for power in _POWERS:
        if is_late() or max(choice.worth for choice in beginnings) == goal:
            break
        beginnings.append(priced(share * 2.0**power))
    best = beginnings[0]
    for choice in beginnings:
        before = set(choice.spans)
        if not is_late():
            search.improve(choice, patience // len(beginnings))
        if set(choice.spans) != before:
            choice.prune()
        if search.is_better(choice, search.rank(best)):
            best = choice
    missed = goal - best.worth
    paid = [ascent.bound - (penalty * missed if missed else 0.0) for penalty, ascent in ascents]
    most = [goal - (ascent.bound - budget) / penalty for penalty, ascent in ascents if penalty < inf]
    return Protection(
        groups=in_order(best, is_late),
        worth=best.worth,
        savable=len(ever),
        bound=max([0.0, *paid]),
        most=min([goal, *most]),
        is_short=best.worth != sum(worth[site] for site in ever),
        is_stopped=bool(goal) and is_late(),
    )


def in_order(choice: Choice, is_late: Callable[[], bool] = lambda: False) -> tuple[tuple[Offer, ...], ...]:
    """Return the spans of a choice in the order in which they are to be built, and what has to be built together.

    Once it `is_late` the rest comes by how much darkness a span would end for its cost if none of that were built.
    """
    anew = Choice(choice.lighting.dark, choice.worth_of)
    spans = sorted(choice.spans.values(), key=lambda one: one.number)
    groups = grow(anew, spans, inf, choice.worth, is_late=is_late)
    left = [span for span in spans if span.number not in anew.spans] if anew.worth < choice.worth else []
    share_of, group = {span.number: _share(anew, span) for span in left}, []
    for span in sorted(left, key=lambda one: (-share_of[one.number], one.number)):
        before = anew.worth
        anew.add(span)
        group.append(span)
        if anew.worth > before:
            groups.append(tuple(group))
            group = []
    return tuple(groups)


def _share(choice: Choice, span: Offer) -> float:
    """Return how much darkness a span would end for its cost, as shares of what each site has."""
    needs, lit = choice.lighting.dark.needs, choice.lighting.lights(span)
    return sum(choice.worth_of[site] * count / needs[site] for site, count in lit.items()) / max(span.cost, NOTHING)


class _Rank(NamedTuple):
    """How good a choice is: what it protects, then what it saves."""

    worth: float
    saving: float


class Exchange(NamedTuple):
    """Chosen spans to leave out, one to put in, and whether those that come besides are to end the most darkness."""

    gone: tuple[Offer, ...]
    come: Offer | None
    by_share: bool = False


class Search:
    """The search for a choice within a budget."""

    def __init__(
        self,
        dark: Darkness,
        offers: Sequence[Offer],
        worth: Sequence[float],
        goal: float,
        budget: float,
        is_late: Callable[[], bool],
    ) -> None:
        self.dark = dark
        self.offers = offers
        self.worth = worth
        self.goal = goal
        self.budget = budget
        self.is_late = is_late
        self.around: dict[int, list[Offer]] = {}
        for offer in offers:
            self.around.setdefault(offer.a, []).append(offer)
            self.around.setdefault(offer.b, []).append(offer)

    def rank(self, choice: Choice) -> _Rank:
        """Return how good a choice is."""
        return _Rank(choice.worth, -choice.cost)

    def is_better(self, choice: Choice, before: _Rank) -> bool:
        """Tell whether a choice that the budget allows has become better than it was."""
        now = self.rank(choice)
        return -now.saving <= self.budget and (
            now.worth > before.worth or (now.worth == before.worth and now.saving > before.saving + NOTHING)
        )

    def begin(self, spans: Iterable[Offer] = ()) -> Choice:
        """Return a choice that begins with some spans: what is needless left out, what the budget allows added."""
        choice = Choice(self.dark, self.worth)
        choice.become(spans)
        choice.prune()
        needed = set(choice.spans)
        self.fit(choice)
        self._grow(choice, self.offers, self.budget)
        if set(choice.spans) != needed:
            choice.prune()
        return choice

    def _grow(self, choice: Choice, among: Sequence[Offer], limit: float, *, by_share: bool = False) -> None:
        grow(choice, among, limit, self.goal, by_share=by_share, is_late=self.is_late)

    def improve(self, choice: Choice, patience: int) -> None:
        """Exchange spans as long as that is better, and for so many tries."""
        before = None
        while before != self.rank(choice):
            before = self.rank(choice)
            for exchanges in (self.insertions, self.ruins, self.replacements):
                for exchange in islice(exchanges(choice), patience * 2 // 3):  # some are left for the others
                    if self.is_late():
                        return
                    patience -= 1
                    self._try(choice, exchange)

    def _try(self, choice: Choice, exchange: Exchange) -> None:
        """Exchange spans, leave out what is needless then or too dear, and find others, where that is better."""
        before, spans = self.rank(choice), list(choice.spans.values())
        limit = choice.cost - NOTHING if choice.worth == self.goal else self.budget
        come, changed = exchange.come, list(exchange.gone)
        if come is not None:
            changed = [come, *choice.beside(come)]
        for one in exchange.gone:
            choice.remove(one)
        if come is not None:
            choice.add(come)
            if not exchange.gone:
                choice.prune(changed[1:])
                self.fit(choice, come)
        if choice.worth < self.goal:
            near = self.near(changed)
            self._grow(choice, near, limit, by_share=exchange.by_share)
            choice.prune(near)
        if not self.is_better(choice, before):
            choice.become(spans)

    def insertions(self, choice: Choice) -> Iterator[Exchange]:
        """Yield each span that may make others needless."""
        for offer in self.promising(choice):
            if choice.worth < self.goal or sum(one.cost for one in choice.beside(offer)) > offer.cost + NOTHING:
                yield Exchange((), offer)

    def ruins(self, choice: Choice) -> Iterator[Exchange]:
        """Yield each span to leave out, by itself and with each that has to do with it, the dearest first."""
        for one in sorted(choice.spans.values(), key=lambda one: (-one.cost, one.number)):
            beside = sorted(choice.beside(one), key=lambda other: (-other.cost, other.number))
            for gone in ((one,), *((one, other) for other in beside)):
                for by_share in (False, True):
                    if all(span.number in choice.spans for span in gone):
                        yield Exchange(gone, None, by_share)

    def replacements(self, choice: Choice) -> Iterator[Exchange]:
        """Yield each span to put in the place of all that matter where it does."""
        for offer in self.promising(choice):
            yield Exchange(tuple(choice.beside(offer)), offer)

    def promising(self, choice: Choice) -> Iterator[Offer]:
        """Yield the spans that are not chosen, first those that are cheap beside what is chosen at their ends."""
        dearest: dict[int, float] = {}
        for one in choice.spans.values():
            for site in (one.a, one.b):
                dearest[site] = max(one.cost, dearest.get(site, 0.0))
        for offer in sorted(
            self.offers, key=lambda one: (one.cost - dearest.get(one.a, 0.0) - dearest.get(one.b, 0.0), one.number)
        ):
            if offer.number not in choice.spans:
                yield offer

    def fit(self, choice: Choice, kept: Offer | None = None) -> None:
        """Leave out what protects least for its cost, but not `kept`, until the budget lasts."""
        while choice.cost > self.budget:
            losses = []
            for one in [one for one in choice.spans.values() if one != kept]:
                worth = choice.worth
                choice.remove(one)
                losses.append(((worth - choice.worth) / max(one.cost, NOTHING), one.number, one))
                choice.add(one)
            for _, _, one in sorted(losses)[: max(1, len(losses) // 8)]:
                if choice.cost > self.budget:
                    choice.remove(one)

    def near(self, gone: Sequence[Offer]) -> list[Offer]:
        """Return the spans, without the first of these, that matter where they did."""
        doors = {
            site for span in gone for failure, _, _ in self.dark.apart(span) for site in self.dark.doors[failure]
        }
        found = {offer.number: offer for site in sorted(doors) for offer in self.around.get(site, ())}
        found.pop(gone[0].number, None)
        return sorted(found.values(), key=lambda one: (one.cost, one.number))[:_NEAR]
