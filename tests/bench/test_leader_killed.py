"""The leader of a cluster of NATS servers is killed, again and again: what of the pause is theirs, and what is ours.

Another leader is there when the servers say so themselves, by an advisory that a plain client hears. What the writer
takes longer than that until its entries are durable is netmon's own part; meanwhile it passes them on to the fold.

    NETMON_KILLS=20 python -m pytest tests/bench/test_leader_killed.py -m bench -s -o timeout=0
"""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import nats
import pytest
from nats.aio.client import Client
from nats.aio.msg import Msg

from netmon.ending import end_all
from netmon.errors import StateError
from netmon.events import Entry, NodeUp
from netmon.journal.jetstream.address import JetStreamAddress, jetstream_address
from netmon.journal.jetstream.journal import JetStreamJournal
from netmon.journal.writer import JournalWriter
from netmon.lab.network import Lab
from netmon.lab.story.faults import CutLink, HealLink
from tests.lab.kernel_lab import playing
from tests.lab.nats_server import Server, cluster
from tests.lab.running import running
from tests.lab.skewed_folder import county
from tests.lab.watch import Watch
from tests.waiting import until

pytestmark = pytest.mark.bench
KILLS = int(os.environ.get("NETMON_KILLS", "5"))
SERVERS = int(os.environ.get("NETMON_SERVERS", "3"))
EVERY = 0.1
"""Seconds from one entry to the next."""
GLANCE = 0.005
PATIENCE = 120.0
ELECTED = "$JS.EVENT.ADVISORY.STREAM.LEADER_ELECTED.netmon"


@dataclass(frozen=True, slots=True)
class Pause:
    """Seconds from a kill until another server led, and until entries were durable again; and the longest that one
    of those between waited to be folded."""

    elected: float
    written: float
    folded: float


class Writing:
    """A writer with an entry to write all the time. `waited` are the seconds until each was passed on."""

    def __init__(self, journal: JetStreamJournal) -> None:
        self.writer = JournalWriter(journal, self._deliver)
        self.submitted: dict[int, float] = {}
        self.waited: dict[int, float] = {}

    def _deliver(self, entry: Entry) -> None:
        self.waited[entry.position] = time.monotonic() - self.submitted[entry.position]

    async def run(self) -> None:
        writing = asyncio.create_task(self.writer.run())
        try:
            while True:
                position = self.writer.submit([NodeUp(time.time(), "a", time.time())], time.time())
                self.submitted[position] = time.monotonic()
                await asyncio.sleep(EVERY)
        finally:
            self.writer.close()
            await writing

    async def written(self, position: int) -> None:
        await until(lambda: self.writer.status().position >= position)


def address_of(servers: Sequence[Server]) -> JetStreamAddress:
    url = ",".join(f"nats://127.0.0.1:{server.port}" for server in servers)
    return jetstream_address(url, replicas=SERVERS)


async def leading(journal: JetStreamJournal) -> int:
    """Return which server leads, when the two others have all that it has."""
    deadline = time.monotonic() + PATIENCE
    while True:
        assert time.monotonic() < deadline
        try:
            found = await asyncio.to_thread(lambda: journal._wait(journal._js.stream_info("netmon")).cluster)
        except StateError:
            found = None
        others = () if found is None else found.replicas or ()
        if (
            found is not None
            and found.leader
            and sum(bool(one.current and not one.offline) for one in others) == SERVERS - 1
        ):
            return int(str(found.leader)[1:])
        await asyncio.sleep(0.2)


async def played(servers: Sequence[Server]) -> tuple[list[Pause], int]:
    """Return the pauses, and how many entries were submitted."""
    elections: list[float] = []

    async def hear(_msg: Msg) -> None:
        elections.append(time.monotonic())

    listeners: list[Client] = []
    for server in servers:
        one = await nats.connect(
            f"nats://127.0.0.1:{server.port}", max_reconnect_attempts=-1, reconnect_time_wait=0.1
        )
        await one.subscribe(ELECTED, cb=hear)
        listeners.append(one)
    pauses = []
    with closing(JetStreamJournal(address_of(servers))) as journal:
        work = Writing(journal)
        at_work = asyncio.create_task(work.run())
        for _ in range(KILLS):
            number = await leading(journal)
            await work.written(max(work.submitted))
            elections.clear()
            before, killed = max(work.submitted), time.monotonic()
            servers[number].kill()
            await until(lambda: bool(elections))
            await work.written(before + 1)
            written = time.monotonic() - killed
            folded = max(seconds for position, seconds in work.waited.items() if position > before)
            pauses.append(Pause(elections[0] - killed, written, folded))
            await work.written(max(work.submitted))
            await asyncio.to_thread(servers[number].start)
        await end_all(at_work)
        assert [entry.position for entry in journal.read()] == sorted(work.submitted)
    for one in listeners:
        await one.close()
    return pauses, len(work.submitted)


def told(name: str, values: Sequence[float]) -> str:
    ordered = sorted(values)
    return f"{name}: median {ordered[len(ordered) // 2]:.2f} s, from {ordered[0]:.2f} to {ordered[-1]:.2f} s"


def test_the_leader_is_killed_and_nothing_is_lost(
    tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    with cluster(tmp_path, SERVERS) as servers:
        pauses, count = asyncio.run(played(servers))
    within = sum(pause.written < 5.0 for pause in pauses)
    for line in (
        f"{KILLS} leaders of {SERVERS} servers killed, {count} entries, none lost",
        told("the servers lead again", [pause.elected for pause in pauses]),
        told("entries are durable again", [pause.written for pause in pauses])
        + f"; {within} of {len(pauses)} times within 5 s",
        told("netmon's own part of it", [pause.written - pause.elected for pause in pauses]),
        told("an entry waits to be folded, at most", [pause.folded for pause in pauses]),
    ):
        record_property("figure", line)


async def watched(servers: Sequence[Server], lab: Lab) -> list[float]:
    """Return how long a cut took to be shown by a folder that nobody who probes writes for, after each kill."""
    took = []
    with closing(JetStreamJournal(address_of(servers))) as journal:
        address = address_of(servers)
        watch = Watch(address, address, lab)
        async with running(watch.folder, watch.prober):
            for _ in range(KILLS):
                await until(watch.is_well)
                number = await leading(journal)
                servers[number].kill()
                killed = time.monotonic()
                await lab.apply(CutLink("b-b1"))
                await until(lambda: watch.verdict("b1") in {"down", "unreachable"})
                took.append(time.monotonic() - killed)
                await asyncio.to_thread(servers[number].start)
                await lab.apply(HealLink("b-b1"))
    return took


def test_a_folder_shows_a_cut_after_the_leader_was_killed(
    tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    with cluster(tmp_path, SERVERS) as servers, playing(county()) as lab:
        took = asyncio.run(watched(servers, lab))
    within = sum(seconds < 5.0 for seconds in took)
    figure = told("a cut at the moment of the kill is shown by a folder that leads", took)
    record_property("figure", f"{figure}; {within} of {KILLS} times within 5 s")
