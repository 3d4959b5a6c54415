"""Which claims of a link answer each other, and which stand alone. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from netmon.model import LinkEnd
from netmon.topology.port_names import same_port

Ends = tuple[LinkEnd, LinkEnd]


@dataclass(frozen=True, slots=True, eq=False)
class Claim:
    """One node's word for a link: on `near` it hears `far`.

    `until` is infinite while it is heard; `is_fresh` says that it is, by a node that is not dark.
    """

    near: LinkEnd
    far: LinkEnd
    protocol: str
    since: float
    until: float
    is_fresh: bool


def agree(claims: list[Claim]) -> tuple[dict[Ends, list[Claim]], list[Claim]]:
    """Return the links of which both ends speak, with their claims, and the claims that nobody answers.

    Ends answer each other when each names the port on which the other hears it. Where a name is missing, or is one
    that its own node does not use, they do if there is only one port on either side that it can be.
    """
    toward: dict[tuple[str, str], list[Claim]] = {}
    for claim in claims:
        toward.setdefault((claim.near.node, claim.far.node), []).append(claim)
    answer = {claim: _answer(claim, toward) for claim in claims}
    links: dict[Ends, list[Claim]] = {}
    for claim, near in answer.items():
        if near is not None and any(
            answer[other] == claim.near
            for other in toward.get((near.node, claim.near.node), ())
            if other.near == near
        ):
            links.setdefault(ordered(claim.near, near), []).append(claim)
    used = {claim for told in links.values() for claim in told}
    return links, [claim for claim in claims if claim not in used]


def _answer(claim: Claim, toward: Mapping[tuple[str, str], list[Claim]]) -> LinkEnd | None:
    """Return the port at the other end that hears this one, if there is exactly one that can be meant."""
    back = toward.get((claim.far.node, claim.near.node), [])
    exact = {
        other.near
        for other in back
        if claim.far.port is not None
        and other.far.port is not None
        and fits(claim.far.port, other.near.port)
        and fits(other.far.port, claim.near.port)
    }
    if exact:
        return exact.pop() if len(exact) == 1 else None
    possible = {o.near for o in back if fits(claim.far.port, o.near.port) and fits(o.far.port, claim.near.port)}
    if len(possible) == 1:
        return possible.pop()
    here = {other.near for other in toward[claim.near.node, claim.far.node]}
    there = {other.near for other in back}
    return there.pop() if len(here) == len(there) == 1 else None


def merge(single: Iterable[Claim], links: Mapping[Ends, list[Claim]]) -> dict[Ends, list[Claim]]:
    """Return the links of which one end speaks, each with all that it says.

    A claim that speaks of one of `links`, told there more fully by another protocol, is added to that.
    """
    lone: dict[Ends, list[Claim]] = {}
    for claim in single:
        told = next((told for ends, told in links.items() if _speaks_of(claim, ends)), None)
        if told is not None:
            told.append(claim)
            continue
        ends = next((ends for ends in lone if _speaks_of(claim, ends)), None)
        if ends is None:
            lone[ordered(claim.near, claim.far)] = [claim]
            continue
        told = [*lone.pop(ends), claim]
        far = other_end(ends, claim.near)
        lone[ordered(claim.near, claim.far if far.port is None else far)] = told
    return lone


def _speaks_of(claim: Claim, ends: Ends) -> bool:
    if claim.near not in ends:
        return False
    far = other_end(ends, claim.near)
    return far.node == claim.far.node and fits(claim.far.port, far.port)


def other_end(ends: Ends, near: LinkEnd) -> LinkEnd:
    """Return the end that is not `near`."""
    return ends[1] if ends[0] == near else ends[0]


def fits(one: str | None, other: str | None) -> bool:
    """Say whether two names may mean the same port; one that is not known may be any."""
    return one is None or other is None or same_port(one, other)


def ordered(one: LinkEnd, other: LinkEnd) -> Ends:
    """Return two ends in order."""
    return (one, other) if end_key(one) <= end_key(other) else (other, one)


def end_key(end: LinkEnd) -> tuple[str, str]:
    """Return a key that sorts ends."""
    return end.node, end.port or ""
