"""Run probes on their turns: the shell around `Agenda` for probers whose probe of one target is one coroutine.

Each probe is a task of its own, so that one that hangs costs only itself. A target is probed once at a time; a turn
that comes while its probe still runs is skipped and counted.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine, Iterable, Mapping
from typing import Any

from netmon.clock import Clock
from netmon.ending import end_all
from netmon.probes.agenda import Agenda

log = logging.getLogger(__name__)

STARTS_PER_PAUSE = 32  # then the loop gets its turn: answers to a burst must not outgrow the receive buffer
PAUSE = 0.005  # seconds

Probe = Callable[[str], Coroutine[Any, Any, None]]
Broken = Callable[[str], None]


class Turns:
    """Calls `probe(target)` on each turn of each target; `broken(target)` when it ended by a mistake in netmon.

    Turns that are less than `together` seconds apart come at once.
    """

    def __init__(self, clock: Clock, probe: Probe, broken: Broken, *, together: float = 0.0) -> None:
        self._clock = clock
        self._probe = probe
        self._broken = broken
        self._agenda = Agenda(together)
        self._started: dict[str, float] = {}
        self._running: dict[str, asyncio.Task[None]] = {}
        self._afterwards: dict[str, float] = {}  # hints that came during the probe: what it saw may be too old
        self._overlaps = 0
        self._changed = asyncio.Event()

    @property
    def running(self) -> int:
        """How many probes are under way."""
        return len(self._running)

    @property
    def skipped(self) -> int:
        """How many turns passed unused: the machine slept, or the last probe was still running."""
        return self._agenda.skipped + self._overlaps

    def set_targets(self, intervals: Mapping[str, float]) -> None:
        """Probe exactly these targets, each every so many seconds; those that stay keep their turn."""
        self._agenda.set_targets(intervals, self._clock.monotonic())
        self._started = {target: at for target, at in self._started.items() if target in intervals}
        self._changed.set()

    def bring_forward(self, targets: Iterable[str], *, gap: float = 0.0, delay: float = 0.0) -> None:
        """Probe targets after `delay` seconds, but not within `gap` seconds of the start of their last probe.

        A target whose probe is running is probed again after it.
        """
        now = self._clock.monotonic()
        for target in targets:
            when = max(now + delay, self._started.get(target, now - gap) + gap)
            if target in self._running:
                self._afterwards[target] = when
            else:
                self._agenda.bring_forward(target, when)
        self._changed.set()

    async def run(self) -> None:
        """Probe until cancelled; then cancel and await what runs."""
        try:
            while True:
                self._changed.clear()
                due = self._agenda.take_due(self._clock.monotonic(), STARTS_PER_PAUSE)
                for target in due:
                    self._start(target)
                if len(due) == STARTS_PER_PAUSE:
                    await asyncio.sleep(PAUSE)
                else:
                    await self._wait()
        finally:
            await end_all(*self._running.values())

    async def _wait(self) -> None:
        """Wait until a target is due or the agenda changes."""
        due = self._agenda.next_due()
        if due is None:
            await self._changed.wait()
            return
        # no `asyncio.timeout`: ending a wait by an exception costs as much as the probe itself
        wait = max(0.0, due - self._clock.monotonic())
        timer = asyncio.get_running_loop().call_later(wait, self._changed.set)
        try:
            await self._changed.wait()
        finally:
            timer.cancel()

    def _start(self, target: str) -> None:
        if target in self._running:
            self._overlaps += 1
            return
        self._started[target] = self._clock.monotonic()
        task = asyncio.create_task(self._probe(target))
        self._running[target] = task
        task.add_done_callback(lambda task: self._finish(target, task))

    def _finish(self, target: str, task: asyncio.Task[None]) -> None:
        del self._running[target]
        if target in self._afterwards:
            self._agenda.bring_forward(target, self._afterwards.pop(target))
            self._changed.set()
        if task.cancelled() or (error := task.exception()) is None:
            return
        log.error("the probe of %s broke off by a mistake in netmon", target, exc_info=error)
        self._broken(target)
