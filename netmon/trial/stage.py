"""The stage: a lab that plays an inventory, and a daemon that watches it, in one process and one loop."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from netmon.clock import SystemClock
from netmon.daemon.service import Daemon
from netmon.daemon.settings import Settings
from netmon.errors import CannotError
from netmon.lab.network import Lab, WantedMode, start_lab
from netmon.lab.routers.agents import lab_secret
from netmon.lab.story.faults import LabFault
from netmon.model import Element, Inventory, Reach
from netmon.picture.state import Picture
from netmon.trial.score import Deed, Score, Sight, is_right, look, score

LAB_TRAPS = ("", 162)
"""A lab decides itself where its vantage hears traps."""


@dataclass
class Stage:
    """What is on: the lab, the daemon, everything done and everything seen so far."""

    inventory: Inventory
    lab: Lab
    daemon: Daemon
    url: str
    lab_seconds: float
    deeds: list[Deed] = field(default_factory=list)
    sights: list[Sight] = field(default_factory=list)
    watchers: list[Callable[[Picture], None]] = field(default_factory=list)

    def see(self, _before: Picture, after: Picture) -> None:
        """Note what a new picture says, when it says something new. The time is that of the conclusion."""
        sight = replace(look(after), at=self.daemon.clock.wall())
        if not self.sights or _differs(self.sights[-1], sight):
            self.sights.append(sight)
        for watcher in self.watchers:
            watcher(after)

    async def do(self, title: str, *faults: LabFault) -> Deed:
        """Do something to the network and note the truth from then on."""
        before: frozenset[Element] = self.deeds[-1].failed if self.deeds else frozenset()
        at = self.daemon.clock.wall()
        await self.lab.apply(*faults)
        truth = self.lab.truth()
        deed = Deed(at, title, truth.failed - before, before - truth.failed, truth.failed, truth.dark_sites)
        self.deeds.append(deed)
        return deed

    async def until(self, condition: Callable[[Picture], bool], seconds: float) -> bool:
        """Wait until a picture satisfies the condition; return whether it did in time."""
        done = asyncio.Event()

        def check(picture: Picture) -> None:
            if condition(picture):
                done.set()

        self.watchers.append(check)
        try:
            if self.daemon.picture is not None:
                check(self.daemon.picture)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(done.wait(), seconds)
            return done.is_set()
        finally:
            self.watchers.remove(check)

    async def answered(self, seconds: float) -> None:
        """Wait until the last deed was answered rightly, no longer than `seconds` after it."""
        if self.deeds:
            deed = self.deeds[-1]
            left = deed.at + seconds - self.daemon.clock.wall()
            await self.until(lambda picture: is_right(deed, look(picture)), max(left, 0.0))

    async def all_heard(self, seconds: float = 30.0) -> None:
        """Wait until every monitored node has been heard and its ports been read once.

        Raises:
            CannotError: some were not heard in time; the message names the first.
        """
        if not await self.until(_all_up, seconds):
            picture = self.daemon.picture
            silent = [] if picture is None else [n for n, s in picture.nodes.items() if s.reach is not Reach.UP]
            raise CannotError(
                f"{len(silent)} nodes of the lab were not heard in {seconds:g} s, such as {', '.join(silent[:3])}"
            )

    async def all_polled(self, seconds: float) -> None:
        """Wait, no longer than `seconds`, until the ports of every SNMP-monitored node have been read once."""
        wanted = {name for name, node in self.inventory.nodes.items() if node.snmp is not None}
        await self.until(lambda picture: wanted <= {port.node for port in picture.ports}, seconds)

    def forget(self) -> None:
        """Begin a new round: drop what was done and said, but not what is seen now."""
        self.deeds.clear()
        del self.sights[:-1]

    def score(self) -> Score:
        """Hold everything said so far against everything done."""
        return score(self.inventory, self.deeds, self.sights, self.daemon.clock.wall())


def _all_up(picture: Picture) -> bool:
    return bool(picture.nodes) and all(state.reach is Reach.UP for state in picture.nodes.values())


def _differs(one: Sight, other: Sight) -> bool:
    return (one.named, one.dark_sites, one.down_sites, one.paged_sites) != (
        other.named,
        other.dark_sites,
        other.down_sites,
        other.paged_sites,
    )


@asynccontextmanager
async def open_stage(
    inventory: Inventory,
    state: Path | None = None,
    *,
    mode: WantedMode = "auto",
    host: str = "127.0.0.1",
    port: int = 0,
    traps: bool = True,
) -> AsyncIterator[Stage]:
    """Start a lab and a daemon on it; end both on leaving, whatever happened.

    `traps` False leaves the daemon deaf to what routers say unasked.

    Raises:
        NetmonError: the lab, the state folder or the address cannot be had.
    """
    started = time.monotonic()
    lab = start_lab(inventory, mode=mode)
    lab_seconds = time.monotonic() - started
    stop = asyncio.Event()
    running: asyncio.Task[None] | None = None
    try:
        settings = Settings(state, host, port, traps=LAB_TRAPS if traps else None)
        daemon = Daemon(inventory, lab.sockets, settings, clock=SystemClock(), reveal=lab_secret)
        stage = Stage(inventory, lab, daemon, await daemon.start(), lab_seconds)
        daemon.watch(stage.see)
        running = asyncio.create_task(daemon.run(stop), name="daemon")
        yield stage
    finally:
        try:
            stop.set()
            if running is not None:
                await running
        finally:
            lab.close()
