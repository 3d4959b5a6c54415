"""Make joined sites survive any single failure: one span after another, the one that protects most for its cost.

What a span would protect is worked out without building it. Where something fails, the sites it darkens lie in
patches that hang together; a span ends a patch's darkness when exactly one of its ends lies in it and the other is
still reached. A site is protected by a span that ends all of its darknesses.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from heapq import heapify, heappop
from itertools import chain

from netmon.topology.planning.augmented import Exposure
from netmon.topology.planning.candidates import Candidate


@dataclass(frozen=True, slots=True)
class Darkness:
    """By site, its darknesses: the number of a failure, and the patch that the site lies in (-1: it fails itself)."""

    patches: Mapping[str, Mapping[int, int]]
    members: Mapping[tuple[int, int], Collection[str]]

    def protected_by(self, span: Candidate) -> set[str]:
        """Return the sites that would survive any single failure with this span, and do not now."""
        here, there = self.patches.get(span.a, {}), self.patches.get(span.b, {})
        ended = {(failure, patch) for failure, patch in here.items() if patch >= 0 and failure not in there}
        ended |= {(failure, patch) for failure, patch in there.items() if patch >= 0 and failure not in here}
        sites = {site for patch in ended for site in self.members[patch]}
        return {site for site in sites if all(one in ended or one[1] == -1 for one in self.patches[site].items())}


def darkness(exposure: Exposure, entrances: Mapping[str, str]) -> Darkness:
    """Return the darknesses of sites, each site standing for its entrance, where a span would arrive."""
    tree = exposure.tree
    graph, shut = tree.footing.graph, tree.footing.shut_links
    site_of = {graph.index[node]: site for site, node in entrances.items() if node in graph.index}
    patches: dict[str, dict[int, int]] = {}
    members: dict[tuple[int, int], list[str]] = {}
    for failure, (code, spans) in enumerate(exposure.falls):
        failed_nodes, failed_links = graph.fails(code)
        dark = {tree.order[place] for span in spans for place in range(*span)}
        for node in failed_nodes:
            if node in site_of:
                patches.setdefault(site_of[node], {})[failure] = -1
        left = dark - set(failed_nodes)
        number = 0
        for start in sorted(left):
            if start not in left:
                continue
            left.discard(start)
            patch = [start]
            for here in patch:
                if here in site_of:
                    patches.setdefault(site_of[here], {})[failure] = number
                    members.setdefault((failure, number), []).append(site_of[here])
                for there, link in graph.adjacency[here]:
                    if there in left and link not in shut and link not in failed_links:
                        left.discard(there)
                        patch.append(there)
            number += 1
    return Darkness(patches, members)


def best_span(
    dark: Darkness, candidates: Sequence[Candidate], hung: Collection[str], left: float
) -> Candidate | None:
    """Return the affordable span that protects most sites for its cost; None when none protects any.

    The most promising are looked at first, by what shares a darkness with their ends, until no other can be better.
    Of equal ones the first is taken.
    """
    exposed = set(hung)
    around = {
        site: len(exposed.intersection(chain.from_iterable(dark.members[one] for one in mine.items() if one[1] >= 0)))
        for site, mine in dark.patches.items()
    }
    hopes = [
        (-hope / max(span.cost, 1e-9), place)
        for place, span in enumerate(candidates)
        if (hope := around.get(span.a, 0) + around.get(span.b, 0)) and span.cost <= left
    ]
    heapify(hopes)  # few are looked at
    best: tuple[float, float, Candidate] | None = None
    while hopes:
        doubt, place = heappop(hopes)
        if best is not None and -doubt < best[0]:
            break
        span = candidates[place]
        saved = dark.protected_by(span) & exposed
        if saved:
            rate = len(saved) / max(span.cost, 1e-9)
            if best is None or (rate, -span.cost) > best[:2]:
                best = rate, -span.cost, span
    return None if best is None else best[2]
