"""A busy hour of a small county, played as fast as the journal takes it; made to be killed at any moment.

A process that is told a journal and a downtime goes on where the journal ends, that many seconds of the played clock
later, as a daemon would that was started again: everything is real, the sqlite file, its writer, the fold, the
checkpoints, only the prober is played, on a network whose faults are known. It says what has become durable, and ends
with the hour.
"""

from __future__ import annotations

import asyncio
import json
import random
import socket
import sys
from contextlib import suppress
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from netmon.daemon import keeping
from netmon.daemon.fold_loop import FoldLoop
from netmon.daemon.keeping import Keeping
from netmon.events import (
    Confirm,
    Coverage,
    Effect,
    Elapsed,
    Entry,
    Event,
    InventoryInForce,
    NodeConfirmed,
    NodeDown,
    NodeUp,
    ProbingStarted,
    Wake,
)
from netmon.inventory.document import digest, to_document
from netmon.journal.sqlite.journal import SqliteJournal
from netmon.journal.writer import JournalWriter
from netmon.model import Element, ElementKind, Inventory
from netmon.recall.recall import find_start
from netmon.topology.graph import Graph
from netmon.topology.reach import dark_if
from tests.drawings import drawing

BEGIN, HOUR = 1_700_000_000.0, 3_600.0
BELIEF = 1.0
"""Seconds from a first miss to certainty."""
COVERED = 2.0
"""Seconds from one word of coverage to the next."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """An element that is broken from `start` to `end`."""

    element: Element
    start: float
    end: float


def county() -> Inventory:
    """Return a ring of twelve with a chain of three on every second of them, some of it in cables."""
    ring = [f"r{number:02}" for number in range(12)]
    links = ["noc-gw", "gw-r00"]
    links += [f"{one}-{other}" for one, other in zip(ring, [*ring[1:], ring[0]], strict=True)]
    chains = [[one, *(f"{one}{letter}" for letter in "abc")] for one in ring[::2]]
    links += [f"{one}-{other}" for chain in chains for one, other in pairwise(chain)]
    cables = {"k1": "r00-r00a r00a-r00b", "k2": "r06-r06a r06-r07"}
    plain = drawing(" ".join(links), cables=cables)
    return drawing(" ".join(links), cables=cables, digest=digest(to_document(plain)))


def troubles(inventory: Inventory) -> list[Trouble]:
    """Return what breaks in the hour: something on a chain every minute or so, never two on the same at once."""
    chance = random.Random("a busy hour")
    found: list[Trouble] = []
    for chain in ("r00", "r02", "r04", "r06", "r08", "r10"):
        now = BEGIN + 20.0 + chance.uniform(0.0, 120.0)
        while now < BEGIN + HOUR - 120.0:
            last = now + chance.choice((15.0, 40.0, 90.0, 240.0)) * chance.uniform(0.8, 1.2)
            names = [f"{chain}{letter}" for letter in "abc"]
            links = [name for name in inventory.links if name.split("-")[1] in names]
            elements = [Element(ElementKind.NODE, name) for name in names]
            elements += [Element(ElementKind.LINK, name) for name in links]
            found.append(Trouble(chance.choice(sorted(elements)), round(now, 3), round(last, 3)))
            now = last + chance.uniform(60.0, 240.0)
    return sorted(found, key=lambda one: one.start)


class Player:
    """The prober, played: says what it would see of the troubles, and answers what the fold asks."""

    def __init__(self, path: Path, downtime: float) -> None:
        self.inventory = county()
        self.graph = Graph.from_inventory(self.inventory)
        self.nodes = [name for name, node in self.inventory.nodes.items() if node.is_monitored]
        self.troubles = troubles(self.inventory)
        self.journal = SqliteJournal(path)
        start = find_start(self.journal)
        self.effects: list[Effect] = []
        self.folding = FoldLoop(self.effects.append)
        self.folding.begin(start.picture)
        self.folding.replay(self.journal.read(after=start.position))
        self.writer = JournalWriter(self.journal, self._durable)
        self.keeping = Keeping(
            self.journal,
            lambda: self.folding.picture,
            self.writer.status,
            lambda: self.folding.spent_seconds,
            began=start.position,
        )
        self.delivered = asyncio.Event()
        picture = self.folding.picture
        self.now = BEGIN if picture is None else picture.at + downtime
        self.is_new = picture is None
        self.wakes: list[float] = []

    def _durable(self, entry: Entry) -> None:
        self.folding.take(entry)
        sys.stdout.write(f"{entry.position}\n")
        sys.stdout.flush()
        self.delivered.set()

    def dark(self, when: float) -> dict[str, float]:
        """Return the nodes that are dark, each with the time from which it is."""
        found: dict[str, float] = {}
        broken = [one for one in self.troubles if one.start <= when < one.end]
        for one in broken:
            for name in dark_if(self.graph, [one.element]):
                found[name] = min(found.get(name, one.start), one.start)
        return {name: since for name, since in found.items() if name in self.nodes}

    async def say(self, *events: Event, inventory: Inventory | None = None) -> None:
        """Journal the events of one turn, let them be folded, and answer what that asks for."""
        self.delivered.clear()
        self.writer.submit(events, self.now, inventory)
        await self.delivered.wait()
        asked, self.effects[:] = list(self.effects), []
        for effect in asked:
            if isinstance(effect, Wake):
                self.wakes.append(effect.at)
            if isinstance(effect, Confirm):
                since = self.now
                self.now += 0.1
                dark = self.dark(self.now)
                await self.say(
                    *(
                        NodeDown(self.now, name, since) if name in dark else NodeConfirmed(self.now, name, since)
                        for name in effect.nodes
                    )
                )

    async def play(self) -> None:
        """Play from now to the end of the hour."""
        begun = self.now
        drawn = (InventoryInForce(self.now, self.inventory.digest),) if self.is_new else ()
        await self.say(*drawn, ProbingStarted(self.now, "p"), inventory=self.inventory)
        known: dict[str, bool] = {}
        while self.now < BEGIN + HOUR:
            dark = self.dark(self.now)
            certain = [
                name
                for name, since in sorted(dark.items())
                if self.now >= max(since, begun) + BELIEF and known.get(name) is not False
            ]
            back = [name for name in sorted(self.nodes) if name not in dark and known.get(name) is not True]
            known.update(dict.fromkeys(certain, False) | dict.fromkeys(back, True))
            told: list[Event] = [NodeDown(self.now, name, max(dark[name], begun)) for name in certain]
            told += [NodeUp(self.now, name, self._since(name, begun)) for name in back]
            if told:
                await self.say(*told)
            elif self.wakes and min(self.wakes) <= self.now:
                self.wakes = [wake for wake in self.wakes if wake > self.now]
                await self.say(Elapsed(self.now))
            if int(self.now / COVERED) != int((self.now - 0.5) / COVERED):
                await self.say(Coverage(self.now, "p", self.now))
                await self.keeping.look()
            self.now = round(self.now + 0.5, 3)

    def _since(self, name: str, begun: float) -> float:
        """Return when a node came back: at the end of what had darkened it, or unseen before probing began."""
        ends = [
            one.end for one in self.troubles if one.end <= self.now and name in dark_if(self.graph, [one.element])
        ]
        return max([begun, *ends])


async def main(path: Path, downtime: float) -> None:
    """Play, and end in good order."""
    keeping.EVERY = 60  # so that many of the kills hit a checkpoint being written
    player = Player(path, downtime)
    writing = asyncio.create_task(player.writer.run())
    try:
        await player.play()
    finally:
        player.writer.close()
        await writing
        player.journal.close()


def serve(channel: socket.socket) -> None:
    """Play the hour that a line of the channel names, and say there what has become durable."""
    with channel.makefile("r", encoding="utf-8") as orders:
        path, downtime = json.loads(orders.readline())
    sys.stdout = channel.makefile("w", encoding="ascii")
    with suppress(BrokenPipeError):
        asyncio.run(main(Path(path), downtime))
