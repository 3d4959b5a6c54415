"""What each of many falls costs, without a look at all that falls for each of them.

Where failures stand one behind another, as on a long line, what falls with each is as long as the line. So it is
summed up: what hangs on one place by sums over places, and what hangs on several, as sites with two routers and
services with a host of their own do, by sums of what a span holds from a first to a last place (Fenwick, Software:
Practice and Experience 24(3), 1994). What lies in several spans of one fall is looked at by itself.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate, chain, pairwise
from typing import NamedTuple

from netmon.topology.robustness.spans import Span
from netmon.topology.robustness.toll import Toll, TollBooth

BITS = 64
"""Of each part of a toll where all parts are one number, which is added in one step; parts of a sum may lend."""
MASK = (1 << BITS) - 1


def tolls_of(booth: TollBooth, falls: Sequence[Sequence[Span]]) -> list[Toll]:
    """Return what each of these falls costs."""
    at = [0] * len(booth.site_at)
    crowds: list[_Crowd] = []
    for toll, places in zip(booth.toll_of, booth.places, strict=True):
        if len(places) == 1:
            at[places[0]] += _packed(toll)
        elif places:
            crowds.append(_Crowd(places, (), _packed(toll)))
    service = _packed(Toll(services=1))
    crowds += [_Crowd(booth.places[site], places, service) for site, places in booth.carried.values()]
    ranges: list[_Range] = []
    for one in chain.from_iterable(crowd.ranges() for crowd in crowds):
        if one.first == one.last:
            at[one.first] += one.cost
        else:
            ranges.append(one)
    before = list(accumulate(at, initial=0))
    spans = {span for fall in falls for span in fall}
    costs = dict(zip(spans, (before[stop] - before[start] for start, stop in spans), strict=True))
    for span, cost in _held(ranges, spans, len(at)):
        costs[span] += cost
    scattered = _Scattered(crowds)
    return [_unpacked(sum(map(costs.__getitem__, fall)) + scattered.cost(fall)) for fall in falls]


class _Range(NamedTuple):
    """What a span costs, or costs less, that holds both these places."""

    first: int
    last: int
    cost: int


class _Crowd(NamedTuple):
    """What is lost when `all_of` some places fall, if there are such, or one of others; both are in order."""

    all_of: tuple[int, ...]
    any_of: tuple[int, ...]
    cost: int

    def ranges(self) -> Iterator[_Range]:
        """Yield what sums up to what a span costs, whatever span.

        Of those places of which one is enough, a span that holds some holds one more of them than pairs that come one
        after another. Where it holds none, those of which all must fall lie between two of them.
        """
        for place in self.any_of:
            yield _Range(place, place, self.cost)
        for first, last in pairwise(self.any_of):
            yield _Range(first, last, -self.cost)
        if self.all_of:
            first, last = self.all_of[0], self.all_of[-1]
            number = bisect_left(self.any_of, first)
            left, right = self.any_of[:number][-1:], self.any_of[number:][:1]
            if right and right[0] <= last:
                return
            yield _Range(first, last, self.cost)
            for low in left:
                yield _Range(low, last, -self.cost)
            for high in right:
                yield _Range(first, high, -self.cost)
                for low in left:
                    yield _Range(low, high, self.cost)

    def cost_of(self, spans: Sequence[Span]) -> int:
        """Return what it costs that these places fall."""
        is_lost = any(_holder(spans, place) >= 0 for place in self.any_of)
        is_lost |= bool(self.all_of) and all(_holder(spans, place) >= 0 for place in self.all_of)
        return self.cost * is_lost


class _Scattered:
    """What is in a fall by several of its spans, and not by one of them alone."""

    def __init__(self, crowds: Sequence[_Crowd]) -> None:
        self.crowds = crowds
        members = sorted(
            (place, number)
            for number, crowd in enumerate(crowds)
            if len(places := {*crowd.all_of, *crowd.any_of}) > 1
            for place in places
        )
        self.places = [place for place, _ in members]
        self.numbers = [number for _, number in members]

    def cost(self, fall: Sequence[Span]) -> int:
        """Return what a fall costs besides what each of its spans does."""
        if len(fall) <= 1 or not self.places:
            return 0
        met: set[int] = set()
        *shorter, _ = sorted(fall, key=lambda span: span.stop - span.start)
        for start, stop in shorter:  # who is in two spans is in one of these
            met.update(self.numbers[bisect_left(self.places, start) : bisect_left(self.places, stop)])
        cost = 0
        for crowd in map(self.crowds.__getitem__, met):
            holders = {_holder(fall, place) for place in (*crowd.all_of, *crowd.any_of)} - {-1}
            if len(holders) > 1:
                cost += crowd.cost_of(fall) - sum(crowd.cost_of([fall[number]]) for number in holders)
        return cost


def _holder(spans: Sequence[Span], place: int) -> int:
    """Return which of these spans, in order, a place lies in; -1 for none."""
    number = bisect_right(spans, place, key=lambda span: span.start) - 1
    return number if number >= 0 and place < spans[number].stop else -1


def _held(ranges: Iterable[_Range], spans: Iterable[Span], places: int) -> Iterator[tuple[Span, int]]:
    """Yield what each span costs by the ranges it holds, from the last span to the first: `sums` has those behind."""
    waiting = sorted(ranges)
    sums: defaultdict[int, int] = defaultdict(int)
    for span in sorted(spans, reverse=True):
        while waiting and waiting[-1].first >= span.start:
            _, last, cost = waiting.pop()
            last += 1
            while last <= places:
                sums[last] += cost
                last += last & -last
        if sums:
            cost, stop = 0, span.stop
            while stop:
                cost += sums.get(stop, 0)
                stop &= stop - 1
            yield span, cost


def _packed(toll: Toll) -> int:
    return sum(part << BITS * number for number, part in enumerate(toll))


def _unpacked(number: int) -> Toll:
    return Toll(*((number >> BITS * place) & MASK for place in range(len(Toll._fields))))
