"""Kills, pauses, restarts and wrong clocks, at random but by a seed: nothing is lost, doubled or invented.

Everything is real: a NATS server, probers on a lab of the kernel, folders as processes.
"""

from __future__ import annotations

import asyncio
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from netmon.daemon.prober import Prober
from netmon.events import Entry, Event, Member, ToldBy
from netmon.journal.jetstream import JetStreamJournal
from netmon.lab.faults import CutLink, HealLink
from netmon.lab.network import Lab
from netmon.picture.fold import fold
from netmon.picture.state import Picture
from netmon.recall.snapshot import digest
from netmon.sharing.backlog import Report
from tests.lab.kernel_lab import playing
from tests.lab.nats_server import Server
from tests.lab.skewed_folder import Skewed, county

pytestmark = pytest.mark.lab
ACTS = ("kill",) * 3 + ("pause",) * 2 + ("nats",) * 2 + ("prober",) * 2 + ("network",) * 6
LONGEST_PAUSE = 4.0
BOUND = 30.0
"""Seconds for which a site may be shown dark after it came back: a pause, a lease, and a loaded machine."""
PATIENCE = 90.0
"""Seconds within which all must agree in the end; a loaded machine takes its time."""
SEEDS = (1,)
WEAK = ("b-b1", "b1-b2", "c-c1", "d-d1", "d1-d2")
"""Links that are cut; what hangs only by the others is never dark."""


class Process:
    """One folder, which can be killed, paused, and started again."""

    def __init__(self, server: Server, number: int, skew: float) -> None:
        self.lines = server.folder / f"folder-{number}"
        url = f"nats://127.0.0.1:{server.port}/chaos"
        self._words = [sys.executable, "-m", "tests.lab.skewed_folder", url, str(server.secret), str(skew)]
        self._log = server.folder / f"folder-{number}.log"
        self.start()

    def start(self) -> None:
        with self._log.open("ab") as log:
            self.process = subprocess.Popen([*self._words, self.lines], stdout=log, stderr=log)

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def look_after(self) -> None:
        """Start it again when it has ended by itself, as systemd does: no server answered while it started."""
        if self.process.poll() is not None:
            self.start()

    def seen(self) -> list[tuple[int, str, float, frozenset[str]]]:
        """Return what it has seen: position, digest, time, dark sites."""
        found = []
        for line in self.lines.read_text(encoding="utf-8").splitlines() if self.lines.exists() else ():
            words = line.split(" ")
            if len(words) == 4:  # it may have been killed in the middle of one
                found.append((int(words[0]), words[1], float(words[2]), frozenset(words[3].split(",")) - {""}))
        return found

    def said(self) -> str:
        return self._log.read_text(encoding="utf-8")[-3000:]


class Eyes:
    """A prober in this process; started again, it is another run of it. `told` is what must be in the journal."""

    def __init__(self, server: Server, lab: Lab, name: str, skew: float) -> None:
        self.told: list[tuple[str, Report]] = []
        self._address, self._me = server.address("chaos"), Member(name, "noc")
        self._sockets, self._skew = lab.sockets, skew

    async def start(self) -> None:
        self.prober = Prober(self._address, self._me, self._sockets, clock=Skewed(self._skew))
        self._stop = asyncio.Event()
        await self.prober.start()
        self._running = asyncio.create_task(self.prober.run(self._stop))
        self._watching = asyncio.create_task(self._watch(self.prober))

    async def _watch(self, prober: Prober) -> None:
        while True:
            self._note(prober)
            await asyncio.sleep(0)

    def _note(self, prober: Prober) -> None:
        """Note the reports that wait; words of coverage may take each other's place."""
        known = {(run, report.number) for run, report in self.told}
        waiting = ((prober._run, report) for report in prober.backlog.head(100_000) if not report.is_coverage)
        self.told += [(run, report) for run, report in waiting if (run, report.number) not in known]

    async def end(self) -> None:
        """End in good order; what nobody took until then is lost, and need not be in the journal."""
        self._stop.set()
        await self._running
        self._watching.cancel()
        left = {(self.prober._run, report.number) for report in self.prober.backlog.head(100_000)}
        self.told = [(run, report) for run, report in self.told if (run, report.number) not in left]


