"""Join sites at least cost.

Every site that is not joined yet is to be, and those that are count as one: so the cheapest choice is a minimum
spanning tree, which Prim's algorithm (Bell System Technical Journal 36(6), 1957) grows from the network outward, in
an order in which it can be built.
"""

from __future__ import annotations

import heapq
from collections.abc import Collection, Container, Iterable, Mapping
from dataclasses import dataclass

from netmon.topology.planning.candidates import Candidate


@dataclass(frozen=True, slots=True)
class Joining:
    """Which span joins which sites, in order; `unreachable` are the sites that no candidates lead to, sorted.

    A span joins several sites where they hang together already.
    """

    spans: tuple[tuple[Candidate, tuple[str, ...]], ...]
    unreachable: tuple[str, ...]


def join(
    joined: Collection[str],
    wanted: Collection[str],
    candidates: Iterable[Candidate],
    unmade: Iterable[tuple[str, str]] = (),
) -> Joining:
    """Return the cheapest spans that join every wanted site that can be, each step the cheapest possible.

    `unmade` are pairs of sites that are joined to each other already, and only not to the network: who joins one
    joins both.
    """
    wanted = frozenset(wanted)
    around: dict[str, list[Candidate]] = {}
    for span in candidates:
        if span.a != span.b:
            around.setdefault(span.a, []).append(span)
            around.setdefault(span.b, []).append(span)
    beside: dict[str, list[str]] = {}
    for a, b in unmade:
        beside.setdefault(a, []).append(b)
        beside.setdefault(b, []).append(a)
    inside: set[str] = set()
    waiting: list[tuple[float, Candidate]] = []
    for site in sorted(joined):
        _enter(site, inside, wanted, beside, around, waiting)
    spans = []
    while waiting:
        _, span = heapq.heappop(waiting)
        outside = [site for site in (span.a, span.b) if site not in inside]
        if outside and outside[0] in wanted:
            entered = _enter(outside[0], inside, wanted, beside, around, waiting)
            spans.append((span, tuple(sorted(site for site in entered if site in wanted))))
    return Joining(tuple(spans), tuple(sorted(wanted - inside)))


def _enter(
    site: str,
    inside: set[str],
    wanted: Container[str],
    beside: Mapping[str, Collection[str]],
    around: Mapping[str, Collection[Candidate]],
    waiting: list[tuple[float, Candidate]],
) -> list[str]:
    """Join a site and all that hangs together with it, return them, and wait for what could be built from there."""
    entered: list[str] = []
    entering = [site]
    for one in entering:
        if one not in inside:
            inside.add(one)
            entered.append(one)
            entering += beside.get(one, ())
            for span in around.get(one, ()):
                far = span.b if span.a == one else span.a
                if far in wanted and far not in inside:
                    heapq.heappush(waiting, (span.cost, span))
    return entered
