"""How the search for a choice moves, on a router with leaves, each of which any span to it protects."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from math import inf
from random import Random

import pytest

from netmon.topology.planning.choice import Choice
from netmon.topology.planning.darkness import Darkness, Offer
from netmon.topology.planning.protect import Exchange, Search
from tests.rows import every_row
from tests.unit.topology.drawn import draw
from tests.unit.topology.planning_scenes import HOME, scenes


@cache
def leaves(count: int) -> Darkness:
    """Return the darkness of leaves 1, 2, … of one router; 0 is the centre."""
    return scenes(draw("noc-gw; " + "; ".join(f"gw-l{number:02d}" for number in range(count)), sites=HOME))[0]


def searching(
    spans: Sequence[tuple[int, int, float]], worth: Sequence[float], budget: float = inf, tries: float = inf
) -> tuple[Search, list[Offer], list[int]]:
    """Return a search over these spans, they themselves, and a list of how often it asked whether it is late."""
    offers = [Offer(a, b, cost, number) for number, (a, b, cost) in enumerate(spans)]
    asked: list[int] = []

    def is_late() -> bool:
        asked.append(1)
        return len(asked) > tries

    return Search(leaves(len(worth)), offers, [0.0, *worth], sum(worth), budget, is_late), offers, asked


def chosen(search: Search, spans: Sequence[Offer]) -> Choice:
    choice = Choice(search.dark, search.worth)
    choice.become(spans)
    return choice


@every_row(
    ("budget", "kept", "left"),
    [
        (99.0, None, {0, 1, 2, 3}),
        (35.0, None, {0, 1, 2, 3}),
        (34.0, None, {0, 1, 3}),
        (24.0, None, {0, 3}),
        (24.0, 1, {0, 1}),
        (10.0, 1, {1}),
    ],
)
def test_what_protects_least_for_its_cost_is_left_out_until_the_budget_lasts(
    budget: float, kept: int | None, left: set[int]
) -> None:
    """The rates are 3 and 2; the last two protect the same leaf, so that without one nothing is lost, and then 2."""
    search, offers, _ = searching([(0, 1, 10.0), (0, 2, 10.0), (0, 3, 10.0), (0, 3, 5.0)], [30.0, 20.0, 10.0], budget)
    choice = chosen(search, offers)
    search.fit(choice, None if kept is None else offers[kept])
    assert set(choice.spans) == left


@pytest.mark.parametrize("seed", range(4))
def test_of_many_spans_no_more_is_left_out_than_has_to_be(seed: int) -> None:
    """Of 24, three are looked up together; none is left out that protects more for its cost than one that stays."""
    random = Random(seed)
    worth = [float(random.randint(1, 99)) for _ in range(24)]
    costs = [float(random.randint(1, 9)) for _ in worth]
    spans = [(0, leaf, cost) for leaf, cost in enumerate(costs, 1)]
    search, offers, _ = searching(spans, worth, sum(costs) * random.random())
    choice = chosen(search, offers)
    search.fit(choice)
    rates = {number: worth[number] / costs[number] for number in range(24)}
    gone = sorted(set(rates) - set(choice.spans), key=rates.__getitem__)
    assert gone
    assert max(rates[number] for number in gone) <= min([rates[number] for number in choice.spans] or [inf])
    assert choice.cost <= search.budget < choice.cost + max(costs[number] for number in gone)


def test_a_beginning_spends_what_is_left_and_nothing_without_need() -> None:
    search, offers, _ = searching(
        [(0, 1, 10.0), (1, 2, 9.0), (0, 2, 4.0), (0, 3, 8.0), (0, 4, 2.0)], [1.0, 1.0, 1.0, 1.0], 20.0
    )
    assert set(search.begin().spans) == {2, 3, 4}, "by what they protect for their cost; then 6 are left"
    assert set(search.begin(offers[:3]).spans) == {1, 3, 4}, "of 23 for two leaves 9 are needed, and 11 are left"
    search.budget = 8.0
    assert set(search.begin(offers[:3]).spans) == {2, 4}, "9 are too much"


def test_exchanges_come_in_the_order_in_which_they_promise_most() -> None:
    """Chosen are 0, which protects leaf 1, and 1 and 2, which have to do with each other by leaf 2."""
    spans = [(0, 1, 4.0), (0, 2, 9.0), (2, 3, 5.0), (0, 3, 6.0), (1, 2, 9.5), (1, 3, 7.0), (0, 2, 3.0)]
    search, offers, _ = searching(spans, [1.0, 1.0, 1.0])
    choice = chosen(search, offers[:3])

    def numbers(exchange: Exchange) -> tuple[list[int], int | None, bool]:
        come = None if exchange.come is None else exchange.come.number
        return [one.number for one in exchange.gone], come, exchange.by_share

    assert [one.number for one in search.promising(choice)] == [6, 3, 4, 5], "less the dearest at each end"
    told = [numbers(one) for one in search.replacements(choice)]
    assert told == [([1, 2], 6, False), ([2], 3, False), ([0, 1, 2], 4, False), ([0, 2], 5, False)]
    assert [numbers(one)[1] for one in search.insertions(choice)] == [6, 4, 5], "3 of 6 is dearer than what it is for"
    ruins = [numbers(one) for one in search.ruins(choice)]
    assert ruins == [(gone, None, share) for gone in ([1], [1, 2], [2], [2, 1], [0]) for share in (False, True)], (
        "the dearest first"
    )
    left = search.ruins(choice)
    next(left)
    choice.remove(offers[1])
    assert [numbers(one)[0] for one in left] == [[2], [2], [0], [0]], "what is gone by then is not left out again"
    choice.become(offers[:2])
    assert [numbers(one)[1] for one in search.insertions(choice)] == [6, 2, 4, 3, 5], "all, while leaf 3 is exposed"


def test_who_is_late_changes_nothing_and_no_more_is_tried_than_there_is_patience_for() -> None:
    """Two spans of 10 are chosen where one of 11 protects both leaves."""
    spans = [(0, 1, 10.0), (0, 2, 10.0), (1, 2, 11.0)]
    for tries, patience, left in ((inf, 1_000, {2}), (0, 1_000, {0, 1}), (inf, 0, {0, 1}), (inf, 2, {2})):
        search, offers, _ = searching(spans, [1.0, 1.0], tries=tries)
        choice = chosen(search, offers[:2])
        search.improve(choice, patience)
        assert set(choice.spans) == left
    search, offers, asked = searching(spans, [1.0, 1.0])
    search.improve(chosen(search, offers[2:]), 9)
    assert 0 < len(asked) < 60


def test_only_the_cheapest_that_matter_there_are_looked_at() -> None:
    spans = [(0, 1, float(cost)) for cost in range(99, 0, -1)] + [(0, 2, 0.5)]
    search, offers, _ = searching(spans, [1.0, 1.0])
    assert [one.cost for one in search.near([offers[98]])] == [float(cost) for cost in range(2, 62)]
    assert {one.number for one in search.near([offers[99], offers[0]])} == set(range(39, 99))
