"""What a fall from the tree costs: the sites that go dark, who lives there, and the services that go with them.

Sites for which one node speaks are counted by sums over the tree's places, so that a fall of thousands costs no more
than one of two. Sites with several speakers, and services that other nodes carry, are counted one by one.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate
from typing import NamedTuple

from netmon.model import Inventory, SiteKind
from netmon.topology.robustness.spans import Span
from netmon.topology.robustness.tree import Tree

VILLAGES = frozenset({SiteKind.VILLAGE, SiteKind.KELURAHAN})


class Toll(NamedTuple):
    """How much goes dark; of two tolls the worse is the greater.

    Villages are desa and kelurahan; they are among the sites. People are those of the sites that say how many live
    there; `uncounted` are the sites that do not.
    """

    villages: int = 0
    services: int = 0
    people: int = 0
    sites: int = 0
    uncounted: int = 0


class TollBooth:
    """Sites and services by their places in one tree."""

    def __init__(self, inventory: Inventory, tree: Tree) -> None:
        graph = tree.footing.graph
        self.graph = graph
        self.site_at = [-1] * len(tree.order)  # where its only speaker is
        several: list[tuple[int, int]] = []
        self.speakers = [len(nodes) for nodes in tree.footing.speakers]
        for site, nodes in enumerate(tree.footing.speakers):
            for node in nodes:
                if len(nodes) == 1:
                    self.site_at[tree.place[node]] = site
                else:
                    several.append((tree.place[node], site))
        several.sort()
        self.several_at = [place for place, _ in several]
        self.several = [site for _, site in several]
        self.services_of: dict[int, list[str]] = {}
        self.carried: list[tuple[int, str]] = []
        for name, service in sorted(inventory.services.items()):
            site = graph.site_index[service.site]
            places = {tree.place[graph.index[node]] for node in service.depends_on}
            if -1 in places:
                continue  # it is lost already
            self.carried += [(place, name) for place in places]
            if self.speakers[site]:
                self.services_of.setdefault(site, []).append(name)
        self.carried.sort()
        self.carried_at = [place for place, _ in self.carried]
        self.toll_of = [self._alone(inventory, site) for site in range(len(graph.site_ids))]
        self.toll_at = [self.toll_of[site] if site >= 0 else Toll() for site in self.site_at]
        self.before = [_sums(part) for part in zip(*self.toll_at, strict=True)]

    def _alone(self, inventory: Inventory, site: int) -> Toll:
        """Return what one site costs."""
        place = inventory.sites[self.graph.site_ids[site]]
        services = len(self.services_of.get(site, ()))
        return Toll(int(place.kind in VILLAGES), services, place.people or 0, 1, int(place.people is None))

    def toll(self, spans: Sequence[Span]) -> Toll:
        """Return what a fall costs."""
        tolls = [self.toll_of[site] for site in self._dark_of_several(spans)]
        for start, stop in spans:
            if stop - start == 1:
                tolls.append(self.toll_at[start])
            else:
                tolls.append(Toll(*[before[stop] - before[start] for before in self.before]))
        toll = tolls[0] if len(tolls) == 1 else Toll(*map(sum, zip(*tolls, strict=True)))
        if self._between(self.carried_at, spans):
            return toll._replace(services=len(self.services(spans)))
        return toll

    def sites(self, spans: Sequence[Span]) -> tuple[str, ...]:
        """Return the sites that go dark, by id, sorted."""
        return tuple(self.graph.site_ids[site] for site in sorted(self.dark(spans)))

    def dark(self, spans: Sequence[Span]) -> frozenset[int]:
        """Return the sites that go dark, by number."""
        return frozenset(self._dark(spans))

    def services(self, spans: Sequence[Span]) -> tuple[str, ...]:
        """Return the services that go with their site, or with a node that carries them, by id, sorted."""
        lost = {name for site in self._dark(spans) for name in self.services_of.get(site, ())}
        lost.update(self.carried[index][1] for index in self._between(self.carried_at, spans))
        return tuple(sorted(lost))

    def _dark(self, spans: Sequence[Span]) -> Iterator[int]:
        for start, stop in spans:
            yield from (site for site in self.site_at[start:stop] if site >= 0)
        yield from self._dark_of_several(spans)

    def _dark_of_several(self, spans: Sequence[Span]) -> list[int]:
        """Return the sites with several speakers all of which fall."""
        if not self.several:
            return []
        fallen = Counter(self.several[index] for index in self._between(self.several_at, spans))
        return [site for site, count in fallen.items() if count == self.speakers[site]]

    @staticmethod
    def _between(places: Sequence[int], spans: Sequence[Span]) -> list[int]:
        """Return which of the ordered places lie in the spans."""
        if not places:
            return []
        return [
            index for start, stop in spans for index in range(bisect_left(places, start), bisect_left(places, stop))
        ]


def _sums(values: Iterable[int]) -> list[int]:
    """Return the sums of the first 0, 1, 2, … values."""
    return list(accumulate(values, initial=0))
