"""What a prober tells: what happens waits, with the times at which it happened, until somebody has written it."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import secrets
from collections.abc import Callable, Sequence

from netmon.clock import Clock
from netmon.daemon import systemd
from netmon.daemon.gathering import Gathering
from netmon.daemon.prober_line import AGAIN, Line
from netmon.daemon.prober_words import NOT_YET, Told, pack, read_missed, read_overtaken
from netmon.events import Coverage, Event, Member, NodeUp, ProbingStarted
from netmon.sharing.backlog import Backlog
from netmon.sharing.runs import new_run

log = logging.getLogger(__name__)

AT_ONCE = 2_000
"""Events in one message."""
COVERAGE = 5.0
"""Seconds between two words of coverage; while somebody waits for answers, or nobody hears, one each second."""
ATTENTIVE = 15.0
"""Seconds for which somebody waits after a question."""
FAREWELL = 3.0
"""Seconds for the last reports, at the end."""


class Telling:
    """Tells what one prober sees.

    Args:
        me: who tells.
        line: where it is told.
        clock: dates it.
        covered: returns the time up to which probing was alive and all is judged.
        say_again: lets what is pinged be told anew, besides some nodes: of what was lost, nothing is known till then.
    """

    def __init__(
        self,
        me: Member,
        line: Line,
        clock: Clock,
        covered: Callable[[], float],
        say_again: Callable[[frozenset[str]], None] = lambda _besides: None,
    ) -> None:
        self.backlog = Backlog()
        self.run = new_run(clock.wall(), secrets.token_hex(4))
        """Names this start of the prober."""
        self._me = me
        self._line = line
        self._clock = clock
        self._covered = covered
        self._say_again = say_again
        self._gathering = Gathering(self._note_down)
        self._wanted = asyncio.Event()
        self._all_told = asyncio.Event()
        self._attended = float("-inf")
        self.emit = self._gathering.emit

    def begin(self, *events: Event) -> None:
        """Let these be the first that is told."""
        self.backlog.add(events, self._clock.wall())
        self._wanted.set()

    def attend(self) -> None:
        """Note that somebody waits for answers."""
        self._attended = self._clock.monotonic()

    @property
    def is_done(self) -> bool:
        """True when all that happened up to now is written."""
        return not self.backlog and not self._gathering

    async def tell(self) -> None:
        """Tell what waits, in order, one message at a time, until cancelled."""
        while True:
            reports = self.backlog.head(AT_ONCE)
            if not reports:
                self._all_told.set()
                self._wanted.clear()
                await self._wanted.wait()
                continue
            told = Told(self._me.name, self._me.vantage, self.run, reports, self.backlog.after)
            answer = await self._line.ask("report", pack(told))
            if answer is None or answer == NOT_YET:
                await asyncio.sleep(AGAIN)
            elif (number := read_missed(answer)) is not None:
                log.warning("what was told after report %d is in no journal after all, and is told again", number)
                self.backlog.missed(number)
            elif (later := read_overtaken(answer)) is not None:
                self._begin_anew(later)
            else:
                # Who said again what waits already would fill the backlog faster than it is taken, and lose it again.
                besides = self.backlog.nodes_told() if any(report.is_gap for report in reports) else None
                self.backlog.taken(reports[-1].number)
                if besides is not None:
                    self._say_again(besides)

    async def cover(self) -> None:
        """Say now and then that probing was alive; feed systemd's watchdog when it was."""
        told, until = float("-inf"), 0.0
        while True:
            await asyncio.sleep(1.0)
            before, until = until, self._covered()
            now = self._clock.monotonic()
            if until == before:
                continue
            systemd.alive()
            if now - told >= COVERAGE or now - self._attended < ATTENTIVE or self._line.is_alone:
                told = now
                self.emit([Coverage(self._clock.wall(), self._me.name, until)])

    async def end(self, *events: Event) -> None:
        """Let these be the last that is told, and wait a while until all is. `tell` must be running."""
        self.emit(events)
        self._gathering.flush()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(FAREWELL):
                await self._all_told.wait()

    def _begin_anew(self, later: str) -> None:
        """Be a run after this one, of which nothing will be taken any more."""
        log.warning("another prober of this name has been heard since; what was not taken is lost (--name)")
        now = self._clock.wall()
        self.run = new_run(now, secrets.token_hex(4), later)
        self.backlog.begin_anew(ProbingStarted(now, self._me.name))

    def _note_down(self, turn: Sequence[Event]) -> None:
        """Let the events of one turn of the loop wait as a report, until somebody has heard it."""
        now = self._clock.wall()
        if self._line.is_alone and any(isinstance(event, NodeUp) for event in turn):
            # Told before it, so that what answered in an outage is known when the outage is judged afterwards.
            self.backlog.add([Coverage(now, self._me.name, self._covered())], now)
        for start in range(0, len(turn), AT_ONCE):
            self.backlog.add(turn[start : start + AT_ONCE], now)
            self._all_told.clear()
            self._wanted.set()
