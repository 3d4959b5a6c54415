"""Events of one turn of the event loop, put together: what happens at once is told at once."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

from netmon.events import Event


class Gathering:
    """Gathers events, and passes them on in order before the loop turns once more.

    Args:
        pass_on: takes the events of one turn, at least one.
    """

    def __init__(self, pass_on: Callable[[list[Event]], None]) -> None:
        self._pass_on = pass_on
        self._events: list[Event] = []

    def __bool__(self) -> bool:
        """Tell whether there are events that were not passed on yet."""
        return bool(self._events)

    def emit(self, events: Sequence[Event]) -> None:
        """Take events in."""
        if not self._events:
            asyncio.get_running_loop().call_soon(self.flush)
        self._events.extend(events)

    def flush(self) -> None:
        """Pass on now what there is."""
        events, self._events = self._events, []
        if events:
            self._pass_on(events)
