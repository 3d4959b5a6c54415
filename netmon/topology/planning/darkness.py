"""What single failures darken, and how much of it spans would light again: worked out without building them.

Where something fails, what it darkens lies in *patches* that hang together. A span joins two patches, or a patch to
what is still lit; a site survives a failure when a patch with one of the nodes that speak for it is lit.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from netmon.topology.planning.augmented import Exposure

LIT, FAILED = 0, -1
"""Where a site lies that a failure does not darken, and one that fails itself; patches are 1, 2, …"""


class Offer(NamedTuple):
    """A span that may be built, between two sites by number; `number` is its place among the candidates."""

    a: int
    b: int
    cost: float
    number: int


@dataclass(frozen=True, slots=True)
class Darkness:
    """Sites by number, in the order of their ids, and the failures that darken any.

    `at` lists, by site, the patch of its entrance under each failure, where that is not lit; `members` the sites that
    speak from a patch; `needs` under how many of the `failures` a site is dark; `doors`, by failure, the sites whose
    entrance lies in a patch.
    """

    sites: Mapping[str, int]
    at: Sequence[Mapping[int, int]]
    members: Mapping[tuple[int, int], Sequence[int]]
    needs: Sequence[int]
    failures: int
    doors: Sequence[Sequence[int]]

    def apart(self, span: Offer) -> Iterator[tuple[int, int, int]]:
        """Yield the failures under which the ends of a span lie apart and do not fail, and where they lie."""
        here, there = self.at[span.a], self.at[span.b]
        for failure, a in here.items():
            b = there.get(failure, LIT)
            if a != b and FAILED not in (a, b):
                yield failure, a, b
        for failure, b in there.items():
            if b != FAILED and failure not in here:
                yield failure, LIT, b

    @classmethod
    def of(cls, exposure: Exposure, entrances: Mapping[str, str]) -> Darkness:
        """Return the darkness of all sites; a span arrives at a site's entrance."""
        graph = exposure.tree.footing.graph
        sites = {name: number for number, name in enumerate(graph.site_ids)}
        doors: dict[int, list[int]] = {}
        for name, node in entrances.items():
            doors.setdefault(graph.index[node], []).append(sites[name])
        at: list[dict[int, int]] = [{} for _ in sites]
        members: dict[tuple[int, int], Sequence[int]] = {}
        needs = [0] * len(sites)
        scenes = _without_repeats(_scenes(exposure, doors))
        for failure, scene in enumerate(scenes):
            for site in scene.failed:
                at[site][failure] = FAILED
            for number, (entering, speaking) in enumerate(scene.patches, 1):
                for site in entering:
                    at[site][failure] = number
                members[failure, number] = speaking
            for site in {site for _, speaking in scene.patches for site in speaking}:
                needs[site] += 1
        entrances_at = [[site for entering, _ in scene.patches for site in entering] for scene in scenes]
        return cls(sites, at, members, needs, len(scenes), entrances_at)


@dataclass(frozen=True, slots=True)
class _Scene:
    """One failure: the sites whose entrance fails, and of each patch those whose entrance it has, and who speak."""

    failed: frozenset[int]
    patches: tuple[tuple[tuple[int, ...], tuple[int, ...]], ...]


def _scenes(exposure: Exposure, doors: Mapping[int, Collection[int]]) -> Iterator[_Scene]:
    tree = exposure.tree
    graph, shut, speakers = tree.footing.graph, tree.footing.shut_links, tree.footing.speakers
    for code, spans, hung in exposure.falls:
        failed_nodes, failed_links = graph.fails(code)
        left = {tree.order[place] for span in spans for place in range(*span)} - set(failed_nodes)
        patches = []
        while left:
            patch = [left.pop()]
            for here in patch:
                for there, link in graph.adjacency[here]:
                    if there in left and link not in shut and link not in failed_links:
                        left.discard(there)
                        patch.append(there)
            entering = sorted(site for node in patch for site in doors.get(node, ()))
            homes = {graph.site_of[node] for node in patch if node in speakers[graph.site_of[node]]}
            patches.append((tuple(entering), tuple(sorted(homes & hung))))
        yield _Scene(frozenset(site for node in failed_nodes for site in doors.get(node, ())), tuple(sorted(patches)))


def _without_repeats(scenes: Iterable[_Scene]) -> list[_Scene]:
    """Return the scenes without those that one before implies: the same patches, with no more of the rest failed.

    Nodes fail first: where a line or a cable leaves the same patches as a node, nothing of the rest fails with it.
    """
    alike: dict[object, list[_Scene]] = {}
    for scene in scenes:
        kept = alike.setdefault(scene.patches, [])
        if not any(scene.failed <= other.failed for other in kept):
            kept.append(scene)
    return [scene for kept in alike.values() for scene in kept]


