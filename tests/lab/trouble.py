"""Trouble for everybody, at random but by a seed: NATS servers, folders and probers, each on a machine of its own.

They are killed, paused and cut off, and their clocks are stepped, while cables of the county are cut and spliced.
What is true of the county meanwhile is kept, to be held against what they say.
"""

from __future__ import annotations

import asyncio
import random
import signal
import sys
import time
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path

import pytest

from netmon.lab.network import Lab
from netmon.lab.story.faults import CutLink, HealLink
from tests.lab.machines import Machines, Program
from tests.lab.skewed_prober import Notes
from tests.requires import require_program

MODULES = ("tests.lab.skewed_folder", "tests.lab.skewed_prober")
FOLDERS = {"f0": -5.0, "f1": 0.0, "f2": 5.0}
PROBERS = {"p": 4.0, "q": -4.0}
"""Names of folders and probers, and by how many seconds their clocks are wrong."""
LONGEST = 6.0
"""Seconds for which one is paused or cut off at most."""
WEAK = ("b-b1", "b1-b2", "c-c1", "d-d1", "d1-d2")
"""Links that are cut; what hangs only by the others is never dark."""
PATIENCE = 120.0
"""Seconds within which all must agree in the end; a loaded machine takes its time."""
ROUND, CALM = 60.0, 50.0
"""Seconds of trouble, and of calm after them when more is to come."""
WHO_LEADS = 0.6
"""The chance that of several it is one that leads."""
ONCE = ("kill folder", "pause folder", "cut folder", "kill prober", "cut prober", "stop prober", "step")
"""What is done at least once, beside what is done to servers."""

_CONFIG = """
server_name: {name}
listen: 0.0.0.0:4222
jetstream {{ store_dir: "{store}" }}
"""
_CLUSTER = "cluster {{ name: c, listen: 0.0.0.0:6222, routes: [{routes}] }}\n"


def servers(machines: Machines, names: list[str], folder: Path) -> dict[str, Program]:
    """Start NATS servers on machines of these names; several are a cluster."""
    program, found = require_program("nats-server"), {}
    routes = ", ".join(f"nats://{machines.addresses[name]}:6222" for name in names)
    for name in names:
        config = folder / f"{name}.conf"
        text = _CONFIG.format(name=name, store=folder / name)
        config.write_text(text + (_CLUSTER.format(routes=routes) if len(names) > 1 else ""), encoding="utf-8")
        found[name] = Program(machines, name, folder, program, "-c", config)
    return found


class Seen:
    """What a folder has seen: position, digest, time and dark sites of each of its pictures.

    `anew` are the places between these at which it made its picture anew.
    """

    def __init__(self, file: Path) -> None:
        self.rows: list[tuple[int, str, float, frozenset[str]]] = []
        self.anew: list[int] = []
        self.leads = False
        for line in file.read_text(encoding="utf-8").splitlines() if file.exists() else ():
            words = line.split(" ")
            if words == ["anew"]:
                self.anew.append(len(self.rows))
            if len(words) == 5:  # it may have been killed in the middle of one
                dark = frozenset(words[4].split(",")) - {""}
                self.rows.append((int(words[0]), words[1], float(words[2]), dark))
                self.leads = words[3] == "leads"

    @property
    def dark(self) -> frozenset[str] | None:
        """What it showed last as dark."""
        return self.rows[-1][3] if self.rows else None


