"""From the explanations of each puzzle to one answer: what is named, what is stated beside it, and how sure it is."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from heapq import heappop, heappush
from itertools import chain
from math import log, prod

from netmon.topology.border import DarkNode, Puzzle, suspects_of
from netmon.topology.hitting import Codes, OutOfBudgetError, Search
from netmon.topology.scene import Scene
from netmon.topology.storm import weather

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


def answer(scene: Scene, puzzle: Puzzle) -> Answer:
    """Return the likeliest of the smallest explanations of a puzzle."""
    first = puzzle.demands[0]
    if len(puzzle.demands) == 1 and isinstance(first, DarkNode):
        return _single(scene, first)
    try:
        found = Search(scene, puzzle).smallest(EXPLANATIONS)
    except OutOfBudgetError:
        found = []
    if found:
        return _among(scene, puzzle, found)
    chosen, alternatives = weather(scene, puzzle)
    sure = tuple(_certainty(scene, puzzle, chosen, place, alternatives[place]) for place in range(len(chosen)))
    return Answer(chosen, alternatives, (frozenset(chosen),), (True,), sure)


def _single(scene: Scene, demand: DarkNode) -> Answer:
    """Answer the common case, one dark node: it, its area, its only link, or a cable with all its links."""
    graph, prior = scene.graph, scene.graph.prior
    codes = list(suspects_of(scene, node=demand.node))
    if len(demand.links) == 1:
        codes += suspects_of(scene, link=demand.links[0])
        rest = 0.0
    else:
        shared = set(graph.cables_of[demand.links[0]]).intersection(*(graph.cables_of[i] for i in demand.links[1:]))
        codes += [code for code in map(graph.code_of_cable, sorted(shared)) if scene.is_accusable(code)]
        rest = prod(sum(prior[code] for code in suspects_of(scene, link=link)) for link in demand.links)
    codes.sort(key=lambda code: (-prior[code], code))
    stated = sum(prior[code] for code in codes)
    explanations = tuple(frozenset({code}) for code in codes)
    return Answer((codes[0],), (tuple(codes[1:]),), explanations, (True,) * len(codes), (stated / (stated + rest),))


def _among(scene: Scene, puzzle: Puzzle, found: Sequence[Codes]) -> Answer:
    ranked = sorted(found, key=lambda codes: (-_likelihood(scene, codes), sorted(codes)))
    best = ranked[0]
    known = set(ranked)
    chosen = tuple(sorted(best))
    candidates = sorted(set(chain.from_iterable(ranked)) - best)
    alternatives = tuple(
        tuple(
            sorted(
                (code for code in candidates if (best - {element}) | {code} in known),
                key=lambda code: (-scene.prior(code), code),
            )
        )
        for element in chosen
    )
    is_stated = tuple(_covers(chosen, alternatives, codes) for codes in ranked)
    total = sum(_likelihood(scene, codes) for codes in ranked)
    sure = []
    for place, element in enumerate(chosen):
        names = {element, *alternatives[place]}
        share = sum(_likelihood(scene, codes) for codes in ranked if not names.isdisjoint(codes)) / total
        sure.append(share * _certainty(scene, puzzle, chosen, place, alternatives[place]))
    return Answer(chosen, alternatives, tuple(ranked), is_stated, tuple(sure))


def _likelihood(scene: Scene, codes: Collection[int]) -> float:
    return prod(scene.prior(code) for code in codes)


def _certainty(
    scene: Scene, puzzle: Puzzle, chosen: tuple[int, ...], place: int, alternatives: tuple[int, ...]
) -> float:
    """Weigh one failed element, or its alternatives, against several that would each meet one of its demands."""
    others = frozenset(chosen) - {chosen[place]}
    names = {chosen[place], *alternatives}
    instead = 1.0
    for demand in puzzle.demands:
        for suspects in Search(scene, Puzzle((demand,), ())).unmet(others):
            instead *= sum(scene.prior(code) for code in suspects if code not in names)
    stated = sum(scene.prior(code) for code in names)
    return stated / (stated + instead)


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