class Play:
    """What is done at random, and what is true meanwhile: which sites are dark from when on."""

    def __init__(self, server: Server, lab: Lab, folders: list[Process], seed: int) -> None:
        self.truths: list[tuple[float, frozenset[str]]] = [(0.0, frozenset())]
        self.eyes = [Eyes(server, lab, name, skew) for name, skew in (("p", 4.0), ("q", -4.0))]
        self._server, self._lab, self._folders = server, lab, folders
        self._chance = random.Random(seed)
        self._cut: set[str] = set()
        self._pauses: list[asyncio.Task[None]] = []

    async def run(self) -> float:
        """Play; return the seconds from the end of the trouble until all folders show the truth."""
        for one in self.eyes:
            await one.start()
        await self._change(WEAK[0])
        await self._agreed("before all that")
        acts = list(ACTS)
        self._chance.shuffle(acts)
        for act in acts:
            await self._act(act)
            await asyncio.sleep(self._chance.uniform(0.1, 1.5))
        await asyncio.gather(*self._pauses)
        for link in (*self._cut, WEAK[2]):
            await self._change(link)
        took = await self._agreed("when it was over")
        for link in tuple(self._cut):
            await self._change(link)
        await self._agreed("in the end")
        for one in self.eyes:
            while len(one.prober.backlog):
                await asyncio.sleep(0.05)
            await one.end()
        return took

    async def _act(self, what: str) -> None:
        match what:
            case "kill":
                one = self._chance.choice(self._folders)
                one.kill()
                one.start()
            case "pause":
                self._pauses.append(asyncio.create_task(self._pause(self._chance.choice(self._folders))))
            case "nats":
                self._server.kill()
                await asyncio.sleep(self._chance.uniform(0.0, 1.0))
                self._server.start()
            case "network":
                await self._change(self._chance.choice(WEAK))
            case "prober":
                eye = self._chance.choice(self.eyes)
                await eye.end()
                await eye.start()

    async def _change(self, link: str) -> None:
        await self._lab.apply(HealLink(link) if link in self._cut else CutLink(link))
        self._cut.symmetric_difference_update({link})
        self.truths.append((time.time(), self._lab.truth().dark_sites))

    async def _pause(self, one: Process) -> None:
        paused = one.process
        paused.send_signal(signal.SIGSTOP)
        await asyncio.sleep(self._chance.uniform(0.5, LONGEST_PAUSE))
        if paused.poll() is None:
            paused.send_signal(signal.SIGCONT)

    async def _agreed(self, what: str) -> float:
        began = time.monotonic()
        while not all(one.seen() and one.seen()[-1][3] == self.truths[-1][1] for one in self._folders):
            if time.monotonic() - began > PATIENCE:
                shown = [sorted(one.seen()[-1][3]) if one.seen() else None for one in self._folders]
                said = "".join(one.said() for one in self._folders)
                pytest.fail(f"{what}: {sorted(self.truths[-1][1])} is dark, not {shown}\n{said}")
            for one in self._folders:
                one.look_after()
            await asyncio.sleep(0.1)
        return time.monotonic() - began


@pytest.mark.parametrize("seed", SEEDS)
def test_what_is_killed_paused_and_restarted_at_random_loses_doubles_and_invents_nothing(
    tmp_path: Path, seed: int, record_property: Callable[[str, object], None]
) -> None:
    server = Server(tmp_path)
    folders = [Process(server, number, skew) for number, skew in enumerate((-5.0, 0.0, 5.0))]
    try:
        with playing(county()) as lab:
            play = Play(server, lab, folders, seed)
            took = asyncio.run(play.run())
        record_property("figure", f"seed {seed}: all folders show the truth {took:.1f} s after the trouble is over")
        for one in folders:
            one.kill()  # who leads would write on
        with closing(JetStreamJournal(server.address("chaos"), read_only=True)) as journal:
            entries = list(journal.read())
        nothing_is_lost_or_doubled(entries, [told for one in play.eyes for told in one.told])
        nothing_is_invented(entries, folders, play.truths)
    finally:
        for one in folders:
            one.kill()
        server.kill()


def nothing_is_lost_or_doubled(entries: list[Entry], told: list[tuple[str, Report]]) -> None:
    """Hold what the probers told against the journal; what is written twice, the fold passes over by its number."""
    assert [entry.position for entry in entries] == sorted({entry.position for entry in entries})
    found: dict[tuple[str, int], tuple[Event, ...]] = {}
    latest: dict[str, int] = {}
    for entry in entries:
        head = entry.events[0]
        if isinstance(head, ToldBy) and head.number > latest.get(head.run, 0):
            latest[head.run] = head.number
            found[head.run, head.number] = entry.events[1:]
    assert told
    for run, report in told:
        assert found.get((run, report.number)) == report.events


def nothing_is_invented(
    entries: list[Entry], folders: list[Process], truths: list[tuple[float, frozenset[str]]]
) -> None:
    """Hold what every folder saw against the journal, folded once more, and against the truth."""
    digests: dict[int, str] = {}
    picture: Picture | None = None
    for entry in entries:
        picture = fold(picture, entry)[0]
        digests[entry.position] = digest(picture)
    ends = [since for since, _ in truths[1:]] + [float("inf")]
    for one in folders:
        seen = one.seen()
        assert len(seen) > len(entries) // 10
        for position, mark, at, shown in seen:
            assert digests[position] == mark, f"{one.lines.name} at {position}"
            lately = [dark for (since, dark), end in zip(truths, ends, strict=True) if since <= at <= end + BOUND]
            invented = shown - frozenset().union(*lately)
            assert not invented, f"{one.lines.name} at {position}: {sorted(invented)} are not dark"
