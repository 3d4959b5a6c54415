"""What searches for ways that share nothing go through, and where they may end."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Maze:
    """Places and gates, by number. `ends` lists the places of a gate, `gates` the gates at a place."""

    ends: Sequence[Sequence[int]]
    gates: Sequence[Sequence[int]]


@dataclass(slots=True)
class Goals:
    """Where a way may end: at a place, or inside a gate that no other way uses."""

    places: set[int]
    gates: set[int] = field(default_factory=set)

    def add(self, places: Iterable[int], gates: Iterable[int]) -> None:
        """Take in more of them."""
        self.places.update(places)
        self.gates.update(gates)
