"""When verdicts can be trusted: every pinged node has had its say since the start, and what is dark has its fault."""

from __future__ import annotations

from collections.abc import Iterable

from netmon.events import Event, NodeDown, NodeUnknown, NodeUp
from netmon.picture.state import Picture
from netmon.picture.words.readiness import lacking


class Readiness:
    """Waits for the first word of nodes. Once there, it stays up to the end: what happens is what a daemon is for.

    A restart is no repair: whoever is told of faults by a daemon that is not ready yet takes them to be over.
    """

    def __init__(self) -> None:
        self._waited_for: set[str] = set()
        self._is_reached = False
        self._has_ended = False

    def expect(self, nodes: Iterable[str]) -> None:
        """Wait for a word of each of these nodes."""
        self._waited_for = set(nodes)

    def hear(self, events: Iterable[Event]) -> None:
        """Note whom events are about; that nothing can be known of a node is a word too."""
        if self._waited_for:
            self._waited_for -= {event.node for event in events if isinstance(event, NodeUp | NodeDown | NodeUnknown)}

    def end(self) -> None:
        """Be ready no more: next nothing is known, and who asks then must not take it for a repair."""
        self._has_ended = True

    def missing(self, picture: Picture | None) -> tuple[str, ...]:
        """Return in words what is still waited for; empty when verdicts can be trusted."""
        if picture is None:
            return (lacking("no-inventory"),)
        if self._has_ended:
            return (lacking("ending"),)
        if self._is_reached:
            return ()
        silent = self._waited_for & picture.inventory.nodes.keys()
        if silent:
            return (lacking("unjudged", count=len(silent)),)
        if picture.pending:
            return (lacking("unexplained"),)
        self._is_reached = True
        return ()
