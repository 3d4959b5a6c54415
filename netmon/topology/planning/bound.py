"""What protecting sites costs at least, whatever is built: the dual of the problem, raised step by step.

Under each failure, a patch with a site that is to survive needs a span that leaves it. Each such demand may be given
a price, as long as no span has to pay more than it costs; the sum of the prices is then a true bound (dual ascent, as
R. T. Wong's for Steiner trees, Mathematical Programming 28, 1984). Where a site may also stay exposed at a penalty,
its demands may together cost no more than that; so Lagrange's relaxation bounds what a budget protects.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from netmon.topology.planning.darkness import FAILED, LIT, Darkness, Offer

_NOTHING = 1e-9

_Way = tuple[int, Mapping[int, int]]
"""A span from a door, and where its far end lies under each failure."""


@dataclass(frozen=True, slots=True)
class Ascent:
    """The least that it costs, and the spans that are paid for in full, in the order in which they became so."""

    bound: float
    tight: tuple[int, ...]


class Demands:
    """All demands of one darkness on spans, to be priced again and again."""

    def __init__(self, dark: Darkness, offers: Sequence[Offer]) -> None:
        self.dark = dark
        self.offers = offers
        self.around: dict[int, list[_Way]] = {}
        for number, offer in enumerate(offers):
            self.around.setdefault(offer.a, []).append((number, dark.at[offer.b]))
            self.around.setdefault(offer.b, []).append((number, dark.at[offer.a]))
        patches: dict[int, dict[int, _Patch]] = {}
        for site, places in enumerate(dark.at):
            for failure, place in places.items():
                if place != FAILED:
                    patches.setdefault(failure, {}).setdefault(place, _Patch([], [])).doors.append(site)
        for (failure, place), members in dark.members.items():
            patches.setdefault(failure, {}).setdefault(place, _Patch([], [])).members.extend(members)
        self.above = {failure: _with_speakers_joined(scene) for failure, scene in patches.items()}
        self.scenes = sorted(patches.items(), key=lambda one: (sum(len(p.doors) for p in one[1].values()), one[0]))

    def ascend(self, penalty: Mapping[int, float]) -> Ascent:
        """Return the least that it costs to protect these sites, or to pay their penalties instead."""
        pricing = _Pricing(self, dict(penalty))
        for failure, patches in self.scenes:
            pricing.raise_prices(failure, patches)
        return Ascent(pricing.bound, tuple(pricing.tight))


@dataclass(slots=True)
class _Patch:
    """The sites at whose entrance a span reaches into a patch, and those that speak from it."""

    doors: list[int]
    members: list[int]


def _with_speakers_joined(patches: Mapping[int, _Patch]) -> dict[int, int]:
    """Join the patches from which one site speaks, and return what each was joined to: it is lit if either is."""
    above: dict[int, int] = {}
    first: dict[int, int] = {}
    for place in sorted(patches):
        for site in list(patches[place].members):
            low, high = sorted((_root(above, first.setdefault(site, place)), _root(above, place)))
            if low != high:
                above[high] = low
                patches[low].doors.extend(patches[high].doors)
                patches[low].members.extend(patches[high].members)
    for patch in patches.values():
        patch.members[:] = sorted(set(patch.members))
    return above


def _root(above: Mapping[int, int], place: int) -> int:
    while place in above:
        place = above[place]
    return place


class _Pricing:
    """One ascent: what is left of each span's cost and of each site's penalty."""

    def __init__(self, demands: Demands, penalty: dict[int, float]) -> None:
        self.demands = demands
        self.penalty = penalty
        self.left = [offer.cost for offer in demands.offers]
        self.bound = 0.0
        self.tight: dict[int, None] = {}
        self.paid_around: dict[int, list[_Way]] = {}  # as `around` of the demands, of the tight ones

    def raise_prices(self, failure: int, patches: Mapping[int, _Patch]) -> None:
        """Price the demands under one failure until all is lit, or what is not pays its penalty."""
        scene = _Scene(failure, self.demands, patches)
        for place in sorted(patches, key=lambda place: (len(patches[place].doors), place)):
            while place not in scene.above:
                payers = [site for site in scene.members[place] if self.penalty.get(site, 0.0) > _NOTHING]
                if not payers:
                    break
                if paid := scene.leaving(place, self.paid_around):  # no more is charged as long as there are such
                    for _, there in paid:
                        scene.join(place, there)
                    continue
                leaving = scene.leaving(place, self.demands.around)
                if not leaving:
                    break
                price = min(*(self.left[number] for number, _ in leaving), sum(self.penalty[site] for site in payers))
                self._charge(payers, price)
                for number, there in leaving:
                    self.left[number] -= price
                    if self.left[number] <= _NOTHING:
                        self._pay_off(number)
                        scene.join(place, there)

    def _pay_off(self, number: int) -> None:
        """Note that a span is paid for in full."""
        if number not in self.tight:
            self.tight[number] = None
            at, offer = self.demands.dark.at, self.demands.offers[number]
            self.paid_around.setdefault(offer.a, []).append((number, at[offer.b]))
            self.paid_around.setdefault(offer.b, []).append((number, at[offer.a]))

    def _charge(self, payers: Iterable[int], price: float) -> None:
        """Take the price of a demand from the penalties of the sites that have it."""
        self.bound += price
        for site in payers:
            part = min(price, self.penalty[site])
            self.penalty[site] -= part
            price -= part


class _Scene:
    """The patches under one failure as they are joined; the one that joins keeps its number, unless it is lit."""

    def __init__(self, failure: int, demands: Demands, patches: Mapping[int, _Patch]) -> None:
        self.failure = failure
        self.doors = {place: list(patch.doors) for place, patch in patches.items()}
        self.members = {place: list(patch.members) for place, patch in patches.items()}
        self.above = dict(demands.above[failure])

    def root(self, place: int) -> int:
        """Return what a patch was joined to, itself at first."""
        return _root(self.above, place)

    def leaving(self, place: int, around: Mapping[int, Sequence[_Way]]) -> list[tuple[int, int]]:
        """Return which of the spans around lead out of a patch, and where each leads."""
        failure, above, found = self.failure, self.above, []
        for door in self.doors[place]:
            for number, lies in around.get(door, ()):
                there = lies.get(failure, LIT)
                while there in above:
                    there = above[there]
                if there not in (place, FAILED):
                    found.append((number, there))
        return found

    def join(self, place: int, there: int) -> None:
        """Join a patch to another one, or to what is lit."""
        place, there = self.root(place), self.root(there)
        if place == there:
            return
        if LIT in (place, there):
            self.above[max(place, there)] = LIT
            return
        self.above[there] = place
        self.doors[place] += self.doors[there]
        self.members[place] += self.members[there]