class Trouble:
    """The machines and what is done to them. `truths` are the sites that are dark from a moment on."""

    def __init__(self, machines: Machines, nats: Mapping[str, Program], lab: Lab, door: Path, seed: int) -> None:
        self.truths: list[tuple[float, frozenset[str]]] = [(0.0, frozenset())]
        self.done: list[str] = []
        self.folder = door.parent
        self.url = ",".join(f"nats://{machines.addresses[name]}:4222/chaos" for name in nats)
        self._machines, self._nats, self._lab = machines, dict(nats), lab
        self._chance = random.Random(seed)
        self._cut: set[str] = set()
        self._away: dict[str, asyncio.Task[None]] = {}
        self.folders = {
            name: Program(machines, name, self.folder, MODULES[0], self.url, len(nats), skew, self.lines(name))
            for name, skew in FOLDERS.items()
        }
        self.probers = {
            name: Program(machines, name, self.folder, MODULES[1], self.url, door, name, skew, self.lines(name))
            for name, skew in PROBERS.items()
        }

    def lines(self, name: str) -> Path:
        """Return the file that a folder or prober writes."""
        return self.folder / f"{name}.lines"

    def kill(self) -> None:
        """End everything."""
        for one in (*self.folders.values(), *self.probers.values(), *self._nats.values()):
            one.signal(signal.SIGCONT)
            one.kill()

    async def run(self, seconds: float) -> float:
        """Make trouble for some seconds; return those from its end until all folders showed the truth, at most."""
        await self._change(WEAK[0])
        await self._agreed("before all that")
        took = await self._round(min(seconds, ROUND))
        while (seconds := seconds - ROUND) > 0:
            await asyncio.sleep(CALM)
            took = max(took, await self._round(min(seconds, ROUND)))
        await self._until(self._is_told, "that all is told", lambda: self._said(self.probers))
        return took

    async def _round(self, seconds: float) -> float:
        until = time.monotonic() + seconds
        due = [*ONCE, "kill nats", "cut nats"]
        self._chance.shuffle(due)
        while due or time.monotonic() < until:
            await self._act(due.pop() if due else self._chance.choice((*ONCE, "kill nats", "cut nats")))
            for _ in range(self._chance.randint(1, 2)):
                await asyncio.sleep(self._chance.uniform(0.1, 0.8))
                await self._change(self._chance.choice(WEAK))
        while self._away:
            await asyncio.gather(*self._away.values())
        for link in {*self._cut} ^ {WEAK[1], WEAK[2]}:
            await self._change(link)
        took = await self._agreed("when it was over")
        for link in tuple(self._cut):
            await self._change(link)
        await self._agreed("in the end")
        return took

    def fetched(self) -> Path:
        """Return the journal as a file, when nobody writes it any more."""
        for one in (*self.probers.values(), *self.folders.values()):
            one.kill()
        copy = self.folder / "copy.sqlite"
        words = (sys.executable, "-m", "netmon", "journal", "fetch", self.url, copy)
        for _ in range(30):  # the cluster may still be electing
            fetching = Program(self._machines, next(iter(self._nats)), self.folder, *words)
            if fetching.wait() == 0:
                return copy
            time.sleep(1.0)
        raise AssertionError(fetching.said())

    async def _act(self, what: str) -> None:
        verb, _, whom = what.partition(" ")
        group = {"folder": self.folders, "prober": self.probers, "nats": self._nats}.get(
            whom, {**self.folders, **self.probers}
        )
        free = sorted(name for name in group if name not in self._away)
        if whom == "nats" and self._nats.keys() & self._away.keys():
            return  # one server at a time: two of three are a majority
        if not free:
            return
        leading = [name for name in free if name in self.folders and Seen(self.lines(name)).leads]
        name = self._chance.choice(leading if leading and self._chance.random() < WHO_LEADS else free)
        long = self._chance.uniform(0.3, LONGEST)
        self.done.append(f"{verb} {name}")
        match verb:
            case "kill":
                group[name].kill()
                if whom == "nats":
                    self._send_away(name, self._restart(group[name], long / 3))
                else:
                    group[name].start()
            case "stop":
                self._send_away(name, self._stop(group[name]))
            case "pause":
                self._send_away(name, self._pause(group[name], long))
            case "cut":
                self._send_away(name, self._cut_off(name, long))
            case "step":
                group[name].signal(signal.SIGUSR1)

    def _send_away(self, name: str, work: Awaitable[None]) -> None:
        async def away() -> None:
            try:
                await work
            finally:
                del self._away[name]

        self._away[name] = asyncio.create_task(away())

    async def _restart(self, one: Program, seconds: float) -> None:
        await asyncio.sleep(seconds)
        one.start()

    async def _stop(self, one: Program) -> None:
        await asyncio.to_thread(one.end)
        one.start()

    async def _pause(self, one: Program, seconds: float) -> None:
        one.signal(signal.SIGSTOP)
        await asyncio.sleep(seconds)
        one.signal(signal.SIGCONT)

    async def _cut_off(self, name: str, seconds: float) -> None:
        self._machines.cut(name)
        await asyncio.sleep(seconds)
        self._machines.mend(name)

    async def _change(self, link: str) -> None:
        await self._lab.apply(HealLink(link) if link in self._cut else CutLink(link))
        self._cut.symmetric_difference_update({link})
        self.truths.append((time.time(), self._lab.truth().dark_sites))

    async def _agreed(self, what: str) -> float:
        def is_shown() -> bool:
            return all(Seen(self.lines(name)).dark == self.truths[-1][1] for name in self.folders)

        def instead() -> str:
            shown = {name: Seen(self.lines(name)).dark for name in self.folders}
            return f"{sorted(self.truths[-1][1])} is dark, not {shown}\n{self._said(self.folders)}"

        return await self._until(is_shown, what, instead)

    async def _until(self, true: Callable[[], bool], what: str, instead: Callable[[], str]) -> float:
        began = time.monotonic()
        while not true():
            if time.monotonic() - began > PATIENCE:
                pytest.fail(f"{what}, after {', '.join(self.done)}: {instead()}")
            for one in (*self.folders.values(), *self.probers.values()):
                one.look_after()
            await asyncio.sleep(0.2)
        return time.monotonic() - began

    def _is_told(self) -> bool:
        return all(Notes(self.lines(name)).waiting == 0 for name in self.probers)

    def _said(self, group: Mapping[str, Program]) -> str:
        return "".join(f"--- {name}\n{one.said()}" for name, one in group.items())
