"""The states of links, worked out again only when something that they follow from has changed."""

from __future__ import annotations

from collections.abc import Mapping

from netmon.model import Reach
from netmon.picture.lines import link_states
from netmon.picture.state import Picture


class LineStates:
    """Keeps the states of the links of the last picture; one that differs in nothing that matters costs nothing."""

    def __init__(self) -> None:
        self._picture: Picture | None = None
        self._states: Mapping[str, Reach] = {}

    def of(self, picture: Picture) -> Mapping[str, Reach]:
        """Return the state of every link of a picture."""
        if self._picture is None or not _alike(self._picture, picture):
            self._states = link_states(picture)
        self._picture = picture
        return self._states


def _alike(one: Picture, other: Picture) -> bool:
    """Tell whether the links of two pictures are in the same states for certain."""
    return (
        one.inventory is other.inventory
        and one.node_findings is other.node_findings
        and one.topology is other.topology
        and one.open_incidents == other.open_incidents
        and one.ports == other.ports
    )
