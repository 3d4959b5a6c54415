"""Where the drawing and what the network itself says part: `drift(inventory, discovered)`. Pure.

One thing that was done to the network is one finding: a cable that was plugged elsewhere is `moved`, not one link
missing and another one extra. The drawing is never changed by what is seen.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from netmon.model import Inventory, Link, LinkEnd
from netmon.topology.agreement import fits
from netmon.topology.discovery import Discovered, SeenLink, called


class DriftKind(StrEnum):
    """What is not as it is drawn."""

    MISSING = "missing"  # was seen, and is not any more, although both ends answer
    EXTRA = "extra"  # is seen, and not drawn
    MOVED = "moved"  # one end is at another node than drawn
    SWAPPED = "swapped-port"  # the right nodes, other ports
    UNCONFIRMED = "never-confirmed"  # never seen, although an end of it hears its neighbours


@dataclass(frozen=True, slots=True)
class Drift:
    """One difference. `link` and `drawn` are what the drawing has, `seen` what there is, where there is any.

    `since` is the time from which it is known, in Unix seconds; None when it has always been so.
    """

    kind: DriftKind
    link: str | None
    drawn: tuple[LinkEnd, LinkEnd] | None
    seen: tuple[LinkEnd, LinkEnd] | None
    since: float | None
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Comparison:
    """The drawing held against what is seen: the differences, and by which seen link each drawn one is confirmed."""

    drifts: tuple[Drift, ...]
    confirmed: Mapping[str, SeenLink]


def drift(inventory: Inventory, discovered: Discovered) -> tuple[Drift, ...]:
    """Return every difference between the drawing and what is seen, by kind and link."""
    return compare(inventory, discovered).drifts


def compare(inventory: Inventory, discovered: Discovered) -> Comparison:
    """Match drawn links with seen ones; what is left over on either side is drift."""
    matching = _Matching(inventory, discovered)
    matching.confirm(discovered.links)
    matching.confirm_through_passive_nodes()
    busy = {end for link in discovered.links for end in link.ends if end.port is not None}
    matching.confirm(one for one in discovered.candidates if not busy.intersection(one.ends))
    found = [*matching.changed(), *matching.strangers(), *matching.extra(), *matching.unseen()]
    order = list(DriftKind)
    return Comparison(
        tuple(sorted(found, key=lambda one: (order.index(one.kind), one.link or "", str(one.seen)))),
        matching.confirmed,
    )


class _Matching:
    """Drawn and seen links while they are matched; each is used once."""

    def __init__(self, inventory: Inventory, discovered: Discovered) -> None:
        self._inventory = inventory
        self._discovered = discovered
        self.confirmed: dict[str, SeenLink] = {}
        self._open = dict(sorted(inventory.links.items()))
        self._by_nodes: dict[frozenset[str], list[str]] = {}
        for name, link in self._open.items():
            self._by_nodes.setdefault(frozenset((link.a.node, link.b.node)), []).append(name)
        self._links_at: dict[str, list[Link]] = {}
        for link in inventory.links.values():
            for node in {link.a.node, link.b.node}:
                self._links_at.setdefault(node, []).append(link)
        self._left = {id(link): link for link in discovered.links}
        self._once = self._formerly(discovered.former)

    def _formerly(self, former: Iterable[SeenLink]) -> dict[str, SeenLink]:
        """Return by which link that has gone each drawn one was confirmed: it knows the ports that are not drawn."""
        found: dict[str, SeenLink] = {}
        for seen in sorted(former, key=lambda one: -one.last_seen):
            for name, link in self._joining(seen):
                if name not in found and _score(link, seen) is not None:
                    found[name] = seen
                    break
        return found

    def confirm(self, seen: Iterable[SeenLink]) -> None:
        """Match what is seen where it is drawn, the most exactly named first."""
        pairs = [
            (-score, not each.is_current, name, str(each.ends), each)
            for each in seen
            for name, link in self._joining(each)
            if (score := _score(link, each)) is not None
        ]
        used: set[int] = set()
        for _, _, name, _, each in sorted(pairs, key=lambda pair: pair[:4]):
            if name in self._open and id(each) not in used:
                used.add(id(each))
                self._take(name, each)

    def _joining(self, seen: SeenLink) -> Iterator[tuple[str, Link]]:
        names = self._by_nodes.get(_nodes(seen), ())
        return ((name, self._open[name]) for name in names if name in self._open)

    def _take(self, name: str, seen: SeenLink) -> None:
        self.confirmed[name] = seen
        self._open.pop(name, None)
        self._left.pop(id(seen), None)

    def confirm_through_passive_nodes(self) -> None:
        """Confirm the drawn links between two ports that hear each other through nodes that say nothing."""
        for seen in tuple(self._left.values()):
            for path in self._silent_paths(seen.a):
                last = self._inventory.links[path[-1]]
                if any(_is_at(end, seen.b) for end in (last.a, last.b)):
                    for name in path:
                        if name not in self.confirmed:
                            self._take(name, seen)
                    self._left.pop(id(seen), None)
                    break

    def _silent_paths(self, start: LinkEnd) -> Iterator[tuple[str, ...]]:
        """Yield the drawn paths from a port that lead through nodes without an address only."""
        waiting: list[tuple[tuple[str, ...], LinkEnd]] = [
            ((link.id,), far)
            for link in self._links_at.get(start.node, ())
            for near, far in ((link.a, link.b), (link.b, link.a))
            if _is_at(near, start)
        ]
        seen = {start.node}
        while waiting:
            path, end = waiting.pop(0)
            if self._inventory.nodes[end.node].address is not None:
                if len(path) > 1:
                    yield path
                continue
            if end.node in seen:
                continue
            seen.add(end.node)
            waiting += [
                ((*path, link.id), link.b if link.a.node == end.node else link.a)
                for link in self._links_at[end.node]
                if link.id not in path
            ]

    def _is_all_silent_beyond(self, node: str) -> bool:
        """Return whether, of those on a node that says nothing, all but one are dark: who would hear each other?"""
        if self._inventory.nodes[node].address is not None:
            return False
        found, waiting, speakers = {node}, [node], set[str]()
        while waiting:
            for link in self._links_at.get(waiting.pop(), ()):
                for there in {link.a.node, link.b.node} - found:
                    found.add(there)
                    if self._inventory.nodes[there].address is None:
                        waiting.append(there)
                    elif there not in self._discovered.silent:
                        speakers.add(there)
        return len(speakers) < 2

    def changed(self) -> Iterator[Drift]:
        """Yield what was plugged elsewhere: of all ways to pair what is left, those that share most first."""
        pairs = sorted(
            (rank, name, str(seen.ends), seen)
            for name, link in self._open.items()
            for seen in self._left.values()
            if (rank := _rank(self._ends(name, link), seen)) is not None
        ) if self._left and self._open else []  # fmt: skip
        loose = [(name, seen) for rank, name, _, seen in pairs if rank == _LOOSE]
        for rank, name, _, seen in pairs:
            if name not in self._open or id(seen) not in self._left:
                continue
            if rank == _LOOSE and sum(name == one or seen is other for one, other in loose) > 1:
                continue  # it could be another one as well
            link = self._open.pop(name)
            del self._left[id(seen)]
            kind = DriftKind.SWAPPED if {link.a.node, link.b.node} == _nodes(seen) else DriftKind.MOVED
            yield Drift(kind, name, (link.a, link.b), _as_drawn(link, seen), seen.first_seen, _sources(seen))

    def _ends(self, name: str, link: Link) -> tuple[LinkEnd, LinkEnd]:
        """Return the ends of a drawn link, with ports that are not drawn as they were last seen."""
        once = self._once.get(name)
        if once is None:
            return link.a, link.b
        a, b = _as_drawn(link, once)
        return link.a if link.a.port else a, link.b if link.b.port else b

    def strangers(self) -> Iterator[Drift]:
        """Yield the links at whose port somebody is now who is not drawn."""
        for stranger in self._discovered.strangers:
            for name, link in tuple(self._open.items()):
                if stranger.is_alone and any(
                    end.port is not None and _is_at(end, stranger.end) for end in self._ends(name, link)
                ):
                    del self._open[name]
                    there = LinkEnd(called(stranger.neighbour), stranger.neighbour.remote_port or None)
                    yield Drift(
                        DriftKind.MOVED,
                        name,
                        (link.a, link.b),
                        (stranger.end, there),
                        stranger.first_seen,
                        "to a device that is not drawn",
                    )
                    break

    def extra(self) -> Iterator[Drift]:
        """Yield what is seen and not drawn."""
        for seen in self._left.values():
            yield Drift(DriftKind.EXTRA, None, None, seen.ends, seen.first_seen, _sources(seen))

    def unseen(self) -> Iterator[Drift]:
        """Yield what is drawn and not seen, as far as somebody would have seen it."""
        silent, listeners = self._discovered.silent, self._discovered.listeners
        for name, link in self._open.items():
            nodes = (link.a.node, link.b.node)
            if any(node in silent or self._is_all_silent_beyond(node) for node in nodes):
                continue  # a dark node proves nothing, nor does a splitter with only dark ones behind it
            if name in self._once:
                once = self._once[name]
                yield Drift(DriftKind.MISSING, name, (link.a, link.b), None, once.last_seen, "was seen before")
            elif any(node in listeners for node in nodes):
                hearing = [node for node in nodes if node in listeners]
                detail = f"{' and '.join(hearing)} {'hear' if len(hearing) > 1 else 'hears'} others, but not this"
                yield Drift(DriftKind.UNCONFIRMED, name, (link.a, link.b), None, None, detail)


_LOOSE = 3


def _rank(drawn: tuple[LinkEnd, LinkEnd], seen: SeenLink) -> int | None:
    """Return how much a drawn link that is not seen has in common with a seen one that is not drawn; less is more.

    0: both nodes and a port; 1: both nodes; 2: a port; 3: a node whose port is not drawn; None: nothing.
    """
    is_both = {end.node for end in drawn} == _nodes(seen)
    has_port = any(end.port is not None and _is_at(end, there) for end in drawn for there in seen.ends)
    if is_both:
        return 0 if has_port else 1
    if has_port:
        return 2
    return _LOOSE if any(end.port is None and end.node in _nodes(seen) for end in drawn) else None


def _score(link: Link, seen: SeenLink) -> int | None:
    """Return how many ports a drawn link names as they are seen, or None when it is another link."""
    best: int | None = None
    for a, b in ((seen.a, seen.b), (seen.b, seen.a)):
        if _is_at(link.a, a) and _is_at(link.b, b):
            score = sum(end.port is not None and there.port is not None for end, there in ((link.a, a), (link.b, b)))
            best = score if best is None else max(best, score)
    return best


def _is_at(drawn: LinkEnd, seen: LinkEnd) -> bool:
    return drawn.node == seen.node and fits(drawn.port, seen.port)


def _nodes(seen: SeenLink) -> frozenset[str]:
    return frozenset((seen.a.node, seen.b.node))


def _as_drawn(link: Link, seen: SeenLink) -> tuple[LinkEnd, LinkEnd]:
    """Return the seen ends in the order of the drawn link."""
    first = (_is_at(link.a, seen.a), link.a.node == seen.a.node, _is_at(link.b, seen.b), link.b.node == seen.b.node)
    swapped = (_is_at(link.a, seen.b), link.a.node == seen.b.node, _is_at(link.b, seen.a), link.b.node == seen.a.node)
    return (seen.a, seen.b) if sum(first) >= sum(swapped) else (seen.b, seen.a)


def _sources(seen: SeenLink) -> str:
    return f"by {', '.join(seen.sources)}{'' if seen.both else ', from one end'}"