class Lighting:
    """What is lit by some spans, one added or taken away after another.

    `waiting` is, by site, under how many failures it is dark still; `saved` are the sites for which that has become
    none; `open`, by failure, how many sites are dark under it still. Each failure is a small world of its own, so a
    span costs no more time than those take under which it matters.
    """

    def __init__(self, dark: Darkness) -> None:
        self.dark = dark
        self.waiting = list(dark.needs)
        self.saved: set[int] = set()
        self.spans_at: dict[int, list[Offer]] = {}
        self.open = [0] * dark.failures
        self._worlds: dict[int, _World] = {}
        self._members: dict[int, dict[int, Sequence[int]]] = {}
        for (failure, place), members in dark.members.items():
            self._members.setdefault(failure, {})[place] = members
        for failure, patches in self._members.items():
            self.open[failure] = len({site for members in patches.values() for site in members})

    @classmethod
    def by(cls, dark: Darkness, spans: Iterable[Offer]) -> Lighting:
        """Return what these spans light together."""
        lighting = cls(dark)
        for span in spans:
            lighting.add(span)
        return lighting

    def lights(self, span: Offer) -> Counter[int]:
        """Return, by site, of how many of its darknesses a span would be the end."""
        ended: Counter[int] = Counter()
        for failure, a, b in self.dark.apart(span):
            if not self.open[failure]:
                continue
            world = self._worlds.get(failure)
            if world is None:
                if LIT in (a, b):
                    ended.update(self._members.get(failure, {}).get(max(a, b), ()))
                continue
            low, high = sorted((world.root(a), world.root(b)))
            if low == LIT != high:
                ended.update(site for site in world.members.get(high, ()) if site not in world.lit)
        return ended

    def joins(self, span: Offer) -> int:
        """Return under how many failures a span would join what lies apart, while somebody is dark."""
        found = 0
        for failure, a, b in self.dark.apart(span):
            world = self._worlds.get(failure)
            found += bool(self.open[failure]) and (world is None or world.root(a) != world.root(b))
        return found

    def add(self, span: Offer) -> list[int]:
        """Take a span as built; return the sites that survive everything from then on."""
        saved = []
        for failure, a, b in self.dark.apart(span):
            self.spans_at.setdefault(failure, []).append(span)
            world = self._worlds.get(failure)
            if world is None:
                world = self._worlds[failure] = _World(self._members.get(failure, {}))
            lit = world.build(span, a, b)
            self.open[failure] -= len(lit)
            for site in lit:
                self.waiting[site] -= 1
                if not self.waiting[site]:
                    self.saved.add(site)
                    saved.append(site)
        return saved

    def remove(self, span: Offer) -> list[int]:
        """Take a span as not built again; return the sites that do not survive everything any more."""
        at = self.dark.at
        lost = []
        for failure, _, _ in self.dark.apart(span):
            here = self.spans_at[failure]
            here.remove(span)
            world = self._worlds[failure]
            if span.number not in world.joints:  # others join what it would
                continue
            before = world.lit
            world = self._worlds[failure] = _World(self._members.get(failure, {}))
            for one in here:
                world.build(one, at[one.a].get(failure, LIT), at[one.b].get(failure, LIT))
            self.open[failure] += len(before) - len(world.lit)
            for site in before - world.lit:
                if not self.waiting[site]:
                    self.saved.discard(site)
                    lost.append(site)
                self.waiting[site] += 1
        return lost


def savable(dark: Darkness, offers: Iterable[Offer]) -> set[int]:
    """Return the sites that all spans together save: as `Lighting.by`, but each failure until all is lit."""
    around: dict[int, list[int]] = {}
    for offer in offers:
        around.setdefault(offer.a, []).append(offer.b)
        around.setdefault(offer.b, []).append(offer.a)
    members: list[dict[int, Sequence[int]]] = [{} for _ in range(dark.failures)]
    for (failure, place), speaking in dark.members.items():
        members[failure][place] = speaking
    waiting, at = list(dark.needs), dark.at
    for failure, patches in enumerate(members):
        world, count = _World(patches), len({site for speaking in patches.values() for site in speaking})
        for door in dark.doors[failure]:
            here = at[door][failure]
            for far in around.get(door, ()):
                if world.root(here) == LIT:  # what lies at the far ends finds the way here by its own doors
                    break
                there = at[far].get(failure, LIT)
                if there != FAILED:
                    world.join(here, there)
            if len(world.lit) == count:
                break
        for site in world.lit:
            waiting[site] -= 1
    return {site for site, count in enumerate(waiting) if not count and dark.needs[site]}


class _World:
    """The patches under one failure as spans join them: each leads to one joined before, at last perhaps to `LIT`.

    `joints` are the numbers of the spans that joined what no other had.
    """

    def __init__(self, members: Mapping[int, Sequence[int]]) -> None:
        self.above: dict[int, int] = {}
        self.members = dict(members)
        self.lit: set[int] = set()
        self.joints: set[int] = set()

    def build(self, span: Offer, a: int, b: int) -> list[int]:
        """Join two patches by a span; return the sites that come to be lit."""
        if self.root(a) == self.root(b):
            return []
        self.joints.add(span.number)
        return self.join(a, b)

    def root(self, place: int) -> int:
        """Return the patch that stands for all that a patch was joined to."""
        while place in self.above:
            place = self.above[place]
        return place

    def join(self, a: int, b: int) -> list[int]:
        """Join two patches, or one to what is lit; return the sites that come to be lit."""
        a, b = self.root(a), self.root(b)
        if a == b:
            return []
        low, high = min(a, b), max(a, b)
        self.above[high] = low
        joined = self.members.pop(high, ())
        if low != LIT:
            self.members[low] = sorted({*self.members.get(low, ()), *joined})
            return []
        lit = [site for site in joined if site not in self.lit]
        self.lit.update(lit)
        return lit
