"""Spans chosen so far, what they cost and protect, and what each further one would add."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from math import fsum

from netmon.topology.planning.darkness import Darkness, Lighting, Offer

NOTHING = 1e-9
"""Less money than matters."""
_STEPPING = 1e-9
"""What it counts that a span joins patches and lights none: others may light both by it."""
_SOME = 1_000
"""How many spans are looked at between two questions whether it is late."""
_BUNDLE = 12
"""How many spans a bundle has at most."""


class Choice:
    """Some spans, and the worth of the sites that survive everything with them."""

    def __init__(self, dark: Darkness, worth: Sequence[float]) -> None:
        self.lighting = Lighting(dark)
        self.worth_of = worth
        self.worth = 0.0
        self.spans: dict[int, Offer] = {}

    @property
    def cost(self) -> float:
        """What the spans cost together, in whatever order they came."""
        return fsum(span.cost for span in self.spans.values())

    def add(self, span: Offer) -> None:
        """Take a span in."""
        self.spans[span.number] = span
        self.worth += sum(self.worth_of[site] for site in self.lighting.add(span))

    def remove(self, span: Offer) -> None:
        """Leave a span out again."""
        del self.spans[span.number]
        self.worth -= sum(self.worth_of[site] for site in self.lighting.remove(span))

    def become(self, spans: Iterable[Offer]) -> None:
        """Choose exactly these."""
        wanted = {span.number: span for span in spans}
        for span in [span for number, span in self.spans.items() if number not in wanted]:
            self.remove(span)
        for number, span in wanted.items():
            if number not in self.spans:
                self.add(span)

    def prune(self, among: Iterable[Offer] | None = None) -> None:
        """Leave out the spans without which as much is protected, the dearest first."""
        for span in sorted(self.spans.values() if among is None else among, key=lambda one: (-one.cost, one.number)):
            if span.number in self.spans:
                worth = self.worth
                self.remove(span)
                if self.worth < worth:
                    self.add(span)

    def beside(self, span: Offer) -> list[Offer]:
        """Return the chosen spans that matter under a failure under which this one does, without itself."""
        lighting = self.lighting
        found = {
            other.number: other
            for failure, _, _ in lighting.dark.apart(span)
            for other in lighting.spans_at.get(failure, ())
        }
        found.pop(span.number, None)
        return list(found.values())


class Rates:
    """What each of some spans would add to a choice for its cost, worked out again only where something changed."""

    def __init__(self, choice: Choice, among: Iterable[Offer], is_late: Callable[[], bool] = lambda: False) -> None:
        self.choice = choice
        self.is_late = is_late
        self._spans = {span.number: span for span in among}
        self._ends: dict[int, list[int]] = {}
        for span in self._spans.values():
            self._ends.setdefault(span.a, []).append(span.number)
            self._ends.setdefault(span.b, []).append(span.number)
        self._unknown = set(self._spans)
        self._savers: dict[int, tuple[float, float, int]] = {}
        self._enders: dict[int, tuple[float, float, int]] = {}

    def saver(self, left: float) -> Offer | None:
        """Return the affordable span that protects most for its cost; of equal ones the cheaper, then the first."""
        self._look()
        return self._best(self._savers, left)

    def ender(self, left: float) -> Offer | None:
        """Return the affordable span that ends most darkness for its cost, as shares of what each site has."""
        self._look()
        return self._best(self._enders, left)

    def add(self, span: Offer) -> None:
        """Choose a span."""
        self.choice.add(span)
        self._forget(span)

    def remove(self, span: Offer) -> None:
        """Leave a span out again."""
        self.choice.remove(span)
        self._forget(span)

    def _best(self, rates: dict[int, tuple[float, float, int]], left: float) -> Offer | None:
        best = max((rate for rate in rates.values() if -rate[1] <= left), default=None)
        return None if best is None else self._spans[-best[2]]

    def _look(self) -> None:
        """Work out what is not known; not all of it once it is late, which is asked now and then."""
        lighting, worth = self.choice.lighting, self.choice.worth_of
        for looked, number in enumerate(self._unknown, 1):
            if looked % _SOME == 0 and self.is_late():
                return
            self._savers.pop(number, None)
            self._enders.pop(number, None)
            if number in self.choice.spans:
                continue
            span = self._spans[number]
            saved = share = 0.0
            for site, count in lighting.lights(span).items():
                if worth[site]:
                    share += worth[site] * count / lighting.dark.needs[site]
                    if count == lighting.waiting[site]:
                        saved += worth[site]
            share = share or _STEPPING * lighting.joins(span)
            if share > 0:
                cost = max(span.cost, NOTHING)
                self._enders[number] = share / cost, -span.cost, -number
                if saved > 0:
                    self._savers[number] = saved / cost, -span.cost, -number
        self._unknown.clear()

    def _forget(self, span: Offer) -> None:
        """Know no more what may have changed: spans at sites that share a darkness with one that did."""
        dark, is_open = self.choice.lighting.dark, self.choice.lighting.open
        touched = {site for failure, _, _ in dark.apart(span) for site in dark.doors[failure]}
        shared = {failure for site in touched for failure in dark.at[site] if is_open[failure]}
        touched.update(site for failure in shared for site in dark.doors[failure])
        for site in touched:
            self._unknown.update(self._ends.get(site, ()))


def grow(
    choice: Choice,
    among: Iterable[Offer],
    limit: float,
    goal: float,
    *,
    by_share: bool = False,
    is_late: Callable[[], bool] = lambda: False,
) -> list[tuple[Offer, ...]]:
    """Add what protects most for its cost, until the goal or the limit is reached; return it in groups, in order.

    Where no span protects anything by itself, or with `by_share` always, spans are taken that end the most darkness
    for their cost until something is protected.
    """
    if choice.worth >= goal:
        return []
    rates, left, groups = Rates(choice, among, is_late), limit - choice.cost, []
    while choice.worth < goal and not is_late():
        span = None if by_share else rates.saver(left)
        if span is None:
            group = _bundle(rates, left, is_late)
            if not group:
                break
        else:
            rates.add(span)
            group = [span]
        left -= fsum(one.cost for one in group)
        groups.append(tuple(group))
    return groups


def _bundle(rates: Rates, left: float, is_late: Callable[[], bool]) -> list[Offer]:
    """Add spans that protect something together, and return them; none where none do."""
    choice, before = rates.choice, rates.choice.worth
    bundle: list[Offer] = []
    while choice.worth <= before:
        span = None if is_late() or len(bundle) == _BUNDLE else rates.ender(left)
        if span is None:
            for one in bundle:
                rates.remove(one)
            return []
        rates.add(span)
        bundle.append(span)
        left -= span.cost
    for one in sorted(bundle, key=lambda one: (-one.cost, one.number)):
        now = choice.worth
        rates.remove(one)
        if choice.worth < now:
            rates.add(one)
    return [one for one in bundle if one.number in choice.spans]
