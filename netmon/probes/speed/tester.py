"""Try what lines can carry, one line at a time: every test begins at the monitor and shares its first span.

Nothing is tested unless a line's drawing asks for it (`speed_test`), and a test is bounded in time and rate. What it
finds is a measurement: of a line that is in use it says what was left of it. See ADR 0037.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from netmon.clock import Clock
from netmon.model import Inventory, SpeedTest
from netmon.probes.agenda import Agenda
from netmon.probes.speed.iperf import MARGIN, Direction, Sent, command, read_report

log = logging.getLogger(__name__)

PROGRAM = "iperf3"
LOOK = 5.0
"""Seconds between two looks for a test that is due; also the least pause between two tests."""
LONGEST_REPORT = 4 * 1024 * 1024
REMEMBERED = 7
"""Tests of a line that are remembered: one of a line in use says little, the median of a few says what it carries."""


@dataclass(frozen=True, slots=True)
class SpeedMeasurements:
    """The latest test of every line that was tested: when it began (Unix seconds) and what each direction came to.

    `recent` are the last few figures of each direction, bytes a second, oldest first.
    """

    at: Mapping[str, float] = field(default_factory=dict)
    sent: Mapping[tuple[str, Direction], Sent] = field(default_factory=dict)
    tests: int = 0
    failures: int = 0
    recent: Mapping[tuple[str, Direction], tuple[float, ...]] = field(default_factory=dict)


class SpeedTester:
    """Tests the lines of the inventory that are to be tested, each at its own time of the interval.

    Args:
        clock: dates everything. Times are of the wall clock, so that a restart repeats no test.
        prefix: what stands before `iperf3`, such as what enters a network namespace.
    """

    def __init__(self, clock: Clock, prefix: Sequence[str] = ()) -> None:
        self._clock = clock
        self._prefix = tuple(prefix)
        self._tests: dict[str, SpeedTest] = {}
        self._agenda = Agenda()
        self._at: dict[str, float] = {}
        self._sent: dict[tuple[str, Direction], Sent] = {}
        self._recent: dict[tuple[str, Direction], tuple[float, ...]] = {}
        self._count = self._failures = 0

    def set_inventory(self, inventory: Inventory) -> None:
        """Test the lines of this inventory from now on; a test that runs goes on to its end."""
        self._tests = {name: link.speed_test for name, link in inventory.links.items() if link.speed_test is not None}
        self._agenda.set_targets({name: test.interval for name, test in self._tests.items()}, self._clock.wall())
        self._at = {name: at for name, at in self._at.items() if name in self._tests}
        self._sent = {key: sent for key, sent in self._sent.items() if key[0] in self._tests}
        self._recent = {key: rates for key, rates in self._recent.items() if key[0] in self._tests}

    async def run(self) -> None:
        """Test until cancelled."""
        while True:
            await asyncio.sleep(LOOK)
            for link in self._agenda.take_due(self._clock.wall(), 1):
                await self.test(link)

    async def test(self, link: str) -> None:
        """Test one line in both directions, one after the other."""
        test = self._tests[link]
        at = self._clock.wall()
        found = {direction: await self._send(test, direction) for direction in Direction}
        self._count += 1
        trouble = next((sent.trouble for sent in found.values() if sent.trouble), "")
        if trouble:
            self._failures += 1
            log.warning("speed test of %s: %s", link, trouble)
        if link in self._tests:
            self._at[link] = at
            self._sent.update({(link, direction): sent for direction, sent in found.items()})
            for direction, sent in found.items():
                if sent.bytes_per_second is not None:
                    rates = (*self._recent.get((link, direction), ()), sent.bytes_per_second)
                    self._recent[link, direction] = rates[-REMEMBERED:]

    def measurements(self) -> SpeedMeasurements:
        """Return the latest test of every line, and counters since the start."""
        return SpeedMeasurements(dict(self._at), dict(self._sent), self._count, self._failures, dict(self._recent))

    async def _send(self, test: SpeedTest, direction: Direction) -> Sent:
        program = shutil.which(PROGRAM)
        if program is None:
            return Sent(trouble=f"{PROGRAM} is not installed")
        running = await asyncio.create_subprocess_exec(
            *self._prefix,
            *command(program, test, direction),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
            limit=LONGEST_REPORT,
        )
        try:
            async with asyncio.timeout(test.seconds + MARGIN):
                said = await _bounded(running)
        except TimeoutError:
            return Sent(trouble=f"not finished after {test.seconds + MARGIN:g} s")
        finally:
            with contextlib.suppress(ProcessLookupError):
                running.kill()  # also when the daemon stops in the middle of a test
            await running.wait()
        return read_report(said.decode(errors="replace"))


async def _bounded(running: asyncio.subprocess.Process) -> bytes:
    """Return what a process says, up to a bound, once it has ended."""
    if running.stdout is None:
        raise ValueError("its output is not piped")
    said = await running.stdout.read(LONGEST_REPORT)
    while more := await running.stdout.read(LONGEST_REPORT):
        said = (said + more)[:LONGEST_REPORT]
    await running.wait()
    return said
