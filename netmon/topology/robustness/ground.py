"""What a count of ways asks of the network that they lead through, of a search in it, and of where they may end."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from collections.abc import Set as AbstractSet
from typing import NamedTuple, Protocol, TypeVar

LOOKED_AT = 32
"""Of what leads on from somewhere, so much is looked at for a way that lies open.

Everything that leads on from a hub would be as much as there are sites.
"""


class Target(Protocol):
    """Where ways may end: at a vantage, and at nodes of which enough ways are known."""

    @property
    def far(self) -> Sequence[int]:
        """How far it is from each node to the nearest of them, as far as that is known."""

    def add(self, nodes: Sequence[int]) -> None:
        """Take in nodes of which enough ways are known."""


TargetT = TypeVar("TargetT", bound=Target)


class Search(Protocol):
    """A search for ways from some nodes."""

    def grow(self, most: int) -> int:
        """Add ways one by one, up to so many; return how many there are."""

    @property
    def near(self) -> Collection[int]:
        """The nodes on the near side of the cut that a search has found which found no more."""

    @property
    def is_far_afield(self) -> bool:
        """Tell whether the ways are many, or long, so that searches nearby had better begin with them."""

    def touched(self, open_nodes: Collection[int]) -> Iterable[tuple[int, int]]:
        """Yield nodes beside the start, of those that may, with ways that they have at least by what was found."""


class Cut(NamedTuple):
    """So many gates, and the nodes that are joined to the vantages by nothing else."""

    gates: int
    nodes: AbstractSet[int]


class Ground(Protocol[TargetT]):
    """What ways lead through."""

    def doors(self) -> int:
        """Return a number that no ways can exceed, whatever nodes they come from."""

    def bound(self, node: int) -> int:
        """Return a number that the ways of a node cannot exceed."""

    def neighbours(self, node: int) -> Iterable[int]:
        """Yield the nodes beside a node, some perhaps more than once, or itself."""

    def target(self) -> TargetT:
        """Return where ways end whatever is known."""

    def cut_around(self, node: int) -> Cut:
        """Return a cut close around a node, found without a search: the ways may be fewer still."""

    def lies_open(self, node: int, ways: int, target: TargetT) -> bool:
        """Tell whether so many ways lie open without a search."""

    def search(self, nodes: Sequence[int], target: TargetT) -> tuple[int, Search]:
        """Return the ways that need no search, and the search for the others."""
