"""What the network says of its own links, held against the drawing; worked out when asked for, and kept."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from dataclasses import dataclass

from netmon.model import Inventory, Reach
from netmon.picture.state import Picture
from netmon.topology.discovery import Discovered, discovering
from netmon.topology.drift import Comparison, compare
from netmon.topology.hearing import Ears
from netmon.topology.steps import at_once


@dataclass(frozen=True, slots=True)
class Adjacency:
    """What was discovered, and how it compares with the drawing."""

    discovered: Discovered
    comparison: Comparison


class Adjacencies:
    """Compares pictures; one that differs in nothing that matters costs nothing."""

    def __init__(self) -> None:
        self._inventory: Inventory | None = None
        self._ears: Mapping[str, Ears] | None = None
        self._silent: Mapping[str, float] = {}
        self._latest: Adjacency | None = None

    def of(self, picture: Picture) -> Adjacency:
        """Return the comparison of a picture."""
        return at_once(self.working_out(picture))

    def working_out(self, picture: Picture) -> Generator[None, None, Adjacency]:
        """Work out the comparison of a picture in steps of a few milliseconds."""
        silent = silent_nodes(picture)
        if (
            self._latest is None
            or self._inventory is not picture.inventory
            or self._ears is not picture.ears
            or self._silent != silent
        ):
            discovered = yield from discovering(picture.ears, picture.inventory, silent=silent)
            yield
            self._latest = Adjacency(discovered, compare(picture.inventory, discovered))
            self._inventory, self._ears, self._silent = picture.inventory, picture.ears, silent
        return self._latest


def silent_nodes(picture: Picture) -> Mapping[str, float]:
    """Return the nodes that are dark, and since when: what they last heard is not news."""
    return {
        name: state.since if state.dark_since is None else state.dark_since
        for name, state in picture.nodes.items()
        if state.reach is Reach.DOWN
    }
