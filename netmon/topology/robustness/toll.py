"""What a fall from the tree costs: the sites that go dark, the villages among them, the services that go with them.

Sites for which one node speaks are counted by sums over the tree's places, so that a fall of thousands costs no more
than one of two. Sites with several speakers, and services that other nodes carry, are counted one by one.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate

from netmon.model import Inventory, SiteKind
from netmon.topology.robustness.tree import Span, Tree

VILLAGES = frozenset({SiteKind.VILLAGE, SiteKind.KELURAHAN})


@dataclass(frozen=True, slots=True, order=True)
class Toll:
    """How much goes dark. Villages are desa and kelurahan; they are among the sites."""

    villages: int = 0
    services: int = 0
    sites: int = 0


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
        self.is_village = [inventory.sites[name].kind in VILLAGES for name in graph.site_ids]
        self.sites_before = _sums(site >= 0 for site in self.site_at)
        self.villages_before = _sums(site >= 0 and self.is_village[site] for site in self.site_at)
        self.services_of: dict[int, list[str]] = {}
        self.carried: list[tuple[int, str]] = []
        for name, service in sorted(inventory.services.items()):
            site = graph.site_index[service.site]
            if self.speakers[site]:
                self.services_of.setdefault(site, []).append(name)
                places = {tree.place[graph.index[node]] for node in service.depends_on}
                self.carried += [(place, name) for place in places if place >= 0]
        self.carried.sort()
        self.carried_at = [place for place, _ in self.carried]
        hosts = ((site, len(self.services_of.get(site, ()))) if site >= 0 else (site, 0) for site in self.site_at)
        self.services_before = _sums(count for _, count in hosts)

    def toll(self, spans: Sequence[Span]) -> Toll:
        """Return what a fall costs."""
        dark = self._dark_of_several(spans)
        sites = sum(self.sites_before[stop] - self.sites_before[start] for start, stop in spans) + len(dark)
        villages = sum(self.villages_before[stop] - self.villages_before[start] for start, stop in spans)
        villages += sum(self.is_village[site] for site in dark)
        if self._between(self.carried_at, spans):
            return Toll(villages, len(self.services(spans)), sites)
        services = sum(self.services_before[stop] - self.services_before[start] for start, stop in spans)
        return Toll(villages, services + sum(len(self.services_of.get(site, ())) for site in dark), sites)

    def sites(self, spans: Sequence[Span]) -> tuple[str, ...]:
        """Return the sites that go dark, by id, sorted."""
        return tuple(self.graph.site_ids[site] for site in sorted(self._dark(spans)))

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
