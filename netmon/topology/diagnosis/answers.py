"""From the explanations of each puzzle to one answer: what is named, what is stated beside it, and how sure it is."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from heapq import heappop, heappush
from itertools import chain
from math import log, prod

from netmon.topology.diagnosis.border import DarkNode, Demand, Puzzle, may_cut
from netmon.topology.diagnosis.conflicts import at_odds
from netmon.topology.diagnosis.hitting import Codes, OutOfBudgetError, Search
from netmon.topology.diagnosis.meeting import Failed, odds_instead
from netmon.topology.diagnosis.scene import Scene
from netmon.topology.diagnosis.storm import Storm

EXPLANATIONS = 200
"""Explanations of one puzzle that are kept."""
HYPOTHESES = 50
"""Other explanations of everything that are stated."""
VARIED = 6
"""Puzzles whose explanations are combined with each other in the hypotheses."""
COMBINATIONS = 2000
"""Combinations of explanations looked at for them."""


@dataclass(frozen=True, slots=True)
class Answer:
    """The explanation of one puzzle: `chosen` codes, and for each the `alternatives` that could stand in its place.

    `explanations` are all that are as small, the likeliest (`chosen`) first; `is_stated` tells which of them the
    chosen elements and their alternatives already cover. `confidence` is, for each chosen element, the probability
    that it or one of its alternatives has failed.
    """

    chosen: tuple[int, ...]
    alternatives: tuple[tuple[int, ...], ...]
    explanations: tuple[Codes, ...]
    is_stated: tuple[bool, ...]
    confidence: tuple[float, ...]


def answers(scene: Scene, puzzles: Sequence[Puzzle]) -> list[Answer]:
    """Return an answer for each puzzle.

    Puzzles share no demand, but two cables, each with a detour, may together cut off something that answers. Where
    that could happen, the puzzles concerned are answered as one.
    """
    found = [answer(scene, puzzle) for puzzle in puzzles]
    risks = [{code for codes in one.explanations for code in codes if may_cut(scene, code)} for one in found]
    merged: set[int] = set()
    for places in at_odds(scene, risks):
        merged.update(places)
        demands = tuple(demand for place in places for demand in puzzles[place].demands)
        groups = tuple(sorted(group for place in places for group in puzzles[place].groups))
        found.append(answer(scene, Puzzle(demands, groups)))
    return [one for place, one in enumerate(found) if place not in merged]


def answer(scene: Scene, puzzle: Puzzle) -> Answer:
    """Return the likeliest of the smallest explanations of a puzzle."""
    first = puzzle.demands[0]
    if len(puzzle.demands) == 1 and isinstance(first, DarkNode):
        return _single(scene, first)
    try:
        found = Search(scene, puzzle, EXPLANATIONS).smallest()
    except OutOfBudgetError:
        found = []
    return _among(scene, puzzle, found) if found else _after_storm(scene, puzzle)


def _single(scene: Scene, demand: DarkNode) -> Answer:
    """Answer the common case, one dark node alone."""
    nothing = Failed(scene)
    codes = sorted(nothing.options(demand), key=lambda code: (-scene.prior(code), code))
    stated = sum(map(scene.share, codes))
    instead = odds_instead(scene, nothing, (demand,), set(codes)) if len(demand.links) > 1 else 0.0
    return Answer(
        chosen=(codes[0],),
        alternatives=(tuple(codes[1:]),),
        explanations=tuple(frozenset({code}) for code in codes),
        is_stated=(True,) * len(codes),
        confidence=(stated / (stated + instead),),
    )


def _after_storm(scene: Scene, puzzle: Puzzle) -> Answer:
    storm = Storm(scene, puzzle)
    chosen = tuple(sorted(storm.chosen))
    alternatives, sure = [], []
    for code in chosen:
        replacing, demands = storm.instead(code)
        alternatives.append(replacing)
        storm.failed.remove(code)
        sure.append(_certainty(scene, storm.failed, demands, {code, *replacing}))
        storm.failed.add(code)
    return Answer(chosen, tuple(alternatives), (frozenset(chosen),), (True,), tuple(sure))


def _among(scene: Scene, puzzle: Puzzle, found: Sequence[Codes]) -> Answer:
    ranked = sorted(found, key=lambda codes: (-_likelihood(scene, codes), sorted(codes)))
    best = ranked[0]
    known = set(ranked)
    chosen = tuple(sorted(best))
    candidates = sorted(set(chain.from_iterable(ranked)) - best, key=lambda code: (-scene.prior(code), code))
    alternatives = tuple(
        tuple(code for code in candidates if (best - {element}) | {code} in known) for element in chosen
    )
    is_stated = tuple(_covers(chosen, alternatives, codes) for codes in ranked)
    odds = {codes: prod(map(scene.share, codes)) for codes in ranked}
    total = sum(odds.values())
    sure = []
    for element, replacing in zip(chosen, alternatives, strict=True):
        names = {element, *replacing}
        share = sum(odds[codes] for codes in ranked if not names.isdisjoint(codes)) / total
        others = Failed(scene, best - {element})
        demands = [demand for demand in puzzle.demands if not others.meets(demand)]
        sure.append(share * _certainty(scene, others, demands, names))
    return Answer(chosen, alternatives, tuple(ranked), is_stated, tuple(sure))


def _certainty(scene: Scene, others: Failed, demands: Sequence[Demand], names: set[int]) -> float:
    """Weigh one failed element of those named against several that would each meet some of its demands."""
    stated = sum(map(scene.share, names))
    return stated / (stated + odds_instead(scene, others, demands, names))


def _likelihood(scene: Scene, codes: Collection[int]) -> float:
    return prod(scene.prior(code) for code in codes)


def _covers(chosen: tuple[int, ...], alternatives: tuple[tuple[int, ...], ...], codes: Codes) -> bool:
    """Tell whether the elements can be matched one to one to the chosen ones or their alternatives."""
    stated = [{element, *others} for element, others in zip(chosen, alternatives, strict=True)]

    def match(left: list[int], free: frozenset[int]) -> bool:
        if not left:
            return True
        return any(left[0] in stated[place] and match(left[1:], free - {place}) for place in free)

    return match(sorted(codes), frozenset(range(len(stated))))


def hypotheses(scene: Scene, answers: Sequence[Answer]) -> tuple[tuple[int, ...], ...]:
    """Return other explanations of everything that are as small, the likeliest first, at most `HYPOTHESES`.

    Only those that the chosen elements and their alternatives do not already state. When many puzzles are open at
    once, only those with such explanations are varied.
    """
    if all(all(answer.is_stated) for answer in answers):
        return ()
    varied = [answer for answer in answers if len(answers) <= VARIED or not all(answer.is_stated)][:VARIED]
    fixed = tuple(chain.from_iterable(answer.chosen for answer in answers if answer not in varied))
    return tuple(tuple(sorted(chain(fixed, *pick))) for pick in _ranked(scene, varied))


def _ranked(scene: Scene, answers: Sequence[Answer]) -> Iterable[tuple[Codes, ...]]:
    """Yield combinations of one explanation each, the likeliest first, without those that are stated in full."""
    costs = [[-sum(log(scene.prior(code)) for code in codes) for codes in each.explanations] for each in answers]
    start = (0,) * len(answers)
    queue = [(sum(options[0] for options in costs), start)]
    seen = {start}
    left = HYPOTHESES
    while queue and left and len(seen) < COMBINATIONS:
        cost, places = heappop(queue)
        if not all(each.is_stated[place] for each, place in zip(answers, places, strict=True)):
            left -= 1
            yield tuple(each.explanations[place] for each, place in zip(answers, places, strict=True))
        for which, place in enumerate(places):
            after = (*places[:which], place + 1, *places[which + 1 :])
            if place + 1 < len(costs[which]) and after not in seen:
                seen.add(after)
                heappush(queue, (cost + costs[which][place + 1] - costs[which][place], after))
