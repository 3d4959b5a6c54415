"""What a fall from the tree costs: the sites that go dark, who lives there, and the services that go with them."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Sequence
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


class Carried(NamedTuple):
    """A service of a site that goes with it, or with any of these places."""

    site: int
    places: tuple[int, ...]


class TollBooth:
    """Sites and services by their places in one tree.

    `places` are by site those of the nodes that speak for it, `site_at` is the site at a place whose only speaker is
    there, or -1; `toll_of` is what a site costs, without services that are `carried` by other nodes as well.
    """

    def __init__(self, inventory: Inventory, tree: Tree) -> None:
        graph = tree.footing.graph
        self.graph = graph
        self.places = [tuple(sorted(tree.place[node] for node in nodes)) for nodes in tree.footing.speakers]
        self.site_at = [-1] * len(tree.order)
        several: list[tuple[int, int]] = []
        for site, places in enumerate(self.places):
            if len(places) == 1:
                self.site_at[places[0]] = site
            else:
                several += [(place, site) for place in places]
        several.sort()
        self.several_at = [place for place, _ in several]
        self.several = [site for _, site in several]
        self.services_of: dict[int, list[str]] = {}
        self.carried: dict[str, Carried] = {}
        for name, service in sorted(inventory.services.items()):
            site = graph.site_index[service.site]
            carriers = {tree.place[graph.index[node]] for node in service.depends_on}
            if -1 in carriers:
                continue  # it is lost already
            if carriers:
                self.carried[name] = Carried(site, tuple(sorted(carriers)))
            if self.places[site]:
                self.services_of.setdefault(site, []).append(name)
        carried = sorted((place, name) for name, service in self.carried.items() for place in service.places)
        self.carried_at = [place for place, _ in carried]
        self.carried_by = [name for _, name in carried]
        self.toll_of = [self._alone(inventory, site) for site in range(len(graph.site_ids))]

    def _alone(self, inventory: Inventory, site: int) -> Toll:
        """Return what one site costs."""
        place = inventory.sites[self.graph.site_ids[site]]
        services = sum(name not in self.carried for name in self.services_of.get(site, ()))
        return Toll(int(place.kind in VILLAGES), services, place.people or 0, 1, int(place.people is None))

    def toll(self, spans: Sequence[Span]) -> Toll:
        """Return what a fall costs."""
        tolls = [Toll(), *(self.toll_of[site] for site in self._dark(spans))]
        return Toll(*map(sum, zip(*tolls, strict=True)))._replace(services=len(self.services(spans)))

    def sites(self, spans: Sequence[Span]) -> tuple[str, ...]:
        """Return the sites that go dark, by id, sorted."""
        return tuple(self.graph.site_ids[site] for site in sorted(self.dark(spans)))

    def dark(self, spans: Sequence[Span]) -> frozenset[int]:
        """Return the sites that go dark, by number."""
        return frozenset(self._dark(spans))

    def services(self, spans: Sequence[Span]) -> tuple[str, ...]:
        """Return the services that go with their site, or with a node that carries them, by id, sorted."""
        lost = {name for site in self._dark(spans) for name in self.services_of.get(site, ())}
        lost.update(map(self.carried_by.__getitem__, self._between(self.carried_at, spans)))
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
        return [site for site, count in fallen.items() if count == len(self.places[site])]

    @staticmethod
    def _between(places: Sequence[int], spans: Sequence[Span]) -> list[int]:
        """Return which of the ordered places lie in the spans."""
        if not places:
            return []
        return [
            index for start, stop in spans for index in range(bisect_left(places, start), bisect_left(places, stop))
        ]
