"""The states of services in a period, as the ledger has those of sites: time that a clock repeats is written once.

What a clock that was ahead wrote before it was set right is laid aside until its time comes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

from netmon.model import Verdict
from netmon.picture.clock_ahead import Ahead, Timelines, come_to, gone_back
from netmon.picture.ledger import Span, extend

_VERDICTS = {True: Verdict.UP, False: Verdict.DOWN, None: Verdict.UNKNOWN}
_STATES = {verdict: up for up, verdict in _VERDICTS.items()}


@dataclass(frozen=True, slots=True)
class State:
    """From `start` a service answered (`up`), did not, or nothing was known (None); in `uses`, it was used."""

    start: float
    up: bool | None


class States:
    """Gathers the states of each of several things, entry by entry."""

    def __init__(self) -> None:
        self._timelines: Timelines = {}
        self._ahead: Ahead | None = None

    def go_on(self, lived: float, at: float) -> None:
        """Note that time goes from `lived` to `at`, back where the clock was set back."""
        if self._ahead is not None:
            self._timelines, self._ahead = come_to(self._timelines, self._ahead, lived, at)
        if at < lived:
            self._timelines, self._ahead = gone_back(self._timelines, self._ahead, lived, at)

    def note(self, known: Mapping[str, tuple[bool | None, float]], at: float) -> None:
        """Note what is known of each at a time: its state, and since when. Nothing is of what is drawn no more."""
        timelines = dict(self._timelines)
        gone: Mapping[str, tuple[bool | None, float]] = {name: (None, at) for name in timelines if name not in known}
        for name, (up, since) in (*known.items(), *gone.items()):
            timeline, verdict = timelines.get(name, ()), _VERDICTS[up]
            if not timeline or timeline[-1].verdict is not verdict:
                room = 0.0 if self._ahead is None else self._ahead.room(name)
                timelines[name] = extend(timeline, Span(since, verdict), room)
        self._timelines = timelines

    def since(self, start: float) -> dict[str, tuple[State, ...]]:
        """Return the states of each from a time on."""
        return {name: tuple(_since(spans, start)) for name, spans in self._timelines.items()}


def _since(spans: tuple[Span, ...], start: float) -> list[State]:
    told = [one for one, following in pairwise(spans) if following.start > start]
    return [State(max(one.start, start), _STATES[one.verdict]) for one in (*told, *spans[-1:])]
