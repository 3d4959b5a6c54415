"""From what nodes hear on their ports to links. Pure.

`discover(ears, inventory)` is the entry: `ears` come from `netmon.topology.hearing.listen_to`, by node.

A neighbour in a list is not necessarily at the other end of the cable: RouterOS lists every device of the layer-2
domain that speaks, and a switch that does not speak passes announcements on. So a link is believed when both ends
hear each other, or when exactly one neighbour is heard on the port and nothing contradicts it. Anything else is a
candidate. Where a new word contradicts an old one, the new one counts.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from netmon.model import Inventory, LinkEnd, Neighbour
from netmon.topology.agreement import Claim, Ends, agree, end_key, fits, merge
from netmon.topology.hearing import Ears
from netmon.topology.recognition import Recognition
from netmon.topology.steps import at_once

BOTH_AGREE = 0.99
SHARED_SEGMENT = 0.8  # both agree, but more than two hear one another there
ONE_SAYS = 0.9
OVERHEARD = 0.6  # nobody announced anything: one station is seen behind the port
CANDIDATE = 0.3
ANNOUNCED = frozenset({"lldp", "cdp", "mndp"})
_STILL = float("inf")


@dataclass(frozen=True, slots=True)
class SeenLink:
    """An adjacency as the network itself tells it.

    Ends are in order; a port that nobody named is None. `sources` are the protocols, `both` says whether both ends
    heard each other, `confidence` is 0 to 1. `first_seen`, `last_seen` are Unix seconds. `is_current` is False when
    what is known comes from a node that has fallen silent since, or when it has gone.
    """

    a: LinkEnd
    b: LinkEnd
    sources: tuple[str, ...]
    both: bool
    confidence: float
    first_seen: float
    last_seen: float
    is_current: bool = True

    @property
    def ends(self) -> tuple[LinkEnd, LinkEnd]:
        """Both ends."""
        return self.a, self.b


@dataclass(frozen=True, slots=True)
class Stranger:
    """A neighbour that is not drawn (or could be several nodes), on a port of a node that is."""

    end: LinkEnd
    neighbour: Neighbour
    first_seen: float
    is_alone: bool = True  # nobody else is heard on that port


@dataclass(frozen=True, slots=True)
class Discovered:
    """What the network says of its own links.

    `links` are believed and, as far as is known, there; `candidates` are not believed; `former` were believed and
    have gone. `listeners` are the nodes that have ever heard anybody, `silent` those that are dark now: they keep
    their last edges.
    """

    links: tuple[SeenLink, ...] = ()
    candidates: tuple[SeenLink, ...] = ()
    former: tuple[SeenLink, ...] = ()
    strangers: tuple[Stranger, ...] = ()
    listeners: frozenset[str] = frozenset()
    silent: Mapping[str, float] = field(default_factory=dict)


def discover(
    ears: Mapping[str, Ears], inventory: Inventory, *, silent: Mapping[str, float] | None = None
) -> Discovered:
    """Return the links that nodes hear, see `discovering`."""
    return at_once(discovering(ears, inventory, silent=silent))


def discovering(
    ears: Mapping[str, Ears], inventory: Inventory, *, silent: Mapping[str, float] | None = None
) -> Generator[None, None, Discovered]:
    """Find the links that nodes hear in steps of a few milliseconds, between which others may have their turn.

    Args:
        ears: what each node has heard, by its id; nodes that are not drawn are left out.
        inventory: by which neighbours are recognised; its links are not looked at.
        silent: nodes that are dark now, and since when.
    """
    known = Recognition(inventory, ears)
    drawn = {node: ears[node] for node in sorted(ears) if node in inventory.nodes}
    dark = {node: since for node, since in (silent or {}).items() if node in inventory.nodes}
    claims: list[Claim] = []
    strangers: list[Stranger] = []
    for node, each in drawn.items():
        yield
        claims += _claims(node, each, known, is_dark=node in dark)
        strangers += _strangers(node, each, known)
    yield
    present = [claim for claim in claims if claim.until == _STILL]
    company = _company(present)
    for stranger in strangers:
        company.setdefault(stranger.end, set()).add(called(stranger.neighbour))
    now = max((each.at for each in drawn.values()), default=0.0)
    links, candidates = yield from _believe(present, company, now, dark)
    # What has gone is judged by itself: it was believed then, whatever is true now.
    gone = [claim for claim in claims if claim.until != _STILL]
    former, _ = yield from _believe(gone, _company(gone), now, dark)
    return Discovered(
        links=links,
        candidates=candidates,
        former=tuple(one for one in former if not any(_is_same(one, there) for there in (*links, *candidates))),
        strangers=tuple(replace(one, is_alone=len(company[one.end]) == 1) for one in strangers),
        listeners=frozenset(node for node, each in drawn.items() if each.hearings),
        silent=dark,
    )


def _claims(node: str, ears: Ears, known: Recognition, *, is_dark: bool) -> Iterator[Claim]:
    for hearing in ears.hearings:
        heard = hearing.neighbour
        far = known.node_of(heard)
        if far is not None and far != node:
            yield Claim(
                near=LinkEnd(node, known.port_of(node, heard.port)),
                far=LinkEnd(far, known.port_of(far, heard.remote_port)),
                protocol=heard.protocol,
                since=hearing.since,
                until=_STILL if hearing.until is None else hearing.until,
                is_fresh=hearing.until is None and not is_dark,
            )


def _strangers(node: str, ears: Ears, known: Recognition) -> Iterator[Stranger]:
    """Yield who is heard and not drawn, once for all the protocols that name it."""
    kept: set[tuple[str, str]] = set()
    for hearing in ears.hearings:
        heard = hearing.neighbour
        key = (heard.port, called(heard))
        if (
            hearing.until is None
            and heard.protocol in ANNOUNCED
            and key not in kept
            and known.node_of(heard) is None
        ):  # fmt: skip
            kept.add(key)
            yield Stranger(LinkEnd(node, known.port_of(node, heard.port)), heard, hearing.since)


def called(neighbour: Neighbour) -> str:
    """Return what a neighbour calls itself, by the best it says."""
    return neighbour.name or neighbour.chassis or neighbour.address


def _company(claims: Iterable[Claim]) -> dict[LinkEnd, set[str]]:
    """Return who is heard on each port."""
    company: dict[LinkEnd, set[str]] = {}
    for claim in claims:
        company.setdefault(claim.near, set()).add(claim.far.node)
    return company


def _believe(
    claims: list[Claim], company: Mapping[LinkEnd, set[str]], now: float, dark: Mapping[str, float]
) -> Generator[None, None, tuple[tuple[SeenLink, ...], tuple[SeenLink, ...]]]:
    """Sort claims into links and candidates."""
    links, single = agree(claims)
    yield
    fresh = {end for ends, told in links.items() if any(claim.is_fresh for claim in told) for end in ends}
    for ends in [ends for ends, told in links.items() if not any(claim.is_fresh for claim in told)]:
        if fresh.intersection(ends):  # two nodes that are dark agreed; a live one knows better
            single += links.pop(ends)
    lone = merge(single, links)
    taken = {end for ends in links for end in ends}
    heard_now = _company(claim for claim in claims if claim.is_fresh)
    yield
    believed = {
        ends
        for ends, told in lone.items()
        if not taken.intersection(ends)
        and all(len(company[claim.near]) == 1 for claim in told)
        and not heard_now.get(told[0].far, set()) - {told[0].near.node}
        and not any(other != ends and _named(ends) & _named(other) for other in lone)
    }
    sure = {
        ends: SHARED_SEGMENT if any(len(company.get(end, ())) > 1 for end in ends) else BOTH_AGREE for ends in links
    } | {ends: _lone_confidence(lone[ends]) for ends in believed}
    yield
    return (
        _seen({**links, **{ends: lone[ends] for ends in believed}}, sure, now, dark),
        _seen({ends: lone[ends] for ends in lone.keys() - believed}, {}, now, dark),
    )


def _named(ends: Ends) -> set[LinkEnd]:
    return {end for end in ends if end.port is not None}


def _lone_confidence(told: Iterable[Claim]) -> float:
    return ONE_SAYS if any(claim.protocol in ANNOUNCED for claim in told) else OVERHEARD


def _seen(
    links: Mapping[Ends, list[Claim]], sure: Mapping[Ends, float], now: float, dark: Mapping[str, float]
) -> tuple[SeenLink, ...]:
    return tuple(
        SeenLink(
            *ends,
            sources=tuple(sorted({claim.protocol for claim in told})),
            both=len({claim.near.node for claim in told}) > 1,
            confidence=sure.get(ends, CANDIDATE),
            first_seen=min(claim.since for claim in told),
            last_seen=max(min(claim.until, dark.get(claim.near.node, now)) for claim in told),
            is_current=any(claim.is_fresh for claim in told),
        )
        for ends, told in sorted(links.items(), key=lambda item: (end_key(item[0][0]), end_key(item[0][1])))
    )


def _is_same(one: SeenLink, other: SeenLink) -> bool:
    return all(
        mine.node == theirs.node and fits(mine.port, theirs.port)
        for mine, theirs in zip(one.ends, other.ends, strict=True)
    )
