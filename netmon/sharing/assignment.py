"""Who probes what: each target goes to the member that ranks highest for it (rendezvous hashing). Pure.

Every member has a rank for every target, which depends on the two alone. So all who know the members come to the
same shares without a word; who leaves gives its targets to the others and moves no other target, and who joins takes
only what it keeps. A rank is -weight / ln(u) with u in (0, 1) drawn by a hash: the shares are as the weights
(C. Schindelhauer and G. Schomaker, "Weighted distributed hash tables", 2005; D. Thaler and C. Ravishankar, "A
name-based mapping scheme for rendezvous", 1996). A member whose zone a target lies in comes before all others.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from netmon.events import Member

Words = NDArray[np.uint64]


def assign(targets: Mapping[str, str], members: Sequence[Member]) -> dict[str, str]:
    """Return the member, by name, that has each target; empty when there is no member.

    Args:
        targets: every target, with the code of the district that it lies in (`35.23.12`), or an empty text.
        members: who shares them; their order does not matter.
    """
    if not members:
        return {}
    names = list(targets)
    drawn, number_of = _numbered(targets.values())
    words = _words(names)
    best_fit, best_rank = np.full(len(names), -1, np.int64), np.zeros(len(names))
    taken = np.zeros(len(names), np.int64)
    ordered = sorted(members, key=lambda member: member.name)
    for place, member in enumerate(ordered):
        fit = np.array([_fit(member.zone, zone) for zone in drawn], np.int64)[number_of]
        rank = _ranks(words, member)
        wins = (fit > best_fit) | ((fit == best_fit) & (rank > best_rank))
        best_fit[wins], best_rank[wins], taken[wins] = fit[wins], rank[wins], place
    return {name: ordered[place].name for name, place in zip(names, taken.tolist(), strict=True)}


def _fit(zone: str, place: str) -> int:
    """Return how well a member of a zone suits a place: one without a zone before one of another."""
    if not zone:
        return 1
    return 1 + len(zone) if place == zone or place.startswith(f"{zone}.") else 0


def _ranks(words: Words, member: Member) -> NDArray[np.float64]:
    mixed = _mixed(words ^ _words([f"\0{member.name}"])[0])
    chance = ((mixed >> np.uint64(12)).astype(np.float64) + 0.5) * 2.0**-52
    ranks: NDArray[np.float64] = -member.weight / np.log(chance)
    return ranks


def _mixed(words: Words) -> Words:
    """Return words whose every bit depends on every bit of the old ones (the finaliser of splitmix64)."""
    words = (words ^ (words >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    words = (words ^ (words >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return words ^ (words >> np.uint64(31))


def _words(names: Sequence[str]) -> Words:
    """Return a 64-bit word for each name, the same on every machine."""
    digests = b"".join(hashlib.blake2b(name.encode(), digest_size=8).digest() for name in names)
    return np.frombuffer(digests, "<u8").astype(np.uint64)


def _numbered(values: Any) -> tuple[list[str], NDArray[np.int64]]:
    """Return the different values, and the place of each among them."""
    places: dict[str, int] = {}
    numbers = [places.setdefault(value, len(places)) for value in values]
    return list(places), np.array(numbers, np.int64)
