"""A prober whose clock is wrong, as a process on a machine (`machines`) that may be killed, paused and cut off.

It writes a line for each report before anybody hears it, and one when it is taken. Words of coverage take each
other's place and are left out. SIGUSR1 puts its clock right, and the next one wrong again; SIGTERM ends it.
"""

from __future__ import annotations

import asyncio
import logging
import signal
from collections.abc import Sequence
from pathlib import Path
from typing import TextIO

from netmon.daemon.prober import Prober
from netmon.daemon.prober_telling import Telling
from netmon.events import Coverage, Event, Member
from netmon.journal.codec import decode, encode
from netmon.journal.jetstream.address import jetstream_address
from netmon.lab.network import connect_lab
from netmon.sharing.backlog import Backlog
from tests.lab.skewed_folder import Skewed


class Written(Backlog):
    """What waits to be told, and a file of it."""

    def __init__(self, telling: Telling, out: TextIO) -> None:
        super().__init__()
        self._telling, self._out = telling, out

    def add(self, events: Sequence[Event], at: float) -> None:
        """Write down what is going to be told."""
        if not all(isinstance(event, Coverage) for event in events):
            self._out.write(f"told {self._telling.run} {self._next} {encode(tuple(events))}\n")
        super().add(events, at)

    def taken(self, number: int) -> None:
        """Write down what need not be kept any more."""
        self._out.write(f"taken {self._telling.run} {number} .\n")
        super().taken(number)


class Notes:
    """What a prober has written: reports by run and number, and up to which number of each run they were taken."""

    def __init__(self, file: Path) -> None:
        self.told: dict[tuple[str, int], tuple[Event, ...]] = {}
        self.taken: dict[str, int] = {}
        for line in file.read_text(encoding="utf-8").splitlines(keepends=True):
            if not line.endswith("\n"):
                continue  # it was killed in the middle of one
            what, run, number, text = line.rstrip("\n").split(" ", 3)
            if what == "told":
                self.told[run, int(number)] = decode(text, int(number))
            else:
                self.taken[run] = max(int(number), self.taken.get(run, 0))

    @property
    def waiting(self) -> int:
        """Return how many reports of the last run were not taken."""
        last = next(reversed(self.told))[0]
        return sum(run == last and number > self.taken.get(run, 0) for run, number in self.told)


async def main(url: str, lab: Path, name: str, skew: float, lines: Path) -> None:
    """Probe and tell, until ended or killed."""
    clock, stop = Skewed(skew), asyncio.Event()
    clock.step_on(signal.SIGUSR1)
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    sockets = connect_lab(lab, "noc")
    one = Prober(jetstream_address(url), Member(name, "noc"), sockets, clock=clock)
    with lines.open("a", encoding="utf-8", buffering=1) as out:
        one.telling.backlog = Written(one.telling, out)
        await one.start()
        await one.run(stop)


def run(url: str, lab: str, name: str, skew: str, lines: str) -> None:
    """Be such a prober."""
    logging.basicConfig(level="INFO", format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    asyncio.run(main(url, Path(lab), name, float(skew), Path(lines)))
