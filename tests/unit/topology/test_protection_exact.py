"""Which spans protect most, on networks so small that it can be reckoned by hand, or each choice tried."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from math import inf
from random import Random

import pytest

from netmon.topology.planning.choice import Choice, Rates, grow
from netmon.topology.planning.darkness import Darkness, Offer
from netmon.topology.planning.protect import protect
from tests.unit.topology.all_choices import AllChoices
from tests.unit.topology.drawn import draw
from tests.unit.topology.planning_scenes import HOME, scenes


def in_order(choices: AllChoices, groups: Sequence[Sequence[Offer]]) -> bool:
    """Tell whether each group is worth something, no part of it is, and what is worth most for its cost is first."""
    built: list[Sequence[Offer]] = []

    def gain(spans: Sequence[Offer]) -> float:
        return choices.worth_of([*built, spans]) - choices.worth_of(built)

    for number, group in enumerate(groups):
        left = [span for later in groups[number:] for span in later]
        parts = [part for size in range(1, len(group)) for part in combinations(group, size)]
        if len(group) == 1:
            rates = [gain([span]) / span.cost for span in left]
            is_first = gain(group) / group[0].cost == max(rates)
        else:
            is_first = not any(gain([span]) for span in left)
        if not (is_first and gain(group) and not any(map(gain, parts))):
            return False
        built.append(group)
    return True


@pytest.mark.parametrize(
    ("seed", "budget", "bound", "most"),
    [(16, inf, 9.0, 1.0), (61, 45.0, 36.25, 5.9), (41, 25.0, 25.0, 3.0), (56, inf, 41.0, 5.0)],
)
def test_of_all_choices_the_best_is_found_and_bounds_are_as_tight_as_they_were(
    seed: int, budget: float, bound: float, most: float
) -> None:
    """Networks in which much of the search, and of the bound, is needed to find this."""
    random = Random(seed)
    choices = AllChoices(random, random.randint(4, 12), random.randint(6, 10))
    found = protect(choices.dark, choices.offers, choices.worth, budget)
    worth, cost = choices.best(budget)
    assert (found.worth, choices.worth_of(found.groups), choices.cost(found.groups)) == (worth, worth, cost)
    assert in_order(choices, found.groups)
    assert bound <= found.bound + 1e-6 <= choices.least(worth) + 2e-6
    assert worth <= found.most + 1e-6 <= most + 2e-6
    assert found.is_complete == (worth == choices.best(inf)[0])


def chosen(dark: Darkness, *costs: float) -> tuple[Choice, list[Offer]]:
    """Return a choice on a chain of two, and spans to its ends at these costs: to b, to a, and to b again."""
    centre, a, b = range(3)
    ends = (b, a, b)
    return Choice(dark, [0.0, 1.0, 1.0]), [
        Offer(centre, end, cost, number) for number, (end, cost) in enumerate(zip(ends, costs, strict=True))
    ]


@pytest.mark.parametrize(
    ("costs", "left"),
    [((10.0, 9.0, 12.0), {0}), ((12.0, 9.0, 10.0), {2}), ((10.0, 9.0, 10.0), {2}), ((9.0, 10.0, 9.0), {2})],
    ids=["the dearest goes", "the other one", "of equals the first", "and what is dearest of all"],
)
def test_needless_spans_are_left_out_the_dearest_first(costs: tuple[float, ...], left: set[int]) -> None:
    """One to b protects both; the one to a protects only a, from the failure of its line."""
    dark, _ = scenes(draw("noc-gw-a-b", sites=HOME))
    choice, spans = chosen(dark, *costs)
    choice.become(spans)
    assert (choice.worth, choice.cost) == (2.0, sum(costs))
    choice.prune([spans[1]])
    assert choice.spans.keys() == {0, 2}
    choice.add(spans[1])
    choice.prune()
    assert (set(choice.spans), choice.worth) == (left, 2.0)
    choice.prune(spans)
    choice.become([spans[1]])
    assert (set(choice.spans), choice.worth) == ({1}, 1.0)
    assert choice.beside(spans[0]) == [spans[1]]
    assert choice.beside(spans[1]) == []


@pytest.mark.parametrize("seed", [8, 19, 21])
def test_what_a_further_span_would_add_is_what_it_adds_whatever_came_before(seed: int) -> None:
    """Held against choices made anew, while spans come and go."""
    random = Random(seed)
    choices = AllChoices(random, 9, 7)
    dark, offers, worth = choices.dark, choices.offers, [float(random.randint(0, 3)) for _ in choices.worth]
    rates = Rates(Choice(dark, worth), offers)

    def told(span: Offer) -> tuple[float, float]:
        anew = Choice(dark, worth)
        anew.become([*rates.choice.spans.values(), span])
        ended = zip(worth, rates.choice.lighting.waiting, anew.lighting.waiting, dark.needs, strict=True)
        return anew.worth - rates.choice.worth, sum(w * (was - now) / of for w, was, now, of in ended if of)

    for _ in range(12):
        left = float(random.randint(5, 40))
        possible = [span for span in offers if span.number not in rates.choice.spans and span.cost <= left]
        gains = {span: told(span) for span in possible}
        for place, found in enumerate((rates.saver(left), rates.ender(left))):
            best = max(
                ((gain[place] / span.cost, -span.cost, -span.number) for span, gain in gains.items()), default=None
            )
            if best is not None and best[0] > 0.0:
                assert found is not None
                assert (gains[found][place] / found.cost, -found.cost, -found.number) == pytest.approx(best)
            elif found is not None:
                assert place == 1
                assert rates.choice.lighting.joins(found)
        span = random.choice(offers)
        (rates.remove if span.number in rates.choice.spans else rates.add)(span)


def test_a_bundle_is_what_protects_together_and_nothing_of_it_stays_where_it_does_not() -> None:
    """v hangs on the line to m, and the nodes m and n: two spans around those do, the cheap one to m comes first and
    is needless at last."""
    dark, _ = scenes(draw("noc-gw-m-n-v; gw-w", sites=HOME))
    centre, m, n, v, w = range(5)
    ends = ((centre, m, 2.0), (centre, n, 5.0), (m, v, 5.0), (centre, w, 50.0))
    offers = [Offer(one, other, cost, number) for number, (one, other, cost) in enumerate(ends)]
    people = [0.0, 0.0, 0.0, 1.0, 1.0]

    def grown(limit: float, goal: float, late_after: int = 99, **options: bool) -> list[tuple[int, ...]]:
        choice, calls = Choice(dark, people), iter(range(late_after))
        groups = grow(choice, offers, limit, goal, is_late=lambda: next(calls, None) is None, **options)
        assert sorted(choice.spans) == sorted(span.number for group in groups for span in group)
        return [tuple(span.number for span in group) for group in groups]

    assert grown(inf, 2.0) == [(3,), (1, 2)]
    assert grown(inf, 2.0, by_share=True) == [(1, 2), (3,)]
    assert grown(61.0, 2.0) == [(3,)], "of the 11 that are left, the one to m takes 2"
    assert grown(59.0, 2.0, by_share=True) == [(1, 2)]
    assert grown(60.0, 1.0) == [(3,)]
    assert grown(12.0, 2.0) == [(1, 2)]
    assert grown(11.0, 2.0) == [], "after the one to m there is no money for both"
    assert grown(12.0, 2.0, late_after=3) == []
    assert grown(inf, 2.0, late_after=1) == [(3,)]


@pytest.mark.parametrize("costs", [(10.0, 7.0, 1.0), (7.0, 10.0, 1.0)])
def test_bounds_where_a_site_speaks_from_two_patches(costs: tuple[float, ...]) -> None:
    """Where m fails, either of two spans lights s, so that the cheaper one, 7, is the least; w needs one of 1.

    For 7 there is only one of them. At a penalty of 8 for each, 7 and 1 are asked: 1 / 8 is missed at least.
    """
    drawn = draw("noc-gw-m; m-a-e; m-b-c; gw-w", sites={**HOME, "s": "a b"})
    dark, _ = scenes(drawn)
    worth = [float(site in ("s", "site-w")) for site in dark.sites]
    offers = [
        Offer(dark.sites["centre"], dark.sites[end], cost, number)
        for number, (end, cost) in enumerate(zip(("s", "site-c", "site-w"), costs, strict=True))
    ]
    found = protect(dark, offers, worth)
    assert (found.worth, found.bound, found.most, found.is_complete) == (2.0, 8.0, 2.0, True)
    some = protect(dark, offers, worth, 7.0)
    assert (some.worth, some.bound, some.most, some.is_complete) == (1.0, 1.0, 1.875, False)


@pytest.mark.parametrize(
    ("seed", "budget"),
    [(57, inf), (17, inf), (78, inf), (47, inf), (67, inf), (89, inf), (14, 60.0), (23, 60.0), (3, 60.0), (20, 60.0)],
)
def test_leaves_of_one_router_are_joined_as_cheaply_as_can_be(seed: int, budget: float) -> None:
    """Any span protects a leaf, so that pairs of them are to be covered: the least that each set of leaves costs is
    known from the sets before. What comes first by its rate is not the best here, exchanges are."""
    random, leaves = Random(seed), 9
    dark, _ = scenes(draw("noc-gw; " + "; ".join(f"gw-l{number}" for number in range(leaves)), sites=HOME))
    offers = []
    for number in range(2 * leaves):
        a, b = sorted(random.sample(range(leaves + 1), 2))
        offers.append(Offer(a, b, float(random.randint(5, 30)), number))
    least = {frozenset[int](): 0.0}
    for span in offers:
        for covered, cost in list(least.items()):
            more = covered | {span.a, span.b} - {dark.sites["centre"]}
            least[more] = min(least.get(more, inf), cost + span.cost)
    most, saving = max((len(covered), -cost) for covered, cost in least.items() if cost <= budget)

    def plan(patience: int) -> tuple[float, float]:
        found = protect(dark, offers, [1.0] * (leaves + 1), budget, patience=patience)
        return found.worth, -sum(span.cost for group in found.groups for span in group)

    assert plan(0) == plan(2) < plan(250) == (most, saving), "of 2 tries two thirds of a half are none"


def test_what_two_patches_need_together_both_pay_for() -> None:
    """Where the cable fails, a span of 1 joins a and b, and one of 10 lights both; w needs one of 1.

    The one of 10 pays 1 where the line to a fails, and is asked for 9 more. For 8 there is only w, for 10 not both.
    At a penalty of 22 / 3 for each, 1 and 9 and 1 are asked where 10 are there: 3 / 22 is missed at least.
    """
    dark, _ = scenes(draw("noc-gw-a; gw-b; gw-w", sites=HOME, cables={"k": "gw-a gw-b"}))
    centre, a, b, w = range(4)
    offers = [Offer(a, b, 1.0, 0), Offer(centre, a, 10.0, 1), Offer(centre, w, 1.0, 2)]
    found = protect(dark, offers, [1.0] * 4)
    assert (found.worth, found.bound, found.most) == (3.0, 11.0, 3.0)
    some = protect(dark, offers, [1.0] * 4, 8.0)
    assert (some.worth, some.bound, some.most) == (1.0, 1.0, 1.0)
    more = protect(dark, offers, [1.0] * 4, 10.0)
    assert more.worth == 1.0
    assert more.most == pytest.approx(3 - 3 / 22)
